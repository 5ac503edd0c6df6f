"""What a group looks back on, and its session as a table. Nobody is named: votes are counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from collabcomm.engine.room import Debrief, LookedBack
from collabcomm.engine.scoring import play
from collabcomm.engine.types import Decision, Scenario, Step
from collabcomm.room.state import Room, counts_at, path_of
from collabcomm.room.views import heading, rated_choices

HEAD = ["scenario", "version", "node", "round", "choice", "support", "votes", "taken", "how"]


def debrief(scenario: Scenario, room: Room, others: Sequence[Room]) -> Debrief:
    """Return what a group looks back on.

    For each decision on its path: the votes of each round, what was taken and how, the choice that
    the evidence supports best, what earlier groups (``others``, the same version) took there, and
    how split the group was (1 minus the share of the largest choice in its last vote). No person
    is in it: votes are counts.
    """
    nodes = scenario["nodes"]
    path = path_of(scenario, room.state)
    decisions = []
    for step in room.state["steps"]:
        node = nodes[step["node"]]
        if node["kind"] == "decision":
            decisions.append(_looked_back(node, room, step, others))
    splits = {d["node"]: d["split"] for d in decisions if d["split"] is not None}
    endings = (path_of(scenario, other.state).ending for other in others)
    return {
        "title": scenario["title"],
        "decisions": decisions,
        "most_split": max(splits, key=lambda node_id: splits[node_id]) if splits else None,
        "path": [heading(nodes[node_id]) or node_id for node_id in path.nodes],
        "best": [
            heading(nodes[node_id]) or node_id for node_id in play(scenario, scenario["best"]).nodes
        ],
        "points": {"raw": path.raw, "max": path.max},
        "ending": path.ending,
        "groups": len(others),
        "endings": dict(Counter(ending for ending in endings if ending)),
    }


def _looked_back(node: Decision, room: Room, step: Step, others: Sequence[Room]) -> LookedBack:
    node_id = step["node"]
    rounds = [counts for counts in counts_at(room.state, node_id) if counts]
    votes = sum(rounds[-1].values()) if rounds else 0
    elsewhere = Counter(
        taken["choice"]
        for other in others
        for taken in other.state["steps"]
        if taken["node"] == node_id
    )
    return {
        "node": node_id,
        "title": heading(node) or node_id,
        "ask": node["ask"],
        "rounds": rounds,
        "split": 1 - max(rounds[-1].values()) / votes if votes else None,
        "taken": step["choice"],
        "how": _how(room).get(node_id, "trainer"),
        "choices": [
            {
                "id": choice["id"],
                "text": choice["text"],
                "support": choice["support"],
                "basis": choice["basis"],
                "evidence": choice["evidence"],
                "feedback": choice["feedback"],
                "elsewhere": elsewhere.get(choice["id"], 0),
            }
            for choice in node["choices"]
        ],
    }


def _how(room: Room) -> dict[str, str]:
    """Return by node how a choice was last taken there: by whom, or what was done instead."""
    return {
        entry["node"]: entry.get("how") or entry["what"]
        for entry in room.state["log"]
        if entry.get("choice")
    }


def rows(scenario: Scenario, room: Room) -> list[list[str | int | None]]:
    """Return a session as a table under ``HEAD``: a row a choice and round. Nobody is named."""
    table: list[list[str | int | None]] = []
    taken = {
        step["node"]: step.get("choice") or step.get("response") for step in room.state["steps"]
    }
    how = _how(room)
    rounds: Counter[str] = Counter()
    for ballot in room.state["ballots"]:
        node_id, counts = ballot["node"], ballot["counts"] or {}
        rounds[node_id] += 1
        for choice in rated_choices(scenario["nodes"][node_id]):
            picked = taken.get(node_id) == choice["id"]
            table.append([
                *(scenario["id"], scenario["version"], node_id, rounds[node_id], choice["id"]),
                *(choice["support"], counts.get(choice["id"], 0)),
                *("yes" if picked else "no", how.get(node_id, "") if picked else ""),
            ])  # fmt: skip
    return table
