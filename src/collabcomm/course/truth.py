"""Whether a scenario tells the truth: what only its choices, or walking every way, can show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from collabcomm.course.compiler import Compiler
from collabcomm.course.markup import plain
from collabcomm.course.models import Course
from collabcomm.course.problems import Problem
from collabcomm.course.readings import Condition, entry_at, linked_nodes
from collabcomm.course.scenarios import Scenario
from collabcomm.course.yaml import Source, YamlPath
from collabcomm.engine.graph import backward, reach
from collabcomm.engine.proof import Proof, prove
from collabcomm.engine.replay import Replay, tokens_of
from collabcomm.engine.types import SUPPORT_POINTS, Step
from collabcomm.engine.types import Scenario as Compiled
from collabcomm.engine.walk import TooManyStates

# A story of fewer decisions is a sketch: what is measured over decisions says nothing about it.
SKETCH = 4
LONGEST_MOST = 0.4  # of the decisions may have a best choice that is the longest
LENGTHS = 1.25  # times the shortest choice's length is the most that the longest may have
GOOD_WAYS = (0.05, 0.40)  # at least and at most so many ways end well


def choices_tell(source: Source, scenario: Scenario) -> Iterator[Problem]:
    """Report choices that tell by their length which of them is best."""
    decisions = {node_id: node for node_id, node in scenario.nodes.items() if node.choices}
    if len(decisions) < SKETCH:
        return
    longest, weighed = [], 0
    for node_id, node in decisions.items():
        lengths = [len(plain(choice.text)) for choice in node.choices]
        if max(lengths) > LENGTHS * min(lengths):
            yield source.problem(
                ("nodes", node_id, "choices"),
                f"the longest choice has {max(lengths)} characters, the shortest {min(lengths)}; "
                f"{LENGTHS - 1:.0%} more is the most. Bring them nearer to each other",
            )
        at = [i for i, n in enumerate(lengths) if n == max(lengths)]
        points = [SUPPORT_POINTS[choice.support] for choice in node.choices]
        if min(points) < max(points):  # elsewhere no choice is best, so none can tell
            weighed += 1
            longest += [node_id] if len(at) == 1 and points[at[0]] == max(points) else []
    if len(longest) > LONGEST_MOST * weighed:
        yield source.problem(
            ("nodes",),
            f"the best choice is the longest in {len(longest)} of {weighed} decisions "
            f"({', '.join(longest)}); {LONGEST_MOST:.0%} is the most. Shorten some of them",
        )


def _silent(_text: str) -> str:
    """Return no text: proving reads none, and rendering it all takes as long as walking."""
    return ""


def walked(
    course: Course, source: Source, scenario: Scenario, conditions: list[Condition]
) -> Iterator[Problem]:
    """Report what walking every way of a scenario and of its chairs shows to be wrong."""
    compiled = Compiler(course, _silent).unwalked(scenario.id)
    try:
        proof = prove(compiled, [condition.occurrence() for condition in conditions])
    except TooManyStates as error:
        yield source.problem(("nodes",), str(error))
        return
    walk, onward = proof.replay, linked_nodes(scenario)
    leaving = reach(backward(onward), [n for n, node in scenario.nodes.items() if node.ending])
    for node_id in sorted(walk.stuck):
        yield source.problem(
            ("nodes", node_id),
            "dead end: there is a way here on which no goto holds. Add a last entry without 'when'",
        )
    for node_id in sorted(walk.trapped & leaving) if not walk.stuck else ():
        yield source.problem(
            ("nodes", node_id), "loop without exit: there is a way here that never ends"
        )
    for node_id in set(scenario.nodes) - walk.reached:
        kind = "ending" if scenario.nodes[node_id].ending else "node"
        yield source.problem(
            ("nodes", node_id), f"no path reaches this {kind}: its conditions never hold together"
        )
    for i, meter in enumerate(scenario.meters):
        low, high = walk.meters[meter.id]
        if low == high:
            yield source.problem(
                ("meters", i), "never moves: no effect on any way changes it. Add one, or drop it"
            )
    yield from _truth(source, compiled, conditions, proof)
    yield from _endings(source, scenario, compiled, walk, proof)
    yield from _repairs(source, scenario, proof)


def _truth(
    source: Source, compiled: Compiled, conditions: list[Condition], proof: Proof
) -> Iterator[Problem]:
    for condition, seen in zip(conditions, proof.seen, strict=True):
        if seen.held is None and seen.failed is None:
            continue  # its node is never reached, or its text never shown: said elsewhere
        if condition.asserted:
            if seen.held is None:
                what = (
                    f"no way that shows this text fulfils '{condition.asserted}'. Mend one of both"
                )
                yield source.problem(condition.path, what)
            elif seen.failed is not None:
                yield source.problem(
                    condition.path,
                    f"the text is shown where '{condition.asserted}' is not so: "
                    f"{spoken_way(compiled, seen.failed)}. Give it a 'when', or say what happened",
                )
        elif seen.held is None:
            yield source.problem(condition.path, "never holds on any way that comes here. Drop it")
        elif seen.failed is None and condition.path[-3:-2] != ("goto",):
            yield source.problem(condition.path, "holds on every way that comes here. Drop it")


def _endings(
    source: Source, scenario: Scenario, compiled: Compiled, walk: Replay, proof: Proof
) -> Iterator[Problem]:
    for node_id, one, other in proof.alike:
        ids = [choice.id for choice in scenario.nodes[node_id].choices]
        yield source.problem(
            ("nodes", node_id, "choices", ids.index(other)),
            f"changes nothing that follows: after it and after '{one}' all goes on alike. Let "
            "another node, a meter that a condition reads, or a text with a 'when' depend on it",
        )
    if proof.undeserved is not None:
        yield source.problem(
            ("nodes",),
            "a good ending is reached with more than one poorly supported choice that nothing "
            f"repairs: {spoken_way(compiled, proof.undeserved)}. Let the ending depend on it",
        )
    decisions = sum(bool(node.choices) for node in scenario.nodes.values())
    good = walk.share(compiled, "good")
    if decisions < SKETCH or not walk.paths:
        return
    if good and not proof.forgiving:
        yield source.problem(
            ("nodes",),
            "no way with one poorly supported choice at the first or second decision reaches a "
            "good ending. Let an early lapse be made good",
        )
    least, most = GOOD_WAYS
    if not least <= good <= most:
        yield source.problem(
            ("nodes",),
            f"{100 * good:.1f} % of its {walk.paths} ways end well; it should be between "
            f"{least:.0%} and {most:.0%}. Change what the endings depend on",
        )


def _repairs(source: Source, scenario: Scenario, proof: Proof) -> Iterator[Problem]:
    for node_id, node in scenario.nodes.items():
        for i, choice in enumerate(node.choices):
            path: YamlPath = ("nodes", node_id, "choices", i, "repairs")
            for n, name in enumerate(choice.repairs):
                if (f"{node_id}.{choice.id}", name) not in proof.repaired:
                    yield source.problem(
                        entry_at(source, path, n),
                        f"no way that comes here has passed '{name}' before",
                    )


def spoken_way(compiled: Compiled, steps: Sequence[Step]) -> str:
    """Return a way as ``collabcomm replay`` takes it."""
    tokens = ",".join(tokens_of(compiled, steps))
    return f"replay {compiled['id']} --choices {tokens}" if tokens else "from the start"
