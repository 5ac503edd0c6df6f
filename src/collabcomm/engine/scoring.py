"""Scores, as arithmetic on compiled content. Pure: nothing here reads or writes.

Every function takes player JSON (see ``types.py``) and is mirrored, name for name, in
``player/parts/scoring.js``; ``tests/cases/*.json`` holds both to the same results.

One rule scores every closed type::

    score = clamp(sum of the weights of the keys picked, 0, max)

where the type of an item says what its keys are: see ``items/``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from collabcomm.engine.items import type_of
from collabcomm.engine.types import Item, Quiz

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
