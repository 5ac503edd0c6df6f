"""A learner's session: joining a cohort, leaving it, taking a record home."""

# No `from __future__ import annotations` here: FastAPI reads the annotations of what is wrapped.

from fastapi import APIRouter, Request, Response

from collabcomm.engine.people import JOIN_CODE, Cohort, Learner, clean_name, now
from collabcomm.errors import NotFound
from collabcomm.http import API, brief
from collabcomm.results import record as records
from collabcomm.service.answers import as_told
from collabcomm.service.bodies import Answer, JoinBody, cohort_answer
from collabcomm.service.contents import contents_of
from collabcomm.service.identity import COOKIE, count_or_refuse, joined, learner_of, store_of
from collabcomm.store.limits import WRONG_CODES

MONTHS_6 = 180 * 24 * 3600
router = APIRouter(prefix=API)


def me(learner: Learner, cohort: Cohort) -> Answer:
    """Return what a learner's page shows of them and their cohort."""
    return {
        "learner": {"id": learner.id, "name": learner.name},
        "cohort": {**cohort_answer(cohort), "closed": cohort.is_closed(now())},
    }


@router.get("/me")
@brief
def get_me(request: Request) -> Answer:
    """Return the learner of this browser and their cohort; nobody is no error."""
    learner = learner_of(request)
    if learner is None:
        return {"learner": None}
    return me(learner, store_of(request).cohorts.get(learner.cohort))


@router.get("/me/record")
def record(request: Request) -> Answer:
    """Return the learner's own record of what they handed in here, signed by the service."""
    learner, store, contents = joined(request), store_of(request), contents_of(request)
    cohort = store.cohorts.get(learner.cohort)
    work = [
        (as_told(contents, attempt, cohort), given, store.contents.get(attempt.version))
        for attempt, given in store.attempts.work_of(learner.id)
        if attempt.submitted is not None
    ]
    made = records.of_service(contents.delivery["course_id"], learner, work, now())
    return records.signed(made, request.app.state.key)


@router.post("/join")
@brief
def join(body: JoinBody, request: Request, response: Response) -> Answer:
    """Join a cohort by its code."""
    store = store_of(request)
    learner, code = learner_of(request), JOIN_CODE.clean(body.code)
    if learner is not None and learner.cohort == code:
        return me(learner, store.cohorts.get(code))
    try:
        new, cohort, secret = store.learners.join(code, clean_name(body.name), now())
    except NotFound:
        count_or_refuse(request, WRONG_CODES)
        raise
    response.set_cookie(
        COOKIE,
        secret,
        max_age=MONTHS_6,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return me(new, cohort)


@router.post("/leave")
@brief
def leave(request: Request, response: Response) -> Answer:
    """End the session of this browser. What was sent stays with the cohort."""
    if secret := request.cookies.get(COOKIE):
        store_of(request).learners.leave(secret)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return {"learner": None}
