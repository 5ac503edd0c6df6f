"""What the page templates know about the course: ``cc`` in ``templates/``."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any

from collabcomm.course.markup import inline
from collabcomm.course.models import Course, Module
from collabcomm.course.places import address, lesson_page, module_page, quiz_page, scenario_page
from collabcomm.course.scenarios import Scenario
from collabcomm.texts import catalogue, day_words

Json = dict[str, Any]


def site_root(docname: str) -> str:
    """Return the way from a page to the site's root: ``../../`` or an empty string."""
    return "../" * docname.count("/")


class PageContext:
    """One page's view of the course. All addresses are relative to the page."""

    def __init__(self, course: Course, env: Any, docname: str, activities: set[str]) -> None:
        self.course = course
        self.env = env
        self.docname = docname
        self.activities = activities
        self.title = course.info.title
        self.tagline = course.info.tagline
        self.id = course.info.id
        self.lang = course.info.language
        self.root = site_root(docname)
        self.home = self.href(env.config.root_doc)

    def t(self, key: str, **values: object) -> str:
        """Return a text of the catalogue with its placeholders filled in."""
        return catalogue("book", self.lang)[key].format(**values)

    def href(self, docname: str) -> str:
        """Return the address of a page of the book."""
        return f"{self.root}{address(docname)}"

    @property
    def styles(self) -> list[str]:
        """The style sheets of the page."""
        return ["colours.css", "course.css", *(["player.css"] if self.activities else [])]

    @property
    def scripts(self) -> list[str]:
        """The modules of the page."""
        player = ["player.js"] if self.activities else []
        return ["book.js", *player, *(["scenario.js"] if "scenario" in self.activities else [])]

    def static(self, name: str) -> str:
        """Return the address of a static file."""
        return f"{self.root}_static/{name}"

    @cached_property
    def kind(self) -> str:
        """What kind of page this is."""
        name = self.docname
        if name == self.env.config.root_doc:
            return "home"
        if name in ("search", "genindex"):
            return name
        if self.lesson:
            return "lesson"
        page = self.course.pages.get(name)
        if self.module:
            kinds = {m.kind for m in page.mentions} if page else set()
            return next((k for k in ("module", "scenario", "quiz") if k in kinds), "other")
        quizzes = [m.target for m in page.mentions if m.kind == "quiz"] if page else []
        if any(self.course.quizzes[q].purpose == "questionnaire" for q in quizzes):
            return "questionnaire"
        return "guide" if name.startswith("book/guide-") else "chapter"

    @cached_property
    def module(self) -> Json | None:
        """The module that the page belongs to."""
        first, _, rest = self.docname.partition("/")
        for module in self.course.modules.values():
            if (first == "modules" and rest.split("/")[0] == module.id) or (
                first == "scenarios" and rest in module.scenarios
            ):
                return self._module(module)
        return None

    @cached_property
    def upkeep(self) -> Json | None:
        """Who answers for the module that the page opens, its review days, and what changed."""
        module = self.course.modules[self.module["id"]] if self.module else None
        if module is None or self.kind != "module":
            return None
        facts = {
            "owner": module.owner,
            "reviewed": self._day(module.reviewed),
            "review_by": self._day(module.review_by),
        }
        return {
            "facts": {name: fact for name, fact in facts.items() if fact},
            "changes": [(self._day(x.day), inline(x.text)) for x in module.changes],
        }

    def _day(self, day: date | None) -> str | None:
        return day_words(day, self.lang) if day else None

    @cached_property
    def lesson(self) -> Json | None:
        """The lesson that the page is, with its outcomes and prerequisites."""
        name = self.docname.rsplit("/", 1)[-1]
        module = self.course.module_of_lesson(name)
        if module is None or self.docname != lesson_page(module.id, name):
            return None
        number = next(n for n, x in enumerate(module.lessons, 1) if x.id == name)
        lesson = module.lessons[number - 1]
        texts = {outcome.id: outcome.text for outcome in module.outcomes}
        return {
            "id": lesson.id,
            "title": lesson.title,
            "summary": lesson.summary,
            "minutes": lesson.minutes,
            "number": number,
            "count": len(module.lessons),
            "outcomes": [texts[o] for o in lesson.outcomes],
            "prerequisites": list(module.prerequisites),
        }

    @cached_property
    def scenario(self) -> Scenario | None:
        """The scenario that the page is."""
        name = self.docname.removeprefix("scenarios/")
        return self.course.scenarios.get(name) if name != self.docname else None

    @cached_property
    def first_lesson(self) -> Json | None:
        """The lesson that the course begins with."""
        modules = [strand["module"] for strand in self.strands if strand["module"]]
        return modules[0]["lessons"][0] if modules else None

    @cached_property
    def strands(self) -> list[Json]:
        """The course's strands in order, each with its module where there is one."""
        by_strand = {module.strand: module for module in self.course.modules.values()}
        return [
            {
                "id": strand.id,
                "title": strand.title,
                "summary": strand.summary,
                "number": number,
                "module": self._module(by_strand[strand.id]) if strand.id in by_strand else None,
            }
            for number, strand in enumerate(self.course.info.strands, 1)
        ]

    def _module(self, module: Module) -> Json:
        scenarios = [self.course.scenarios[s] for s in module.scenarios]
        minutes = sum(x.minutes for x in module.lessons) + sum(s.minutes for s in scenarios)
        strands = [strand.id for strand in self.course.info.strands]
        quiz = self.course.quizzes[module.quiz] if module.quiz else None
        return {
            "id": module.id,
            "title": module.title,
            "number": strands.index(module.strand) + 1,
            "summary": module.summary,
            "href": self.href(module_page(module.id)),
            "minutes": minutes,
            "lessons": [
                {
                    "id": lesson.id,
                    "title": lesson.title,
                    "summary": lesson.summary,
                    "href": self.href(lesson_page(module.id, lesson.id)),
                    "minutes": lesson.minutes,
                    "number": number,
                }
                for number, lesson in enumerate(module.lessons, 1)
            ],
            "scenarios": [
                {
                    "id": s.id,
                    "title": s.title,
                    "summary": s.summary,
                    "minutes": s.minutes,
                    "href": self.href(scenario_page(s.id)),
                }
                for s in scenarios
            ],
            "quiz": {
                "id": quiz.id,
                "title": quiz.title,
                "href": self.href(quiz_page(module.id)),
                "items": quiz.draw.items if quiz.draw else len(quiz.items),
                "pass_mark": quiz.pass_mark,
            }
            if quiz
            else None,
        }

    @cached_property
    def _parts(self) -> list[tuple[str, list[str]]]:
        """The table of contents: parts with the pages in them, in order, at every depth."""
        site = self.env.external_site_map

        def below(docname: str) -> list[str]:
            found = [docname]
            for tree in site[docname].subtrees:
                for item in tree.files():
                    found += below(item)
            return found

        return [
            (tree.caption or "", [page for item in tree.files() for page in below(item)])
            for tree in site.root.subtrees
        ]

    def _title(self, docname: str) -> str:
        title = self.env.titles.get(docname)
        return title.astext() if title is not None else docname

    @cached_property
    def nav(self) -> list[Json]:
        """The parts of the book with their pages."""
        return [
            {
                "title": caption,
                "items": [self._entry(page) for page in pages],
            }
            for caption, pages in self._parts
        ]

    @cached_property
    def beside(self) -> list[Json]:
        """The pages of this page's module, its first page left out."""
        index = module_page(self.module["id"]) if self.module else ""
        site = self.env.external_site_map
        if index not in site:
            return []
        files = [item for tree in site[index].subtrees for item in tree.files()]
        return [self._entry(page) for page in files]

    def _entry(self, docname: str) -> Json:
        name = docname.rsplit("/", 1)[-1]
        module = self.course.module_of_lesson(name)
        lesson = name if module and docname == lesson_page(module.id, name) else None
        return {
            "title": self._title(docname),
            "href": self.href(docname),
            "current": docname == self.docname,
            "lesson": lesson,
        }

    def _near(self, step: int) -> Json | None:
        order = [self.env.config.root_doc, *(p for _, pages in self._parts for p in pages)]
        if self.docname not in order:
            return None
        place = order.index(self.docname) + step
        if not 0 <= place < len(order):
            return None
        return {
            "title": self._title(order[place]),
            "href": self.href(order[place]),
            "kind": PageContext(self.course, self.env, order[place], set()).kind,
        }

    @cached_property
    def prev(self) -> Json | None:
        """The page before this one."""
        return self._near(-1)

    @cached_property
    def next(self) -> Json | None:
        """The page after this one."""
        return self._near(1)
