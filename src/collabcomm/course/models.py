"""What authors write: courses, modules, quizzes, items, scenarios, claims.

Every field is declared once, here, with its type, its default, its check and its help. The JSON
Schemas in ``schema/`` and the messages of the loader come from these classes.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cached_property
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from collabcomm.course.items import Item
from collabcomm.course.scenarios import Scenario
from collabcomm.engine.authoring import Day, Id, Key, Minutes, Model, Text

Confidence = Literal["verified", "probable", "described-only", "own-knowledge"]


class Claim(Model):
    """One statement of the evidence summary, in the course's own words."""

    id: Id
    section: Id
    statement: Text = Field(description="The statement as the course words it.")
    refs: list[Annotated[int, Field(ge=1)]] = Field(
        min_length=1, description="The summary's own reference numbers; 5 is ref05."
    )
    summary_gloss: Text = Field(description="The statement in a few words.")
    note: Text | None = Field(None, description="A caution for authors.")


class EvidenceMeta(Model):
    """Where the register of claims comes from and what it can bear."""

    version: int
    source: Text
    reference_list_in_source: bool
    reference_keys: Text
    search_scope: Text
    disclaimer: Text
    sections: list[Id]


class Evidence(Model):
    """The register of claims: `book/evidence.yml`."""

    meta: EvidenceMeta
    claims: list[Claim]


class Draw(Model):
    """How a graded quiz picks its items from the bank, seeded by the attempt's id."""

    items: Annotated[int, Field(ge=1, le=200)]
    per_outcome: Annotated[int, Field(ge=0, le=20)] = Field(
        0,
        description="At least so many scored items of every outcome that the bank asks for. "
        "Then outcomes take turns, so that all are asked as evenly as can be.",
    )


class Quiz(Model):
    """A set of items: `quizzes/<id>.yml`."""

    id: Id
    title: Text
    module: Id | None = Field(None, description="Left out in a questionnaire on the whole course.")
    lesson: Id | None = Field(None, description="The lesson that a practice quiz belongs to.")
    purpose: Literal["practice", "graded", "questionnaire"] = Field(
        description="practice: key and feedback in the page. graded: scored by the service. "
        "questionnaire: scored by the service for the organisation; the learner is told no score."
    )
    intro: Text | None = None
    pass_mark: Annotated[int, Field(ge=0, le=100)] | None = Field(None, description="Percent.")
    attempts: Annotated[int, Field(ge=1, le=100)] | None = Field(
        None, description="Attempts a learner has; none given means no limit."
    )
    draw: Draw | None = None
    items: list[Item] = Field(min_length=1)

    @model_validator(mode="after")
    def _graded(self) -> Quiz:
        if self.purpose == "graded" and self.pass_mark is None:
            raise ValueError("a graded quiz needs a pass_mark (percent)")
        if self.purpose == "questionnaire" and self.pass_mark is not None:
            raise ValueError("a questionnaire is not passed or failed: it has no pass_mark")
        if self.purpose != "questionnaire" and self.module is None:
            raise ValueError("'module' is missing; it says where the quiz belongs")
        if self.draw and self.draw.items > len(self.items):
            raise ValueError(
                f"draw asks for {self.draw.items} items, the bank has {len(self.items)}"
            )
        return self


class Outcome(Model):
    """What a learner can do afterwards."""

    id: Id
    text: Text


class Lesson(Model):
    """A page of a module: `modules/<module>/<id>.md`."""

    id: Id
    title: Text
    minutes: Minutes
    summary: Text
    outcomes: list[Id] = Field(min_length=1)


class Misconception(Model):
    """A common mistake that distractors are made from."""

    id: Id
    text: Text


class Change(Model):
    """What a module says differently from a day on."""

    day: Day
    text: Text


class PartnerTask(Model):
    """Something to do with a partner agency, and how the learner is asked about it later."""

    text: Text
    ask: Text = Field(description="Asked on the home page about 2, 14 and 60 days later.")


class Module(Model):
    """A strand's lessons, practice, scenarios and quiz: `modules/<id>/module.yml`."""

    id: Id
    title: Text
    strand: Id
    summary: Text
    prerequisites: list[Text] = Field(default_factory=list)
    outcomes: list[Outcome] = Field(min_length=1)
    lessons: list[Lesson] = Field(min_length=1)
    misconceptions: list[Misconception] = Field(default_factory=list)
    quiz: Id | None = Field(None, description="The graded quiz.")
    scenarios: list[Id] = Field(default_factory=list)
    workshop: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+\.ipynb$")] | None = None
    owner: Text | None = Field(None, description="Who answers for what the module says.")
    reviewed: Day | None = Field(None, description="When it was last read against its sources.")
    review_by: Day | None = Field(None, description="`check` reports when this day has passed.")
    changes: list[Change] = Field(
        default_factory=list, description="What it says differently, the newest first."
    )
    task: PartnerTask | None = Field(None, description="One thing to do with a partner agency.")


class Procedure(Model):
    """How something runs in one place: who, by what form, by when, what if nobody answers."""

    id: Id
    lesson: Id = Field(description="The lesson whose page shows it.")
    title: Text
    who: Text = Field(description="Who does it, and to whom.")
    form: Text = Field(description="By what form or channel.")
    by_when: Text | None = None
    no_answer: Text | None = Field(None, description="What to do if nobody answers.")
    local: Text | None = Field(None, description="Where the local version is found.")
    sources: list[Key] = Field(min_length=1)


class Local(Model):
    """What differs from place to place in a module: `modules/<id>/local.yml`."""

    place: Text = Field(description="The country or region, as in `How this runs in Wales`.")
    reviewed: Day
    review_by: Day = Field(description="`check` reports when this day has passed.")
    procedures: list[Procedure] = Field(min_length=1)


def _address(value: str) -> str:
    if not re.match(r"https?://[^\s/]+\.[^\s/]", value):
        raise ValueError(
            f"'{value}' is no web address; write the whole of it, as in https://www.gov.uk/"
        )
    return value


Address = Annotated[str, AfterValidator(_address)]


class Helpline(Model):
    """Somebody to turn to, and how to reach them."""

    name: Text
    about: Text = Field(description="What it is for, and for whom.")
    phone: str | None = None
    text: str | None = None
    hours: str | None = None
    url: Address | None = None
    seen: Day | None = Field(None, description="The day on which the details were checked.")


class Leave(Model):
    """Where the quiet way out of a page leads."""

    url: Address = Field(description="A page that nobody would wonder about.")
    text: Text


class Helplines(Model):
    """Whom to turn to after hard content: `support.yml`."""

    place: Text
    leave: Leave
    lines: list[Helpline] = Field(min_length=1)


class Strand(Model):
    """One of the course's parts, with or without a module yet."""

    id: Id
    title: Text
    summary: Text


class Skill(Model):
    """Something that choices of scenarios train."""

    id: Id
    label: Text


class CourseInfo(Model):
    """The course itself: `course.yml`."""

    id: Id
    title: Text
    tagline: Text
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")] = "en-GB"
    strands: list[Strand] = Field(min_length=1)
    modules: list[Id] = Field(min_length=1)
    skills: list[Skill] = Field(
        default_factory=list, description="What the choices of scenarios train, once a course."
    )


class Reference(Model):
    """An entry of `book/references.bib`, with how sure the project is of it."""

    key: Key
    authors: str
    year: str
    title: str
    where: str
    url: str | None
    confidence: Confidence
    note: str
    shorttitle: str = Field("", description="What law is cited by, in place of author and year.")
    section: str = ""
    seen: date | None = Field(None, description="The day on which it was seen at its source.")
    via: str = Field("", description="Who quotes or explains it, where that was seen and not it.")
    unseen: str = Field("", description="Why it could not be seen at its source.")

    @property
    def mark(self) -> str:
        """How law that was not itself read is marked: ``unseen``, ``via``, or not at all."""
        return "unseen" if self.unseen else "via" if self.via else ""

    @property
    def label(self) -> str:
        """How a text cites it: ``Ryan and Deci 2000``, or ``2014 Act, section 162``."""
        if self.shorttitle:
            return ", ".join(filter(None, (self.shorttitle, self.section)))
        return f"{self.authors} {self.year}".strip()


class Mention(Model):
    """A role or a directive on a page that names something of the course."""

    line: int
    kind: str = Field(description="The role's or directive's name: claim, source, quiz ...")
    target: str
    part: int | None = Field(None, description="Which episode of a case it is.")


class Page(Model):
    """A Markdown page of the book, as far as the engine reads it."""

    title: str
    mentions: list[Mention]


class Course(Model):
    """A whole course folder, every reference still by id. ``pages`` go by docname."""

    info: CourseInfo
    modules: dict[Id, Module]
    quizzes: dict[Id, Quiz]
    scenarios: dict[Id, Scenario]
    claims: dict[Id, Claim]
    evidence: EvidenceMeta | None
    references: dict[Key, Reference]
    pages: dict[str, Page]
    locals: dict[Id, Local] = Field(default_factory=dict, description="By module.")
    helplines: Helplines | None = None

    def module_of_lesson(self, lesson: str) -> Module | None:
        """Return the module that lists the lesson, None where no module does."""
        return next(
            (m for m in self.modules.values() if any(x.id == lesson for x in m.lessons)), None
        )

    def procedure(self, procedure_id: str) -> tuple[str, Local, Procedure] | None:
        """Return a procedure after the module and the file that it stands in."""
        for module_id, local in self.locals.items():
            for procedure in local.procedures:
                if procedure.id == procedure_id:
                    return module_id, local, procedure
        return None

    def practice(self, lesson: str) -> list[Quiz]:
        """Return the practice quizzes of a lesson in the order of their ids."""
        return [q for _, q in sorted(self.quizzes.items()) if q.lesson == lesson]

    @cached_property
    def terms(self) -> set[str]:
        """The terms of the glossary, in small letters."""
        mentions = (m for page in self.pages.values() for m in page.mentions)
        return {m.target for m in mentions if m.kind == "glossary"}

    @cached_property
    def claim_homes(self) -> dict[str, str]:
        """The docname of the chapter that presents each claim, where one does."""
        homes: dict[str, str] = {}
        for name, page in sorted(self.pages.items()):
            for mention in page.mentions:
                if mention.kind == "claims":
                    homes.setdefault(mention.target, name)
        return homes
