"""The forms a lesson can take: a record dissected, a call with pauses, chairs, a myth, a case.

What is folded away is a ``<details>``, so that all of them work without JavaScript.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx

from collabcomm.book.directive import CourseDirective, raw
from collabcomm.book.pages import site_root
from collabcomm.course.places import address, lesson_page


class Form(CourseDirective):
    """A directive whose body is text in a notation of its own."""

    has_content = True

    def caption(self, text: str) -> nodes.paragraph:
        """Return a form's title as a line above it; it is no heading of the page."""
        return nodes.paragraph("", "", *self.inline(text), classes=["form-title"])

    def parts(self, mark: str, what: str) -> Iterator[tuple[str, str]]:
        """Yield each line that begins with a mark, and the Markdown that follows it.

        Text before the first mark is an error: ``what`` says what the mark begins.
        """
        head: str | None = None
        body: list[str] = []
        for line in self.content:
            if line.startswith(mark):
                if head is not None:
                    yield head, "\n".join(body)
                head, body = line[len(mark) :].strip(), []
            elif head is None and line.strip():
                raise self.error(f"{what} begins with '{mark}'; this is '{line}'")
            else:
                body.append(line)
        if head is None:
            raise self.error(f"{what} begins with '{mark}', and there is none")
        yield head, "\n".join(body)

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
        for line, comment in self.parts("> ", "a line of the record"):
            box = self.folded([nodes.inline("", "", *self.inline(line), classes=["record-line"])])
            self.markdown(comment, box)
            entries += nodes.list_item("", close(box))
        hint = self.book.text("book.forms.dissection")
        return [
            nodes.container(
                "",
                self.caption(self.arguments[0]),
                nodes.paragraph(hint, hint, classes=["form-hint"]),
                entries,
                classes=["form", "dissection"],
            )
        ]


class TranscriptDirective(Form):
    """``{transcript} title``: turns of a call; ``? `` is a pause that folds the rest."""

    def run(self) -> list[nodes.Node]:
        whole = nodes.container(classes=["form", "transcript"])
        whole += self.caption(self.arguments[0])
        speakers: list[str] = []
        here: nodes.container = whole
        opened: list[nodes.container] = []
        for line in self.content:
            if line.startswith("? "):
                hint = self.book.text("book.forms.pause")
                said = nodes.inline("", "", *self.inline(line[2:].strip()), classes=["pause"])
                box = self.folded(
                    [said, nodes.Text(" "), nodes.inline(hint, hint, classes=["pause-hint"])]
                )
                opened.append(box)
                here += box
                here = box
            elif line.strip():
                here += self.turn(line, speakers)
        for box in reversed(opened):
            close(box)
        return [whole]

    def turn(self, line: str, speakers: list[str]) -> nodes.paragraph:
        """Return one turn, as in a dialogue."""
        name, colon, speech = line.partition(":")
        if not colon:
            raise self.error(
                f"a line of a transcript is 'Name: words' or '? question', this is '{line}'"
            )
        if name not in speakers:
            speakers.append(name)
        turn = nodes.paragraph(classes=["turn", f"turn-{speakers.index(name) + 1}"])
        turn += nodes.inline(name, name, classes=["speaker"])
        turn += nodes.Text(" ")
        turn += nodes.inline("", "", *self.inline(speech.strip()), classes=["speech"])
        return turn


class ChairsDirective(Form):
    """``{chairs} title``: one event from several chairs; ``# `` begins a chair."""

    def run(self) -> list[nodes.Node]:
        whole = nodes.container(classes=["form", "chairs"])
        whole += self.caption(self.arguments[0])
        for n, (who, text) in enumerate(self.parts("# ", "a chair")):
            box = self.folded(self.inline(who), "" if n else " open")
            self.markdown(text, box)
            whole += close(box)
        return [whole]


class MythDirective(Form):
    """``{myth} words``: what people say; then ``Law:`` and, if you like, ``Say:``."""

    kinds: ClassVar[dict[str, str]] = {"law": "law", "say": "say"}

    def run(self) -> list[nodes.Node]:
        label = self.book.text("book.forms.myth")
        box = self.folded(
            [
                nodes.inline(label, label, classes=["wording-label"]),
                nodes.Text(" "),
                *self.inline(self.arguments[0]),
            ]
        )
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
        part, title = self.options["part"], self.options["title"]
        text = self.book.text("book.forms.case", n=part, title=title)
        whole = nodes.container(classes=["form", "case"])
        whole += self.caption(text)
        self.markdown("\n".join(self.content), whole)
        whole += list(self.ways())
        return [whole]

    def ways(self) -> Iterator[nodes.Node]:
        """Yield links to the episodes before and after this one, in the order of lessons."""
        course = self.book.course
        pages = [
            lesson_page(module.id, lesson.id)
            for module in course.modules.values()
            for lesson in module.lessons
        ]
        holds = [p for p in pages if p in course.pages and self.is_told_on(p)]
        if self.env.docname not in holds:
            return
        at = holds.index(self.env.docname)
        root = site_root(self.env.docname)
        line = nodes.paragraph(classes=["case-ways"])
        for key, other in (("case_before", at - 1), ("case_after", at + 1)):
            if 0 <= other < len(holds):
                words = self.book.text(f"book.forms.{key}")
                href = root + address(holds[other])
                line += nodes.reference("", words, refuri=href, internal=True)
        if line.children:
            yield line

    def is_told_on(self, page: str) -> bool:
        """Tell whether a page holds an episode of this case."""
        mentions = self.book.course.pages[page].mentions
        return any(m.kind == "case" and m.target == self.arguments[0] for m in mentions)


class TimelineDirective(Form):
    """``{timeline} title``: lines of ``date, who: what``."""

    def run(self) -> list[nodes.Node]:
        entries = nodes.bullet_list(classes=["timeline-entries"])
        for line in self.content:
            if not line.strip():
                continue
            when, colon, what = line.partition(": ")
            if not colon:
                raise self.error(f"a line of a timeline is 'date, who: what', this is '{line}'")
            head = nodes.paragraph("", "", nodes.strong("", "", *self.inline(when)))
            told = nodes.paragraph("", "", *self.inline(what.strip()))
            entries += nodes.list_item("", head, told)
        return [
            nodes.container(
                "", self.caption(self.arguments[0]), entries, classes=["form", "timeline"]
            )
        ]


class ToolDirective(Form):
    """``{tool} title``: one page to print or save; ``- [ ]`` is an empty box."""

    def run(self) -> list[nodes.Node]:
        title = self.arguments[0]
        text = "\n".join(self.content)
        body = re.sub(r"^(\s*[-*] )\[ \] ", r"\1☐ ", text, flags=re.MULTILINE)
        box = nodes.container(classes=["form", "tool"])
        name = html.escape(title, quote=True)
        kicker = self.book.text("book.forms.tool")
        box += raw(f'<section class="tool-card" aria-label="{name}">')
        box += nodes.paragraph(kicker, kicker, classes=["kicker"])
        box += self.caption(title)
        self.markdown(body, box)
        box += raw("</section>")
        return [box]


def setup(app: Sphinx) -> None:
    """Register the directives of this file."""
    app.add_directive("dissection", DissectionDirective)
    app.add_directive("transcript", TranscriptDirective)
    app.add_directive("chairs", ChairsDirective)
    app.add_directive("myth", MythDirective)
    app.add_directive("case", CaseDirective)
    app.add_directive("timeline", TimelineDirective)
    app.add_directive("tool", ToolDirective)
