"""Short text: a word or a phrase, compared after normalising."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Literal, NotRequired

from pydantic import Field

from collabcomm.engine.authoring import Model, Text
from collabcomm.engine.items.author import NO_FEEDBACK, AuthoredItem, Fault, Render, Told
from collabcomm.engine.items.base import ItemType, Row, is_short, weights_of
from collabcomm.engine.types import ItemBase, Option, Part, Weights

COMMON = 10  # so many wordings an analysis shows
_PUNCTUATION = re.compile(r"""[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~‘’“”–—…]""")
_SPACE = re.compile(r"[ \t\r\n\f\v\u00a0]+")


def normalise(text: str) -> str:
    """Return a short text as it is compared: NFKC, lower case, no punctuation, single spaces."""
    text = unicodedata.normalize("NFKC", text).lower()
    return _SPACE.sub(" ", _PUNCTUATION.sub(" ", text)).strip(" ")


class Accepted(Model):
    """A wording that a short-text item accepts, compared after normalising."""

    text: Text
    feedback: Text | None = None


class ShortText(AuthoredItem):
    """A word or a short phrase."""

    type: Literal["short-text"]
    accept: list[Accepted] = Field(min_length=1)

    def compiled(self, render: Render) -> dict[str, Any]:
        forms = {normalise(render.translate(a.text)): a.feedback for a in self.accept}
        replies = {form: render.block(feedback) for form, feedback in forms.items() if feedback}
        return {"weights": dict.fromkeys(forms, 1), "replies": replies}

    def most(self, weights: Weights) -> float:
        return 1

    def offered(self) -> list[list[str]]:
        return []

    def told(self) -> list[Told]:
        return [
            Told(accepted.text, accepted.feedback or "", also=number > 0)
            for number, accepted in enumerate(self.accept)
        ]

    def faults(self, misconceptions: Collection[str] | None) -> Iterator[Fault]:
        yield from super().faults(misconceptions)
        if not self.explanation:
            yield NO_FEEDBACK
        first: dict[str, int] = {}
        for number, accepted in enumerate(self.accept):
            form = normalise(accepted.text)
            if not form:
                yield ("accept", number), "nothing is left of it to compare"
            elif form in first:
                yield ("accept", number), f"reads the same as entry {first[form] + 1}. Remove one"
            first.setdefault(form, number)


class ShortTextItem(ItemBase):
    """A word or a phrase; the keys of its weights and replies are normalised wordings.

    ``replies`` hold feedback as HTML.
    """

    type: Literal["short-text"]
    replies: NotRequired[dict[str, str]]


class ShortTextType(ItemType[ShortTextItem]):
    """A response is a text; its key is the normalised wording."""

    authored = ShortText
    compiled = ShortTextItem
    xapi = "fill-in"

    def parts(self, item: ShortTextItem) -> Sequence[Part]:
        return []

    def picks(self, item: ShortTextItem, response: object) -> list[str]:
        form = normalise(response) if isinstance(response, str) else ""
        return [form] if form else []

    def fits(self, response: object) -> bool:
        return is_short(response)

    def rows(self, item: ShortTextItem, picked: Sequence[str]) -> Iterator[Row]:
        weights = weights_of(item)
        for key in picked[:COMMON]:
            yield Row("", key, key, weights.get(key, 0) > 0)

    def spoken(self, item: ShortTextItem, response: object) -> str:
        return response if isinstance(response, str) else ""

    def interaction(self, item: ShortTextItem) -> dict[str, Sequence[Part | Option]]:
        return {}

    def spelt(self, item: ShortTextItem, response: object) -> str:
        return normalise(str(response))

    def correct(self, item: ShortTextItem) -> list[str]:
        full = [text for text, weight in weights_of(item).items() if weight >= item["max"]]
        return [f"{{case_matters=false}}{text}" for text in full]


TYPE = ShortTextType()
