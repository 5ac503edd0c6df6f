"""Our scripts are written in parts; a browser gets them joined, one self-contained module a script.

anywidget loads its module from a blob, where relative imports have no base, and a page with few
requests is fast. The imports of a script's parts are the table of what it is made of: a part comes
after those that it imports. Comments and indentation are left out.

Parts keep to a plain form, and what does not is refused: an ``import { a, b } from "./x.js"`` at
the beginning of a line, no renaming, no two parts that declare the same name, no text in backticks
over several lines. ``import("./x.js")`` stays: it is asked of the server when it is needed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

PARTS = Path(__file__).parent / "parts"
PLAYER = PARTS / "player.js"  # on every page with an activity
BESIDE = [PARTS / "scenario.js", PARTS / "graded.js"]  # where a page has one
WIDGET = PARTS / "widget.js"  # in notebooks; the whole player in one script

_IMPORT = re.compile(r'^(import|export) \{([^}]*)\} from "(\.[^"]+)";\n', re.MULTILINE)
_DECLARED = re.compile(
    r"^(?:export )?(?:async )?(?:function\*?|const|let|class) (\w+)", re.MULTILINE
)
_EXPORT = re.compile(r"^export (?=async |function|const|let|class)", re.MULTILINE)
_COMMENT = re.compile(
    r"^[ \t]*/\*(?:(?!\*/).)*\*/[ \t]*\n"  # of its own, over one line or several
    r"|^[ \t]*//[^\n]*\n"
    r"|/\*\* @[^*\n]*\*/ ?",  # a type in front of an expression
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Part:
    """A file of a script, and the names that it takes from other files."""

    path: Path
    text: str
    imports: list[tuple[list[str], Path]]

    @classmethod
    def read(cls, path: Path) -> Part:
        """Read a file; ValueError where it renames what it imports."""
        text = path.read_text("utf-8")
        imports = [
            (_names(match[2]), Path(os.path.normpath(path.parent / match[3])))
            for match in _IMPORT.finditer(text)
        ]
        return cls(path, text, imports)

    def asks(self, there: Iterable[Path]) -> set[str]:
        """Return the names that it takes from some files."""
        return {name for names, source in self.imports if source in there for name in names}


def join(entry: Path, beside: Path | None = None) -> str:
    """Return the script that begins in a file, with all that it imports, as one module.

    ``beside`` is a script that is on the page already: what is imported from its parts is imported
    from it (as ``./NAME.js``). Raises ValueError for a part that cannot be joined.
    """
    there = parts_of(beside) if beside else {}
    parts = [part for path, part in parts_of(entry).items() if path not in there]
    _refuse_doubles(parts)
    asked = sorted(set().union(*(part.asks(there) for part in parts)))
    head = f'import {{ {", ".join(asked)} }} from "./{beside.name}";\n' if beside else ""
    return head + "".join(_body(part, part.path == entry) for part in parts)


def page_scripts() -> dict[str, str]:
    """Return the player's scripts for pages by name: the player, and what may stand beside it.

    The player also exports what the scripts beside it take from its parts.
    """
    player = join(PLAYER)
    there = parts_of(PLAYER)
    asked: set[str] = set()
    for entry in BESIDE:
        for path, part in parts_of(entry).items():
            if path not in there:
                asked |= part.asks(there)
    exported = re.findall(r"^export \{([^}]*)\};", player, re.MULTILINE)
    more = sorted(asked.difference(*map(_names, exported)))
    beside = {entry.name: join(entry, beside=PLAYER) for entry in BESIDE}
    return {PLAYER.name: f"{player}export {{ {', '.join(more)} }};\n", **beside}


def widget_script() -> str:
    """Return the player as one module for anywidget."""
    return join(WIDGET)


def parts_of(entry: Path) -> dict[Path, Part]:
    """Return the parts of a script, each after what it imports."""
    met: set[Path] = set()
    found: dict[Path, Part] = {}

    def visit(path: Path) -> None:
        if path in met:
            return
        met.add(path)
        part = Part.read(path)
        for _, source in part.imports:
            visit(source)
        found[path] = part

    visit(entry)
    return found


def _names(between: str) -> list[str]:
    """Read the names between the braces of an import."""
    names = [name.strip() for name in between.split(",") if name.strip()]
    if wrong := [name for name in names if not re.fullmatch(r"[\w$]+", name)]:
        raise ValueError(f"no renaming in an import: {wrong[0]}")
    return names


def _refuse_doubles(parts: list[Part]) -> None:
    home: dict[str, Path] = {}
    for part in parts:
        for name in _DECLARED.findall(part.text):
            if name in home:
                raise ValueError(f"{home[name].name} and {part.path.name} both declare {name}")
            home[name] = part.path


def _body(part: Part, is_entry: bool) -> str:
    """Lay out a part without comments and indentation; only the entry exports."""

    def again(match: re.Match[str]) -> str:
        names = ", ".join(_names(match[2]))
        return f"export {{ {names} }};\n" if is_entry and match[1] == "export" else ""

    text = _COMMENT.sub("", _IMPORT.sub(again, part.text))
    if any(line.count("`") % 2 for line in text.splitlines()):
        raise ValueError(f"{part.path.name}: a text in backticks must end on its own line")
    if not is_entry:
        text = _EXPORT.sub("", text)
    return "".join(f"{line.strip()}\n" for line in text.splitlines() if line.strip())
