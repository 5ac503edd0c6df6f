"""No file of ours over 500 lines, no function over 60: what is longer does two jobs.

    python tests/lint/lengths.py

Functions of JavaScript are held by ``lengths.js``, which ``deno lint`` loads.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

REPO = Path(__file__).parents[2]
FOLDERS = ("src", "tests", "bench", "deploy")
ENDINGS = (".py", ".js", ".css", ".html", ".j2")
FILE, FUNCTION = 500, 60


def files() -> Iterator[Path]:
    """Yield what is written by hand: not tables of cases, golden files, or frozen migrations."""
    for folder in FOLDERS:
        for path in sorted((REPO / folder).rglob("*")):
            if path.suffix in ENDINGS and not {"cases", "golden", "versions"} & set(path.parts):
                yield path


def too_long(path: Path) -> Iterator[str]:
    """Yield a line for the file and for each function that is too long, with its place."""
    text = path.read_text("utf-8")
    name = path.relative_to(REPO)
    if (lines := len(text.splitlines())) > FILE:
        yield f"{name}: {lines} lines, {FILE} at most. Split it by its jobs."
    if path.suffix != ".py":
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION:
                yield (
                    f"{name}:{node.lineno}: {node.name} has {lines} lines, {FUNCTION} at most. "
                    "Give its parts names of their own."
                )


def main() -> None:
    """Print what is too long; exit code 1 where anything is."""
    found = [line for path in files() for line in too_long(path)]
    if found:
        sys.exit("\n".join(found))


if __name__ == "__main__":
    main()
