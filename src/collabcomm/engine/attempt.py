"""What learners do: attempts they make, responses they give, results they get. Values only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from collabcomm.engine.items import type_of
from collabcomm.engine.path import play
from collabcomm.engine.people import Cohort
from collabcomm.engine.scoring import item_points, passed, score_quiz
from collabcomm.engine.types import Content, Given, Item, Marks, Quiz, Result, Scenario, Step


@dataclass(frozen=True)
class Attempt:
    """One go at a graded quiz or one play of a scenario.

    ``items`` are the drawn items in order, ``version`` is that of the content it was started on,
    ``raw`` of ``max`` the score once it is submitted, ``passed`` None where nothing can be passed.
    ``steps`` are a scenario's. ``scored_by`` is ``service`` for work that the service took itself,
    ``import`` for what came in a learner's own record and was scored again here.
    """

    id: str
    learner: str
    activity: str
    kind: str
    version: str
    started: datetime
    items: tuple[str, ...] = ()
    submitted: datetime | None = None
    raw: float | None = None
    max: float | None = None
    passed: bool | None = None
    pass_mark: float | None = None
    scored_by: str = "service"
    steps: tuple[Step, ...] = ()

    @property
    def percent(self) -> float | None:
        """The score in percent, rounded to one place; None while there is none."""
        if self.raw is None or not self.max:
            return None
        return round(100 * self.raw / self.max, 1)


@dataclass(frozen=True)
class Response:
    """What a learner gave to an item. Of several the one with the highest ``seq`` counts.

    ``id`` and ``seq`` come from the player, so that sending again is harmless; ``at`` is the
    player's clock, which may be wrong and decides nothing, ``received`` the service's. A ``final``
    response has been checked: its feedback was shown, so nothing may follow it.
    """

    id: str
    attempt: str
    item: str
    seq: int
    response: Any
    at: str
    received: datetime
    final: bool = False


def fits(item: Item, response: object) -> bool:
    """Tell whether a response has the shape that its item's type takes; None clears it."""
    return response is None or type_of(item).fits(response)


def clean_steps(scenario: Scenario, steps: Sequence[Any]) -> list[Step] | None:
    """Return steps with nothing in them but what they mean, None where one has another shape."""
    kept: list[Step] = []
    for step in steps:
        node_id = step.get("node") if isinstance(step, Mapping) else None
        node = scenario["nodes"].get(node_id) if isinstance(node_id, str) else None
        if node is None or not isinstance(step.get("choice", ""), str):
            return None
        if "response" in step and (
            node["kind"] != "item" or not fits(node["item"], step["response"])
        ):
            return None
        known = ("node", "choice", "response")
        kept.append(cast("Step", {key: step[key] for key in known if key in step}))
    return kept


def latest(responses: Sequence[Response]) -> dict[str, Any]:
    """Return the response that counts for each item: a final one, else the one of highest ``seq``,
    else the last received.
    """
    counted = sorted(responses, key=lambda r: (r.final, r.seq, r.received, r.id))
    return {r.item: r.response for r in counted}


@dataclass(frozen=True)
class Told:
    """What a learner may be told of an attempt: its score, and key and feedback of its items.

    While an attempt is open ``key`` holds for items whose answer is final, after it for all.
    """

    score: bool
    key: bool


def told(content: Content, cohort: Cohort, submitted: bool, now: datetime) -> Told:
    """Return what a learner may be told of an attempt at a quiz or scenario.

    A questionnaire comes again after the course, so nothing of it is told; the page of a scenario
    holds all of it anyway. No answer to a learner holds a key or a score but by this function.
    """
    if content["kind"] == "scenario":
        return Told(score=submitted, key=submitted)
    if content["purpose"] == "questionnaire":
        return Told(score=False, key=False)
    if not submitted:
        return Told(score=False, key=cohort.feedback == "at-once")
    return Told(score=True, key=cohort.feedback != "after-closing" or cohort.is_closed(now))


def item_result(item: Item, response: Given) -> Item:
    """Return an item with its key and feedback, the response to it, and the marks."""
    points = item_points(item, response)
    score: Marks = {"raw": points.raw, "max": points.max}
    return {**item, "response": response, "score": score}


def quiz_result(quiz: Quiz, responses: Mapping[str, Given], pass_mark: float | None) -> Result:
    """Return the official result of a quiz: its score, and each item with its key and feedback.

    It is the assessor's; what of it a learner may see, ``told`` says.
    """
    whole = score_quiz(quiz, responses)
    return {
        "raw": whole.raw,
        "max": whole.max,
        "percent": round(whole.percent, 1),
        "passed": passed(whole, pass_mark) if pass_mark is not None else None,
        "pass_mark": pass_mark,
        "scored_by": "service",
        "items": [item_result(item, responses.get(item["id"])) for item in quiz["items"]],
    }


def scenario_result(scenario: Scenario, steps: Sequence[Step]) -> Result | None:
    """Return the official result of a scenario, None where the steps do not reach an ending."""
    path = play(scenario, steps)
    if path.ending is None or path.used != len(steps):
        return None
    return {
        "raw": path.raw,
        "max": path.max,
        "percent": round(100 * path.raw / path.max, 1) if path.max else 0.0,
        "passed": None,
        "pass_mark": None,
        "scored_by": "service",
        "ending": path.ending,
        "items": [],
    }
