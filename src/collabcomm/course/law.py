"""What of a course is law, and whether each sentence of it was seen at its source."""

from __future__ import annotations

from collections.abc import Iterator

from collabcomm.course.items import Item
from collabcomm.course.loader import Loaded
from collabcomm.course.places import BIBLIOGRAPHY_FILE, local_file, quiz_file, scenario_file
from collabcomm.course.problems import Problem
from collabcomm.course.scenarios import Choice
from collabcomm.course.yaml import YamlPath

# So many sentences on the pages of a course may rest on law that was not seen at its source.
MAX_UNSEEN = 10


def law_problems(loaded: Loaded) -> Iterator[Problem]:
    """Report law without the address and the day it was seen, and too much that was not seen."""
    references = loaded.course.references
    for place, key in _uses(loaded):
        reference = references.get(key)
        if reference and not reference.unseen and not (reference.url and reference.seen):
            lacks = " and ".join(
                name
                for name, has in (("url", reference.url), ("urldate", reference.seen))
                if not has
            )
            yield Problem(
                place.file,
                place.line,
                place.trail,
                f"'{key}' is law without {lacks} in {BIBLIOGRAPHY_FILE}. Look it up and write "
                "where and on which day, or why not: unseen = {...}",
            )
    unseen = [
        place
        for place, key in _on_pages(loaded)
        if (reference := references.get(key)) and reference.mark
    ]
    if len(unseen) > MAX_UNSEEN:
        where = ", ".join(f"{place.file}:{place.line}" for place in unseen)
        yield Problem(
            BIBLIOGRAPHY_FILE,
            0,
            "",
            f"{len(unseen)} sentences of law on pages rest on entries marked unseen or via, "
            f"{MAX_UNSEEN} are the most. Look some up, or leave them out: {where}",
        )


def _uses(loaded: Loaded) -> Iterator[tuple[Problem, str]]:
    """Yield every place where a sentence rests on law, as a problem without words, and its key."""
    yield from _on_pages(loaded)
    course, sources = loaded.course, loaded.sources
    theory = _theory(loaded)
    for quiz_id, quiz in course.quizzes.items():
        for i, item in enumerate(quiz.items):
            for path, key in _rests(("items", i), item, theory):
                yield sources[quiz_file(quiz_id)].problem(path, ""), key
    for scenario_id, scenario in course.scenarios.items():
        for node_id, node in scenario.nodes.items():
            here: YamlPath = ("nodes", node_id)
            parts: list[tuple[YamlPath, Choice | Item]] = [
                ((*here, "choices", i), choice) for i, choice in enumerate(node.choices)
            ]
            parts += [((*here, "item"), node.item)] if node.item else []
            for place, part in parts:
                for path, key in _rests(place, part, theory):
                    yield sources[scenario_file(scenario_id)].problem(path, ""), key


def _theory(loaded: Loaded) -> set[str]:
    """Return the entries that pages cite as theory, and never as law."""
    mentions = [m for page in loaded.course.pages.values() for m in page.mentions]
    law = {m.target for m in mentions if m.kind == "law"}
    return {m.target for m in mentions if m.kind == "source"} - law


def _rests(path: YamlPath, part: Choice | Item, theory: set[str]) -> Iterator[tuple[YamlPath, str]]:
    """Yield the law under an item or a choice; where it names theory alone, that is asked."""
    if part.basis == "law":
        named = set(part.sources) - theory or set(part.sources)
        for i, key in enumerate(part.sources):
            if key in named:
                yield (*path, "sources", i), key


def _on_pages(loaded: Loaded) -> Iterator[tuple[Problem, str]]:
    """Yield what of ``_uses`` a reader of the pages meets, the procedures among it."""
    for docname, page in loaded.course.pages.items():
        for mention in page.mentions:
            if mention.kind == "law":
                yield Problem(f"{docname}.md", mention.line, "{law}", ""), mention.target
    for module_id, local in loaded.course.locals.items():
        for i, procedure in enumerate(local.procedures):
            for j, key in enumerate(procedure.sources):
                path = ("procedures", i, "sources", j)
                yield loaded.sources[local_file(module_id)].problem(path, ""), key
