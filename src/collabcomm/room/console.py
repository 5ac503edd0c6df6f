"""The trainer's console: what it shows and what pressing something does, through the store.

``room_widget.py`` puts it on a page. Votes are counted in the database and nowhere else.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast
from urllib.parse import urlsplit

from collabcomm.course.compiler import Json, compiler_around
from collabcomm.course.models import Course
from collabcomm.engine.people import new_secret, now
from collabcomm.engine.room import TrainerNotes
from collabcomm.errors import Conflict, Refused
from collabcomm.room import state as r
from collabcomm.room.rooms import Rooms
from collabcomm.room.views import console_view
from collabcomm.settings import Settings
from collabcomm.store import DatabaseUnusable, Store
from collabcomm.texts import catalogue

LOCAL_SITE = "http://127.0.0.1:8000"


def opening_view(course: Course) -> Json:
    """Return what a console shows first: the scenarios to choose from."""
    scenarios = [{"id": name, "title": one.title} for name, one in course.scenarios.items()]
    strings = dict(catalogue("room", course.info.language))
    return {"phase": "start", "scenarios": scenarios, "rooms": [], "strings": strings}


class Console:
    """Opens a room for a scenario and steers it; finds its rooms again after a restart.

    ``view`` is what the page shows; ``show`` is called with it whenever it changes. ``do`` and
    ``look`` may be called from any thread: ``lock`` lets one read and show at a time, so that what
    a look had read before a press never overwrites what the press led to.
    """

    def __init__(
        self,
        database: str | None = None,
        scenario: str | None = None,
        show: Callable[[Json], None] = lambda view: None,
    ) -> None:
        self.show = show
        self.lock = threading.Lock()
        self._view: Json = {}
        settings = Settings.from_environment()
        self.address = database or settings.database
        self.owner = settings.trainer[:80]
        self.preferred = scenario
        self.store: Store | None = None
        self.room: r.Room | None = None
        self.content: Json = {}
        self.notes: dict[str, TrainerNotes] = {}
        self.mark = ""
        self.texts = catalogue("room", "en")  # until the course is read
        self._guarded(self._start)

    @property
    def view(self) -> Json:
        """What the page shows."""
        return self._view

    @view.setter
    def view(self, value: Json) -> None:
        self._view = value
        self.show(value)

    def do(self, message: Any) -> None:
        """Do what the trainer pressed; what cannot be done is said and changes nothing."""
        if not isinstance(message, dict):
            return
        name = message.get("do")
        own = {"new": self._new, "enter": self._enter, "leave": self._leave, "own": self._own}
        doing = own.get(name) if isinstance(name, str) else None
        self._guarded(lambda: doing(message) if doing else self._act(message))

    def _guarded(self, doing: Any) -> None:
        with self.lock:
            try:
                doing()
            except DatabaseUnusable:
                if self.view.get("said") != (lost := self.texts["console.lost"]):
                    self._say(lost)
            except Conflict as error:
                self.mark = ""
                self._refresh()
                self._say(str(error))
            except (Refused, r.RoomRefused) as error:
                self._say(self.texts["console.refused"].format(reason=error))

    def _say(self, text: str) -> None:
        self.view = {**self.view, "said": text, "saying": secrets.token_hex(4)}

    # -------------------------------------------------------------------------- rooms

    def _start(self) -> None:
        """Show the scenarios and this trainer's rooms."""
        self.room, self.mark = None, ""
        course = compiler_around().course
        self.texts = catalogue("room", course.info.language)
        self.view = opening_view(course)
        if self.store is None:
            self.store = Store(self.address)
        rooms = [
            {"code": one.code, "title": one.scenario, "ended": one.ended is not None}
            for one in Rooms(self.store.database).of_owner(self.owner)[:30]
        ]
        chosen = self.preferred if self.preferred in course.scenarios else None
        self.view = {**self.view, "rooms": rooms, "chosen": chosen}

    def _leave(self, _message: Json) -> None:
        self._start()

    def _new(self, message: Json) -> None:
        assert self.store is not None
        name = message.get("scenario")
        if name not in compiler_around().course.scenarios:
            raise r.RoomRefused("There is no such scenario.")
        content = compiler_around().scenario(name)
        self.store.contents.keep(content)
        room = r.Room(
            code=r.ROOM_CODE.new(),
            owner=self.owner,
            scenario=name,
            version=content["version"],
            screen=new_secret()[:32],
            created=now(),
            state=r.opening(),
        )
        Rooms(self.store.database).create(room)
        self._open(room)

    def _enter(self, message: Json) -> None:
        assert self.store is not None
        room = Rooms(self.store.database).get(r.ROOM_CODE.clean(str(message.get("code"))))
        if room.owner != self.owner:
            raise r.RoomRefused("This room is another trainer's.")
        self._open(room)

    def _open(self, room: r.Room) -> None:
        """Show a room, with its scenario as it was when it was opened."""
        assert self.store is not None
        content = self.store.contents.get(room.version)
        if content is None:
            raise r.RoomRefused("The scenario of this room is no longer there.")
        self.room, self.content, self.mark = room, cast(Json, content), ""
        compiler = compiler_around()
        known = room.scenario in compiler.course.scenarios
        self.notes = compiler.notes(room.scenario) if known else {}
        self._refresh()

    def _own(self, message: Json) -> None:
        """Keep the trainer's own notes; they make no noise in the room."""
        text = str(message.get("text", ""))[: r.MAX_NOTES]
        self._change(lambda room, _counts: replace(room, notes=text))

    def _act(self, message: Json) -> None:
        def change(room: r.Room, counts: dict[str, int]) -> r.Room:
            state = r.act(self.content, room.state, message, counts, now())
            ended = room.ended or now() if state["phase"] == "ended" else None
            return replace(room, state=state, ended=ended)

        self._change(change)

    def _change(self, change: Any) -> None:
        if self.room is None or self.store is None:
            raise r.RoomRefused("Open a room first.")
        self.room = Rooms(self.store.database).change(self.room.code, self.room.rev, change)
        self._refresh()

    # ---------------------------------------------------------------------- showing

    def look(self) -> None:
        """Show the room as it stands in the database; say so where it cannot be reached."""
        self._guarded(self._refresh)

    def _refresh(self) -> None:
        if self.room is None or self.store is None:
            return
        look = Rooms(self.store.database).look(self.room.code)
        room = self.room = look.room
        if look.mark == self.mark:
            return
        self.mark = look.mark
        shown = console_view(self.content, self.notes, room, look.counts, look.people)
        strings = dict(self.texts)
        self.view = {**shown, "links": self._links(room), "strings": strings, "said": ""}

    def _links(self, room: r.Room) -> Json:
        site = Settings.from_environment().site_url or LOCAL_SITE
        host = urlsplit(site).hostname or ""
        return {
            "join": f"{site}/room/{room.code}",
            "alone": host in ("127.0.0.1", "localhost", "::1"),
            "screen": f"{site}/room/{room.code}/screen#{room.screen}",
            "debrief": f"{site}/room/{room.code}/debrief#{room.screen}",
            "csv": f"{site}/api/rooms/{room.code}/session.csv?screen={room.screen}",
            "qr": f"{site}/room/{room.code}/qr.svg",
        }
