"""The trainer's room as a state: what may be done when, and what it shows to whom."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings, strategies

from collabcomm.course.compiler import Compiler
from collabcomm.course.loader import load
from collabcomm.course.notes import trainer_notes
from collabcomm.engine.path import play
from collabcomm.engine.people import now
from collabcomm.room.debrief import debrief, rows
from collabcomm.room.state import (
    ACTIONS,
    PHASES,
    Room,
    RoomRefused,
    act,
    can,
    opening,
    path_of,
)
from collabcomm.room.views import console_view, public_view, screen_view
from conftest import HERE, METERS, PLAY
from folders import REPO, SMALL

TABLE = json.loads((HERE / "cases/room.json").read_text("utf-8"))
COURSE = load(SMALL).course
COMPILER = Compiler(COURSE)
SCENARIO = COMPILER.scenario("doorstep")
FIRST = SCENARIO["nodes"][SCENARIO["start"]]
CHOICES = [choice["id"] for choice in FIRST["choices"]]


def done(state, name, counts=None, **more):
    return act(SCENARIO, state, {"do": name, **more}, counts or {}, now())


def test_a_vote_a_talk_a_second_vote_and_a_choice():
    state = done(opening("story"), "open_vote")
    assert (state["phase"], state["ballot"]) == ("vote", 1)
    state = done(state, "close_vote", {CHOICES[0]: 3, CHOICES[1]: 2})
    assert state["ballots"][0]["counts"] == {CHOICES[0]: 3, CHOICES[1]: 2, CHOICES[2]: 0}
    state = done(state, "open_vote")
    room = Room("C", "", "s", "v", "k", now(), state=state)
    seen = screen_view(SCENARIO, room, {CHOICES[1]: 1}, 5)
    assert (seen["counts"], seen["before"][CHOICES[0]]) == ({CHOICES[1]: 1}, 3)
    state = done(state, "choose", {CHOICES[1]: 4, CHOICES[0]: 1})
    assert (state["phase"], state["chosen"]) == ("consequence", [CHOICES[1]])
    assert state["log"][-1]["how"] == "majority"
    state = done(done(state, "evidence"), "next")
    assert state["steps"] == [{"node": SCENARIO["start"], "choice": CHOICES[1]}]
    assert state["phase"] == "scene"


def test_a_tie_is_not_decided_by_the_program():
    state = done(opening("story"), "open_vote")
    with pytest.raises(RoomRefused, match="No single choice leads"):
        done(state, "choose", {CHOICES[0]: 2, CHOICES[1]: 2})
    state = done(state, "choose", {CHOICES[0]: 2, CHOICES[1]: 2}, choice=CHOICES[1])
    assert state["log"][-1] | {"at": ""} == {
        "at": "",
        "node": SCENARIO["start"],
        "what": "chosen",
        "choice": CHOICES[1],
        "how": "trainer",
    }


def test_two_branches_are_compared_before_one_is_taken():
    state = done(opening("story"), "compare", choices=CHOICES[:2])
    room = Room("C", "", "s", "v", "k", now(), state=state)
    shown = public_view(SCENARIO, room)["shown"]
    assert [one["id"] for one in shown] == CHOICES[:2]
    assert all(one["consequence"] and not one["feedback"] for one in shown)
    state = done(state, "choose", choice=CHOICES[0])
    assert state["chosen"] == CHOICES[:1]
    for pair in (CHOICES[:1], [CHOICES[0], CHOICES[0]], ["nothing", CHOICES[0]], "ab"):
        with pytest.raises(RoomRefused):
            done(opening("story"), "compare", choices=pair)


def test_stepping_back_jumping_skipping_and_pausing():
    state = done(done(opening("story"), "skip"), "back")
    assert state["steps"] == []
    for name in SCENARIO["nodes"]:
        there = done(opening("story"), "jump", node=name)
        assert play(SCENARIO, there["steps"]).at == name
    with pytest.raises(RoomRefused):
        done(opening("story"), "jump", node="nowhere")
    assert done(opening("story"), "pause")["paused"]
    with pytest.raises(RoomRefused, match="beginning"):
        done(opening("story"), "back")


def test_a_timer_tells_the_time_and_forces_nothing():
    state = done(opening("story"), "timer", minutes=3)
    assert state["phase"] == "scene"
    assert done(state, "timer", minutes=None)["timer"] is None
    for bad in (0, -1, 1000, "x", True, [1]):
        with pytest.raises(RoomRefused):
            done(state, "timer", minutes=bad)


@pytest.mark.parametrize(
    ("node", "action", "sentence"),
    [
        ("step", "open_vote", "nothing to vote on"),
        ("step", "choose", "nothing to choose"),
        ("step", "skip", "nothing to skip"),
        ("later", "next", "The story has ended"),
    ],
)
def test_what_a_moment_does_not_offer_is_refused_in_a_sentence(node, action, sentence):
    moment = done(opening("story"), "jump", node=node)
    with pytest.raises(RoomRefused, match=sentence):
        done(moment, action)


def test_an_ended_room_can_only_be_opened_again():
    state = done(opening("story"), "end")
    with pytest.raises(RoomRefused, match="has ended"):
        done(state, "next")
    assert done(state, "reopen")["phase"] == "scene"


def test_unscored_items_never_stop_the_story():
    scene = {"title": "You", "scene": "", "lines": []}
    parts = PLAY["scenarios"]["unscored"]["nodes"]
    rate, write = ({**parts[k], **scene} for k in ("rate", "write"))
    rate["item"], write["item"] = ({**x["item"], "stem": "?"} for x in (rate, write))
    write["goto"] = [{"node": SCENARIO["start"], "when": []}]
    own = {
        **SCENARIO,
        "start": "rate",
        "nodes": {"rate": rate, "write": write, **SCENARIO["nodes"]},
    }

    def does(state, name, counts=None, **more):
        return act(own, state, {"do": name, **more}, counts or {}, now())

    def console(state):
        room = Room("C", "", "s", "v", "k", now(), state=state)
        return console_view(own, {}, room, {}, 0)

    state = does(does(opening("story"), "open_vote"), "choose", {"often": 2, "never": 1})
    assert console(state)["shown"][0]["support"] is None
    assert {option["support"] for option in console(state)["options"]} == {None}
    room = Room("C", "", "s", "v", "k", now(), state=state)
    assert [row[4:7] for row in rows(own, room)] == [["never", None, 1], ["often", None, 2]]
    state = does(state, "next")
    assert state["steps"] == [{"node": "rate", "response": "often"}]
    assert "next" in console(state)["can"]
    assert path_of(own, does(state, "next")).at == SCENARIO["start"]
    assert path_of(own, does(opening("story"), "skip")).at == "write"
    for node in SCENARIO["nodes"]:
        assert path_of(own, does(opening("story"), "jump", node=node)).at == node


ANYTHING: strategies.SearchStrategy[dict[str, Any]] = strategies.fixed_dictionaries(
    {"do": strategies.sampled_from([*ACTIONS, "nothing", None, []])},
    optional={
        "choice": strategies.sampled_from([*CHOICES, "x", None, 3]),
        "choices": strategies.lists(strategies.sampled_from([*CHOICES, "x", 3]), max_size=3),
        "node": strategies.sampled_from([*SCENARIO["nodes"], "x", None]),
        "minutes": strategies.sampled_from([1, 0, "x", None]),
    },
)


@settings(deadline=None, max_examples=60)
@given(strategies.lists(ANYTHING, max_size=25))
def test_whatever_is_pressed_the_room_stays_sound(actions):
    state = opening("story")
    for action in actions:
        before = json.dumps(state)
        try:
            state = act(SCENARIO, state, action, {CHOICES[0]: 2, CHOICES[1]: 1}, now())
        except RoomRefused:
            assert json.dumps(state) == before
        path = play(SCENARIO, state["steps"])
        assert path.used == len(state["steps"])
        assert state["phase"] in PHASES
        assert (state["ballot"] is not None) == (state["phase"] == "vote")
        room = Room("C", "", "s", "v", "k", now(), state=state)
        console_view(SCENARIO, {}, room, {}, 0)
        for name in can(SCENARIO, state):
            assert name in ACTIONS
        json.dumps(debrief(SCENARIO, room, [room]))
        rows(SCENARIO, room)


def test_every_scenario_can_be_steered_from_beginning_to_end():
    for name in COURSE.scenarios:
        scenario = COMPILER.scenario(name)
        state = opening("story")
        while scenario["nodes"][path_of(scenario, state).at]["kind"] != "ending":
            what = "skip" if "skip" in can(scenario, state) else "next"
            state = act(scenario, state, {"do": what}, {}, now())
        assert len(state["steps"]) == path_of(scenario, state).used


def test_phones_and_projector_never_see_what_is_the_trainers():
    scenario = COURSE.scenarios["doorstep"]
    notes = trainer_notes(COMPILER, scenario.id)
    secret = [prompt["html"] for told in notes.values() for prompt in told["prompts"]]
    assert len(secret) == 6
    for node in SCENARIO["nodes"]:
        state = act(SCENARIO, opening("story"), {"do": "jump", "node": node}, {}, now())
        room = Room("C", "", "s", "v", "k", now(), state=state, notes="MY OWN NOTE")
        for view in (public_view(SCENARIO, room), screen_view(SCENARIO, room, {}, 3)):
            text = json.dumps(view, ensure_ascii=False)
            assert "MY OWN NOTE" not in text
            assert not [one for one in secret if one in text]
            assert '"support"' not in text
        console = json.dumps(console_view(SCENARIO, notes, room, {}, 3), ensure_ascii=False)
        assert "MY OWN NOTE" in console


@pytest.mark.parametrize("case", METERS, ids=lambda case: case["name"])
def test_the_projector_shows_meters_by_the_rule_of_the_book(case):
    low, high = case["meter"]["min"], case["meter"]["max"]
    for value, word in enumerate(case["shown"], start=low):
        meter = {**case["meter"], "id": "trust", "label": "Trust", "start": value}
        room = Room("C", "", "s", "v", "k", now(), state=opening("story"))
        (shown,) = screen_view({**SCENARIO, "meters": [meter]}, room, {}, 0)["meters"]
        assert shown == {"label": "Trust", "word": word, "n": value - low, "of": high - low}


def test_the_debrief_shows_rounds_splits_and_earlier_groups():
    def group(first):
        state = done(opening("story"), "open_vote")
        state = done(state, "close_vote", {CHOICES[0]: 2, CHOICES[1]: 2, CHOICES[2]: 1})
        state = done(done(state, "choose", choice=first), "next")
        return Room("C", "", "doorstep", SCENARIO["version"], "k", now(), state=state)

    found = debrief(SCENARIO, group(CHOICES[0]), [group(CHOICES[1]), group(CHOICES[1])])
    (decision,) = found["decisions"]
    assert decision["split"] == pytest.approx(1 - 2 / 5)
    assert {c["id"]: c["elsewhere"] for c in decision["choices"]}[CHOICES[1]] == 2
    assert (found["groups"], found["most_split"]) == (2, SCENARIO["start"])
    table = rows(SCENARIO, group(CHOICES[0]))
    votes = {row[4]: (row[6], row[7]) for row in table}
    assert votes == {CHOICES[0]: (2, "yes"), CHOICES[1]: (2, "no"), CHOICES[2]: (1, "no")}


def part(kind, **more):
    return {"kind": kind, "title": "T", "scene": "", "lines": [], **more}


def item(item_type, most, **more):
    shared = {"id": "asked", "type": item_type, "stem": "?", "points": 1, "max": most}
    return part("item", item={**shared, **more}, goto=[{"node": "end", "when": []}])


def option(name, support=None):
    rated = {"support": support} if support else {}
    return {"id": name, "text": name, "feedback": "So.", **rated}


def choice(name, support):
    shared = {"points": 0, "effects": {}, "basis": "theory", "evidence": []}
    shared["goto"] = [{"node": "end", "when": []}]
    texts = {"text": name, "consequence": "C", "feedback": "F"}
    return {
        "id": name,
        "support": support,
        **texts,
        **shared,
        "goto": [{"node": "end", "when": []}],
    }


NODES = {
    "decision": part("decision", ask="?", choices=[choice("yes", "well"), choice("no", "poorly")]),
    "voted item": item(
        "judgement",
        2,
        options=[option("yes", "well"), option("maybe", "partly"), option("no", "poorly")],
        weights={"yes": 2, "maybe": 1, "no": 0},
    ),
    "written item": item("reflection", 0, weights={}),
    "passage": part("passage", goto=[{"node": "end", "when": []}]),
    "ending": part("ending", ending={"title": "E", "kind": "good"}, debrief="D"),
}
# What a message needs so that nothing but phase and node can stand against it.
FITTING = {
    "choose": {"choice": "yes"},
    "compare": {"choices": ["yes", "no"]},
    "jump": {"node": "here"},
    "timer": {"minutes": 1},
}
WAYS = {
    "scene": [],
    "vote": ["open_vote"],
    "tally": ["open_vote", "close_vote"],
    "compare": ["compare"],
    "consequence": ["choose"],
    "evidence": ["choose", "evidence"],
    "ended": ["end"],
}


def story(node):
    """A way in, the node, and an ending."""
    way_in = part("passage", goto=[{"node": "here", "when": []}])
    return {
        **{"id": "s", "version": "v", "title": "S", "content_note": None, "cast": []},
        **{"meters": [], "start": "start", "best": []},
        "nodes": {"start": way_in, "here": node, "end": NODES["ending"]},
    }


def press(scenario, state, name):
    message = {"do": name, **FITTING.get(name, {})}
    return act(scenario, state, message, {"yes": 2}, datetime(2030, 1, 1, tzinfo=UTC))


def standing(scenario, phase):
    """A room at the node in a phase."""
    state = opening("story")
    for name in ("next", *WAYS[phase]):
        state = press(scenario, state, name)
    assert state["phase"] == phase
    return state


PAIRS = [
    (node, phase, name) for node, phases in TABLE.items() for phase in phases for name in ACTIONS
]


@pytest.mark.parametrize(("node", "phase", "name"), PAIRS)
def test_an_action_leads_where_the_table_says_and_is_refused_where_it_says_nothing(
    node, phase, name
):
    scenario = story(NODES[node])
    state = standing(scenario, phase)
    before = json.dumps(state)
    then = TABLE[node][phase].get(name)
    assert (name in can(scenario, state)) == (then is not None)
    if then is None:
        with pytest.raises(RoomRefused):
            press(scenario, state, name)
    else:
        assert press(scenario, state, name)["phase"] == then
    assert json.dumps(state) == before


@pytest.mark.parametrize("node", NODES)
def test_a_node_has_the_phases_of_the_table_and_no_others(node):
    scenario = story(NODES[node])
    for phase in set(PHASES) - set(TABLE[node]):
        with pytest.raises(RoomRefused):
            standing(scenario, phase)


def test_an_option_that_is_partly_supported_is_not_shown_as_well_supported():
    scenario = story(NODES["voted item"])
    state = act(
        scenario, standing(scenario, "scene"), {"do": "choose", "choice": "maybe"}, {}, now()
    )
    room = Room("C", "", "s", "v", "k", now(), state=state)
    view = console_view(scenario, {}, room, {}, 0)
    assert [rated["support"] for rated in view["options"]] == ["well", "partly", "poorly"]
    assert [shown["support"] for shown in view["shown"]] == ["partly"]
    voted = standing(scenario, "tally")
    table = rows(scenario, Room("C", "", "s", "v", "k", now(), state=voted))
    assert [row[5] for row in table] == ["well", "partly", "poorly"]


def test_the_page_on_the_rooms_state_shows_the_table_of_a_decision():
    text = (REPO / "docs/engine/room-state.md").read_text("utf-8")
    lines = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| `")]
    shown = {line[0].strip("` "): [cell.strip("` ") for cell in line[1:]] for line in lines}
    for name in ACTIONS:
        assert shown[name] == [TABLE["decision"][phase].get(name, "–") for phase in PHASES], name
