"""Compiling and replaying: versions, keys, draws, paths."""

from __future__ import annotations

import itertools
import json
import math
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from collabcomm.course.compiler import Compiler, without_key
from collabcomm.course.conditions import parse_when
from collabcomm.course.deliver import deliver_quiz
from collabcomm.course.draw import draw
from collabcomm.course.loader import load
from collabcomm.course.markup import block
from collabcomm.course.models import Quiz
from collabcomm.engine.items import type_of
from collabcomm.engine.items.base import labels
from collabcomm.engine.replay import read_choices, replay, shortest_way
from collabcomm.engine.scoring import is_valid
from collabcomm.results.analysis.options import distractors
from collabcomm.texts import text_of
from folders import SMALL

COURSE = load(SMALL).course
COMPILER = Compiler(COURSE)


TOLD: dict[str, Any] = {"title": None, "scene": "", "lines": []}


def keys(data):
    if isinstance(data, dict):
        return set(data) | {k for v in data.values() for k in keys(v)}
    return {k for v in data for k in keys(v)} if isinstance(data, list) else set()


def node(*choices, **more):
    return {
        "kind": "decision",
        "choices": [
            {
                "id": n,
                "support": "well" if p else "poorly",
                "points": p,
                "effects": e,
                "consequence": "",
                "feedback": "",
                "goto": [{"node": to, "when": []}],
            }
            for n, p, e, to in choices
        ],
        **TOLD,
        "ask": "",
        **more,
    }


def ending(kind):
    return {"kind": "ending", "ending": {"title": kind, "kind": kind}, "debrief": "", **TOLD}


def story(start, meters=(), **nodes):
    return {"id": "s", "start": start, "meters": list(meters), "nodes": nodes}


def test_a_version_changes_with_the_content_and_only_then(tmp_path):
    root = Path(shutil.copytree(SMALL, tmp_path / "c"))
    first = Compiler(load(root).course).quiz("practice")
    assert Compiler(load(root).course).quiz("practice")["version"] == first["version"]
    file = root / "quizzes/practice.yml"
    file.write_text(file.read_text().replace("Asking what", "Hearing what"))
    assert Compiler(load(root).course).quiz("practice")["version"] != first["version"]


def test_nothing_of_the_key_is_left_in_a_graded_quiz():
    bare = without_key(COMPILER.quiz("bank"))
    secret = {"weights", "feedback", "support", "replies", "explanation", "evidence", "basis"}
    assert not keys(bare) & secret
    assert COMPILER.page_quiz("bank")["items"] == []


def test_order_of_shown_parts_does_not_tell_the_key():
    items = [item for quiz_id in COURSE.quizzes for item in COMPILER.quiz(quiz_id)["items"]]
    sequences = [item for item in items if item["type"] == "sequencing"]
    assert sequences
    for item in sequences:
        shown = [step["id"] for step in item["steps"]]
        assert any(f"{a}>{b}" not in item["weights"] for a, b in itertools.pairwise(shown))


def test_a_draw_depends_on_the_attempt_alone_and_spreads_over_outcomes():
    quiz = deliver_quiz(COMPILER, "bank")
    drawn = draw(quiz, "attempt-1")
    assert drawn == draw(quiz, "attempt-1")
    assert drawn != draw(quiz, "attempt-2")
    outcomes = [quiz["outcomes"][item_id] for item_id in drawn]
    assert len(drawn) == len(set(drawn)) == 6
    assert set(Counter(outcomes).values()) == {2}
    everything = {name for n in range(300) for name in draw(quiz, f"attempt-{n}")}
    assert everything == set(quiz["outcomes"])


def bank(per_outcome, items=6):
    """Outcome ``a`` with six items, ``b`` with two, ``c`` with two, one rating of ``d``."""

    def item(outcome, n):
        options = [{"id": "yes", "text": "Yes", "correct": True}, {"id": "no", "text": "No"}]
        more = {"type": "single-choice", "options": options}
        if outcome == "d":
            more = {"type": "likert", "scale": [{"id": f"s{i}", "text": "So"} for i in range(3)]}
        return {"id": f"{outcome}{n}", "outcome": outcome, "stem": "So?", **more}

    counts = {"a": 6, "b": 2, "c": 2, "d": 1}
    quiz = Quiz.model_validate(
        {
            "id": "bank",
            "title": "Bank",
            "module": "first",
            "purpose": "graded",
            "pass_mark": 50,
            "draw": {"items": items, "per_outcome": per_outcome},
            "items": [item(outcome, n) for outcome, count in counts.items() for n in range(count)],
        }
    )
    return deliver_quiz(Compiler(COURSE.model_copy(update={"quizzes": {"bank": quiz}})), "bank")


def test_a_draw_without_per_outcome_gives_what_it_always_gave():
    """Frozen: attempts begun before have to be rebuilt as they were."""
    assert draw(bank(0), "attempt-1") == ["a2", "a0", "b0", "c1", "c0", "d0"]
    assert draw(bank(1), "attempt-1") == draw(bank(0), "attempt-1")  # it had one of each already
    assert draw(bank(0), "attempt-2") == ["a3", "d0", "a1", "c1", "c0", "b0"]


@pytest.mark.parametrize(("per_outcome", "items"), [(1, 3), (1, 6), (2, 6), (2, 7)])
def test_a_draw_has_so_many_scored_items_of_every_outcome_and_the_rest_in_turns(per_outcome, items):
    quiz = bank(per_outcome, items)
    draws = [draw(quiz, f"attempt-{n}") for n in range(300)]
    assert draws == [draw(quiz, f"attempt-{n}") for n in range(300)]
    for drawn in draws:
        assert len(drawn) == len(set(drawn)) == items
        assert all(sum(name[0] == o for name in drawn) >= per_outcome for o in "abc")
    assert len({tuple(sorted(drawn)) for drawn in draws}) > 10
    rest = {name for drawn in draws for name in drawn}
    assert ("d0" in rest) == (items > 3 * per_outcome)
    assert {name for name in rest if name[0] != "d"} == set(quiz["outcomes"]) - {"d0"}


@pytest.mark.parametrize(
    "text", ["[x](javascript:alert(1))", "<b onclick=x>a</b>", "![x](https://example.org/x.png)"]
)
def test_markdown_comes_out_clean(text):
    html = block(text)
    assert "<b" not in html
    assert "<img" not in html
    assert "href" not in html


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("It goes on *who*, then.", "It goes on who, then."),
        ("One … then\n\nwait.", "One … then wait."),
        ("- a\n- b **c**d\n\n> e  \n> f", "a b cd e f"),
        ("It is `a < b` & *[more](https://example.org)*", "It is a < b & more"),
    ],
)
def test_compiled_text_reads_the_same_in_exports_and_in_figures(markdown, text):
    html = block(markdown)
    assert text_of(html) == text
    option = {"id": "o", "text": html}
    item = {"id": "i", "type": "likert", "options": [option], "weights": {}}
    assert labels(item["options"]) == {"o": text}
    assert distractors(item, ["o"], [math.nan])[0].text == text


def test_conditions_are_read_as_data():
    assert parse_when("trust >= 3 and not visited door") == [
        {"meter": "trust", "op": ">=", "value": 3},
        {"visited": "door", "is": False},
    ]
    for wrong in ("", "trust", "trust => 3", "trust >= 3 or", "().__class__"):
        with pytest.raises(ValueError, match="is no condition"):
            parse_when(wrong)


def test_equal_states_are_merged_so_that_a_billion_paths_take_no_time():
    nodes = {f"n{i}": node(("a", 2, {}, f"n{i + 1}"), ("b", 0, {}, f"n{i + 1}")) for i in range(40)}
    found = replay(story("n0", **nodes, n40=ending("good")))
    assert found.paths == 2**40
    assert found.states == 41
    assert (found.best.raw, found.worst.raw, found.best.max) == (80, 0, 80)


def test_a_loop_is_walked_once_and_its_points_count_once():
    found = replay(
        story(
            "door",
            door=node(("again", 2, {}, "door"), ("on", 1, {}, "end")),
            end=ending("mixed"),
        )
    )
    assert found.loops == {("door", "door")}
    assert not found.trapped
    assert found.best.max == 2


def test_meters_are_kept_in_range_and_their_reach_is_reported():
    trust = {"id": "trust", "start": 1, "min": 0, "max": 3}
    found = replay(
        story(
            "a",
            [trust],
            a=node(("up", 2, {"trust": 9}, "end"), ("down", 0, {"trust": -9}, "end")),
            end=ending("good"),
        )
    )
    assert found.meters == {"trust": (0, 3)}
    assert found.endings == {"end": 2}


def test_choices_of_one_path_are_read_from_short_words():
    scenario = COMPILER.scenario("story")
    _, path = read_choices(scenario, ["ask"])
    assert (path.nodes, path.raw, path.max, path.ending) == (["door", "inside"], 2, 2, "inside")
    with pytest.raises(ValueError, match="node 'door' has no choice 'sing'; it has ask, tell"):
        read_choices(scenario, ["sing"])
    with pytest.raises(ValueError, match="'ask' is left over"):
        read_choices(scenario, ["tell", "ask"])


def test_a_path_is_read_over_items_and_passages():
    scenario = COMPILER.scenario("doorstep")
    steps, path = read_choices(scenario, ["ask", "open", "her"])
    assert (steps, path.ending) == (scenario["best"], "open")
    assert read_choices(scenario, ["ask"])[1].at == "hall"
    with pytest.raises(ValueError, match="node 'hall': that is no complete response to its item"):
        read_choices(scenario, ["ask", "none"])


@pytest.mark.parametrize(
    ("item_id", "token", "response"),
    [
        ("single", "ask", "ask"),
        ("multiple", "wait+repeat", ["wait", "repeat"]),
        ("rated", "both", "both"),
        ("pairs", "before:call+after:note", {"before": "call", "after": "note"}),
        ("order", "knock>greet>ask", ["knock", "greet", "ask"]),
        ("word", "reactance", "reactance"),
        ("sure", "some", "some"),
    ],
)
def test_a_word_of_the_command_line_is_a_response_of_its_type(item_id, token, response):
    items = {item["id"]: item for item in COMPILER.quiz("types")["items"]}
    read = type_of(items[item_id]).from_token(token)
    assert read == response
    assert is_valid(items[item_id], read)


def test_a_node_that_nothing_leads_to_has_no_way():
    scenario = COMPILER.scenario("doorstep")
    assert shortest_way(scenario, "attic") is None
    assert shortest_way({**scenario, "start": "later"}, "doorway") is None
    assert shortest_way(scenario, "closing") == [{"node": "doorway", "choice": "warn"}]


def test_compiled_content_is_plain_json():
    for name in COURSE.quizzes:
        json.dumps(COMPILER.quiz(name))
    for name in COURSE.scenarios:
        json.dumps(COMPILER.scenario(name))
