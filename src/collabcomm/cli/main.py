"""The command line: open, call, report. Problems become a sentence and exit code 1."""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from collabcomm import __version__
from collabcomm.cli.results import (
    backup_command,
    cohort_group,
    learner_group,
    restore_command,
    results_group,
    token_group,
)
from collabcomm.cli.shared import DATABASE, Group, course_option, database_option, load_course, need
from collabcomm.course.places import folder_of
from collabcomm.texts import counted

if TYPE_CHECKING:
    from collabcomm.course.loader import Loaded

SITE_URL = "COLLABCOMM_SITE_URL"
# What Jupyter Book imports and a build never uses takes a third of the time of a build after one
# edit. jsonschema compiles a grammar of web addresses where it finds that package; the book's
# settings have none to check. No notebook is executed, so the cache of executions, with its
# database, is not needed.
BUILDER = """
import sys, types
sys.modules["rfc3987_syntax"] = None
for module, name in (
    ("myst_nb.core.execute.cache", "NotebookClientCache"),
    ("jupyter_cache.executors.utils", "single_nb_execution"),
):
    sys.modules[module] = types.ModuleType(module)
    setattr(sys.modules[module], name, None)
from jupyter_book.cli.main import main
main()
"""


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="collabcomm")
def main() -> None:
    """Check, build and serve a course, and look after its results.

    Example: collabcomm check
    """


# -------------------------------------------------------------------------- course


@main.command("check")
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
    in each graded quiz. Exit code 0 when nothing is wrong. Example: collabcomm check --wording
    """
    from collabcomm.course.check import check
    from collabcomm.course.coverage import report

    loaded = load_course(course)
    problems = check(loaded)
    if problems:
        click.echo("\n".join(map(str, problems)), err=True)
        raise click.ClickException(f"{counted(len(problems), 'problem')} found.")
    one = loaded.course
    if against:
        from collabcomm.course.wording import shared_runs

        runs = [
            f"{file}:{line}: {words}" for file, line, words in shared_runs(loaded, against.read())
        ]
        if runs:
            click.echo("\n".join(runs), err=True)
            raise click.ClickException(f"{counted(len(runs), 'passage')} found in {against.name}.")
        lines = [f"No run of eight words stands in {against.name}."]
    elif wording:
        need("wording")
        from collabcomm.course.wording import report as wording_report

        lines = list(wording_report(loaded))
    else:
        lines = list(report(one))
    click.echo("\n".join(lines) + "\n")
    items = sum(len(quiz.items) for quiz in one.quizzes.values())
    parts = (
        counted(len(one.modules), "module"),
        f"{counted(len(one.quizzes), 'quiz')} with {counted(items, 'item')}",
        counted(len(one.scenarios), "scenario"),
    )
    click.echo(f"{one.info.title}: {', '.join(parts)}. No problems.")


@main.command("replay")
@click.argument("scenario", required=False)
@click.option("--choices", help="Walk one path: ids of choices, separated by commas.")
@click.option(
    "--format", "shape", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@course_option
def replay_command(
    scenario: str | None, choices: str | None, shape: str, course: Path | None
) -> None:
    """Walk every path of every scenario, or of one; or print one path.

    At a quiz item a choice is the response: an option's id, a+b for several, a>b>c for an order,
    p:a+q:b for pairs. Example: collabcomm replay im-managing --choices ask,listen --format json
    """
    from collabcomm.course.check import check
    from collabcomm.course.compiler import Compiler
    from collabcomm.texts import did_you_mean

    loaded = load_course(course)
    problems = [p for p in check(loaded) if p.file.startswith("scenarios/")]
    if problems:
        click.echo("\n".join(map(str, problems)), err=True)
        raise click.ClickException("Mend the scenarios first.")
    known = loaded.course.scenarios
    if scenario is not None and scenario not in known:
        raise click.ClickException(f"no scenario '{scenario}'.{did_you_mean(scenario, known)}")
    if choices is not None and scenario is None:
        raise click.UsageError("--choices needs a scenario.")
    compiler = Compiler(loaded.course)
    if choices is not None and scenario is not None:
        _one_path(compiler.scenario(scenario), choices, shape)
        return
    reports = [_all_paths(compiler.scenario(name)) for name in ([scenario] if scenario else known)]
    if shape == "json":
        click.echo(json.dumps(reports, ensure_ascii=False, indent=2))
        return
    for report in reports:
        click.echo(_describe(report))


def _one_path(scenario: dict[str, Any], choices: str, shape: str) -> None:
    from collabcomm.engine.replay import read_choices

    try:
        _, path = read_choices(scenario, [c.strip() for c in choices.split(",") if c.strip()])
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    report = {
        "scenario": scenario["id"],
        "version": scenario["version"],
        "nodes": path.nodes,
        "meters": path.meters,
        "choices": path.choices,
        "points": {"raw": path.raw, "max": path.max},
        "ending": path.ending,
    }
    if shape == "json":
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
        return
    for node, meters in zip(path.nodes, path.meters, strict=True):
        values = ", ".join(f"{k} {v}" for k, v in meters.items())
        click.echo(f"{node}  ({values})" if values else node)
    click.echo(f"{path.raw:g} of {path.max:g} points, ending: {path.ending or 'none yet'}")


def _all_paths(scenario: dict[str, Any]) -> dict[str, Any]:
    from collabcomm.engine.replay import Way, replay

    walk = replay(scenario)

    def way(one: Way | None) -> dict[str, Any] | None:
        if one is None:
            return None
        points = {"raw": one.raw, "max": one.max}
        return {"steps": one.steps, "points": points, "ending": one.ending}

    return {
        "scenario": scenario["id"],
        "version": scenario["version"],
        "nodes": len(scenario["nodes"]),
        "states": walk.states,
        "paths": walk.paths,
        "meters": {k: {"min": low, "max": high} for k, (low, high) in walk.meters.items()},
        "endings": walk.endings,
        "loops": sorted(map(list, walk.loops)),
        "best": way(walk.best),
        "worst": way(walk.worst),
    }


def _describe(report: dict[str, Any]) -> str:
    def way(one: dict[str, Any] | None) -> str:
        if one is None:
            return "none"
        steps = [s.get("choice") or (s["node"] if "response" in s else "") for s in one["steps"]]
        points = one["points"]
        return (
            f"{' › '.join(filter(None, steps))} › {one['ending']} "
            f"({points['raw']:g} of {points['max']:g} points)"
        )

    lines = [
        f"{report['scenario']}: {report['paths']} paths over {report['nodes']} nodes",
        *(f"  {k}: {m['min']} to {m['max']}" for k, m in report["meters"].items()),
        *(f"  ending {k}: {counted(n, 'path')}" for k, n in report["endings"].items()),
        *(f"  loop: {a} leads back to {b}" for a, b in report["loops"]),
        f"  best:  {way(report['best'])}",
        f"  worst: {way(report['worst'])}",
    ]
    return "\n".join(lines)


@main.command("pack")
@click.argument("name")
@course_option
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write; pack-NAME.html in this folder if not given.",
)
def pack_command(name: str, course: Path | None, output: Path | None) -> None:
    """Write a trainer's pack to print: of a scenario, or of a module with all its scenarios.

    One page that needs no other file: the path map, a card a scene with notes and evidence, and
    handouts. Example: collabcomm pack im-managing --output pack.html
    """
    need("book")
    from collabcomm.course.check import check
    from collabcomm.pack import pack

    loaded = load_course(course)
    problems = check(loaded)
    if problems:
        click.echo("\n".join(map(str, problems)), err=True)
        raise click.ClickException("Mend the course first.")
    file = output or Path(f"pack-{name}.html")
    html = pack(loaded.course, name)
    try:
        file.write_text(html, "utf-8")
    except OSError as error:
        raise click.ClickException(f"cannot write {file}: {error.strerror}") from None
    click.echo(f"Written to {file}. Print it from a browser, on A4.")


@main.command("schema")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--types",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the types of player JSON in JavaScript to this file as well.",
)
def schema_command(folder: Path, types: Path | None) -> None:
    """Write the JSON Schemas of the files that authors write, and of player JSON.

    Example: collabcomm schema src/collabcomm/schema
    """
    from collabcomm.course.javascript import declarations
    from collabcomm.course.schemas import schemas

    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schemas().items():
        (folder / name).write_text(text, "utf-8")
        click.echo(folder / name)
    if types:
        types.write_text(declarations(), "utf-8")
        click.echo(types)


# ------------------------------------------------------------------ build and serve


@main.command("build")
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
    site = _build(folder_of(course), output)
    click.echo(f"Built {site / 'index.html'} in {time.monotonic() - start:.1f} s.")


@main.command("serve")
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
    site = _build(root, output)
    loaded = load_course(root)
    address = _absolute(database)
    Store(address).close()  # brings the database up to date, or says why it cannot be used
    url = os.environ.get(SITE_URL) or f"http://{_reachable(host)}:{port}"
    os.environ.update(
        COLLABCOMM_SITE=str(site),
        COLLABCOMM_COURSE=str(root.resolve()),
        **{DATABASE: address, SITE_URL: url},
    )
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


def _build(root: Path, output: Path) -> Path:
    """Build the book strictly and return its folder; nothing is built from a bad course."""
    from collabcomm.course.check import check

    problems = check(load_course(root))
    if problems:
        click.echo("\n".join(map(str, problems)), err=True)
        raise click.ClickException(f"{counted(len(problems), 'problem')} found; nothing was built.")
    click.echo("Building the book ...")
    command = [
        sys.executable,
        "-c",
        BUILDER,
        *("build", str(root), "--path-output", str(output), "-W", "-n", "--keep-going", "-q"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        # A second build would skip the pages that were read, and with them their warnings.
        shutil.rmtree(output / "_build" / ".doctrees", ignore_errors=True)
        click.echo(done.stdout[-4000:] + done.stderr[-4000:], err=True)
        raise click.ClickException("The book was not built; see the messages above.")
    return (output / "_build" / "html").resolve()


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


for group in (cohort_group, token_group, learner_group, results_group):
    main.add_command(group)
for command in (backup_command, restore_command):
    main.add_command(command)
