"""A Markdown page of the book, as far as the engine reads it: its title, and what it names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import takewhile

from collabcomm.course.models import Mention, Page

_ROLE = re.compile(r"(?<!`)\{(claim|source|law|term)\}`(?:[^`<]*<)?([^`<>]*)>?`")
_FENCE = re.compile(r" *(`{3,}|:{3,})(?:\{([a-z-]+)\})?(.*)")
_NAMING = ("quiz", "scenario", "module", "reflection", "picture", "procedure", "tool")
_PART = re.compile(r":part: *([1-9]\d*) *$")


def read_page(text: str) -> Page:
    """Return a page's title and what its roles and directives name."""
    lines = text.splitlines()
    title = next((line[1:].strip() for line in lines if line.startswith("# ")), "")
    return Page(title=title, mentions=list(_mentions(lines)))


def _mentions(lines: list[str]) -> Iterator[Mention]:
    """Yield what is named, line by line; what stands in a code block names nothing."""
    closing = ""  # what ends the fence that the line stands in
    inside = ""  # the directive of that fence, or "code-block"
    for number, line in enumerate(lines, 1):
        fence = _FENCE.match(line)
        if inside == "code-block":
            if line.strip() == closing:
                closing = inside = ""
            continue
        if fence and line.strip() != closing and not (closing and inside == "claims"):
            closing, inside = fence[1], fence[2] or "code-block"
            yield from _named_by(inside, fence[3].strip(), number, lines[number:])
        elif closing and line.strip() == closing:
            closing = inside = ""
        elif inside == "glossary" and line.strip() and not line.startswith((" ", ":")):
            yield Mention(line=number, kind=inside, target=line.strip().lower())
        elif inside == "claims" and not line.startswith(":"):
            for target in line.split():
                if target != "-":
                    yield Mention(line=number, kind=inside, target=target)
        for role in _ROLE.finditer(line):
            target = role[2].strip().lower() if role[1] == "term" else role[2].strip()
            yield Mention(line=number, kind=role[1], target=target)


def _named_by(directive: str, argument: str, number: int, below: list[str]) -> Iterator[Mention]:
    """Yield what a directive names in the line that opens it."""
    if directive == "case":
        part = next(
            (int(found[1]) for line in _options(below) if (found := _PART.match(line))), None
        )
        yield Mention(line=number, kind=directive, target=argument, part=part)
    elif directive in _NAMING:
        yield Mention(line=number, kind=directive, target=argument)
    elif directive == "claims":
        for target in argument.split():
            yield Mention(line=number, kind=directive, target=target)


def _options(below: list[str]) -> Iterable[str]:
    """Return the lines of a directive's options, which stand right below the line that opens it."""
    return takewhile(lambda line: line.startswith(":"), below)
