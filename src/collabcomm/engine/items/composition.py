"""Composition: a short text of the learner's, with a model answer and a checklist after it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from collabcomm.engine.authoring import Id, Model, Text
from collabcomm.engine.items.author import AuthoredItem, Compared, Render, Told
from collabcomm.engine.items.base import ItemType, Row, is_short_list
from collabcomm.engine.types import Given, ItemBase, Option, Part

WORDS_A_LINE = 10  # of handwriting


class Point(Model):
    """A point of a checklist, which learners tick for themselves."""

    id: Id
    text: Text


class Composition(AuthoredItem):
    """A short text that stays with the learner, who marks it alone: a model, and a checklist."""

    scored: ClassVar[bool] = False
    private: ClassVar[bool] = True
    practice_only: ClassVar[bool] = True
    type: Literal["composition"]
    words: Annotated[int, Field(ge=10, le=300)] = Field(
        description="How many words it may have; shown as 'about so many'."
    )
    model: Text = Field(description="A good way to write it, shown after the learner wrote.")
    checklist: list[Point] = Field(
        min_length=2, max_length=8, description="What to look for in one's own text."
    )

    def compiled(self, render: Render) -> dict[str, Any]:
        return {
            "words": self.words,
            "model": render.block(self.model),
            "checklist": [{"id": p.id, "text": render.inline(p.text)} for p in self.checklist],
            "weights": {},
        }

    def offered(self) -> list[list[str]]:
        return []

    def told(self) -> list[Told]:
        return []

    def compared(self) -> Compared:
        lines = -(-self.words // WORDS_A_LINE) + 1
        return Compared(lines, self.model, [point.text for point in self.checklist])


class CompositionItem(ItemBase):
    """A short text of about so many ``words``. ``model`` is HTML.

    A response is a list: the text, then the ids of the points that the learner ticked. It stays
    with the learner.
    """

    type: Literal["composition"]
    words: int
    model: str
    checklist: list[Part]


class CompositionType(ItemType[CompositionItem]):
    """A response is a text and what was ticked of it; it picks nothing, and is nobody's."""

    authored = Composition
    compiled = CompositionItem
    xapi = None

    def parts(self, item: CompositionItem) -> Sequence[Part]:
        return []

    def picks(self, item: CompositionItem, response: object) -> list[str]:
        return []

    def is_complete(self, item: CompositionItem, response: object) -> bool:
        if not isinstance(response, list) or not response:
            return False
        return isinstance(response[0], str) and bool(response[0].strip())

    def fits(self, response: object) -> bool:
        return is_short_list(response)

    def passing(self, item: CompositionItem) -> Given:
        return ["-"]

    def rows(self, item: CompositionItem, picked: Sequence[str]) -> Iterator[Row]:
        return iter(())

    def spoken(self, item: CompositionItem, response: object) -> str:
        return ""

    def from_token(self, token: str) -> Given:
        return [token]

    def interaction(self, item: CompositionItem) -> dict[str, Sequence[Part | Option]]:
        return {}


TYPE = CompositionType()
