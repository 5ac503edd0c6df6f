"""The book: directives and roles of a course, and the lean theme they are shown in.

Directives put real document nodes (questions, options, a scene's text) between the opening and the
closing tag of their element. That is the version without JavaScript; it is searched and printed
like any text, and the player takes its place.
"""

from __future__ import annotations

import html
import json
import re
import shutil
from collections import Counter
from pathlib import Path
from typing import Any, ClassVar, get_args

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective, SphinxRole

from collabcomm import __version__
from collabcomm.book.pages import PageContext, site_root
from collabcomm.course import models as c
from collabcomm.course.check import check
from collabcomm.course.compiler import Compiler, Json, plain, version_of
from collabcomm.course.coverage import ClaimUse, claim_uses
from collabcomm.course.loader import CourseError, load
from collabcomm.course.schemas import keys
from collabcomm.texts import catalogue

HERE = Path(__file__).parent
PLAYER = HERE.parent / "player"
LOOK = HERE.parent / "look"
TEMPLATES = HERE / "templates"
THEME = "collabcomm"


class _Book:
    """What the directives share: the course and its compiler. One at a time, as Sphinx builds."""

    course: c.Course
    compiler: Compiler
    root: Path

    def text(self, key: str, **values: object) -> str:
        """Return an interface text of the book."""
        return catalogue("book", self.course.info.language)[key].format(**values)


BOOK = _Book()


def _raw(text: str) -> nodes.raw:
    return nodes.raw("", text, format="html")


def _json_script(data: Any, attributes: str = "") -> str:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return f'<script type="application/json"{attributes}>{text}</script>'


class CourseDirective(SphinxDirective):
    """A directive that knows the course."""

    required_arguments = 1
    final_argument_whitespace = True

    def depend(self, file: str) -> None:
        """Rebuild the page when a file of the course changes."""
        self.env.note_dependency(str(BOOK.root / file))

    def markdown(self, text: str, parent: nodes.Element | None = None) -> list[nodes.Node]:
        """Return the nodes of an author's Markdown."""
        holder = parent if parent is not None else nodes.container()
        lines = StringList(text.splitlines(), self.get_source_info()[0])
        self.state.nested_parse(lines, self.content_offset, holder)
        return holder.children

    def inline(self, text: str) -> list[nodes.Node]:
        """Return the nodes of a line of Markdown, without a paragraph around them."""
        parsed = self.markdown(text)
        return list(parsed[0].children) if parsed else []

    def block(self, classes: str, text: str) -> nodes.container:
        """Return a container with an author's Markdown in it."""
        holder = nodes.container(classes=classes.split())
        self.markdown(text, holder)
        return holder

    def activity(
        self, tag: str, heading: int, fallback: list[nodes.Node], data: Json
    ) -> list[nodes.Node]:
        """Return an element of the player around its readable version."""
        root = site_root(self.env.docname)
        return [
            _raw(f'<{tag} root="{root}" heading="{heading}">'),
            *fallback,
            _raw(f"{_json_script(data)}</{tag}>"),
        ]

    def titled(self, title: str, content: list[nodes.Node]) -> list[nodes.Node]:
        """Return a page's only section: its title and content."""
        section = nodes.section(ids=[nodes.make_id(title)], names=[title.lower()])
        section += nodes.title(title, title)
        section += content
        return [section]


# -------------------------------------------------------------------- activities


class QuizDirective(CourseDirective):
    """``{quiz} id``: a quiz. With ``:page:`` its title heads the page."""

    option_spec: ClassVar[dict[str, Any]] = {"page": directives.flag}

    def run(self) -> list[nodes.Node]:
        """Return the quiz as an element with its questions in it."""
        name = self.arguments[0]
        self.depend(f"quizzes/{name}.yml")
        quiz = BOOK.course.quizzes[name]
        data = BOOK.compiler.page_quiz(name)
        fallback: list[nodes.Node] = []
        if quiz.intro:
            fallback.append(self.block("activity-intro", quiz.intro))
        if quiz.purpose != "practice":
            text = BOOK.text("book.activity.graded_needs_script")
            fallback.append(nodes.paragraph(text, text, classes=["activity-note"]))
        else:
            fallback += [self.question(n, item) for n, item in enumerate(quiz.items, 1)]
        whole = "page" in self.options
        out = self.activity("course-quiz", 2 if whole else 3, fallback, data)
        return self.titled(quiz.title, out) if whole else out

    def question(self, number: int | None, item: c.Item) -> nodes.container:
        """Return one question with its options, and its feedback folded away."""
        box = nodes.container(classes=["fallback-item"])
        stem = self.block("stem", item.stem)
        if number and stem.children and isinstance(stem.children[0], nodes.paragraph):
            stem.children[0].insert(0, nodes.strong("", f"{number}. "))
        box += stem
        told: list[tuple[str, str]] = []
        if isinstance(item, c.SingleChoice | c.MultipleResponse | c.Judgement):
            box += self.bullets([option.text for option in item.options])
            told = [(o.text, o.feedback or "") for o in item.options]
        elif isinstance(item, c.Matching):
            box += self.bullets([prompt.text for prompt in item.prompts])
            box += self.bullets([answer.text for answer in item.answers])
            answers = {answer.id: answer.text for answer in item.answers}
            told = [(p.text, f"{answers[p.answer]}. {p.feedback or ''}") for p in item.prompts]
        elif isinstance(item, c.Sequencing):
            texts = {step.id: step.text for step in item.steps}
            shown = BOOK.compiler.item(item)["steps"]
            box += self.bullets([texts[step["id"]] for step in shown])
            told = [(f"{n}", step.text) for n, step in enumerate(item.steps, 1)]
        elif isinstance(item, c.ShortText):
            told = [(item.accept[0].text, item.accept[0].feedback or "")]
        elif isinstance(item, c.Likert):
            box += self.bullets([point.text for point in item.scale])
        if told or item.explanation:
            box += _raw(f"<details><summary>{BOOK.text('book.activity.feedback')}</summary>")
            for text, feedback in told:
                line = nodes.paragraph("", "", nodes.strong("", "", *self.inline(text)))
                box += line
                if feedback:
                    self.markdown(feedback, box)
            if item.explanation:
                self.markdown(item.explanation, box)
            box += _raw("</details>")
        return box

    def bullets(self, texts: list[str]) -> nodes.bullet_list:
        """Return a list of lines."""
        return nodes.bullet_list(
            "", *(nodes.list_item("", nodes.paragraph("", "", *self.inline(t))) for t in texts)
        )


class ScenarioDirective(QuizDirective):
    """``{scenario} id``: a branching story. With ``:page:`` its title heads the page."""

    def run(self) -> list[nodes.Node]:
        """Return the scenario as an element with all its scenes in it."""
        name = self.arguments[0]
        self.depend(f"scenarios/{name}.yml")
        scenario = BOOK.course.scenarios[name]
        fallback: list[nodes.Node] = [
            self.block("activity-intro", scenario.summary),
            self.block("activity-role", scenario.role),
        ]
        if scenario.content_note:
            fallback.append(self.block("activity-note", scenario.content_note))
        numbers = {node: n for n, node in enumerate(scenario.nodes, 1)}
        fallback += [self.scene(scenario, numbers, node) for node in scenario.nodes]
        whole = "page" in self.options
        out = self.activity(
            "course-scenario", 2 if whole else 3, fallback, BOOK.compiler.scenario(name)
        )
        return self.titled(scenario.title, out) if whole else out

    def scene(self, scenario: c.Scenario, numbers: dict[str, int], name: str) -> nodes.container:
        """Return one node of the story as text, with links to where it leads."""
        node = scenario.nodes[name]
        box = nodes.container(classes=["fallback-scene"], ids=[f"{scenario.id}-{name}"])
        number = BOOK.text("book.activity.scene", n=numbers[name])
        title = node.ending.title if node.ending else node.title
        heading = f"{number}: {title}" if title else number
        box += nodes.paragraph("", "", nodes.strong(heading, heading))
        self.markdown(node.scene, box)
        names = {person.id: person.name for person in scenario.cast}
        for line in node.lines:
            speaker = nodes.strong("", f"{names[line.who]}: ")
            box += nodes.paragraph("", "", speaker, *self.inline(line.says))
        if node.item:
            box += self.question(None, node.item)
        if node.ask:
            box += nodes.paragraph("", "", nodes.strong("", "", *self.inline(node.ask)))
        for choice in node.choices:
            box += nodes.paragraph("", "", *self.inline(choice.text), classes=["choice"])
            box += _raw(f"<details><summary>{BOOK.text('book.activity.what_follows')}</summary>")
            self.markdown(choice.consequence, box)
            verdict = BOOK.text(f"book.activity.support.{choice.support}")
            box += nodes.paragraph("", "", nodes.strong(verdict, verdict))
            self.markdown(choice.feedback, box)
            box += self.onward(scenario, numbers, choice.goto)
            box += _raw("</details>")
        if node.goto:
            box += self.onward(scenario, numbers, node.goto)
        if node.debrief:
            self.markdown(node.debrief, box)
        return box

    def onward(
        self, scenario: c.Scenario, numbers: dict[str, int], gotos: list[c.Goto]
    ) -> nodes.paragraph:
        """Return links to the scenes that a step can lead to."""
        line = nodes.paragraph(classes=["onward"])
        for goto in gotos:
            text = BOOK.text("book.activity.go_on_at", n=numbers[goto.node])
            line += [
                nodes.reference("", text, refid=f"{scenario.id}-{goto.node}", internal=True),
                nodes.Text(f" ({goto.when}) " if goto.when else " "),
            ]
        return line


class ReflectionDirective(CourseDirective):
    """``{reflection} name``: a question to write about; what is written stays on the device."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the prompt inside the player's element."""
        name = html.escape(self.arguments[0], quote=True)
        box = nodes.container(classes=["reflection-prompt"])
        self.markdown("\n".join(self.content), box)
        return [_raw(f'<course-reflection name="{name}">'), box, _raw("</course-reflection>")]


# ------------------------------------------------------------------------- prose


class ModuleDirective(CourseDirective):
    """``{module} id``: the title and summary of a module's first page; the theme adds its parts."""

    def run(self) -> list[nodes.Node]:
        """Return title and summary."""
        name = self.arguments[0]
        self.depend(f"modules/{name}/module.yml")
        module = BOOK.course.modules[name]
        return self.titled(module.title, [self.block("lead", module.summary)])


class OutcomesDirective(CourseDirective):
    """``{outcomes}``: what the lesson on this page leads to, from its module's file."""

    required_arguments = 0

    def run(self) -> list[nodes.Node]:
        """Return a list of outcomes."""
        lesson_id = self.env.docname.rsplit("/", 1)[-1]
        module = BOOK.course.module_of_lesson(lesson_id)
        if module is None:
            raise self.error(f"no module lists a lesson '{lesson_id}'")
        self.depend(f"modules/{module.id}/module.yml")
        lesson = next(x for x in module.lessons if x.id == lesson_id)
        texts = {outcome.id: outcome.text for outcome in module.outcomes}
        intro = BOOK.text("book.lesson.outcomes")
        return [
            nodes.container(
                "",
                nodes.paragraph(intro, intro, classes=["outcomes-intro"]),
                nodes.bullet_list(
                    "",
                    *(nodes.list_item("", nodes.paragraph("", texts[o])) for o in lesson.outcomes),
                    classes=["outcomes"],
                ),
                classes=["lesson-intro"],
            )
        ]


class DialogueDirective(CourseDirective):
    """``{dialogue}``: lines of ``Name: what they say``, shown as a conversation."""

    required_arguments = 0
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return one paragraph a turn; each speaker has a number for the style."""
        speakers: list[str] = []
        box = nodes.container(classes=["dialogue"])
        for line in _joined(self.content):
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
        """Return one labelled paragraph a line."""
        box = nodes.container(classes=["wording"])
        for line in _joined(self.content):
            label, _, text = line.partition(":")
            kind = self.kinds.get(label.strip().lower())
            if kind is None:
                known = ", ".join(f"'{k.capitalize()}:'" for k in self.kinds)
                raise self.error(f"a line of a wording begins with {known}; this is '{line}'")
            words = BOOK.text(f"book.wording.{kind}")
            box += nodes.paragraph(
                "",
                "",
                nodes.inline(words, words, classes=["wording-label"]),
                nodes.Text(" "),
                *self.inline(text.strip()),
                classes=[kind],
            )
        return [box]


def _joined(content: StringList) -> list[str]:
    """Return the lines of a directive; an indented line goes on with the one before it."""
    lines: list[str] = []
    for line in content:
        if line.startswith((" ", "\t")) and lines:
            lines[-1] += f" {line.strip()}"
        elif line.strip():
            lines.append(line.strip())
    return lines


class PictureDirective(CourseDirective):
    """``{picture} name``: ``pictures/<name>.svg`` beside the page, inline to take its colours."""

    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {"alt": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Return a figure: the picture with its text alternative, and the caption."""
        if "alt" not in self.options:
            raise self.error("a picture needs ':alt:', what it says in a sentence or two")
        folder = Path(self.env.docname).parent
        file = f"{folder.as_posix()}/pictures/{self.arguments[0]}.svg"
        self.depend(file)
        svg = (BOOK.root / file).read_text("utf-8")
        svg = re.sub(r"<\?xml.*?\?>|<!--.*?-->", "", svg, flags=re.DOTALL).strip()
        alt = html.escape(self.options["alt"], quote=True)
        svg = svg.replace("<svg", f'<svg role="img" aria-label="{alt}"', 1)
        caption = self.block("caption", "\n".join(self.content))
        return [
            _raw(f'<figure class="picture">{svg}<figcaption>'),
            *caption.children,
            _raw("</figcaption></figure>"),
        ]


class KeyPointsDirective(CourseDirective):
    """``{key-points}``: what to take away."""

    required_arguments = 0
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the points under a heading of their own."""
        section = nodes.section(ids=["key-points"], classes=["key-points"])
        title = BOOK.text("book.lesson.key_points")
        section += nodes.title(title, title)
        self.markdown("\n".join(self.content), section)
        return [section]


# ---------------------------------------------------------------------- evidence


class ClaimsDirective(CourseDirective):
    """``{claims}``: cards of claims by id."""

    required_arguments = 0
    optional_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return a card a claim, with its references and how sure they are."""
        self.depend("book/evidence.yml")
        self.depend("book/references.bib")
        names = " ".join([*self.arguments, *self.content]).replace("- ", " ").split()
        return [nodes.container("", *map(self.card, names), classes=["claims"])]

    def card(self, name: str) -> nodes.container:
        """Return one claim."""
        claim = BOOK.course.claims[name]
        base = site_root(self.env.docname)
        source = nodes.paragraph(classes=["claim-source"])
        source += nodes.inline("", BOOK.text("book.evidence.source"), classes=["claim-label"])
        for ref in claim.refs:
            reference = BOOK.course.references[f"ref{ref:02d}"]
            sure = BOOK.text(f"book.evidence.confidence.{reference.confidence}")
            href = f"{base}book/references.html#ref-{reference.key}"
            source += [
                nodes.Text(" "),
                nodes.reference("", reference.label, refuri=href, internal=True),
                nodes.inline("", f" ({sure})", classes=["confidence", reference.confidence]),
            ]
        return nodes.container(
            "",
            nodes.paragraph("", "", *self.inline(claim.statement), classes=["statement"]),
            source,
            classes=["claim"],
            ids=[f"claim-{name}"],
        )


class RecordDirective(CourseDirective):
    """``{record}``: the place for the learner's own record, which ``record.js`` fills."""

    required_arguments = 0

    def run(self) -> list[nodes.Node]:
        """Return the place, with the texts and the titles of what may stand in a record."""
        course, compiler = BOOK.course, BOOK.compiler
        for pattern in ("course.yml", "modules/*/module.yml", "quizzes/*.yml", "scenarios/*.yml"):
            for path in sorted(BOOK.root.glob(pattern)):
                self.depend(path.relative_to(BOOK.root).as_posix())
        titles = {f"quiz:{name}": compiler.quiz(name)["title"] for name in course.quizzes}
        titles |= {f"scenario:{n}": plain(one.title) for n, one in course.scenarios.items()}
        lessons = (lesson for module in course.modules.values() for lesson in module.lessons)
        titles |= {f"lesson:{lesson.id}": plain(lesson.title) for lesson in lessons}
        key = "book.record."
        texts = {k.removeprefix(key): v for k, v in catalogue("book").items() if k.startswith(key)}
        data = json.dumps({"texts": texts, "titles": titles}, ensure_ascii=False)
        data = data.replace("<", "\\u003c")
        return [
            _raw(
                f'<div id="course-record"><p>{html.escape(texts["no_script"])}</p>'
                f'<script type="application/json">{data}</script></div>'
            )
        ]


class EvidenceMapDirective(CourseDirective):
    """``{evidence-map}``: claim by claim where the course uses it, and how sure its sources are."""

    required_arguments = 0

    def run(self) -> list[nodes.Node]:
        """Return a table for each section of the register.

        On a phone a row is a block, which would take a table's meaning away: hence the roles.
        """
        course = BOOK.course
        for pattern in ("*/*.yml", "*/*.bib", "*/*.md", "modules/*/*.yml", "modules/*/*.md"):
            for path in sorted(BOOK.root.glob(pattern)):
                self.depend(path.relative_to(BOOK.root).as_posix())
        uses = claim_uses(course)
        sections: dict[str, list[str]] = {}
        for claim in course.claims.values():
            home = uses[claim.id].chapter
            sections.setdefault(home or "", []).append(self.row(claim, uses[claim.id]))
        heads = "".join(
            f'<th role="columnheader" scope="col">{_text(f"book.map.{key}")}</th>'
            for key in self.columns
        )
        out = []
        for home, rows in sections.items():
            title = html.escape(course.pages[home].title)
            out.append(
                f'<div class="evidence-map" role="region" tabindex="0" aria-label="{title}">'
                f'<table role="table"><caption>{title}</caption>'
                f'<thead role="rowgroup"><tr role="row">{heads}</tr></thead>'
                f'<tbody role="rowgroup">{"".join(rows)}</tbody></table></div>'
            )
        return [self.summary(uses), _raw("".join(out))]

    columns = ("claim", "source", "lessons", "practised", "assessed")

    def summary(self, uses: dict[str, ClaimUse]) -> nodes.paragraph:
        """Return how many claims there are, and how sure the best source of each is."""
        words = get_args(c.Confidence)
        best: Counter[str] = Counter(
            min((r.confidence for r in self.references(claim)), key=words.index)
            for claim in BOOK.course.claims.values()
        )
        counts = ", ".join(
            f"{_text(f'book.evidence.confidence.{word}')} {best[word]}"
            for word in words
            if best[word]
        )
        assessed = sum(bool(use.assessed) for use in uses.values())
        text = BOOK.text("book.map.summary", n=len(uses), counts=counts, assessed=assessed)
        return nodes.paragraph(text, text)

    def references(self, claim: c.Claim) -> list[c.Reference]:
        """Return the references of a claim."""
        return [BOOK.course.references[f"ref{ref:02d}"] for ref in claim.refs]

    def row(self, claim: c.Claim, use: ClaimUse) -> str:
        """Return a table row. The statement shows on hover and focus, and is always there."""
        base = site_root(self.env.docname)
        sources = " ".join(
            f'<a href="{base}book/references.html#ref-{r.key}">{html.escape(r.label)}</a> '
            f'<span class="confidence {r.confidence}">'
            f"{_text(f'book.evidence.confidence.{r.confidence}')}</span><br>"
            for r in self.references(claim)
        )
        quizzes = [
            self.link(
                f"modules/{BOOK.course.quizzes[q].module}/quiz", BOOK.text("book.map.items", n=n)
            )
            for q, n in use.assessed.items()
        ]
        pages = ["".join(map(self.link, names)) for names in (use.lessons, use.practised)]
        cells = "".join(
            f'<td role="cell" data-label="{_text(f"book.map.{key}")}">{cell}</td>'
            if cell
            else f'<td role="cell" class="empty">{self.none()}</td>'
            for key, cell in zip(self.columns[1:], (sources, *pages, "".join(quizzes)), strict=True)
        )
        ident = f"map-{claim.id}"
        return (
            f'<tr role="row"><th role="rowheader" scope="row">'
            f'<a href="{base}{BOOK.compiler.claim_href(claim.id)}" '
            f'aria-describedby="{ident}">{html.escape(claim.summary_gloss)}</a>'
            f'<span class="map-statement" id="{ident}">{html.escape(claim.statement)}</span></th>'
            f"{cells}</tr>"
        )

    def none(self) -> str:
        """Return what stands in an empty cell."""
        return f'<span class="visually-hidden">{_text("book.map.none")}</span>'

    def link(self, docname: str, count: str = "") -> str:
        """Return a link to a page by its number, its title for those who cannot see the table."""
        page = PageContext(BOOK.course, self.env, docname, False)
        module = page.module or {}
        if count:
            label, title = BOOK.text("book.map.quiz", n=module["number"]), module["quiz"]["title"]
        elif page.lesson:
            label, title = f"{module['number']}.{page.lesson['number']}", page.lesson["title"]
        else:
            story = page.scenario
            label = title = story.title if story else docname
        label, title = html.escape(label), html.escape(title)
        hidden = f'<span class="visually-hidden"> {title}</span>' if label != title else ""
        href = f"{site_root(self.env.docname)}{docname}.html"
        tail = f" {html.escape(count)}" if count else ""
        return f'<a href="{href}" title="{title}">{label}{hidden}</a>{tail}<br>'


def _text(key: str) -> str:
    return html.escape(BOOK.text(key))


class ReferencesDirective(CourseDirective):
    """``{references}``: all of ``book/references.bib``, with how sure the project is of each."""

    required_arguments = 0

    def run(self) -> list[nodes.Node]:
        """Return one paragraph an entry."""
        self.depend("book/references.bib")
        entries = sorted(BOOK.course.references.values(), key=lambda r: (r.label.lower(), r.key))
        return [nodes.container("", *map(self.entry, entries), classes=["references"])]

    def entry(self, ref: c.Reference) -> nodes.container:
        """Return one reference."""
        line = nodes.paragraph()
        line += nodes.strong("", f"{ref.label}. ")
        line += nodes.emphasis("", ref.title) if ref.title else nodes.Text("")
        line += nodes.Text(f". {ref.where}. " if ref.where else ". ")
        if ref.url:
            line += [nodes.reference("", ref.url, refuri=ref.url), nodes.Text(" ")]
        sure = BOOK.text(f"book.evidence.confidence.{ref.confidence}")
        line += nodes.inline("", sure, classes=["confidence", ref.confidence])
        box = nodes.container("", line, classes=["reference"], ids=[f"ref-{ref.key}"])
        if note := _SAID.sub("", ref.note):
            box += nodes.paragraph("", note[:1].upper() + note[1:], classes=["reference-note"])
        return box


# What the word of confidence beside a reference says already.
_SAID = re.compile(r"^(certain, not looked up|found in a stored page)(, |; | |$)")


class BasisRole(SphinxRole):
    """``{claim}``, ``{source}``, ``{law}``, ``{judgement}``: what a sentence rests on, as a tag."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return a link to the evidence; a judgement is a plain tag."""
        base = site_root(self.env.docname)
        if self.name == "judgement":
            return [nodes.inline("", self.text, classes=["basis", "basis-judgement"])], []
        if self.name == "claim":
            self.env.note_dependency(str(BOOK.root / "book/evidence.yml"))
            claim = BOOK.course.claims.get(self.text)
            if claim is None:
                return self.unknown("claim")
            tag = nodes.reference(
                "",
                "",
                nodes.Text(BOOK.text("book.evidence.summary")),
                nodes.inline("", f": {claim.summary_gloss}", classes=["visually-hidden"]),
                refuri=base + BOOK.compiler.claim_href(claim.id),
                reftitle=claim.statement,
                internal=True,
                classes=["basis", "basis-summary"],
            )
            return [tag], []
        self.env.note_dependency(str(BOOK.root / "book/references.bib"))
        ref = BOOK.course.references.get(self.text)
        if ref is None:
            return self.unknown("reference")
        kind = "theory" if self.name == "source" else "law"
        tag = nodes.reference(
            "",
            ref.label,
            refuri=f"{base}book/references.html#ref-{ref.key}",
            reftitle=ref.title or ref.note,
            internal=True,
            classes=["basis", f"basis-{kind}"],
        )
        return [tag], []

    def unknown(self, kind: str) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return a problem in the text and a warning that fails a strict build."""
        message = self.inliner.reporter.error(f"no {kind} '{self.text}'", line=self.lineno)
        return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]


class KeysDirective(CourseDirective):
    """``{keys} quiz``: tables of the keys that a kind of file takes, from the models."""

    def run(self) -> list[nodes.Node]:
        """Return a heading and a table for the file and each of its parts."""
        heads = [BOOK.text(f"book.keys.{key}") for key in ("key", "takes", "help")]
        out: list[nodes.Node] = []
        for name, about, rows in keys(self.arguments[0]):
            title = nodes.strong("", name)
            out.append(nodes.paragraph("", "", title, nodes.Text(f": {about}")))
            lines = [
                [nodes.literal("", key), nodes.Text(takes), nodes.Text(text)]
                for key, takes, text in rows
            ]
            out.append(_table(heads, lines))
        return out


def _table(heads: list[str], rows: list[list[nodes.Node]]) -> nodes.table:
    group = nodes.tgroup(cols=len(heads))
    group += [nodes.colspec(colwidth=1) for _ in heads]
    head, body = nodes.thead(), nodes.tbody()
    head += _row([nodes.Text(text) for text in heads])
    body += [_row(cells) for cells in rows]
    group += [head, body]
    return nodes.table("", group)


def _row(cells: list[nodes.Node]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", cell)) for cell in cells))


# ------------------------------------------------------------------------- setup


def _configure(app: Sphinx, config: Any) -> None:
    """Load and check the course before anything is read; a broken course builds no book."""
    try:
        loaded = load(Path(app.srcdir))
    except CourseError as error:
        raise ExtensionError(f"The course has problems:\n{error}") from None
    problems = check(loaded)
    if problems:
        raise ExtensionError("The course has problems:\n" + "\n".join(map(str, problems)))
    BOOK.course = loaded.course
    BOOK.compiler = Compiler(loaded.course)
    BOOK.root = loaded.root
    config.html_static_path.append(str(_assets(Path(app.doctreedir) / "static")))
    config.templates_path.append(str(LOOK))
    config.primary_domain = None  # else {module} would be Python's
    config.html_permalinks = False
    config.html_use_index = False
    config.html_domain_indices = False
    # Every page shows titles, minutes and links of the whole course: when they change, all pages
    # are written again (not read again).
    info = loaded.course.info.model_dump()
    modules = {k: m.model_dump() for k, m in loaded.course.modules.items()}
    files = [*TEMPLATES.rglob("*.*"), *LOOK.rglob("*.svg")]
    theme = {p.name: p.read_text("utf-8") for p in sorted(files)}
    config.collabcomm_version = version_of(
        [__version__, info, modules, theme, dict(catalogue("book")), dict(catalogue("player"))]
    )


def _assets(folder: Path) -> Path:
    """Gather the scripts, styles and fonts of the pages in one folder and return it."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(HERE / "static", folder)
    shutil.copytree(LOOK / "fonts", folder / "fonts")
    looks = [LOOK / name for name in ("colours.css", "icon.svg", "theme.js")]
    player = [PLAYER / name for name in ("player.js", "graded.js", "player.css")]
    for file in (*looks, *player):
        shutil.copy2(file, folder)
    return folder


def _page(app: Sphinx, pagename: str, _template: str, context: dict[str, Any], _doc: Any) -> None:
    body = context.get("body") or ""
    active = "<course-" in body
    if active:
        strings = dict(catalogue("player", BOOK.course.info.language))
        context["body"] = body + _json_script(strings, ' class="course-strings"')
    context["cc"] = PageContext(BOOK.course, app.env, pagename, active)


def _finish(app: Sphinx, error: Exception | None) -> None:
    """Say that no service stands behind a static site; the service answers this address itself."""
    if error is None and app.builder.format == "html":
        (Path(app.outdir) / "host.json").write_text('{"service":null}\n', "utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives, the roles and the theme with Sphinx."""
    app.add_html_theme(THEME, str(TEMPLATES))
    app.add_config_value("collabcomm_version", "", "html", [str])
    app.add_config_value("comments_config", {}, "")  # Jupyter Book always sets it
    for name, directive in {
        "quiz": QuizDirective,
        "scenario": ScenarioDirective,
        "reflection": ReflectionDirective,
        "module": ModuleDirective,
        "outcomes": OutcomesDirective,
        "dialogue": DialogueDirective,
        "wording": WordingDirective,
        "picture": PictureDirective,
        "key-points": KeyPointsDirective,
        "claims": ClaimsDirective,
        "evidence-map": EvidenceMapDirective,
        "record": RecordDirective,
        "keys": KeysDirective,
        "references": ReferencesDirective,
    }.items():
        app.add_directive(name, directive)
    for name in ("claim", "source", "law", "judgement"):
        app.add_role(name, BasisRole())
    app.connect("config-inited", _configure, priority=900)
    app.connect("html-page-context", _page, priority=900)
    app.connect("build-finished", _finish)
    return {"version": __version__, "parallel_read_safe": False, "parallel_write_safe": True}
