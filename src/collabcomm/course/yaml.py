"""A file of a course is read: its text, its YAML, and the line of every place in it."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from collabcomm.course.problems import Problem

MAX_BYTES = 1_000_000
MAX_DEPTH = 40
YamlPath = tuple[str | int, ...]

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN_TAGS = {f"tag:yaml.org,2002:{t}" for t in ("str", "int", "float", "bool", "null")}
_NAMES = {
    "items": "item",
    "options": "option",
    "nodes": "node",
    "choices": "choice",
    "outcomes": "outcome",
    "lessons": "lesson",
    "meters": "meter",
    "cast": "person",
    "claims": "claim",
    "prompts": "prompt",
    "answers": "answer",
    "steps": "step",
    "misconceptions": "misconception",
    "strands": "strand",
    "scale": "point",
    "procedures": "procedure",
}


@dataclass
class Source:
    """A file that was read: its data, and the line of every place in it."""

    file: str
    data: Any = None
    lines: dict[YamlPath, int] = field(default_factory=dict)
    raw: dict[YamlPath, str] = field(default_factory=dict)

    def line(self, path: YamlPath) -> int:
        """Return the line of a place, or of the nearest place around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def trail(self, path: YamlPath) -> str:
        """Return the way to a place in words: ``node 'lobby' › choice 'ask' › goto``."""
        words: list[str] = []
        here = self.data
        parent: str | int = ""
        for step in path:
            if isinstance(here, str):
                break  # a text that stands for a list of one, as in `goto: lobby`
            here = step_into(here, step)
            name = _NAMES.get(str(parent))
            if isinstance(step, int):
                ident = here.get("id") if isinstance(here, dict) else None
                if name and isinstance(ident, str):
                    words[-1:] = [f"{name} '{ident}'"]
                else:
                    words[-1:] = [f"{words[-1] if words else 'entry'}[{step + 1}]"]
            elif parent == "nodes":
                words[-1:] = [f"node '{step}'"]
            else:
                words.append(str(step))
            parent = step
        return " › ".join(words)

    def problem(self, path: YamlPath, message: str) -> Problem:
        """Return a problem at a place of this file."""
        return Problem(self.file, self.line(path), self.trail(path), message)


def step_into(here: Any, step: str | int) -> Any:
    """Return what stands at a step of a path, None where there is nothing."""
    try:
        return here[step]
    except (KeyError, IndexError, TypeError):
        return None


def read_text(root: Path, file: str, problems: list[Problem]) -> str | None:
    """Return a course file's text, or None after noting why it cannot be used."""
    try:
        found = (root / file).stat()
        if refusal := _refusal(found):
            problems.append(Problem(file, 0, "", refusal))
            return None
        raw = (root / file).read_bytes()
    except FileNotFoundError:
        problems.append(Problem(file, 0, "", "no such file. Add it, or correct its name"))
        return None
    except OSError as error:
        problems.append(Problem(file, 0, "", f"cannot be read: {error.strerror or error}"))
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problems.append(Problem(file, line, "", "not UTF-8 text. Save the file as UTF-8"))
        return None
    if "\0" in text:
        problems.append(Problem(file, 0, "", "a binary file, not text"))
        return None
    return text


def _refusal(found: os.stat_result) -> str:
    if not stat.S_ISREG(found.st_mode):  # reading a pipe or a device may have no end
        return "no ordinary file. Put a text file in its place"
    if found.st_size > MAX_BYTES:
        return (
            f"{found.st_size / 1e6:.1f} MB is too large; a course file may have "
            f"{MAX_BYTES / 1e6:.0f} MB at most. Split it, or keep only text in it"
        )
    return ""


def parse_yaml(file: str, text: str, problems: list[Problem]) -> Source | None:
    """Return the YAML of a file with its lines, or None after noting what is wrong.

    Only plain values are accepted: no aliases (a few lines of them can expand to gigabytes), no
    tags (they can construct objects), no duplicate keys, no nesting beyond ``MAX_DEPTH``.
    """
    found: list[Problem] = []
    try:
        depth = 0
        for event in yaml.parse(text, Loader=_LOADER):
            line = event.start_mark.line + 1 if event.start_mark else 0
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                found.append(
                    Problem(
                        file,
                        line,
                        "",
                        "anchors and aliases are not used here; "
                        "write the text out where it is needed",
                    )
                )
                break
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > MAX_DEPTH:
                found.append(Problem(file, line, "", f"nested deeper than {MAX_DEPTH} levels"))
                break
        node = None if found else yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        found.append(_yaml_problem(file, error))
        node = None
    if node is None and not found:
        found.append(Problem(file, 0, "", "the file is empty"))
    if found or node is None:
        problems.extend(found)
        return None
    source = Source(file)
    source.data = _plain(node, (), source, found)
    problems.extend(found)
    return None if found else source


def _yaml_problem(file: str, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or str(error).splitlines()[0]
    hint = ""
    if "mapping values" in what:
        hint = ". Quote a text that contains ': '"
    elif "\\t" in what or "tab" in what.lower():
        hint = ". Indent with spaces, not tabs"
    elif "another document" in what:
        hint = ". Keep one document a file: remove the '---' line"
    return Problem(file, mark.line + 1 if mark else 0, "", f"not valid YAML: {what}{hint}")


def _plain(node: yaml.Node, path: YamlPath, source: Source, found: list[Problem]) -> Any:
    source.lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, source, found)
    if isinstance(node, yaml.SequenceNode):
        if node.tag != "tag:yaml.org,2002:seq":
            found.append(_tag_problem(node, path, source))
            return []
        return [_plain(n, (*path, i), source, found) for i, n in enumerate(node.value)]
    source.raw[path] = node.value
    if node.tag == "tag:yaml.org,2002:timestamp":
        return node.value
    if node.tag not in _PLAIN_TAGS:
        found.append(_tag_problem(node, path, source))
        return ""
    try:
        return yaml.constructor.SafeConstructor().construct_object(node)
    except (ValueError, OverflowError, yaml.YAMLError):
        return node.value
    except (KeyError, IndexError):  # a boolean or a number by its tag, but not by its value
        found.append(_tag_problem(node, path, source))
        return ""


def _tag_problem(node: yaml.Node, path: YamlPath, source: Source) -> Problem:
    return Problem(
        source.file,
        node.start_mark.line + 1,
        source.trail(path),
        f"tag '{node.tag}' is not allowed; write a plain value",
    )


def _mapping(
    node: yaml.MappingNode, path: YamlPath, source: Source, found: list[Problem]
) -> dict[str, Any]:
    if node.tag != "tag:yaml.org,2002:map":
        found.append(_tag_problem(node, path, source))
        return {}
    result: dict[str, Any] = {}
    first: dict[str, int] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            found.append(Problem(source.file, line, source.trail(path), "a key must be a word"))
            continue
        key = key_node.value
        if key in first:
            found.append(
                Problem(
                    source.file,
                    line,
                    source.trail(path),
                    f"key '{key}' stands twice (first in line {first[key]}). Remove one",
                )
            )
            continue
        first[key] = line
        result[key] = _plain(value_node, (*path, key), source, found)
        source.lines[(*path, key)] = line
    return result
