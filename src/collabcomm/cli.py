"""The command line: open, call, report. Problems become a sentence and exit code 1."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from collabcomm import __version__

if TYPE_CHECKING:
    from collabcomm.loader import Loaded
    from collabcomm.store import Store

PACKAGE = Path(__file__).parent
CONTENT = PACKAGE / "content"
DATABASE = "COLLABCOMM_DATABASE_URL"
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
        except Exception as error:
            if type(error).__module__.startswith("collabcomm."):
                raise click.ClickException(str(error)) from None
            raise


course_option = click.option(
    "--course",
    type=click.Path(path_type=Path),
    default=None,
    help="The course folder; this folder if not given.",
)
database_option = click.option(
    "--database",
    envvar=DATABASE,
    default="sqlite:///collabcomm.sqlite3",
    show_default=True,
    help=f"Address of the database; also read from {DATABASE}.",
)


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
    from collabcomm.check import check
    from collabcomm.coverage import report

    loaded = _load(course)
    problems = check(loaded)
    if problems:
        click.echo("\n".join(map(str, problems)), err=True)
        raise click.ClickException(f"{_count(len(problems), 'problem')} found.")
    one = loaded.course
    if against:
        from collabcomm.wording import shared_runs

        runs = [
            f"{file}:{line}: {words}" for file, line, words in shared_runs(loaded, against.read())
        ]
        if runs:
            click.echo("\n".join(runs), err=True)
            raise click.ClickException(f"{_count(len(runs), 'passage')} found in {against.name}.")
        lines = [f"No run of eight words stands in {against.name}."]
    elif wording:
        _need("wording")
        from collabcomm.wording import report as wording_report

        lines = list(wording_report(loaded))
    else:
        lines = list(report(one))
    click.echo("\n".join(lines) + "\n")
    items = sum(len(quiz.items) for quiz in one.quizzes.values())
    parts = (
        _count(len(one.modules), "module"),
        f"{_count(len(one.quizzes), 'quiz')} with {_count(items, 'item')}",
        _count(len(one.scenarios), "scenario"),
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
    from collabcomm.check import check
    from collabcomm.compiler import Compiler
    from collabcomm.loader import did_you_mean

    loaded = _load(course)
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
    from collabcomm.replay import read_choices

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
    from collabcomm.replay import Way, replay

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
        *(f"  ending {k}: {_count(n, 'path')}" for k, n in report["endings"].items()),
        *(f"  loop: {a} leads back to {b}" for a, b in report["loops"]),
        f"  best:  {way(report['best'])}",
        f"  worst: {way(report['worst'])}",
    ]
    return "\n".join(lines)


@main.command("schema")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def schema_command(folder: Path) -> None:
    """Write the JSON Schemas of the files that authors write.

    Example: collabcomm schema src/collabcomm/schema
    """
    from collabcomm.schemas import schemas

    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schemas().items():
        (folder / name).write_text(text, "utf-8")
        click.echo(folder / name)


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
    _need("book")
    start = time.monotonic()
    site = _build(_folder(course), output)
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
@database_option
def serve_command(
    course: Path | None,
    port: int,
    voila_port: int,
    host: str,
    no_voila: bool,
    output: Path,
    database: str,
) -> None:
    """Build the book, then serve it with the results service, and the workshops in Voila.

    Voila listens on this machine only. Example: collabcomm serve --port 8000
    """
    for extra in ("book", "service", *(() if no_voila else ("voila",))):
        _need(extra)
    import uvicorn

    from collabcomm.service import create_app
    from collabcomm.store import Store

    root = _folder(course)
    for name, address, number in (
        ("--port", host, port),
        *(() if no_voila else (("--voila-port", "127.0.0.1", voila_port),)),
    ):
        if not _is_free(address, number):
            raise click.ClickException(f"Port {number} is taken. Choose another with {name}.")
    site = _build(root, output)
    loaded = _load(root)
    app = create_app(site, loaded.course, Store(database))
    voila = None if no_voila else _voila(loaded, output, voila_port)
    click.echo(f"The book:      http://{host}:{port}/")
    if voila:
        click.echo(f"The workshops: http://127.0.0.1:{voila_port}/")
    click.echo("For graded quizzes make a join code in a second window:")
    module = next(iter(loaded.course.modules), "MODULE")
    click.echo(f'  {_program()} cohort create "First cohort" --module {module}')
    click.echo("Stop with Ctrl+C.")
    # uvicorn raises a signal again once it has stopped: as an exit it lets Voila be stopped too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        uvicorn.run(app, host=host, port=port, log_level="warning")
    except KeyboardInterrupt:
        click.echo("Stopped.")
    finally:
        if voila:
            voila.terminate()
            voila.wait(10)


def _program() -> str:
    """Return how a person calls this program from where they are."""
    here = Path(sys.argv[0])
    try:
        return str(here.resolve().relative_to(Path.cwd()))
    except ValueError:
        return "collabcomm"


def _build(root: Path, output: Path) -> Path:
    """Build the book strictly and return its folder; nothing is built from a bad course."""
    from collabcomm.check import check

    problems = check(_load(root))
    if problems:
        click.echo("\n".join(map(str, problems)), err=True)
        raise click.ClickException(f"{_count(len(problems), 'problem')} found; nothing was built.")
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


def _voila(loaded: Loaded, output: Path, port: int) -> subprocess.Popen[bytes]:
    """Start Voila over copies of the workshops, on this machine only; idle kernels are culled."""
    from collabcomm.voila import command, environment, gather

    folder = gather(loaded, output / "_build" / "workshops")
    return subprocess.Popen(
        command(folder, port), env=environment(folder, loaded.root), stdout=subprocess.DEVNULL
    )


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


# ------------------------------------------------------------------------- results


@main.group("cohort")
def cohort_group() -> None:
    """Make and list the groups that learners join."""


@cohort_group.command("create")
@click.argument("name")
@click.option("--module", "modules", multiple=True, help="A module of the course; repeatable.")
@click.option("--closes", help="Day (2027-03-31, its end in UTC) or time after which it closes.")
@course_option
@database_option
def cohort_create(
    name: str, modules: tuple[str, ...], closes: str | None, course: Path | None, database: str
) -> None:
    """Make a cohort and print the code that learners join it with.

    Example: collabcomm cohort create "Spring 2027" --module human-behaviour
    """
    from collabcomm.attempt import clean_name, now
    from collabcomm.loader import did_you_mean

    known = _load(_folder(course)).course.modules
    for module in modules:
        if module not in known:
            raise click.ClickException(f"no module '{module}'.{did_you_mean(module, known)}")
    label = clean_name(name)
    if label is None:
        raise click.ClickException("A cohort needs a name.")
    moment = now()
    end = _moment(closes) if closes else None
    if end is not None and end <= moment:
        raise click.ClickException(f"{closes} has passed; a cohort closes in the future.")
    cohort = _store(database).create_cohort(label, modules or tuple(known), moment, end)
    click.echo(cohort.code)


@cohort_group.command("list")
@database_option
def cohort_list(database: str) -> None:
    """List the cohorts with their codes.

    Example: collabcomm cohort list
    """
    for cohort in _store(database).cohorts():
        closes = f"closes {cohort.closes:%Y-%m-%d %H:%M} UTC" if cohort.closes else "stays open"
        click.echo(f"{cohort.code}  {cohort.name}  ({', '.join(cohort.modules)}; {closes})")


@main.group("token")
def token_group() -> None:
    """Give assessors, trainers and other programs access over HTTP."""


@token_group.command("create")
@click.option("--role", type=click.Choice(["assessor", "trainer", "admin"]), required=True)
@click.option("--name", required=True, help="Who holds it.")
@database_option
def token_create(role: str, name: str, database: str) -> None:
    """Make a token and print it, this once; only its hash is kept.

    Example: collabcomm token create --role assessor --name "Quality team"
    """
    from collabcomm.attempt import now

    click.echo(_store(database).create_token(role, name[:80], now()))


@main.group("results")
def results_group() -> None:
    """Take results out."""


@results_group.command("export")
@click.option("--cohort", "code", required=True, help="The cohort's code.")
@click.option(
    "--rows",
    type=click.Choice(["attempts", "responses"]),
    default="attempts",
    show_default=True,
    help="One row an attempt, or one row a response.",
)
@click.option(
    "--output", default="-", help="The file to write; the screen if not given.", metavar="FILE"
)
@database_option
def results_export(code: str, rows: str, output: str, database: str) -> None:
    """Write a cohort's results as CSV.

    Example: collabcomm results export --cohort KFQT-73MW --output results.csv
    """
    from collabcomm.attempt import clean_code
    from collabcomm.export import csv

    store = _store(database)
    cohort = store.cohort(clean_code(code))
    lines = (csv.attempts if rows == "attempts" else csv.responses)(store, cohort)
    count = _write(output, lines)
    if output != "-":
        click.echo(f"{_count(count - 1, 'row')} written to {output}.")


def _write(output: str, lines: Iterator[str]) -> int:
    """Write lines to the screen, or to a file that appears only when it is whole."""
    if output == "-":
        return _copy(sys.stdout, lines)
    path = Path(output)
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", newline="", dir=path.parent, delete=False
        ) as file:
            count = _copy(file, lines)
        os.chmod(file.name, 0o600)  # results are personal data
        os.replace(file.name, path)
    except OSError as error:
        raise click.ClickException(f"cannot write {output}: {error.strerror}") from None
    return count


def _copy(file: IO[str], lines: Iterator[str]) -> int:
    count = 0
    for line in lines:
        file.write(line)
        count += 1
    return count


# ------------------------------------------------------------------------- helpers


def _count(number: int, what: str) -> str:
    plural = f"{what}zes" if what.endswith("z") else f"{what}s"
    return f"{number} {what if number == 1 else plural}"


def _folder(course: Path | None) -> Path:
    """Return the course to build: the one named, this folder, or the one the package carries."""
    here = course or Path()
    if course is None and not (here / "course.yml").is_file() and CONTENT.is_dir():
        return CONTENT
    return here


def _load(course: Path | None) -> Loaded:
    from collabcomm.loader import load

    return load(course or Path())


def _store(url: str) -> Store:
    _need("service")
    from collabcomm.store import Store

    return Store(url)


def _need(extra: str) -> None:
    if importlib.util.find_spec(EXTRAS[extra]) is None:
        raise click.ClickException(
            f"This needs more packages. Install them with: pip install 'collabcomm[{extra}]'"
        )


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.ClickException(f"'{text}' is no date; write it as 2027-03-31.") from None
    if len(text) <= 10:
        moment = moment.replace(hour=23, minute=59, second=59)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
