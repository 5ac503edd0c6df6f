"""Our scripts are written in parts; a browser gets them joined, one self-contained module a script.

anywidget loads its module from a blob, where relative imports have no base, and a page with few
requests is fast. The imports of a script's parts are the table of what it is made of: a part comes
after those that it imports.

Parts keep to a plain form, and what does not is refused: an ``import { a, b } from "./x.js"`` at
the beginning of a line, no renaming, no two parts that declare the same name, no text in backticks
over several lines. ``import("./x.js")`` stays: it is asked of the server when it is needed.

Comments, indentation and the spaces around signs are left out; no name is changed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

PARTS = Path(__file__).parent / "parts"
PLAYER = PARTS / "player.js"  # on every page with an activity
SCENARIO = PARTS / "scenario.js"
# Where a page has one, or asks for one; each with the scripts that are there before it.
BESIDE = {
    SCENARIO: [PLAYER],
    PARTS / "story.js": [PLAYER, SCENARIO],
    PARTS / "graded.js": [PLAYER],
}
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
_TEXT = re.compile(r'("(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`)')
_SIGN = re.compile(r" ?(=>|[=!<>&|?*]+|[(){}\[\],;:]) ?")
_BEHIND = re.compile(r"(?:^| )// .*")
# Where an expression goes on in the next line. Statements keep their lines.
_LOOSE = re.compile(r"(?<=[({\[,=?:&|])\n|,?\n(?=[)\]])|\n(?=[.?:&|])")


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


def join(entry: Path, beside: Sequence[Path] = ()) -> str:
    """Return the script that begins in a file, with all that it imports, as one module.

    ``beside`` are scripts that are on the page already: what is imported from the parts of one is
    imported from it (as ``./NAME.js``). Raises ValueError for a part that cannot be joined.
    """
    parts, asked = _apart(entry, beside)
    _refuse_doubles(parts)
    head = [
        f'import{{{",".join(sorted(names))}}}from"./{script.name}";\n'
        for script, names in asked.items()
        if names
    ]
    return "".join([*head, *(_body(part, part.path == entry) for part in parts)])


def _apart(entry: Path, beside: Iterable[Path]) -> tuple[list[Part], dict[Path, set[str]]]:
    """Return the parts of a script that no script beside it has, and what they ask of each."""
    parts = parts_of(entry)
    owner: dict[Path, Path] = {}
    for script in beside:
        for path in parts_of(script):
            owner.setdefault(path, script)
    own = [part for path, part in parts.items() if path not in owner]
    asked = {
        script: set().union(*(part.asks([p for p in owner if owner[p] == script]) for part in own))
        for script in beside
    }
    return own, asked


def page_scripts() -> dict[str, str]:
    """Return the player's scripts for pages by name: the player, and what may stand beside it.

    Each also exports what the others take from its parts.
    """
    asked: dict[Path, set[str]] = {}
    for entry, beside in BESIDE.items():
        for script, names in _apart(entry, beside)[1].items():
            asked[script] = asked.get(script, set()) | names
    scripts = {}
    for entry, beside in {PLAYER: [], **BESIDE}.items():
        whole = join(entry, beside)
        exported = re.findall(r"^export\{([^}]*)\}", whole, re.MULTILINE)
        more = sorted(asked.get(entry, set()).difference(*map(_names, exported)))
        scripts[entry.name] = whole + (f"export{{{','.join(more)}}};\n" if more else "")
    return scripts


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
    lines = [_squeeze(line.strip()) for line in text.splitlines()]
    return _LOOSE.sub("", "".join(f"{line}\n" for line in lines if line))


def _squeeze(line: str) -> str:
    """Return a line without spaces around signs, and without a comment behind it.

    Texts keep theirs, and so does a line with a slash, which divides or begins a pattern.
    """
    pieces = _TEXT.split(line)
    code = pieces[::2]
    for at, piece in enumerate(code):
        if comment := _BEHIND.search(piece):
            return _squeeze("".join(pieces[: 2 * at]) + piece[: comment.start()])
    if "/" in "".join(code):
        return line
    pieces[::2] = [_SIGN.sub(r"\1", piece) for piece in code]
    return "".join(pieces)
