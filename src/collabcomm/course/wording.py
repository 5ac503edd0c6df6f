"""How a course reads: reading ease and long sentences by page, terms that the glossary lacks.

A report for authors, never a failure: a long sentence may be the right one.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field

from collabcomm.course.feedback import feedback_report
from collabcomm.course.loader import Loaded
from collabcomm.course.manner import manner_report
from collabcomm.course.models import Course
from collabcomm.course.prose import passages, sentences_of

LONG_SENTENCE = 25  # words; longer ones are hard to take in at once (GOV.UK style guide)

_ABBREVIATION = re.compile(r"(?<![A-Z] )\b[A-Z][A-Z]+s?\b(?! [A-Z][A-Z])")  # no shouting
_INTRODUCED = re.compile(r"(?<!\*)\*([a-z][a-z -]{2,40}?)\*(?!\*)")
_KNOWN = {"OK", "UK", "TV", "NHS", "GP", "GPs", "IT", "AM", "PM"}


@dataclass
class PageWording:
    """How one file reads. ``ease`` is Flesch's reading ease: 60 and more is plain English."""

    file: str
    words: int
    sentence: float
    ease: float
    long: list[tuple[int, int, str]] = field(default_factory=list)


def wording(loaded: Loaded) -> list[PageWording]:
    """Return how each file of a course reads, hardest first."""
    with warnings.catch_warnings():  # it still uses pkg_resources, which says so on import
        warnings.simplefilter("ignore")
        import textstat

    textstat.set_lang("en_GB")
    files: dict[str, list[tuple[int, str]]] = {}
    for file, line, text, _ in passages(loaded):
        for sentence in sentences_of(text):
            files.setdefault(file, []).append((line, sentence))
    pages = []
    for file, sentences in files.items():
        counts = [len(sentence.split()) for _, sentence in sentences]
        whole = " ".join(s if s[-1] in ".!?" else f"{s}." for _, s in sentences)
        ease = textstat.flesch_reading_ease(whole)
        long = [
            (line, n, sentence)
            for (line, sentence), n in zip(sentences, counts, strict=True)
            if n > LONG_SENTENCE
        ]
        pages.append(PageWording(file, sum(counts), sum(counts) / len(counts), ease, long))
    return sorted(pages, key=lambda page: page.ease)


def missing_terms(loaded: Loaded) -> dict[str, list[str]]:
    """Return terms that the glossary lacks, each with the places where it stands.

    Terms are abbreviations, and words that a lesson introduces in *emphasis*. Guides are left out:
    their abbreviations are those of computing.
    """
    course = loaded.course
    known = _glossary_words(course)
    found: dict[str, list[str]] = {}
    for file, line, text, _ in passages(loaded):
        if file.startswith("book/guide-") or file == "book/evidence.yml":
            continue
        terms = {m[0] for m in _ABBREVIATION.finditer(text)} - _KNOWN
        if file.startswith("modules/") and file.endswith(".md"):
            terms |= {m[1] for m in _INTRODUCED.finditer(text)}
        for term in sorted(terms):
            if term.lower() not in known and term.lower().removesuffix("s") not in known:
                found.setdefault(term, []).append(f"{file}:{line}")
    return found


def report(loaded: Loaded) -> Iterator[str]:
    """Yield the lines of the report that ``check --wording`` prints."""
    pages = wording(loaded)
    yield f"{'Reads hardest first':<58}{'words':>7}{'a sentence':>12}{'ease':>6}{'long':>6}"
    for page in pages:
        yield (
            f"  {page.file:<56}{page.words:>7}{page.sentence:>12.1f}{page.ease:>6.0f}"
            f"{len(page.long) or '':>6}"
        )
    yield ""
    yield f"Sentences of more than {LONG_SENTENCE} words:"
    for page in pages:
        for line, n, sentence in page.long:
            yield f"  {page.file}:{line}: {n} words: {' '.join(sentence.split()[:8])} ..."
    yield ""
    yield "Terms that the glossary lacks:"
    for term, places in sorted(missing_terms(loaded).items()):
        more = f" and {len(places) - 1} more" if len(places) > 1 else ""
        yield f"  {term}: {places[0]}{more}"
    yield ""
    yield from manner_report(loaded)
    yield ""
    yield from feedback_report(loaded)


def _glossary_words(course: Course) -> set[str]:
    return course.terms | {part for term in course.terms for part in re.split(r" and |[()]", term)}
