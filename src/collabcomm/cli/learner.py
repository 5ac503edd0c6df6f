"""The command `learner`: what is held on a learner."""

from __future__ import annotations

import json

import click

from collabcomm.cli.shared import cohort_option, database_option, open_store, output_option, write
from collabcomm.engine.people import JOIN_CODE


@click.group("learner")
def learner_group() -> None:
    """Give learners what is held on them, and erase it."""


@learner_group.command("list")
@cohort_option
@database_option
def learner_list(code: str, database: str) -> None:
    """List a cohort's learners with their ids.

    Example: collabcomm learner list --cohort KFQT-73MW
    """
    store = open_store(database)
    for learner in store.learners.of_cohort(store.cohorts.get(JOIN_CODE.clean(code)).code):
        click.echo(f"{learner.id}  {learner.name or ''}".rstrip())


@learner_group.command("export")
@click.argument("learner_id", metavar="LEARNER")
@output_option
@database_option
def learner_export(learner_id: str, output: str, database: str) -> None:
    """Write everything that is held on a learner, as JSON, for the learner to have.

    Example: collabcomm learner export 3f0c9a --output learner.json
    """
    data = open_store(database).learners.everything_of(learner_id)
    text = json.dumps(data, ensure_ascii=False, indent=2, default=str) + "\n"
    write(output, iter([text.encode()]))


@learner_group.command("erase")
@click.argument("learner_id", metavar="LEARNER")
@click.option("--yes", is_flag=True, help="Do not ask.")
@database_option
def learner_erase(learner_id: str, yes: bool, database: str) -> None:
    """Erase a learner: name, answers, attempts, all of it. There is no way back.

    Backups made before still hold them. Example: collabcomm learner erase 3f0c9a --yes
    """
    store = open_store(database)
    learner = store.learners.get(learner_id)
    if not yes:
        click.confirm(f"Erase {learner.name or learner.id} and all their work?", abort=True)
    store.learners.erase(learner.id)
    click.echo("Erased.")
