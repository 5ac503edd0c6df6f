"""Who watches a room is kept waiting until something is new; one look serves all who wait.

One task a room and process looks into the database while anybody waits; the views are made once
for all of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool

from collabcomm.engine.types import Scenario
from collabcomm.errors import NotFound
from collabcomm.room.rooms import Rooms
from collabcomm.room.state import Room
from collabcomm.room.views import public_view, screen_view
from collabcomm.store import DatabaseUnusable

LOOK_EVERY = 0.15  # seconds between looks into the database while somebody waits
WAIT = 25.0  # seconds that a request is kept waiting; proxies give up after 60
log = logging.getLogger("collabcomm.room")


class Watchers:
    """The watchers of a process, one for each room that somebody waits at.

    ``scenario`` gives a compiled scenario by its version, ``lang`` is the course's language.
    """

    def __init__(self, rooms: Rooms, scenario: Callable[[str], Scenario], lang: str) -> None:
        self.rooms, self.scenario, self.lang = rooms, scenario, lang
        self._by_code: dict[str, Watcher] = {}

    def is_watched(self, code: str) -> bool:
        """Tell whether a room is being watched; then there is one of this code."""
        return code in self._by_code and self._by_code[code].task is not None

    def of(self, code: str) -> Watcher:
        """Return the watcher of a room; those of quiet rooms are forgotten."""
        if code not in self._by_code:
            for idle in [key for key, watcher in self._by_code.items() if watcher.is_idle]:
                del self._by_code[idle]
            self._by_code[code] = Watcher(self.rooms, self.scenario, code)
        return self._by_code[code]


class Watcher:
    """Looks for what is new in one room, for all who wait for it in this process.

    ``join`` is the address that phones open, as the projector shows it.
    """

    def __init__(self, rooms: Rooms, scenario: Callable[[str], Scenario], code: str) -> None:
        self.rooms, self.scenario, self.code = rooms, scenario, code
        self.changed = asyncio.Condition()
        self.waiting = 0
        self.task: asyncio.Task[None] | None = None
        self.room: Room | None = None
        self.mark = self.join = ""
        self.screen = self.public = b""

    @property
    def is_idle(self) -> bool:
        """Whether nobody waits."""
        return not self.waiting and self.task is None

    async def view(self, since: str, of_screen: bool, key: str | None) -> bytes:
        """Return a view as JSON as soon as its mark differs from ``since``; at most ``WAIT`` later.

        Raises
        ------
        NotFound
            For the projector's view with another key than the room's.
        """
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
            return self.screen if of_screen else self.public
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
        seen = await run_in_threadpool(self.rooms.look, self.code)
        if seen.mark == self.mark:
            return
        room, scenario = seen.room, self.scenario(seen.room.version)
        shown = screen_view(scenario, room, seen.counts, seen.people)
        screen = {**shown, "mark": seen.mark, "join": self.join}
        public = {**public_view(scenario, room), "mark": str(room.rev)}
        async with self.changed:
            self.screen = json.dumps(screen, ensure_ascii=False).encode()
            self.public = json.dumps(public, ensure_ascii=False).encode()
            self.room, self.mark = room, seen.mark
            self.changed.notify_all()
