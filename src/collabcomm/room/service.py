"""HTTP of the trainer's room: a page for phones, one for the projector, votes, and what is new.

Phones and the projector ask what is new and are kept waiting until something is (long polling), so
that a change shows at once and a quiet room costs nothing. One task a room and process looks into
the database while anybody waits; the views are made once for all who wait.
"""

# No `from __future__ import annotations` here: FastAPI has to read the annotations of local names.

import asyncio
import contextlib
import html
import io
import json
import logging
import os
from collections.abc import Callable
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated

import segno
from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi import Path as InPath
from fastapi.responses import HTMLResponse, PlainTextResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from collabcomm.course.compiler import Json
from collabcomm.engine import attempt as a
from collabcomm.errors import Closed, Invalid, NotFound
from collabcomm.http import API, brief, problem
from collabcomm.player.join import join
from collabcomm.results.export import Options as ExportOptions
from collabcomm.results.export import csv
from collabcomm.room import state as r
from collabcomm.room.rooms import Look, Rooms
from collabcomm.store import DatabaseUnusable, Store
from collabcomm.texts import catalogue

COOKIE = "collabcomm-room"
SITE = "COLLABCOMM_SITE_URL"
LOOK_EVERY = 0.15  # seconds between looks into the database while somebody waits
WAIT = 25.0  # seconds that a request is kept waiting; proxies give up after 60
DAY = 24 * 3600
DEVICES = 1500  # that one address may bring in within ten minutes: a whole room may stand behind it
STATIC = {"room.js": "text/javascript", "screen.js": "text/javascript", "room.css": "text/css"}
log = logging.getLogger("collabcomm.room")
Code = Annotated[str, InPath(max_length=40)]


class VoteBody(BaseModel):
    """A vote in the ballot that the phone shows."""

    model_config = ConfigDict(extra="forbid")
    ballot: int = Field(ge=1, le=100_000)
    choice: str = Field(max_length=80, pattern="^[a-z0-9-]+$")


class Watcher:
    """Looks for what is new in one room, for all who wait for it in this process."""

    def __init__(self, store: Store, content: Callable[[str], Json], code: str) -> None:
        self.store, self.content, self.code = store, content, code
        self.changed = asyncio.Condition()
        self.waiting = 0
        self.task: asyncio.Task[None] | None = None
        self.room: r.Room | None = None
        self.mark = self.join = ""
        self.screen = self.public = b""

    async def view(self, since: str, of_screen: bool, key: str | None) -> tuple[bytes, str]:
        """Return a view and its mark as soon as the mark differs from ``since``."""
        self.waiting += 1
        try:
            if self.task is None:
                await self._look()
                self.task = self.task or asyncio.create_task(self._watch())
            assert self.room is not None
            if of_screen and key != self.room.screen:
                raise NotFound("This is not the address of the room's screen.")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(WAIT), self.changed:
                    await self.changed.wait_for(lambda: self._mark(of_screen) != since)
            return (self.screen if of_screen else self.public), self._mark(of_screen)
        finally:
            self.waiting -= 1

    def _mark(self, of_screen: bool) -> str:
        assert self.room is not None
        return self.mark if of_screen else str(self.room.rev)

    async def _watch(self) -> None:
        failing = False
        try:
            while self.waiting:
                await asyncio.sleep(LOOK_EVERY)
                try:
                    await self._look()
                    failing = False
                except DatabaseUnusable:  # it comes back
                    continue
                except Exception:  # the phones keep what they have; a mistake is logged once
                    if not failing:
                        log.exception("A room cannot be shown as it stands")
                    failing = True
        finally:
            self.task = None

    async def _look(self) -> None:
        look = await run_in_threadpool(self._read)
        room, mark = look.room, look.mark
        if mark == self.mark:
            return
        scenario = self.content(room.version)
        screen = {
            **r.screen_view(scenario, room, look.counts, look.people),
            "mark": mark,
            "join": self.join,
        }
        public = {**r.public_view(scenario, room), "mark": str(room.rev)}
        async with self.changed:
            self.screen = json.dumps(screen, ensure_ascii=False).encode()
            self.public = json.dumps(public, ensure_ascii=False).encode()
            self.room, self.mark = room, mark
            self.changed.notify_all()

    def _read(self) -> Look:
        return Rooms(self.store.database).look(self.code)


def address(request: Request) -> str:
    """Return the address of the service as phones reach it."""
    return (os.environ.get(SITE) or str(request.base_url)).rstrip("/")


def qr_code(text: str) -> bytes:
    """Return a QR code as SVG, with the quiet zone that cameras need."""
    file = io.BytesIO()
    segno.make(text, micro=False).save(file, kind="svg", scale=5, border=4, xmldecl=False)
    return file.getvalue()


@cache
def static(name: str) -> str:
    """Return a file of the room's pages; scripts are joined with the parts that they import."""
    path = Path(__file__).parent / "static" / name
    return join(path) if path.suffix == ".js" else path.read_text("utf-8")


def page(name: str, code: str, lang: str) -> str:
    """Return a page of the room: its texts are in it, its content comes by asking."""
    texts = catalogue("room", lang)
    body = (resources.files("collabcomm.room") / "templates" / f"{name}.html").read_text("utf-8")
    strings = json.dumps(dict(texts), ensure_ascii=False).replace("<", "\\u003c")
    body = body.replace("{lang}", lang).replace("{code}", html.escape(code))
    body = body.replace("{strings}", strings)
    for key, text in texts.items():
        body = body.replace(f"{{t:{key}}}", html.escape(text))
    return body


def rooms(
    store: Store,
    content: Callable[[str], Json],
    count_or_refuse: Callable[[int, Request, str], None],
    wrong_codes: int,
    lang: str,
) -> APIRouter:
    """Return the addresses of the rooms.

    ``content`` gives a scenario by version; ``count_or_refuse`` counts what an address did and
    refuses it beyond a number of times; ``wrong_codes`` is how often a code may be wrong;
    ``lang`` is the language of the pages.
    """
    router = APIRouter()
    watchers: dict[str, Watcher] = {}
    handles = brief(store.in_process)

    @handles
    def known(code: Code, request: Request) -> r.Room:
        """Return a room. Only wrong codes are counted: those who are in are never refused."""
        try:
            return Rooms(store.database).get(r.clean_room_code(code))
        except NotFound:
            count_or_refuse(wrong_codes, request, "code")
            raise

    Known = Annotated[r.Room, Depends(known)]

    def watcher(code: str) -> Watcher:
        if code not in watchers:
            for idle in [k for k, one in watchers.items() if not one.waiting and not one.task]:
                del watchers[idle]
            watchers[code] = Watcher(store, content, code)
        return watchers[code]

    def device(room: r.Room, request: Request) -> str | None:
        secret = request.cookies.get(COOKIE)
        participant = a.hashed(f"{room.code}:{secret}") if secret else None
        return (
            participant
            if participant and Rooms(store.database).is_in(room.code, participant)
            else None
        )

    # -------------------------------------------------------------------- pages

    @router.get("/room/{code}", include_in_schema=False)
    def participants_page(room: Known) -> HTMLResponse:
        """The page that participants open on their phones."""
        return HTMLResponse(page("participant", room.code, lang))

    @router.get("/room/{code}/screen", include_in_schema=False)
    def screen_page(room: Known) -> HTMLResponse:
        """The page for the projector; its key stands after the # and never leaves the browser."""
        return HTMLResponse(page("screen", room.code, lang))

    @router.get("/room/{code}/qr.svg", include_in_schema=False)
    def qr(room: Known, request: Request) -> Response:
        """The address that phones open, as a QR code."""
        return Response(qr_code(f"{address(request)}/room/{room.code}"), media_type="image/svg+xml")

    @router.get("/room-files/{name}", include_in_schema=False)
    def files(name: str) -> Response:
        """The scripts and styles of these pages."""
        if name not in STATIC:
            raise NotFound("There is no such file.")
        return Response(static(name), media_type=f"{STATIC[name]}; charset=utf-8")

    # ---------------------------------------------------------------------- api

    @router.post(f"{API}/rooms/{{code}}/enter")
    @handles
    def enter(room: Known, request: Request, response: Response) -> Json:
        """Come into a room: the browser gets a secret by which its votes count once."""
        if room.ended:
            raise Closed("This room has ended. Thank you for taking part.")
        if device(room, request) is None:
            count_or_refuse(DEVICES, request, "device")
            secret = a.new_secret()
            Rooms(store.database).enter(room.code, a.hashed(f"{room.code}:{secret}"), a.now())
            response.set_cookie(
                COOKIE,
                secret,
                max_age=DAY,
                path=f"{API}/rooms/{room.code}",
                httponly=True,
                samesite="strict",
                secure=request.url.scheme == "https",
            )
        return {"title": content(room.version)["title"]}

    @router.get(f"{API}/rooms/{{code}}")
    async def news(
        request: Request,
        code: Code,
        since: Annotated[str, Query(max_length=60)] = "",
        screen: Annotated[str | None, Query(max_length=80)] = None,
    ) -> Response:
        """Return what the room shows, as soon as it differs from ``since``; at most 25 s later."""
        name = r.clean_room_code(code)
        if name not in watchers or watchers[name].task is None:
            await known(code, request)
        watching = watcher(name)
        watching.join = f"{address(request)}/room/{name}"
        try:
            data, _ = await watching.view(since, screen is not None, screen)
        except asyncio.CancelledError:  # the service stops; phones ask again soon
            return problem(503, "The service is being restarted.", {"Retry-After": "2"})
        return Response(data, media_type="application/json")

    @router.post(f"{API}/rooms/{{code}}/votes")
    @handles
    def vote(room: Known, body: VoteBody, request: Request) -> Json:
        """Vote, or vote otherwise, while the ballot is open."""
        participant = device(room, request)
        if participant is None:
            raise HTTPException(401, "Come into the room first: reload the page.")
        scenario = content(room.version)
        node = scenario["nodes"][r.path_of(scenario, room.state).at]
        if body.choice not in {choice["id"] for choice in r.choices_at(node)}:
            raise Invalid("There is no such choice here.")
        Rooms(store.database).vote(room.code, body.ballot, participant, body.choice, a.now())
        return {"counted": body.choice, "ballot": body.ballot}

    # ----------------------------------------------------------------- looking back

    @router.get("/room/{code}/debrief", include_in_schema=False)
    def debrief_page(room: Known) -> HTMLResponse:
        """The printable page of a session; its key stands after the #."""
        return HTMLResponse(page("debrief", room.code, lang))

    def for_screen(room: Known, screen: Annotated[str, Query(max_length=80)]) -> r.Room:
        if screen != room.screen:
            raise NotFound("This is not the address of the room's screen.")
        return room

    Shown = Annotated[r.Room, Depends(for_screen)]

    @router.get(f"{API}/rooms/{{code}}/debrief")
    def debrief(room: Shown) -> Json:
        """Return what the group looks back on: counts and choices, nobody's name."""
        others = Rooms(store.database).ended(room.version, room.code)
        return r.debrief(content(room.version), room, others)

    @router.get(f"{API}/rooms/{{code}}/session.csv", response_class=PlainTextResponse)
    def session(room: Shown) -> Response:
        """Return the session as a table, without personal data."""
        head, *body = r.rows(content(room.version), room)
        text = b"".join(csv.lines(head, body, ExportOptions()))
        return Response(
            text,
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="room-{room.code}.csv"'},
        )

    return router
