"""Markdown of a course becomes clean HTML, or a line of plain text."""

from __future__ import annotations

from html import unescape

import nh3
from markdown_it import MarkdownIt

# Straight quotes become typographic ones, as Sphinx makes them of the same text.
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "typographer": True}).enable("smartquotes")
_TAGS = {"p", "em", "strong", "ul", "ol", "li", "blockquote", "br", "a", "code"}


def block(text: str) -> str:
    """Return Markdown as clean block HTML."""
    return _clean(_MARKDOWN.render(text))


def inline(text: str) -> str:
    """Return Markdown as clean HTML without a paragraph around it."""
    return _clean(_MARKDOWN.renderInline(text))


def plain(text: str) -> str:
    """Return a line of Markdown as plain text."""
    return unescape(nh3.clean(_MARKDOWN.renderInline(text), tags=set())).strip()


def _clean(html: str) -> str:
    return nh3.clean(
        html, tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"https", "mailto"}
    ).strip()
