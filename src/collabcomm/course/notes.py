"""The trainer's notes of a scenario as HTML, for trainers alone: no player JSON holds them."""

from __future__ import annotations

from collabcomm.course.compiler import Compiler
from collabcomm.engine.room import TrainerNotes


def trainer_notes(compiler: Compiler, scenario_id: str) -> dict[str, TrainerNotes]:
    """Return the trainer's notes of a scenario by node, those for the whole under ""."""
    scenario = compiler.course.scenarios[scenario_id]
    parts = {"": scenario.trainer, **{key: node.trainer for key, node in scenario.nodes.items()}}
    return {
        key: {
            "minutes": notes.minutes,
            "prompts": [compiler.block(prompt) or "" for prompt in notes.prompts],
            "likely": compiler.block(notes.likely),
            "care": compiler.block(notes.care),
        }
        for key, notes in parts.items()
        if notes
    }
