"""What the pages load: scripts joined from their parts, styles, type. It all lies in `_static`."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from collabcomm.player.join import join, page_scripts

HERE = Path(__file__).parent
PLAYER = HERE.parent / "player"
LOOK = HERE.parent / "look"
STYLES = (LOOK / "colours.css", HERE / "static" / "course.css", PLAYER / "player.css")
PICTURES = (LOOK / "icon.svg",)
FIRST = LOOK / "theme.js"  # runs before the first paint, as it is


def scripts() -> dict[str, str]:
    """Return the scripts of the pages by name."""
    return {
        **page_scripts(),
        "book.js": join(HERE / "static" / "book.js"),
        "record.js": join(HERE / "static" / "record.js"),
        "returns.js": join(HERE / "static" / "returns.js"),
        FIRST.name: FIRST.read_text("utf-8"),
    }


def gather(folder: Path) -> str:
    """Fill a folder with all that pages load, and return the text of what can change their look.

    A page is written again when that text changes; else a build after a change of a script would
    leave the old one where it was.
    """
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(LOOK / "fonts", folder / "fonts")
    for file in PICTURES:
        shutil.copy2(file, folder)
    written = scripts() | {file.name: lean(file.read_text("utf-8")) for file in STYLES}
    for name, text in written.items():
        (folder / name).write_text(text, "utf-8")
    return "".join(written.values())


def lean(style: str) -> str:
    """Return a style sheet without comments, indentation and spaces around signs."""
    bare = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    lines = re.sub(r"\s*([{},>])\s*|\s*;\s*(})|\s*(;)\s*|(:) ", r"\1\2\3\4", bare).split("}")
    return "}\n".join(line.strip() for line in lines)
