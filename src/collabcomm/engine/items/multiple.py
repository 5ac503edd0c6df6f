"""Multiple response: several keys among the options."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Literal

from pydantic import Field, model_validator

from collabcomm.engine.items.author import (
    AuthoredItem,
    Fault,
    KeyedOption,
    Render,
    Told,
    keyed,
    option_faults,
)
from collabcomm.engine.items.base import OneOption, ids, is_short_list, keys_of, labels, preferred
from collabcomm.engine.types import Given, ItemBase, Option


class MultipleResponse(AuthoredItem):
    """Several keys; picking a wrong option takes a mark away."""

    type: Literal["multiple-response"]
    options: list[KeyedOption] = Field(min_length=3, max_length=10)

    @model_validator(mode="after")
    def _has_keys(self) -> MultipleResponse:
        if not any(option.correct for option in self.options):
            raise ValueError("a multiple-response item needs at least one correct option")
        return self

    def compiled(self, render: Render) -> dict[str, Any]:
        return {
            "options": [option.compiled(render) for option in self.options],
            "weights": {option.id: 1 if option.correct else -1 for option in self.options},
        }

    def offered(self) -> list[list[str]]:
        return [[option.text for option in self.options]]

    def told(self) -> list[Told]:
        return keyed(self.options)

    def faults(self, misconceptions: Collection[str] | None) -> Iterator[Fault]:
        yield from super().faults(misconceptions)
        yield from option_faults(self.options, misconceptions)


class MultipleResponseItem(ItemBase):
    """Several keys; a wrong option weighs -1."""

    type: Literal["multiple-response"]
    options: list[Option]


class MultipleResponseType(OneOption[MultipleResponseItem]):
    """A response is a list of the ids of options."""

    authored = MultipleResponse
    compiled = MultipleResponseItem
    votable = False
    one_guess = False

    def picks(self, item: MultipleResponseItem, response: object) -> list[str]:
        keys = response if isinstance(response, list) else []
        known = ids(item["options"])
        return list(dict.fromkeys(key for key in keys if isinstance(key, str) and key in known))

    def fits(self, response: object) -> bool:
        return is_short_list(response)

    def best(self, item: MultipleResponseItem) -> Given:
        return keys_of(item) or None

    def tries(self, item: MultipleResponseItem) -> list[Given]:
        best = self.best(item)
        single: list[Given] = [[option["id"]] for option in item["options"]]
        return [best, *(given for given in single if given != best)]

    def guesses(self, item: MultipleResponseItem, values: Sequence[float]) -> list[Given]:
        return [[option] for option in preferred(item["options"], values)]

    def is_right(self, weight: float, best: float) -> bool:
        return weight > 0

    def spoken(self, item: MultipleResponseItem, response: object) -> str:
        texts = labels(item["options"])
        given = response if isinstance(response, list) else []
        return "; ".join(texts[key] for key in given if texts.get(key))

    def from_token(self, token: str) -> Given:
        return token.split("+")

    def to_token(self, response: Given) -> str:
        return "+".join(response) if isinstance(response, list) else ""

    def spelt(self, item: MultipleResponseItem, response: object) -> str:
        return "[,]".join(response) if isinstance(response, list) else str(response)


TYPE = MultipleResponseType()
