"""Where the course of this repository and the small course of the engine's tests lie."""

from __future__ import annotations

import shutil
from pathlib import Path

HERE = Path(__file__).parent
REPO = HERE.parent
SMALL = HERE / "content" / "course"
CASES = HERE / "cases"
GOLDEN = HERE / "golden"

TOC = """\
format: jb-book
root: book/index
chapters:
  - file: modules/visiting/index
    sections: [{file: modules/visiting/at-the-door}, {file: modules/visiting/afterwards}]
  - file: book/chapter
  - file: book/references
"""


def as_book(course: Path) -> Path:
    """Give a copy of the small course the pages that make it a book."""
    shutil.copy(REPO / "_config.yml", course)
    (course / "_toc.yml").write_text(TOC)
    (course / "book/index.md").write_text("# Home\n\nHome.\n")
    (course / "book/references.md").write_text("# References\n\n```{references}\n```\n")
    (course / "modules/visiting/index.md").write_text("```{module} visiting\n```\n")
    return course
