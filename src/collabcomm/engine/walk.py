"""The states of a scenario: where its ways can stand, and what leads from one to another. Pure.

A state is a node, the meters there and what has happened that still matters: what a condition
reads, and nodes on a loop, which earn points once only. Equal states are merged, so that the work
grows with the number of states and not with the number of paths.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from collabcomm.engine.graph import on_loops, onward, reach
from collabcomm.engine.items import type_of
from collabcomm.engine.path import Facts, follow, take
from collabcomm.engine.types import (
    Given,
    Item,
    Node,
    Scenario,
    Simple,
    Step,
    Telling,
    Test,
    is_either,
    is_pick,
    is_right,
    is_visit,
)
from collabcomm.errors import Invalid

MAX_STATES = 200_000
_KIND = {"good": 0, "mixed": 1, "poor": 2}


class TooManyStates(Invalid):
    """A scenario whose states are too many to walk."""


@dataclass(frozen=True)
class State:
    """Where a way stands: the node, the meters, and what has happened as far as it matters.

    ``happened`` holds ``visited node``, ``picked node.choice``, ``right node`` and what a ``Proof``
    counts; ``points`` are 0 where no condition reads them.
    """

    node: str
    meters: tuple[int, ...]
    happened: frozenset[str] = frozenset()
    points: float = 0


@dataclass(frozen=True)
class Way:
    """One path to an ending: its steps, points earned of points on it, and the ending."""

    steps: list[Step]
    raw: float
    max: float
    ending: str


@dataclass(frozen=True)
class Edge:
    """A step from one state to another; ``raw`` and ``low`` are its best and worst points.

    ``taken`` are the facts right after the pick, which effects read; ``after`` those that the
    consequence and ``goto`` read.
    """

    step: Step
    to: State
    raw: float
    low: float
    max: float
    taken: Facts
    after: Facts


def best_response(item: Item) -> Given:
    """Return a response to a compiled item that earns its full marks; None where none is scored."""
    return type_of(item).best(item)


def passing_response(item: Item) -> Given:
    """Return a response by which a story goes on: the best one, or any to an unscored item."""
    return type_of(item).passing(item)


def steps_from(scenario: Scenario, node_id: str) -> list[Step]:
    """Return every step that can be made at a node; at an item the one that passes it."""
    node = scenario["nodes"][node_id]
    if node["kind"] == "decision":
        return [{"node": node_id, "choice": choice["id"]} for choice in node["choices"]]
    if node["kind"] == "item":
        return [{"node": node_id, "response": passing_response(node["item"])}]
    return [{"node": node_id}] if node["kind"] == "passage" else []


def watched(scenario: Scenario) -> dict[str, set[str]]:
    """Return by node what its conditions read: as ``State.happened`` names it, meters, ``points``.

    The first entry, under "", is all of it.
    """
    by_node = {
        node_id: set(names_read(conditions_at(node))) for node_id, node in scenario["nodes"].items()
    }
    return {"": set().union(*by_node.values()), **by_node}


def names_read(tests: Iterable[Test]) -> Iterator[str]:
    """Yield what some tests read: ``visited node``, ``picked node.choice``, ``points`` ..."""
    for test in tests:
        if is_either(test):
            for way in test["either"]:
                yield from names_read(way)
        else:
            yield name_read(test)


def name_read(test: Simple) -> str:
    """Return what a test reads; for a meter its id, for points ``points``."""
    if is_visit(test):
        return f"visited {test['visited']}"
    if is_pick(test):
        return f"picked {test['picked']}"
    return f"right {test['right']}" if is_right(test) else test["meter"]


def conditions_at(node: Node) -> Iterator[Test]:
    """Yield every test of a node, those of its choices included."""
    yield from _tests_in(node["scene"])
    for line in node["lines"]:
        yield from line.get("when", [])
    if node["kind"] == "ending":
        yield from _tests_in(node["debrief"])
    elif node["kind"] == "decision":
        yield from _tests_in(node["ask"])
        for choice in node["choices"]:
            for text in (choice["consequence"], choice["feedback"], choice.get("reason", "")):
                yield from _tests_in(text)
            for entry in (*choice["goto"], *choice.get("also", [])):
                yield from entry["when"]
    else:
        for goto in node["goto"]:
            yield from goto["when"]
        for effect in node.get("also", []) if node["kind"] == "item" else ():
            yield from effect["when"]


def _tests_in(text: Telling) -> Iterator[Test]:
    for piece in () if isinstance(text, str) else text:
        yield from piece["when"]


def summed(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Return counts by name, added up."""
    whole: dict[str, int] = {}
    for count in counts:
        for ending, n in count.items():
            whole[ending] = whole.get(ending, 0) + n
    return whole


def walk_all(
    scenario: Scenario,
    watch: Mapping[str, Collection[str]] | None = None,
    count: Callable[[State, Step], Iterable[str]] | None = None,
) -> list[Walker]:
    """Walk a scenario, and from all its ends each of its chairs, in their order."""
    chairs = scenario.get("chairs", [])
    walker = Walker(scenario, watch=watch, seats=bool(chairs), count=count)
    ends = walker.ends()
    return [walker, *(Walker(scenario, chair["start"], ends, watch) for chair in chairs)]


class Walker:
    """The states of a scenario, and the edges between them, found depth first.

    Of what has happened a state keeps what can still be read after it. With ``seats`` that holds
    for the chairs too, so that walking can go on from the ends: with a chair's ``start``, it begins
    there, once from every state in ``ends``. ``watch`` names by node what else is read there;
    ``count`` may add to what has happened at a step, in names that begin with ``+``.
    """

    def __init__(
        self,
        scenario: Scenario,
        start: str | None = None,
        ends: Iterable[State] = (),
        watch: Mapping[str, Collection[str]] | None = None,
        seats: bool = False,
        count: Callable[[State, Step], Iterable[str]] | None = None,
    ) -> None:
        self.scenario, self.count = scenario, count
        self.loops_back: set[tuple[str, str]] = set()
        self.stuck: set[str] = set()
        self.nodes: Mapping[str, Node] = scenario["nodes"]
        self.read, self.kept = self._reads(watch or {}, seats)
        self._facts: dict[State, Facts] = {}
        values = tuple(m["start"] for m in scenario["meters"])
        self.in_chair = start is not None
        self.origin: dict[State, State] = {}
        self.starts = [State(scenario["start"], values)]
        if start is not None:
            self.origin = {self._seated(start, state): state for state in ends}
            self.starts = list(self.origin)
        self.start = self.starts[0] if self.starts else State(scenario["start"], values)
        self.edges: dict[State, list[Edge]] = {}
        self.order: list[State] = []
        self.returns: list[tuple[State, State]] = []
        self.came: dict[State, tuple[State, Edge]] = {}
        self._explore()

    def _reads(
        self, watch: Mapping[str, Collection[str]], seats: bool
    ) -> tuple[set[str], dict[str, set[str]]]:
        """Return all that is read, and by node what is still read there or after it.

        Nodes on a loop are read as well, for they earn their points once only.
        """
        graph: dict[str, Iterable[str]] = dict(onward(self.scenario))
        loops = on_loops(graph)
        if seats:
            chairs = [chair["start"] for chair in self.scenario.get("chairs", [])]
            apart = reach(graph, chairs)
            for node_id, node in self.nodes.items():
                if node["kind"] == "ending" and node_id not in apart:
                    graph[node_id] = chairs
        read = watched(self.scenario)
        kept: dict[str, set[str]] = {}
        for node_id in graph:
            ahead = reach(graph, [node_id])
            kept[node_id] = {f"visited {loop}" for loop in loops & ahead}.union(
                *(read[later] for later in ahead), *(watch.get(later, ()) for later in ahead)
            )
        return read[""].union(*watch.values()), kept

    def _seated(self, start: str, state: State) -> State:
        kept = self.kept[start]
        happened = frozenset({*state.happened, f"visited {state.node}"} & kept)
        return State(start, state.meters, happened, state.points if "points" in kept else 0)

    def ends(self) -> list[State]:
        """Return every state at an ending."""
        return [state for state in self.order if self.nodes[state.node]["kind"] == "ending"]

    def facts(self, state: State) -> Facts:
        """Return the facts of a state, as far as they are read from there on."""
        if state in self._facts:
            return self._facts[state]
        by: dict[str, set[str]] = {"visited": set(), "picked": set(), "right": set()}
        for name in state.happened:
            kind, _, rest = name.partition(" ")
            if kind in by:
                by[kind].add(rest)
        meters = {m["id"]: v for m, v in zip(self.scenario["meters"], state.meters, strict=True)}
        visited, picked, right = map(frozenset, by.values())
        found = self._facts[state] = Facts(meters, visited, picked, right, state.points)
        return found

    def steps_to(self, state: State) -> list[Step]:
        """Return the steps of a way that leads to a state."""
        steps: list[Step] = []
        while state in self.came:
            state, edge = self.came[state]
            steps.append(edge.step)
        return steps[::-1]

    def _explore(self) -> None:
        """Find all states; ``order`` ends up with every state after those it leads to.

        Edges back to a state on the way (loops) are taken out, so that what is left has no cycle.
        """
        open_states: set[State] = set()
        stack: list[tuple[State, Iterator[Edge]]] = []

        def enter(state: State) -> None:
            if len(self.edges) >= MAX_STATES:
                raise TooManyStates(f"more than {MAX_STATES} states; use fewer meters or loops")
            self.edges[state] = list(self._edges(state))
            open_states.add(state)
            stack.append((state, iter(list(self.edges[state]))))

        for start in self.starts:
            if start not in self.edges:
                enter(start)
            while stack:
                state, edges = stack[-1]
                edge = next(edges, None)
                if edge is None:
                    open_states.discard(state)
                    self.order.append(state)
                    stack.pop()
                elif edge.to in open_states:
                    self.edges[state].remove(edge)
                    self.returns.append((state, edge.to))
                    self.loops_back.add((state.node, edge.to.node))
                elif edge.to not in self.edges:
                    self.came[edge.to] = (state, edge)
                    enter(edge.to)

    def _edges(self, state: State) -> Iterator[Edge]:
        facts = self.facts(state)
        fresh = not self.in_chair and f"visited {state.node}" not in state.happened
        for step in self._steps(state.node):
            taken = take(self.scenario, state.node, step, facts)
            if taken is None:
                continue
            earned = taken.points.raw if fresh else 0
            then = taken.facts
            after = Facts(then.meters, then.visited, then.picked, then.right, state.points + earned)
            leads_to = follow(taken.goto, after)
            if leads_to is None:
                self.stuck.add(state.node)
                continue
            to = State(
                leads_to,
                tuple(after.meters.values()),
                self._happened(after, self.kept[leads_to])
                | frozenset(self.count(state, step) if self.count else ())
                | {name for name in state.happened if name.startswith("+")},
                after.points if "points" in self.kept[leads_to] else 0,
            )
            most = taken.points.max if fresh else 0
            low = 0 if "response" in step and not self._is_read(state.node) else earned
            before = Facts(facts.meters, then.visited, then.picked, then.right, state.points)
            yield Edge(step, to, earned, low, most, before, after)

    def _happened(self, facts: Facts, kept: set[str]) -> frozenset[str]:
        names = (
            *(f"visited {x}" for x in facts.visited),
            *(f"picked {x}" for x in facts.picked),
            *(f"right {x}" for x in facts.right),
        )
        return frozenset(name for name in names if name in kept)

    def _steps(self, node_id: str) -> list[Step]:
        """Return the steps to walk at a node; at an item whose answer is read, one of each kind."""
        node = self.nodes[node_id]
        if node["kind"] == "item" and self._is_read(node_id):
            item = node["item"]
            return [{"node": node_id, "response": x} for x in type_of(item).tries(item)]
        return steps_from(self.scenario, node_id)

    def _is_read(self, node_id: str) -> bool:
        own = (f"picked {node_id}.", f"right {node_id}")
        return any(name == own[1] or name.startswith(own[0]) for name in self.read)

    def leaving(self) -> set[State]:
        """Return the states from which an ending can be reached, loops included."""
        back: dict[State, list[State]] = {state: [] for state in self.order}
        for state, edges in self.edges.items():
            for edge in edges:
                back[edge.to].append(state)
        for state, to in self.returns:
            back[to].append(state)
        found: set[State] = set()
        todo = self.ends()
        while todo:
            here = todo.pop()
            if here not in found:
                found.add(here)
                todo.extend(back[here])
        return found

    def counts(self) -> dict[State, dict[str, int]]:
        """Return, for every state, how many paths lead from it to each ending."""
        found: dict[State, dict[str, int]] = {}
        for state in self.order:
            here = {state.node: 1} if self.nodes[state.node]["kind"] == "ending" else {}
            found[state] = summed([here, *(found[edge.to] for edge in self.edges[state])])
        return found

    def way(self, sign: int, endings: Collection[str] | None = None) -> Way | None:
        """Return the path that loses the fewest points (``sign`` 1) or the most (-1).

        Among equals: the most points on the way, then the better ending (for the worst path: the
        fewest points, the worse ending), then the fewer steps, then the order of the file. With
        ``endings``, only paths to these.
        """
        found: dict[State, tuple[tuple[float, ...], Edge | None]] = {}
        for state in self.order:
            node = self.nodes[state.node]
            best: tuple[tuple[float, ...], Edge | None] | None = None
            if node["kind"] == "ending" and (endings is None or state.node in endings):
                best = ((0, 0, sign * _KIND[node["ending"]["kind"]], 0), None)
            for edge in self.edges[state]:
                if edge.to not in found:
                    continue
                lost, earned, kind, steps = found[edge.to][0]
                raw = edge.raw if sign > 0 else edge.low
                value = (lost + sign * (edge.max - raw), earned - sign * raw, kind, steps + 1)
                if best is None or value < best[0]:
                    best = (value, edge)
            if best is not None:
                found[state] = best
        if self.start not in found:
            return None
        return self._way_of(found, sign)

    def _way_of(
        self, found: Mapping[State, tuple[tuple[float, ...], Edge | None]], sign: int
    ) -> Way:
        steps: list[Step] = []
        raw: float = 0
        most: float = 0
        state = self.start
        while (edge := found[state][1]) is not None:
            step = edge.step.copy()
            if sign < 0 and "response" in step and not self._is_read(state.node):
                step["response"] = None
            steps.append(step)
            raw += edge.raw if sign > 0 else edge.low
            most += edge.max
            state = edge.to
        return Way(steps, raw, most, state.node)
