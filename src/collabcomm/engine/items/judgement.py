"""Judgement: options weighed by how well the evidence supports them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Literal

from pydantic import Field, model_validator

from collabcomm.engine.items.author import (
    AuthoredItem,
    Fault,
    RatedOption,
    Render,
    Told,
    length_faults,
    option_faults,
)
from collabcomm.engine.items.base import OneOption
from collabcomm.engine.types import MAX_SUPPORT, SUPPORT_POINTS, ItemBase, Option, Weights


class Judgement(AuthoredItem):
    """Options of which one is best supported and others partly; part marks are given."""

    type: Literal["judgement"]
    options: list[RatedOption] = Field(min_length=2, max_length=6)

    @model_validator(mode="after")
    def _one_best(self) -> Judgement:
        if (n := sum(option.support == "well" for option in self.options)) != 1:
            raise ValueError(
                f"a judgement item has exactly one well-supported option, this has {n}"
            )
        return self

    def compiled(self, render: Render) -> dict[str, Any]:
        return {
            "options": [{**o.compiled(render), "support": o.support} for o in self.options],
            "weights": {option.id: SUPPORT_POINTS[option.support] for option in self.options},
        }

    def most(self, weights: Weights) -> float:
        return MAX_SUPPORT

    def offered(self) -> list[list[str]]:
        return [[option.text for option in self.options]]

    def told(self) -> list[Told]:
        return [
            Told(option.text, option.feedback or "", verdict=f"support.{option.support}")
            for option in self.options
        ]

    def faults(self, misconceptions: Collection[str] | None) -> Iterator[Fault]:
        yield from super().faults(misconceptions)
        yield from option_faults(self.options, misconceptions)
        best = next(option for option in self.options if option.support == "well")
        yield from length_faults(self.options, best)


class JudgementItem(ItemBase):
    """Options weighed by how well the evidence supports them: 2, 1 or 0."""

    type: Literal["judgement"]
    options: list[Option]


class JudgementType(OneOption[JudgementItem]):
    """A response is the id of an option."""

    authored = Judgement
    compiled = JudgementItem


TYPE = JudgementType()
