"""Every type of item, asked for every method; and that both languages and the table know it."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import get_args

import pytest
from jsonschema import Draft202012Validator

from collabcomm.course.compiler import Compiler
from collabcomm.course.loader import load
from collabcomm.course.schemas import player_schema
from collabcomm.engine.items import TYPES, type_of
from collabcomm.engine.items.author import AuthoredItem, Told
from collabcomm.engine.items.base import MAX_TEXT, ItemType, Row
from collabcomm.engine.scoring import is_valid, item_points, picks
from conftest import SCORING
from folders import REPO, SMALL

ITEMS = {item["type"]: item for item in reversed(list(SCORING["items"].values()))}
COMPILER = Compiler(load(SMALL).course)
AUTHORED = {item.type: item for q in COMPILER.course.quizzes.values() for item in q.items}
XAPI = {"choice", "matching", "sequencing", "fill-in", "likert", "true-false", "long-fill-in"}
SHAPES = ["a", "", ["a"], {"a": "b"}, 1, True, [1], {"a": 1}, [None]]

every_type = pytest.mark.parametrize("name", TYPES)


def shown(name):
    """An item of a type from the table: compiled, as the small course has none of some forms."""
    return TYPES[name], ITEMS[name]


@every_type
def test_type_has_a_file_in_both_languages_and_rows_in_the_table(name):
    file = type(TYPES[name]).__module__.rpartition(".")[2]
    assert (REPO / f"src/collabcomm/player/parts/items/{file}.js").is_file()
    rows = [row for row in SCORING["score"] if SCORING["items"][row["item"]]["type"] == name]
    assert {row["valid"] for row in rows} == {True, False}
    if TYPES[name].scored:
        assert {row["raw"] == row["max"] for row in rows} == {True, False}


@every_type
def test_type_has_every_method_and_what_is_not_abstract_says_why(name):
    for method, function in inspect.getmembers(ItemType, inspect.isfunction):
        assert callable(getattr(TYPES[name], method))
        assert function.__doc__, method
    assert not inspect.isabstract(type(TYPES[name]))
    assert not inspect.isabstract(TYPES[name].authored)


@every_type
def test_type_is_called_the_same_in_files_and_in_player_json(name):
    item_type = TYPES[name]
    assert get_args(item_type.authored.model_fields["type"].annotation) == (name,)
    assert issubclass(item_type.authored, AuthoredItem)
    schema = player_schema()["$defs"][item_type.compiled.__name__]
    assert schema["properties"]["type"]["const"] == name


@every_type
def test_small_course_has_an_item_that_compiles_and_can_be_told(name):
    item = AUTHORED[name]
    compiled = COMPILER.item(item)
    schema = {"$defs": (defs := player_schema()["$defs"]), **defs["Item"]}
    assert list(Draft202012Validator(schema).iter_errors(compiled)) == []
    assert (compiled["max"] > 0) == item.scored == TYPES[name].scored
    assert all(isinstance(text, str) for texts in item.offered() for text in texts)
    assert all(isinstance(told, Told) for told in item.told())
    assert bool(item.told()) == item.scored
    assert list(item.faults(None)) == []


@every_type
def test_best_response_fits_is_complete_and_earns_all(name):
    item_type, item = shown(name)
    best = item_type.best(item)
    if not item_type.scored:
        assert best is None
        return
    assert item_type.fits(best)
    assert is_valid(item, best)
    points = item_points(item, best)
    assert points.raw == points.max == item["points"]
    assert set(picks(item, best)) & set(item["weights"])
    assert item_type.spoken(item, best)
    assert item_type.spelt(item, best) in "\n".join(item_type.correct(item))


@every_type
def test_passing_response_lets_a_story_go_on(name):
    item_type, item = shown(name)
    assert item_type.fits(item_type.passing(item))
    assert is_valid(item, item_type.passing(item))


@every_type
def test_chance_and_guesses_earn_between_nothing_and_all(name):
    item_type, item = shown(name)
    assert 0 <= item_type.chance(item) < 1
    parts = item_type.parts(item)
    for guess in item_type.guesses(item, [-place for place in range(len(parts))]):
        assert item_type.fits(guess)
        assert is_valid(item, guess)
    assert item_type.scored or item_type.chance(item) == 0


@every_type
def test_rows_hold_the_key_and_what_was_picked(name):
    item_type, item = shown(name)
    rows = list(item_type.rows(item, picks(item, item_type.passing(item))))
    assert all(isinstance(row, Row) for row in rows)
    assert {row.key for row in rows if row.right} <= set(item.get("weights", {}))
    assert any(row.right for row in rows) == item_type.scored


@every_type
@pytest.mark.parametrize("response", [*SHAPES, None], ids=json.dumps)
def test_response_of_any_shape_is_taken_for_what_it_is(name, response):
    item_type, item = shown(name)
    assert isinstance(picks(item, response), list)
    assert isinstance(is_valid(item, response), bool)
    assert isinstance(item_type.fits(response), bool)
    if item_type.fits(response):
        assert isinstance(item_type.spoken(item, response), str)


@every_type
def test_no_response_is_longer_than_stores_can_hold(name):
    long = "x" * (MAX_TEXT + 1)
    for response in (long, [long], {"p": long}, {long: "a"}, "\0", "\ud800"):
        assert not TYPES[name].fits(response)


@every_type
def test_word_of_a_command_line_becomes_a_response(name):
    item_type, item = shown(name)
    tokens = {list: "+".join, dict: lambda d: "+".join(f"{k}:{v}" for k, v in d.items()), str: str}
    passing = item_type.passing(item)
    token = ">".join(passing) if name == "sequencing" else tokens[type(passing)](passing)
    assert item_type.from_token(token) == passing


@every_type
def test_interaction_is_one_that_xapi_knows(name):
    item_type, item = shown(name)
    assert item_type.xapi in XAPI or (item_type.xapi is None and not item_type.scored)
    for parts in item_type.interaction(item).values():
        assert all({"id", "text"} <= set(part) for part in parts)
    assert not item_type.votable or item_type.parts(item)


def test_types_need_no_list_of_them():
    folder = Path(inspect.getfile(ItemType)).parent
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__", "author", "base"}
    assert modules == {
        type(item_type).__module__.rpartition(".")[2] for item_type in TYPES.values()
    }


def test_unknown_type_is_an_error_and_no_silent_nothing():
    with pytest.raises(KeyError):
        type_of({"type": "essay"})
