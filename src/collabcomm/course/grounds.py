"""What every part of a course is held to: ids that are known, and something that it rests on."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from collabcomm.course.items import Item
from collabcomm.course.models import Course, Module
from collabcomm.course.problems import Problem
from collabcomm.course.yaml import Source, YamlPath
from collabcomm.texts import did_you_mean


def unknown(kind: str, part_id: str, known: Collection[str]) -> str:
    """Say that there is no such part, and which may have been meant."""
    return f"no {kind} '{part_id}'.{did_you_mean(part_id, known)}"


def each_known(
    source: Source, path: YamlPath, kind: str, part_ids: list[str], known: Collection[str]
) -> Iterator[Problem]:
    """Report ids of a list that nothing has."""
    for i, part_id in enumerate(part_ids):
        if part_id not in known:
            yield source.problem((*path, i), unknown(kind, part_id, known))


def item_problems(
    course: Course, source: Source, path: YamlPath, item: Item, module: Module | None
) -> Iterator[Problem]:
    """Report what an item names and the course does not have, and what its type finds wrong."""
    modules = [module] if module else course.modules.values()
    outcomes = [outcome.id for among in modules for outcome in among.outcomes]
    if item.outcome and item.outcome not in outcomes:
        yield source.problem((*path, "outcome"), unknown("outcome", item.outcome, outcomes))
    yield from basis_problems(course, source, path, item.basis, item.claims, item.sources)
    misconceptions = [m.id for m in module.misconceptions] if module else None
    for place, what in item.faults(misconceptions):
        yield source.problem((*path, *place), what)


def basis_problems(
    course: Course,
    source: Source,
    path: YamlPath,
    basis: str | None,
    claims: list[str],
    sources: list[str],
) -> Iterator[Problem]:
    """Report a basis without what it rests on."""
    yield from each_known(source, (*path, "claims"), "claim", claims, course.claims)
    yield from each_known(source, (*path, "sources"), "reference", sources, course.references)
    if basis == "summary" and not claims:
        yield source.problem(path, "basis is 'summary', so name the claims it rests on")
    if basis in ("theory", "law") and not sources:
        yield source.problem(path, f"basis is '{basis}', so name the sources it rests on")


def elsewhere(source: Source, path: YamlPath, item: Item, where: str) -> Iterator[Problem]:
    """Report an item that may only stand in a practice quiz."""
    if item.practice_only:
        yield source.problem(
            path,
            f"what is written in a {item.type} stays on the learner's device, so {where} cannot "
            "have one. Move it to a practice quiz",
        )
