"""What is wrong with a course is said with its place and the next step, all in one run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from collabcomm.course.check import check
from collabcomm.course.loader import CourseError, load
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
