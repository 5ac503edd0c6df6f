"""The commands, as a person at a terminal meets them."""

from __future__ import annotations

import importlib
import json
import pkgutil
import subprocess
import sys
import tomllib

import click
import pytest
from click.testing import CliRunner

import collabcomm
from collabcomm.book.build import UNUSED, UNWANTED
from collabcomm.cli.main import main
from collabcomm.cli.shared import EXTRAS
from collabcomm.errors import NotFound, Refused
from folders import REPO, SMALL


def run(*words, code=0):
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result


@pytest.fixture
def database(tmp_path):
    return f"sqlite:///{tmp_path / 'results.sqlite3'}"


def test_check_says_how_much_there_is():
    assert "No problems." in run("check", "--course", SMALL).output


def test_replay_prints_one_path_as_json():
    words = ("replay", "story", "--choices", "ask", "--format", "json", "--course", SMALL)
    report = json.loads(run(*words).output)
    assert report["nodes"] == ["door", "inside"]
    assert report["meters"] == [{"trust": 2}, {"trust": 4}]
    assert report["points"] == {"raw": 2, "max": 2}
    assert report["ending"] == "inside"


def test_replay_describes_all_paths():
    lines = run("replay", "story", "--course", SMALL).output.splitlines()
    assert lines == [
        "story: 2 paths over 3 nodes",
        "  trust: 1 to 4",
        "  ending inside: 1 path, 50.0 %",
        "  ending outside: 1 path, 50.0 %",
        "  ends well: 50.0 % of the paths",
        "  best:  ask › inside (2 of 2 points)",
        "  worst: tell › outside (0 of 2 points)",
        "  worst way to a good ending: ask › inside (2 of 2 points)",
        "  best way to a poor ending:  tell › outside (0 of 2 points)",
    ]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["replay", "storey", "--course", SMALL], "no scenario 'storey'. Did you mean 'story'?"),
        (["replay", "story", "--choices", "sing", "--course", SMALL], "it has ask, tell"),
        (
            ["cohort", "create", "A", "--module", "frist", "--course", SMALL],
            "Did you mean 'first'?",
        ),
        (
            ["cohort", "create", "A", "--closes", "soon", "--course", SMALL],
            "'soon' is no date; write it as 2027-03-31.",
        ),
        (["cohort", "create", "A", "--closes", "2020-01-01", "--course", SMALL], "has passed"),
        (["results", "export", "--cohort", "AAAA-AAAA"], "no cohort with the code AAAA-AAAA"),
        (["cohort", "list", "--database", "nonsense"], "'nonsense' is no database address"),
    ],
)
def test_a_mistake_gets_a_sentence(words, message, database):
    if words[0] in ("cohort", "results") and "--database" not in words:
        words = [*words, "--database", database]
    assert message in run(*words, code=1).output


def test_results_of_an_empty_cohort_are_a_header(database, tmp_path):
    made = run("cohort", "create", "Spring", "--course", SMALL, "--database", database)
    code = made.output.strip()
    listed = run("cohort", "list", "--database", database).output
    assert listed == f"{code}  Spring  (first, visiting; stays open)\n"
    output = tmp_path / "results.csv"
    done = run("results", "export", "--cohort", code, "--output", output, "--database", database)
    assert done.output == f"Exporting\n0 attempts written to {output}.\n"
    assert output.read_text().startswith("cohort,cohort_name,learner,name,")


def test_a_failed_export_leaves_no_file(database, tmp_path):
    output = tmp_path / "missing" / "results.csv"
    code = run("cohort", "create", "A", "--course", SMALL, "--database", database).output.strip()
    run("results", "export", "--cohort", code, "--output", output, "--database", database, code=1)
    assert not output.exists()


def test_a_token_is_printed_once_and_kept_as_a_hash(database, tmp_path):
    token = run(
        "token", "create", "--role", "assessor", "--name", "QA", "--database", database
    ).output.strip()
    assert len(token) > 40
    assert token.encode() not in (tmp_path / "results.sqlite3").read_bytes()


def test_marks_that_cannot_be_read_get_a_sentence(tmp_path):
    marks = tmp_path / "marks.csv"
    marks.write_text("learner,a\nmax,1\n")
    assert "there is no learner; add a row" in run("results", "analyse", marks, code=1).output


def test_every_exception_of_ours_is_a_refusal():
    for module in pkgutil.walk_packages(collabcomm.__path__, "collabcomm."):
        if ".migrations" in module.name or module.name.endswith("__main__"):
            continue
        for thing in vars(importlib.import_module(module.name)).values():
            ours = isinstance(thing, type) and thing.__module__.startswith("collabcomm.")
            if ours and issubclass(thing, Exception):
                assert issubclass(thing, Refused), thing


def test_a_refusal_is_a_sentence_and_a_defect_shows_as_one(monkeypatch):
    def refused(root):
        raise NotFound("no such thing. Look again")

    def defect(root):
        raise KeyError("course")

    monkeypatch.setattr("collabcomm.course.loader.load", refused)
    assert run("check", code=1).output == "Error: no such thing. Look again\n"
    monkeypatch.setattr("collabcomm.course.loader.load", defect)
    result = CliRunner().invoke(main, ["check"])
    assert isinstance(result.exception, KeyError)


def test_what_a_build_leaves_out_is_still_there_to_leave_out():
    """Where this fails after an upgrade, look what the build imports now; see book/build.py."""
    names = [(module, name) for module, name in UNUSED.items()]
    code = (
        "import importlib, warnings; warnings.simplefilter('ignore')\n"
        f"for module, name in {names}: getattr(importlib.import_module(module), name)\n"
        f"importlib.import_module({UNWANTED!r})"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_build_does_without_what_it_leaves_out():
    code = (
        "import sys; from collabcomm.book.build import leave_out; leave_out()\n"
        "import jupyter_book.cli.main, myst_nb.sphinx_ext\n"
        "print([m for m in ('sqlalchemy', 'lark') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_missing_extra_names_its_install_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "jupyter_book", None)
    assert "pip install 'collabcomm[book]'" in run("build", "--course", SMALL, code=1).output


def test_postgresql_without_its_driver_names_its_install_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    words = ("cohort", "list", "--database", "postgresql://127.0.0.1/course")
    assert "pip install 'collabcomm[postgres]'" in run(*words, code=1).output


def test_every_extra_that_an_install_line_names_exists():
    project = tomllib.loads((REPO / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    assert set(EXTRAS) <= set(extras)
    assert "postgres" in extras


def commands(group, words=()):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*words, name))
        else:
            yield (*words, name), command


@pytest.mark.parametrize(("words", "command"), list(commands(main)), ids=str)
def test_every_command_ends_its_help_with_an_example(words, command):
    example = command.help.rpartition("Example: ")[2]
    assert example.startswith(" ".join(("collabcomm", *words)))


def test_the_command_line_is_light_to_import():
    heavy = ("pydantic", "sqlalchemy", "fastapi", "sphinx", "ipywidgets", "yaml", "nh3")
    code = f"import sys, collabcomm.cli.main; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
