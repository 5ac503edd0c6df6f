"""A file's data becomes a model, or sentences with file, line and trail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from collabcomm.course.problems import Problem
from collabcomm.course.yaml import Source, YamlPath, step_into
from collabcomm.engine.authoring import ID_PATTERN, Model
from collabcomm.texts import did_you_mean

M = TypeVar("M", bound=Model)

_TYPE_NAMES = {
    "string_type": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "keys with values",
    "model_type": "keys with values",
    "model_attributes_type": "keys with values",
}


def build(model: type[M], source: Source, problems: list[Problem]) -> M | None:
    """Return a file's data as a model, or None after noting every problem in it."""
    try:
        return model.model_validate(source.data)
    except ValidationError as error:
        problems.extend(_problem(source, detail, model) for detail in error.errors())
        return None


def _problem(source: Source, detail: Any, model: type[Model]) -> Problem:
    path, left = _locate(source.data, detail["loc"])
    kind = detail["type"]
    value = detail.get("input")
    if kind == "extra_forbidden":
        name = str(path[-1])
        known = _known_keys(model, detail["loc"][:-1])
        near = did_you_mean(name, known)
        hint = near or f" Known keys: {', '.join(known)}."
        return source.problem(path, f"unknown key '{name}'.{hint}")
    if kind == "missing":
        return source.problem(path, f"'{left[-1]}' is missing")
    if kind in _TYPE_NAMES:
        return source.problem(
            path, f"expected {_TYPE_NAMES[kind]}, {_got(source, path, value, kind)}"
        )
    if kind == "union_tag_invalid":
        tags = re.findall(r"'([^']+)'", detail["ctx"]["expected_tags"])
        tag = detail["ctx"]["tag"]
        near = did_you_mean(tag, tags) or f" Known types: {', '.join(tags)}."
        return source.problem((*path, "type"), f"unknown item type '{tag}'.{near}")
    if kind == "union_tag_not_found":
        return source.problem(path, "'type' is missing; it says what kind of item this is")
    if kind == "literal_error":
        allowed = re.findall(r"'([^']+)'", detail["ctx"]["expected"])
        near = did_you_mean(value, allowed)
        return source.problem(path, f"'{value}' is not one of {', '.join(allowed)}.{near}")
    if kind == "string_pattern_mismatch":
        if detail["ctx"]["pattern"] == ID_PATTERN:
            return source.problem(
                path,
                f"'{value}' is no id; use small letters, digits and hyphens: 'first-day'",
            )
        return source.problem(path, f"'{value}' does not have the form {detail['ctx']['pattern']}")
    if kind == "value_error":
        return source.problem(path, str(detail["ctx"]["error"]))
    return source.problem(path, detail["msg"][0].lower() + detail["msg"][1:])


def _got(source: Source, path: YamlPath, value: Any, kind: str) -> str:
    if value is None:
        return "got nothing (write a value, or remove the key)"
    if kind == "string_type" and isinstance(value, bool | int | float):
        return f'got {value} (quote it: "{source.raw.get(path, value)}")'
    if isinstance(value, dict):
        return "got keys with values" + (
            " (quote a text that contains ': ')" if kind == "string_type" else ""
        )
    return "got a list" if isinstance(value, list) else f"got {str(value)[:60]!r}"


def _locate(data: Any, loc: tuple[str | int, ...]) -> tuple[YamlPath, YamlPath]:
    """Split a pydantic location into the part that stands in the data and the rest.

    Union tags and validators' own steps are in a location but not in the data.
    """
    path: list[str | int] = []
    left: list[str | int] = []
    here = data
    for step in loc:
        if step == "[key]":
            continue
        below = step_into(here, step)
        there = (isinstance(here, dict) and step in here) or (
            isinstance(here, list) and isinstance(step, int)
        )
        if there:
            path.append(step)
            here = below
        else:
            left.append(step)
    return tuple(path), tuple(left)


def _known_keys(model: type[Model], loc: tuple[str | int, ...]) -> list[str]:
    """Return the keys that a place of a model knows, all keys where it cannot be told."""
    here: list[type[BaseModel]] = [model]
    for step in loc:
        if isinstance(step, int):
            continue
        nested: list[type[BaseModel]] = []
        for part in here:
            if step in part.model_fields:
                nested += _models_in(part.model_fields[str(step)].annotation)
            elif "type" in part.model_fields and step in get_args(
                part.model_fields["type"].annotation
            ):
                nested.append(part)
        if nested:
            here = nested
    return sorted({name for part in here for name in part.model_fields}) or all_keys()


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [m for arg in get_args(annotation) for m in _models_in(arg)]


@cache
def all_keys() -> list[str]:
    """Return every key of every model, for places of which nothing more is known."""
    return sorted({name for model in _models_below(Model) for name in model.model_fields})


def _models_below(model: type[Model]) -> Iterator[type[Model]]:
    for below in model.__subclasses__():
        yield below
        yield from _models_below(below)
