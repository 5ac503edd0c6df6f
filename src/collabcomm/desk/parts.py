"""What a view of the desk is made of, as values; ``desk.html.j2`` draws them, and escapes all text.

Bars and the flow picture stand beside the table of the same numbers, so that nothing is told by
colour or by sight alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

from jinja2 import Environment, PackageLoader, StrictUndefined

from collabcomm.desk.picture import Flow


@dataclass(frozen=True)
class Cell:
    """A cell of a table: a text, what follows it in strong type, and a bar (percent) if any.

    ``title`` tells more of the text; ``lines`` take the place of the text, each with a remark.
    """

    text: str = ""
    strong: str = ""
    bar: int | None = None
    title: str = ""
    lines: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; ``role`` is an ARIA role."""

    kind: ClassVar[str] = "paragraph"
    text: str
    strong: bool = False
    role: str = ""


@dataclass(frozen=True)
class Table:
    """A table; the first cell of a row is its heading."""

    kind: ClassVar[str] = "table"
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class Finding:
    """Something to look at, its id, and why."""

    text: str
    code: str
    reasons: Sequence[str]


@dataclass(frozen=True)
class Findings:
    """Findings in order, those that matter most first."""

    kind: ClassVar[str] = "findings"
    entries: Sequence[Finding]


@dataclass(frozen=True)
class Picture:
    """A flow picture with its caption."""

    kind: ClassVar[str] = "picture"
    flow: Flow
    caption: str


@dataclass(frozen=True)
class Link:
    """A file that the page itself hands over; ``address`` holds it."""

    kind: ClassVar[str] = "link"
    text: str
    file: str
    address: str


@dataclass(frozen=True)
class Heading:
    """A heading within a view."""

    kind: ClassVar[str] = "heading"
    text: str


@dataclass(frozen=True)
class Folded:
    """Parts that are folded away under a summary."""

    kind: ClassVar[str] = "folded"
    summary: str
    parts: Sequence[Part]


@dataclass(frozen=True)
class Section:
    """Parts under a heading."""

    kind: ClassVar[str] = "section"
    title: str
    parts: Sequence[Part]


Part = Paragraph | Table | Findings | Picture | Link | Heading | Folded | Section


def bar(share: float | None) -> int:
    """Return the length of a bar for a fraction, in percent; its number stands beside it."""
    return 0 if share is None else round(100 * min(max(share, 0), 1))


def draw(*parts: Part) -> str:
    """Return parts as HTML."""
    return str(_environment().get_template("desk.html.j2").render(parts=parts))


def paragraphs(texts: Iterable[str]) -> list[Part]:
    """Return a paragraph a text."""
    return [Paragraph(text) for text in texts]


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("collabcomm.desk", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
