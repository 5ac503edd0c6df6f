"""What a group looks back on, and its session as a table. Nobody is named: votes are counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from collabcomm.engine.scoring import Compiled, play
from collabcomm.room.state import Json, Room, choices_at, path_of
from collabcomm.room.views import heading, option_view


def debrief(scenario: Compiled, room: Room, others: Sequence[Room]) -> Json:
    """Return what a group looks back on.

    For each decision on its path: the votes of each round, what was taken and how, the choice that
    the evidence supports best, what earlier groups (``others``, the same version) took there, and
    how split the group was (1 minus the share of the largest choice in its last vote). No person
    is in it: votes are counts.
    """
    path = path_of(scenario, room.state)
    decisions = []
    for step in room.state["steps"]:
        node = scenario["nodes"][step["node"]]
        if node["kind"] == "decision":
            decisions.append(_looked_back(scenario, room, step, others))
    best = play(scenario, scenario["best"])
    splits = [d for d in decisions if d["split"] is not None]
    return {
        "title": scenario["title"],
        "decisions": decisions,
        "most_split": max(splits, key=lambda d: d["split"])["node"] if splits else None,
        "path": [heading(scenario["nodes"][name]) or name for name in path.nodes],
        "best": [heading(scenario["nodes"][name]) or name for name in best.nodes],
        "points": {"raw": path.raw, "max": path.max},
        "ending": path.ending,
        "groups": len(others),
        "endings": dict(Counter(e for o in others if (e := path_of(scenario, o.state).ending))),
    }


def _looked_back(scenario: Compiled, room: Room, step: Json, others: Sequence[Room]) -> Json:
    node = scenario["nodes"][step["node"]]
    rounds = [
        b["counts"] for b in room.state["ballots"] if b["node"] == step["node"] and b["counts"]
    ]
    votes = sum(rounds[-1].values()) if rounds else 0
    how = [e for e in room.state["log"] if e["node"] == step["node"] and e.get("choice")]
    elsewhere = Counter(
        s["choice"] for o in others for s in o.state["steps"] if s["node"] == step["node"]
    )
    return {
        "node": step["node"],
        "title": heading(node) or step["node"],
        "ask": node["ask"],
        "rounds": rounds,
        "split": 1 - max(rounds[-1].values()) / votes if votes else None,
        "taken": step["choice"],
        "how": (how[-1].get("how") or how[-1]["what"]) if how else "trainer",
        "choices": [
            {
                **{k: c.get(k) for k in ("id", "text", "support", "basis", "evidence", "feedback")},
                "elsewhere": elsewhere.get(c["id"], 0),
            }
            for c in node["choices"]
        ],
    }


def rows(scenario: Compiled, room: Room) -> list[list[Any]]:
    """Return a session as a table, its head first: a row a choice and round. Nobody is named."""
    table: list[list[Any]] = [
        ["scenario", "version", "node", "round", "choice", "support", "votes", "taken", "how"]
    ]
    taken = {
        step["node"]: step.get("choice") or step.get("response") for step in room.state["steps"]
    }
    how = {e["node"]: e.get("how") or e["what"] for e in room.state["log"] if e.get("choice")}
    counted: Counter[str] = Counter()
    for ballot in room.state["ballots"]:
        name = ballot["node"]
        node = scenario["nodes"][name]
        counted[name] += 1
        for choice in (option_view(node, c) for c in choices_at(node)):
            picked = taken.get(name) == choice["id"]
            table.append([
                *(scenario["id"], scenario["version"], name, counted[name], choice["id"]),
                *(choice["support"], (ballot["counts"] or {}).get(choice["id"], 0)),
                *("yes" if picked else "no", how.get(name, "") if picked else ""),
            ])  # fmt: skip
    return table
