"""A folder becomes a Course; every problem is reported with file, line and trail, in one run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from collabcomm.course.bibliography import read_references
from collabcomm.course.build import build
from collabcomm.course.models import (
    Course,
    CourseInfo,
    Evidence,
    Helplines,
    Local,
    Module,
    Page,
    Quiz,
    Reference,
)
from collabcomm.course.pages import read_page
from collabcomm.course.places import (
    BIBLIOGRAPHY_FILE,
    COURSE_FILE,
    EVIDENCE_FILE,
    SUPPORT_FILE,
    lesson_page,
    local_file,
    module_file,
)
from collabcomm.course.problems import CourseError, Problem
from collabcomm.course.scenarios import Scenario
from collabcomm.course.yaml import Source, YamlPath, parse_yaml, read_text
from collabcomm.engine.authoring import Model
from collabcomm.texts import did_you_mean

PAGES = ("book/*.md", "modules/*/*.md", "scenarios/*.md")
M = TypeVar("M", bound=Model)
P = TypeVar("P", Module, Quiz, Scenario)


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
    if not (root / COURSE_FILE).is_file():
        advice = "Go to a course's folder, or name one with --course"
        missing = f"no course folder: it has no {COURSE_FILE}. {advice}"
        raise CourseError([Problem(str(root), 0, "", missing)])
    reading = _Reading(root)
    info = reading.take(COURSE_FILE, CourseInfo)
    modules = reading.modules(info) if info else {}
    quizzes = reading.take_all("quizzes", Quiz)
    scenarios = reading.take_all("scenarios", Scenario)
    evidence = reading.take_some(EVIDENCE_FILE, Evidence)
    references = reading.references()
    locals_ = {m: found for m in modules if (found := reading.take_some(local_file(m), Local))}
    helplines = reading.take_some(SUPPORT_FILE, Helplines)
    for source in reading.sources.values():
        reading.problems.extend(_duplicate_ids(source))
    pages = reading.pages(modules)
    if reading.problems or info is None:
        raise CourseError(reading.problems)
    course = Course(
        info=info,
        modules=modules,
        quizzes=quizzes,
        scenarios=scenarios,
        claims={claim.id: claim for claim in evidence.claims} if evidence else {},
        evidence=evidence.meta if evidence else None,
        references=references,
        pages=pages,
        locals=locals_,
        helplines=helplines,
    )
    return Loaded(root, course, reading.sources)


class _Reading:
    """One reading of a folder: the files that were read, and all that is wrong with them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.sources: dict[str, Source] = {}
        self.problems: list[Problem] = []

    def take(self, file: str, model: type[M]) -> M | None:
        """Return a file as a model, or None after noting why it is none."""
        text = read_text(self.root, file, self.problems)
        source = parse_yaml(file, text, self.problems) if text is not None else None
        if source is None:
            return None
        self.sources[file] = source
        return build(model, source, self.problems)

    def take_some(self, file: str, model: type[M]) -> M | None:
        """Return a file that a course may go without as a model, None where it is not there."""
        return self.take(file, model) if (self.root / file).exists() else None

    def take_all(self, folder: str, model: type[P]) -> dict[str, P]:
        """Return the files of a folder as models, by the names of the files."""
        found: dict[str, P] = {}
        for path in sorted((self.root / folder).glob("*.yml")):
            self._keep(found, path.stem, f"{folder}/{path.name}", model)
        return found

    def modules(self, info: CourseInfo) -> dict[str, Module]:
        """Return the modules that a course lists, by id."""
        found: dict[str, Module] = {}
        for i, module_id in enumerate(info.modules):
            file = module_file(module_id)
            if (self.root / file).is_file():
                self._keep(found, module_id, file, Module)
                continue
            near = did_you_mean(module_id, [p.name for p in (self.root / "modules").glob("*")])
            source = self.sources[COURSE_FILE]
            self.problems.append(source.problem(("modules", i), f"no file {file}.{near}"))
        return found

    def references(self) -> dict[str, Reference]:
        """Return the entries of the bibliography, by key; none where there is no bibliography."""
        if not (self.root / BIBLIOGRAPHY_FILE).exists():
            return {}
        return read_references(self.root, BIBLIOGRAPHY_FILE, self.problems)

    def pages(self, modules: dict[str, Module]) -> dict[str, Page]:
        """Return the Markdown pages by docname, after noting lessons that have none."""
        for module_id, module in modules.items():
            source = self.sources[module_file(module_id)]
            for i, lesson in enumerate(module.lessons):
                file = f"{lesson_page(module_id, lesson.id)}.md"
                if not (self.root / file).is_file():
                    missing = source.problem(("lessons", i), f"no page {file}. Write it")
                    self.problems.append(missing)
        pages: dict[str, Page] = {}
        for pattern in PAGES:
            for path in sorted(self.root.glob(pattern)):
                file = path.relative_to(self.root).as_posix()
                if (text := read_text(self.root, file, self.problems)) is not None:
                    pages[file.removesuffix(".md")] = read_page(text)
        return pages

    def _keep(self, found: dict[str, P], name: str, file: str, model: type[P]) -> None:
        """Add a file under the name that it or its folder has, which has to be its id."""
        part = self.take(file, model)
        if part is None:
            return
        found[name] = part
        if part.id != name:
            differs = f"id '{part.id}' differs from the name of its file or folder, '{name}'"
            self.problems.append(self.sources[file].problem(("id",), differs))


def _duplicate_ids(source: Source) -> Iterator[Problem]:
    """Report ids that stand twice in one list."""
    yield from _duplicates_in(source, source.data, ())


def _duplicates_in(source: Source, here: Any, path: YamlPath) -> Iterator[Problem]:
    if isinstance(here, dict):
        for key, value in here.items():
            yield from _duplicates_in(source, value, (*path, key))
    elif isinstance(here, list):
        first: dict[str, int] = {}
        for i, value in enumerate(here):
            entry_id = value.get("id") if isinstance(value, dict) else None
            if isinstance(entry_id, str) and entry_id in first:
                line = source.line((*path, first[entry_id]))
                yield source.problem(
                    (*path, i), f"id '{entry_id}' is used twice (first in line {line})"
                )
            elif isinstance(entry_id, str):
                first[entry_id] = i
            yield from _duplicates_in(source, value, (*path, i))
