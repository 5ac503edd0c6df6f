"""The player's arithmetic in Chromium, by the tables that hold Python to the same."""

from __future__ import annotations

import re

import pytest

from collabcomm.player.join import page_scripts
from conftest import METERS, PLAY, SCORING
from player_data import LIKERT, MULTIPLE, SEQUENCING, SINGLE
from player_steps import T, quiz_of


@pytest.fixture
def pure(book, reader):
    """Call functions of the scripts: ``pure(["score", item, response], ...)``."""
    tab = reader.open(book())
    return lambda *calls: tab.evaluate(
        """async calls => {
             const module = {...await import('/player.js'), ...await import('/scenario.js')};
             return calls.map(([name, ...given]) => module[name](...given)) }""",
        [list(call) for call in calls],
    )


def test_responses_earn_what_they_earn_in_python(pure):
    items, cases = SCORING["items"], SCORING["score"]
    given = [(items[case["item"]], case["response"]) for case in cases]
    marks = pure(*(("score", *pair) for pair in given))
    assert marks == [{"raw": case["raw"], "max": case["max"]} for case in cases]
    assert pure(*(("isValid", *pair) for pair in given)) == [case["valid"] for case in cases]
    points = pure(*(("itemPoints", *pair) for pair in given))
    assert [p["raw"] for p, case in zip(points, cases, strict=True) if "points" in case] == [
        case["points"] for case in cases if "points" in case
    ]


def test_short_texts_are_normalised_as_in_python(pure):
    found = pure(*(("normalise", text) for text, _ in SCORING["normalise"]))
    assert found == [expected for _, expected in SCORING["normalise"]]


def test_steps_lead_where_they_lead_in_python(pure):
    cases = PLAY["play"]
    paths = pure(*(("play", PLAY["scenarios"][case["scenario"]], case["steps"]) for case in cases))
    keys = ("nodes", "meters", "choices", "raw", "max", "ending", "used")
    assert [{k: path[k] for k in keys} for path in paths] == [
        {k: c[k] for k in keys} for c in cases
    ]
    assert [path["at"] for path in paths] == [case["nodes"][-1] for case in cases]


def test_quiz_adds_up_and_pass_mark_forgives_a_rounding_error(pure):
    responses = {"single": "ask", "multiple": ["see"], "likert": "often"}
    quiz = quiz_of(SINGLE, MULTIPLE, LIKERT)
    assert pure(["scoreQuiz", quiz, responses]) == [{"raw": 1.5, "max": 2}]
    assert pure(
        ["passed", {"raw": sum([0.1] * 8), "max": 1}, 80],
        ["passed", {"raw": 7.9, "max": 10}, 80],
        ["passed", {"raw": 0, "max": 0}, 1],
    ) == [True, False, False]


def test_best_order_is_read_from_the_weights(pure):
    assert pure(["bestOrder", SEQUENCING]) == [["first", "second", "third"]]


def test_meter_words_spread_as_in_python(pure):
    for case in METERS:
        low, high = case["meter"]["min"], case["meter"]["max"]
        calls = (["meterWord", case["meter"], value] for value in range(low, high + 1))
        assert pure(*calls) == case["shown"], case["name"]


def test_scripts_of_a_page_export_what_mounts_an_activity(book, reader):
    tab = reader.open(book())
    found = tab.evaluate(
        """async names => {
        const modules = await Promise.all(names.map(name => import(name)));
        return modules.flatMap(module => Object.keys(module)) }""",
        ["/player.js", "/scenario.js"],
    )
    assert {"mountQuiz", "mountScenario", "mountReflection", "CourseScenario"} <= set(found)


def test_every_text_is_in_the_catalogue_and_used():
    source = "".join(page_scripts().values())
    names = {key.removeprefix("player.") for key in T}
    assert set(re.findall(r'(?:\bt|button|warn|press)\(\s*"([\w.-]+)"', source)) <= names
    families = tuple(f"{k}." for k in re.findall(r"`([\w.-]+)\.\$", source))
    literal = set(re.findall(r'"([\w.-]+)"', source))
    left = {n for n in names if n.removesuffix("_note") not in literal and n not in literal}
    assert [n for n in left if not n.startswith(families)] == []
