"""Words in a row that stand in more places than one: copied, or said again and again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from collabcomm.course.loader import Loaded
from collabcomm.course.prose import Passage, passages

RUN = 8  # so many words in a row as in another text are called copied
FORMULA = 4  # so many words in a row
LESSONS = 3  # in so many lessons are called a formula
LONGEST = 14

# A run of these and one other word is English, and no formula.
_SMALL_WORDS = (
    "a an the and or but if so as than then that this these those there here it its is are "
    "was were be been has have had do does did can could may might will would should must "
    "not no of to in on at by for from with into about over out up off before after when "
    "where who whom whose what which how why you your yours we our us they them their "
    "theirs he him his she her hers i me my one all any some each every more most other "
    "another only just also too very youd youll youre theyre thats dont isnt im ive weve "
    "were"
)
_SMALL = frozenset(_SMALL_WORDS.split())


def shared_runs(loaded: Loaded, text: str, length: int = RUN) -> Iterator[tuple[str, int, str]]:
    """Yield where the course has ``length`` words in a row that also stand in a text.

    Case and punctuation do not count. Runs that overlap are one: file, line, words.
    """
    runs = set(runs_of(text, length))
    for file, line, passage, _ in passages(loaded):
        here = _bare(passage)
        end = 0
        for i in range(len(here) - length + 1):
            if i >= end and tuple(here[i : i + length]) in runs:
                end = i + length
                while end < len(here) and tuple(here[end - length + 1 : end + 1]) in runs:
                    end += 1
                yield file, line, " ".join(here[i:end])


def runs_of(text: str, length: int = RUN) -> Iterator[tuple[str, ...]]:
    """Yield every run of ``length`` words of a text, without case and punctuation."""
    words = _bare(text)
    for i in range(len(words) - length + 1):
        yield tuple(words[i : i + length])


def _bare(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower().replace("’", "'").replace("'", ""))


@dataclass(frozen=True)
class Formula:
    """Words in a row that stand in several files, with the first place in each."""

    words: str
    places: tuple[str, ...]


def formulae(texts: Iterable[Passage]) -> list[Formula]:
    """Return the runs of four words and more that stand in three files or more, commonest first.

    Of runs that lie in each other and stand in the same files the longest is kept, and runs with
    fewer than two words that mean something are left out.
    """
    places: dict[tuple[str, ...], dict[str, str]] = {}
    held = list(texts)
    for length in range(FORMULA, LONGEST + 1):
        for file, line, text, _ in held:
            for run in runs_of(text, length):
                shorter = run[:-1], run[1:]  # a run is no commoner than what lies in it
                if length == FORMULA or all(len(places.get(x, ())) >= LESSONS for x in shorter):
                    places.setdefault(run, {}).setdefault(file, f"{file}:{line}")
    common = {run: found for run, found in places.items() if len(found) >= LESSONS}
    covered = {
        part
        for run, found in common.items()
        for part in (run[:-1], run[1:])
        if len(common.get(part, ())) == len(found)
    }
    kept = [
        Formula(" ".join(run), tuple(found.values()))
        for run, found in common.items()
        if run not in covered and sum(word not in _SMALL for word in run) > 1
    ]
    return sorted(kept, key=lambda formula: (-len(formula.places), formula.words))
