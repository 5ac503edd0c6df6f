"""Quizzes, scenarios, reflections and the learner's record, each around a version to read.

Directives put real document nodes (questions, options, a scene's text) between the opening and the
closing tag of their element. That is the version without JavaScript; it is searched and printed
like any text, and the player takes its place.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx

from collabcomm.book.directive import CourseDirective, data_script, raw
from collabcomm.course.conditions import parse_when
from collabcomm.course.items import Item
from collabcomm.course.markup import plain
from collabcomm.course.places import quiz_file, scenario_file
from collabcomm.course.scenarios import Chair, Choice, Goto, Node, Part, Scenario
from collabcomm.course.words import ConditionWords
from collabcomm.engine.graph import onward, own_nodes, reach
from collabcomm.engine.items.author import Told
from collabcomm.engine.order import mixed
from collabcomm.engine.types import Scenario as Compiled
from collabcomm.texts import catalogue


class QuizDirective(CourseDirective):
    """``{quiz} id``: a quiz. With ``:page:`` its title heads the page."""

    option_spec: ClassVar[dict[str, Any]] = {"page": directives.flag}

    def run(self) -> list[nodes.Node]:
        quiz_id = self.arguments[0]
        self.depend(quiz_file(quiz_id))
        quiz = self.book.course.quizzes[quiz_id]
        fallback: list[nodes.Node] = []
        if quiz.intro:
            fallback.append(self.block("activity-intro", quiz.intro))
        if quiz.purpose != "practice":
            text = self.book.text("book.activity.graded_needs_script")
            fallback.append(nodes.paragraph(text, text, classes=["activity-note"]))
        else:
            fallback += [question(self, n, item) for n, item in enumerate(quiz.items, 1)]
        whole = "page" in self.options
        data = self.book.compiler.page_quiz(quiz_id)
        out = self.activity("course-quiz", 2 if whole else 3, fallback, data)
        return self.titled(quiz.title, out) if whole else out


def question(directive: CourseDirective, number: int | None, item: Item) -> nodes.container:
    """Return one question with its options, and its feedback folded away."""
    box = nodes.container(classes=["fallback-item"])
    stem = directive.block("stem", item.stem)
    if number and stem.children and isinstance(stem.children[0], nodes.paragraph):
        stem.children[0].insert(0, nodes.strong("", f"{number}. "))
    box += stem
    box += [directive.bullets(texts) for texts in item.offered()]
    told = [_line(line) for line in item.told() if not line.also]
    if told or item.explanation:
        summary = directive.book.text("book.activity.feedback")
        box += raw(f"<details><summary>{summary}</summary>")
        for text, feedback in told:
            box += nodes.paragraph("", "", nodes.strong("", "", *directive.inline(text)))
            if feedback:
                directive.markdown(feedback, box)
        if item.explanation:
            directive.markdown(item.explanation, box)
        box += raw("</details>")
    if compared := item.compared():
        box += raw('<div class="line"></div>' * compared.lines)
        box += raw(f"<details><summary>{directive.book.text('book.activity.compare')}</summary>")
        directive.markdown(compared.model, box)
        box += directive.bullets(compared.points)
        box += raw("</details>")
    return box


def _line(told: Told) -> tuple[str, str]:
    """Return a line of what is told in two parts: what it is about, and the rest."""
    if told.place:
        return f"{told.place}", told.text
    return told.text, f"{told.answer}. {told.feedback}" if told.answer else told.feedback


class ScenarioDirective(CourseDirective):
    """``{scenario} id``: a branching story. With ``:page:`` its title heads the page."""

    option_spec: ClassVar[dict[str, Any]] = {"page": directives.flag}
    words: ConditionWords

    def run(self) -> list[nodes.Node]:
        scenario_id = self.arguments[0]
        self.depend(scenario_file(scenario_id))
        scenario = self.book.course.scenarios[scenario_id]
        fallback: list[nodes.Node] = [
            self.block("activity-intro", scenario.summary),
            self.block("activity-role", scenario.role),
        ]
        if scenario.content_note:
            fallback.append(self.block("activity-note", scenario.content_note))
        data = self.book.compiler.scenario(scenario_id)
        numbers = {node: n for n, node in enumerate(scenario.nodes, 1)}
        self.words = ConditionWords(
            data, lambda node: self.book.text("book.activity.scene", n=numbers[node])
        )
        own = own_nodes(data)
        story = {node: part for node, part in scenario.nodes.items() if node in own}
        fallback += [self.scene(scenario, numbers, *entry) for entry in story.items()]
        for chair in scenario.chairs:
            fallback += self.chair(scenario, numbers, chair, data)
        whole = "page" in self.options
        out = self.activity("course-scenario", 2 if whole else 3, fallback, data)
        return self.titled(scenario.title, out) if whole else out

    def chair(
        self, scenario: Scenario, numbers: Mapping[str, int], chair: Chair, data: Compiled
    ) -> list[nodes.Node]:
        """Return another person's chair: who one is, and its scenes."""
        name = next(person.name for person in scenario.cast if person.id == chair.who)
        title = self.book.text("book.activity.chair", name=name)
        seated = reach(onward(data), [chair.start])
        return [
            nodes.paragraph("", "", nodes.strong(title, title)),
            self.block("activity-role", chair.role),
            *(
                self.scene(scenario, numbers, node_id, node)
                for node_id, node in scenario.nodes.items()
                if node_id in seated
            ),
        ]

    def scene(
        self, scenario: Scenario, numbers: Mapping[str, int], node_id: str, node: Node
    ) -> nodes.container:
        """Return one node of the story as text, with links to where it leads."""
        box = nodes.container(classes=["fallback-scene"], ids=[f"{scenario.id}-{node_id}"])
        number = self.book.text("book.activity.scene", n=numbers[node_id])
        title = node.ending.title if node.ending else node.title
        heading = f"{number}: {title}" if title else number
        box += nodes.paragraph("", "", nodes.strong(heading, heading))
        self.parts(box, node.scene)
        names = {person.id: person.name for person in scenario.cast}
        for line in node.lines:
            speaker = nodes.strong("", f"{names[line.who]}: ")
            box += nodes.paragraph("", "", *self.lead(line.when), speaker, *self.inline(line.says))
        if node.item:
            box += question(self, None, node.item)
        for part in node.ask or ():
            said = nodes.strong("", "", *self.inline(part.text))
            box += nodes.paragraph("", "", *self.lead(part.when), said)
        choices = {choice.id: choice for choice in node.choices}
        order = [*choices] if node.pinned else mixed([*choices], f"{node_id}:{scenario.id}")
        for choice_id in order:
            self.choice(box, scenario, numbers, choices[choice_id])
        if node.goto:
            box += self.onward(scenario, numbers, node.goto)
        self.parts(box, node.debrief or ())
        return box

    def lead(self, when: str | None) -> list[nodes.Node]:
        """Return the condition of a text in words."""
        said = self.words.lead(parse_when(when)) if when else ""
        return [nodes.emphasis("", f"{said} ")] if said else []

    def parts(self, box: nodes.container, parts: Sequence[Part]) -> None:
        """Add a text, the conditions of its pieces in words before them."""
        for part in parts:
            if part.when:
                box += nodes.paragraph("", "", *self.lead(part.when))
            self.markdown(part.text, box)
            if part.otherwise:
                said = self.words.texts["otherwise"]
                box += nodes.paragraph("", "", nodes.emphasis("", said))
                self.markdown(part.otherwise, box)

    def choice(
        self, box: nodes.container, scenario: Scenario, numbers: Mapping[str, int], choice: Choice
    ) -> None:
        """Add a choice to its scene, with what follows folded away."""
        box += nodes.paragraph("", "", *self.inline(choice.text), classes=["choice"])
        box += raw(f"<details><summary>{self.book.text('book.activity.what_follows')}</summary>")
        self.parts(box, choice.consequence)
        verdict = self.book.text(f"book.activity.support.{choice.support}")
        box += nodes.paragraph("", "", nodes.strong(verdict, verdict))
        self.parts(box, choice.feedback)
        if choice.arguments:
            both = {"for": choice.arguments.for_, "against": choice.arguments.against}
            for key, text in both.items():
                label = nodes.strong("", f"{self.book.text(f'book.activity.{key}')} ")
                box += nodes.paragraph("", "", label, *self.inline(text))
        self.parts(box, choice.reason or ())
        box += self.onward(scenario, numbers, choice.goto)
        box += raw("</details>")

    def onward(
        self, scenario: Scenario, numbers: Mapping[str, int], gotos: Sequence[Goto]
    ) -> nodes.paragraph:
        """Return links to the scenes that a step can lead to."""
        line = nodes.paragraph(classes=["onward"])
        for goto in gotos:
            text = self.book.text("book.activity.go_on_at", n=numbers[goto.node])
            when = f" ({self.words.of(parse_when(goto.when))}) " if goto.when else " "
            link = nodes.reference("", text, refid=f"{scenario.id}-{goto.node}", internal=True)
            line += [link, nodes.Text(when)]
        return line


class ReflectionDirective(CourseDirective):
    """``{reflection} name``: a question to write about; what is written stays on the device."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        name = html.escape(self.arguments[0], quote=True)
        box = nodes.container(classes=["reflection-prompt"])
        self.markdown("\n".join(self.content), box)
        return [raw(f'<course-reflection name="{name}">'), box, raw("</course-reflection>")]


class RecordDirective(CourseDirective):
    """``{record}``: the place for the learner's own record, which ``record.js`` fills.

    It holds the texts, and the titles of what may stand in a record.
    """

    required_arguments = 0

    def run(self) -> list[nodes.Node]:
        self.depend("course.yml", "modules/*/module.yml", "quizzes/*.yml", "scenarios/*.yml")
        course, compiler = self.book.course, self.book.compiler
        titles = {f"quiz:{quiz_id}": compiler.quiz(quiz_id)["title"] for quiz_id in course.quizzes}
        titles |= {f"scenario:{key}": plain(x.title) for key, x in course.scenarios.items()}
        lessons = (lesson for module in course.modules.values() for lesson in module.lessons)
        titles |= {f"lesson:{lesson.id}": plain(lesson.title) for lesson in lessons}
        titles |= {f"skill:{skill.id}": plain(skill.label) for skill in course.info.skills}
        key = "book.record."
        every = catalogue("book", course.info.language)
        texts = {k.removeprefix(key): text for k, text in every.items() if k.startswith(key)}
        no_script = html.escape(texts["no_script"])
        data = data_script({"texts": texts, "titles": titles})
        return [raw(f'<div id="course-record"><p>{no_script}</p>{data}</div>')]


def setup(app: Sphinx) -> None:
    """Register the directives of this file."""
    app.add_directive("quiz", QuizDirective)
    app.add_directive("scenario", ScenarioDirective)
    app.add_directive("reflection", ReflectionDirective)
    app.add_directive("record", RecordDirective)
