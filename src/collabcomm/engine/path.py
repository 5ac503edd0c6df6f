"""Where the steps of a story lead, and what is told on the way. Pure.

Every function takes player JSON (see ``types.py``) and is mirrored, name for name, in
``player/parts/path.js``; ``tests/cases/*.json`` holds both to the same results.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from collabcomm.engine.scoring import Score, is_valid, item_points, picks, score
from collabcomm.engine.types import (
    MAX_SUPPORT,
    Choice,
    Goto,
    ItemNode,
    Meter,
    Meters,
    Node,
    Piece,
    Scenario,
    Step,
    Telling,
    Test,
    is_either,
    is_pick,
    is_right,
    is_visit,
)

MAX_STEPS = 1000


@dataclass(frozen=True)
class Facts:
    """What conditions read: how the meters stand, and what has happened.

    ``picked`` holds choices made and options answered (``node.choice``), ``right`` the nodes whose
    item earned full marks, ``points`` those earned so far.
    """

    meters: Mapping[str, int] = field(default_factory=dict)
    visited: frozenset[str] = frozenset()
    picked: frozenset[str] = frozenset()
    right: frozenset[str] = frozenset()
    points: float = 0


_COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


def holds(when: Sequence[Test], facts: Facts) -> bool:
    """Tell whether every test of a compiled condition holds; an empty one always does."""
    return all(_holds(test, facts) for test in when)


def _holds(test: Test, facts: Facts) -> bool:
    if is_either(test):
        return any(holds(tests, facts) for tests in test["either"])
    if is_visit(test):
        return (test["visited"] in facts.visited) == test["is"]
    if is_pick(test):
        return (test["picked"] in facts.picked) == test["is"]
    if is_right(test):
        return (test["right"] in facts.right) == test["is"]
    stands = facts.points if test["meter"] == "points" else facts.meters[test["meter"]]
    return _COMPARE[test["op"]](stands, test["value"])


def told_pieces(pieces: Sequence[Piece], facts: Facts) -> list[str]:
    """Return the pieces of a text that are told, each on its own."""
    found = (p["html"] if holds(p["when"], facts) else p.get("otherwise", "") for p in pieces)
    return list(filter(None, found))


def told(text: Telling, facts: Facts) -> str:
    """Return what of a text is told: all of it, or the pieces whose conditions hold."""
    if isinstance(text, str):
        return text
    return " ".join(told_pieces(text, facts))


def move(scenario: Scenario, meters: Mapping[str, int], effects: Mapping[str, int]) -> Meters:
    """Return the meters after some effects, each kept inside its range."""
    return {
        m["id"]: min(max(meters[m["id"]] + effects.get(m["id"], 0), m["min"]), m["max"])
        for m in scenario["meters"]
    }


def meter_word(meter: Meter, value: int) -> str:
    """Return a meter's value in words, which spread evenly over its range; "" without words."""
    share = (value - meter["min"]) / (meter["max"] - meter["min"] + 1)
    return str(meter["words"][math.floor(share * len(meter["words"]))]) if meter["words"] else ""


def effects_of(source: Choice | ItemNode, facts: Facts) -> Meters:
    """Return what a choice or an answered item adds to each meter, its conditions read."""
    whole = dict(source.get("effects", {}))
    for effect in source.get("also", []):
        if holds(effect["when"], facts):
            for meter, by in effect["by"].items():
                whole[meter] = whole.get(meter, 0) + by
    return whole


def follow(goto: Sequence[Goto], facts: Facts) -> str | None:
    """Return the node that the first holding ``goto`` names, None where none holds."""
    return next((g["node"] for g in goto if holds(g["when"], facts)), None)


@dataclass(frozen=True)
class Taken:
    """What a step does at a node, before it leads on: the facts then, the points, the choice."""

    facts: Facts
    points: Score
    goto: Sequence[Goto]
    choice: str | None = None


def take(
    scenario: Scenario, node_id: str, step: Mapping[str, object], facts: Facts
) -> Taken | None:
    """Return what a step does at a node, None where it does not fit.

    What was picked is a fact first; effects then read the meters and points as they stood, and
    move the meters. Consequence, feedback and ``goto`` come last: they read all that and the points
    of this step, which ``play`` adds.
    """
    node = scenario["nodes"][node_id]
    visited = facts.visited | {node_id}
    if node["kind"] == "ending":
        return None
    if node["kind"] == "passage":
        return Taken(replace(facts, visited=visited), Score(0, 0), node["goto"])
    source: Choice | ItemNode
    if node["kind"] == "decision":
        choice = next((c for c in node["choices"] if c["id"] == step.get("choice")), None)
        if choice is None:
            return None
        source, chosen, points = choice, choice["id"], Score(choice["points"], MAX_SUPPORT)
        picked, right = {f"{node_id}.{chosen}"}, set[str]()
    else:
        item, response = node["item"], step.get("response")
        if not is_valid(item, response):
            return None
        source, chosen, points = node, None, item_points(item, response)
        picked = {f"{node_id}.{key}" for key in picks(item, response)}
        right = {node_id} if item["max"] and score(item, response).raw == item["max"] else set()
    known, right_ones = facts.picked | picked, facts.right | right
    before = Facts(facts.meters, visited, known, right_ones, facts.points)
    meters = move(scenario, facts.meters, effects_of(source, before))
    after = Facts(meters, visited, known, right_ones, facts.points)
    return Taken(after, points, source["goto"], chosen)


@dataclass
class Path:
    """Where some steps lead: one entry of ``nodes``, ``meters`` and ``facts`` per node reached.

    ``facts`` are those on arrival, ``after`` those that a step left (one per step). ``ending`` is
    the story's own, also where another chair was played after it.
    """

    nodes: list[str]
    meters: list[Meters]
    facts: list[Facts]
    after: list[Facts] = field(default_factory=list)
    choices: list[str | None] = field(default_factory=list)
    raw: float = 0
    max: float = 0
    ending: str | None = None
    used: int = 0

    @property
    def at(self) -> str:
        """The node at which the path stands."""
        return self.nodes[-1]


def play(scenario: Scenario, steps: Sequence[Step]) -> Path:
    """Walk a scenario; a step is ``{"node"}`` with ``"choice"``, with ``"response"`` or alone.

    Walking stops at the first step that does not fit (another node, an unknown choice, a response
    that is not complete), so ``used`` tells how many steps held. See ``take`` for the order in
    which conditions are read; the node just left counts as visited. A node that is met again on a
    loop earns its points the first time only. At an ending a step alone may name the start of a
    chair: the story goes on there, and earns no more points.
    """
    start = {m["id"]: m["start"] for m in scenario["meters"]}
    path = Path(nodes=[scenario["start"]], meters=[start], facts=[Facts(start)])
    if scenario["nodes"][path.at]["kind"] == "ending":
        path.ending = path.at
    chairs = [chair["start"] for chair in scenario.get("chairs", [])]
    earned: set[str] = set()
    for step in steps[:MAX_STEPS]:
        facts, at = path.facts[-1], path.at
        node: Node = scenario["nodes"][at]
        chosen: str | None = None
        onward: str | None
        if node["kind"] == "ending":
            onward = step.get("node")
            if onward not in chairs:
                break
            facts = replace(facts, visited=facts.visited | {at})
        elif step.get("node") != at or (taken := take(scenario, at, step, facts)) is None:
            break
        else:
            earns = at not in earned and path.ending is None
            points = taken.points if earns else Score(0, 0)
            facts, chosen = replace(taken.facts, points=path.raw + points.raw), taken.choice
            onward = follow(taken.goto, facts)
            if onward is None:
                break
            earned.add(at)
            path.raw += points.raw
            path.max += points.max
        path.after.append(facts)
        path.choices.append(chosen)
        path.nodes.append(onward)
        path.meters.append(dict(facts.meters))
        path.facts.append(facts)
        path.used += 1
        if path.ending is None and scenario["nodes"][onward]["kind"] == "ending":
            path.ending = onward
    return path


def skills_of(scenario: Scenario, path: Path) -> dict[str, tuple[int, int]]:
    """Return by skill what the choices of a story add up to, and the most that they could have.

    Only skills that a decision on the path touches are in it, and nothing of another chair.
    """
    found: dict[str, tuple[int, int]] = {}
    end = path.used if path.ending is None else path.nodes.index(path.ending)
    for node_id, chosen in zip(path.nodes[:end], path.choices[:end], strict=True):
        node = scenario["nodes"][node_id]
        if node["kind"] != "decision":
            continue
        known = [choice.get("skills", {}) for choice in node["choices"]]
        mine = next(c for c in node["choices"] if c["id"] == chosen).get("skills", {})
        for skill in dict.fromkeys(skill for skills in known for skill in skills):
            had, most = found.get(skill, (0, 0))
            best = max(skills.get(skill, 0) for skills in known)
            found[skill] = (had + mine.get(skill, 0), most + max(best, 0))
    return found
