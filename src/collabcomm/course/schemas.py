"""JSON Schemas: of what authors write, from the models, and of player JSON, from its types.

From the models also come the tables of keys in the authors' guide.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pydantic import ConfigDict, TypeAdapter

from collabcomm.course.models import CourseInfo, Evidence, Helplines, Local, Module, Quiz
from collabcomm.course.scenarios import Scenario
from collabcomm.engine import room, types
from collabcomm.engine.authoring import Model
from collabcomm.engine.items import TYPES
from collabcomm.engine.items.author import AuthoredItem

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FILES: dict[str, type[Model]] = {
    "course.json": CourseInfo,
    "evidence.json": Evidence,
    "local.json": Local,
    "module.json": Module,
    "quiz.json": Quiz,
    "scenario.json": Scenario,
    "support.json": Helplines,
}


def schemas() -> dict[str, str]:
    """Return the text of every schema by its file's name in ``schema/``."""
    authors = {name: _text(model.model_json_schema()) for name, model in FILES.items()}
    return {**authors, "player.json": _text(player_schema())}


def player_schema() -> dict[str, Any]:
    """Return the schema of player JSON: a quiz or a scenario, whole or as a page holds it.

    What else the contract knows (results, a room's state, its views) stands in its ``$defs``.
    """
    config = ConfigDict(extra="forbid")
    kept = [room.RoomState, types.Result, room.Debrief]
    views = [room.PublicMessage, room.ScreenMessage, room.ConsoleMessage, room.StartView]
    named: list[Any] = [*kept, *views]
    adapters: list[Any] = [TypeAdapter(types.Content, config=config)]
    # A TypedDict takes no configuration of its own from outside, a union around it does.
    adapters += [TypeAdapter(part | None, config=config) for part in named]
    compiled: list[Any] = [item_type.compiled for item_type in TYPES.values()]
    adapters += [TypeAdapter(part | None, config=config) for part in compiled]
    _, schema = TypeAdapter.json_schemas(
        [(number, "validation", adapter) for number, adapter in enumerate(adapters)],
        title="Player JSON",
        description=types.__doc__,
    )
    schema["$defs"]["Item"] = {
        "description": "An item of any type.",
        "anyOf": [{"$ref": f"#/$defs/{part.__name__}"} for part in compiled],
    }
    root = [{"$ref": f"#/$defs/{part.__name__}"} for part in (types.Quiz, types.Scenario)]
    return {"title": schema["title"], "description": schema["description"], "anyOf": root, **schema}


def _text(schema: dict[str, Any]) -> str:
    return json.dumps({"$schema": DIALECT, **schema}, indent=1, ensure_ascii=False) + "\n"


def keys(kind: str) -> Iterator[tuple[str, str, list[tuple[str, str, str]]]]:
    """Yield the parts of a file of a kind (``course``, ``module``, ``quiz`` ...), the file first.

    Each part is its name, what it is, and a row a key: the key, with ``*`` where it is needed,
    what it takes, and its help. What all types of item share stands once, as ``Item``.
    """
    schema = FILES[f"{kind}.json"].model_json_schema()
    parts = {kind: schema, **schema.get("$defs", {})}
    rows = {name: _rows(part) for name, part in parts.items()}
    types = [row for name, row in rows.items() if _is_item(parts[name])]
    shared = [row for row in types[0] if all(row in rows_of for rows_of in types)] if types else []
    for name, part in parts.items():
        about = part.get("description", "").partition("\n")[0]
        hidden = shared if _is_item(part) else []
        yield name, about, [row for row in rows[name] if row not in hidden]
        if name == kind and shared:
            yield "Item", (AuthoredItem.__doc__ or ""), shared


def _is_item(part: dict[str, Any]) -> bool:
    return "stem" in part["properties"]


def _rows(part: dict[str, Any]) -> list[tuple[str, str, str]]:
    needed = part.get("required", ())
    return [
        (f"{key}{'*' if key in needed else ''}", _takes(field), field.get("description", ""))
        for key, field in part["properties"].items()
    ]


def _takes(field: dict[str, Any]) -> str:
    """Return in words what a key takes."""
    if "$ref" in field:
        return str(field["$ref"]).rpartition("/")[2]
    if "discriminator" in field:
        return "Item"
    for several in ("anyOf", "oneOf"):
        if several in field:
            kinds = [_takes(x) for x in field[several] if x.get("type") != "null"]
            return " or ".join(dict.fromkeys(kinds))
    if "enum" in field or "const" in field:
        return ", ".join(field.get("enum") or [field["const"]])
    if field.get("type") == "array":
        return f"list of {_takes(field['items'])}"
    if field.get("type") == "object":
        inner = field.get("patternProperties") or {"": field.get("additionalProperties")}
        return f"{_takes(next(iter(inner.values())))} by id"
    if field.get("format") == "date":
        return "day, as 2026-11-24"
    if field.get("type") == "integer":
        low, high = field.get("minimum"), field.get("maximum")
        return "number" + (f", {low} to {high}" if low is not None and high is not None else "")
    if field.get("type") == "boolean":
        return "true or false"
    return "id" if str(field.get("pattern", "")).startswith("^[a-z][a-z0-9]*") else "text"
