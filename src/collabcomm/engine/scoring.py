"""Scores and paths, as arithmetic on compiled content. Pure: nothing here reads or writes.

Every function takes player JSON (see ``types.py``) and is mirrored, name for name, in
``player/parts/scoring.js``; ``tests/cases/*.json`` holds both to the same results.

One rule scores every closed type::

    score = clamp(sum of the weights of the keys picked, 0, max)

where the type of an item says what its keys are: see ``items/``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from collabcomm.engine.items import type_of
from collabcomm.engine.types import (
    MAX_SUPPORT,
    Goto,
    Item,
    Meter,
    Meters,
    Quiz,
    Scenario,
    Step,
    Test,
    is_visit,
)

MAX_STEPS = 1000
HAIR = 1e-9  # what arithmetic may take from a score that reaches the pass mark


@dataclass(frozen=True)
class Score:
    """Marks earned, of how many. ``max`` 0 means that nothing was to be earned."""

    raw: float
    max: float

    @property
    def percent(self) -> float:
        """Marks in percent; 0 where there were none to earn."""
        return 100 * self.raw / self.max if self.max else 0.0


def picks(item: Item, response: object) -> list[str]:
    """Return the keys that a response picks, each once, in the order given.

    A response of the wrong shape, or one naming ids that the item does not have, picks nothing
    there; it is never an error, since it may come from an older version of the item.
    """
    return type_of(item).picks(item, response)


def is_valid(item: Item, response: object) -> bool:
    """Tell whether a response is complete enough to be checked."""
    return type_of(item).is_complete(item, response)


def score(item: Item, response: object) -> Score:
    """Return the raw marks of a response, of the item's ``max``, by the one rule above."""
    weights = item.get("weights") or {}
    total = sum(weights.get(key, 0) for key in picks(item, response))
    return Score(min(max(total, 0), item["max"]), item["max"])


def item_points(item: Item, response: object) -> Score:
    """Return the marks of a response on the quiz's scale: ``raw * points / max``, of ``points``."""
    if not item["max"]:
        return Score(0, 0)
    return Score(score(item, response).raw * item["points"] / item["max"], item["points"])


def total(scores: Iterable[Score]) -> Score:
    """Add scores up, left to right."""
    raw: float = 0
    most: float = 0
    for earned in scores:
        raw += earned.raw
        most += earned.max
    return Score(raw, most)


def score_quiz(quiz: Quiz, responses: Mapping[str, object]) -> Score:
    """Return the points of a whole quiz; an item without response earns nothing."""
    return total(item_points(item, responses.get(item["id"])) for item in quiz["items"])


def passed(result: Score, pass_mark: float) -> bool:
    """Tell whether a score reaches the pass mark (percent), a hair's breadth forgiven."""
    return result.percent + HAIR >= pass_mark


_COMPARE: dict[str, Callable[[int, int], bool]] = {
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


def holds(when: Sequence[Test], meters: Mapping[str, int], visited: Iterable[str]) -> bool:
    """Tell whether every comparison of a compiled condition holds; an empty one always does."""
    seen = set(visited)
    return all(_holds(test, meters, seen) for test in when)


def _holds(test: Test, meters: Mapping[str, int], visited: set[str]) -> bool:
    if is_visit(test):
        return (test["visited"] in visited) == test["is"]
    return _COMPARE[test["op"]](meters[test["meter"]], test["value"])


def move(scenario: Scenario, meters: Mapping[str, int], effects: Mapping[str, int]) -> Meters:
    """Return the meters after a choice, each kept inside its range."""
    return {
        m["id"]: min(max(meters[m["id"]] + effects.get(m["id"], 0), m["min"]), m["max"])
        for m in scenario["meters"]
    }


def meter_word(meter: Meter, value: int) -> str:
    """Return a meter's value in words, which spread evenly over its range; "" without words."""
    share = (value - meter["min"]) / (meter["max"] - meter["min"] + 1)
    return str(meter["words"][math.floor(share * len(meter["words"]))]) if meter["words"] else ""


def follow(goto: Sequence[Goto], meters: Mapping[str, int], visited: Iterable[str]) -> str | None:
    """Return the node that the first holding ``goto`` names, None where none holds."""
    seen = list(visited)
    return next((g["node"] for g in goto if holds(g["when"], meters, seen)), None)


@dataclass
class Path:
    """Where some steps lead: one entry of ``nodes`` and ``meters`` per node reached."""

    nodes: list[str]
    meters: list[Meters]
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
    that is not complete), so ``used`` tells how many steps held. Effects are applied first, then
    the conditions are read; the node just left counts as visited. A node that is met again on a
    loop earns its points the first time only.
    """
    start = {m["id"]: m["start"] for m in scenario["meters"]}
    path = Path(nodes=[scenario["start"]], meters=[start])
    earned: set[str] = set()
    for step in steps[:MAX_STEPS]:
        node = scenario["nodes"][path.at]
        meters = path.meters[-1]
        if node["kind"] == "ending" or step.get("node") != path.at:
            break
        points = Score(0, 0)
        chosen: str | None = None
        if node["kind"] == "decision":
            choice = next((c for c in node["choices"] if c["id"] == step.get("choice")), None)
            if choice is None:
                break
            chosen = choice["id"]
            points = Score(choice["points"], MAX_SUPPORT)
            meters = move(scenario, meters, choice["effects"])
            goto = choice["goto"]
        else:
            if node["kind"] == "item":
                if not is_valid(node["item"], step.get("response")):
                    break
                points = item_points(node["item"], step.get("response"))
            goto = node["goto"]
        onward = follow(goto, meters, path.nodes)
        if onward is None:
            break
        if path.at not in earned:
            earned.add(path.at)
            path.raw += points.raw
            path.max += points.max
        path.choices.append(chosen)
        path.nodes.append(onward)
        path.meters.append(meters)
        path.used += 1
    if scenario["nodes"][path.at]["kind"] == "ending":
        path.ending = path.at
    return path
