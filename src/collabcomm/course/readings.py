"""The conditions and assertions of a scenario, each with its place in the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from collabcomm.course.conditions import parse_assertion, parse_when
from collabcomm.course.problems import Problem
from collabcomm.course.scenarios import Effect, Goto, Part, Scenario
from collabcomm.course.yaml import Source, YamlPath, step_into
from collabcomm.engine.proof import Moment, Occurrence
from collabcomm.engine.types import Test


@dataclass(frozen=True)
class Condition:
    """A condition or an assertion as it was read, with its place in the file."""

    path: YamlPath
    node: str
    moment: Moment
    tests: list[Test]
    choice: str | None = None
    shown: list[Test] = field(default_factory=list)
    asserted: str = ""

    def occurrence(self) -> Occurrence:
        return Occurrence(self.node, self.moment, self.tests, self.choice, self.shown)


def conditions(source: Source, scenario: Scenario) -> Iterator[Condition | Problem]:
    """Yield every condition and assertion of a scenario; one that is none as a problem."""
    for node_id, node in scenario.nodes.items():
        reading = _Reading(source, ("nodes", node_id), node_id)
        yield from reading.asserted(reading.path, node.asserts)
        for key, parts in (("scene", node.scene), ("ask", node.ask), ("debrief", node.debrief)):
            yield from reading.parts(key, parts)
        for i, line in enumerate(node.lines):
            yield from reading.condition((*reading.path, "lines", i), line.when)
        if node.trainer:
            yield from reading.parts("trainer", node.trainer.prompts, "prompts")
        yield from reading.effects(node.effects)
        yield from reading.gotos(node.goto or [])
        for i, choice in enumerate(node.choices):
            of_choice = _Reading(source, (*reading.path, "choices", i), node_id, choice.id)
            yield from of_choice.asserted(of_choice.path, choice.asserts)
            yield from of_choice.parts("consequence", choice.consequence)
            yield from of_choice.parts("feedback", choice.feedback)
            yield from of_choice.parts("reason", choice.reason)
            yield from of_choice.effects(choice.effects)
            yield from of_choice.gotos(choice.goto)
    if scenario.trainer:
        for i, part in enumerate(scenario.trainer.prompts):
            if part.when:
                yield source.problem(
                    ("trainer", "prompts", i), "the prompts for the whole have no condition"
                )


@dataclass(frozen=True)
class _Reading:
    """Reads the conditions of a node, or of a choice in it."""

    source: Source
    path: YamlPath
    node: str
    choice: str | None = None

    @property
    def moment(self) -> Moment:
        return "after" if self.choice else "arrive"

    def parts(
        self, key: str, parts: Sequence[Part] | None, *inner: str
    ) -> Iterator[Condition | Problem]:
        for i, part in enumerate(parts or ()):
            path = entry_at(self.source, (*self.path, key, *inner), i)
            shown: list[Test] = []
            for read in self.condition(path, part.when):
                shown = shown if isinstance(read, Problem) else read.tests
                yield read
            yield from self.asserted(path, part.asserts, shown)

    def condition(
        self, path: YamlPath, when: str | None, moment: Moment | None = None
    ) -> Iterator[Condition | Problem]:
        if when is None:
            return
        try:
            tests = parse_when(when)
        except ValueError as error:
            yield self.source.problem((*path, "when"), str(error))
        else:
            place = (*path, "when")
            yield Condition(place, self.node, moment or self.moment, tests, self.choice)

    def effects(self, effects: list[Effect]) -> Iterator[Condition | Problem]:
        for i, effect in enumerate(effects):
            path = entry_at(self.source, (*self.path, "effects"), i)
            yield from self.condition(path, effect.when, "take")

    def gotos(self, gotos: list[Goto]) -> Iterator[Condition | Problem]:
        for i, goto in enumerate(gotos):
            yield from self.condition((*self.path, "goto", i), goto.when, "after")

    def asserted(
        self, path: YamlPath, asserts: list[str], shown: Sequence[Test] = ()
    ) -> Iterator[Condition | Problem]:
        for i, text in enumerate(asserts):
            place = (*path, "asserts", i)
            try:
                tests = parse_assertion(text)
            except ValueError as error:
                yield self.source.problem(place, str(error))
            else:
                yield Condition(
                    place, self.node, self.moment, tests, self.choice, list(shown), text
                )


def entry_at(source: Source, path: YamlPath, i: int) -> YamlPath:
    """Return the path of an entry, which may have been written without a list around it."""
    here = source.data
    for step in path:
        here = step_into(here, step)
    return (*path, i) if isinstance(here, list) else path


def linked_nodes(scenario: Scenario) -> dict[str, set[str]]:
    """Return the nodes that each node can lead to, conditions not read."""
    return {
        node_id: {g.node for g in (*(node.goto or []), *(g for x in node.choices for g in x.goto))}
        for node_id, node in scenario.nodes.items()
    }
