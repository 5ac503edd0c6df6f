"""HTTP of the trainer's room: a page for phones, one for the projector, votes, and what is new.

Phones and the projector ask what is new and are kept waiting until something is (long polling), so
that a change shows at once and a quiet room costs nothing.
"""

# No `from __future__ import annotations` here: FastAPI reads the annotations of what is wrapped.

import asyncio
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse
from pydantic import BaseModel, ConfigDict, Field

from collabcomm.engine.people import hashed, new_secret, now
from collabcomm.engine.types import Scenario
from collabcomm.errors import Closed, Invalid, NotFound, Unknown
from collabcomm.http import API, brief, problem, visitor
from collabcomm.results.export import Options as ExportOptions
from collabcomm.results.export import csv
from collabcomm.room.debrief import HEAD, rows
from collabcomm.room.debrief import debrief as look_back
from collabcomm.room.pages import STATIC, page, qr_code, static
from collabcomm.room.rooms import Rooms
from collabcomm.room.state import ROOM_CODE, Room, choices_at, path_of
from collabcomm.room.watcher import Watchers
from collabcomm.settings import Settings
from collabcomm.store.limits import NEW_DEVICES, WRONG_CODES, Limits

COOKIE = "collabcomm-room"
DAY = 24 * 3600
router = APIRouter()

Answer = dict[str, Any]  # a JSON object, as it is sent
Code = Annotated[str, Path(max_length=40)]


class VoteBody(BaseModel):
    """A vote in the ballot that the phone shows."""

    model_config = ConfigDict(extra="forbid")
    ballot: int = Field(ge=1, le=100_000)
    choice: str = Field(max_length=80, pattern="^[a-z0-9-]+$")


def rooms_of(request: Request) -> Rooms:
    """Return the rooms of the service that is asked."""
    return watchers_of(request).rooms


def limits_of(request: Request) -> Limits:
    """Return what counts how often something happens."""
    return cast(Limits, request.app.state.limits)


def watchers_of(request: Request) -> Watchers:
    """Return the watchers of this process."""
    return cast(Watchers, request.app.state.watchers)


def scenario_of(request: Request, room: Room) -> Scenario:
    """Return the scenario of a room as it was when the room was opened."""
    return watchers_of(request).scenario(room.version)


def site_of(request: Request) -> str:
    """Return the address of the service as phones reach it."""
    return Settings.from_environment().site_url or str(request.base_url).rstrip("/")


@brief
def known_room(code: Code, request: Request) -> Room:
    """Return a room. Only wrong codes are counted: those who are in are never refused."""
    try:
        return rooms_of(request).get(ROOM_CODE.clean(code))
    except NotFound:
        limits_of(request).count_or_refuse(WRONG_CODES, visitor(request))
        raise


KnownRoom = Annotated[Room, Depends(known_room)]


def room_of_screen(room: KnownRoom, screen: Annotated[str, Query(max_length=80)]) -> Room:
    """Return a room to who holds the key of its screen; raise NotFound for another key."""
    if screen != room.screen:
        raise NotFound("This is not the address of the room's screen.")
    return room


ShownRoom = Annotated[Room, Depends(room_of_screen)]


def participant_of(room: Room, request: Request) -> str | None:
    """Return the participant whose browser asks, None where it has not come in."""
    secret = request.cookies.get(COOKIE)
    participant = hashed(f"{room.code}:{secret}") if secret else None
    if participant and rooms_of(request).is_in(room.code, participant):
        return participant
    return None


@router.get("/room/{code}", include_in_schema=False)
def participants_page(room: KnownRoom, request: Request) -> HTMLResponse:
    """The page that participants open on their phones."""
    return HTMLResponse(page("participant", room.code, watchers_of(request).lang))


@router.get("/room/{code}/screen", include_in_schema=False)
def screen_page(room: KnownRoom, request: Request) -> HTMLResponse:
    """The page for the projector; its key stands after the # and never leaves the browser."""
    return HTMLResponse(page("screen", room.code, watchers_of(request).lang))


@router.get("/room/{code}/debrief", include_in_schema=False)
def debrief_page(room: KnownRoom, request: Request) -> HTMLResponse:
    """The printable page of a session; its key stands after the #."""
    return HTMLResponse(page("debrief", room.code, watchers_of(request).lang))


@router.get("/room/{code}/qr.svg", include_in_schema=False)
def qr(room: KnownRoom, request: Request) -> Response:
    """The address that phones open, as a QR code."""
    return Response(qr_code(f"{site_of(request)}/room/{room.code}"), media_type="image/svg+xml")


@router.get("/room-files/{name}", include_in_schema=False)
def files(name: str) -> Response:
    """The scripts and styles of these pages."""
    if name not in STATIC:
        raise NotFound("There is no such file.")
    return Response(static(name), media_type=f"{STATIC[name]}; charset=utf-8")


@router.post(f"{API}/rooms/{{code}}/enter")
@brief
def enter(room: KnownRoom, request: Request, response: Response) -> Answer:
    """Come into a room: the browser gets a secret by which its votes count once."""
    if room.ended:
        raise Closed("This room has ended. Thank you for taking part.")
    if participant_of(room, request) is None:
        limits_of(request).count_or_refuse(NEW_DEVICES, visitor(request))
        secret = new_secret()
        rooms_of(request).enter(room.code, hashed(f"{room.code}:{secret}"), now())
        response.set_cookie(
            COOKIE,
            secret,
            max_age=DAY,
            path=f"{API}/rooms/{room.code}",
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
    return {"title": scenario_of(request, room)["title"]}


@router.get(f"{API}/rooms/{{code}}")
async def news(
    request: Request,
    code: Code,
    since: Annotated[str, Query(max_length=60)] = "",
    screen: Annotated[str | None, Query(max_length=80)] = None,
) -> Response:
    """Return what the room shows, as soon as it differs from ``since``; at most 25 s later."""
    clean, watchers = ROOM_CODE.clean(code), watchers_of(request)
    if not watchers.is_watched(clean):
        await known_room(code=code, request=request)
    watcher = watchers.of(clean)
    watcher.join = f"{site_of(request)}/room/{clean}"
    try:
        view = await watcher.view(since, screen is not None, screen)
    except asyncio.CancelledError:  # the service stops; phones ask again soon
        return problem(503, "The service is being restarted.", {"Retry-After": "2"})
    return Response(view, media_type="application/json")


@router.post(f"{API}/rooms/{{code}}/votes")
@brief
def vote(room: KnownRoom, body: VoteBody, request: Request) -> Answer:
    """Vote, or vote otherwise, while the ballot is open."""
    participant = participant_of(room, request)
    if participant is None:
        raise Unknown("Come into the room first: reload the page.")
    scenario = scenario_of(request, room)
    at = path_of(scenario, room.state).at
    if body.choice not in {choice["id"] for choice in choices_at(scenario, room.state, at)}:
        raise Invalid("There is no such choice here.")
    rooms_of(request).vote(room.code, body.ballot, participant, body.choice, now())
    return {"counted": body.choice, "ballot": body.ballot}


@router.get(f"{API}/rooms/{{code}}/debrief")
def debrief(room: ShownRoom, request: Request) -> Answer:
    """Return what the group looks back on: counts and choices, nobody's name."""
    others = rooms_of(request).ended(room.version, room.code)
    return {**look_back(scenario_of(request, room), room, others)}


@router.get(f"{API}/rooms/{{code}}/session.csv", response_class=PlainTextResponse)
def session(room: ShownRoom, request: Request) -> Response:
    """Return the session as a table, without personal data."""
    table = rows(scenario_of(request, room), room)
    text = b"".join(csv.lines(HEAD, table, ExportOptions()))
    return Response(
        text,
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="room-{room.code}.csv"'},
    )
