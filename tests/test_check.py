"""What is wrong with a course is said with its place and the next step, all in one run."""

from __future__ import annotations

import os
import re
import shutil
import time
from pathlib import Path

import pytest

from collabcomm.course.check import check
from collabcomm.course.loader import load
from collabcomm.course.pages import read_page
from collabcomm.course.problems import CourseError
from collabcomm.testing import run_command
from folders import REPO

CONTENT = Path(__file__).parent / "content"
FILES = {
    "quiz": "quizzes/practice.yml",
    "scenario": "scenarios/story.yml",
    "module": "modules/first/module.yml",
    "graded": "quizzes/graded.yml",
    "evidence": "book/evidence.yml",
}
INVALID = sorted(path.stem for path in (CONTENT / "invalid").glob("*.yml"))


@pytest.fixture
def course(tmp_path):
    return Path(shutil.copytree(CONTENT / "course", tmp_path / "course"))


def problems(root):
    try:
        return check(load(root))
    except CourseError as error:
        return error.problems


def test_the_course_of_this_repository_is_sound():
    assert problems(REPO) == []


@pytest.mark.parametrize("name", INVALID)
def test_a_file_earns_the_message_beside_it(course, name):
    shutil.copy(CONTENT / "invalid" / f"{name}.yml", course / FILES[name.split("-")[0]])
    expected = (CONTENT / "invalid" / f"{name}.txt").read_text("utf-8")
    assert "".join(f"{problem}\n" for problem in problems(course)) == expected


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"title: x\n" * 1_200_000, "10.8 MB is too large"),
        (b"\x00\x01\x02", "a binary file, not text"),
        (b"id: caf\xe9\n", "not UTF-8 text. Save the file as UTF-8"),
        (b"[" * 100 + b"]" * 100, "nested deeper than 40 levels"),
        (b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "anchors and aliases are not used here"),
    ],
    ids=["10 MB", "binary", "latin-1", "deep", "alias bomb"],
)
def test_a_file_that_is_no_content_is_named(course, content, message):
    (course / FILES["quiz"]).write_bytes(content)
    found = problems(course)
    assert found
    assert {p.file for p in found} == {FILES["quiz"]}
    assert message in found[0].message


def test_a_pipe_in_the_place_of_a_file_is_named_and_not_waited_for(course):
    (course / FILES["quiz"]).unlink()
    os.mkfifo(course / FILES["quiz"])
    assert f"{FILES['quiz']}: no ordinary file" in str(problems(course)[0])


@pytest.mark.parametrize("start", ["# ", "```", "```{quiz} "])
def test_a_line_of_spaces_is_read_at_once(start):
    began = time.monotonic()
    read_page(f"{start}x{' ' * 200_000}x\n")  # took minutes, by the square of its length
    assert time.monotonic() - began < 5


def test_a_missing_file_is_named(course):
    (course / "modules/first/module.yml").unlink()
    assert "no file modules/first/module.yml" in problems(course)[0].message


def test_an_unknown_id_on_a_page_is_reported_with_its_line(course):
    (course / "modules/first/start.md").write_text(
        "# Start\n\nSo {claim}`claim-x` says, and {claim}`claim-a`.\n"
    )
    assert str(problems(course)[0]) == (
        "modules/first/start.md:3: {claim}: no claim 'claim-x'. Did you mean 'claim-a'?"
    )


@pytest.mark.parametrize("key", ["Ryan2000", "ryan_2000", "ryan-2000", "ryan:2000"])
def test_a_bibtex_key_that_no_page_can_name_is_reported_with_a_better_one(course, key):
    file = course / "book/references.bib"
    note = "note = {confidence: own-knowledge}"
    file.write_text(f"{file.read_text()}\n@book{{ {key} , title = {{It}}, {note}}}\n")
    found = [str(problem) for problem in problems(course)]
    line = len(file.read_text().splitlines())
    assert found == [
        f"book/references.bib:{line}: entry '{key}': a key has small letters and digits, 60 at "
        "most. Write 'ryan2000', and cite it so"
    ]


def test_a_bibtex_key_of_signs_alone_is_reported(course):
    (course / "book/references.bib").write_text("@book{19_66, note = {confidence: verified}}\n")
    assert str(problems(course)[0]) == (
        "book/references.bib:1: entry '19_66': a key has small letters and digits, 60 at most. "
        "Begin with a letter: 'smith2020'"
    )


@pytest.mark.parametrize(("kind", "value"), [("bool", "maybe"), ("int", "''"), ("float", "''")])
def test_a_tag_that_does_not_fit_its_value_is_reported_with_its_line(course, kind, value):
    file = course / FILES["quiz"]
    file.write_text(re.sub("(?m)^title: .*$", f"title: !!{kind} {value}", file.read_text()))
    assert [str(problem) for problem in problems(course)] == [
        f"quizzes/practice.yml:2: title: tag 'tag:yaml.org,2002:{kind}' is not allowed; "
        "write a plain value"
    ]


def test_names_too_long_for_a_file_are_no_files(course):
    name = "x" * 300
    (course / "modules/first/start.md").write_text(
        f"# Start\n\n{{claim}}`claim-a`\n\n```{{picture}} {name}\n:alt: It.\n```\n"
    )
    file = course / "modules/first/module.yml"
    file.write_text(f"{file.read_text()}workshop: {name}.ipynb\n")
    line = len(file.read_text().splitlines())
    assert [str(problem) for problem in problems(course)] == [
        f"modules/first/module.yml:{line}: workshop: no file modules/first/{name}.ipynb",
        f"modules/first/start.md:5: {{picture}}: no file pictures/{name}.svg",
    ]


@pytest.mark.parametrize("command", [["check"], ["replay"], ["build"]])
def test_a_folder_that_is_no_course_ends_with_a_sentence(tmp_path, command):
    done = run_command(*command, "--course", str(tmp_path), cwd=tmp_path)
    assert done.returncode == 1
    assert "no course folder: it has no course.yml" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_broken_course_builds_nothing(course):
    shutil.copy(CONTENT / "invalid" / "quiz-several.yml", course / FILES["quiz"])
    done = run_command("build", cwd=course)
    assert done.returncode == 1
    assert "3 problems found; nothing was built." in done.stderr
    assert "Traceback" not in done.stderr
    assert not (course / "_build").exists()
