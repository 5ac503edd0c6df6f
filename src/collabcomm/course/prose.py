"""What a course says in sentences: its pages and its YAML, read as text and told apart by kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from markdown_it import MarkdownIt

from collabcomm.course.loader import Loaded
from collabcomm.course.yaml import YamlPath

# text: paragraphs, running prose. speech: what somebody says, or could say. record: a line of a
# record, an entry of a timeline. item: of a list, a table, a glossary. field: of YAML.
Kind = Literal["heading", "text", "item", "speech", "record", "field"]


class Passage(NamedTuple):
    """A text that a learner or trainer reads, without roles and marks of Markdown."""

    file: str
    line: int
    text: str
    kind: Kind


Piece = tuple[int, str, Kind]  # a passage before its file is known

# Directives whose lines are entries: a line and the indented ones after it.
_ENTRIES: dict[str, Kind] = {
    "dialogue": "speech",
    "wording": "speech",
    "glossary": "item",
    "picture": "item",
}
# Directives whose content is Markdown, and what it is where it would be running prose.
_MARKDOWN: dict[str, Kind] = {
    "reflection": "item",
    "key-points": "item",
    "tool": "item",
    "note": "text",
    "tip": "text",
    "case": "text",
    "chairs": "text",
    "dissection": "text",
}
# Their argument is a text, not an id.
_TITLED = ("dissection", "transcript", "chairs", "myth", "timeline", "tool")

_TEXTS = {
    *("title", "summary", "intro", "stem", "text", "feedback", "explanation", "role", "about"),
    *("content_note", "scene", "says", "ask", "consequence", "debrief", "likely", "care"),
    *("prompts", "statement", "prerequisites", "tagline", "model", "otherwise", "reason"),
    *("for", "against"),
}
# Only in a module's local.yml; elsewhere `who` names a person of the cast.
_LOCAL_TEXTS = {"who", "form", "by_when", "no_answer", "local"}

_ROLE = re.compile(r"\s*\{(?:claim|source|law|judgement)\}`[^`]*`")
_LINKED = re.compile(r"\{[a-z]+\}`([^`<]*?)\s*(?:<[^>]*>)?`|!?\[([^\]]*)\]\([^)]*\)")
_SENTENCE = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+(?=[\"'“‘(]?[A-Z0-9])")
_OPTION = re.compile(r":([a-z]+): *")
_SPEAKER = re.compile(r"^(- |[A-Z][\w .'’]{0,30}: )")
_MYTH = re.compile(r"(law|say): *", re.IGNORECASE)
_BOX = re.compile(r"^(\s*[-*] )\[[ x]\] ")


def passages(loaded: Loaded) -> Iterator[Passage]:
    """Yield every text that a learner or trainer reads."""
    for name in loaded.course.pages:
        file = f"{name}.md"
        for line, text, kind in _markdown((loaded.root / file).read_text("utf-8")):
            yield Passage(file, line, text, kind)
    for file, source in loaded.sources.items():
        named = _TEXTS | _LOCAL_TEXTS if file.endswith("/local.yml") else _TEXTS
        for path, text in _leaves(source.data, (), named):
            yield Passage(file, source.line(path), plain_text(text), "field")


def sentences_of(text: str) -> list[str]:
    """Return the sentences of a text that have a letter in them."""
    parts = (sentence.strip() for sentence in _SENTENCE.split(text))
    return [part for part in parts if re.search(r"[A-Za-z]", part)]


def plain_text(text: str) -> str:
    """Return an author's text without roles, links and marks."""
    text = _LINKED.sub(lambda m: m[1] or m[2] or "", _ROLE.sub("", text))
    return " ".join(text.replace("**", "").replace("`", "").split())


def _markdown(text: str, first: int = 0, running: Kind = "text") -> Iterator[Piece]:
    """Yield the texts of some Markdown, whose first line comes after ``first`` others."""
    inside: list[Kind] = []
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.type in ("heading_open", "list_item_open", "th_open", "td_open"):
            inside.append("heading" if token.type == "heading_open" else "item")
        elif token.type in ("heading_close", "list_item_close", "th_close", "td_close"):
            inside.pop()
        line = first + (token.map[0] + 1 if token.map else 1)
        if token.type == "inline":
            yield line, plain_text(token.content), inside[-1] if inside else running
        elif token.type == "fence" and token.info.startswith("{"):
            name, _, argument = token.info[1:].partition("}")
            yield from _directive(name, argument.strip(), line, token.content)


def _directive(name: str, argument: str, line: int, content: str) -> Iterator[Piece]:
    """Yield the texts of a directive that opens in a line; nothing of one that holds no prose."""
    if name in _TITLED and argument:
        yield line, plain_text(argument), "heading"
    if name in _ENTRIES:
        yield from _entries(line, content, _ENTRIES[name])
    elif name == "transcript":
        yield from _entries(line, re.sub(r"^\? ", "- ", content, flags=re.MULTILINE), "speech")
    elif name == "timeline":
        whats = [row.partition(": ")[2] if ": " in row else row for row in content.split("\n")]
        yield from _rows(line, whats, "record")
    elif name == "myth":
        yield from _myth(line, content.split("\n"))
    elif name in _MARKDOWN:
        rows = content.split("\n")
        for at, row in enumerate(rows):
            rows[at], text, kind = _unmarked(name, row)
            if text:
                yield line + at + 1, plain_text(text), kind
        yield from _markdown("\n".join(rows), line, _MARKDOWN[name])


def _unmarked(name: str, row: str) -> tuple[str, str, Kind]:
    """Return what is Markdown of a line of a form, and what its mark makes another text of."""
    option = _OPTION.match(row) if name in ("case", "note", "tip") else None
    if option:
        return "", row[option.end() :] if option[1] == "title" else "", "heading"
    if name == "dissection" and row.startswith("> "):
        return "", row[2:], "record"
    if name == "chairs" and row.startswith("# "):
        return "", row[2:], "heading"
    return _BOX.sub(r"\1", row) if name == "tool" else row, "", "text"


def _myth(line: int, rows: list[str]) -> Iterator[Piece]:
    """Yield what the law says, which is Markdown, and what one could say; labels are no text."""
    law, say = list(rows), [""] * len(rows)
    saying = False
    for at, row in enumerate(rows):
        label = _MYTH.match(row)
        saying = label[1].lower() == "say" if label else saying
        rest = row[label.end() :] if label else row
        law[at], say[at] = ("", rest) if saying else (rest, "")
    yield from _markdown("\n".join(law), line)
    for at, text, _ in _markdown("\n".join(say), line):
        yield at, text, "speech"


def _entries(line: int, content: str, kind: Kind) -> Iterator[Piece]:
    """Yield the entries of a directive: a line and the indented ones after it."""
    start, entry = 0, ""
    for number, row in enumerate(content.splitlines(), line + 1):
        option = _OPTION.match(row)
        if not row.startswith((" ", "\t")) or not row.strip():
            if entry:
                yield start, plain_text(entry), kind
            start, entry = number, ""
        words = row[option.end() :] if option else _SPEAKER.sub("", row)
        entry = f"{entry} {words.strip()}".strip()
    if entry:
        yield start, plain_text(entry), kind


def _rows(line: int, rows: list[str], kind: Kind) -> Iterator[Piece]:
    for number, row in enumerate(rows, line + 1):
        if row.strip():
            yield number, plain_text(row), kind


def _leaves(here: object, path: YamlPath, named: set[str]) -> Iterator[tuple[YamlPath, str]]:
    if isinstance(here, dict):
        for key, value in here.items():
            yield from _leaves(value, (*path, key), named)
    elif isinstance(here, list):
        for i, value in enumerate(here):
            yield from _leaves(value, (*path, i), named)
    elif isinstance(here, str) and any(
        step in named for step in path[-2:] if isinstance(step, str)
    ):
        yield path, here
