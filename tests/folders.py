"""Where the course of this repository and the small course of the engine's tests lie."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent
REPO = HERE.parent
SMALL = HERE / "content" / "course"
CASES = HERE / "cases"
GOLDEN = HERE / "golden"
