"""What the directives of the book share: the course at hand, and how its texts become nodes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

from collabcomm.book.pages import site_root
from collabcomm.course.compiler import Compiler
from collabcomm.course.models import Course
from collabcomm.texts import catalogue, day_words, script_json


@dataclass(frozen=True)
class Book:
    """The course of one build, with its compiler and its folder."""

    course: Course
    compiler: Compiler
    root: Path

    def text(self, key: str, **values: object) -> str:
        """Return an interface text of the book with its placeholders filled in."""
        return catalogue("book", self.course.info.language)[key].format(**values)

    def day(self, day: date) -> str:
        """Return a day as people write it, for example 24 November 2026."""
        return day_words(day, self.course.info.language)


# The environment is written to disk after each build, and a course is read anew in each: so the
# book hangs on the application.
BOOKS: WeakKeyDictionary[Sphinx, Book] = WeakKeyDictionary()


# What makes a line of Markdown a list, a quotation or a heading.
_BLOCK = re.compile(r"^(\d*)([.)](?=\s)|[-+*](?=\s)|>|#+(?=\s))")


def book_of(env: BuildEnvironment) -> Book:
    """Return the book that is being built."""
    return BOOKS[env.app]


def raw(text: str) -> nodes.raw:
    """Return HTML that is written as it is; it is not in the search index."""
    return nodes.raw("", text, format="html")


class CourseDirective(SphinxDirective):
    """A directive that knows the course."""

    required_arguments = 1
    final_argument_whitespace = True

    @property
    def book(self) -> Book:
        """The book that is being built."""
        return book_of(self.env)

    def depend(self, *patterns: str) -> None:
        """Rebuild the page when one of these files of the course changes; ``*`` stands for any."""
        for pattern in patterns:
            found = sorted(self.book.root.glob(pattern)) if "*" in pattern else ()
            for path in found or [self.book.root / pattern]:
                self.env.note_dependency(str(path))

    def markdown(self, text: str, parent: nodes.Element | None = None) -> list[nodes.Node]:
        """Return the nodes of an author's Markdown."""
        holder = parent if parent is not None else nodes.container()
        lines = StringList(text.splitlines(), self.get_source_info()[0])
        self.state.nested_parse(lines, self.content_offset, holder)
        return holder.children

    def inline(self, text: str) -> list[nodes.Node]:
        """Return the nodes of a line of Markdown, without a paragraph around them.

        What would begin a list or the like, such as a number that ends a sentence, is text.
        """
        parsed = self.markdown(_BLOCK.sub(r"\1\\\2", text.strip()))
        return list(parsed[0].children) if parsed else []

    def block(self, classes: str, text: str) -> nodes.container:
        """Return a container with an author's Markdown in it."""
        holder = nodes.container(classes=classes.split())
        self.markdown(text, holder)
        return holder

    def bullets(self, texts: Iterable[str]) -> nodes.bullet_list:
        """Return a list of lines of Markdown."""
        paragraphs = (nodes.paragraph("", "", *self.inline(text)) for text in texts)
        return nodes.bullet_list("", *(nodes.list_item("", line) for line in paragraphs))

    def activity(
        self, tag: str, heading: int, fallback: list[nodes.Node], data: Any
    ) -> list[nodes.Node]:
        """Return an element of the player around its readable version."""
        root = site_root(self.env.docname)
        return [
            raw(f'<{tag} root="{root}" heading="{heading}">'),
            *fallback,
            raw(f"{data_script(data)}</{tag}>"),
        ]

    def titled(self, title: str, content: list[nodes.Node]) -> list[nodes.Node]:
        """Return a page's only section: its title and content."""
        section = nodes.section(ids=[nodes.make_id(title)], names=[title.lower()])
        section += nodes.title(title, title)
        section += content
        return [section]


def joined(content: StringList) -> list[str]:
    """Return the lines of a directive; an indented line goes on with the one before it."""
    lines: list[str] = []
    for line in content:
        if line.startswith((" ", "\t")) and lines:
            lines[-1] += f" {line.strip()}"
        elif line.strip():
            lines.append(line.strip())
    return lines


def data_script(data: Any, attributes: str = "") -> str:
    """Return data for a script of ours, as an element of a page."""
    return f'<script type="application/json"{attributes}>{script_json(data)}</script>'


def table(heads: list[str], rows: list[list[nodes.Node]]) -> nodes.table:
    """Return a table with a line of heads."""
    group = nodes.tgroup(cols=len(heads))
    group += [nodes.colspec(colwidth=1) for _ in heads]
    head, body = nodes.thead(), nodes.tbody()
    head += _row([nodes.Text(text) for text in heads])
    body += [_row(cells) for cells in rows]
    group += [head, body]
    return nodes.table("", group)


def _row(cells: list[nodes.Node]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", cell)) for cell in cells))
