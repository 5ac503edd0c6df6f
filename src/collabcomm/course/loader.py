"""A folder becomes a Course; every problem is reported with file, line and trail, in one run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pybtex.database import BibliographyData, Person
from pybtex.database.input.bibtex import Parser as BibtexParser
from pybtex.exceptions import PybtexError
from pybtex.scanner import PybtexSyntaxError
from pydantic import BaseModel, ValidationError

from collabcomm.course import models as models
from collabcomm.course.models import (
    Confidence,
    Course,
    CourseInfo,
    Evidence,
    Mention,
    Model,
    Module,
    Page,
    Quiz,
    Reference,
    Scenario,
)
from collabcomm.errors import Refused
from collabcomm.texts import did_you_mean

MAX_BYTES = 1_000_000
MAX_DEPTH = 40
YamlPath = tuple[str | int, ...]
M = TypeVar("M", bound=Model)

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
}


# ------------------------------------------------------------------ problems


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong, and where. ``line`` counts from 1; 0 means the file as a whole."""

    file: str
    line: int
    trail: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        trail = f" {self.trail}:" if self.trail else ""
        return f"{place}:{trail} {self.message}"


class CourseError(Refused):
    """A course that cannot be loaded; ``problems`` holds everything found in one run."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))


# ---------------------------------------------------------------- one file


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
            here = _step(here, step)
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


def _step(here: Any, step: str | int) -> Any:
    try:
        return here[step]
    except (KeyError, IndexError, TypeError):
        return None


def read_text(root: Path, file: str, problems: list[Problem]) -> str | None:
    """Return a course file's text, or None after noting why it cannot be used."""
    path = root / file
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            problems.append(
                Problem(
                    file,
                    0,
                    "",
                    f"{size / 1e6:.1f} MB is too large; a course file may have "
                    f"{MAX_BYTES / 1e6:.0f} MB at most. Split it, or keep only text in it",
                )
            )
            return None
        raw = path.read_bytes()
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


def parse(file: str, text: str, problems: list[Problem]) -> Source | None:
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


# ----------------------------------------------------------- data to models

_FIELDS = sorted(
    {
        name
        for thing in vars(models).values()
        if isinstance(thing, type) and issubclass(thing, BaseModel)
        for name in thing.model_fields
    }
)
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
        if detail["ctx"]["pattern"] == models.ID_PATTERN:
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
        below = _step(here, step)
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
        for one in here:
            if step in one.model_fields:
                nested += _models_in(one.model_fields[str(step)].annotation)
            elif "type" in one.model_fields and step in get_args(
                one.model_fields["type"].annotation
            ):
                nested.append(one)
        if nested:
            here = nested
    return sorted({name for one in here for name in one.model_fields}) or _FIELDS


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [m for arg in get_args(annotation) for m in _models_in(arg)]


# ------------------------------------------------------------- the references


def read_references(root: Path, file: str, problems: list[Problem]) -> dict[str, Reference]:
    """Return the entries of a BibTeX file; ``note`` must say how sure the project is of each."""
    text = read_text(root, file, problems)
    if text is None:
        return {}
    try:
        data: BibliographyData = BibtexParser().parse_string(text)
    except PybtexError as error:
        line = error.lineno if isinstance(error, PybtexSyntaxError) else 0
        problems.append(Problem(file, line or 0, "", f"not valid BibTeX: {error}"))
        return {}
    result: dict[str, Reference] = {}
    for key, entry in data.entries.items():
        note = _plain_tex(entry.fields.get("note", ""))
        match = re.match(r"confidence: ([a-z-]+)(.*)", note)
        start = re.search(rf"@\w+\s*[{{(]\s*{re.escape(key)}\s*,", text)
        line = text.count("\n", 0, start.start()) + 1 if start else 0
        if len(key) > models.MAX_KEY or not re.fullmatch(models.KEY_PATTERN, key):
            problems.append(Problem(file, line, f"entry '{key}'", _better_key(key)))
            continue
        if not match or match[1] not in get_args(Confidence):
            problems.append(
                Problem(
                    file,
                    line,
                    f"entry '{key}'",
                    "note must begin with 'confidence: ' and one "
                    f"of {', '.join(get_args(Confidence))}",
                )
            )
            continue
        names = [_surname(p) for p in entry.persons.get("author", entry.persons.get("editor", []))]
        url = entry.fields.get("url") or (
            f"https://doi.org/{entry.fields['doi']}" if "doi" in entry.fields else None
        )
        result[key] = Reference(
            key=key,
            authors=_plain_tex(entry.fields.get("shortauthor", ""))
            or _join(names)
            or (f"reference {int(key[3:])}" if key[3:].isdigit() else key),
            year="" if entry.fields.get("year", "n.d.") == "n.d." else entry.fields["year"],
            title=_plain_tex(entry.fields.get("title", "")),
            where=_where(entry),
            url=url,
            confidence=match[1],  # type: ignore[arg-type]
            note=match[2].lstrip("; "),
        )
    return result


def _better_key(key: str) -> str:
    better = re.sub(r"[^a-z0-9]", "", key.lower()).lstrip("0123456789")[: models.MAX_KEY]
    step = f"Write '{better}', and cite it so" if better else "Begin with a letter: 'smith2020'"
    return f"a key has small letters and digits, {models.MAX_KEY} at most. {step}"


def _plain_tex(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("{", "").replace("}", "").replace("--", "–")).strip()


def _surname(person: Person) -> str:
    return _plain_tex(" ".join([*person.prelast_names, *person.last_names]) or str(person))


def _join(names: list[str]) -> str:
    if len(names) > 3:
        return f"{names[0]} and others"
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def _where(entry: Any) -> str:
    fields = ("journal", "booktitle", "publisher", "institution", "howpublished")
    parts = [_plain_tex(entry.fields[f]) for f in fields if f in entry.fields]
    if "volume" in entry.fields:
        number = f"({entry.fields['number']})" if "number" in entry.fields else ""
        parts.append(f"{entry.fields['volume']}{number}")
    if "pages" in entry.fields:
        parts.append(_plain_tex(entry.fields["pages"]))
    return ", ".join(parts)


# ------------------------------------------------------------- a whole folder


@dataclass
class Loaded:
    """A course with the places its parts came from, by file."""

    root: Path
    course: Course
    sources: dict[str, Source]


def load(root: Path) -> Loaded:
    """Read a course folder.

    Raises
    ------
    CourseError
        With every problem of the folder, when there is any.
    """
    problems: list[Problem] = []
    if not (root / "course.yml").is_file():
        raise CourseError(
            [
                Problem(
                    str(root),
                    0,
                    "",
                    "no course folder: it has no course.yml. Go to a course's "
                    "folder, or name one with --course",
                )
            ]
        )
    sources: dict[str, Source] = {}

    def take(file: str, model: type[M]) -> M | None:
        text = read_text(root, file, problems)
        source = parse(file, text, problems) if text is not None else None
        if source is None:
            return None
        sources[file] = source
        return build(model, source, problems)

    def take_all(folder: str, model: type[M]) -> dict[str, M]:
        found: dict[str, M] = {}
        for path in sorted((root / folder).glob("*.yml")):
            file = f"{folder}/{path.name}"
            one = take(file, model)
            if one is None:
                continue
            found[path.stem] = one
            problems.extend(_id_problem(sources[file], one, path.stem))
        return found

    info = take("course.yml", CourseInfo)
    modules: dict[str, Module] = {}
    for i, name in enumerate(info.modules if info else []):
        file = f"modules/{name}/module.yml"
        if not (root / file).is_file():
            near = did_you_mean(name, [p.name for p in (root / "modules").glob("*")])
            problems.append(sources["course.yml"].problem(("modules", i), f"no file {file}.{near}"))
            continue
        if (module := take(file, Module)) is not None:
            modules[name] = module
            problems.extend(_id_problem(sources[file], module, name))
    quizzes = take_all("quizzes", Quiz)
    scenarios = take_all("scenarios", Scenario)
    evidence = (
        take("book/evidence.yml", Evidence) if (root / "book/evidence.yml").exists() else None
    )
    references = (
        read_references(root, "book/references.bib", problems)
        if (root / "book/references.bib").exists()
        else {}
    )
    for file, source in sources.items():
        problems.extend(_duplicate_ids(source))
        del file
    pages = _pages(root, modules, sources, problems)
    if problems or info is None:
        raise CourseError(problems)
    course = Course(
        info=info,
        modules=modules,
        quizzes=quizzes,
        scenarios=scenarios,
        claims={c.id: c for c in evidence.claims} if evidence else {},
        evidence=evidence.meta if evidence else None,
        references=references,
        pages=pages,
    )
    return Loaded(root, course, sources)


def _pages(
    root: Path,
    modules: Mapping[str, Module],
    sources: Mapping[str, Source],
    problems: list[Problem],
) -> dict[str, Page]:
    for name, module in modules.items():
        for i, lesson in enumerate(module.lessons):
            file = f"modules/{name}/{lesson.id}.md"
            if not (root / file).is_file():
                source = sources[f"modules/{name}/module.yml"]
                problems.append(source.problem(("lessons", i), f"no page {file}. Write it"))
    pages: dict[str, Page] = {}
    for pattern in ("book/*.md", "modules/*/*.md", "scenarios/*.md"):
        for path in sorted(root.glob(pattern)):
            file = path.relative_to(root).as_posix()
            if (text := read_text(root, file, problems)) is not None:
                pages[file.removesuffix(".md")] = read_page(text)
    return pages


_ROLE = re.compile(r"(?<!`)\{(claim|source|law|term)\}`(?:[^`<]*<)?([^`<>]*)>?`")
_FENCE = re.compile(r"^ *(`{3,}|:{3,})(?:\{([a-z-]+)\})? *(.*?) *$")
_NAMING = ("quiz", "scenario", "module", "reflection", "picture")


def read_page(text: str) -> Page:
    """Return a page's title and what its roles and directives name."""
    title = re.search(r"^# +(.+?) *$", text, re.MULTILINE)
    mentions: list[Mention] = []
    closing = ""
    inside = ""
    for number, line in enumerate(text.splitlines(), 1):
        fence = _FENCE.match(line)
        if inside == "code-block":
            if line.strip() == closing:
                closing = inside = ""
            continue
        if fence and line.strip() != closing and not (closing and inside == "claims"):
            closing, inside = fence[1], fence[2] or "code-block"
            if inside in _NAMING:
                mentions.append(Mention(line=number, kind=inside, target=fence[3]))
            elif inside == "claims":
                mentions += [Mention(line=number, kind=inside, target=t) for t in fence[3].split()]
        elif closing and line.strip() == closing:
            closing = inside = ""
        elif inside == "glossary" and line.strip() and not line.startswith((" ", ":")):
            mentions.append(Mention(line=number, kind=inside, target=line.strip().lower()))
        elif inside == "claims" and not line.startswith(":"):
            mentions += [
                Mention(line=number, kind=inside, target=t) for t in line.split() if t != "-"
            ]
        for m in _ROLE.finditer(line):
            target = m[2].strip().lower() if m[1] == "term" else m[2].strip()
            mentions.append(Mention(line=number, kind=m[1], target=target))
    return Page(title=title[1] if title else "", mentions=mentions)


def _id_problem(source: Source, one: Any, name: str) -> Iterator[Problem]:
    if one.id != name:
        yield source.problem(
            ("id",), f"id '{one.id}' differs from the name of its file or folder, '{name}'"
        )


def _duplicate_ids(source: Source) -> Iterator[Problem]:
    def walk(here: Any, path: YamlPath) -> Iterator[Problem]:
        if isinstance(here, dict):
            for key, value in here.items():
                yield from walk(value, (*path, key))
        elif isinstance(here, list):
            first: dict[str, int] = {}
            for i, value in enumerate(here):
                ident = value.get("id") if isinstance(value, dict) else None
                if isinstance(ident, str) and ident in first:
                    yield source.problem(
                        (*path, i),
                        f"id '{ident}' is used twice (first in line "
                        f"{source.line((*path, first[ident]))})",
                    )
                elif isinstance(ident, str):
                    first[ident] = i
                yield from walk(value, (*path, i))

    yield from walk(source.data, ())
