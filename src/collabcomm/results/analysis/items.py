"""What the marks say about each item."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from collabcomm.engine.scoring import HAIR
from collabcomm.results.analysis.cautions import FEW
from collabcomm.results.analysis.intervals import Intervals
from collabcomm.results.analysis.reliability import alpha_of
from collabcomm.results.analysis.table import NOTHING, Interval, Table, number, variance_of
from collabcomm.results.analysis.test import TestStatistics
from collabcomm.texts import counted

LOW_DISCRIMINATION = 0.2
LOW_EFFICIENCY = 0.15  # what Moodle marks as dubious
HIGH_FACILITY = 0.95


@dataclass(frozen=True)
class ItemStatistics:
    """What the marks say about one item; ``look`` holds reasons to look at it first.

    Every figure is over the learners whom the item was presented to. With ``x`` their marks, ``T``
    their totals, ``R = T - x`` the rest:

    ``facility``
        mean(x) / max; ``standard_deviation`` is sd(x) / max.
    ``random_guess_score``
        What an answer at random earns on average, as a fraction; None where it is not known.
    ``intended_weight``
        max / mean of the learners' maximum totals: the item's share of a quiz that it is part of.
    ``effective_weight``
        sqrt(cov(x, T)) / sum of the same over all items with no negative covariance, each item
        counted by the share of learners who had it (1 where all did, as in Moodle), so that it can
        be held against the intended weight in a drawn quiz too. None where cov(x, T) < 0.
    ``discrimination_index``
        cov(x, R) / sqrt(var(x) var(R)): the item-rest correlation. None without spread.
    ``discriminative_efficiency``
        cov(x, R) / cov(sorted x, sorted R): against the most that these marks allow.
    ``alpha_if_deleted``
        Cronbach's alpha of the other items; None in a drawn quiz and with fewer than three items.
    ``discrimination_interval``, ``facility_interval``
        95 % intervals, see ``analyse``.
    """

    item: str
    learners: int
    max: float
    mean: float | None
    facility: float | None
    standard_deviation: float | None
    random_guess_score: float | None
    intended_weight: float | None
    effective_weight: float | None
    discrimination_index: float | None
    discriminative_efficiency: float | None
    alpha_if_deleted: float | None
    discrimination_interval: Interval | None
    facility_interval: Interval | None
    look: list[str]


@dataclass(frozen=True)
class _Figures:
    """What one item's marks give before it is held against the others; NaN where undefined."""

    learners: int
    mean: float = math.nan
    variance: float = math.nan
    with_total: float = math.nan
    rest_variance: float = math.nan
    discrimination: float = math.nan
    efficiency: float = math.nan


def _figures(table: Table, i: int) -> _Figures:
    x, total = table.column(i)
    n = len(x)
    if n < 2:
        return _Figures(n, float(x.mean()) if n else math.nan)
    most, scale = float(table.max[i]), table.scale
    rest = total - x
    variance, rest_variance = variance_of(x, most), variance_of(rest, scale)
    away = x - x.mean()
    with_rest = float(away @ (rest - rest.mean())) / (n - 1)
    if abs(with_rest) <= NOTHING * most * scale:
        with_rest = 0.0  # rounding must not make it negative
    with_total = with_rest + variance
    if abs(with_total) <= NOTHING * most * scale:
        with_total = 0.0
    found = _Figures(n, float(x.mean()), variance, with_total, rest_variance)
    if not variance or not rest_variance:
        return found
    ordered = np.sort(rest)
    allowed = float(np.sort(away) @ (ordered - ordered.mean())) / (n - 1)
    index = with_rest / math.sqrt(variance * rest_variance)
    return replace(found, discrimination=min(max(index, -1.0), 1.0), efficiency=with_rest / allowed)


def item_statistics(
    table: Table,
    item_ids: Sequence[str],
    guess: Sequence[float | None],
    test: TestStatistics,
    intervals: Intervals,
) -> list[ItemStatistics]:
    """Return the statistics of each column of a table, in its order."""
    figures = [_figures(table, i) for i in range(len(item_ids))]
    whole = sum(math.sqrt(f.with_total) * f.learners for f in figures if f.with_total >= 0)
    rows = []
    for i, (item_id, found) in enumerate(zip(item_ids, figures, strict=True)):
        most = float(table.max[i])
        effective = None
        if found.with_total >= 0 and whole:
            effective = math.sqrt(found.with_total) * table.learners / whole
        row = ItemStatistics(
            item=item_id,
            learners=found.learners,
            max=most,
            mean=number(found.mean),
            facility=number(found.mean / most),
            standard_deviation=number(math.sqrt(found.variance) / most),
            random_guess_score=guess[i],
            intended_weight=most / table.scale if table.scale else None,
            effective_weight=effective,
            discrimination_index=number(found.discrimination),
            discriminative_efficiency=number(found.efficiency),
            alpha_if_deleted=_alpha_without(table, i, figures, test),
            discrimination_interval=intervals.discrimination[i],
            facility_interval=intervals.facility[i],
            look=[],
        )
        row.look.extend(_reasons(row, table.learners, found.with_total < 0))
        rows.append(row)
    return rows


def _alpha_without(
    table: Table, i: int, figures: Sequence[_Figures], test: TestStatistics
) -> float | None:
    p = len(figures) - 1
    if not table.complete or test.learners < 3 or p < 2 or not figures[i].rest_variance:
        return None
    others = sum(f.variance for j, f in enumerate(figures) if j != i)
    return alpha_of(p, others, figures[i].rest_variance)


def _reasons(row: ItemStatistics, learners: int, against: bool) -> Iterator[str]:
    if not row.learners:
        yield "Nobody had this item."
        return
    if row.learners < min(FEW, learners):
        yield f"Only {counted(row.learners, 'learner')} had it: its figures are a rough guess."
    index, facility = row.discrimination_index, row.facility or 0.0
    if index is not None and index < 0:
        yield (
            f"Those who do well on the rest do badly here (discrimination {index:.2f}): "
            "look for a wrong key or a misleading stem."
        )
    elif index is not None and index < LOW_DISCRIMINATION:
        yield (
            "It hardly tells those who did well on the rest from the others "
            f"(discrimination {index:.2f})."
        )
    if against:
        yield "It works against the total, so it has no effective weight."
    efficiency = row.discriminative_efficiency
    if efficiency is not None and 0 <= efficiency < LOW_EFFICIENCY:
        yield f"It tells far less than its marks would allow (efficiency {efficiency:.2f})."
    guess = row.random_guess_score
    if guess is not None and facility < guess - HAIR:
        yield (
            f"Learners earn less ({facility:.2f}) than answers at random would ({guess:.2f}): "
            "look for a wrong key or a common misconception."
        )
    if facility > HIGH_FACILITY:
        yield f"Nearly everybody gets it right (facility {facility:.2f})."
    if row.learners > 1 and row.standard_deviation == 0:
        yield "Everybody has the same mark, so it tells nobody apart."
