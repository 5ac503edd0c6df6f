"""Compiled items and responses as plain text, for formats that show words instead of ids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collabcomm.engine.replay import best_response
from collabcomm.texts import text_of

Item = Mapping[str, Any]
# Where each type keeps the parts that a response names.
PARTS = {"matching": "answers", "sequencing": "steps"}


def labels(item: Item, part_name: str | None = None) -> dict[str, str]:
    """Return the texts of an item's options, or of another part of it, by id."""
    name = part_name or PARTS.get(item["type"], "options")
    return {part["id"]: text_of(part["text"]) for part in item.get(name, ())}


def spoken(item: Item, response: Any) -> str:
    """Return a response in words, as Moodle's reports write it; empty where there is none."""
    kind = item["type"]
    if kind == "matching" and isinstance(response, Mapping):
        prompts, answers = labels(item, "prompts"), labels(item)
        pairs = ((prompts.get(k), answers.get(v)) for k, v in response.items())
        return "; ".join(f"{p} → {answer}" for p, answer in pairs if p and answer)
    if isinstance(response, list):
        return "; ".join(filter(None, map(labels(item).get, response)))
    if not isinstance(response, str):
        return ""
    return response if kind == "short-text" else labels(item).get(response, "")


def right(item: Item) -> str:
    """Return the response that earns full marks, in words; empty where nothing is scored."""
    return spoken(item, best_response(item))
