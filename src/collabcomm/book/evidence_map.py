"""The evidence map: claim by claim where the course uses it, and how sure its sources are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple, get_args

from docutils import nodes
from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from sphinx.application import Sphinx

from collabcomm.book.directive import Book, CourseDirective, raw
from collabcomm.book.pages import site_root
from collabcomm.course.coverage import ClaimUse, claim_uses
from collabcomm.course.models import Claim, Confidence, Reference
from collabcomm.course.places import (
    address,
    lesson_page,
    quiz_page,
    reference_address,
    reference_key,
    scenario_page,
)


class Place(NamedTuple):
    """A page as the map names it: short, and in full for those who cannot see the table."""

    label: str
    title: str


class Cell(NamedTuple):
    """A link of the map to a page."""

    href: str
    label: str
    title: str
    items: str = ""


class Row(NamedTuple):
    """A claim with its sources and with links to where it is taught, practised and assessed."""

    claim: Claim
    href: str
    references: list[Reference]
    uses: dict[str, list[Cell]]


class EvidenceMapDirective(CourseDirective):
    """``{evidence-map}``: a table for each section of the register.

    On a phone a row is a block, which would take a table's meaning away: hence the roles.
    """

    required_arguments = 0

    def run(self) -> list[nodes.Node]:
        # Pages too: where a claim is used stands in them.
        self.depend("*/*.yml", "*/*.bib", "*/*.md", "modules/*/*.yml", "modules/*/*.md")
        uses = claim_uses(self.book.course)
        places = places_of(self.book)
        sections: dict[str, list[Row]] = {}
        for claim in self.book.course.claims.values():
            use = uses[claim.id]
            sections.setdefault(use.chapter or "", []).append(self.row(claim, use, places))
        titles = {page: self.book.course.pages[page].title for page in sections}
        drawn = _template().render(
            t=self.book.text,
            base=site_root(self.env.docname),
            reference_address=reference_address,
            sections=[(titles[page], rows) for page, rows in sections.items()],
        )
        return [self.summary(uses), raw(drawn)]

    def summary(self, uses: dict[str, ClaimUse]) -> nodes.paragraph:
        """Return how many claims there are, and how sure the best source of each is."""
        words = get_args(Confidence)
        best: Counter[str] = Counter(
            min((r.confidence for r in references_of(self.book, claim)), key=words.index)
            for claim in self.book.course.claims.values()
        )
        counts = ", ".join(
            f"{self.book.text(f'book.evidence.confidence.{word}')} {best[word]}"
            for word in words
            if best[word]
        )
        assessed = sum(bool(use.assessed) for use in uses.values())
        text = self.book.text("book.map.summary", n=len(uses), counts=counts, assessed=assessed)
        return nodes.paragraph(text, text)

    def row(self, claim: Claim, use: ClaimUse, places: dict[str, Place]) -> Row:
        """Return the row of a claim."""
        quizzes = self.book.course.quizzes
        assessed = {
            quiz_page(quizzes[quiz_id].module or ""): self.book.text("book.map.items", n=n)
            for quiz_id, n in use.assessed.items()
        }

        def cells(pages: Iterable[str]) -> list[Cell]:
            base = site_root(self.env.docname)
            return [
                Cell(base + address(page), *places[page], assessed.get(page, "")) for page in pages
            ]

        columns = {"lessons": use.lessons, "practised": use.practised, "assessed": assessed}
        return Row(
            claim=claim,
            href=self.book.compiler.claim_href(claim.id),
            references=references_of(self.book, claim),
            uses={key: cells(pages) for key, pages in columns.items()},
        )


def references_of(book: Book, claim: Claim) -> list[Reference]:
    """Return the references of a claim, in its own order."""
    return [book.course.references[reference_key(number)] for number in claim.refs]


def places_of(book: Book) -> dict[str, Place]:
    """Return what the map calls each lesson, scenario and graded quiz, by page."""
    course = book.course
    strands = [strand.id for strand in course.info.strands]
    places = {scenario_page(key): Place(x.title, x.title) for key, x in course.scenarios.items()}
    for module in course.modules.values():
        number = strands.index(module.strand) + 1
        for place, lesson in enumerate(module.lessons, 1):
            page = lesson_page(module.id, lesson.id)
            places[page] = Place(f"{number}.{place}", lesson.title)
        if module.quiz:
            label = book.text("book.map.quiz", n=number)
            places[quiz_page(module.id)] = Place(label, course.quizzes[module.quiz].title)
    return places


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("collabcomm.book", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("evidence_map.html.j2")


def setup(app: Sphinx) -> None:
    """Register the directive of this file."""
    app.add_directive("evidence-map", EvidenceMapDirective)
