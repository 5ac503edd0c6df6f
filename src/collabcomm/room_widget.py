"""The trainer's console as a widget. It is light to import: the page shows while the rest loads.

The browser draws what ``view`` holds and sends what the trainer presses as a message. A browser can
set any synced trait, so nothing is ever read back from ``view``.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

if TYPE_CHECKING:
    from collabcomm.room_console import Console

LOOK_EVERY = 0.4  # seconds
_STATIC = Path(__file__).parent / "static"


class TrainersRoom(anywidget.AnyWidget):
    """A trainer's room on a page; ``scenario`` is the one that is offered first."""

    _esm = _STATIC / "console.js"
    _css = _STATIC / "console.css"
    view = traitlets.Dict().tag(sync=True)

    def __init__(self, scenario: str | None = None, database: str | None = None) -> None:
        super().__init__(view={})
        self.console: Console | None = None
        self.on_msg(self._heard)
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # outside a kernel
            self._open(scenario, database)
        else:
            self.task = loop.create_task(self._watch(scenario, database))

    def __repr__(self) -> str:
        return "the trainer's room"

    def _open(self, scenario: str | None, database: str | None) -> None:
        from collabcomm.room_console import Console

        self.console = Console(database, scenario, self._show)

    def _show(self, view: dict[str, Any]) -> None:
        self.view = view

    def _heard(self, _widget: Any, message: Any, _buffers: Any) -> None:
        if self.console is not None:
            self.console.do(message)

    async def _watch(self, scenario: str | None, database: str | None) -> None:
        """Load what is heavy, then show votes as they come, off the kernel's own thread."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, self._open, scenario, database)
        while self.console is not None:
            await loop.run_in_executor(None, self.console.look)
            await asyncio.sleep(LOOK_EVERY)
