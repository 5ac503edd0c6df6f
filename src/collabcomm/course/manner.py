"""How lessons are told: marks, rhythm, openings, endings, and what they say again and again.

A report for authors, never a failure. Rhythm is that of running prose: what people say, records,
lists and tables have another one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from collabcomm.course.loader import Loaded
from collabcomm.course.places import lesson_page
from collabcomm.course.prose import Passage, passages, sentences_of
from collabcomm.course.runs import FORMULA, LESSONS, formulae

SHORT = 9  # a sentence of fewer words is short
SHOWN = 4  # so many places of a formula are printed

_MARK = re.compile(r"(?<!`)\{(claim|source|law|judgement)\}`")
_NAME = r"[A-Z][\w’']+"
# How a sentence may begin, where its first two words do not say it already.
_SHAPES = {
    "Name, NN,": re.compile(rf"{_NAME}(?: {_NAME})*,? (?:is )?\d\d\b"),
    "At NN:NN": re.compile(r"(?:At |It(?:'s|’s| is| was) )?(?:\d|half past|quarter |ten |five )"),
}
_NOBODY = re.compile(r"\b(?:nobody|no one|no-one)\b", re.IGNORECASE)


@dataclass
class Manner:
    """How one lesson is told. ``first`` opens it, ``turn`` ends its opening, ``last`` ends it."""

    file: str
    words: int
    marks: int
    crowded: list[int]
    views: int
    sentences: list[str]
    headings: list[str]
    first: str = ""
    turn: str = ""
    last: str = ""
    lengths: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.lengths = [len(sentence.split()) for sentence in self.sentences]

    @property
    def marked(self) -> float:
        """Basis marks per hundred words."""
        return 100 * self.marks / self.words if self.words else 0.0

    @property
    def mean(self) -> float:
        """Words a sentence."""
        return sum(self.lengths) / len(self.lengths) if self.lengths else 0.0

    @property
    def short(self) -> float:
        """The share of short sentences, in percent."""
        short = sum(length < SHORT for length in self.lengths)
        return 100 * short / len(self.lengths) if self.lengths else 0.0


def manners(loaded: Loaded) -> list[Manner]:
    """Return how each lesson is told, in the course's order."""
    texts: dict[str, list[Passage]] = {}
    for passage in passages(loaded):
        texts.setdefault(passage.file, []).append(passage)
    return [
        manner(file, texts.get(file, []), (loaded.root / file).read_text("utf-8"))
        for module in loaded.course.modules.values()
        for lesson in module.lessons
        if (file := f"{lesson_page(module.id, lesson.id)}.md")
    ]


def manner(file: str, texts: list[Passage], source: str) -> Manner:
    """Return how a lesson is told, from its texts and from the page as written."""
    prose = [p for p in texts if p.kind == "text"]
    body = [p for p in texts if p.kind in ("text", "speech", "record")]
    heads = [p.line for p in texts if p.kind == "heading" and p.line > 1]
    opening = [p for p in body if not heads or p.line < heads[0]] or body[:1]
    marks = _MARK.findall(source)
    ends = [sentences_of(part[-1].text) or [""] if part else [""] for part in (opening, prose)]
    return Manner(
        file=file,
        words=sum(len(p.text.split()) for p in texts),
        marks=len(marks),
        crowded=[n for n, row in enumerate(source.splitlines(), 1) if len(_MARK.findall(row)) > 1],
        views=marks.count("judgement"),
        sentences=[sentence for p in prose for sentence in sentences_of(p.text)],
        headings=re.findall(r"^## +(.+?) *$", source, re.MULTILINE),
        first=(sentences_of(body[0].text) or [""])[0] if body else "",
        turn=ends[0][-1],
        last=ends[1][-1],
    )


def alike(lessons: list[Manner]) -> Iterator[tuple[str, list[str]]]:
    """Yield how several lessons begin or end alike, in words, each with their files."""
    begins: dict[str, list[str]] = {}
    ends: dict[str, list[str]] = {}
    heads: dict[str, list[str]] = {}
    for lesson in lessons:
        for place, sentence in (("first", lesson.first), ("last", lesson.last)):
            for shape in _shapes(sentence):
                begins.setdefault(f"{place} sentence begins “{shape}”", []).append(lesson.file)
        for place, sentence in (("opening", lesson.turn), ("lesson", lesson.last)):
            if _NOBODY.search(sentence):
                ends.setdefault(f"{place} ends with “nobody”", []).append(lesson.file)
        for heading in dict.fromkeys(lesson.headings):
            heads.setdefault(f"heading “{heading}”", []).append(lesson.file)
    yield from ((what, files) for what, files in begins.items() if len(files) > 1)
    yield from ends.items()
    yield from ((what, files) for what, files in heads.items() if len(files) >= LESSONS)


def _shapes(sentence: str) -> Iterator[str]:
    words = re.findall(r"[\w’']+", sentence)[:2]
    if len(words) == 2:
        yield " ".join(words).lower()
    for name, shape in _SHAPES.items():
        if shape.match(sentence.lstrip("\"“'‘*")):
            yield name


def manner_report(loaded: Loaded) -> Iterator[str]:
    """Yield the lines on how lessons are told that ``check --wording`` prints."""
    lessons = manners(loaded)
    yield f"{'Lessons, and the rhythm of their running prose':<58}{'words':>7}{'marks':>7}" + (
        f"{'per 100':>9}{'crowded':>9}{'views':>7}{'a sentence':>12}{f'under {SHORT}':>9}"
    )
    for x in lessons:
        yield (
            f"  {x.file:<56}{x.words:>7}{x.marks:>7}{x.marked:>9.1f}{len(x.crowded) or '':>9}"
            f"{x.views or '':>7}{x.mean:>12.1f}{x.short:>7.0f} %"
        )
    yield ""
    yield "Lines of lessons with more than one mark:"
    yield from (f"  {x.file}:{line}" for x in lessons for line in x.crowded)
    for what, attribute in (("First", "first"), ("Last", "last")):
        yield ""
        yield f"{what} sentences of the lessons:"
        yield from (f"  {x.file}: {getattr(x, attribute)}" for x in lessons)
    yield ""
    yield "Lessons that begin or end alike:"
    for what, files in alike(lessons):
        yield f"  {what}: {', '.join(files)}"
    yield ""
    yield f"Runs of {FORMULA} words and more in {LESSONS} lessons and more:"
    names = {x.file for x in lessons}
    for formula in formulae(p for p in passages(loaded) if p.file in names):
        more = len(formula.places) - SHOWN
        places = ", ".join(formula.places[:SHOWN]) + (f" and {more} more" if more > 0 else "")
        yield f"  {formula.words}: {places}"
