"""Every path of a compiled scenario, found by walking its states. Pure.

A state is a node, the meters there and the visited nodes that still matter (those that a condition
reads, and those on a loop, which earn points once only). Equal states are merged, so that the work
grows with the number of states and not with the number of paths.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from collabcomm.engine.graph import gotos, on_loops, onward
from collabcomm.engine.items import type_of
from collabcomm.engine.scoring import Path, follow, is_valid, move, play
from collabcomm.engine.types import (
    MAX_SUPPORT,
    Given,
    Goto,
    Item,
    Meters,
    Node,
    Scenario,
    Step,
    is_visit,
)
from collabcomm.errors import Invalid

MAX_STATES = 200_000
MAX_SEARCH = 50_000
_KIND = {"good": 0, "mixed": 1, "poor": 2}
State = tuple[str, tuple[int, ...], frozenset[str]]


class TooManyStates(Invalid):
    """A scenario whose states are too many to walk."""


@dataclass(frozen=True)
class Way:
    """One path to an ending: its steps, points earned of points on it, and the ending."""

    steps: list[Step]
    raw: float
    max: float
    ending: str


@dataclass
class Replay:
    """What all paths of a scenario have in common.

    ``paths`` counts the sequences of choices that reach an ending; where a scenario loops, a way
    back to a state already passed is not walked again and stands in ``loops``. ``stuck`` names
    nodes where no ``goto`` holds, ``trapped`` nodes from which no ending can be reached.
    """

    paths: int = 0
    states: int = 0
    meters: dict[str, tuple[int, int]] = field(default_factory=dict)
    endings: dict[str, int] = field(default_factory=dict)
    reached: set[str] = field(default_factory=set)
    loops: set[tuple[str, str]] = field(default_factory=set)
    stuck: set[str] = field(default_factory=set)
    trapped: set[str] = field(default_factory=set)
    best: Way | None = None
    worst: Way | None = None


@dataclass(frozen=True)
class _Edge:
    """A step from one state to another; ``raw`` and ``low`` are its best and worst points."""

    step: Step
    to: State
    raw: float
    low: float
    max: float


def replay(scenario: Scenario) -> Replay:
    """Walk every path of a scenario.

    Raises
    ------
    TooManyStates
        Beyond ``MAX_STATES`` different states.
    """
    walker = _Walker(scenario)
    result = walker.result
    for state in walker.order:
        result.reached.add(state[0])
        for meter, value in zip(scenario["meters"], state[1], strict=True):
            low, high = result.meters.get(meter["id"], (value, value))
            result.meters[meter["id"]] = (min(low, value), max(high, value))
    result.states = len(walker.order)
    start = walker.start
    counts = walker.counts()
    result.paths = sum(counts[start].values())
    result.trapped = {state[0] for state in set(walker.order) - walker.leaving()}
    result.endings = {
        node: counts[start].get(node, 0)
        for node, data in scenario["nodes"].items()
        if data["kind"] == "ending"
    }
    result.best, result.worst = walker.way(1), walker.way(-1)
    return result


def best_response(item: Item) -> Given:
    """Return a response to a compiled item that earns its full marks; None where none is scored."""
    return type_of(item).best(item)


def passing_response(item: Item) -> Given:
    """Return a response by which a story goes on: the best one, or any to an unscored item."""
    return type_of(item).passing(item)


def read_choices(scenario: Scenario, tokens: Sequence[str]) -> tuple[list[Step], Path]:
    """Turn short tokens into steps and walk them; passages are passed without a token.

    A token is a choice's id; at an item it is the response: an option's id, ``a+b`` for several,
    ``a>b>c`` for an order, ``p:a+q:b`` for pairs, or the text itself.

    Raises
    ------
    ValueError
        With the node and what could have been chosen there, where a token does not fit.
    """
    steps: list[Step] = []
    left = list(tokens)
    while True:
        path = play(scenario, steps)
        node = scenario["nodes"][path.at]
        if node["kind"] == "ending":
            if left:
                raise ValueError(f"the ending '{path.at}' is reached, but '{left[0]}' is left over")
            return steps, path
        if node["kind"] == "passage":
            steps.append({"node": path.at})
        elif not left:
            return steps, path
        elif node["kind"] == "item":
            steps.append(
                {"node": path.at, "response": type_of(node["item"]).from_token(left.pop(0))}
            )
        else:
            known = [c["id"] for c in node["choices"]]
            if left[0] not in known:
                raise ValueError(
                    f"node '{path.at}' has no choice '{left[0]}'; it has {', '.join(known)}"
                )
            steps.append({"node": path.at, "choice": left.pop(0)})
        if play(scenario, steps).used < len(steps):
            raise ValueError(
                f"node '{path.at}': that is no complete response to its item"
                if node["kind"] == "item" and not is_valid(node["item"], steps[-1]["response"])
                else f"node '{path.at}' leads nowhere from here: no goto holds"
            )


def shortest_way(scenario: Scenario, node_id: str) -> list[Step] | None:
    """Return the fewest steps that lead to a node, conditions read; None where none do."""
    if node_id not in scenario["nodes"]:
        return None
    todo: list[list[Step]] = [[]]
    seen: set[tuple[str, tuple[int, ...]]] = set()
    for steps in todo:
        path = play(scenario, steps)
        here = (path.at, tuple(path.meters[-1].values()))
        if path.at == node_id:
            return steps
        if here in seen or len(todo) > MAX_SEARCH:
            continue
        seen.add(here)
        todo.extend([*steps, step] for step in steps_from(scenario, path.at))
    return None


def steps_from(scenario: Scenario, node_id: str) -> list[Step]:
    """Return every step that can be made at a node; at an item the one that passes it."""
    node = scenario["nodes"][node_id]
    if node["kind"] == "decision":
        return [{"node": node_id, "choice": choice["id"]} for choice in node["choices"]]
    if node["kind"] == "item":
        return [{"node": node_id, "response": passing_response(node["item"])}]
    return [{"node": node_id}] if node["kind"] == "passage" else []


class _Walker:
    """The states of a scenario, and the edges between them, found breadth first."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.result = Replay()
        self.nodes: Mapping[str, Node] = scenario["nodes"]
        self.watched = _read_by_conditions(scenario) | on_loops(onward(scenario))
        values = tuple(m["start"] for m in scenario["meters"])
        self.start: State = (scenario["start"], values, frozenset())
        self.edges: dict[State, list[_Edge]] = {}
        self.order: list[State] = []
        self.returns: list[tuple[State, State]] = []
        self._explore()

    def _explore(self) -> None:
        """Find all states; ``order`` ends up with every state after those it leads to.

        Edges back to a state on the way (loops) are taken out, so that what is left has no cycle.
        """
        open_states: set[State] = set()
        stack: list[tuple[State, Iterator[_Edge]]] = []

        def enter(state: State) -> None:
            if len(self.edges) >= MAX_STATES:
                raise TooManyStates(f"more than {MAX_STATES} states; use fewer meters or loops")
            self.edges[state] = list(self._edges(state))
            open_states.add(state)
            stack.append((state, iter(list(self.edges[state]))))

        enter(self.start)
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
                self.result.loops.add((state[0], edge.to[0]))
            elif edge.to not in self.edges:
                enter(edge.to)

    def _edges(self, state: State) -> Iterator[_Edge]:
        name, values, seen = state
        node = self.nodes[name]
        if node["kind"] == "ending":
            return
        meters = {m["id"]: v for m, v in zip(self.scenario["meters"], values, strict=True)}
        visited = seen | ({name} & self.watched)
        fresh = name not in seen
        options: list[tuple[Step, Meters, list[Goto], float, float, float]]
        if node["kind"] == "decision":
            options = [
                (
                    {"node": name, "choice": c["id"]},
                    c["effects"],
                    c["goto"],
                    c["points"],
                    c["points"],
                    MAX_SUPPORT,
                )
                for c in node["choices"]
            ]
        elif node["kind"] == "item":
            worth = node["item"]["points"] if node["item"]["max"] else 0
            passing: Step = {"node": name, "response": passing_response(node["item"])}
            options = [(passing, {}, node["goto"], worth, 0, worth)]
        else:
            options = [({"node": name}, {}, node["goto"], 0, 0, 0)]
        for step, effects, goto, raw, low, most in options:
            moved = move(self.scenario, meters, effects)
            leads_to = follow(goto, moved, [*visited, name])
            if leads_to is None:
                self.result.stuck.add(name)
                continue
            to = (leads_to, tuple(moved.values()), visited)
            yield _Edge(step, to, *((raw, low, most) if fresh else (0, 0, 0)))

    def leaving(self) -> set[State]:
        """Return the states from which an ending can be reached, loops included."""
        back: dict[State, list[State]] = {state: [] for state in self.order}
        for state, edges in self.edges.items():
            for edge in edges:
                back[edge.to].append(state)
        for state, to in self.returns:
            back[to].append(state)
        found: set[State] = set()
        todo = [s for s in self.order if self.nodes[s[0]]["kind"] == "ending"]
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
            here: dict[str, int] = {}
            if self.nodes[state[0]]["kind"] == "ending":
                here[state[0]] = 1
            for edge in self.edges[state]:
                for ending, n in found[edge.to].items():
                    here[ending] = here.get(ending, 0) + n
            found[state] = here
        return found

    def way(self, sign: int) -> Way | None:
        """Return the path that loses the fewest points (``sign`` 1) or the most (-1).

        Among equals: the most points on the way, then the better ending (for the worst path: the
        fewest points, the worse ending), then the fewer steps, then the order of the file.
        """
        found: dict[State, tuple[tuple[float, ...], _Edge | None]] = {}
        for state in self.order:
            node = self.nodes[state[0]]
            best: tuple[tuple[float, ...], _Edge | None] | None = None
            if node["kind"] == "ending":
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
        steps_: list[Step] = []
        raw_: float = 0
        max_: float = 0
        state = self.start
        while (edge_ := found[state][1]) is not None:
            step = edge_.step.copy()
            if sign < 0 and "response" in step:
                step["response"] = None
            steps_.append(step)
            raw_ += edge_.raw if sign > 0 else edge_.low
            max_ += edge_.max
            state = edge_.to
        return Way(steps_, raw_, max_, state[0])


def _read_by_conditions(scenario: Scenario) -> set[str]:
    return {
        test["visited"]
        for node in scenario["nodes"].values()
        for goto in gotos(node)
        for test in goto["when"]
        if is_visit(test)
    }
