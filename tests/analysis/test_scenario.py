"""Plays of a scenario."""

from __future__ import annotations

import json
from fractions import Fraction as F

from analysed import SCENARIOS, close

from collabcomm.results.analysis.scenario import scenario_analysis


def steps(*pairs):
    return [{"node": node, "choice": choice} for node, choice in pairs]


def test_a_scenario():
    found = scenario_analysis(
        SCENARIOS["door"],
        [
            [*steps(("door", "ask")), {"node": "inside"}],  # trust 3, 2 of 2
            [*steps(("door", "ask")), {"node": "inside"}],
            steps(("door", "wait"), ("step", "leave")),  # trust 2, then 1; 1 of 4
            steps(("door", "warn"), ("step", "again"), ("door", "wait")),  # not at an end
            [],
        ],
    )
    assert (found.plays, found.finished) == (5, 3)
    assert [(p.choices, p.ending, p.count) for p in found.paths] == [
        (["ask"], "good", 2),
        ([], None, 1),
        (["wait", "leave"], "out", 1),
        (["warn", "again", "wait"], None, 1),
    ]
    door, step = found.decisions
    # The fourth play comes to the door and to the step twice.
    assert (door.node, door.reached, door.choices) == ("door", 6, {"ask": 2, "wait": 2, "warn": 1})
    assert door.share_well == close(F(2, 5))
    assert (step.reached, step.choices, step.share_well) == (3, {"again": 1, "leave": 1}, 0)
    assert found.transitions == [
        ("door", "step", 3),
        ("door", "inside", 2),
        ("step", "door", 1),
        ("step", "out", 1),
        ("inside", "good", 2),
    ]
    assert found.endings == {"good": 2, "out": 1}
    trust = found.meters["trust"]
    assert (trust.mean, trust.min, trust.max) == (close(F(7, 3)), 1, 3)
    assert trust.counts == {1: 1, 3: 2}
    assert found.mean_percent == close(F(225, 3))
    assert found.warnings == [
        "Only 5 plays: treat every figure below as a rough guess.",
        "2 of 5 plays did not reach an ending; endings, meters and percent leave them out.",
    ]
    json.dumps(found.as_json(), allow_nan=False)


def test_a_scenario_nobody_played():
    found = scenario_analysis(SCENARIOS["door"], [])
    assert (found.plays, found.paths, found.mean_percent) == (0, [], None)
    assert found.decisions[0].share_well is found.meters["trust"].mean is None
    assert found.warnings == ["Nobody has played: there is nothing to analyse."]
