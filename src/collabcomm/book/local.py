"""What differs from place to place: procedures of a module, and whom to turn to."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from docutils import nodes
from sphinx.application import Sphinx

from collabcomm.book.directive import CourseDirective, raw
from collabcomm.book.evidence import reference_tag
from collabcomm.course.models import Helpline, Leave
from collabcomm.course.places import BIBLIOGRAPHY_FILE, SUPPORT_FILE, local_file

FIELDS = ("who", "form", "by_when", "no_answer", "local")


class ProcedureDirective(CourseDirective):
    """``{procedure} id``: a fold-out on how something runs here, from the module's local.yml."""

    def run(self) -> list[nodes.Node]:
        found = self.book.course.procedure(self.arguments[0])
        if found is None:
            raise self.error(f"no procedure '{self.arguments[0]}' in a module's local.yml")
        module_id, local, procedure = found
        self.depend(local_file(module_id), BIBLIOGRAPHY_FILE)
        title = self.book.text("book.local.title", place=local.place, title=procedure.title)
        box = nodes.container(classes=["form", "procedure"])
        summary = nodes.inline(title, title)
        box += [
            raw(f'<details id="procedure-{procedure.id}"><summary>'),
            summary,
            raw("</summary>"),
        ]
        terms = nodes.definition_list()
        for field in FIELDS:
            text = getattr(procedure, field)
            if text:
                words = self.book.text(f"book.local.{field}")
                told = nodes.definition()
                self.markdown(text, told)
                terms += nodes.definition_list_item("", nodes.term(words, words), told)
        box += terms
        rests = self.book.text("book.local.rests")
        sources = nodes.paragraph(rests, rests, classes=["procedure-sources"])
        for key in procedure.sources:
            reference = self.book.course.references[key]
            tag = reference_tag(self.book, self.env.docname, reference, law=True)
            sources += [nodes.Text(" "), tag]
        reviewed = self.book.text(
            "book.local.reviewed",
            day=self.book.day(local.reviewed),
            next=self.book.day(local.review_by),
        )
        day = nodes.paragraph(reviewed, reviewed, classes=["procedure-day"])
        box += [sources, day, raw("</details>")]
        return [box]


class SupportDirective(CourseDirective):
    """``{support}``: whom to turn to after hard content, and a quiet way out of the page.

    There is nothing where a course names nobody. Without a script the way out is a plain link.
    """

    required_arguments = 0

    def run(self) -> list[nodes.Node]:
        helplines = self.book.course.helplines
        if helplines is None:
            return []
        self.depend(SUPPORT_FILE)
        box = nodes.container(classes=["form", "support"])
        head = self.book.text("book.support.title")
        box += nodes.paragraph(head, head, classes=["form-title"])
        lines = nodes.bullet_list()
        for line in helplines.lines:
            told = nodes.paragraph()
            told += nodes.strong("", line.name)
            told += self.reach(line)
            told += self.inline(line.about)
            if line.url:
                shown = line.url.split("://")[-1].strip("/").removeprefix("www.")
                told += [nodes.Text(" "), nodes.reference("", shown, refuri=line.url)]
            lines += nodes.list_item("", told)
        staff = self.book.text("book.support.staff")
        box += [lines, nodes.paragraph(staff, staff), raw(self.way_out(helplines.leave))]
        return [box]

    def reach(self, line: Helpline) -> Iterator[nodes.Node]:
        """Yield how and when somebody is reached; a phone dials the number."""
        if line.phone:
            number = re.sub(r"[^0-9+]", "", line.phone)
            yield nodes.Text(": ")
            yield nodes.reference("", line.phone, refuri=f"tel:{number}")
        said = ", ".join(filter(None, (line.text, line.hours)))
        yield nodes.Text(f"{', ' if line.phone else ': '}{said}. " if said else ". ")

    def way_out(self, leave: Leave) -> str:
        """Return the link that stays in sight; the script has it leave nothing to go back to."""
        url, text = html.escape(leave.url, quote=True), html.escape(leave.text)
        hint = html.escape(self.book.text("book.support.leave"))
        link = f'<a class="leave-link" href="{url}" rel="noreferrer">{text}</a>'
        return f'<p class="leave">{link} <span class="leave-hint" hidden>{hint}</span></p>'


def setup(app: Sphinx) -> None:
    """Register the directives of this file."""
    app.add_directive("procedure", ProcedureDirective)
    app.add_directive("support", SupportDirective)
