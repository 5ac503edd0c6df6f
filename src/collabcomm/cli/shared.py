"""What all commands share: errors as sentences, options, the way to a course and a store."""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn

import click

from collabcomm.errors import Refused
from collabcomm.settings import DEFAULT_DATABASE, VARIABLES
from collabcomm.texts import counted

if TYPE_CHECKING:
    from collabcomm.course.loader import Loaded
    from collabcomm.store import Store

# What an extra brings that the rest of the program does without.
EXTRAS = {
    "book": "jupyter_book",
    "voila": "voila",
    "service": "fastapi",
    "wording": "textstat",
}


class Group(click.Group):
    """Turns the project's own errors into a message; anything else is a defect and shows."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except Refused as error:
            raise click.ClickException(str(error)) from None


course_option = click.option(
    "--course",
    type=click.Path(path_type=Path),
    default=None,
    help="The course folder; this folder if not given.",
)
database_option = click.option(
    "--database",
    envvar=VARIABLES["database"],
    default=DEFAULT_DATABASE,
    show_default=True,
    help=f"Address of the database; also read from {VARIABLES['database']}.",
)


cohort_option = click.option("--cohort", "code", required=True, help="The cohort's code.")
output_option = click.option(
    "--output", default="-", help="The file to write; the screen if not given.", metavar="FILE"
)


def load_course(course: Path | None) -> Loaded:
    """Load a course folder."""
    from collabcomm.course.loader import load

    return load(course or Path())


def sound_course(loaded: Loaded, refusal: str) -> None:
    """Refuse a course in which ``check`` finds something, after printing it all.

    ``{problems}`` in the refusal stands for how many there are, in words.
    """
    from collabcomm.course.check import check

    if problems := check(loaded):
        refuse(map(str, problems), refusal.format(problems=counted(len(problems), "problem")))


def refuse(lines: Iterable[str], refusal: str) -> NoReturn:
    """Print what was found wrong, then end the command with a sentence and exit code 1."""
    click.echo("\n".join(lines), err=True)
    raise click.ClickException(refusal)


def open_store(url: str) -> Store:
    """Open the results; they are closed when the command is done."""
    need("service")
    from collabcomm.store import Store

    store = Store(url)
    click.get_current_context().call_on_close(store.close)
    return store


def need(extra: str) -> None:
    """Refuse with the line that installs it where an extra is missing."""
    if importlib.util.find_spec(EXTRAS[extra]) is None:
        raise click.ClickException(
            f"This needs more packages. Install them with: pip install 'collabcomm[{extra}]'"
        )


def moment(text: str, end_of_day: bool = True) -> datetime:
    """Return a day or time as typed; a day means its end, or its beginning; UTC if not said."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        raise click.ClickException(f"'{text}' is no date; write it as 2027-03-31.") from None
    if len(text) <= 10 and end_of_day:
        value = value.replace(hour=23, minute=59, second=59)
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def write(output: str, pieces: Iterator[bytes]) -> None:
    """Write to the screen ("-"), or to a file that appears only when it is whole."""
    if output == "-":
        _copy(sys.stdout.buffer, pieces)
        sys.stdout.buffer.flush()
        return
    path = Path(output)
    name = None
    try:
        with tempfile.NamedTemporaryFile("wb", dir=path.parent, delete=False) as file:
            name = file.name
            _copy(file, pieces)
        os.chmod(name, 0o600)  # results are personal data
        os.replace(name, path)
        name = None
    except OSError as error:
        raise click.ClickException(f"cannot write {output}: {error.strerror}") from None
    finally:
        if name is not None:
            Path(name).unlink(missing_ok=True)


def _copy(file: BinaryIO | Any, pieces: Iterator[bytes]) -> None:
    for piece in pieces:
        file.write(piece)
