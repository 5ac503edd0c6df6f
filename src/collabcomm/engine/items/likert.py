"""Likert: a self-rating, which is never scored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field

from collabcomm.engine.authoring import Id, Model, Text
from collabcomm.engine.items.author import AuthoredItem, Render, Told
from collabcomm.engine.items.base import OneOption
from collabcomm.engine.types import Given, ItemBase, Option, Part


class ScalePoint(Model):
    """One point of a Likert scale."""

    id: Id
    text: Text


class Likert(AuthoredItem):
    """A self-rating. It is never scored."""

    scored: ClassVar[bool] = False
    type: Literal["likert"]
    scale: list[ScalePoint] = Field(min_length=3, max_length=7)

    def compiled(self, render: Render) -> dict[str, Any]:
        points = [{"id": point.id, "text": render.inline(point.text)} for point in self.scale]
        return {"options": points, "weights": {}}

    def offered(self) -> list[list[str]]:
        return [[point.text for point in self.scale]]

    def told(self) -> list[Told]:
        return []


class LikertItem(ItemBase):
    """A self-rating, never scored."""

    type: Literal["likert"]
    options: list[Part]


class LikertType(OneOption[LikertItem]):
    """A response is the id of a point of the scale."""

    authored = Likert
    compiled = LikertItem
    xapi = "likert"

    def passing(self, item: LikertItem) -> Given:
        return item["options"][0]["id"]

    def interaction(self, item: LikertItem) -> dict[str, Sequence[Part | Option]]:
        return {"scale": item["options"]}


TYPE = LikertType()
