"""The trainer's notes of a scenario as HTML, for trainers alone: no player JSON holds them."""

from __future__ import annotations

from typing import TypedDict

from collabcomm.course.compiler import Compiler
from collabcomm.engine.types import Piece


class Notes(TypedDict):
    """The notes at a node or on the whole. ``prompts`` may depend on what a group has chosen."""

    minutes: int
    prompts: list[Piece]
    likely: str | None
    care: str | None


def trainer_notes(compiler: Compiler, scenario_id: str) -> dict[str, Notes]:
    """Return the trainer's notes of a scenario by node, those for the whole under ""."""
    scenario = compiler.course.scenarios[scenario_id]
    parts = {"": scenario.trainer, **{key: node.trainer for key, node in scenario.nodes.items()}}
    return {
        key: {
            "minutes": notes.minutes,
            "prompts": compiler.pieces(notes.prompts),
            "likely": compiler.block(notes.likely),
            "care": compiler.block(notes.care),
        }
        for key, notes in parts.items()
        if notes
    }
