"""Reflection: free text that stays with the learner, and is never scored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal

from collabcomm.engine.items.author import AuthoredItem, Render, Told
from collabcomm.engine.items.base import ItemType, Row, is_short
from collabcomm.engine.types import Given, ItemBase, Option, Part


class Reflection(AuthoredItem):
    """Free text that stays with the learner. It is never scored and never sent."""

    scored: ClassVar[bool] = False
    private: ClassVar[bool] = True
    type: Literal["reflection"]

    def compiled(self, render: Render) -> dict[str, Any]:
        return {"weights": {}}

    def offered(self) -> list[list[str]]:
        return []

    def told(self) -> list[Told]:
        return []


class ReflectionItem(ItemBase):
    """Free text that stays with the learner."""

    type: Literal["reflection"]


class ReflectionType(ItemType[ReflectionItem]):
    """A response is a text; it picks nothing, and what it says is nobody's."""

    authored = Reflection
    compiled = ReflectionItem
    xapi = None

    def parts(self, item: ReflectionItem) -> Sequence[Part]:
        return []

    def picks(self, item: ReflectionItem, response: object) -> list[str]:
        return []

    def is_complete(self, item: ReflectionItem, response: object) -> bool:
        return isinstance(response, str) and bool(response.strip())

    def fits(self, response: object) -> bool:
        return is_short(response)

    def passing(self, item: ReflectionItem) -> Given:
        # As the player does: a learner's own words stay out of a path.
        return "-"

    def rows(self, item: ReflectionItem, picked: Sequence[str]) -> Iterator[Row]:
        return iter(())

    def spoken(self, item: ReflectionItem, response: object) -> str:
        return ""

    def interaction(self, item: ReflectionItem) -> dict[str, Sequence[Part | Option]]:
        return {}


TYPE = ReflectionType()
