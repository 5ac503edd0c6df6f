"""A learner's work: attempts at quizzes and scenarios, and the answers given in them."""

# No `from __future__ import annotations` here: FastAPI reads the annotations of what is wrapped.

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any, NoReturn, cast
from uuid import UUID

from fastapi import APIRouter, Body, Query, Request
from fastapi.responses import JSONResponse

from collabcomm.course.deliver import QuizDelivery
from collabcomm.course.draw import draw
from collabcomm.engine.attempt import (
    Attempt,
    Response,
    clean_steps,
    fits,
    item_result,
    latest,
    quiz_result,
    scenario_result,
)
from collabcomm.engine.people import Cohort, now
from collabcomm.engine.types import Quiz, Result, Scenario
from collabcomm.errors import Closed, Conflict, Forbidden, Invalid, NotFound
from collabcomm.http import API, brief
from collabcomm.service.answers import as_told, told_of, whole_answer
from collabcomm.service.bodies import (
    ActivityKind,
    Answer,
    ResponseBody,
    StartBody,
    SubmitBody,
    attempt_answer,
)
from collabcomm.service.contents import contents_of
from collabcomm.service.identity import COOKIE, Member, joined, membership, store_of
from collabcomm.store.attempts import Refusal

HELD = 20_000  # attempts that are held in memory, to spare each answer a look into the database
NOT_TAKEN: dict[Refusal, str] = {
    "other-content": "This response's id came with other content before.",
    "after-checking": "This answer was checked; it can no longer change.",
    "after-submission": "This attempt is submitted; its answers can no longer change.",
}
ActivityId = Annotated[str, Query(max_length=80, pattern="^[a-z0-9-]+$")]
Scoring = Callable[[list[Response]], Attempt]
router = APIRouter(prefix=API)

# Whole attempts are sent as they are: FastAPI's own walk over them takes longer than the rest.


@router.get("/attempts")
@brief
def attempts(
    request: Request, member: Member, activity: ActivityId, kind: ActivityKind = "quiz"
) -> Answer:
    """Return the learner's attempts at an activity, and how many are left."""
    learner, cohort = member
    contents = contents_of(request)
    mine = store_of(request).attempts.of_learner(learner.id, activity, kind)
    quiz = contents.quiz(activity) if kind == "quiz" else None
    limit = attempts_allowed(quiz, cohort) if quiz else None
    left = max(limit - len(mine), 0) if limit is not None else None
    shown = [attempt_answer(as_told(contents, attempt, cohort)) for attempt in mine]
    return {"attempts": shown, "left": left}


@router.put("/attempts/{attempt_id}")
@brief
def start(attempt_id: UUID, body: StartBody, request: Request, member: Member) -> JSONResponse:
    """Start an attempt under an id that the player made; the same again returns the same."""
    learner, cohort = member
    store, contents = store_of(request), contents_of(request)
    activity = contents.activity(body.kind, body.activity)
    quiz = contents.quiz(body.activity) if body.kind == "quiz" else None
    fresh = Attempt(
        id=str(attempt_id),
        learner=learner.id,
        activity=body.activity,
        kind=body.kind,
        version=activity["content"]["version"],
        started=now(),
        items=tuple(draw(quiz, str(attempt_id))) if quiz else (),
    )
    limit = attempts_allowed(quiz, cohort) if quiz else None
    attempt, new = store.attempts.start(
        fresh, limit, lambda: check_open(cohort, activity["module"])
    )
    sent = [] if new else store.attempts.responses(attempt.id)
    return JSONResponse(whole_answer(contents, attempt, cohort, sent), 201 if new else 200)


@router.get("/attempts/{attempt_id}")
@brief
def get_attempt(attempt_id: UUID, request: Request, member: Member) -> JSONResponse:
    """Return an attempt: its questions without the key, or its result once submitted."""
    learner, cohort = member
    store = store_of(request)
    attempt = store.attempts.get(str(attempt_id), learner.id)
    sent = store.attempts.responses(attempt.id)
    return JSONResponse(whole_answer(contents_of(request), attempt, cohort, sent))


@router.put("/attempts/{attempt_id}/responses/{item_id}")
@brief
def respond(attempt_id: UUID, item_id: str, body: ResponseBody, request: Request) -> Answer:
    """Keep a response; acknowledged means that it is on disk."""
    attempt = begun(request, str(attempt_id))
    item = contents_of(request).item(attempt, item_id)
    if item is None:
        raise NotFound("This attempt has no such item.")
    if not fits(item, body.response):
        raise Invalid(f"A response to a {item['type']} item has another shape.")
    response = Response(
        *(str(body.id), attempt.id, item_id, body.seq, body.response, body.at, now())
    )
    final = body.final and "weights" in item and is_told_at_once(request, attempt)
    secret = request.cookies.get(COOKIE, "")
    refusal = store_of(request).attempts.keep(secret, replace(response, final=final))
    if refusal is not None:
        refuse(refusal, request)
    return {"saved": True, "checked": item_result(item, body.response) if final else None}


def is_told_at_once(request: Request, attempt: Attempt) -> bool:
    """Tell whether a learner is shown the key of an item as soon as their answer is final."""
    _, cohort = membership(request)
    return told_of(contents_of(request), attempt, cohort).key


def refuse(refusal: Refusal, request: Request) -> NoReturn:
    """Say why an answer is not taken."""
    _, cohort = membership(request)
    if refusal == "after-closing":
        check_open(cohort)
    if refusal in NOT_TAKEN:
        raise Conflict(f"{NOT_TAKEN[refusal]} What you sent is kept for the assessor to see.")
    raise NotFound("There is no such attempt.")


@router.post("/attempts/{attempt_id}/submit")
@brief
def submit(
    attempt_id: UUID, request: Request, member: Member, body: Annotated[SubmitBody, Body()]
) -> JSONResponse:
    """Close an attempt and score it here; again returns the same result."""
    learner, cohort = member
    store, contents = store_of(request), contents_of(request)
    attempt = store.attempts.get(str(attempt_id), learner.id)
    if attempt.submitted is None:
        check_open(cohort)
        content = contents.of_attempt(attempt)
        if content["kind"] == "quiz":
            scoring = quiz_scoring(content, attempt, cohort)
        else:
            scoring = scenario_scoring(content, attempt, body.steps or [])
        attempt = store.attempts.submit(attempt, scoring)
    sent = store.attempts.responses(attempt.id)
    return JSONResponse(whole_answer(contents, attempt, cohort, sent))


def quiz_scoring(quiz: Quiz, attempt: Attempt, cohort: Cohort) -> Scoring:
    """Return what closes an attempt at a quiz with the score of its responses."""
    mark = quiz["pass_mark"]
    if mark is not None and cohort.pass_mark is not None:
        mark = cohort.pass_mark

    def score(responses: list[Response]) -> Attempt:
        return closed(attempt, quiz_result(quiz, latest(responses), mark))

    return score


def scenario_scoring(scenario: Scenario, attempt: Attempt, sent: list[dict[str, Any]]) -> Scoring:
    """Return what closes a play of a scenario; raise Invalid where the steps reach no ending."""
    steps = clean_steps(scenario, sent) or []
    result = scenario_result(scenario, steps)
    if result is None:
        raise Invalid("These steps do not lead to an ending of the scenario.")
    done = replace(closed(attempt, result), steps=tuple(steps))
    return lambda _responses: done


def closed(attempt: Attempt, result: Result) -> Attempt:
    """Return an attempt that is submitted now, with its result."""
    return replace(
        attempt,
        submitted=now(),
        raw=result["raw"],
        max=result["max"],
        passed=result["passed"],
        pass_mark=result["pass_mark"],
    )


def begun(request: Request, attempt_id: str) -> Attempt:
    """Return an attempt as it was begun, which never changes; it is held in memory from then on.

    The first look is its learner's: raises NotFound for anybody else. Later ones are not checked.
    """
    held = cast(dict[str, Attempt], request.app.state.begun)
    found = held.get(attempt_id)
    if found is None:
        learner = joined(request)
        if len(held) >= HELD:
            held.clear()
        found = held.setdefault(attempt_id, store_of(request).attempts.get(attempt_id, learner.id))
    return found


def attempts_allowed(quiz: QuizDelivery, cohort: Cohort) -> int | None:
    """Return how many attempts a learner has at a quiz: the cohort's number, else its own."""
    is_graded = quiz["content"]["purpose"] == "graded"
    return cohort.attempts if is_graded and cohort.attempts else quiz["attempts"]


def check_open(cohort: Cohort, module: str | None = None) -> None:
    """Refuse where a cohort takes no work, or none for the module if one is given."""
    if cohort.is_closed(now()):
        raise Closed(f"The cohort '{cohort.name}' has closed. What you sent before is kept.")
    if not cohort.is_open(now()):
        begins = f"{cohort.opens:%d %B %Y, %H:%M} UTC"
        raise Forbidden(f"The cohort '{cohort.name}' opens on {begins}.")
    if module is not None and module not in cohort.modules:
        raise NotFound("Your cohort does not have this module.")
