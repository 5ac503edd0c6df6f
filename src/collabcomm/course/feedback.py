"""How feedback is told: formulae, length, and openings that come again and again.

The formula is a kind word, a "But", and a claim: whoever has met it three times reads it no more.
A report for authors, never a failure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from collabcomm.course.loader import Loaded
from collabcomm.course.places import quiz_file, scenario_file
from collabcomm.course.prose import plain_text, sentences_of

FEEDBACK_WORDS = 40  # what a choice did, and what could be said instead
ALIKE = 3  # so many pieces of a file that begin with the same two words

_VERDICT = re.compile(r"(?:well|partly|poorly|not) supported\b", re.IGNORECASE)
_KIND = re.compile(
    r"\b(?:kind(?:ly|ness)?|warm(?:ly|th)?|generous|thoughtful|tempting|understandable|"
    r"well[- ]meant|meant (?:well|as)|careful|fair|reasonable|polite|honest|sensible|"
    r"good (?:instinct|intention)|"
    r"to your credit|right to)\b",
    re.IGNORECASE,
)
_PIVOT = re.compile(r"^(?:But|Yet|However|Still|Even so)\b")
_CLAIM = re.compile(r"\b(?:stud(?:y|ies)|summary|reviews?|evidence|research|law|procedures)\b")


@dataclass(frozen=True)
class Feedback:
    """A piece of feedback, and where it stands."""

    file: str
    line: int
    text: str

    @property
    def sentences(self) -> list[str]:
        """Its sentences."""
        return sentences_of(self.text)

    @property
    def words(self) -> int:
        """How many words it has."""
        return len(self.text.split())

    @property
    def verdict(self) -> bool:
        """Whether it opens like a marker: with how well something is supported."""
        return bool(_VERDICT.match(self.text))

    @property
    def pivots(self) -> bool:
        """Whether a sentence after the first turns round on a "But"."""
        return any(_PIVOT.match(sentence) for sentence in self.sentences[1:])

    @property
    def formula(self) -> bool:
        """Whether a kind word comes first, then a "But", then a claim."""
        sentences = self.sentences
        turn = next((n for n, s in enumerate(sentences) if n and _PIVOT.match(s)), None)
        if turn is None:
            return False
        before, after = " ".join(sentences[:turn]), " ".join(sentences[turn:])
        return bool(_KIND.search(before) and _CLAIM.search(after))

    @property
    def opening(self) -> str:
        """Its first two words."""
        return " ".join(re.findall(r"[\w’']+", self.text)[:2]).lower()


def feedbacks(loaded: Loaded) -> Iterator[Feedback]:
    """Yield every piece of feedback on a choice or an option."""
    for scenario_id, scenario in loaded.course.scenarios.items():
        file = scenario_file(scenario_id)
        source = loaded.sources[file]
        for node_id, node in scenario.nodes.items():
            for i, choice in enumerate(node.choices):
                line = source.line(("nodes", node_id, "choices", i, "feedback"))
                texts = (part.text for part in choice.feedback)
                yield Feedback(file, line, plain_text(" ".join(texts)))
            if node.item:
                line = source.line(("nodes", node_id, "item"))
                for told in filter(None, (told.feedback for told in node.item.told())):
                    yield Feedback(file, line, plain_text(told))
    for quiz_id, quiz in loaded.course.quizzes.items():
        file = quiz_file(quiz_id)
        for i, item in enumerate(quiz.items):
            line = loaded.sources[file].line(("items", i))
            for told in filter(None, (told.feedback for told in item.told())):
                yield Feedback(file, line, plain_text(told))


def feedback_report(loaded: Loaded) -> Iterator[str]:
    """Yield the lines on feedback that ``check --wording`` prints."""
    files: dict[str, list[Feedback]] = {}
    for piece in feedbacks(loaded):
        files.setdefault(piece.file, []).append(piece)
    yield (
        f"{'Feedback':<58}{'pieces':>7}{'verdict':>9}{'pivots':>8}{'formula':>9}"
        f"{f'over {FEEDBACK_WORDS}':>9}"
    )
    for file, pieces in files.items():
        yield (
            f"  {file:<56}{len(pieces):>7}{_sum(p.verdict for p in pieces):>9}"
            f"{_sum(p.pivots for p in pieces):>8}{_sum(p.formula for p in pieces):>9}"
            f"{_sum(p.words > FEEDBACK_WORDS for p in pieces):>9}"
        )
    yield ""
    yield "Feedback by the formula (a kind word, But, a claim):"
    for pieces in files.values():
        yield from (f"  {p.file}:{p.line}: {p.sentences[0]}" for p in pieces if p.formula)
    yield ""
    yield f"Feedback of a file that begins alike, {ALIKE} times and more:"
    for file, pieces in files.items():
        for opening, n in Counter(p.opening for p in pieces).most_common():
            if n >= ALIKE:
                yield f"  {file}: “{opening}” {n} times"


def _sum(values: Iterator[bool]) -> str:
    return str(sum(values) or "")
