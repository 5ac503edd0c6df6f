"""What a group looks back on, and its session as a table. Nobody is named: votes are counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from collabcomm.engine.order import choices_in_order
from collabcomm.engine.path import play, skills_of, told
from collabcomm.engine.room import Debrief, LookedBack
from collabcomm.engine.types import Decision, Scenario
from collabcomm.room.state import Room, counts_at, path_of
from collabcomm.room.views import facts_after, gauges, heading, rated_choices

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
    for n, step in enumerate(room.state["steps"][: path.used]):
        node = nodes[step["node"]]
        if node["kind"] == "decision":
            decisions.append(_looked_back(scenario, node, room, n, others))
    totals = skills_of(scenario, path)
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
        "meters": gauges(scenario, path, hidden=True),
        "skills": [
            {"label": skill["label"], "word": "", "n": had, "of": most}
            for skill in scenario.get("skills", [])
            for had, most in [totals.get(skill["id"], (0, 0))]
            if skill["id"] in totals
        ],
        "ending": path.ending,
        "groups": len(others),
        "endings": dict(Counter(ending for ending in endings if ending)),
    }


def _looked_back(
    scenario: Scenario, node: Decision, room: Room, n: int, others: Sequence[Room]
) -> LookedBack:
    """Return what a group looks back on at its step ``n``, a decision."""
    step, before = room.state["steps"][n], room.state["steps"][:n]
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
        "ask": told(node["ask"], play(scenario, before).facts[-1]),
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
                "feedback": told(choice["feedback"], facts),
                "reason": told(choice.get("reason", ""), facts) or None,
                "arguments": choice.get("arguments"),
                "elsewhere": elsewhere.get(choice["id"], 0),
            }
            for choice in choices_in_order(node_id, node, room.state.get("seed"))
            for facts in [facts_after(scenario, before, node_id, choice["id"])]
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
        for choice in rated_choices(scenario, room.state, node_id):
            picked = taken.get(node_id) == choice["id"]
            table.append([
                *(scenario["id"], scenario["version"], node_id, rounds[node_id], choice["id"]),
                *(choice["support"], counts.get(choice["id"], 0)),
                *("yes" if picked else "no", how.get(node_id, "") if picked else ""),
            ])  # fmt: skip
    return table
