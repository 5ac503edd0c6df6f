"""What lessons and guides are written with: outcomes, dialogues, wordings, pictures, key points."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx

from collabcomm.book.directive import CourseDirective, joined, raw, table
from collabcomm.course.places import module_file
from collabcomm.course.schemas import keys


class ModuleDirective(CourseDirective):
    """``{module} id``: the title and summary of a module's first page; the theme adds its parts."""

    def run(self) -> list[nodes.Node]:
        module_id = self.arguments[0]
        self.depend(module_file(module_id))
        module = self.book.course.modules[module_id]
        return self.titled(module.title, [self.block("lead", module.summary)])


class OutcomesDirective(CourseDirective):
    """``{outcomes}``: what a lesson leads to, by its module's file, and what its text rests on."""

    required_arguments = 0

    def run(self) -> list[nodes.Node]:
        lesson_id = self.env.docname.rsplit("/", 1)[-1]
        module = self.book.course.module_of_lesson(lesson_id)
        if module is None:
            raise self.error(f"no module lists a lesson '{lesson_id}'")
        self.depend(module_file(module.id))
        lesson = next(x for x in module.lessons if x.id == lesson_id)
        texts = {outcome.id: outcome.text for outcome in module.outcomes}
        intro = self.book.text("book.lesson.outcomes")
        basis = self.book.text("book.lesson.unmarked")
        lines = (nodes.list_item("", nodes.paragraph("", texts[o])) for o in lesson.outcomes)
        return [
            nodes.container(
                "",
                nodes.paragraph(intro, intro, classes=["outcomes-intro"]),
                nodes.bullet_list("", *lines, classes=["outcomes"]),
                nodes.paragraph(basis, basis, classes=["unmarked"]),
                classes=["lesson-intro"],
            )
        ]


class DialogueDirective(CourseDirective):
    """``{dialogue}``: lines of ``Name: what they say``, shown as a conversation.

    Each speaker has a number for the style.
    """

    required_arguments = 0
    has_content = True

    def run(self) -> list[nodes.Node]:
        speakers: list[str] = []
        box = nodes.container(classes=["dialogue"])
        for line in joined(self.content):
            name, colon, speech = line.partition(":")
            if not colon:
                raise self.error(f"a line of a dialogue is 'Name: words', this is '{line}'")
            if name not in speakers:
                speakers.append(name)
            turn = nodes.paragraph(classes=["turn", f"turn-{speakers.index(name) + 1}"])
            turn += nodes.inline(name, name, classes=["speaker"])
            turn += nodes.Text(" ")
            turn += nodes.inline("", "", *self.inline(speech.strip()), classes=["speech"])
            box += turn
        return [box]


class WordingDirective(CourseDirective):
    """``{wording}``: lines that begin with ``Instead of:``, ``Try:`` or ``Why:``."""

    required_arguments = 0
    has_content = True
    kinds: ClassVar[dict[str, str]] = {"instead of": "instead", "try": "try", "why": "why"}

    def run(self) -> list[nodes.Node]:
        box = nodes.container(classes=["wording"])
        for line in joined(self.content):
            label, _, text = line.partition(":")
            kind = self.kinds.get(label.strip().lower())
            if kind is None:
                known = ", ".join(f"'{k.capitalize()}:'" for k in self.kinds)
                raise self.error(f"a line of a wording begins with {known}; this is '{line}'")
            words = self.book.text(f"book.wording.{kind}")
            box += nodes.paragraph(
                "",
                "",
                nodes.inline(words, words, classes=["wording-label"]),
                nodes.Text(" "),
                *self.inline(text.strip()),
                classes=[kind],
            )
        return [box]


class PictureDirective(CourseDirective):
    """``{picture} name``: ``pictures/<name>.svg`` beside the page, inline to take its colours."""

    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {"alt": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        if "alt" not in self.options:
            raise self.error("a picture needs ':alt:', what it says in a sentence or two")
        folder = Path(self.env.docname).parent
        file = f"{folder.as_posix()}/pictures/{self.arguments[0]}.svg"
        self.depend(file)
        svg = (self.book.root / file).read_text("utf-8")
        svg = re.sub(r"<\?xml.*?\?>|<!--.*?-->", "", svg, flags=re.DOTALL).strip()
        alt = html.escape(self.options["alt"], quote=True)
        svg = svg.replace("<svg", f'<svg role="img" aria-label="{alt}"', 1)
        caption = self.block("caption", "\n".join(self.content))
        return [
            raw(f'<figure class="picture">{svg}<figcaption>'),
            *caption.children,
            raw("</figcaption></figure>"),
        ]


class KeyPointsDirective(CourseDirective):
    """``{key-points}``: what to take away, under a heading of its own."""

    required_arguments = 0
    has_content = True

    def run(self) -> list[nodes.Node]:
        section = nodes.section(ids=["key-points"], classes=["key-points"])
        title = self.book.text("book.lesson.key_points")
        section += nodes.title(title, title)
        self.markdown("\n".join(self.content), section)
        return [section]


class KeysDirective(CourseDirective):
    """``{keys} quiz``: tables of what a kind of file and its parts take, from the models."""

    def run(self) -> list[nodes.Node]:
        heads = [self.book.text(f"book.keys.{key}") for key in ("key", "takes", "help")]
        out: list[nodes.Node] = []
        for name, about, rows in keys(self.arguments[0]):
            title = nodes.strong("", name)
            out.append(nodes.paragraph("", "", title, nodes.Text(f": {about}")))
            lines: list[list[nodes.Node]] = [
                [nodes.literal("", key), nodes.Text(takes), nodes.Text(text)]
                for key, takes, text in rows
            ]
            out.append(table(heads, lines))
        return out


def setup(app: Sphinx) -> None:
    """Register the directives of this file."""
    app.add_directive("module", ModuleDirective)
    app.add_directive("outcomes", OutcomesDirective)
    app.add_directive("dialogue", DialogueDirective)
    app.add_directive("wording", WordingDirective)
    app.add_directive("picture", PictureDirective)
    app.add_directive("key-points", KeyPointsDirective)
    app.add_directive("keys", KeysDirective)
