"""Which node can lead to which, and the codes that people type."""

from __future__ import annotations

import pytest

from collabcomm.course.compiler import Compiler
from collabcomm.course.loader import load
from collabcomm.engine.graph import backward, distances, on_loops, onward, reach
from collabcomm.engine.path import play
from collabcomm.engine.people import JOIN_CODE
from collabcomm.engine.replay import shortest_way
from collabcomm.room.state import ROOM_CODE
from folders import SMALL

GRAPH = {"a": ["b", "c"], "b": ["d"], "c": ["b", "e"], "d": [], "e": ["c"], "far": ["a"]}
STORY = Compiler(load(SMALL).course).scenario("doorstep")


def test_reach_is_everything_that_steps_lead_to_and_the_beginning():
    assert reach(GRAPH, ["c"]) == {"c", "b", "d", "e"}
    assert reach(GRAPH, []) == set()
    assert reach(backward(GRAPH), ["d"]) == set(GRAPH)


def test_only_nodes_on_a_way_back_to_themselves_are_on_loops():
    assert on_loops(GRAPH) == {"c", "e"}


def test_distances_are_the_fewest_steps_and_what_nothing_leads_to_comes_last():
    assert distances(GRAPH, "a") == {"a": 0, "b": 1, "c": 1, "d": 2, "e": 2, "far": 3}


def test_onward_names_each_node_once_in_the_order_of_the_file():
    for node_id, targets in onward(STORY).items():
        assert len(set(targets)) == len(targets)
        assert not targets or STORY["nodes"][node_id]["kind"] != "ending"


@pytest.mark.parametrize("node_id", STORY["nodes"])
def test_shortest_way_leads_to_its_node_in_as_many_steps_as_there_must_be(node_id):
    steps = shortest_way(STORY, node_id)
    assert steps is not None
    assert play(STORY, steps).at == node_id
    assert len(steps) >= distances(onward(STORY), STORY["start"])[node_id]


def test_no_way_leads_to_a_place_that_is_not_there():
    assert shortest_way(STORY, "nowhere") is None


@pytest.mark.parametrize(("code", "half"), [(JOIN_CODE, 4), (ROOM_CODE, 3)])
def test_fresh_code_is_read_back_however_it_is_typed(code, half):
    fresh = code.new()
    assert len(fresh) == 2 * half + 1
    for typed in (fresh, fresh.lower(), f" {fresh.replace('-', ' ')} ", fresh.replace("-", "")):
        assert code.clean(typed) == fresh
    assert code.clean("") == "-"
    assert len(code.clean("A" * 1000)) == 13
