"""The words of a pack: a course's own texts, rendered and cleaned, and the interface's."""

from __future__ import annotations

from markupsafe import Markup

from collabcomm.course.compiler import Compiler, Json, Translate
from collabcomm.course.items import Item
from collabcomm.course.markup import block, inline, plain
from collabcomm.course.models import Claim, Course, Reference
from collabcomm.course.places import reference_key
from collabcomm.course.scenarios import Choice
from collabcomm.texts import catalogue

CATALOGUES = ("pack", "book", "player")


class Teller:
    """The words of one course: its own texts, rendered and cleaned, and the interface's."""

    def __init__(self, course: Course, translate: Translate) -> None:
        self.course, self.translate = course, translate
        self.compiler = Compiler(course, translate)
        self.texts = {
            f"{catalogued}:{key}": text
            for catalogued in CATALOGUES
            for key, text in catalogue(catalogued, course.info.language).items()
        }

    def text(self, key: str, **values: object) -> str:
        """Return an interface text; ``book:`` and ``player:`` lead to those catalogues."""
        return self.texts[key if ":" in key else f"pack:{key}"].format(**values)

    def parts(self, key: str) -> list[Markup]:
        """Return the entries of a list of the interface."""
        return [Markup(inline(entry)) for entry in self.text(key).splitlines()]

    def plain(self, text: str) -> str:
        """Return a line of the course as plain text."""
        return plain(self.translate(text))

    def inline(self, text: str) -> Markup:
        """Return a line of the course as clean HTML."""
        return Markup(inline(self.translate(text)))

    def block(self, text: str | None) -> Markup | None:
        """Return a text of the course as clean HTML."""
        return Markup(block(self.translate(text))) if text else None

    def module(self, module_id: str) -> Json:
        """Return the cover and the plan of a module."""
        module = self.course.modules[module_id]
        stories = [self.course.scenarios[scenario_id] for scenario_id in module.scenarios]
        return {
            "title": self.plain(module.title),
            "summary": self.block(module.summary),
            "prerequisites": [self.plain(text) for text in module.prerequisites],
            "outcomes": [self.plain(outcome.text) for outcome in module.outcomes],
            "misconceptions": [self.plain(mistake.text) for mistake in module.misconceptions],
            "lessons": [(self.plain(x.title), x.minutes) for x in module.lessons],
            "lessons_sum": sum(x.minutes for x in module.lessons),
            "scenarios": [
                (self.plain(x.title), x.minutes, x.trainer.minutes if x.trainer else None)
                for x in stories
            ],
            "scenarios_sum": (
                sum(x.minutes for x in stories),
                sum(x.trainer.minutes for x in stories if x.trainer),
            ),
            "workshop": module.workshop,
        }

    def sure(self, reference: Reference) -> Json:
        """Return a reference, in short and in full, with how sure the project is of it."""
        word = self.text(f"book:book.evidence.confidence.{reference.confidence}")
        where = [reference.title, reference.where, reference.url or ""]
        return {
            "label": reference.label,
            "sure": word,
            "full": ". ".join(part.rstrip(".") for part in where if part),
        }

    def references(self, claim: Claim) -> list[Reference]:
        """Return the references of a claim."""
        return [self.course.references[reference_key(number)] for number in claim.refs]

    def claim(self, claim_id: str) -> str:
        """Return a claim's statement, with its references and how sure each of them is."""
        claim = self.course.claims[claim_id]
        sources = "; ".join(
            "{label}, {sure}".format(**self.sure(ref)) for ref in self.references(claim)
        )
        return self.text("card.claim", statement=self.plain(claim.statement), sources=sources)

    def basis(self, part: Choice | Item) -> Json:
        """Return what a choice or an item rests on."""
        sources = [self.sure(self.course.references[key]) for key in part.sources]
        return {
            "basis": self.text(f"player:player.basis.{part.basis}") if part.basis else None,
            "evidence": [
                *(self.claim(key) for key in part.claims),
                *(self.text("card.source", label=x["label"], sure=x["sure"]) for x in sources),
            ],
        }
