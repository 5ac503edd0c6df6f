"""The trainer's console as a widget. It is light to import: the page shows while the rest loads.

The browser draws what ``view`` holds and sends what the trainer presses as a message. A browser can
set any synced trait, so nothing is ever read back from ``view``.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from collabcomm.player.join import join
from collabcomm.settings import Settings

if TYPE_CHECKING:
    from collabcomm.room.console import Console, View

LOOK_EVERY = 0.4  # seconds
_STATIC = Path(__file__).parent / "static"


class TrainersRoom(anywidget.AnyWidget):
    """A trainer's room on a page; ``scenario`` is the one that is offered first."""

    _esm = join(_STATIC / "console.js")
    _css = _STATIC / "console.css"
    view = traitlets.Dict().tag(sync=True)

    def __init__(self, scenario: str | None = None, database: str | None = None) -> None:
        first = Settings.from_environment().room_view
        super().__init__(view=json.loads(first.read_text("utf-8")) if first else {})
        self.console: Console | None = None
        self._early: list[Any] = []  # what was pressed while the console was loading
        self.on_msg(self._heard)
        self._drawn = asyncio.Event()
        if not first:
            self._drawn.set()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # outside a kernel
            self._open(scenario, database)
        else:
            self.task = loop.create_task(self._watch(scenario, database))

    def __repr__(self) -> str:
        return "the trainer's room"

    def _open(self, scenario: str | None, database: str | None) -> None:
        from collabcomm.room.console import Console

        self.console = Console(database, scenario, self._show)

    def _show(self, view: View) -> None:
        self.view = {**view}

    def _heard(self, _widget: Any, message: Any, _buffers: Any) -> None:
        if message == {"do": "hello"}:  # a page has drawn the first view
            self._drawn.set()
        elif self.console is None:
            self._early.append(message)
        else:
            self.console.do(message)

    async def _watch(self, scenario: str | None, database: str | None) -> None:
        """Load what is heavy, then show votes as they come, off the kernel's own thread.

        Loading waits until the page is drawn: both at once make each other slow.
        """
        loop = asyncio.get_running_loop()
        await self._drawn.wait()
        await loop.run_in_executor(None, self._open, scenario, database)
        for message in self._early:
            self._heard(self, message, None)
        while self.console is not None:
            await loop.run_in_executor(None, self.console.look)
            await asyncio.sleep(LOOK_EVERY)
