"""Single choice: one key among several options."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Literal

from pydantic import Field, model_validator

from collabcomm.engine.items.author import (
    AuthoredItem,
    Fault,
    KeyedOption,
    Render,
    Told,
    keyed,
    length_faults,
    option_faults,
)
from collabcomm.engine.items.base import OneOption
from collabcomm.engine.types import ItemBase, Option, Weights


class SingleChoice(AuthoredItem):
    """One key among several options."""

    type: Literal["single-choice"]
    options: list[KeyedOption] = Field(min_length=2, max_length=8)

    @model_validator(mode="after")
    def _one_key(self) -> SingleChoice:
        if (n := sum(option.correct for option in self.options)) != 1:
            raise ValueError(f"a single-choice item has exactly one correct option, this has {n}")
        return self

    def compiled(self, render: Render) -> dict[str, Any]:
        return {
            "options": [option.compiled(render) for option in self.options],
            "weights": {option.id: 1 for option in self.options if option.correct},
        }

    def most(self, weights: Weights) -> float:
        return 1

    def offered(self) -> list[list[str]]:
        return [[option.text for option in self.options]]

    def told(self) -> list[Told]:
        return keyed(self.options)

    def faults(self, misconceptions: Collection[str] | None) -> Iterator[Fault]:
        yield from super().faults(misconceptions)
        yield from option_faults(self.options, misconceptions)
        yield from length_faults(self.options, next(o for o in self.options if o.correct))


class SingleChoiceItem(ItemBase):
    """One key among several options."""

    type: Literal["single-choice"]
    options: list[Option]


class SingleChoiceType(OneOption[SingleChoiceItem]):
    """One key among several options."""

    authored = SingleChoice
    compiled = SingleChoiceItem


TYPE = SingleChoiceType()
