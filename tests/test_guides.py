"""What the guides show works: the authors' guide builds its course, commands are as shown."""

from __future__ import annotations

import re
import shlex
import shutil

import pytest

from collabcomm.cli.main import main
from collabcomm.results.analysis.items import ItemStatistics
from collabcomm.results.analysis.test import TestStatistics
from collabcomm.results.export import FORMATS
from collabcomm.results.export.rows import COLUMNS
from collabcomm.testing import run_command
from folders import REPO

GUIDES = sorted((REPO / "book").glob("guide-*.md"))
AUTHORS = (REPO / "book/guide-authors.md").read_text("utf-8")
BLOCK = re.compile(
    r"^(?P<fence>`{3,})\{code-block\} \w+\n:caption: (?P<file>\S+\.\w+)\n(?P<text>.*?)^(?P=fence)$",
    re.MULTILINE | re.DOTALL,
)


def commands(text):
    """Return the commands that a guide shows in its sh blocks."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The folder in which the reader of the authors' guide has made `my-course`."""
    root = tmp_path_factory.mktemp("guide")
    for block in BLOCK.finditer(AUTHORS):
        file = root / "my-course" / block["file"]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block["text"], "utf-8")
    shutil.copy(REPO / "_config.yml", root / "my-course")
    (root / "summary.txt").write_text("Quite other words about something else, eight or more.\n")
    return root


SHOWN = [line for line in commands(AUTHORS) if line.startswith("collabcomm")]


@pytest.mark.parametrize("line", [line for line in SHOWN if " serve " not in line])
def test_the_authors_guide_makes_a_course_that_works(folder, line):
    done = run_command(*shlex.split(line)[1:], cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


def test_the_course_of_the_guide_becomes_a_book(folder):
    run_command("build", "--course", "my-course", cwd=folder)
    page = (folder / "_build/html/modules/handover/checking.html").read_text("utf-8")
    assert "<course-quiz" in page
    assert "Repeating a message" in page
    forms = (folder / "_build/html/book/forms.html").read_text("utf-8")
    assert forms.count('class="form ') == 8  # each of those that the guide names


def test_a_copied_run_of_words_is_reported(folder):
    (folder / "copied.txt").write_text(
        "... at half past SEVEN two tired people, meet at a door; ..."
    )
    done = run_command("check", "--course", "my-course", "--against", "copied.txt", cwd=folder)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "modules/handover/checking.md:6: at half past seven two tired people meet at a door",
        "Error: 1 passage found in copied.txt.",
    ]


@pytest.mark.parametrize(
    ("guide", "line"),
    [
        (guide.name, line)
        for guide in GUIDES
        for line in commands(guide.read_text("utf-8"))
        if line.startswith("collabcomm")
    ],
)
def test_a_command_of_a_guide_is_understood(guide, line, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in re.findall(r"[\w-]+\.(?:json|pem|csv|backup)\b", line):
        (tmp_path / name).touch()
    (tmp_path / "records").mkdir()
    context = main
    _, *words = shlex.split(line.partition(" > ")[0])
    while words and words[0] in getattr(context, "commands", {}):
        context = context.commands[words.pop(0)]
    needed = [p for p in context.params if p.param_type_name == "option" and p.name == "against"]
    if needed and "--against" in words:
        at = words.index("--against")
        del words[at : at + 2]
    context.make_context(context.name, words)


@pytest.mark.parametrize("guide", [path.name for path in GUIDES])
def test_make_targets_of_a_guide_exist(guide):
    makefile = (REPO / "Makefile").read_text("utf-8")
    for line in commands((REPO / "book" / guide).read_text("utf-8")):
        if line.startswith("make "):
            assert re.search(rf"^{line.split()[1]}:", makefile, re.MULTILINE), line


def test_the_assessors_guide_says_what_every_column_means():
    text = (REPO / "book/guide-assessors.md").read_text("utf-8")
    for kind, columns in COLUMNS.items():
        table = text.partition(f"(`--rows {kind}`)")[2].partition("\n### ")[0]
        for column, meaning in columns.items():
            assert f"| `{column}` | {meaning} |" in table, (kind, column)


def test_the_assessors_guide_names_figures_and_formats_that_exist():
    text = (REPO / "book/guide-assessors.md").read_text("utf-8")
    figures = text.partition("## How well the questions work")[2].partition("\n## ")[0]
    known = set(ItemStatistics.__dataclass_fields__) | set(TestStatistics.__dataclass_fields__)
    rows = re.findall(r"^\| (`.*?) \|", figures, re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert len(named) > 10
    assert named <= known
    assert all(f"`{shape}`" in text for shape in FORMATS)
