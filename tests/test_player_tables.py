"""The player's arithmetic in Chromium, by the tables that hold Python to the same."""

from __future__ import annotations

import re

import pytest

from collabcomm.engine.path import play
from collabcomm.player.join import page_scripts
from conftest import METERS, PLAY, RULES, SCORING
from player_data import LIKERT, MULTIPLE, SEQUENCING, SINGLE
from player_steps import T, quiz_of


@pytest.fixture
def pure(book, reader):
    """Call functions of the scripts: ``pure(["score", item, response], ...)``."""
    tab = reader.open(book())
    return lambda *calls: tab.evaluate(
        """async calls => {
             const module = {...await import('/player.js'), ...await import('/story.js')};
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


def by_facts(name, given, cases):
    return [(name, case[given], RULES["facts"][case["facts"]]) for case in cases]


def test_rules_of_a_story_are_read_as_in_python(pure):
    rows = {name: RULES[name] for name in ("holds", "told", "effects")}
    assert pure(*by_facts("holds", "when", rows["holds"])) == [c["holds"] for c in rows["holds"]]
    assert pure(*by_facts("told", "text", rows["told"])) == [c["told"] for c in rows["told"]]
    moved = pure(*by_facts("effectsOf", "source", rows["effects"]))
    assert moved == [case["by"] for case in rows["effects"]]


def test_skills_add_up_as_in_python(pure):
    story, cases = RULES["scenario"], RULES["skills"]
    paths = pure(*(("play", story, case["steps"]) for case in cases))
    found = pure(*(("skillsOf", story, path) for path in paths))
    assert found == [case["skills"] for case in cases]


def test_a_seed_gives_the_order_that_it_gives_in_python(pure):
    assert pure(*(("mixed", case["ids"], case["seed"]) for case in RULES["mixed"])) == [
        case["mixed"] for case in RULES["mixed"]
    ]
    for case in RULES["order"]:
        node = {"choices": RULES["choices"], "pinned": case["pinned"]}
        (shown,) = pure(("choicesInOrder", case["id"], node, case["seed"]))
        assert [choice["id"] for choice in shown] == case["shown"], case["name"]


def test_facts_on_arrival_and_after_each_step_are_those_of_python(pure):
    for case in PLAY["play"]:
        story = PLAY["scenarios"][case["scenario"]]
        (found,) = pure(("play", story, case["steps"]))
        path = play(story, case["steps"])
        for name in ("facts", "after"):
            plainly = [
                {
                    "meters": dict(facts.meters),
                    "visited": sorted(facts.visited),
                    "picked": sorted(facts.picked),
                    "right": sorted(facts.right),
                    "points": facts.points,
                }
                for facts in getattr(path, name)
            ]
            for facts in found[name]:
                facts |= {key: sorted(facts[key]) for key in ("visited", "picked", "right")}
            assert found[name] == plainly, case["name"]


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
        ["/player.js", "/scenario.js", "/story.js"],
    )
    assert {"mountQuiz", "mountScenario", "mountReflection", "Story"} <= set(found)


def test_every_text_is_in_the_catalogue_and_used():
    source = "".join(page_scripts().values())
    names = {key.removeprefix("player.") for key in T}
    assert set(re.findall(r'(?:\bt|button|warn|press)\(\s*"([\w.-]+)"', source)) <= names
    families = tuple(f"{k}." for k in re.findall(r"`([\w.-]+)\.\$", source))
    literal = set(re.findall(r'"([\w.-]+)"', source))
    left = {n for n in names if n.removesuffix("_note") not in literal and n not in literal}
    assert [n for n in left if not n.startswith(families)] == []
