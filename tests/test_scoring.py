"""Scores and paths. The same tables run over the player in test_player_tables.py."""

from __future__ import annotations

import pytest

from collabcomm.engine.items.short_text import normalise
from collabcomm.engine.order import choices_in_order, mixed
from collabcomm.engine.path import (
    MAX_STEPS,
    Facts,
    effects_of,
    holds,
    meter_word,
    play,
    skills_of,
    told,
)
from collabcomm.engine.replay import replay
from collabcomm.engine.scoring import (
    Score,
    is_valid,
    item_points,
    passed,
    score,
    score_quiz,
)
from conftest import METERS, PLAY, RULES, SCORING


def name(case):
    return case["name"]


@pytest.mark.parametrize("case", SCORING["score"], ids=name)
def test_response_earns(case):
    item = SCORING["items"][case["item"]]
    assert score(item, case["response"]) == Score(case["raw"], case["max"])
    assert is_valid(item, case["response"]) == case["valid"]
    if "points" in case:
        assert item_points(item, case["response"]).raw == case["points"]


@pytest.mark.parametrize(("text", "expected"), SCORING["normalise"])
def test_short_text_is_normalised(text, expected):
    assert normalise(text) == expected
    assert normalise(expected) == expected


@pytest.mark.parametrize("case", PLAY["play"], ids=name)
def test_steps_lead(case):
    path = play(PLAY["scenarios"][case["scenario"]], case["steps"])
    found = {key: getattr(path, key) for key in case if hasattr(path, key)}
    assert found == {key: case[key] for key in found}
    assert len(found) == 7


def facts(case):
    given = RULES["facts"][case["facts"]]
    sets = {key: frozenset(given[key]) for key in ("visited", "picked", "right")}
    return Facts(given["meters"], **sets, points=given["points"])


@pytest.mark.parametrize("case", RULES["holds"], ids=name)
def test_condition_holds(case):
    assert holds(case["when"], facts(case)) is case["holds"]


@pytest.mark.parametrize("case", RULES["told"], ids=name)
def test_text_is_told(case):
    assert told(case["text"], facts(case)) == case["told"]


@pytest.mark.parametrize("case", RULES["effects"], ids=name)
def test_effects_add_up(case):
    assert effects_of(case["source"], facts(case)) == case["by"]


@pytest.mark.parametrize("case", RULES["skills"], ids=name)
def test_skills_add_up(case):
    found = skills_of(RULES["scenario"], play(RULES["scenario"], case["steps"]))
    assert {skill: list(pair) for skill, pair in found.items()} == case["skills"]


@pytest.mark.parametrize("case", RULES["order"], ids=name)
def test_choices_are_shown_in_order(case):
    node = {"choices": RULES["choices"], "pinned": case["pinned"]}
    shown = choices_in_order(case["id"], node, case["seed"])
    assert [choice["id"] for choice in shown] == case["shown"]


@pytest.mark.parametrize("case", RULES["mixed"], ids=lambda case: f"{case['ids']} {case['seed']}")
def test_ids_are_mixed(case):
    assert mixed(case["ids"], case["seed"]) == case["mixed"]


@pytest.mark.parametrize("case", METERS, ids=name)
def test_meter_words_spread(case):
    meter = case["meter"]
    values = range(meter["min"], meter["max"] + 1)
    assert [meter_word(meter, value) for value in values] == case["shown"]


@pytest.mark.parametrize("case", [case for case in PLAY["play"] if "best" in case], ids=name)
def test_best_path_is(case):
    assert replay(PLAY["scenarios"][case["scenario"]]).best.steps == case["steps"]


def test_quiz_adds_up_the_points_of_its_items():
    quiz = {"items": [SCORING["items"][k] for k in ("single", "multiple", "likert")]}
    assert score_quiz(quiz, {"single": "ask", "multiple": ["a"], "likert": "often"}) == Score(
        2.5, 4
    )
    assert score_quiz(quiz, {}) == Score(0, 4)


def test_pass_mark_forgives_a_rounding_error():
    tenths = sum([0.1] * 8)
    assert passed(Score(tenths, 1), 80)
    assert not passed(Score(7.9, 10), 80)
    assert passed(Score(0, 0), 0)
    assert not passed(Score(0, 0), 1)


def test_walk_stops_after_the_longest_path_allowed():
    loop = [{"node": "hall", "choice": "garden"}, {"node": "garden"}] * MAX_STEPS
    assert play(PLAY["scenarios"]["visits"], loop).used == MAX_STEPS
