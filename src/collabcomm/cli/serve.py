"""The command that serves a course: the book with the results service, and the workshops."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from collabcomm.cli.course import build_site
from collabcomm.cli.shared import course_option, database_option, load_course, need
from collabcomm.course.places import folder_of
from collabcomm.settings import Settings

if TYPE_CHECKING:
    from collabcomm.course.loader import Loaded


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
    import uvicorn

    from collabcomm.store import Store

    root = folder_of(course)
    for name, address, number in (
        ("--port", host, port),
        *(() if no_voila else (("--voila-port", "127.0.0.1", voila_port),)),
    ):
        if not _is_free(address, number):
            raise click.ClickException(f"Port {number} is taken. Choose another with {name}.")
    loaded = load_course(root)
    site = build_site(loaded, output)
    address = _absolute(database)
    Store(address).close()  # brings the database up to date, or says why it cannot be used
    url = Settings.from_environment().site_url or f"http://{_reachable(host)}:{port}"
    told = Settings(course=root.resolve(), database=address, site=site, site_url=url)
    os.environ.update(told.as_environment())
    voila = None if no_voila else _voila(loaded, output, voila_port, address, url)
    click.echo(f"The book:      {url}/")
    if voila:
        click.echo(f"The workshops: http://127.0.0.1:{voila_port}/")
    click.echo("For graded quizzes make a join code in a second window:")
    module = next(iter(loaded.course.modules), "MODULE")
    click.echo(f'  {_program()} cohort create "First cohort" --module {module}')
    click.echo("Stop with Ctrl+C.")
    # uvicorn raises a signal again once it has stopped: as an exit it lets Voila be stopped too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        uvicorn.run(
            "collabcomm.service.app:from_environment",
            factory=True,
            host=host,
            port=port,
            workers=workers,
            forwarded_allow_ips=proxy,
            timeout_keep_alive=75,  # longer than a web server in front keeps its connections
            timeout_graceful_shutdown=3,  # phones in a room are kept waiting longer than that
            access_log=False,  # its lines hold addresses of visitors and ids of attempts
            log_config=_logging(log),
        )
    except KeyboardInterrupt:
        click.echo("Stopped.")
    finally:
        if voila:
            voila.terminate()
            voila.wait(10)


def _reachable(host: str) -> str:
    """Return the address by which others in the network reach this machine."""
    if host not in ("0.0.0.0", "::"):
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:  # nothing is sent: this asks the system which of its addresses it would use
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return socket.gethostname()


def _absolute(database: str) -> str:
    """Return a database's address as every process can use it, wherever it runs."""
    prefix = "sqlite:///"
    path = database.removeprefix(prefix)
    if path == database or path in ("", ":memory:") or Path(path).is_absolute():
        return database
    return f"{prefix}{Path(path).resolve()}"


def _logging(requests: bool) -> dict[str, Any]:
    """Return how each process logs: warnings, and requests where they are asked for."""
    level = logging.getLevelName(logging.INFO if requests else logging.WARNING)
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"plain": {"format": "%(message)s"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
        "loggers": {
            "uvicorn": {"handlers": ["stderr"], "level": "WARNING"},
            "collabcomm": {"handlers": ["stderr"], "level": "WARNING"},
            "collabcomm.access": {"level": level},
        },
    }


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


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
