"""The forms a lesson can take: a record dissected, a call with pauses, chairs, a myth, a case.

What is folded away is a ``<details>``, so that all of them work without JavaScript.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx

from collabcomm.book.directive import CourseDirective, joined, raw
from collabcomm.book.pages import site_root
from collabcomm.course.cases import episodes
from collabcomm.course.places import address


class Form(CourseDirective):
    """A directive whose body is text in a notation of its own."""

    has_content = True

    def caption(self, text: str) -> nodes.paragraph:
        """Return a form's title as a line above it; it is no heading of the page."""
        return nodes.paragraph("", "", *self.inline(text), classes=["form-title"])

    def figure(
        self, kind: str, title: str, content: Iterable[nodes.Node], part_id: str = ""
    ) -> list[nodes.Node]:
        """Return a form under its title, which names the whole and is no heading of the page."""
        named = f' id="{part_id}"' if part_id else ""
        return [
            raw(f'<figure class="form {kind}"{named}><figcaption>'),
            self.caption(title),
            raw("</figcaption>"),
            *content,
            raw("</figure>"),
        ]

    def parts(self, mark: str, what: str, lacks: str) -> list[tuple[str, str]]:
        """Return each line that begins with a mark, and the Markdown that follows it.

        ``what`` says what the mark begins and ``lacks`` what follows it, for an author who has
        written something else.
        """
        found: list[tuple[str, list[str]]] = []
        for line in self.content:
            if line.startswith(mark):
                found.append((line[len(mark) :].strip(), []))
            elif found:
                found[-1][1].append(line)
            elif line.strip():
                raise self.error(f"{what} begins with '{mark}'; this is '{line}'")
        if not found:
            raise self.error(f"{what} begins with '{mark}', and there is none")
        for head, body in found:
            if not "".join(body).strip():
                raise self.error(f"nothing follows '{mark}{head}'. Write {lacks} below it")
        return [(head, "\n".join(body)) for head, body in found]

    def folded(self, summary: list[nodes.Node], attributes: str = "") -> nodes.container:
        """Return a box that holds an opened ``<details>``; `close` it after its content."""
        box = nodes.container(classes=["folded"])
        line = nodes.inline("", "", *summary)
        box += [raw(f"<details{attributes}><summary>"), line, raw("</summary>")]
        return box


def close(box: nodes.Element) -> nodes.Element:
    """Close the ``<details>`` that a box began with."""
    box += raw("</details>")
    return box


class DissectionDirective(Form):
    """``{dissection} title``: lines of a record (``> ``), each with what to see in it."""

    def run(self) -> list[nodes.Node]:
        entries = nodes.enumerated_list(classes=["dissection-lines"])
        for line, comment in self.parts("> ", "a line of the record", "what to see in it"):
            box = self.folded([nodes.inline("", "", *self.inline(line), classes=["record-line"])])
            self.markdown(comment, box)
            entries += nodes.list_item("", close(box))
        hint = self.book.text("book.forms.dissection")
        told = nodes.paragraph(hint, hint, classes=["form-hint"])
        return self.figure("dissection", self.arguments[0], [told, entries])


class TranscriptDirective(Form):
    """``{transcript} title``: turns of a call; ``? `` is a pause that folds the rest."""

    def run(self) -> list[nodes.Node]:
        whole = nodes.container(classes=["turns"])
        speakers: list[str] = []
        here: nodes.container = whole
        opened: list[nodes.container] = []
        lines = joined(self.content)
        if not lines or lines[-1].startswith("? "):
            raise self.error("a transcript ends with a turn. Write 'Name: words' at its end")
        for line in lines:
            if line.startswith("? "):
                hint = self.book.text("book.forms.pause")
                said = nodes.inline("", "", *self.inline(line[2:].strip()), classes=["pause"])
                box = self.folded(
                    [said, nodes.Text(" "), nodes.inline(hint, hint, classes=["pause-hint"])]
                )
                opened.append(box)
                here += box
                here = box
            else:
                here += self.turn(line, speakers)
        for box in reversed(opened):
            close(box)
        return self.figure("transcript", self.arguments[0], [whole])

    def turn(self, line: str, speakers: list[str]) -> nodes.paragraph:
        """Return one turn, as in a dialogue."""
        name, colon, speech = line.partition(":")
        if not colon:
            raise self.error(
                f"a line of a transcript is 'Name: words' or '? question', this is '{line}'. "
                "Indent a line that goes on with the one before it"
            )
        person = name.partition(" (")[0]  # who somebody is may be said once
        if person not in speakers:
            speakers.append(person)
        turn = nodes.paragraph(classes=["turn", f"turn-{speakers.index(person) + 1}"])
        turn += nodes.inline(name, name, classes=["speaker"])
        turn += nodes.Text(" ")
        turn += nodes.inline("", "", *self.inline(speech.strip()), classes=["speech"])
        return turn


class ChairsDirective(Form):
    """``{chairs} title``: one event from several chairs; ``# `` begins a chair."""

    def run(self) -> list[nodes.Node]:
        chairs = self.parts("# ", "a chair", "what is seen from there")
        if not 2 <= len(chairs) <= 5:
            raise self.error(f"two to five chairs, this has {len(chairs)}. Begin each with '# '")
        content = []
        for n, (who, text) in enumerate(chairs):
            box = self.folded(self.inline(who), "" if n else " open")
            self.markdown(text, box)
            content.append(close(box))
        return self.figure("chairs", self.arguments[0], content)


class MythDirective(Form):
    """``{myth} words``: what people say; then ``Law:`` and, if you like, ``Say:``."""

    kinds: ClassVar[dict[str, str]] = {"law": "law", "say": "say"}

    def run(self) -> list[nodes.Node]:
        label = self.book.text("book.forms.myth")
        said = nodes.inline(label, label, classes=["wording-label"])
        box = self.folded([said, nodes.Text(" "), *self.inline(self.arguments[0])])
        for kind, text in self.told():
            words = self.book.text(f"book.forms.{kind}")
            part = nodes.container(classes=[f"myth-{kind}"])
            part += nodes.paragraph(words, words, classes=["wording-label"])
            self.markdown(text, part)
            box += part
        return [nodes.container("", close(box), classes=["form", "myth"])]

    def told(self) -> Iterator[tuple[str, str]]:
        """Yield the kinds and texts of the body; a text goes on until the next kind."""
        kind, text = "", ""
        for line in self.content:
            label, colon, rest = line.partition(":")
            if colon and label.strip().lower() in self.kinds:
                if kind:
                    yield kind, text
                kind, text = self.kinds[label.strip().lower()], rest.strip()
            elif kind:
                text += f"\n{line}"
            elif line.strip():
                raise self.error(f"a myth goes on with 'Law:' or 'Say:'; this is '{line}'")
        if not kind:
            raise self.error("a myth needs 'Law:', what the law says")
        yield kind, text


class CaseDirective(Form):
    """``{case} id``: an episode of a case that runs through lessons, with links to the others."""

    option_spec: ClassVar[dict[str, Any]] = {
        "part": directives.positive_int,
        "title": directives.unchanged_required,
    }

    def run(self) -> list[nodes.Node]:
        if set(self.options) != {"part", "title"}:
            raise self.error("a case needs ':part:', a number, and ':title:'")
        case_id, part = self.arguments[0], self.options["part"]
        title = self.book.text("book.forms.case", n=part, title=self.options["title"])
        told = self.markdown("\n".join(self.content))
        content = [*told, *self.ways(case_id, part)]
        return self.figure("case", title, content, part_id=anchor(case_id, part))

    def ways(self, case_id: str, part: int) -> Iterator[nodes.Node]:
        """Yield links to the episodes before and after this one."""
        pages = episodes(self.book.course, case_id)
        self.depend(*(f"{page}.md" for page in pages.values()))
        links = nodes.bullet_list(classes=["case-ways"])
        for key, other in (("case_before", part - 1), ("case_after", part + 1)):
            if page := pages.get(other):
                title = self.book.course.pages[page].title
                words = self.book.text(f"book.forms.{key}", title=title)
                href = f"{site_root(self.env.docname)}{address(page)}#{anchor(case_id, other)}"
                link = nodes.reference("", words, refuri=href, internal=True)
                links += nodes.list_item("", nodes.paragraph("", "", link))
        if links.children:
            yield links


def anchor(case_id: str, part: int) -> str:
    """Return the id of an episode on its page."""
    return f"case-{case_id}-{part}"


class TimelineDirective(Form):
    """``{timeline} title``: lines of ``date, who: what``."""

    def run(self) -> list[nodes.Node]:
        entries = nodes.enumerated_list(classes=["timeline-entries"])
        for line in joined(self.content):
            when, colon, what = line.partition(": ")
            if not colon:
                raise self.error(
                    f"a line of a timeline is 'date, who: what', this is '{line}'. "
                    "Indent a line that goes on with the one before it"
                )
            head = nodes.paragraph("", "", nodes.strong("", "", *self.inline(when)))
            told = nodes.paragraph("", "", *self.inline(what.strip()))
            entries += nodes.list_item("", head, told)
        if not entries.children:
            raise self.error("a timeline has lines of 'date, who: what', and there is none")
        return self.figure("timeline", self.arguments[0], [entries])


class ToolDirective(Form):
    """``{tool} title``: one page to print or save; ``- [ ]`` is an empty box, ``____`` a gap."""

    def run(self) -> list[nodes.Node]:
        title = self.arguments[0]
        text = "\n".join(self.content)
        if not text.strip():
            raise self.error("a tool is empty. Write what stands on it, '- [ ]' for an empty box")
        body = re.sub(r"^(\s*[-*] )\[ \] ", rf"\1{BOX}", text, flags=re.MULTILINE)
        box = nodes.container(classes=["form", "tool"])
        name = html.escape(title, quote=True)
        kicker = self.book.text("book.forms.tool")
        box += raw(f'<section class="tool-card" aria-label="{name}">')
        box += nodes.paragraph(kicker, kicker, classes=["kicker"])
        box += self.caption(title)
        self.markdown(body, box)
        fillable(box)
        box += raw("</section>" + self.buttons())
        return [box]

    def buttons(self) -> str:
        """Return what prints and saves the card, which the script shows."""
        words = {name: self.book.text(f"book.forms.{name}") for name in ("print", "save")}
        made = "".join(
            f'<button type="button" class="button" data-tool="{name}">{html.escape(text)}</button>'
            for name, text in words.items()
        )
        return f'<p class="tool-ways" hidden>{made}</p>'


BOX = "☐ "


def fillable(card: nodes.Element) -> None:
    """Mark the lists of boxes and the gaps of a card, so that they look like a form's."""
    for entries in card.findall(nodes.bullet_list):
        if all(entry.astext().startswith(BOX) for entry in entries.children):
            entries["classes"].append("boxes")
    for text in list(card.findall(nodes.Text)):
        pieces = re.split(r"(_{3,})", text)
        if len(pieces) > 1:
            whole: list[nodes.Node] = [
                nodes.inline(piece, piece, classes=["gap"]) if n % 2 else nodes.Text(piece)
                for n, piece in enumerate(pieces)
                if piece
            ]
            text.parent.replace(text, whole)


def setup(app: Sphinx) -> None:
    """Register the directives of this file."""
    app.add_directive("dissection", DissectionDirective)
    app.add_directive("transcript", TranscriptDirective)
    app.add_directive("chairs", ChairsDirective)
    app.add_directive("myth", MythDirective)
    app.add_directive("case", CaseDirective)
    app.add_directive("timeline", TimelineDirective)
    app.add_directive("tool", ToolDirective)
