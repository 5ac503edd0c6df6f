"""What a room shows: to phones, on the projector, on the trainer's console.

A view each, so that nothing of the trainer's can leak into the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from collabcomm.course.notes import Notes
from collabcomm.engine.graph import own_nodes
from collabcomm.engine.items import type_of
from collabcomm.engine.path import Facts, Path, holds, meter_word, play, told, told_pieces
from collabcomm.engine.room import (
    ConsoleView,
    Counts,
    Gauge,
    Place,
    PublicView,
    RatedChoice,
    RoomState,
    Said,
    ScreenView,
    Shown,
    TrainerNotes,
)
from collabcomm.engine.types import (
    Choice,
    ChoiceSupport,
    Item,
    Meter,
    Node,
    Option,
    Scenario,
    Step,
    Support,
)
from collabcomm.room.state import Room, can, choices_at, counts_at, leader, path_of


def public_view(scenario: Scenario, room: Room) -> PublicView:
    """Return what a participant's phone shows. Neither counts nor anything of the trainer's."""
    state = room.state
    path = path_of(scenario, state)
    node, facts = scenario["nodes"][path.at], path.facts[-1]
    begins = not state["steps"] and state["phase"] == "scene"
    votable = state["ballot"] is not None or state["phase"] == "tally"
    return {
        "rev": room.rev,
        "title": scenario["title"],
        "phase": "paused" if state["paused"] else state["phase"],
        "ballot": state["ballot"],
        "heading": heading(node),
        "scene": told(node["scene"], facts),
        "lines": _lines(scenario, node, facts),
        "ask": _ask(node, facts),
        "choices": choices_at(scenario, state, path.at) if votable else [],
        "shown": _shown(scenario, state, path),
        "content_note": scenario["content_note"] if begins else None,
        "ending": node["kind"] == "ending",
        "debrief": told(node["debrief"], facts) if node["kind"] == "ending" else None,
    }


def screen_view(scenario: Scenario, room: Room, counts: Counts, people: int) -> ScreenView:
    """Return what the projector shows: the same, with counts and without names.

    ``counts`` are the votes of the open ballot, ``people`` how many devices are in the room.
    """
    state = room.state
    path = path_of(scenario, state)
    live = state["ballot"] is not None
    votes: list[Counts | None] = [None, None, *counts_at(state, path.at)]
    if live:
        votes.append(dict(counts))
    return {
        **public_view(scenario, room),
        "code": room.code,
        "steps": path.used,
        "people": people,
        "choices": choices_at(scenario, state, path.at),
        "live": live,
        "counts": votes[-1],
        "before": votes[-2],
        "timer": state["timer"],
        "meters": gauges(scenario, path, hidden=False),
    }


def console_view(
    scenario: Scenario,
    notes: Mapping[str, Notes],
    room: Room,
    counts: Counts,
    people: int,
) -> ConsoleView:
    """Return what the trainer's console shows: everything, with the notes for this node.

    ``notes`` are the trainer's notes of the scenario, by node, and under "" those for all of it.
    """
    state = room.state
    path = path_of(scenario, state)
    node = scenario["nodes"][path.at]
    votes = [counts] if state["ballot"] else [c for c in counts_at(state, path.at) if c]
    return {
        **screen_view(scenario, room, counts, people),
        "phase": state["phase"],
        "paused": state["paused"],
        "kind": node["kind"],
        "at": path.at,
        "options": rated_choices(scenario, state, path.at),
        "leader": leader(votes[-1] if votes else {}),
        "trainer": _notes_told(notes.get(path.at), path.facts[-1]),
        "whole": _notes_told(notes.get(""), path.facts[-1]),
        "places": _places(scenario, path),
        "can": can(scenario, state),
        "own": room.notes,
    }


def heading(node: Node) -> str:
    """Return what a node is called on the screen."""
    if node["kind"] == "ending":
        return node["ending"]["title"]
    return node["title"] or ""


def rated_choices(scenario: Scenario, state: RoomState, node_id: str) -> list[RatedChoice]:
    """Return what can be voted for at a node, with how well the evidence supports each."""
    node = scenario["nodes"][node_id]
    known: dict[str, ChoiceSupport] = {}
    if node["kind"] == "decision":
        known = {choice["id"]: choice["support"] for choice in node["choices"]}
    return [
        {
            **choice,
            "support": known.get(choice["id"])
            or (_support(node["item"], choice["id"]) if node["kind"] == "item" else None),
        }
        for choice in choices_at(scenario, state, node_id)
    ]


def _notes_told(notes: Notes | None, facts: Facts) -> TrainerNotes | None:
    """Return notes with the prompts that fit what the group has chosen."""
    return {**notes, "prompts": told_pieces(notes["prompts"], facts)} if notes else None


def _support(item: Item, option_id: str) -> Support | None:
    """Return how well the evidence supports an option; None where nothing is right or wrong.

    Where an option does not say it itself, the key does.
    """
    if not item["max"]:
        return None
    if own := _option(item, option_id).get("support"):
        return own
    return "well" if item.get("weights", {}).get(option_id, 0) > 0 else "poorly"


def _option(item: Item, option_id: str) -> Option:
    """Return an option of an item; a point of a scale has neither feedback nor support."""
    parts = type_of(item).parts(item)
    return cast(Option, next(part for part in parts if part["id"] == option_id))


def _lines(scenario: Scenario, node: Node, facts: Facts) -> list[Said]:
    names = {person["id"]: person["name"] for person in scenario["cast"]}
    return [
        {"who": names.get(line["who"], line["who"]), "says": line["says"]}
        for line in node["lines"]
        if holds(line.get("when", []), facts)
    ]


def _ask(node: Node, facts: Facts) -> str | None:
    if node["kind"] == "item":
        return node["item"]["stem"]
    return told(node["ask"], facts) if node["kind"] == "decision" else None


def _shown(scenario: Scenario, state: RoomState, path: Path) -> list[Shown]:
    """Return what choices led to, as far as the trainer has shown it."""
    node = scenario["nodes"][path.at]
    tells = state["phase"] == "evidence"
    if not tells and state["phase"] not in ("consequence", "compare"):
        return []
    if node["kind"] == "item":
        return [_shown_option(node["item"], chosen, tells) for chosen in state["chosen"]]
    if node["kind"] != "decision":
        return []
    by_id = {choice["id"]: choice for choice in node["choices"]}
    return [
        _shown_choice(by_id[chosen], facts_after(scenario, state["steps"], path.at, chosen), tells)
        for chosen in state["chosen"]
    ]


def facts_after(scenario: Scenario, steps: Sequence[Step], node_id: str, chosen: str) -> Facts:
    """Return the facts that the consequence of a choice reads, after the steps before it."""
    return play(scenario, [*steps, {"node": node_id, "choice": chosen}]).after[-1]


def _shown_choice(choice: Choice, facts: Facts, tells: bool) -> Shown:
    return {
        "id": choice["id"],
        "text": choice["text"],
        "consequence": told(choice["consequence"], facts),
        "feedback": told(choice["feedback"], facts) if tells else None,
        "reason": told(choice.get("reason", ""), facts) or None if tells else None,
        "arguments": choice.get("arguments") if tells else None,
        "support": choice["support"] if tells else None,
        "basis": choice["basis"] if tells else None,
        "evidence": choice["evidence"] if tells else None,
    }


def _shown_option(item: Item, option_id: str, tells: bool) -> Shown:
    """Return an option of an item; its feedback is its consequence, then its evidence."""
    option = _option(item, option_id)
    feedback = option.get("feedback")
    return {
        "id": option_id,
        "text": option["text"],
        "consequence": None if tells else feedback,
        "feedback": feedback if tells else None,
        "reason": None,
        "arguments": None,
        "support": _support(item, option_id),
        "basis": item.get("basis") if tells else None,
        "evidence": item.get("evidence") if tells else None,
    }


def _places(scenario: Scenario, path: Path) -> list[Place]:
    """Return the console's map: every node, where the group is and has been."""
    best, own = play(scenario, scenario["best"]).nodes, own_nodes(scenario)
    return [
        {
            "id": node_id,
            "title": heading(node) or node_id,
            "here": node_id == path.at,
            "passed": node_id in path.nodes,
            "best": node_id in best,
            "ending": node["kind"] == "ending",
        }
        for node_id, node in scenario["nodes"].items()
        if node_id in own
    ]


def gauges(scenario: Scenario, path: Path, *, hidden: bool) -> list[Gauge]:
    """Return the meters where a path stands; those that stay hidden till the debrief on demand."""
    return [
        _gauge(meter, path.meters[-1][meter["id"]])
        for meter in scenario["meters"]
        if hidden or not meter.get("hidden")
    ]


def _gauge(meter: Meter, value: int) -> Gauge:
    """Return a meter as the book shows it: its word, and how far above the lowest it stands."""
    low, high = meter["min"], meter["max"]
    word = meter_word(meter, value)
    return {"label": meter["label"], "word": word, "n": value - low, "of": high - low}
