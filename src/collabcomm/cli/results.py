"""The commands that look after results: cohorts, tokens, learners, results, backups."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, get_args

import click

from collabcomm.cli.shared import (
    course_option,
    database_option,
    load_course,
    moment,
    need,
    open_store,
    write,
)
from collabcomm.course.places import folder_of
from collabcomm.engine.attempt import FEEDBACK, NAMES, ROLES, Role
from collabcomm.results import export
from collabcomm.texts import counted

cohort_option = click.option("--cohort", "code", required=True, help="The cohort's code.")
output_option = click.option(
    "--output", default="-", help="The file to write; the screen if not given.", metavar="FILE"
)


def _code(text: str) -> str:
    from collabcomm.engine.attempt import clean_code

    return clean_code(text)


@contextmanager
def _progress(label: str, length: int, show: bool) -> Iterator[Callable[[int], None]]:
    """Show how far a long work is, on the screen but never in what is written."""
    shown: Any = click.progressbar(length=length, label=label, file=sys.stderr, hidden=not show)
    with shown as bar:
        yield bar.update


# ------------------------------------------------------------------------- cohorts


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
    from collabcomm.results.cohorts import new_cohort

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
    for one in open_store(database).cohorts.all():
        parts = [", ".join(one.modules)]
        if one.opens:
            parts.append(f"opens {one.opens:%Y-%m-%d %H:%M} UTC")
        parts.append(f"closes {one.closes:%Y-%m-%d %H:%M} UTC" if one.closes else "stays open")
        if one.erases:
            parts.append(f"erased on {one.erases:%Y-%m-%d}")
        click.echo(f"{one.code}  {one.name}  ({'; '.join(parts)})")


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
    from collabcomm.engine.attempt import now

    store = open_store(database)
    one = store.cohorts.close(_code(code), now(), keep_days)
    erased = store.learners.erase_due(now())
    kept = f"kept until {one.erases:%Y-%m-%d}, then erased" if one.erases else "kept without end"
    click.echo(f"'{one.name}' is closed. Its results are {kept}.")
    if erased:
        click.echo(f"{counted(erased, 'learner')} erased.")


# -------------------------------------------------------------------------- tokens


@click.group("token")
def token_group() -> None:
    """Give assessors, trainers and other programs access over HTTP."""


@token_group.command("create")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--name", required=True, help="Who holds it.")
@database_option
def token_create(role: Role, name: str, database: str) -> None:
    """Make a token and print it, this once; only its hash is kept.

    Example: collabcomm token create --role assessor --name "Quality team"
    """
    from collabcomm.engine.attempt import now

    click.echo(open_store(database).access.create_token(role, name[:80], now()))


@token_group.command("list")
@database_option
def token_list(database: str) -> None:
    """List who holds tokens; the tokens themselves are not known any more.

    Example: collabcomm token list
    """
    for role, name, created in open_store(database).access.tokens():
        click.echo(f"{created:%Y-%m-%d}  {role:8}  {name}")


@token_group.command("revoke")
@click.argument("name")
@database_option
def token_revoke(name: str, database: str) -> None:
    """Take back all tokens that somebody holds.

    Example: collabcomm token revoke "Quality team"
    """
    count = open_store(database).access.revoke_tokens(name[:80])
    if not count:
        raise click.ClickException(f"'{name}' holds no token; see: collabcomm token list")
    click.echo(f"{counted(count, 'token')} taken back.")


# ------------------------------------------------------------------------- learners


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
    for one in store.learners.of_cohort(store.cohorts.get(_code(code)).code):
        click.echo(f"{one.id}  {one.name or ''}".rstrip())


@learner_group.command("export")
@click.argument("learner")
@output_option
@database_option
def learner_export(learner: str, output: str, database: str) -> None:
    """Write everything that is held on a learner, as JSON, for the learner to have.

    Example: collabcomm learner export 3f0c9a --output learner.json
    """
    data = open_store(database).learners.everything_of(learner)
    text = json.dumps(data, ensure_ascii=False, indent=2, default=str) + "\n"
    write(output, iter([text.encode()]))


@learner_group.command("erase")
@click.argument("learner")
@click.option("--yes", is_flag=True, help="Do not ask.")
@database_option
def learner_erase(learner: str, yes: bool, database: str) -> None:
    """Erase a learner: name, answers, attempts, all of it. There is no way back.

    Backups made before still hold them. Example: collabcomm learner erase 3f0c9a --yes
    """
    store = open_store(database)
    one = store.learners.get(learner)
    if not yes:
        click.confirm(f"Erase {one.name or one.id} and all their work?", abort=True)
    store.learners.erase(one.id)
    click.echo("Erased.")


# -------------------------------------------------------------------------- results


@click.group("results")
def results_group() -> None:
    """Take results out, bring learners' records in, look at how questions work."""


@results_group.command("export")
@cohort_option
@click.option(
    "--format",
    "shape",
    type=click.Choice(list(export.FORMATS)),
    default="csv",
    show_default=True,
)
@click.option(
    "--rows",
    type=click.Choice(get_args(export.Rows)),
    default="attempts",
    show_default=True,
    help="What a row of the CSV is: an attempt, a response, a step of a scenario, or an answer "
    "that was not taken.",
)
@click.option("--activity", help="One quiz or scenario only.")
@click.option("--bom", is_flag=True, help="Begin a CSV with a byte order mark, for spreadsheets.")
@click.option(
    "--site",
    default="http://127.0.0.1:8000/",
    show_default=True,
    help="Address of the course; names accounts and activities in xAPI.",
)
@output_option
@database_option
def results_export(code: str, shape: Any, output: str, database: str, **options: Any) -> None:
    """Write a cohort's results.

    Example: collabcomm results export --cohort KFQT-73MW --format xlsx --output results.xlsx
    """
    store = open_store(database)
    cohort = store.cohorts.get(_code(code))
    if shape == "xlsx" and output == "-":
        raise click.UsageError("a workbook needs a file: --output results.xlsx")
    total = store.results.count(cohort.code)
    with _progress("Exporting", total, output != "-") as step:
        chosen = export.Options(tick=lambda: step(1), **options)
        write(output, export.export(store, cohort, shape, chosen))
    if output != "-":
        click.echo(f"{counted(total, 'attempt')} written to {output}.")


@results_group.command("analyse")
@click.argument(
    "marks", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False
)
@click.option("--cohort", "code", help="Analyse a cohort's results instead of a file of marks.")
@click.option("--activity", help="The quiz or scenario of the cohort.")
@click.option(
    "--attempts",
    "which",
    type=click.Choice(["first", "last", "all"]),
    default="first",
    show_default=True,
    help="Which of a learner's attempts.",
)
@click.option("--pass-mark", type=click.FloatRange(0, 100), help="Percent, for a file of marks.")
@click.option(
    "--format", "shape", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@database_option
def results_analyse(
    marks: Path | None,
    code: str | None,
    activity: str | None,
    which: Any,
    pass_mark: float | None,
    shape: str,
    database: str,
) -> None:
    """Say how well questions work: of any quiz's MARKS.csv, or of a cohort's activity.

    MARKS.csv has the learner in its first column, then one column an item with its mark, and a row
    "max" with the maximum marks. Example: collabcomm results analyse marks.csv --format json
    """
    need("service")
    from collabcomm.results.analysis import analyse
    from collabcomm.results.analysis.marks import read_marks
    from collabcomm.results.analysis.scenario import ScenarioAnalysis
    from collabcomm.results.gather import analyse_activity, describe, describe_scenario

    if marks is not None:
        table, most, names, _ = read_marks(_text_of(marks))
        found = analyse(table, most, names, pass_mark=pass_mark)
        click.echo(_json(found.as_json()) if shape == "json" else "\n".join(describe(found)))
        return
    if code is None or activity is None:
        raise click.UsageError("give a file of marks, or --cohort and --activity.")
    store = open_store(database)
    versions = analyse_activity(store, store.cohorts.get(_code(code)), activity, which)
    if shape == "json":
        click.echo(_json([one.as_json() for one in versions]))
        return
    for one in versions:
        click.echo(f"{one.content['title']}, version {one.content['version']}")
        scenario = isinstance(one.analysis, ScenarioAnalysis)
        lines = describe_scenario(one.analysis) if scenario else describe(one.analysis)  # type: ignore[arg-type]
        click.echo("\n".join(lines) + "\n")


def _text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        return path.read_text("cp1252", errors="replace")  # as older spreadsheets save


def _json(data: Any) -> str:
    return json.dumps({"format": 1, **data} if isinstance(data, dict) else data, ensure_ascii=False)


@results_group.command("import")
@click.argument("folder", type=click.Path(path_type=Path, exists=True))
@cohort_option
@click.option(
    "--key",
    "keys",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    help="Public key (PEM) of another service whose records are taken as signed; repeatable.",
)
@course_option
@database_option
def results_import(
    folder: Path, code: str, keys: tuple[Path, ...], course: Path | None, database: str
) -> None:
    """Bring the record files of a folder, or one file, into a cohort.

    Each is checked and its answers are scored again; a file that came before adds nothing. Exit
    code 1 where a file was rejected. Example: collabcomm results import records --cohort KFQT-73MW
    """
    store = open_store(database)
    from collabcomm.results.importer import Importer
    from collabcomm.results.record import read_key

    loaded = load_course(folder_of(course))
    cohort = store.cohorts.get(_code(code))
    importer = Importer(
        store, loaded.course, cohort, [read_key(path.read_bytes()) for path in keys]
    )
    outcomes = []
    for outcome in importer.import_folder(folder):
        outcomes.append(outcome)
        click.echo(str(outcome), err=bool(outcome.rejected))
    bad = sum(bool(one.rejected) for one in outcomes)
    added = sum(one.attempts for one in outcomes)
    click.echo(
        f"{counted(len(outcomes), 'file')} read, {counted(added, 'attempt')} added to "
        f"'{cohort.name}', {counted(bad, 'file')} rejected."
    )
    if bad:
        raise SystemExit(1)


@results_group.command("verify")
@click.argument("files", type=click.Path(path_type=Path, exists=True), nargs=-1, required=True)
@click.option(
    "--key",
    "keys",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    help="Public key (PEM) of the service, from its address /api/key; repeatable.",
)
def results_verify(files: tuple[Path, ...], keys: tuple[Path, ...]) -> None:
    """Say of each record file what holds, without any service or database.

    Exit code 1 where one does not hold. Example: collabcomm results verify mair.json --key key.pem
    """
    from collabcomm.results.record import RecordRejected, read, read_key, verify

    known = [read_key(path.read_bytes()) for path in keys]
    bad = 0
    for path in files:
        try:
            record, _ = read(path)
            if verify(record, known):
                what = "signed by the service: made by it and not changed since"
            else:
                what = "whole, not signed: the learner's own account, as their browser kept it"
            click.echo(f"{path.name}: {counted(len(record['entries']), 'entry')}: {what}")
        except RecordRejected as error:
            bad += 1
            click.echo(f"{path.name}: does not hold: {error}", err=True)
    if bad:
        raise SystemExit(1)


@results_group.command("key")
@database_option
def results_key(database: str) -> None:
    """Print the public key that this service's records are verified with.

    Example: collabcomm results key > key.pem
    """
    store = open_store(database)
    from collabcomm.results.record import public_pem, signing_key

    click.echo(public_pem(signing_key(store)), nl=False)


# -------------------------------------------------------------------------- backups


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@database_option
def backup_command(file: Path, database: str) -> None:
    """Write all results to one file, while the service goes on working.

    The file holds names and the signing key: keep it as a secret. Example: collabcomm backup
    results.backup
    """
    store = open_store(database)
    from collabcomm.store.backup import backup

    click.echo(f"{counted(backup(store, file), 'row')} written to {file}.")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@database_option
def restore_command(file: Path, database: str) -> None:
    """Read a backup into an empty database: all of it, or nothing.

    Also the way from SQLite to PostgreSQL. Example: collabcomm restore results.backup --database
    sqlite:///restored.sqlite3
    """
    store = open_store(database)
    from collabcomm.store.backup import restore

    click.echo(f"{counted(restore(store, file), 'row')} restored.")
