"""What sentences rest on: cards of claims, the list of references, and the tags in the text."""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxRole

from collabcomm.book.directive import Book, CourseDirective, book_of
from collabcomm.book.pages import site_root
from collabcomm.course.models import Reference
from collabcomm.course.places import (
    BIBLIOGRAPHY_FILE,
    EVIDENCE_FILE,
    reference_address,
    reference_key,
)

# What the word of confidence beside a reference says already.
_SAID = re.compile(r"^(certain, not looked up|found in a stored page)(, |; | |$)")


class ClaimsDirective(CourseDirective):
    """``{claims}``: cards of claims by id, with their references and how sure they are."""

    required_arguments = 0
    optional_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        self.depend(EVIDENCE_FILE, BIBLIOGRAPHY_FILE)
        claim_ids = " ".join([*self.arguments, *self.content]).replace("- ", " ").split()
        return [nodes.container("", *map(self.card, claim_ids), classes=["claims"])]

    def card(self, claim_id: str) -> nodes.container:
        """Return one claim."""
        claim = self.book.course.claims[claim_id]
        base = site_root(self.env.docname)
        source = nodes.paragraph(classes=["claim-source"])
        source += nodes.inline("", self.book.text("book.evidence.source"), classes=["claim-label"])
        for number in claim.refs:
            reference = self.book.course.references[reference_key(number)]
            sure = self.book.text(f"book.evidence.confidence.{reference.confidence}")
            href = base + reference_address(reference.key)
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
            ids=[f"claim-{claim_id}"],
        )


class ReferencesDirective(CourseDirective):
    """``{references}``: all of the bibliography, with how sure the project is of each entry."""

    required_arguments = 0

    def run(self) -> list[nodes.Node]:
        self.depend(BIBLIOGRAPHY_FILE)
        known = self.book.course.references.values()
        entries = sorted(known, key=lambda reference: (reference.label.lower(), reference.key))
        return [nodes.container("", *map(self.entry, entries), classes=["references"])]

    def entry(self, ref: Reference) -> nodes.container:
        """Return one reference."""
        line = nodes.paragraph()
        line += nodes.strong("", f"{ref.label}. ")
        line += nodes.emphasis("", ref.title) if ref.title else nodes.Text("")
        line += nodes.Text(f". {ref.where}. " if ref.where else ". ")
        if ref.section and not ref.shorttitle:
            line += nodes.Text(f"{ref.section}. ")
        if ref.url:
            line += [nodes.reference("", ref.url, refuri=ref.url), nodes.Text(" ")]
        if seen := self.seen(ref):
            line += nodes.inline("", f"{seen} ", classes=["seen"])
        sure = self.book.text(f"book.evidence.confidence.{ref.confidence}")
        line += nodes.inline("", sure, classes=["confidence", ref.confidence])
        box = nodes.container("", line, classes=["reference"], ids=[f"ref-{ref.key}"])
        if note := _SAID.sub("", ref.note):
            box += nodes.paragraph("", note[:1].upper() + note[1:], classes=["reference-note"])
        return box

    def seen(self, ref: Reference) -> str:
        """Return when an entry was seen at its source, or why it was not; mostly neither."""
        if ref.unseen:
            return self.book.text("book.evidence.not_seen", why=ref.unseen)
        if ref.seen is None:
            return ""
        key = "book.evidence.seen_via" if ref.via else "book.evidence.seen"
        return self.book.text(key, day=self.book.day(ref.seen), via=ref.via)


Tagged = tuple[list[nodes.Node], list[nodes.system_message]]


class BasisRole(SphinxRole):
    """``{claim}``, ``{source}``, ``{law}``, ``{judgement}``: what a sentence rests on, as a tag."""

    @property
    def book(self) -> Book:
        """The book that is being built."""
        return book_of(self.env)

    def run(self) -> Tagged:
        if self.name == "judgement":
            return [nodes.inline("", self.text, classes=["basis", "basis-judgement"])], []
        return self.claim() if self.name == "claim" else self.reference()

    def claim(self) -> Tagged:
        """Return a link to a claim's card."""
        self.env.note_dependency(str(self.book.root / EVIDENCE_FILE))
        claim = self.book.course.claims.get(self.text)
        if claim is None:
            return self.unknown("claim")
        tag = nodes.reference(
            "",
            "",
            nodes.Text(self.book.text("book.evidence.summary")),
            nodes.inline("", f": {claim.summary_gloss}", classes=["visually-hidden"]),
            refuri=site_root(self.env.docname) + self.book.compiler.claim_href(claim.id),
            reftitle=claim.statement,
            internal=True,
            classes=["basis", "basis-summary"],
        )
        return [tag], []

    def reference(self) -> Tagged:
        """Return a link to an entry of the bibliography."""
        self.env.note_dependency(str(self.book.root / BIBLIOGRAPHY_FILE))
        ref = self.book.course.references.get(self.text)
        if ref is None:
            return self.unknown("reference")
        return [reference_tag(self.book, self.env.docname, ref, law=self.name == "law")], []

    def unknown(self, kind: str) -> Tagged:
        """Return a problem in the text and a warning that fails a strict build."""
        message = self.inliner.reporter.error(f"no {kind} '{self.text}'", line=self.lineno)
        return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]


def reference_tag(book: Book, docname: str, ref: Reference, *, law: bool) -> nodes.reference:
    """Return the tag that leads to an entry; of law it says if it was not itself read."""
    tag = nodes.reference(
        "",
        ref.label,
        refuri=site_root(docname) + reference_address(ref.key),
        reftitle=ref.title or ref.note,
        internal=True,
        classes=["basis", "basis-law" if law else "basis-theory"],
    )
    if law and ref.mark:
        why = ref.unseen or ref.via
        tag["reftitle"] = book.text(f"book.evidence.{ref.mark}_why", why=why)
        mark = book.text(f"book.evidence.{ref.mark}")
        tag += [nodes.Text(" "), nodes.inline("", mark, classes=["unseen"])]
    return tag


def setup(app: Sphinx) -> None:
    """Register the directives and roles of this file."""
    app.add_directive("claims", ClaimsDirective)
    app.add_directive("references", ReferencesDirective)
    for name in ("claim", "source", "law", "judgement"):
        app.add_role(name, BasisRole())
