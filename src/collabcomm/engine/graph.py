"""The graph of a scenario: which node can lead to which. Pure; conditions are not read.

``Onward`` names for every node those that it can lead to, in the order of the file, each once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from collabcomm.engine.types import Goto, Node, Scenario

Onward = Mapping[str, Iterable[str]]


def gotos(node: Node) -> list[Goto]:
    """Return every onward entry of a node, those of its choices included."""
    if node["kind"] == "decision":
        return [goto for choice in node["choices"] for goto in choice["goto"]]
    return [] if node["kind"] == "ending" else node["goto"]


def onward(scenario: Scenario) -> dict[str, list[str]]:
    """Return the graph of a scenario."""
    return {
        node_id: list(dict.fromkeys(goto["node"] for goto in gotos(node)))
        for node_id, node in scenario["nodes"].items()
    }


def backward(graph: Onward) -> dict[str, list[str]]:
    """Return a graph with all its edges turned round."""
    turned: dict[str, list[str]] = {node: [] for node in graph}
    for node, targets in graph.items():
        for target in targets:
            turned[target].append(node)
    return turned


def reach(graph: Onward, starts: Iterable[str]) -> set[str]:
    """Return the nodes that some nodes lead to in any number of steps, these included."""
    found: set[str] = set()
    todo = list(starts)
    while todo:
        here = todo.pop()
        if here not in found:
            found.add(here)
            todo.extend(graph.get(here, ()))
    return found


def own_nodes(scenario: Scenario) -> set[str]:
    """Return the nodes of the story itself, without those that only a chair reaches."""
    graph = onward(scenario)
    seated = reach(graph, [chair["start"] for chair in scenario.get("chairs", [])])
    return set(graph) - (seated - reach(graph, [scenario["start"]]))


def on_loops(graph: Onward) -> set[str]:
    """Return the nodes from which a way leads back to themselves."""
    return {node for node, targets in graph.items() if node in reach(graph, targets)}


def distances(graph: Onward, start: str) -> dict[str, int]:
    """Return the fewest steps from the start to each node; what nothing leads to comes last."""
    found = {start: 0}
    for node in (queue := [start]):
        for target in graph[node]:
            if target not in found:
                found[target] = found[node] + 1
                queue.append(target)
    last = max(found.values()) + 1
    return {node: found.get(node, last) for node in graph}
