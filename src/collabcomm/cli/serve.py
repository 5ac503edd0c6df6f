"""The command that serves a course: the book with the results service, and the workshops."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from collabcomm.cli.course import build_site
from collabcomm.cli.shared import course_option, database_option, load_course, need
from collabcomm.course.places import folder_of
from collabcomm.settings import Settings

if TYPE_CHECKING:
    from collabcomm.course.loader import Loaded

LOCAL = "127.0.0.1"


@click.command("serve")
@course_option
@click.option("--port", default=8000, show_default=True, help="Port of the book.")
@click.option("--voila-port", default=8866, show_default=True, help="Port of the workshops.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address of the book.")
@click.option("--no-voila", is_flag=True, help="Serve the book alone.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Where the book is built.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Processes that answer; they share one database.",
)
@click.option(
    "--proxy",
    default="127.0.0.1",
    show_default=True,
    help="Address of the web server in front, whose word on a visitor's address is taken.",
)
@click.option("--log", is_flag=True, help="Write a line of JSON a request, without personal data.")
@database_option
def serve_command(
    course: Path | None,
    port: int,
    voila_port: int,
    host: str,
    no_voila: bool,
    output: Path,
    workers: int,
    proxy: str,
    log: bool,
    database: str,
) -> None:
    """Build the book, then serve it with the results service, and the workshops in Voila.

    Voila listens on this machine only. Example: collabcomm serve --port 8000
    """
    for extra in ("book", "service", *(() if no_voila else ("voila",))):
        need(extra)
    from collabcomm.service.serve import reachable, run
    from collabcomm.store import Store

    _need_free("--port", host, port)
    if not no_voila:
        _need_free("--voila-port", LOCAL, voila_port)
    root = folder_of(course)
    loaded = load_course(root)
    site = build_site(loaded, output)
    address = _absolute(database)
    Store(address).close()  # brings the database up to date, or says why it cannot be used
    url = Settings.from_environment().site_url or f"http://{reachable(host)}:{port}"
    told = Settings(course=root.resolve(), database=address, site=site, site_url=url)
    os.environ.update(told.as_environment())
    voila = None if no_voila else _voila(loaded, output, voila_port, address, url)
    click.echo(f"The book:      {url}/")
    if voila:
        click.echo(f"The workshops: http://{LOCAL}:{voila_port}/")
    click.echo("For graded quizzes make a join code in a second window:")
    module_id = next(iter(loaded.course.modules), "MODULE")
    click.echo(f'  {_program()} cohort create "First cohort" --module {module_id}')
    click.echo("Stop with Ctrl+C.")
    try:
        run(host, port, workers, proxy, log)
    except KeyboardInterrupt:
        click.echo("Stopped.")
    finally:
        if voila:
            voila.terminate()
            voila.wait(10)


def _need_free(option: str, host: str, port: int) -> None:
    from collabcomm.service.serve import is_free

    if not is_free(host, port):
        raise click.ClickException(f"Port {port} is taken. Choose another with {option}.")


def _absolute(database: str) -> str:
    """Return a database's address as every process can use it, wherever it runs."""
    prefix = "sqlite:///"
    path = database.removeprefix(prefix)
    if path == database or path in ("", ":memory:") or Path(path).is_absolute():
        return database
    return f"{prefix}{Path(path).resolve()}"


def _program() -> str:
    """Return how a person calls this program from where they are."""
    here = Path(sys.argv[0])
    try:
        return str(here.resolve().relative_to(Path.cwd()))
    except ValueError:
        return "collabcomm"


def _voila(
    loaded: Loaded, output: Path, port: int, database: str, site: str
) -> subprocess.Popen[bytes]:
    """Start Voila over copies of the workshops, on this machine only; idle kernels are culled."""
    from collabcomm.workshop.voila import command, environment, gather

    folder = gather(loaded, output / "_build" / "workshops")
    return subprocess.Popen(
        command(folder, port),
        env={**os.environ, **environment(folder, loaded.root, database, site)},
        stdout=subprocess.DEVNULL,
    )
