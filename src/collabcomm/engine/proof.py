"""What holds on every way of a scenario: whether its texts tell the truth, and its endings. Pure.

``check`` turns what is found here into messages with a place; the walking is that of ``replay``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Literal

from collabcomm.engine.path import Facts, holds
from collabcomm.engine.replay import Replay, replay
from collabcomm.engine.types import Scenario, Step, Test
from collabcomm.engine.walk import Edge, State, Walker, names_read, walk_all, watched

Moment = Literal["arrive", "take", "after"]
EARLY = 2  # a lapse at one of so many first decisions is early
POOR_MOST = 1  # so many poorly supported choices may go unrepaired on a way to a good ending


@dataclass(frozen=True)
class Occurrence:
    """A condition where it stands: read on arrival at a node, or when or after a choice is taken.

    ``shown`` is the condition of the text around it: where it does not hold, nothing is read.
    """

    node: str
    moment: Moment
    tests: Sequence[Test]
    choice: str | None = None
    shown: Sequence[Test] = ()


@dataclass
class Seen:
    """What walking every way showed of an occurrence: a way on which it held, one where not."""

    held: list[Step] | None = None
    failed: list[Step] | None = None


@dataclass
class Proof:
    """What walking every way of a scenario showed.

    ``seen`` are by the order of the occurrences; ``replay`` is of the same walk. ``undeserved`` is
    a way to a good ending with more poorly supported choices unrepaired than ``POOR_MOST``;
    ``forgiving`` tells whether a way with one lapse, an early one, reaches a good ending. ``alike``
    are choices of a node between which nothing that follows differs, ``repaired`` the repairs
    (choice, what it repairs) that happen.
    """

    seen: list[Seen]
    replay: Replay
    undeserved: list[Step] | None = None
    forgiving: bool = False
    alike: list[tuple[str, str, str]] = field(default_factory=list)
    repaired: set[tuple[str, str]] = field(default_factory=set)


def prove(scenario: Scenario, occurrences: Sequence[Occurrence]) -> Proof:
    """Walk every way of a scenario and of its chairs, and tell what was seen.

    Raises
    ------
    TooManyStates
        Beyond ``MAX_STATES`` different states.
    """
    watch: dict[str, set[str]] = {}
    for each in occurrences:
        watch.setdefault(each.node, set()).update(names_read([*each.tests, *each.shown]))
    lapses = _Lapses(scenario)
    walkers = walk_all(scenario, watch, lapses.count)
    walker = walkers[0]
    proof = Proof(
        [Seen() for _ in occurrences], replay(scenario, walkers), repaired=lapses.repaired
    )
    by_place: dict[tuple[str, Moment], list[int]] = {}
    for n, each in enumerate(occurrences):
        by_place.setdefault((each.node, each.moment), []).append(n)
    for walked in walkers:
        _observe(walked, occurrences, by_place, proof)
    proof.alike = sorted(_alike(walker))
    good = [s for s in walker.ends() if _kind(scenario, s.node) == "good"]
    for state in good:
        if proof.undeserved is None and lapses.unrepaired(state) > POOR_MOST:
            proof.undeserved = walker.steps_to(state)
        proof.forgiving |= "+early" in state.happened and lapses.poor(state) == 1
    return proof


def _kind(scenario: Scenario, node_id: str) -> str:
    node = scenario["nodes"][node_id]
    return node["ending"]["kind"] if node["kind"] == "ending" else ""


def _observe(
    walker: Walker,
    occurrences: Sequence[Occurrence],
    by_place: dict[tuple[str, Moment], list[int]],
    proof: Proof,
) -> None:
    for state in walker.order:
        for n in by_place.get((state.node, "arrive"), ()):
            _note(proof.seen[n], occurrences[n], walker.facts(state), walker, state, None)
        moments: tuple[Moment, ...] = ("take", "after")
        for edge in walker.edges[state]:
            for moment in moments:
                facts = edge.taken if moment == "take" else edge.after
                for n in by_place.get((state.node, moment), ()):
                    if occurrences[n].choice in (None, edge.step.get("choice")):
                        _note(proof.seen[n], occurrences[n], facts, walker, state, edge)


def _note(
    seen: Seen, each: Occurrence, facts: Facts, walker: Walker, state: State, edge: Edge | None
) -> None:
    if (seen.held is not None and seen.failed is not None) or not holds(each.shown, facts):
        return
    it_holds = holds(each.tests, facts)
    if seen.held is None if it_holds else seen.failed is None:
        steps = [*walker.steps_to(state), *([edge.step] if edge else ())]
        if it_holds:
            seen.held = steps
        else:
            seen.failed = steps


class _Lapses:
    """Counts poorly supported choices on a way, and what repairs them.

    The names that it adds to what has happened begin with ``+``.
    """

    def __init__(self, scenario: Scenario) -> None:
        decisions = [n for n in scenario["nodes"].items() if n[1]["kind"] == "decision"]
        self.choices = {
            f"{node_id}.{choice['id']}": choice
            for node_id, node in decisions
            if node["kind"] == "decision"
            for choice in node["choices"]
        }
        self.reparable = {name for c in self.choices.values() for name in c.get("repairs", [])}
        self.repaired: set[tuple[str, str]] = set()

    def count(self, state: State, step: Step) -> Iterator[str]:
        """Yield what a step adds: a lapse, whether it was early, what is repaired."""
        name = f"{step['node']}.{step.get('choice')}"
        choice = self.choices.get(name)
        if choice is None:
            return
        made = sum(x.startswith("+decision") for x in state.happened)
        if made < EARLY:
            yield f"+decision {made}"
        if choice["support"] == "poorly":
            if made < EARLY:
                yield "+early"
            if name in self.reparable:
                yield f"+poor {name}"
            else:
                yield "+lapse 1" if "+lapse 1" not in state.happened else "+lapse 2"
        for repaired in choice.get("repairs", []):
            if f"+poor {repaired}" in state.happened:
                self.repaired.add((name, repaired))
                yield f"+mended {repaired}"

    def poor(self, state: State) -> int:
        """Return how many poorly supported choices a way made, as far as it matters."""
        return sum(x.startswith(("+poor", "+lapse")) for x in state.happened)

    def unrepaired(self, state: State) -> int:
        """Return how many of them nothing made good."""
        return self.poor(state) - sum(x.startswith("+mended") for x in state.happened)


def _alike(walker: Walker) -> Iterator[tuple[str, str, str]]:
    """Yield pairs of choices that lead to the same, as far as a condition reads it, everywhere."""
    read = watched(walker.scenario)[""]
    meters = [meter["id"] in read for meter in walker.scenario["meters"]]
    differ: dict[tuple[str, str, str], bool] = {}
    for state in walker.order:
        edges = [edge for edge in walker.edges[state] if "choice" in edge.step]
        for one, other in combinations(edges, 2):
            pair = (state.node, one.step["choice"], other.step["choice"])
            same = _as_read(one.to, read, meters) == _as_read(other.to, read, meters)
            differ[pair] = differ.get(pair, False) or not same
    yield from (pair for pair, differs in differ.items() if not differs)


def _as_read(state: State, read: set[str], meters: Sequence[bool]) -> tuple[object, ...]:
    values = tuple(v for v, is_read in zip(state.meters, meters, strict=True) if is_read)
    happened = frozenset(name for name in state.happened if name in read)
    return state.node, values, happened, state.points if "points" in read else 0
