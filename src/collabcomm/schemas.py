"""JSON Schemas of the files that authors write, made from the models of ``course.py``."""

from __future__ import annotations

import json
from typing import Any

from collabcomm.course import CourseInfo, Evidence, Model, Module, Quiz, Scenario

FILES: dict[str, type[Model]] = {
    "course.json": CourseInfo,
    "evidence.json": Evidence,
    "module.json": Module,
    "quiz.json": Quiz,
    "scenario.json": Scenario,
}


def schemas() -> dict[str, str]:
    """Return the text of every schema by its file's name in ``schema/``."""
    return {name: _text(model) for name, model in FILES.items()}


def _text(model: type[Model]) -> str:
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **model.model_json_schema(),
    }
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"
