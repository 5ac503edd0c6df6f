"""Compiled items and responses as plain text, for formats that show words instead of ids."""

from __future__ import annotations

from collabcomm.engine.items import type_of
from collabcomm.engine.types import Item


def spoken(item: Item, response: object) -> str:
    """Return a response in words, as Moodle's reports write it; empty where there is none."""
    return type_of(item).spoken(item, response)


def right(item: Item) -> str:
    """Return the response that earns full marks, in words; empty where nothing is scored."""
    item_type = type_of(item)
    return item_type.spoken(item, item_type.best(item))
