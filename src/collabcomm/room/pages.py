"""The room's pages: their texts are in them, their content comes by asking."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import Literal

import segno
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from collabcomm.player.join import join
from collabcomm.texts import catalogue, script_json

PageName = Literal["participant", "screen", "debrief"]
STATIC = {"room.js": "text/javascript", "screen.js": "text/javascript", "room.css": "text/css"}
_TITLES = {"participant": "page.title", "screen": "page.screen", "debrief": "page.debrief"}


def page(name: PageName, code: str, lang: str) -> str:
    """Return a page of a room."""
    texts = catalogue("room", lang)
    return (
        _templates()
        .get_template("page.html.j2")
        .render(
            lang=lang,
            page=name,
            code=code,
            title=texts[_TITLES[name]],
            texts=texts,
            strings=Markup(script_json(dict(texts))),
            script="room.js" if name == "participant" else "screen.js",
        )
    )


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("collabcomm.room"),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )


@cache
def static(name: str) -> str:
    """Return a file of the room's pages; scripts are joined with the parts that they import."""
    path = Path(__file__).parent / "static" / name
    return join(path) if path.suffix == ".js" else path.read_text("utf-8")


def qr_code(text: str) -> bytes:
    """Return a QR code as SVG, with the quiet zone that cameras need."""
    file = io.BytesIO()
    segno.make(text, micro=False).save(file, kind="svg", scale=5, border=4, xmldecl=False)
    return file.getvalue()
