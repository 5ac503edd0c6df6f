"""The trainer's console: what it shows and what pressing something does, through the store.

``widget.py`` puts it on a page. Votes are counted in the database and nowhere else.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast
from urllib.parse import urlsplit

from collabcomm.course.compiler import compiler_around
from collabcomm.course.models import Course
from collabcomm.course.notes import Notes, trainer_notes
from collabcomm.engine.people import new_secret, now
from collabcomm.engine.room import (
    ConsoleLinks,
    ConsoleMessage,
    Counts,
    KnownRoom,
    StartView,
)
from collabcomm.engine.types import Scenario
from collabcomm.errors import Conflict, Refused
from collabcomm.room.rooms import Rooms
from collabcomm.room.state import MAX_NOTES, ROOM_CODE, Message, Room, RoomRefused, act, opening
from collabcomm.room.views import console_view
from collabcomm.settings import Settings
from collabcomm.store import DatabaseUnusable, Store
from collabcomm.texts import catalogue

LOCAL_SITE = "http://127.0.0.1:8000"
MAX_OWNER = 80  # letters of a trainer's name, as many as the table takes
KEY_LETTERS = 32  # of the key of a projector's view
MAX_ROOMS = 30  # of a trainer's rooms that are offered to go on with, the newest
View = StartView | ConsoleMessage


def opening_view(course: Course) -> StartView:
    """Return what a console shows first: the scenarios to choose from."""
    return {
        "phase": "start",
        "scenarios": [{"id": s.id, "title": s.title} for s in course.scenarios.values()],
        "rooms": [],
        "strings": dict(catalogue("room", course.info.language)),
    }


class Console:
    """Opens a room for a scenario and steers it; finds its rooms again after a restart.

    ``view`` is what the page shows; ``show`` is called with it whenever it changes. ``do`` and
    ``look`` may be called from any thread: ``lock`` lets one read and show at a time, so that what
    a look had read before a press never overwrites what the press led to.
    """

    def __init__(
        self,
        database: str | None = None,
        scenario_id: str | None = None,
        show: Callable[[View], None] = lambda view: None,
    ) -> None:
        self.show = show
        self.lock = threading.Lock()
        self._view = cast(View, {})
        settings = Settings.from_environment()
        self.address = database or settings.database
        self.owner = settings.trainer[:MAX_OWNER]
        self.preferred = scenario_id
        self._store: Store | None = None
        self.room: Room | None = None
        self.scenario: Scenario | None = None
        self.notes: dict[str, Notes] = {}
        self.mark = ""
        self.texts = catalogue("room", "en")  # until the course is read
        self._guarded(self._start)

    @property
    def store(self) -> Store:
        """The results; raises DatabaseUnusable while they cannot be opened."""
        if self._store is None:
            self._store = Store(self.address)
        return self._store

    @property
    def rooms(self) -> Rooms:
        """The rooms in the results."""
        return Rooms(self.store.database)

    @property
    def view(self) -> View:
        """What the page shows."""
        return self._view

    @view.setter
    def view(self, value: View) -> None:
        self._view = value
        self.show(value)

    def do(self, message: Any) -> None:
        """Do what the trainer pressed; what cannot be done is said and changes nothing."""
        if not isinstance(message, dict):
            return
        name = message.get("do")
        own = {"new": self._new, "enter": self._enter, "leave": self._leave, "own": self._own}
        doing = own.get(name, self._act) if isinstance(name, str) else self._act
        self._guarded(lambda: doing(message))

    def look(self) -> None:
        """Show the room as it stands in the database; say so where it cannot be reached."""
        self._guarded(self._refresh)

    def _guarded(self, doing: Callable[[], None]) -> None:
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
            except Refused as error:
                self._say(self.texts["console.refused"].format(reason=error))

    def _say(self, text: str) -> None:
        self.view = cast(View, {**self.view, "said": text, "saying": secrets.token_hex(4)})

    def _start(self) -> None:
        """Show the scenarios and this trainer's rooms."""
        self.room, self.mark = None, ""
        course = compiler_around().course
        self.texts = catalogue("room", course.info.language)
        view = self.view = opening_view(course)
        rooms: list[KnownRoom] = [
            {"code": room.code, "title": room.scenario, "ended": room.ended is not None}
            for room in self.rooms.of_owner(self.owner)[:MAX_ROOMS]
        ]
        chosen = self.preferred if self.preferred in course.scenarios else None
        self.view = {**view, "rooms": rooms, "chosen": chosen}

    def _leave(self, _message: Message) -> None:
        self._start()

    def _new(self, message: Message) -> None:
        compiler, scenario_id = compiler_around(), message.get("scenario")
        if not isinstance(scenario_id, str) or scenario_id not in compiler.course.scenarios:
            raise RoomRefused("There is no such scenario.")
        scenario = compiler.scenario(scenario_id)
        self.store.contents.keep(scenario)
        room = Room(
            code=ROOM_CODE.new(),
            owner=self.owner,
            scenario=scenario_id,
            version=scenario["version"],
            screen=new_secret()[:KEY_LETTERS],
            created=now(),
            state=opening(scenario_id),
        )
        self.rooms.create(room)
        self._open(room)

    def _enter(self, message: Message) -> None:
        room = self.rooms.get(ROOM_CODE.clean(str(message.get("code"))))
        if room.owner != self.owner:
            raise RoomRefused("This room is another trainer's.")
        self._open(room)

    def _open(self, room: Room) -> None:
        """Show a room, with its scenario as it was when it was opened."""
        content = self.store.contents.get(room.version)
        if content is None:
            raise RoomRefused("The scenario of this room is no longer there.")
        self.room, self.scenario, self.mark = room, cast(Scenario, content), ""
        compiler = compiler_around()
        known = room.scenario in compiler.course.scenarios
        self.notes = trainer_notes(compiler, room.scenario) if known else {}
        self._refresh()

    def _own(self, message: Message) -> None:
        """Keep the trainer's own notes; they make no noise in the room."""
        text = str(message.get("text", ""))[:MAX_NOTES]
        self._change(lambda room, _scenario, _counts: replace(room, notes=text))

    def _act(self, message: Message) -> None:
        def change(room: Room, scenario: Scenario, counts: Counts) -> Room:
            state = act(scenario, room.state, message, counts, now())
            ended = room.ended or now() if state["phase"] == "ended" else None
            return replace(room, state=state, ended=ended)

        self._change(change)

    def _change(self, change: Callable[[Room, Scenario, Counts], Room]) -> None:
        """Change the room that is open, in one transaction with its votes, and show it."""
        room, scenario = self.room, self.scenario
        if room is None or scenario is None:
            raise RoomRefused("Open a room first.")
        self.room = self.rooms.change(
            room.code, room.rev, lambda known, counts: change(known, scenario, counts)
        )
        self._refresh()

    def _refresh(self) -> None:
        if self.room is None or self.scenario is None:
            return
        look = self.rooms.look(self.room.code)
        self.room = look.room
        if look.mark == self.mark:
            return
        self.mark = look.mark
        shown = console_view(self.scenario, self.notes, look.room, look.counts, look.people)
        links, strings = links_of(look.room), dict(self.texts)
        whole = {**shown, "links": links, "strings": strings, "said": ""}
        self.view = cast(ConsoleMessage, whole)


def links_of(room: Room) -> ConsoleLinks:
    """Return the addresses of a room, as people in it reach them."""
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
