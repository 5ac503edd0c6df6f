"""What guessing earns, by hand-worked values; how a course reads, by small texts."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from collabcomm.course.coverage import guesses
from collabcomm.course.loader import load
from collabcomm.course.runs import runs_of
from collabcomm.course.wording import missing_terms, report, wording
from collabcomm.testing import run_command

CONTENT = Path(__file__).parent / "content/course"


def choice(*texts, key=0, kind="single-choice", weights=None):
    options = [{"id": f"o{n}", "text": text} for n, text in enumerate(texts)]
    weights = weights or {f"o{key}": 1}
    return {"type": kind, "options": options, "weights": weights, "max": 1, "points": 1}


def earned(*items):
    quiz = {"items": [{"id": f"i{n}", **item} for n, item in enumerate(items)]}
    return {name: round(points, 3) for name, points in guesses(quiz).items()}


def test_a_single_choice_is_guessed_by_place_length_and_tone():
    assert earned(choice("Ask her what she wants", "Go", "Tell her", key=0)) == {
        "chance": 33.333,
        "first": 100,
        "last": 0,
        "longest": 100,
        "shortest": 0,
        "caring": 100,
    }


def test_options_that_tie_share_the_mark():
    found = earned(choice("aa", "bb", "c", key=1))
    assert (found["longest"], found["caring"]) == (50, 33.333)


def test_markup_has_no_length_and_part_marks_count():
    item = choice("<em>aa</em>", "bbb", kind="judgement", weights={"o0": 1, "o1": 0.5})
    assert (earned(item)["longest"], earned(item)["chance"]) == (50, 75)


def test_matching_gives_every_prompt_the_same_answer():
    item = {
        "type": "matching",
        "prompts": [{"id": "p"}, {"id": "q"}],
        "answers": [{"id": "a", "text": "a"}, {"id": "b", "text": "bb"}],
        "weights": {"p:a": 1, "q:b": 1},
        "max": 2,
        "points": 1,
    }
    assert set(earned(item).values()) == {50}


def test_sequencing_goes_by_the_order_shown():
    item = {
        "type": "sequencing",
        "steps": [{"id": s, "text": s * n} for s, n in (("c", 1), ("a", 3), ("b", 2))],
        "weights": {"a>b": 1, "b>c": 1},
        "max": 2,
        "points": 1,
    }
    assert earned(item) == {
        "chance": 33.333,
        "first": 50,
        "last": 0,
        "longest": 100,
        "shortest": 0,
        "caring": 50,
    }


@pytest.mark.parametrize("quiz", [[], [{"type": "short-text", "max": 1, "points": 1}]])
def test_what_cannot_be_guessed_earns_nothing(quiz):
    assert set(earned(*quiz).values()) == {0}


@pytest.fixture
def course(tmp_path):
    return Path(shutil.copytree(CONTENT, tmp_path / "course"))


def test_long_sentences_are_named_with_file_and_line(course):
    lesson = course / "modules/first/start.md"
    lesson.write_text(f"# Start\n\nShort. Then {'word ' * 29}end. It was so {{claim}}`claim-a`.\n")
    page = next(p for p in wording(load(course)) if p.file == "modules/first/start.md")
    assert [(line, n) for line, n, _ in page.long] == [(3, 31)]
    assert page.words == 1 + 1 + 31 + 3  # the title counts, the role does not


def test_terms_the_glossary_lacks_are_listed_and_known_ones_not(course):
    (course / "modules/first/start.md").write_text(
        "# Start\n\nA *pseudo team* met an *active offer* and ODD letters {claim}`claim-a`.\n"
    )
    (course / "book/glossary.md").write_text(
        "# Words\n\n```{glossary}\nActive offer\n  Offered unasked.\n```\n"
    )
    found = missing_terms(load(course))
    assert found == {
        "pseudo team": ["modules/first/start.md:3"],
        "ODD": ["modules/first/start.md:3"],
    }


def test_directives_are_read_as_text_and_code_is_not(course):
    (course / "modules/first/start.md").write_text(
        "# Start\n\n```{dialogue}\nAnn: QQ?\n```\n\n```sh\nXX\n```\n\n{claim}`claim-a`\n"
    )
    assert list(missing_terms(load(course))) == ["QQ"]


def test_runs_do_not_mind_case_and_punctuation():
    assert list(runs_of("One, two - THREE four's", 3)) == [
        ("one", "two", "three"),
        ("two", "three", "fours"),
    ]
    assert list(runs_of("too short", 3)) == []


def test_the_wording_report_is_printed_for_a_sound_course(course):
    done = run_command("check", "--wording", cwd=course)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[:2] == list(report(load(course)))[:2]


def test_a_glossary_term_that_does_not_exist_is_reported(course):
    page = course / "modules/first/start.md"
    page.write_text("# Start\n\nA {term}`base <Secure base>` {claim}`claim-a`.\n")
    done = run_command("check", cwd=course)
    assert "modules/first/start.md:3: {term}: no glossary term 'secure base'" in done.stderr
