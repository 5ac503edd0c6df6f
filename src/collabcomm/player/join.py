"""Our scripts are written in parts; a browser gets them joined, one self-contained module a script.

anywidget loads its module from a blob, where relative imports have no base, and a page with few
requests is fast. The imports of a script's parts are the table of what it is made of: a part comes
after those that it imports. Comments and indentation are left out, which gzip would not save.

Parts keep to a plain form, and what does not is refused: an ``import { a, b } from "./x.js"`` at
the beginning of a line, no renaming, no two parts that declare the same name, no text in backticks
over several lines. ``import("./x.js")`` stays: it is asked of the server when it is needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

PARTS = Path(__file__).parent / "parts"
PLAYER = PARTS / "player.js"
GRADED = PARTS / "graded.js"

_IMPORT = re.compile(r'^(import|export) \{([^}]*)\} from "(\.[^"]+)";\n', re.MULTILINE)
_DECLARED = re.compile(
    r"^(?:export )?(?:async )?(?:function\*?|const|let|class) (\w+)", re.MULTILINE
)
_EXPORT = re.compile(r"^export (?=async |function|const|let|class)", re.MULTILINE)
_BLOCK = re.compile(r"^[ \t]*/\*(?:(?!\*/).)*\*/[ \t]*\n", re.MULTILINE | re.DOTALL)
_LINE = re.compile(r"^[ \t]*//.*\n", re.MULTILINE)
_CAST = re.compile(r"/\*\* @[^*]*\*/ ?")


def join(entry: Path, beside: Path | None = None) -> str:
    """Return the script that begins in a file, with all that it imports, as one module.

    ``beside`` is a script that is on the page already: what is imported from its parts is imported
    from it (as ``./NAME.js``). Raises ValueError for a part that cannot be joined.
    """
    there = set(_order(beside)) if beside else set()
    parts = [path for path in _order(entry) if path not in there]
    _refuse_doubles(parts)
    asked = sorted({name for path in parts for name in _asked(path, there)})
    head = f'import {{ {", ".join(asked)} }} from "./{beside.name}";\n' if beside else ""
    return head + "".join(_body(path, path == entry) for path in parts)


def player_script() -> str:
    """The player. It also exports what the scripts beside it import from its parts."""
    script = join(PLAYER)
    own = {
        name
        for names in re.findall(r"^export \{([^}]*)\};", script, re.M)
        for name in _names(names)
    }
    there = set(_order(PLAYER))
    more = {name for path in _order(GRADED) if path not in there for name in _asked(path, there)}
    return script + f"export {{ {', '.join(sorted(more - own))} }};\n"


def graded_script() -> str:
    """What the page of a graded quiz has beside the player."""
    return join(GRADED, beside=PLAYER)


def _names(between: str) -> list[str]:
    """The names between the braces of an import."""
    names = [name.strip() for name in between.split(",") if name.strip()]
    if wrong := [name for name in names if not re.fullmatch(r"[\w$]+", name)]:
        raise ValueError(f"no renaming in an import: {wrong[0]}")
    return names


def _imports(path: Path) -> Iterator[tuple[list[str], Path]]:
    for match in _IMPORT.finditer(path.read_text("utf-8")):
        yield _names(match[2]), (path.parent / match[3]).resolve()


def _asked(path: Path, there: set[Path]) -> Iterator[str]:
    """What a part imports from parts that are on the page already."""
    for names, source in _imports(path):
        if source in there:
            yield from names


def _order(entry: Path) -> tuple[Path, ...]:
    """All parts of a script, each after what it imports."""
    met: list[Path] = []
    found: list[Path] = []

    def visit(path: Path) -> None:
        if path in met:
            return
        met.append(path)
        for _, source in _imports(path):
            visit(source)
        found.append(path)

    visit(entry)
    return tuple(found)


def _refuse_doubles(parts: list[Path]) -> None:
    home: dict[str, Path] = {}
    for path in parts:
        for name in _DECLARED.findall(path.read_text("utf-8")):
            if name in home:
                raise ValueError(f"{path.name} and {home[name].name} both declare {name}")
            home[name] = path


def _body(path: Path, first: bool) -> str:
    text = _IMPORT.sub(lambda match: _again(match, first), path.read_text("utf-8"))
    text = _CAST.sub("", _LINE.sub("", _BLOCK.sub("", text)))
    if any(line.count("`") % 2 for line in text.splitlines()):
        raise ValueError(f"{path.name}: a text in backticks ends on its own line")
    text = text if first else _EXPORT.sub("", text)
    return "".join(f"{line.strip()}\n" for line in text.splitlines() if line.strip())


def _again(match: re.Match[str], first: bool) -> str:
    """What stays of an import: nothing, or the export of a name that the script offers."""
    if match[1] == "export" and first:
        return f"export {{ {', '.join(_names(match[2]))} }};\n"
    return ""
