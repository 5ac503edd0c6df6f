"""The command `results`: exports, analyses, learners' records."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, get_args

import click

from collabcomm.cli.shared import (
    cohort_option,
    course_option,
    database_option,
    load_course,
    need,
    open_store,
    output_option,
    write,
)
from collabcomm.course.places import folder_of
from collabcomm.engine.people import JOIN_CODE
from collabcomm.results import export
from collabcomm.texts import counted


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
    cohort = store.cohorts.get(JOIN_CODE.clean(code))
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
    from collabcomm.results.gather import analyse_activity
    from collabcomm.results.report import describe

    if marks is not None:
        table, most, names, _ = read_marks(_text_of(marks))
        found = analyse(table, most, names, pass_mark=pass_mark)
        click.echo(_json(found.as_json()) if shape == "json" else "\n".join(describe(found)))
        return
    if code is None or activity is None:
        raise click.UsageError("give a file of marks, or --cohort and --activity.")
    store = open_store(database)
    versions = analyse_activity(store, store.cohorts.get(JOIN_CODE.clean(code)), activity, which)
    if shape == "json":
        click.echo(_json([version.as_json() for version in versions]))
        return
    for version in versions:
        click.echo(f"{version.content['title']}, version {version.content['version']}")
        click.echo("\n".join(describe(version.analysis)) + "\n")


@contextmanager
def _progress(label: str, length: int, show: bool) -> Iterator[Callable[[int], None]]:
    """Show how far a long work is, on the screen but never in what is written."""
    shown: Any = click.progressbar(length=length, label=label, file=sys.stderr, hidden=not show)
    with shown as bar:
        yield bar.update


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
    cohort = store.cohorts.get(JOIN_CODE.clean(code))
    importer = Importer(
        store, loaded.course, cohort, [read_key(path.read_bytes()) for path in keys]
    )
    outcomes = []
    for outcome in importer.import_folder(folder):
        outcomes.append(outcome)
        click.echo(str(outcome), err=bool(outcome.rejected))
    bad = sum(bool(outcome.rejected) for outcome in outcomes)
    added = sum(outcome.attempts for outcome in outcomes)
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
