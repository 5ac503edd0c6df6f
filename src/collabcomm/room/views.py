"""What a room shows: to phones, on the projector, on the trainer's console.

A view each, so that nothing of the trainer's can leak into the others.
"""

from __future__ import annotations

from collections.abc import Mapping

from collabcomm.engine.room import TrainerNotes
from collabcomm.engine.scoring import Compiled, meter_word, play
from collabcomm.room.state import Counts, Json, Room, ballot_of, choices_at, leader, path_of


def public_view(scenario: Compiled, room: Room) -> Json:
    """Return what a participant's phone shows. Neither counts nor anything of the trainer's."""
    state = room.state
    path = path_of(scenario, state)
    node = scenario["nodes"][path.at]
    ballot = ballot_of(state)
    begins = not state["steps"] and state["phase"] == "scene"
    return {
        "rev": room.rev,
        "title": scenario["title"],
        "phase": "paused" if state["paused"] else state["phase"],
        "ballot": state["ballot"],
        "heading": heading(node),
        "scene": node["scene"],
        "lines": _lines(scenario, node),
        "ask": _ask(node),
        "choices": choices_at(node) if ballot or state["phase"] == "tally" else [],
        "shown": _shown(node, state),
        "content_note": scenario["content_note"] if begins else None,
        "ending": bool(node["kind"] == "ending"),
        "debrief": node.get("debrief") if node["kind"] == "ending" else None,
    }


def screen_view(scenario: Compiled, room: Room, counts: Counts, people: int) -> Json:
    """Return what the projector shows: the same, with counts and without names."""
    state = room.state
    path = path_of(scenario, state)
    node = scenario["nodes"][path.at]
    mine = [b for b in state["ballots"] if b["node"] == path.at]
    earlier = [b["counts"] for b in mine if b["counts"] is not None]
    live = state["ballot"] is not None
    return {
        **public_view(scenario, room),
        "code": room.code,
        "steps": path.used,
        "people": people,
        "choices": choices_at(node),
        "live": live,
        "counts": dict(counts) if live else earlier[-1] if earlier else None,
        "before": (earlier[-1] if live else earlier[-2] if len(earlier) > 1 else None)
        if earlier
        else None,
        "timer": state["timer"],
        "meters": [_gauge(m, path.meters[-1][m["id"]]) for m in scenario["meters"]],
    }


def console_view(
    scenario: Compiled,
    notes: Mapping[str, TrainerNotes],
    room: Room,
    counts: Counts,
    people: int,
) -> Json:
    """Return what the trainer's console shows: everything, with the notes for this node.

    ``notes`` are the trainer's notes of the scenario, by node, and under "" those for all of it.
    """
    path = path_of(scenario, room.state)
    node = scenario["nodes"][path.at]
    best = play(scenario, scenario["best"]).nodes
    last = [b["counts"] for b in room.state["ballots"] if b["node"] == path.at and b["counts"]]
    return {
        **screen_view(scenario, room, counts, people),
        "phase": room.state["phase"],
        "paused": room.state["paused"],
        "kind": node["kind"],
        "at": path.at,
        "options": [option_view(node, choice) for choice in choices_at(node)],
        "leader": leader(counts if room.state["ballot"] else last[-1] if last else {}),
        "trainer": notes.get(path.at),
        "whole": notes.get(""),
        "places": [
            {
                "id": name,
                "title": heading(one) or name,
                "here": name == path.at,
                "passed": name in path.nodes,
                "best": name in best,
                "ending": one["kind"] == "ending",
            }
            for name, one in scenario["nodes"].items()
        ],
        "can": can(scenario, room.state),
        "own": room.notes,
    }


def can(scenario: Compiled, state: Json) -> list[str]:
    """Return what may be done now, for the console's buttons."""
    node = scenario["nodes"][path_of(scenario, state).at]
    votable, phase = bool(choices_at(node)), state["phase"]
    if phase == "ended":
        return ["reopen"]
    found = ["pause", "timer", "end", "jump"]
    if votable and phase in ("scene", "tally", "compare"):
        found.append("open_vote")
    if phase == "vote":
        found.append("close_vote")
    if votable and phase in ("scene", "vote", "tally", "compare"):
        found += ["choose", "skip"]
        if node["kind"] == "decision":
            found.append("compare")
    if phase == "consequence":
        found.append("evidence")
    moved = phase in ("consequence", "evidence")
    if node["kind"] != "ending" and (moved or (not votable and phase == "scene")):
        found.append("next")
    if state["steps"] or phase != "scene":
        found.append("back")
    return found


def _gauge(meter: Compiled, value: int) -> Json:
    """Return a meter as the book shows it: its word, and how far above the lowest it stands."""
    low, high = meter["min"], meter["max"]
    word = meter_word(meter, value)
    return {"label": meter["label"], "word": word, "n": value - low, "of": high - low}


def heading(node: Compiled) -> str:
    """Return what a node is called on the screen."""
    if node["kind"] == "ending":
        return str(node["ending"]["title"])
    return str(node.get("title") or "")


def _lines(scenario: Compiled, node: Compiled) -> list[Json]:
    names = {person["id"]: person["name"] for person in scenario["cast"]}
    return [{"who": names.get(x["who"], x["who"]), "says": x["says"]} for x in node["lines"]]


def _ask(node: Compiled) -> str | None:
    asked: str | None = node["item"]["stem"] if node["kind"] == "item" else node.get("ask")
    return asked


def _shown(node: Compiled, state: Json) -> list[Json]:
    """Return what choices led to, as far as the trainer has shown it."""
    if state["phase"] not in ("consequence", "evidence", "compare"):
        return []
    return [_one_shown(node, name, state["phase"]) for name in state["chosen"]]


def _one_shown(node: Compiled, name: str, phase: str) -> Json:
    if node["kind"] == "item":
        item = node["item"]
        option = next(o for o in item["options"] if o["id"] == name)
        feedback = option.get("feedback")  # a self-rating has none
        return {
            "id": name,
            "text": option["text"],
            "consequence": feedback if phase != "evidence" else None,
            "feedback": feedback if phase == "evidence" else None,
            "support": _support(item, name),
            "basis": item.get("basis") if phase == "evidence" else None,
            "evidence": item.get("evidence") if phase == "evidence" else None,
        }
    choice = next(c for c in node["choices"] if c["id"] == name)
    tells = phase == "evidence"
    return {
        "id": name,
        "text": choice["text"],
        "consequence": choice["consequence"],
        "feedback": choice["feedback"] if tells else None,
        "support": choice["support"] if tells else None,
        "basis": choice.get("basis") if tells else None,
        "evidence": choice.get("evidence") if tells else None,
    }


def option_view(node: Compiled, choice: Json) -> Json:
    """Return a choice with how well the evidence supports it."""
    if node["kind"] == "decision":
        one = next(c for c in node["choices"] if c["id"] == choice["id"])
        return {**choice, "support": one["support"]}
    return {**choice, "support": _support(node["item"], choice["id"])}


def _support(item: Compiled, option_id: str) -> str | None:
    """Return how well the evidence supports an option; None where nothing is right or wrong."""
    if not item["max"]:
        return None
    return "well" if (item.get("weights") or {}).get(option_id, 0) > 0 else "poorly"
