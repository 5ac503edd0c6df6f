"""The commands on a course: check, pack, schema, build."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from collabcomm.cli.shared import course_option, load_course, need, refuse, sound_course
from collabcomm.course.places import folder_of
from collabcomm.texts import counted

if TYPE_CHECKING:
    from collabcomm.course.loader import Loaded
    from collabcomm.course.models import Course


@click.command("check")
@course_option
@click.option(
    "--wording", is_flag=True, help="Report how every page reads, instead of the coverage tables."
)
@click.option(
    "--against",
    type=click.File(encoding="utf-8", errors="replace"),
    help="Report runs of eight words that also stand in this text file.",
)
def check_command(course: Path | None, wording: bool, against: IO[str] | None) -> None:
    """Report everything that is wrong with a course, with file, line and trail.

    Where nothing is, print what covers what: claims, outcomes, scenarios, and what guessing earns
    in each graded quiz, and last the files that are past their review date. Exit code 0 when
    nothing is wrong. Example: collabcomm check --wording
    """
    from collabcomm.course.local import past_review

    loaded = load_course(course)
    sound_course(loaded, "{problems} found.")
    if against:
        lines = _copied_runs(loaded, against)
    elif wording:
        need("wording")
        from collabcomm.course import wording as wording_report

        lines = list(wording_report.report(loaded))
    else:
        from collabcomm.course import coverage

        lines = list(coverage.report(loaded.course))
    click.echo("\n".join(lines) + "\n")
    click.echo(f"{loaded.course.info.title}: {_contents(loaded.course)}. No problems.")
    for line in past_review(loaded, date.today()):
        click.echo(line)


def _copied_runs(loaded: Loaded, against: IO[str]) -> list[str]:
    from collabcomm.course.runs import shared_runs

    runs = [f"{file}:{line}: {words}" for file, line, words in shared_runs(loaded, against.read())]
    if runs:
        refuse(runs, f"{counted(len(runs), 'passage')} found in {against.name}.")
    return [f"No run of eight words stands in {against.name}."]


def _contents(course: Course) -> str:
    items = sum(len(quiz.items) for quiz in course.quizzes.values())
    parts = (
        counted(len(course.modules), "module"),
        f"{counted(len(course.quizzes), 'quiz')} with {counted(items, 'item')}",
        counted(len(course.scenarios), "scenario"),
    )
    return ", ".join(parts)


@click.command("pack")
@click.argument("part_id", metavar="NAME")
@course_option
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write; pack-NAME.html in this folder if not given.",
)
def pack_command(part_id: str, course: Path | None, output: Path | None) -> None:
    """Write a trainer's pack to print: of a scenario, or of a module with all its scenarios.

    One page that needs no other file: the path map, a card a scene with notes and evidence, and
    handouts. Example: collabcomm pack im-managing --output pack.html
    """
    need("book")
    from collabcomm.pack import pack

    loaded = load_course(course)
    sound_course(loaded, "Mend the course first.")
    file = output or Path(f"pack-{part_id}.html")
    html = pack(loaded.course, part_id)
    try:
        file.write_text(html, "utf-8")
    except OSError as error:
        raise click.ClickException(f"cannot write {file}: {error.strerror}") from None
    click.echo(f"Written to {file}. Print it from a browser, on A4.")


@click.command("schema")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--player",
    type=click.Path(path_type=Path, file_okay=False),
    help="The player's folder, for what its scripts have from Python.",
)
def schema_command(folder: Path, player: Path | None) -> None:
    """Write the JSON Schemas of the files that authors write, and of player JSON.

    Example: collabcomm schema src/collabcomm/schema
    """
    from collabcomm.course.javascript import files
    from collabcomm.course.schemas import schemas

    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schemas().items():
        (folder / name).write_text(text, "utf-8")
        click.echo(folder / name)
    if player is None:
        return
    for name, text in files().items():
        (player / name).write_text(text, "utf-8")
        click.echo(player / name)


@click.command("build")
@course_option
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Where _build/html goes; this folder if not given.",
)
def build_command(course: Path | None, output: Path) -> None:
    """Build the book as plain files that any web server can serve.

    Example: collabcomm build --output public
    """
    need("book")
    start = time.monotonic()
    site = build_site(load_course(folder_of(course)), output)
    click.echo(f"Built {site / 'index.html'} in {time.monotonic() - start:.1f} s.")


def build_site(loaded: Loaded, output: Path) -> Path:
    """Build the book strictly and return its folder; nothing is built from a bad course."""
    from collabcomm.book.build import build

    sound_course(loaded, "{problems} found; nothing was built.")
    click.echo("Building the book ...")
    return build(loaded.root, output)
