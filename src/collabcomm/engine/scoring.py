"""Scores and paths, as arithmetic on compiled content. Pure: nothing here reads or writes.

Every function takes the player JSON (see ``compiler.py``) and is mirrored, name for name, in
``player/parts/scoring.js``; ``tests/cases/*.json`` holds both to the same results.

One rule scores every closed type::

    score = clamp(sum of the weights of the keys picked, 0, max)

where the keys of a matching are its pairs ``prompt:answer``, of a sequencing its neighbours
``a>b``, of a short text its normalised wording, and of all other types the options' ids.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

Compiled = Mapping[str, Any]
Response = Any  # str | list[str] | dict[str, str] | None, by item type

SUPPORT_POINTS = {"well": 2, "partly": 1, "poorly": 0}
MAX_SUPPORT = max(SUPPORT_POINTS.values())
MAX_STEPS = 1000
HAIR = 1e-9  # what arithmetic may take from a score that reaches the pass mark

_PUNCTUATION = re.compile(r"""[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~‘’“”–—…]""")
_SPACE = re.compile(r"[ \t\r\n\f\v\u00a0]+")


@dataclass(frozen=True)
class Score:
    """Marks earned, of how many. ``max`` 0 means that nothing was to be earned."""

    raw: float
    max: float

    @property
    def percent(self) -> float:
        """Marks in percent; 0 where there were none to earn."""
        return 100 * self.raw / self.max if self.max else 0.0


def normalise(text: str) -> str:
    """Return a short text as it is compared: NFKC, lower case, no punctuation, single spaces."""
    text = unicodedata.normalize("NFKC", text).lower()
    return _SPACE.sub(" ", _PUNCTUATION.sub(" ", text)).strip(" ")


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def picks(item: Compiled, response: Response) -> list[str]:
    """Return the keys that a response picks, each once, in the order given.

    A response of the wrong shape, or one naming ids that the item does not have, picks nothing
    there; it is never an error, since it may come from an older version of the item.
    """
    kind = item["type"]
    if kind in ("single-choice", "judgement", "likert"):
        keys = [response] if _is_text(response) else []
        return [k for k in keys if k in _ids(item, "options")]
    if kind == "multiple-response":
        keys = [k for k in response if _is_text(k)] if isinstance(response, list) else []
        known = _ids(item, "options")
        return [k for k in dict.fromkeys(keys) if k in known]
    if kind == "matching":
        if not isinstance(response, Mapping):
            return []
        answers = _ids(item, "answers")
        return [
            f"{p['id']}:{response[p['id']]}"
            for p in item["prompts"]
            if _is_text(response.get(p["id"])) and response[p["id"]] in answers
        ]
    if kind == "sequencing":
        known = _ids(item, "steps")
        if not isinstance(response, list) or not all(_is_text(k) and k in known for k in response):
            return []
        if len(set(response)) != len(response):
            return []
        return [f"{a}>{b}" for a, b in pairwise(response)]
    if kind == "short-text":
        return [normalise(response)] if _is_text(response) and normalise(response) else []
    return []


def _ids(item: Compiled, name: str) -> set[str]:
    return {entry["id"] for entry in item[name]}


def is_valid(item: Compiled, response: Response) -> bool:
    """Tell whether a response is complete enough to be checked."""
    kind = item["type"]
    if kind == "reflection":
        return _is_text(response) and bool(response.strip())
    if kind == "matching":
        return len(picks(item, response)) == len(item["prompts"])
    if kind == "sequencing":
        return len(picks(item, response)) == len(item["steps"]) - 1
    return bool(picks(item, response))


def score(item: Compiled, response: Response) -> Score:
    """Return the raw marks of a response, of the item's ``max``, by the one rule above."""
    weights = item.get("weights") or {}
    total = sum(weights.get(key, 0) for key in picks(item, response))
    return Score(min(max(total, 0), item["max"]), item["max"])


def item_points(item: Compiled, response: Response) -> Score:
    """Return the marks of a response on the quiz's scale: ``raw * points / max``, of ``points``."""
    if not item["max"]:
        return Score(0, 0)
    return Score(score(item, response).raw * item["points"] / item["max"], item["points"])


def total(scores: Iterable[Score]) -> Score:
    """Add scores up, left to right."""
    raw: float = 0
    most: float = 0
    for one in scores:
        raw += one.raw
        most += one.max
    return Score(raw, most)


def score_quiz(quiz: Compiled, responses: Mapping[str, Response]) -> Score:
    """Return the points of a whole quiz; an item without response earns nothing."""
    return total(item_points(item, responses.get(item["id"])) for item in quiz["items"])


def passed(result: Score, pass_mark: float) -> bool:
    """Tell whether a score reaches the pass mark (percent), a hair's breadth forgiven."""
    return result.percent + HAIR >= pass_mark


# ----------------------------------------------------------------- scenarios

_COMPARE = {
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


def holds(when: Sequence[Compiled], meters: Mapping[str, int], visited: Iterable[str]) -> bool:
    """Tell whether every comparison of a compiled condition holds; an empty one always does."""
    seen = set(visited)
    return all(
        ((test["visited"] in seen) == test["is"])
        if "visited" in test
        else _COMPARE[test["op"]](meters[test["meter"]], test["value"])
        for test in when
    )


def move(
    scenario: Compiled, meters: Mapping[str, int], effects: Mapping[str, int]
) -> dict[str, int]:
    """Return the meters after a choice, each kept inside its range."""
    return {
        m["id"]: min(max(meters[m["id"]] + effects.get(m["id"], 0), m["min"]), m["max"])
        for m in scenario["meters"]
    }


def meter_word(meter: Compiled, value: int) -> str:
    """Return a meter's value in words, which spread evenly over its range; "" without words."""
    share = (value - meter["min"]) / (meter["max"] - meter["min"] + 1)
    return str(meter["words"][math.floor(share * len(meter["words"]))]) if meter["words"] else ""


def follow(
    goto: Sequence[Compiled], meters: Mapping[str, int], visited: Iterable[str]
) -> str | None:
    """Return the node that the first holding ``goto`` names, None where none holds."""
    seen = list(visited)
    return next((g["node"] for g in goto if holds(g["when"], meters, seen)), None)


@dataclass
class Path:
    """Where some steps lead: one entry of ``nodes`` and ``meters`` per node reached."""

    nodes: list[str]
    meters: list[dict[str, int]]
    choices: list[str | None] = field(default_factory=list)
    raw: float = 0
    max: float = 0
    ending: str | None = None
    used: int = 0

    @property
    def at(self) -> str:
        """The node at which the path stands."""
        return self.nodes[-1]


def play(scenario: Compiled, steps: Sequence[Compiled]) -> Path:
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
        goto = node.get("goto", ())
        chosen: str | None = None
        if node["kind"] == "decision":
            choice = next((c for c in node["choices"] if c["id"] == step.get("choice")), None)
            if choice is None:
                break
            chosen = choice["id"]
            points = Score(choice["points"], MAX_SUPPORT)
            meters = move(scenario, meters, choice["effects"])
            goto = choice["goto"]
        elif node["kind"] == "item":
            if not is_valid(node["item"], step.get("response")):
                break
            points = item_points(node["item"], step.get("response"))
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
