"""What became of the options of an item."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from collabcomm.engine.items import type_of
from collabcomm.engine.scoring import HAIR, picks
from collabcomm.engine.types import Item
from collabcomm.texts import counted

T = TypeVar("T")


@dataclass(frozen=True)
class OptionRow:
    """What became of one option, pair or wording; ``option`` is None for no answer.

    ``share`` is of all the responses, ``mean_rest`` the mean rest score of those who picked it
    (None if nobody did), ``look`` a reason to look at it, if there is one.
    """

    option: str | None
    text: str
    key: bool
    count: int
    share: float | None
    mean_rest: float | None
    look: str | None = None


def distractors(item: Item, responses: Sequence[object], rest: Sequence[float]) -> list[OptionRow]:
    """Return what became of each option of an item, and of no answer.

    Parameters
    ----------
    item
        Compiled, its key included.
    responses, rest
        One of each for every learner whom the item was presented to: what they gave, and their
        total without the item. A response that picks nothing the item has is no answer. A ``rest``
        of NaN (no other item is scored) is left out of the means.

    Notes
    -----
    An option counts for everybody who picked it, so the shares of a multiple response add up to
    more than 1. Of matching the rows are the pairs of prompt and answer, of sequencing the
    neighbours: the right ones, and those that somebody picked. Of a short text they are the ten
    most common wordings, normalised as for scoring. The key of a judgement is its best option.

    A wrong row says in ``look`` when those who picked it did better on the rest than those who
    picked the key: of a matching, the key of the same prompt; where there are several keys, their
    mean by learners. Without responses all counts are 0, shares and means None.
    """
    if len(responses) != len(rest):
        raise ValueError(f"{len(responses)} responses, but {len(rest)} rest scores")
    tally = _Tally()
    picked = remembering(lambda response: picks(item, response))
    for response, score in zip(responses, rest, strict=True):
        for key in picked(response) or (None,):
            tally.add(key, score)
    rows = [
        (row.group, tally.row(row.key, row.text, row.right, len(responses)))
        for row in type_of(item).rows(item, _common(tally))
    ]
    rows.append(("", tally.row(None, "No answer", False, len(responses))))
    keys = {
        group: _mean_rest(row for g, row in rows if g == group and row.key) for group, _ in rows
    }
    return [_with_look(row, keys[group]) for group, row in rows]


class _Tally:
    """Counts of what was picked, and the sums of the rest scores of those who did."""

    def __init__(self) -> None:
        self.count: Counter[str | None] = Counter()
        self.known: Counter[str | None] = Counter()
        self.sums: dict[str | None, float] = {}

    def add(self, key: str | None, rest: float) -> None:
        self.count[key] += 1
        if not math.isnan(rest):
            self.known[key] += 1
            self.sums[key] = self.sums.get(key, 0.0) + rest

    def row(self, key: str | None, text: str, is_key: bool, whole: int) -> OptionRow:
        count, known = self.count[key], self.known[key]
        return OptionRow(
            option=key,
            text=text,
            key=is_key,
            count=count,
            share=count / whole if whole else None,
            mean_rest=self.sums[key] / known if known else None,
        )


def remembering(work: Callable[[object], T]) -> Callable[[object], T]:
    """Work each text out once: with many learners most give the same few."""
    known: dict[str, T] = {}

    def call(response: object) -> T:
        if not isinstance(response, str):
            return work(response)
        if response not in known:
            known[response] = work(response)
        return known[response]

    return call


def _common(tally: _Tally) -> list[str]:
    found = [(-n, key) for key, n in tally.count.items() if key is not None]
    return [key for _, key in sorted(found)]


def _mean_rest(rows: Iterable[OptionRow]) -> float | None:
    known = [(row.count, row.mean_rest) for row in rows if row.mean_rest is not None]
    count = sum(n for n, _ in known)
    return sum(n * mean for n, mean in known) / count if count else None


def _with_look(row: OptionRow, key: float | None) -> OptionRow:
    mean = row.mean_rest
    if row.key or row.option is None or mean is None or key is None or mean <= key + HAIR:
        return row
    look = (
        f"The {counted(row.count, 'learner')} with this answer did better on the rest "
        f"({mean:.2f}) than those with the key ({key:.2f})."
    )
    return replace(row, look=look)
