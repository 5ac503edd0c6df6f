"""An attempt as its learner may see it: nothing of its key or score before that may be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from collabcomm.course.compiler import without_key
from collabcomm.engine.attempt import (
    Attempt,
    Response,
    Told,
    item_result,
    latest,
    quiz_result,
    scenario_result,
    told,
)
from collabcomm.engine.people import Cohort, now
from collabcomm.engine.types import Content, Item
from collabcomm.service.bodies import Answer, attempt_answer
from collabcomm.service.contents import Contents


def told_of(contents: Contents, attempt: Attempt, cohort: Cohort) -> Told:
    """Return what a learner may be told of their attempt now."""
    content = contents.version(attempt.version)
    return told(content, cohort, attempt.submitted is not None, now())


def as_told(contents: Contents, attempt: Attempt, cohort: Cohort) -> Attempt:
    """Return an attempt as its learner may see it: without its score where that is not told."""
    if told_of(contents, attempt, cohort).score:
        return attempt
    return replace(attempt, raw=None, max=None, passed=None, pass_mark=None)


def whole_answer(
    contents: Contents, attempt: Attempt, cohort: Cohort, sent: Sequence[Response]
) -> Answer:
    """Return an attempt: its questions without the key, or its result once submitted.

    ``sent`` are all responses to it. Those that were checked come with key and feedback.
    """
    content = contents.of_attempt(attempt)
    may_tell = told_of(contents, attempt, cohort)
    given = latest(sent)
    checked: list[Item] = []
    result = None
    if attempt.submitted:
        result = _result(attempt, content, given, may_tell)
    elif may_tell.key and content["kind"] == "quiz":
        final = {response.item for response in sent if response.final}
        items = (item for item in content["items"] if item["id"] in final)
        checked = [item_result(item, given[item["id"]]) for item in items]
    return {
        **attempt_answer(as_told(contents, attempt, cohort)),
        "quiz": without_key(content) if content["kind"] == "quiz" else None,
        "responses": given,
        "checked": checked,
        "result": result,
    }


def _result(
    attempt: Attempt, content: Content, given: dict[str, Any], may_tell: Told
) -> Answer | None:
    """Return the result of a submitted attempt, as far as its learner may see it.

    ``raw``, ``max``, ``percent`` and ``passed`` are null where the score is not told, ``items``
    is empty where the key is not.
    """
    if content["kind"] == "scenario":
        played = scenario_result(content, attempt.steps)
        return {**played} if played else None
    result: Answer = {**quiz_result(content, given, attempt.pass_mark), "shown": may_tell.key}
    if not may_tell.key:
        result["items"] = []
    if not may_tell.score:
        result.update(dict.fromkeys(("raw", "max", "percent", "passed", "pass_mark")))
    return result
