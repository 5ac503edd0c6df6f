"""The contract: what is compiled keeps it; schema and types are those of engine/types.py."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from collabcomm.course.compiler import Compiler, version_of, without_key
from collabcomm.course.javascript import files
from collabcomm.course.loader import load
from collabcomm.course.schemas import player_schema, schemas
from collabcomm.engine.attempt import quiz_result, scenario_result
from collabcomm.engine.walk import best_response
from collabcomm.room.debrief import debrief
from collabcomm.room.state import Room, opening
from collabcomm.room.views import console_view, public_view, screen_view
from folders import REPO

SMALL = Path(__file__).parent / "content" / "course"
COMPILERS = {"course": Compiler(load(REPO).course), "small": Compiler(load(SMALL).course)}
QUIZZES = [(which, quiz) for which, c in COMPILERS.items() for quiz in c.course.quizzes]
SCENARIOS = [(which, story) for which, c in COMPILERS.items() for story in c.course.scenarios]


@cache
def validator(name: str | None = None) -> Any:
    """Of player JSON as a whole, or of one of its parts."""
    schema = player_schema()
    if name:
        schema = {"$defs": schema["$defs"], "$ref": f"#/$defs/{name}"}
    return Draft202012Validator(schema)


def keeps(data: Any, name: str | None = None) -> None:
    errors = [f"{error.json_path}: {error.message}" for error in validator(name).iter_errors(data)]
    assert errors == []


def test_schemas_are_up_to_date():
    """Run ``make schema`` when this fails."""
    folder = REPO / "src/collabcomm/schema"
    assert {path.name: path.read_text("utf-8") for path in folder.glob("*.json")} == schemas()


def test_types_in_javascript_are_up_to_date():
    """Run ``make schema`` when this fails."""
    folder = REPO / "src/collabcomm/player"
    assert {name: (folder / name).read_text("utf-8") for name in files()} == files()


@pytest.mark.parametrize(("which", "quiz"), QUIZZES)
def test_every_quiz_keeps_the_contract_whole_in_a_page_and_without_its_key(which, quiz):
    compiler = COMPILERS[which]
    whole = compiler.quiz(quiz)
    for form in (whole, compiler.page_quiz(quiz), without_key(whole)):
        keeps(form, "Quiz")
        keeps(form)
    keeps({**whole, "strings": {"check": "Check"}}, "Quiz")


@pytest.mark.parametrize(("which", "quiz"), QUIZZES)
def test_every_result_of_a_quiz_keeps_the_contract(which, quiz):
    whole = COMPILERS[which].quiz(quiz)
    best = {item["id"]: best_response(item) for item in whole["items"]}
    keeps(quiz_result(whole, best, whole["pass_mark"]), "Result")


@pytest.mark.parametrize(("which", "story"), SCENARIOS)
def test_every_scenario_and_its_result_keep_the_contract(which, story):
    whole = COMPILERS[which].scenario(story)
    keeps(whole, "Scenario")
    keeps(whole)
    keeps(scenario_result(whole, whole["best"]), "Result")


@pytest.mark.parametrize(("which", "story"), SCENARIOS)
def test_a_rooms_state_and_views_keep_the_contract_at_every_step_of_the_best_path(which, story):
    whole = COMPILERS[which].scenario(story)
    created = datetime(2030, 1, 1, tzinfo=UTC)
    for taken in range(len(whole["best"]) + 1):
        state = {**opening("story"), "steps": whole["best"][:taken]}
        room = Room("KT7-4QM", "", story, whole["version"], "key", created, state=state)
        keeps(state, "RoomState")
        keeps({**public_view(whole, room), "mark": "1"}, "PublicMessage")
        screen = {**screen_view(whole, room, {}, 3), "mark": "1", "join": "http://x/room"}
        keeps(screen, "ScreenMessage")
        links = {"join": "", "alone": True, "screen": "", "debrief": "", "csv": "", "qr": ""}
        console = {**console_view(whole, {}, room, {}, 3), "links": links, "strings": {}}
        keeps(console, "ConsoleMessage")
        keeps(debrief(whole, room, [room]), "Debrief")


def test_the_contract_refuses_keys_that_it_does_not_know():
    quiz = COMPILERS["small"].quiz("practice")
    assert list(validator().iter_errors({**quiz, "debrief_text": "x"}))
    item = {**quiz["items"][0], "type": "essay"}
    assert list(validator().iter_errors({**quiz, "items": [item]}))


def test_example_in_the_documentation_is_what_the_compiler_makes():
    text = (REPO / "docs/engine/player-json.md").read_text("utf-8")
    example = json.loads(text.split("```json")[1].split("```")[0])
    made = COMPILERS["small"].quiz("practice")
    assert example == {**made, "items": made["items"][:1], "version": example["version"]}
    body = {key: example[key] for key in example if key not in ("format", "kind", "version")}
    assert example["version"] == version_of(body)
    keeps(example)
