"""The command `cohort`: the groups that learners join."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from collabcomm.cli.shared import course_option, database_option, load_course, moment, open_store
from collabcomm.course.places import folder_of
from collabcomm.engine.people import FEEDBACK, JOIN_CODE, NAMES, now
from collabcomm.results.cohorts import new_cohort
from collabcomm.texts import counted


@click.group("cohort")
def cohort_group() -> None:
    """Make, list and close the groups that learners join."""


@cohort_group.command("create")
@click.argument("name")
@click.option("--module", "modules", multiple=True, help="A module of the course; repeatable.")
@click.option("--opens", help="Day (2027-03-01, its beginning in UTC) or time of the start.")
@click.option("--closes", help="Day (2027-03-31, its end in UTC) or time after which it closes.")
@click.option("--pass-mark", type=click.IntRange(0, 100), help="Percent; the quiz's own if absent.")
@click.option(
    "--attempts", type=click.IntRange(1, 100), help="At a graded quiz; its own number if absent."
)
@click.option(
    "--feedback",
    type=click.Choice(FEEDBACK),
    default="after-submission",
    show_default=True,
    help="When learners see key and feedback.",
)
@click.option(
    "--names",
    type=click.Choice(NAMES),
    default="optional",
    show_default=True,
    help="Whether learners give a name, or get a pseudonym.",
)
@click.option("--site", help="Address of the course, to print the link that learners join by.")
@course_option
@database_option
def cohort_create(
    name: str,
    modules: tuple[str, ...],
    opens: str | None,
    closes: str | None,
    site: str | None,
    course: Path | None,
    database: str,
    **settings: Any,
) -> None:
    """Make a cohort and print the code that learners join it with.

    Example: collabcomm cohort create "Spring 2027" --module human-behaviour --closes 2027-03-31
    """
    store = open_store(database)
    loaded = load_course(folder_of(course))
    fields = new_cohort(
        loaded.course.modules,
        name,
        list(modules),
        moment(opens, end_of_day=False) if opens else None,
        moment(closes) if closes else None,
        **settings,
    )
    cohort = store.cohorts.create(**fields)
    click.echo(cohort.code)
    if site:
        click.echo(f"{site.rstrip('/')}/join/{cohort.code}")


@cohort_group.command("list")
@database_option
def cohort_list(database: str) -> None:
    """List the cohorts with their codes.

    Example: collabcomm cohort list
    """
    for cohort in open_store(database).cohorts.all():
        parts = [", ".join(cohort.modules)]
        if cohort.opens:
            parts.append(f"opens {cohort.opens:%Y-%m-%d %H:%M} UTC")
        parts.append(
            f"closes {cohort.closes:%Y-%m-%d %H:%M} UTC" if cohort.closes else "stays open"
        )
        if cohort.erases:
            parts.append(f"erased on {cohort.erases:%Y-%m-%d}")
        click.echo(f"{cohort.code}  {cohort.name}  ({'; '.join(parts)})")


@cohort_group.command("close")
@click.argument("code")
@click.option(
    "--keep-days",
    type=click.IntRange(0, 36_500),
    help="Erase the learners and all their work after so many days.",
)
@database_option
def cohort_close(code: str, keep_days: int | None, database: str) -> None:
    """Close a cohort now; say how long its learners' work is kept.

    The service erases what is due within the hour, and so does this command.
    Example: collabcomm cohort close KFQT-73MW --keep-days 365
    """
    store = open_store(database)
    cohort = store.cohorts.close(JOIN_CODE.clean(code), now(), keep_days)
    erased = store.learners.erase_due(now())
    kept = (
        f"kept until {cohort.erases:%Y-%m-%d}, then erased" if cohort.erases else "kept without end"
    )
    click.echo(f"'{cohort.name}' is closed. Its results are {kept}.")
    if erased:
        click.echo(f"{counted(erased, 'learner')} erased.")
