"""Sequencing: steps to be put in order."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from typing import Any, Literal

from pydantic import Field

from collabcomm.engine.authoring import Id, Model, Text
from collabcomm.engine.items.author import NO_FEEDBACK, AuthoredItem, Fault, Render, Told
from collabcomm.engine.items.base import (
    ItemType,
    Row,
    ids,
    is_short_list,
    keys_of,
    labels,
    weights_of,
)
from collabcomm.engine.order import shuffled
from collabcomm.engine.types import Given, ItemBase, Option, Part


class Step(Model):
    """One step of a sequencing item; the file lists the steps in the right order."""

    id: Id
    text: Text


class Sequencing(AuthoredItem):
    """Steps to be put in order; each right neighbourhood earns a mark."""

    type: Literal["sequencing"]
    steps: list[Step] = Field(min_length=3, max_length=8)

    def compiled(self, render: Render) -> dict[str, Any]:
        texts = {step.id: render.inline(step.text) for step in self.steps}
        order = [step.id for step in self.steps]
        return {
            "steps": [{"id": key, "text": texts[key]} for key in shuffled(order, self.id)],
            "weights": {f"{a}>{b}": 1 for a, b in pairwise(order)},
        }

    def offered(self) -> list[list[str]]:
        texts = {step.id: step.text for step in self.steps}
        return [[texts[key] for key in shuffled(list(texts), self.id)]]

    def told(self) -> list[Told]:
        return [Told(step.text, place=place) for place, step in enumerate(self.steps, 1)]

    def faults(self, misconceptions: Collection[str] | None) -> Iterator[Fault]:
        yield from super().faults(misconceptions)
        if not self.explanation:
            yield NO_FEEDBACK


class SequencingItem(ItemBase):
    """Steps, shuffled; the keys of its weights are neighbours ``a>b`` of the right order."""

    type: Literal["sequencing"]
    steps: list[Part]


class SequencingType(ItemType[SequencingItem]):
    """A response lists the ids of all steps in order; its keys are the neighbours."""

    authored = Sequencing
    compiled = SequencingItem
    xapi = "sequencing"

    def parts(self, item: SequencingItem) -> Sequence[Part]:
        return item["steps"]

    def picks(self, item: SequencingItem, response: object) -> list[str]:
        known = ids(item["steps"])
        if not isinstance(response, list):
            return []
        if not all(isinstance(key, str) and key in known for key in response):
            return []
        if len(set(response)) != len(response):
            return []
        return [f"{a}>{b}" for a, b in pairwise(response)]

    def is_complete(self, item: SequencingItem, response: object) -> bool:
        return len(self.picks(item, response)) == len(item["steps"]) - 1

    def fits(self, response: object) -> bool:
        return is_short_list(response)

    def best(self, item: SequencingItem) -> Given:
        following = dict(key.split(">", 1) for key in keys_of(item))
        if not following:
            return None
        order = [next(key for key in following if key not in following.values())]
        while order[-1] in following:
            order.append(following[order[-1]])
        return order

    def tries(self, item: SequencingItem) -> list[Given]:
        best = self.best(item)
        return [best, best[::-1]] if isinstance(best, list) else [best]

    def chance(self, item: SequencingItem) -> float:
        # Of n steps in random order each right neighbourhood holds with probability 1 / n.
        return 1 / len(item["steps"])

    def guesses(self, item: SequencingItem, values: Sequence[float]) -> list[Given]:
        ranked = sorted(zip(values, item["steps"], strict=True), key=lambda pair: -pair[0])
        return [[step["id"] for _, step in ranked]]

    def rows(self, item: SequencingItem, picked: Sequence[str]) -> Iterator[Row]:
        texts, weights = labels(item["steps"]), weights_of(item)
        for key in dict.fromkeys([*weights, *picked]):
            before, after = key.split(">")
            yield Row("", key, f"{texts[before]} → {texts[after]}", weights.get(key, 0) > 0)

    def spoken(self, item: SequencingItem, response: object) -> str:
        texts = labels(item["steps"])
        given = response if isinstance(response, list) else []
        return "; ".join(texts[key] for key in given if texts.get(key))

    def from_token(self, token: str) -> Given:
        return token.split(">")

    def to_token(self, response: Given) -> str:
        return ">".join(response) if isinstance(response, list) else ""

    def interaction(self, item: SequencingItem) -> dict[str, Sequence[Part | Option]]:
        return {"choices": item["steps"]}

    def spelt(self, item: SequencingItem, response: object) -> str:
        return "[,]".join(response) if isinstance(response, list) else str(response)


TYPE = SequencingType()
