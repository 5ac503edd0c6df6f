"""Addresses for anybody: that there is a service, its health, its key, links to join by."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, RedirectResponse

from collabcomm.course.places import address, quiz_page
from collabcomm.engine.people import JOIN_CODE
from collabcomm.errors import NotFound
from collabcomm.http import API
from collabcomm.results import record as records
from collabcomm.service.bodies import Answer
from collabcomm.service.contents import contents_of
from collabcomm.service.identity import count_or_refuse, store_of
from collabcomm.store.limits import WRONG_CODES

router = APIRouter()


@router.get("/host.json")
async def host() -> Answer:
    """Tell the player that there is a service, and where."""
    return {"service": API.lstrip("/")}


@router.get(f"{API}/health")
def health(request: Request) -> Answer:
    """Tell that the service answers and its database does."""
    store_of(request).ping()
    return {"status": "ok"}


@router.get(f"{API}/key", response_class=PlainTextResponse)
def key(request: Request) -> str:
    """Return the public key (Ed25519, PEM) that this service's records are checked with."""
    return records.public_pem(request.app.state.key)


@router.get("/join/{code}", include_in_schema=False)
def join_link(code: str, request: Request) -> RedirectResponse:
    """Lead a join link to the first graded quiz of the cohort, with the code filled in."""
    try:
        cohort = store_of(request).cohorts.get(JOIN_CODE.clean(code))
    except NotFound:
        count_or_refuse(request, WRONG_CODES)
        raise
    quizzes = contents_of(request).delivery["modules"]
    module_id = next((m for m in cohort.modules if quizzes.get(m)), None)
    page = f"/{address(quiz_page(module_id))}" if module_id else "/"
    return RedirectResponse(f"{page}#join={cohort.code}", 303)
