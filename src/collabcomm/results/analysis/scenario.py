"""What the plays of one version of a scenario did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

from collabcomm.engine.path import Path, play, skills_of
from collabcomm.engine.scoring import Score
from collabcomm.engine.types import MAX_SUPPORT, Decision, Node, Scenario, Step
from collabcomm.results.analysis.cautions import FEW, rough_guess
from collabcomm.texts import counted


@dataclass(frozen=True)
class PathCount:
    """Choices in order, where they ended (None if they did not), and how many plays took them."""

    choices: list[str]
    ending: str | None
    count: int


@dataclass(frozen=True)
class DecisionStatistics:
    """What was chosen at one decision.

    ``reached`` counts arrivals, so a loop can bring one play here twice; ``choices`` what was
    chosen there; the difference stopped here. ``share_well`` is the share of choices that are well
    supported, contested ones included, None where nothing was chosen.
    """

    node: str
    reached: int
    choices: dict[str, int]
    share_well: float | None


@dataclass(frozen=True)
class MeterStatistics:
    """Where a meter stood at the end: its mean and range, and how many plays by value."""

    mean: float | None
    min: int | None
    max: int | None
    counts: dict[int, int]


@dataclass(frozen=True)
class SkillStatistics:
    """What choices added up to in a skill: the mean of the plays that it was asked of.

    ``of`` is the mean of the most that their decisions offered; both are None without plays.
    """

    plays: int
    mean: float | None
    of: float | None


@dataclass(frozen=True)
class ScenarioAnalysis:
    """What the plays of a scenario did.

    ``transitions`` are (node, next node, how often), for a picture of the flow. ``endings``,
    ``meters``, ``skills`` and ``mean_percent`` are of the finished plays.
    """

    plays: int
    finished: int
    paths: list[PathCount]
    decisions: list[DecisionStatistics]
    transitions: list[tuple[str, str, int]]
    endings: dict[str, int]
    meters: dict[str, MeterStatistics]
    skills: dict[str, SkillStatistics]
    mean_percent: float | None
    warnings: list[str]

    def as_json(self) -> dict[str, Any]:
        """Return everything as plain dicts and lists; the keys are the fields' names."""
        return asdict(self)


def scenario_analysis(scenario: Scenario, plays: Sequence[Sequence[Step]]) -> ScenarioAnalysis:
    """Return what the plays of one version of a compiled scenario did.

    Each play is walked by ``scoring.play``, so steps that do not fit end it there; it then counts
    as not finished. Paths are the most common first, ties by their choices. Without plays all
    counts are 0, shares and means None.
    """
    walked = [play(scenario, steps) for steps in plays]
    done = [path for path in walked if path.ending is not None]
    nodes: Mapping[str, Node] = scenario["nodes"]
    taken = Counter(
        (tuple(choice for choice in path.choices if choice is not None), path.ending)
        for path in walked
    )
    reached = Counter(node_id for path in walked for node_id in path.nodes)
    # `nodes` is one longer than `choices`: the last node has not been left.
    chosen = Counter(
        step for path in walked for step in zip(path.nodes, path.choices, strict=False)
    )
    moves = Counter(step for path in walked for step in pairwise(path.nodes))
    place = {node_id: n for n, node_id in enumerate(nodes)}
    percents = [Score(path.raw, path.max).percent for path in done]
    return ScenarioAnalysis(
        plays=len(walked),
        finished=len(done),
        paths=[
            PathCount(list(choices), ending, count)
            for (choices, ending), count in sorted(
                taken.items(), key=lambda item: (-item[1], item[0][0], item[0][1] or "")
            )
        ],
        decisions=[
            _decision(node_id, node, reached[node_id], chosen)
            for node_id, node in nodes.items()
            if node["kind"] == "decision"
        ],
        transitions=[
            (*move, moves[move]) for move in sorted(moves, key=lambda m: (place[m[0]], place[m[1]]))
        ],
        endings={
            node_id: sum(path.ending == node_id for path in done)
            for node_id, node in nodes.items()
            if node["kind"] == "ending"
        },
        meters={
            m["id"]: _meter([path.meters[-1][m["id"]] for path in done]) for m in scenario["meters"]
        },
        skills=_skills(scenario, done),
        mean_percent=sum(percents) / len(percents) if percents else None,
        warnings=_play_warnings(len(walked), len(done)),
    )


def _decision(
    node_id: str, node: Decision, reached: int, chosen: Counter[tuple[str, str | None]]
) -> DecisionStatistics:
    counts = {choice["id"]: chosen[node_id, choice["id"]] for choice in node["choices"]}
    well = sum(counts[c["id"]] for c in node["choices"] if c["points"] == MAX_SUPPORT)
    whole = sum(counts.values())
    return DecisionStatistics(node_id, reached, counts, well / whole if whole else None)


def _meter(values: Sequence[int]) -> MeterStatistics:
    if not values:
        return MeterStatistics(None, None, None, {})
    counts = dict(sorted(Counter(values).items()))
    return MeterStatistics(sum(values) / len(values), min(values), max(values), counts)


def _skills(scenario: Scenario, done: Sequence[Path]) -> dict[str, SkillStatistics]:
    found: dict[str, list[tuple[int, int]]] = {s["id"]: [] for s in scenario.get("skills", [])}
    for path in done:
        for skill, values in skills_of(scenario, path).items():
            found.setdefault(skill, []).append(values)
    return {skill: _skill(values) for skill, values in found.items()}


def _skill(values: Sequence[tuple[int, int]]) -> SkillStatistics:
    n = len(values)
    if not n:
        return SkillStatistics(0, None, None)
    return SkillStatistics(n, sum(had for had, _ in values) / n, sum(of for _, of in values) / n)


def _play_warnings(plays: int, finished: int) -> list[str]:
    if not plays:
        return ["Nobody has played: there is nothing to analyse."]
    warnings = []
    if plays < FEW:
        warnings.append(rough_guess(counted(plays, "play"), intervals=False))
    if finished < plays:
        warnings.append(
            f"{plays - finished:,} of {plays:,} plays did not reach an ending; endings, meters and "
            "percent leave them out."
        )
    return warnings
