"""What a scenario can get wrong: references, conditions, choices that tell, texts that do not hold.

References and conditions are read first. Where those are sound every way is walked, and what a
text asserts, an ending deserves or a choice changes is proved, with a way that shows what is not.
"""

from __future__ import annotations

from collections.abc import Iterator

from collabcomm.course.compiler import Compiler
from collabcomm.course.conditions import simple_tests
from collabcomm.course.grounds import (
    basis_problems,
    each_known,
    elsewhere,
    item_problems,
    unknown,
)
from collabcomm.course.models import Course
from collabcomm.course.problems import Problem
from collabcomm.course.readings import Condition, conditions, entry_at, linked_nodes
from collabcomm.course.scenarios import Choice, Effect, Goto, Node, Scenario
from collabcomm.course.truth import choices_tell, walked
from collabcomm.course.yaml import Source, YamlPath
from collabcomm.engine.graph import backward, reach
from collabcomm.engine.items import type_of
from collabcomm.engine.scoring import picks
from collabcomm.engine.types import Simple, is_pick, is_right, is_visit
from collabcomm.texts import did_you_mean


def story_problems(course: Course, source: Source, scenario: Scenario) -> list[Problem]:
    """Return the problems of one scenario; what walking shows only where all else is sound."""
    wrong = list(_references(course, source, scenario))
    known: list[Condition] = []
    for entry in conditions(source, scenario):
        if isinstance(entry, Problem):
            wrong.append(entry)
        else:
            known.append(entry)
            wrong += _names(course, source, scenario, entry)
    if wrong:
        return wrong
    graph = list(_graph(source, scenario)) or list(_order(source, scenario, known))
    return graph or [
        *choices_tell(source, scenario),
        *walked(course, source, scenario, known),
    ]


def _references(course: Course, source: Source, scenario: Scenario) -> Iterator[Problem]:
    module = course.modules.get(scenario.module)
    if module is None:
        yield source.problem(("module",), unknown("module", scenario.module, course.modules))
    else:
        outcomes = [outcome.id for outcome in module.outcomes]
        yield from each_known(source, ("outcomes",), "outcome", scenario.outcomes, outcomes)
        if scenario.id not in module.scenarios:
            yield source.problem(
                ("module",), f"module '{module.id}' does not list it under 'scenarios'. Add it"
            )
    if scenario.start not in scenario.nodes:
        yield source.problem(("start",), unknown("node", scenario.start, scenario.nodes))
    if not any(node.ending for node in scenario.nodes.values()):
        yield source.problem(("nodes",), "no node is an ending; a scenario needs one at least")
    for i, meter in enumerate(scenario.meters):
        if meter.id == "points":
            yield source.problem(
                ("meters", i, "id"), "'points' are those earned so far. Give the meter another id"
            )
    cast = [person.id for person in scenario.cast]
    for i, chair in enumerate(scenario.chairs):
        if chair.who not in cast:
            yield source.problem(("chairs", i, "who"), unknown("person", chair.who, cast))
        if chair.start not in scenario.nodes:
            what = unknown("node", chair.start, scenario.nodes)
            yield source.problem(("chairs", i, "start"), what)
    for node_id, node in scenario.nodes.items():
        path: YamlPath = ("nodes", node_id)
        for i, line in enumerate(node.lines):
            if line.who not in cast:
                yield source.problem((*path, "lines", i, "who"), unknown("person", line.who, cast))
        for i, choice in enumerate(node.choices):
            yield from _choice(course, source, scenario, (*path, "choices", i), choice)
        if node.item:
            yield from item_problems(course, source, (*path, "item"), node.item, module)
            yield from elsewhere(source, (*path, "item"), node.item, "a scenario")
        yield from _effects(source, scenario, (*path, "effects"), node.effects)
        yield from _gotos(source, scenario, (*path, "goto"), node.goto or [])


def _choice(
    course: Course, source: Source, scenario: Scenario, path: YamlPath, choice: Choice
) -> Iterator[Problem]:
    yield from _effects(source, scenario, (*path, "effects"), choice.effects)
    skills = [skill.id for skill in course.info.skills]
    for skill in choice.skills:
        if skill not in skills:
            yield source.problem((*path, "skills", skill), unknown("skill", skill, skills))
    poor = _names_of(scenario, "poorly")
    for i, name in enumerate(choice.repairs):
        if name not in _names_of(scenario):
            what = f"no choice '{name}'.{did_you_mean(name, _names_of(scenario))}"
            yield source.problem(entry_at(source, (*path, "repairs"), i), what)
        elif name not in poor:
            yield source.problem(
                entry_at(source, (*path, "repairs"), i),
                f"'{name}' is not poorly supported, so there is nothing to repair. Leave it out",
            )
    yield from basis_problems(course, source, path, choice.basis, choice.claims, choice.sources)
    yield from _gotos(source, scenario, (*path, "goto"), choice.goto)


def _names_of(scenario: Scenario, support: str | None = None) -> list[str]:
    return [
        f"{node_id}.{choice.id}"
        for node_id, node in scenario.nodes.items()
        for choice in node.choices
        if support in (None, choice.support)
    ]


def _effects(
    source: Source, scenario: Scenario, path: YamlPath, effects: list[Effect]
) -> Iterator[Problem]:
    meters = [meter.id for meter in scenario.meters]
    for i, effect in enumerate(effects):
        for meter_id in effect.by:
            if meter_id not in meters:
                here = (*entry_at(source, path, i), meter_id)
                yield source.problem(here, unknown("meter", meter_id, meters))


def _gotos(
    source: Source, scenario: Scenario, path: YamlPath, gotos: list[Goto]
) -> Iterator[Problem]:
    for i, goto in enumerate(gotos):
        here = (*path, i)
        if goto.node not in scenario.nodes:
            yield source.problem(here, unknown("node", goto.node, scenario.nodes))
        if i and gotos[i - 1].when is None:
            yield source.problem(
                here, "is never read: the entry before it has no condition and holds always"
            )


def _names(
    course: Course, source: Source, scenario: Scenario, condition: Condition
) -> Iterator[Problem]:
    """Report what a condition names and the scenario does not have."""
    for test in simple_tests(condition.tests):
        kind, name, known = _named(course, scenario, test)
        if name not in known:
            yield source.problem(condition.path, unknown(kind, name, known))


def _named(course: Course, scenario: Scenario, test: Simple) -> tuple[str, str, list[str]]:
    if is_visit(test):
        return "node", test["visited"], list(scenario.nodes)
    if is_right(test):
        return "node with an item", test["right"], [k for k, n in scenario.nodes.items() if n.item]
    if is_pick(test):
        node = scenario.nodes.get(test["picked"].partition(".")[0])
        if node and node.item:
            return "answer", test["picked"], _answers(course, test["picked"], node)
        return "choice", test["picked"], _names_of(scenario)
    return "meter", test["meter"], [*(meter.id for meter in scenario.meters), "points"]


def _answers(course: Course, picked: str, node: Node) -> list[str]:
    node_id = picked.partition(".")[0]
    if node.item is None:
        return []
    item = Compiler(course).item(node.item)
    tries = type_of(item).tries(item)
    return [f"{node_id}.{key}" for response in tries for key in picks(item, response)]


def _graph(source: Source, scenario: Scenario) -> Iterator[Problem]:
    onward = linked_nodes(scenario)
    linked = reach(onward, [scenario.start])
    leaving = reach(backward(onward), [n for n, node in scenario.nodes.items() if node.ending])
    seated = reach(onward, [chair.start for chair in scenario.chairs])
    for node_id in scenario.nodes:
        if node_id in linked & seated:
            yield source.problem(
                ("nodes", node_id), "is the story's and a chair's. Give the chair its own node"
            )
        elif node_id not in linked | seated:
            yield source.problem(("nodes", node_id), "unreachable: no choice or goto leads here")
        elif node_id not in leaving:
            yield source.problem(
                ("nodes", node_id), "loop without exit: no way leads from here to an ending"
            )


def _order(source: Source, scenario: Scenario, conditions: list[Condition]) -> Iterator[Problem]:
    """Report conditions on what can only come after them."""
    onward = linked_nodes(scenario)
    chairs = {chair.start for chair in scenario.chairs}
    for node_id, node in scenario.nodes.items():
        if node.ending and node_id not in reach(onward, chairs):
            onward[node_id] = chairs
    before = {
        node_id: reach(backward(onward), backward(onward)[node_id]) for node_id in scenario.nodes
    }
    for condition in conditions:
        earlier = before[condition.node]
        if condition.moment != "arrive":  # what is picked here is known by then
            earlier = earlier | {condition.node}
        for test in simple_tests(condition.tests):
            named = _node_of(test)
            if named is None or named in earlier:
                continue
            own = "itself" if named == condition.node else f"'{named}'"
            why = (
                f"circular: '{condition.node}' reads {own}, which is decided only here or later"
                if named == condition.node or condition.node in before[named]
                else f"no way that passes '{condition.node}' has passed {own} before"
            )
            yield source.problem(condition.path, f"{why}. Name something that comes before it")


def _node_of(test: Simple) -> str | None:
    if is_visit(test):
        return test["visited"]
    if is_pick(test):
        return test["picked"].partition(".")[0]
    return test["right"] if is_right(test) else None
