"""Every path of a compiled scenario, and the words of a command line for one. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from collabcomm.engine.graph import own_nodes
from collabcomm.engine.items import type_of
from collabcomm.engine.path import Facts, Path, play
from collabcomm.engine.scoring import is_valid
from collabcomm.engine.types import Scenario, Step
from collabcomm.engine.walk import Walker, Way, steps_from, summed, walk_all, watched

MAX_SEARCH = 50_000


@dataclass
class Replay:
    """What all paths of a scenario have in common.

    ``paths`` counts the sequences of choices that reach an ending; where a scenario loops, a way
    back to a state already passed is not walked again and stands in ``loops``. ``stuck`` names
    nodes where no ``goto`` holds, ``trapped`` nodes from which no ending can be reached.
    ``worst_good`` is the way to a good ending that loses the most points, ``best_poor`` the one to
    a poor ending that loses the fewest; None where there is none. ``endings`` are the story's own,
    ``chairs`` count those of each chair by the start of it, over all ways of the story before.
    """

    paths: int = 0
    states: int = 0
    meters: dict[str, tuple[int, int]] = field(default_factory=dict)
    endings: dict[str, int] = field(default_factory=dict)
    chairs: dict[str, dict[str, int]] = field(default_factory=dict)
    reached: set[str] = field(default_factory=set)
    loops: set[tuple[str, str]] = field(default_factory=set)
    stuck: set[str] = field(default_factory=set)
    trapped: set[str] = field(default_factory=set)
    best: Way | None = None
    worst: Way | None = None
    worst_good: Way | None = None
    best_poor: Way | None = None

    def share(self, scenario: Scenario, kind: str) -> float:
        """Return the share of all paths that reach an ending of a kind; 0 without paths."""
        found = 0
        for node_id, n in self.endings.items():
            node = scenario["nodes"][node_id]
            found += n if node["kind"] == "ending" and node["ending"]["kind"] == kind else 0
        return found / self.paths if self.paths else 0.0


def best_way(scenario: Scenario) -> Way | None:
    """Return the way that loses the fewest points; None where none reaches an ending.

    Raises
    ------
    TooManyStates
        Beyond ``MAX_STATES`` different states.
    """
    return Walker(scenario).way(1)


def replay(scenario: Scenario, walkers: Sequence[Walker] | None = None) -> Replay:
    """Return what all paths of a scenario, and from its ends those of each chair, have in common.

    ``walkers`` are those of ``walk_all``, where it was walked already.

    Raises
    ------
    TooManyStates
        Beyond ``MAX_STATES`` different states.
    """
    walker, *seated = walkers or walk_all(scenario)
    result = Replay()
    result.states = len(walker.order)
    whole = walker.counts()[walker.start]
    result.paths = sum(whole.values())
    for chair, other in zip(scenario.get("chairs", []), seated, strict=True):
        known = other.counts()
        result.chairs[chair["start"]] = summed(known[start] for start in other.starts)
    for each in (walker, *seated):
        for state in each.order:
            result.reached.add(state.node)
            for meter, value in zip(scenario["meters"], state.meters, strict=True):
                low, high = result.meters.get(meter["id"], (value, value))
                result.meters[meter["id"]] = (min(low, value), max(high, value))
        result.trapped |= {state.node for state in set(each.order) - each.leaving()}
        result.loops |= each.loops_back
        result.stuck |= each.stuck
    own = own_nodes(scenario)
    kinds: dict[str, set[str]] = {}
    for node_id, node in scenario["nodes"].items():
        if node["kind"] == "ending" and node_id in own:
            result.endings[node_id] = whole.get(node_id, 0)
            kinds.setdefault(node["ending"]["kind"], set()).add(node_id)
    result.best, result.worst = walker.way(1), walker.way(-1)
    result.worst_good = walker.way(-1, kinds.get("good", set()))
    result.best_poor = walker.way(1, kinds.get("poor", set()))
    return result


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


def tokens_of(scenario: Scenario, steps: Iterable[Step]) -> list[str]:
    """Return steps as the tokens that ``read_choices`` takes."""
    tokens: list[str] = []
    for step in steps:
        node = scenario["nodes"][step["node"]]
        if node["kind"] == "decision":
            tokens.append(step["choice"])
        elif node["kind"] == "item":
            tokens.append(type_of(node["item"]).to_token(step["response"]))
    return tokens


def shortest_way(scenario: Scenario, node_id: str) -> list[Step] | None:
    """Return the fewest steps that lead to a node, conditions read; None where none do."""
    if node_id not in scenario["nodes"]:
        return None
    todo: list[list[Step]] = [[]]
    seen: set[tuple[object, ...]] = set()
    read = watched(scenario)[""]
    for steps in todo:
        path = play(scenario, steps)
        here = _key(path.at, path.facts[-1], read)
        if path.at == node_id:
            return steps
        if here in seen or len(todo) > MAX_SEARCH:
            continue
        seen.add(here)
        todo.extend([*steps, step] for step in steps_from(scenario, path.at))
    return None


def _key(node_id: str, facts: Facts, read: Collection[str]) -> tuple[object, ...]:
    """Return what tells two places on ways apart: the node, and the facts that are read."""
    return (
        node_id,
        tuple(facts.meters.values()),
        frozenset(x for x in facts.visited if f"visited {x}" in read),
        frozenset(x for x in facts.picked if f"picked {x}" in read),
        frozenset(x for x in facts.right if f"right {x}" in read),
        facts.points if "points" in read else 0,
    )
