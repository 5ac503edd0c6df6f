"""What a set of results says about a quiz, its items, a scenario, a course. Pure, over numpy.

Proportions are given as fractions; Moodle shows them times 100. Correlations run from -1 to 1,
coefficients are as they are, marks are marks. The two exceptions say so in their names or their
notes: ``standard_error_percent`` and every pass mark are in percent. A figure that is not defined
(no spread, too few learners) is None, never NaN or infinite.

Variances and covariances are those of a sample (divided by n - 1) unless a note says otherwise.
The names and the formulas of the item statistics are those of the Moodle documentation, "Quiz
statistics calculations", so that both programs can be held against one another.

Attempts at different versions of a quiz or scenario are never mixed: callers group by version.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from collabcomm.course.coverage import guesses
from collabcomm.engine.scoring import Compiled, Response, Score, item_points, picks, play
from collabcomm.texts import text_of

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Interval = list[float]
T = TypeVar("T")

FEW = 30
"""Below this many learners every figure carries a warning."""
MANY = 500
"""Above this many learners intervals are computed, not resampled, so that time stays bounded."""
COMMON_ANSWERS = 10
"""How many wordings of a short text are listed."""
LOW_DISCRIMINATION = 0.2
LOW_EFFICIENCY = 0.15  # what Moodle marks as dubious
HIGH_FACILITY = 0.95

_Z = 1.959963984540054  # 97.5 % point of the normal distribution
_NOTHING = 1e-12  # a variance below this share of the maximum squared is rounding, not spread
_HAIR = 1e-9  # as `scoring.passed` forgives


class MarksUnreadable(ValueError):
    """A table of marks that cannot be read; the text says where, why and what to do."""

    def __init__(self, why: str, line: int | None = None, column: int | None = None) -> None:
        where = ", ".join(
            f"{what} {n}" for what, n in (("line", line), ("column", column)) if n is not None
        )
        super().__init__(f"{where}: {why}" if where else why)
        self.line = line
        self.column = column


# ------------------------------------------------------------------------- results


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
class TestStatistics:
    """What the marks say about the test as a whole, over the learners' totals ``T``.

    ``max``, ``mean``, ``median``, ``standard_deviation``
        Marks; None where learners' maximum totals differ.
    ``skewness``, ``kurtosis``
        k3 / k2^1.5 and k4 / k2^2 from the k-statistics of ``T``; more than 2 and 3 learners.
    ``cronbach_alpha``
        p / (p - 1) * (1 - sum of var(x) / var(T)) over p > 1 items (Cronbach 1951); more than 2
        learners. ``error_ratio`` is sqrt(1 - alpha), above 1 where alpha is negative.
    ``kr_20``
        k / (k - 1) * (1 - sum of p q / var(T)), population variance throughout, so that it equals
        alpha (Kuder and Richardson 1937); p q is multiplied by max squared. None unless every mark
        is 0 or the item's maximum.
    ``standard_error_of_measurement``
        sd(T) * error ratio, in marks; ``standard_error_percent`` is percent (0-100) of ``max``.
    ``pass_rate``
        Share of learners who reach ``pass_mark`` (percent of their own maximum).
    ``near_pass_mark``
        How many totals lie within one standard error of the pass mark, on either side.
    """

    __test__ = False  # not a test class, whatever its name begins with

    learners: int
    items: int
    max: float | None = None
    mean: float | None = None
    median: float | None = None
    standard_deviation: float | None = None
    skewness: float | None = None
    kurtosis: float | None = None
    cronbach_alpha: float | None = None
    alpha_interval: Interval | None = None
    kr_20: float | None = None
    error_ratio: float | None = None
    standard_error_of_measurement: float | None = None
    standard_error_percent: float | None = None
    pass_mark: float | None = None
    pass_rate: float | None = None
    near_pass_mark: int | None = None


@dataclass(frozen=True)
class Analysis:
    """A test, its items in the order given, and what to keep in mind when reading them."""

    test: TestStatistics
    items: list[ItemStatistics]
    warnings: list[str]

    def as_json(self) -> dict[str, Any]:
        """Return everything as plain dicts and lists; the keys are the fields' names."""
        return asdict(self)


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


@dataclass(frozen=True)
class QuizAnalysis(Analysis):
    """The analysis of one version of a quiz, with its options and what guessing would earn.

    ``distractors`` holds a table for each item by its id. ``strategies`` tells what each guessing
    strategy of ``coverage.guesses`` earns over the whole bank, in percent, and
    ``passing_strategies`` names those that reach the pass mark.
    """

    distractors: dict[str, list[OptionRow]] = field(default_factory=dict)
    strategies: dict[str, float] = field(default_factory=dict)
    passing_strategies: list[str] = field(default_factory=list)


# ------------------------------------------------------------------------- the table


@dataclass(frozen=True)
class _Table:
    """Marks of learners (rows) for scored items (columns), and what follows from them.

    ``x`` is 0 where ``here`` is false. ``most`` is each learner's maximum. ``parts`` holds the
    marks by position, None where learners had different numbers of items or different maxima.
    """

    x: Floats
    here: Flags
    max: Floats
    total: Floats
    most: Floats
    parts: Floats | None

    @property
    def learners(self) -> int:
        return len(self.x)

    @property
    def complete(self) -> bool:
        return self.parts is not None and self.parts.shape[1] == len(self.max)

    @property
    def even(self) -> bool:
        """Whether every learner could earn the same total."""
        return bool(len(self.most) and np.ptp(self.most) <= _HAIR * self.most[0])

    @property
    def scale(self) -> float:
        """The size of a total, to tell spread from rounding."""
        return float(self.most.mean()) if len(self.most) else 0.0

    def column(self, i: int) -> tuple[Floats, Floats]:
        """Return the marks and the totals of those who had item ``i``."""
        here = self.here[:, i]
        if here.all():
            return self.x[:, i], self.total
        return self.x[here, i], self.total[here]


def _table(marks: Floats, max_marks: Floats) -> _Table:
    # Columns are what is read most, so they lie in one piece.
    here = np.asfortranarray(~np.isnan(marks))
    x = np.where(here, marks, 0.0)
    total, most = x.sum(axis=1), here @ max_marks
    counts = here.sum(axis=1)
    parts: Floats | None = None
    if (
        len(x)
        and len(max_marks)
        and (counts == counts[0]).all()
        and np.ptp(most) <= _HAIR * most[0]
    ):
        whole = counts[0] == len(max_marks)
        parts = x if whole else marks[here].reshape(len(x), int(counts[0]))
    return _Table(x, here, max_marks, total, most, parts)


def _checked(
    marks: npt.ArrayLike, max_marks: npt.ArrayLike, names: Sequence[str]
) -> tuple[Floats, Floats]:
    x = np.asarray(marks, dtype=np.float64)
    most = np.asarray(max_marks, dtype=np.float64)
    if x.ndim != 2 or x.shape[1] != len(names) or most.shape != (len(names),):
        raise ValueError(
            f"marks have the shape {x.shape}, maxima {most.shape}; {len(names)} names ask for "
            f"(learners, {len(names)}) and ({len(names)},)"
        )
    if np.isinf(x).any() or not np.isfinite(most).all() or (most < 0).any():
        raise ValueError("marks and maxima must be finite, and maxima not below 0")
    return x, most


def _number(value: float | np.floating[Any]) -> float | None:
    return float(value) if math.isfinite(value) else None


# ------------------------------------------------------------------------- analyse


def analyse(
    marks: npt.ArrayLike,
    max_marks: npt.ArrayLike,
    names: Sequence[str],
    *,
    guess: Sequence[float | None] | None = None,
    pass_mark: float | None = None,
    seed: int = 0,
    resamples: int = 1000,
) -> Analysis:
    """Return test and item statistics of a table of marks.

    Parameters
    ----------
    marks
        Learners x items; NaN where an item was not presented to a learner. An item that was
        presented and not answered is a mark of 0.
    max_marks, names
        Of the items. An item with a maximum of 0 is left out, with a warning.
    guess
        What a random answer to each item earns, as a fraction; None where that is not known.
    pass_mark
        In percent.
    seed, resamples
        Of the bootstrap. The order of the learners makes no difference.

    Raises
    ------
    ValueError
        Where the shapes do not fit or a number is infinite.

    Notes
    -----
    *Formulas*: see ``TestStatistics`` and ``ItemStatistics``; Moodle documentation, "Quiz
    statistics calculations".

    *Missing marks*: an item's figures are over those it was presented to, its rest their total of
    presented items without it. Alpha and KR-20 are over positions: the items where all learners
    had all; in a drawn quiz a learner's first, second, ... presented item, in the order of the
    columns, as Moodle does for random questions. They are None, with a warning, where learners had
    different numbers of items or different maxima. Learners without any mark are left out.

    *Intervals* (95 %): percentiles over ``resamples`` draws of learners with replacement (Efron
    and Tibshirani 1993). Draws in which a figure is not defined are left out; where that is more
    than half, there is no interval. The facility of an item marked 0 or full has Wilson's interval
    (1927) at every size, since resampling twelve right answers would promise that all are right.
    Above 500 learners, computed limits: for the correlation Fisher's z (1921) and for alpha the
    plain scale, each with the standard error of its influence values (the delta method, without
    assuming normal marks); for a facility in part marks mean +- 1.96 standard errors.

    *Degenerate cases*: without spread, or below the number of learners a formula needs, a figure
    is None; without learners or scored items, nearly all are.
    """
    x, most = _checked(marks, max_marks, names)
    known = [None] * len(names) if guess is None else list(guess)
    scored = [i for i in range(len(names)) if most[i]]
    warnings = [
        f"{names[i]} has a maximum of 0: it is not scored and left out."
        for i in range(len(names))
        if not most[i]
    ]
    if len(scored) < len(names):
        x, most = x[:, scored], most[scored]
    if scored and len(x):
        asked = ~np.isnan(x).all(axis=1)
        if not asked.all():
            warnings.append(f"Left out, having no mark at all: {_learners(int((~asked).sum()))}.")
            x = x[asked]
    table = _table(x, most)
    warnings += _cautions(table)
    intervals = _intervals(table, seed, resamples)
    test = _test(table, pass_mark, intervals.alpha)
    items = _items(table, [names[i] for i in scored], [known[i] for i in scored], test, intervals)
    return Analysis(test, items, warnings)


def _learners(n: int) -> str:
    return f"{n:,} learner" if n == 1 else f"{n:,} learners"


def _cautions(table: _Table) -> Iterator[str]:
    n, items = table.x.shape
    if not items:
        yield "No item is scored: there is nothing to analyse."
        return
    if not n:
        yield "No learner has a mark: there is nothing to analyse."
        return
    if n < FEW:
        yield (
            f"Only {_learners(n)}: treat every figure below as a rough guess; "
            "the intervals show how rough."
        )
    if not table.even:
        yield (
            "Learners' maximum totals differ: there is no mean, spread or reliability of totals, "
            "and discrimination is to be read with care."
        )
    elif table.parts is None:
        yield "Learners had different numbers of items: there is no alpha and no KR-20."


def _spread(values: Floats, scale: float) -> float:
    """Return a sample variance, NaN below two values, exactly 0 where it is only rounding."""
    if len(values) < 2:
        return math.nan
    variance = float(values.var(ddof=1))
    return variance if variance > _NOTHING * scale**2 else 0.0


def _test(table: _Table, pass_mark: float | None, interval: Interval | None) -> TestStatistics:
    n, items = table.x.shape
    if not n or not items:
        return TestStatistics(n, items, pass_mark=pass_mark)
    reached = 100 * table.total / table.most
    rate = None if pass_mark is None else float((reached + _HAIR >= pass_mark).mean())
    if not table.even:
        return TestStatistics(n, items, pass_mark=pass_mark, pass_rate=rate)
    most = float(table.most[0])
    deviation = math.sqrt(_spread(table.total, most))
    alpha = _alpha(table)
    ratio = None if alpha is None else math.sqrt(1 - alpha)
    error = None if ratio is None else ratio * deviation
    near = None
    if pass_mark is not None and error is not None:
        gaps = np.abs(table.total - pass_mark * most / 100)
        near = int((gaps <= error + _HAIR).sum())
    return TestStatistics(
        learners=n,
        items=items,
        max=most,
        mean=float(table.total.mean()),
        median=float(np.median(table.total)),
        standard_deviation=_number(deviation),
        **_shape(table.total, most),
        cronbach_alpha=alpha,
        alpha_interval=interval,
        kr_20=_kr_20(table),
        error_ratio=ratio,
        standard_error_of_measurement=error,
        standard_error_percent=None if error is None else 100 * error / most,
        pass_mark=pass_mark,
        pass_rate=rate,
        near_pass_mark=near,
    )


def _shape(total: Floats, scale: float) -> dict[str, float | None]:
    """Return skewness and kurtosis from k-statistics."""
    n = len(total)
    k2 = _spread(total, scale)
    if n < 3 or not k2:
        return {"skewness": None, "kurtosis": None}
    away = total - total.mean()
    square = away * away
    m2, m3, m4 = float(square.mean()), float((square * away).mean()), float((square**2).mean())
    k3 = n * n * m3 / ((n - 1) * (n - 2))
    kurtosis = None
    if n > 3:
        k4 = n * n * ((n + 1) * m4 - 3 * (n - 1) * m2 * m2) / ((n - 1) * (n - 2) * (n - 3))
        kurtosis = k4 / k2**2
    return {"skewness": k3 / k2**1.5, "kurtosis": kurtosis}


def _alpha(table: _Table) -> float | None:
    parts = table.parts
    if parts is None or len(parts) < 3 or parts.shape[1] < 2:
        return None
    whole = _spread(table.total, table.scale)
    if not whole:
        return None
    return _alpha_of(parts.shape[1], float(parts.var(axis=0, ddof=1).sum()), whole)


def _alpha_of(p: int, parts: float, whole: float) -> float:
    # Never above 1, but rounding can put it there.
    return min(p / (p - 1) * (1 - parts / whole), 1.0)


def _kr_20(table: _Table) -> float | None:
    """Return KR-20 from p and q, so that it does not simply repeat alpha's arithmetic."""
    parts = table.parts
    if parts is None or len(parts) < 3 or parts.shape[1] < 2 or not _all_or_nothing(table):
        return None
    if table.complete:
        most = table.max
    elif (table.max == table.max[0]).all():
        most = np.full(parts.shape[1], table.max[0])
    else:
        return None  # a position has no maximum of its own, so there is no p
    if not _spread(table.total, table.scale):
        return None
    k = parts.shape[1]
    right = parts.mean(axis=0) / most
    return _alpha_of(k, float((most**2 * right * (1 - right)).sum()), float(table.total.var()))


def _all_or_nothing(table: _Table) -> bool:
    # Where an item was not presented `x` is 0, which changes nothing here.
    return all(_binary(table.x[:, i], float(table.max[i])) for i in range(len(table.max)))


def _binary(x: Floats, most: float) -> bool:
    return bool((np.minimum(np.abs(x), np.abs(x - most)) <= _HAIR * most).all())


# ------------------------------------------------------------------------- items


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


def _figures(table: _Table, i: int) -> _Figures:
    x, total = table.column(i)
    n = len(x)
    if n < 2:
        return _Figures(n, float(x.mean()) if n else math.nan)
    most, scale = float(table.max[i]), table.scale
    rest = total - x
    variance, rest_variance = _spread(x, most), _spread(rest, scale)
    away = x - x.mean()
    with_rest = float(away @ (rest - rest.mean())) / (n - 1)
    if abs(with_rest) <= _NOTHING * most * scale:
        with_rest = 0.0  # rounding must not make it negative
    with_total = with_rest + variance
    if abs(with_total) <= _NOTHING * most * scale:
        with_total = 0.0
    found = _Figures(n, float(x.mean()), variance, with_total, rest_variance)
    if not variance or not rest_variance:
        return found
    ordered = np.sort(rest)
    allowed = float(np.sort(away) @ (ordered - ordered.mean())) / (n - 1)
    index = with_rest / math.sqrt(variance * rest_variance)
    return replace(found, discrimination=min(max(index, -1.0), 1.0), efficiency=with_rest / allowed)


def _items(
    table: _Table,
    names: Sequence[str],
    guess: Sequence[float | None],
    test: TestStatistics,
    intervals: _Intervals,
) -> list[ItemStatistics]:
    figures = [_figures(table, i) for i in range(len(names))]
    whole = sum(math.sqrt(f.with_total) * f.learners for f in figures if f.with_total >= 0)
    rows = []
    for i, (name, one) in enumerate(zip(names, figures, strict=True)):
        most = float(table.max[i])
        effective = None
        if one.with_total >= 0 and whole:
            effective = math.sqrt(one.with_total) * table.learners / whole
        row = ItemStatistics(
            item=name,
            learners=one.learners,
            max=most,
            mean=_number(one.mean),
            facility=_number(one.mean / most),
            standard_deviation=_number(math.sqrt(one.variance) / most),
            random_guess_score=guess[i],
            intended_weight=most / table.scale if table.scale else None,
            effective_weight=effective,
            discrimination_index=_number(one.discrimination),
            discriminative_efficiency=_number(one.efficiency),
            alpha_if_deleted=_alpha_without(table, i, figures, test),
            discrimination_interval=intervals.discrimination[i],
            facility_interval=intervals.facility[i],
            look=[],
        )
        row.look.extend(_reasons(row, table.learners, one.with_total < 0))
        rows.append(row)
    return rows


def _alpha_without(
    table: _Table, i: int, figures: Sequence[_Figures], test: TestStatistics
) -> float | None:
    p = len(figures) - 1
    if not table.complete or test.learners < 3 or p < 2 or not figures[i].rest_variance:
        return None
    others = sum(f.variance for j, f in enumerate(figures) if j != i)
    return _alpha_of(p, others, figures[i].rest_variance)


def _reasons(row: ItemStatistics, learners: int, against: bool) -> Iterator[str]:
    if not row.learners:
        yield "Nobody had this item."
        return
    if row.learners < min(FEW, learners):
        yield f"Only {_learners(row.learners)} had it: its figures are a rough guess."
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
    if guess is not None and facility < guess - _HAIR:
        yield (
            f"Learners earn less ({facility:.2f}) than answers at random would ({guess:.2f}): "
            "look for a wrong key or a common misconception."
        )
    if facility > HIGH_FACILITY:
        yield f"Nearly everybody gets it right (facility {facility:.2f})."
    if row.learners > 1 and row.standard_deviation == 0:
        yield "Everybody has the same mark, so it tells nobody apart."


# ------------------------------------------------------------------------- intervals


@dataclass(frozen=True)
class _Intervals:
    discrimination: list[Interval | None]
    facility: list[Interval | None]
    alpha: Interval | None


def _intervals(table: _Table, seed: int, resamples: int) -> _Intervals:
    n, items = table.x.shape
    if n < 2 or not items:
        nothing: list[Interval | None] = [None] * items
        return _Intervals(nothing, [_facility_interval(table, i) for i in range(items)], None)
    if n > MANY:
        return _Intervals(
            [_correlation_interval(table, i) for i in range(items)],
            [_facility_interval(table, i) for i in range(items)],
            _alpha_interval(table),
        )
    ordered = _in_one_order(table)
    weights = _weights(n, resamples, seed)
    correlations = _resampled_correlations(ordered, weights)
    facilities = _resampled_facilities(ordered, weights)
    return _Intervals(
        [
            _percentiles(correlations[:, i]) if _has_correlation(table, i) else None
            for i in range(items)
        ],
        [_facility_interval(table, i, facilities[:, i]) for i in range(items)],
        _percentiles(_resampled_alphas(ordered, weights)) if _alpha(table) is not None else None,
    )


def _in_one_order(table: _Table) -> _Table:
    """Sort the learners by their marks, so that the draws do not hang on the order of a file."""
    order = np.lexsort(np.where(table.here, table.x, -np.inf).T)
    return _Table(
        table.x[order],
        table.here[order],
        table.max,
        table.total[order],
        table.most[order],
        None if table.parts is None else table.parts[order],
    )


def _weights(n: int, resamples: int, seed: int) -> Floats:
    """Return how often each learner is drawn in each resample: resamples x learners."""
    drawn = np.random.default_rng(seed).integers(n, size=(resamples, n))
    drawn += n * np.arange(resamples)[:, None]
    counts = np.bincount(drawn.ravel(), minlength=resamples * n)
    return counts.reshape(resamples, n).astype(np.float64)


def _percentiles(values: Floats) -> Interval | None:
    found = values[np.isfinite(values)]
    if not len(found) or 2 * len(found) < len(values):
        return None
    low, high = np.quantile(found, [0.025, 0.975])
    return [float(low), float(high)]


def _centred(values: Floats, here: Flags) -> Floats:
    """Take each column's mean away where there is a value, so that sums of squares stay exact."""
    count = np.maximum(here.sum(axis=0), 1)
    return np.where(here, values - (values * here).sum(axis=0) / count, 0.0)


def _resampled_correlations(table: _Table, weights: Floats) -> Floats:
    """Return the item-rest correlations of each resample, NaN where one is not defined."""
    x = _centred(table.x, table.here)
    rest = _centred(table.total[:, None] - table.x, table.here)
    n = weights @ table.here
    sum_x, sum_rest = weights @ x, weights @ rest
    with np.errstate(divide="ignore", invalid="ignore"):
        of_x = weights @ x**2 - sum_x**2 / n
        of_rest = weights @ rest**2 - sum_rest**2 / n
        both = weights @ (x * rest) - sum_x * sum_rest / n
        spread = (of_x > _NOTHING * n * table.max**2) & (of_rest > _NOTHING * n * table.scale**2)
        found = np.where(spread & (n > 1), both / np.sqrt(of_x * of_rest), np.nan)
    return np.clip(found, -1.0, 1.0)


def _resampled_facilities(table: _Table, weights: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = (weights @ table.x) / (weights @ table.here) / table.max
    return found


def _resampled_alphas(table: _Table, weights: Floats) -> Floats:
    if table.parts is None:
        return np.full(len(weights), np.nan)
    n, p = table.parts.shape
    parts = table.parts - table.parts.mean(axis=0)
    total = table.total - table.total.mean()
    inside = (weights @ parts**2 - (weights @ parts) ** 2 / n).sum(axis=1)
    whole = weights @ total**2 - (weights @ total) ** 2 / n
    with np.errstate(divide="ignore", invalid="ignore"):
        found = p / (p - 1) * (1 - inside / whole)
    return np.where(whole > _NOTHING * n * table.scale**2, np.minimum(found, 1.0), np.nan)


def _has_correlation(table: _Table, i: int) -> bool:
    x, total = table.column(i)
    spread = _spread(x, float(table.max[i]))
    return spread > 0 and _spread(total - x, table.scale) > 0


def _correlation_interval(table: _Table, i: int) -> Interval | None:
    """Return Fisher's z with the standard error of the correlation's influence values."""
    if not _has_correlation(table, i):
        return None
    x, total = table.column(i)
    rest = total - x
    one, two = (x - x.mean()) / x.std(), (rest - rest.mean()) / rest.std()
    product = one * two
    r = float(product.mean())
    if abs(r) > 1 - _HAIR:
        return [math.copysign(1.0, r)] * 2
    influence = product - r * (one**2 + two**2) / 2
    error = float(influence.std()) / math.sqrt(len(x)) / (1 - r * r)
    return [math.tanh(math.atanh(r) + sign * _Z * error) for sign in (-1, 1)]


def _facility_interval(table: _Table, i: int, drawn: Floats | None = None) -> Interval | None:
    """Return Wilson's interval for an item marked 0 or full, else the percentiles or the normal."""
    x, _ = table.column(i)
    n, most = len(x), float(table.max[i])
    if not n:
        return None
    mean = float(x.mean()) / most
    if _binary(x, most):
        return _wilson(min(max(mean, 0.0), 1.0), n)
    if not _spread(x, most) > 0:
        return None
    if drawn is not None:
        return _percentiles(drawn)
    half = _Z * float(x.std(ddof=1)) / most / math.sqrt(n)
    return [max(mean - half, 0.0), min(mean + half, 1.0)]


def _wilson(share: float, n: int) -> Interval:
    squared = _Z**2 / n
    middle = (share + squared / 2) / (1 + squared)
    half = _Z * math.sqrt(share * (1 - share) / n + squared / (4 * n)) / (1 + squared)
    return [max(middle - half, 0.0), min(middle + half, 1.0)]


def _alpha_interval(table: _Table) -> Interval | None:
    """Return alpha +- 1.96 standard errors of its influence values."""
    alpha = _alpha(table)
    if alpha is None or table.parts is None:
        return None
    n, p = table.parts.shape
    away = table.parts - table.parts.mean(axis=0)
    inside = np.einsum("ij,ij->i", away, away)
    whole = (table.total - table.total.mean()) ** 2
    influence = (inside - inside.mean() / whole.mean() * whole) / whole.mean()
    half = _Z * p / (p - 1) * float(influence.std()) / math.sqrt(n)
    return [alpha - half, min(alpha + half, 1.0)]


# ------------------------------------------------------------------------- a file of marks

_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")


def read_marks(text: str) -> tuple[Floats, Floats, list[str], list[str]]:
    """Return marks, maxima, item names and learners of a table in CSV.

    The first row names the items, the first column the learners; the row whose first cell is
    ``max`` (in any case, anywhere) holds the maximum marks. An empty cell or ``-`` is an item that
    the learner was not given: NaN. The same learner may come more than once. Separated by commas
    or semicolons; with semicolons a decimal comma is read too. A byte order mark, any ends of
    lines, empty rows and empty columns at the right are no matter. A maximum of 0 is read;
    ``analyse`` leaves the item out.

    Raises
    ------
    MarksUnreadable
        With line and column: no items, learners or ``max`` row, or two of those; a nameless or
        repeated item; a row of another length; a cell that is no number, below 0 or above the
        maximum.
    """
    text = text.removeprefix("\ufeff")
    separator = _separator(text)
    rows = _rows(text, separator)
    line, header = next(rows, (1, []))
    names = _item_names(line, header)
    most: tuple[int, list[float]] | None = None
    learners: list[tuple[int, str]] = []
    marks: list[list[float]] = []
    for line, row in rows:
        cells = _fitted(line, row, names)
        is_max = cells[0].lower() == "max"
        if is_max and most is not None:
            raise MarksUnreadable(
                f"line {most[0]} is a 'max' row already; keep one, and call a learner named Max "
                "something longer, such as 'Max B'",
                line,
                1,
            )
        if not cells[0]:
            raise MarksUnreadable("the row has no learner; write a name or number", line, 1)
        values = [
            _mark(cell, line, n, names[n - 2], separator, required=is_max)
            for n, cell in enumerate(cells[1:], 2)
        ]
        if is_max:
            most = line, values
        else:
            learners.append((line, cells[0]))
            marks.append(values)
    if most is None:
        raise MarksUnreadable("there is no row for the maximum marks; add one that begins with max")
    if not learners:
        raise MarksUnreadable("there is no learner; add a row for each, below the items' names")
    table, maxima = np.array(marks), np.array(most[1])
    above = np.argwhere(table > maxima)
    if len(above):
        row_, item = map(int, above[0])
        raise MarksUnreadable(
            f"{table[row_, item]:g} for '{names[item]}' is above its maximum of {maxima[item]:g}; "
            "correct the mark or the max row",
            learners[row_][0],
            item + 2,
        )
    return table, maxima, names, [name for _, name in learners]


def _separator(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    bare = re.sub(r'"[^"]*"', "", first)
    return ";" if bare.count(";") > bare.count(",") else ","


def _rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not empty, each with the line it begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            row = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            raise MarksUnreadable(
                f"this is not CSV ({error}); look for a quotation mark that is not closed", line
            ) from None
        if any(row):
            yield line, row


def _item_names(line: int, header: Sequence[str]) -> list[str]:
    cells = list(header)
    while cells and not cells[-1]:
        cells.pop()
    names = cells[1:]
    if not names:
        raise MarksUnreadable(
            "there are no items; the first row has to be: learner, then the items' names", line
        )
    for n, name in enumerate(names, 2):
        if not name:
            raise MarksUnreadable("the item has no name; write one", line, n)
        if names.index(name) != n - 2:
            raise MarksUnreadable(
                f"column {names.index(name) + 2} is called '{name}' too; give each item its own "
                "name",
                line,
                n,
            )
    return names


def _fitted(line: int, row: Sequence[str], names: Sequence[str]) -> list[str]:
    wanted = len(names) + 1
    if len(row) < wanted or any(row[wanted:]):
        raise MarksUnreadable(
            f"the row has {len(row)} cells, the first row {wanted}; add or remove separators, and "
            "leave the cell empty where an item was not given",
            line,
            min(len(row), wanted) + 1,
        )
    return list(row[:wanted])


def _mark(cell: str, line: int, column: int, name: str, separator: str, *, required: bool) -> float:
    if cell in ("", "-"):
        if required:
            raise MarksUnreadable(f"'{name}' has no maximum; write a number", line, column)
        return math.nan
    number = cell.replace(",", ".") if separator == ";" else cell
    value = float(number) if _DECIMAL.fullmatch(number) else math.nan
    if not math.isfinite(value):
        raise MarksUnreadable(
            f"'{cell}' for '{name}' is no number; write one such as 1 or 0.5, or leave the cell "
            "empty where the item was not given",
            line,
            column,
        )
    if value < 0:
        raise MarksUnreadable(
            f"{value:g} for '{name}' is below 0, and marks run from 0 to the maximum; write 0",
            line,
            column,
        )
    return value


# ------------------------------------------------------------------------- options


def distractors(
    item: Compiled, responses: Sequence[Response], rest: Sequence[float]
) -> list[OptionRow]:
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
    picked = _remembering(lambda response: picks(item, response))
    for response, score in zip(responses, rest, strict=True):
        for key in picked(response) or (None,):
            tally.add(key, score)
    rows = [
        (group, tally.row(key, text, is_key, len(responses)))
        for group, key, text, is_key in _row_heads(item, tally)
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


def _remembering(work: Callable[[Response], T]) -> Callable[[Response], T]:
    """Work each text out once: with many learners most give the same few."""
    known: dict[str, T] = {}

    def call(response: Response) -> T:
        if not isinstance(response, str):
            return work(response)
        if response not in known:
            known[response] = work(response)
        return known[response]

    return call


def _row_heads(item: Compiled, tally: _Tally) -> Iterator[tuple[str, str, str, bool]]:
    """Yield group, key, text and whether it is right, for every row but no answer."""
    weights = item.get("weights") or {}
    kind = item["type"]
    if "options" in item:
        best = max(weights.values(), default=0)
        for option in item["options"]:
            weight = weights.get(option["id"], 0)
            right = weight > 0 and (kind == "multiple-response" or weight == best)
            yield "", option["id"], text_of(option["text"]), right
    elif kind == "matching":
        for prompt in item["prompts"]:
            for answer in item["answers"]:
                key = f"{prompt['id']}:{answer['id']}"
                right = weights.get(key, 0) > 0
                if right or tally.count[key]:
                    text = f"{text_of(prompt['text'])} → {text_of(answer['text'])}"
                    yield prompt["id"], key, text, right
    elif kind == "sequencing":
        texts = {step["id"]: text_of(step["text"]) for step in item["steps"]}
        for key in dict.fromkeys([*weights, *_common(tally)]):
            one, two = key.split(">")
            yield "", key, f"{texts[one]} → {texts[two]}", weights.get(key, 0) > 0
    else:
        for key in _common(tally)[:COMMON_ANSWERS]:
            yield "", key, key, weights.get(key, 0) > 0


def _common(tally: _Tally) -> list[str]:
    found = [(-n, key) for key, n in tally.count.items() if key is not None]
    return [key for _, key in sorted(found)]


def _mean_rest(rows: Iterable[OptionRow]) -> float | None:
    known = [(row.count, row.mean_rest) for row in rows if row.mean_rest is not None]
    count = sum(n for n, _ in known)
    return sum(n * mean for n, mean in known) / count if count else None


def _with_look(row: OptionRow, key: float | None) -> OptionRow:
    mean = row.mean_rest
    if row.key or row.option is None or mean is None or key is None or mean <= key + _HAIR:
        return row
    look = (
        f"The {_learners(row.count)} with this answer did better on the rest ({mean:.2f}) than "
        f"those with the key ({key:.2f})."
    )
    return replace(row, look=look)


# ------------------------------------------------------------------------- a quiz


def guess_score(item: Compiled) -> float | None:
    """Return what an answer at random to a compiled item earns on average, as a fraction.

    Of options: the mean of their weights, each kept within 0 and ``max``, over ``max``. Of
    matching: every prompt gets any of the answers, each as likely; its weights are not negative,
    so that the expected sum of those of all pairs over the number of answers is exact. Of
    sequencing: of ``n`` steps in random order each of the ``n - 1`` right neighbourhoods holds
    with probability ``1 / n``, so 1 / n. A short text cannot be guessed: 0.

    None for a multiple response, since nobody knows how many options a guesser picks, and for
    items that are not scored.
    """
    weights, most = item.get("weights") or {}, item["max"]
    kind = item["type"]
    if not most or kind == "multiple-response":
        return None
    if "options" in item:
        earned = [min(max(weights.get(o["id"], 0), 0), most) for o in item["options"]]
        return float(sum(earned) / len(earned) / most)
    if kind == "matching":
        pairs = (f"{p['id']}:{a['id']}" for p in item["prompts"] for a in item["answers"])
        return float(sum(weights.get(pair, 0) for pair in pairs) / len(item["answers"]) / most)
    if kind == "sequencing":
        return 1 / len(item["steps"])
    return 0.0 if kind == "short-text" else None


def quiz_analysis(
    quiz: Compiled,
    attempts: Sequence[tuple[Sequence[str], Mapping[str, Response]]],
    pass_mark: float | None = None,
    *,
    seed: int = 0,
    resamples: int = 1000,
) -> QuizAnalysis:
    """Return the analysis of the attempts at one version of a quiz.

    Parameters
    ----------
    quiz
        Compiled, its key included. All attempts must be at this version of it: versions are never
        mixed, since an item may ask something else in the next.
    attempts
        For each, the ids of the items drawn, and the responses by item.
    pass_mark
        In percent; the quiz's own if not given.

    Notes
    -----
    Marks are points, as ``scoring.item_points`` gives them. An item drawn and not answered has 0,
    one not drawn none at all (see ``analyse``); ids that the quiz does not have are passed over.
    Items that earn nothing (scales, reflections) are left out of the marks, but those with options
    have their table; their rest is the whole total. Reflections have no table: they are read.
    """
    mark = quiz.get("pass_mark") if pass_mark is None else pass_mark
    items = {item["id"]: item for item in quiz["items"]}
    scored = [name for name, item in items.items() if item["max"]]
    marks, rows, given = _marks_of(items, scored, attempts)
    analysis = analyse(
        marks,
        np.array([items[name]["points"] for name in scored], dtype=np.float64),
        scored,
        guess=[guess_score(items[name]) for name in scored],
        pass_mark=mark,
        seed=seed,
        resamples=resamples,
    )
    nothing = np.isnan(marks).all(axis=1)
    total = np.where(nothing, np.nan, np.nansum(marks, axis=1))
    tables = {}
    for name, item in items.items():
        if item["type"] != "reflection":
            rest = total[rows[name]]
            if name in scored:
                rest = rest - marks[rows[name], scored.index(name)]
            tables[name] = distractors(item, given[name], rest.tolist())
    earned = guesses({**quiz, "items": list(items.values())})
    passing = [s for s, percent in earned.items() if mark is not None and percent + _HAIR >= mark]
    return QuizAnalysis(analysis.test, analysis.items, analysis.warnings, tables, earned, passing)


def _marks_of(
    items: Mapping[str, Compiled],
    scored: Sequence[str],
    attempts: Sequence[tuple[Sequence[str], Mapping[str, Response]]],
) -> tuple[Floats, dict[str, list[int]], dict[str, list[Response]]]:
    """Return attempts x scored items; and by item the rows that had it, and what they gave."""
    marks = np.full((len(attempts), len(scored)), np.nan)
    rows: dict[str, list[int]] = {name: [] for name in items}
    given: dict[str, list[Response]] = {name: [] for name in items}
    for row, (drawn, responses) in enumerate(attempts):
        for name in dict.fromkeys(drawn):
            if name in items:
                rows[name].append(row)
                given[name].append(responses.get(name))
    for column, name in enumerate(scored):
        marks[rows[name], column] = _points(items[name], given[name])
    return marks, rows, given


def _points(item: Compiled, given: Iterable[Response]) -> list[float]:
    work = _remembering(lambda response: float(item_points(item, response).raw))
    return [work(response) for response in given]


# ------------------------------------------------------------------------- a scenario


@dataclass(frozen=True)
class PathCount:
    """Choices in order, where they ended (None if they did not), and how many plays took them."""

    choices: list[str]
    ending: str | None
    count: int


@dataclass(frozen=True)
class DecisionStatistics:
    """What was chosen at one decision.

    ``reached`` counts arrivals, so a loop can bring one play here twice; ``choices`` what was
    chosen there; the difference stopped here. ``share_well`` is the share of choices that are well
    supported, None where nothing was chosen.
    """

    node: str
    reached: int
    choices: dict[str, int]
    share_well: float | None


@dataclass(frozen=True)
class MeterStatistics:
    """Where a meter stood at the end: its mean and range, and how many plays by value."""

    mean: float | None
    min: int | None
    max: int | None
    counts: dict[int, int]


@dataclass(frozen=True)
class ScenarioAnalysis:
    """What the plays of a scenario did.

    ``transitions`` are (node, next node, how often), for a picture of the flow. ``endings``,
    ``meters`` and ``mean_percent`` are of the finished plays.
    """

    plays: int
    finished: int
    paths: list[PathCount]
    decisions: list[DecisionStatistics]
    transitions: list[tuple[str, str, int]]
    endings: dict[str, int]
    meters: dict[str, MeterStatistics]
    mean_percent: float | None
    warnings: list[str]

    def as_json(self) -> dict[str, Any]:
        """Return everything as plain dicts and lists; the keys are the fields' names."""
        return asdict(self)


def scenario_analysis(scenario: Compiled, plays: Sequence[Sequence[Compiled]]) -> ScenarioAnalysis:
    """Return what the plays of one version of a compiled scenario did.

    Each play is walked by ``scoring.play``, so steps that do not fit end it there; it then counts
    as not finished. Paths are the most common first, ties by their choices. Without plays all
    counts are 0, shares and means None.
    """
    walked = [play(scenario, steps) for steps in plays]
    done = [path for path in walked if path.ending is not None]
    nodes: Mapping[str, Compiled] = scenario["nodes"]
    taken = Counter(
        (tuple(choice for choice in path.choices if choice is not None), path.ending)
        for path in walked
    )
    reached = Counter(name for path in walked for name in path.nodes)
    # `nodes` is one longer than `choices`: the last node has not been left.
    chosen = Counter(
        step for path in walked for step in zip(path.nodes, path.choices, strict=False)
    )
    moves = Counter(step for path in walked for step in pairwise(path.nodes))
    place = {name: n for n, name in enumerate(nodes)}
    percents = [Score(path.raw, path.max).percent for path in done]
    return ScenarioAnalysis(
        plays=len(walked),
        finished=len(done),
        paths=[
            PathCount(list(choices), ending, count)
            for (choices, ending), count in sorted(
                taken.items(), key=lambda one: (-one[1], one[0][0], one[0][1] or "")
            )
        ],
        decisions=[
            _decision(name, node, reached[name], chosen)
            for name, node in nodes.items()
            if node["kind"] == "decision"
        ],
        transitions=[
            (*move, moves[move]) for move in sorted(moves, key=lambda m: (place[m[0]], place[m[1]]))
        ],
        endings={
            name: sum(path.ending == name for path in done)
            for name, node in nodes.items()
            if node["kind"] == "ending"
        },
        meters={
            m["id"]: _meter([path.meters[-1][m["id"]] for path in done]) for m in scenario["meters"]
        },
        mean_percent=sum(percents) / len(percents) if percents else None,
        warnings=_play_warnings(len(walked), len(done)),
    )


def _decision(
    name: str, node: Compiled, reached: int, chosen: Counter[tuple[str, str | None]]
) -> DecisionStatistics:
    counts = {choice["id"]: chosen[name, choice["id"]] for choice in node["choices"]}
    well = sum(counts[choice["id"]] for choice in node["choices"] if choice["support"] == "well")
    whole = sum(counts.values())
    return DecisionStatistics(name, reached, counts, well / whole if whole else None)


def _meter(values: Sequence[int]) -> MeterStatistics:
    if not values:
        return MeterStatistics(None, None, None, {})
    counts = dict(sorted(Counter(values).items()))
    return MeterStatistics(sum(values) / len(values), min(values), max(values), counts)


def _play_warnings(plays: int, finished: int) -> list[str]:
    if not plays:
        return ["Nobody has played: there is nothing to analyse."]
    warnings = []
    if plays < FEW:
        counted = "1 play" if plays == 1 else f"{plays} plays"
        warnings.append(f"Only {counted}: treat every figure below as a rough guess.")
    if finished < plays:
        warnings.append(
            f"{plays - finished:,} of {plays:,} plays did not reach an ending; endings, meters and "
            "percent leave them out."
        )
    return warnings


# ------------------------------------------------------------------------- before and after


@dataclass(frozen=True)
class Change:
    """How a mean changed from before to after, in the scale given and in standard deviations.

    ``n`` is the number of pairs, or of all values of independent groups; ``standardiser`` is what
    the difference was divided by for ``hedges_g``.
    """

    n: int
    n_before: int
    n_after: int
    mean_before: float | None
    mean_after: float | None
    difference: float | None
    difference_interval: Interval | None
    hedges_g: float | None
    hedges_g_interval: Interval | None
    standardiser: float | None
    paired: bool
    warnings: list[str]

    def as_json(self) -> dict[str, Any]:
        """Return everything as a plain dict; the keys are the fields' names."""
        return asdict(self)


def change(
    before: npt.ArrayLike,
    after: npt.ArrayLike,
    paired: bool = True,
    *,
    seed: int = 0,
    resamples: int = 1000,
) -> Change:
    """Return how a mean changed, with Hedges' g and 95 % intervals.

    Parameters
    ----------
    before, after
        Values; when paired, the same place is the same person.
    paired
        Whether they are the same people.
    seed, resamples
        Of the bootstrap.

    Notes
    -----
    *Formula*: g = J * (mean after - mean before) / s with J = 1 - 3 / (4 df - 1) (Hedges 1981).
    For pairs s is the average of the two standard deviations, d_av of Lakens (2013), and
    df = n - 1; for independent groups s is the pooled standard deviation and df = n1 + n2 - 2. A
    paired g says how far people moved in terms of how they differ, not how evenly they moved.

    *Missing*: NaN (or None) is left out, when paired together with its partner.

    *Intervals*: percentiles over seeded draws of pairs, or of each group, with replacement (Efron
    and Tibshirani 1993); draws without a g are left out.

    *Degenerate cases*: without values a mean is None; below two pairs, or two values in a group,
    there is no interval and no g; no g either without spread, nor with df below 2, where J is 0.
    """
    one, two = (np.asarray(v, dtype=np.float64).ravel() for v in (before, after))
    if paired:
        if len(one) != len(two):
            raise ValueError(f"{len(one)} values before and {len(two)} after cannot be pairs")
        kept = ~(np.isnan(one) | np.isnan(two))
        one, two = one[kept], two[kept]
    else:
        one, two = one[~np.isnan(one)], two[~np.isnan(two)]
    if np.isinf(one).any() or np.isinf(two).any():
        raise ValueError("values must be finite")
    means = [float(v.mean()) if len(v) else None for v in (one, two)]
    enough = min(len(one), len(two)) > 1
    s = _standardiser(one, two, paired) if enough else math.nan
    drawn = _changes(one, two, paired, seed, resamples) if enough else np.empty((0, 2))
    g = _hedges_g(one, two, paired)
    return Change(
        n=len(one) if paired else len(one) + len(two),
        n_before=len(one),
        n_after=len(two),
        mean_before=means[0],
        mean_after=means[1],
        difference=None if None in means else float(two.mean() - one.mean()),
        difference_interval=_percentiles(drawn[:, 0]),
        hedges_g=_number(g),
        hedges_g_interval=_percentiles(drawn[:, 1]) if math.isfinite(g) else None,
        standardiser=_number(s),
        paired=paired,
        warnings=_change_warnings(one, two, paired),
    )


def _standardiser(one: Floats, two: Floats, paired: bool) -> float:
    variances = [float(v.var(ddof=1)) for v in (one, two)]
    if paired:
        s = (math.sqrt(variances[0]) + math.sqrt(variances[1])) / 2
    else:
        weighed = (len(one) - 1) * variances[0] + (len(two) - 1) * variances[1]
        s = math.sqrt(weighed / (len(one) + len(two) - 2))
    size = max(float(np.abs(one).max()), float(np.abs(two).max()))
    return s if s > math.sqrt(_NOTHING) * size else 0.0


def _hedges_g(one: Floats, two: Floats, paired: bool) -> float:
    df = len(one) - 1 if paired else len(one) + len(two) - 2
    if df < 2 or min(len(one), len(two)) < 2:
        return math.nan
    s = _standardiser(one, two, paired)
    return (1 - 3 / (4 * df - 1)) * float(two.mean() - one.mean()) / s if s else math.nan


def _changes(one: Floats, two: Floats, paired: bool, seed: int, resamples: int) -> Floats:
    """Return difference and g of each resample."""
    draws = np.random.default_rng(seed)
    found = np.empty((resamples, 2))
    for n in range(resamples):
        first = draws.integers(len(one), size=len(one))
        second = first if paired else draws.integers(len(two), size=len(two))
        x, y = one[first], two[second]
        found[n] = y.mean() - x.mean(), _hedges_g(x, y, paired)
    return found


def _change_warnings(one: Floats, two: Floats, paired: bool) -> list[str]:
    fewest = min(len(one), len(two))
    if not fewest:
        return ["There are no values to compare."]
    if fewest >= FEW:
        return []
    what = "pair" if paired else "learner"
    counted = f"{fewest} {what}" if fewest == 1 else f"{fewest} {what}s"
    where = "" if paired else " in the smaller group"
    return [
        f"Only {counted}{where}: treat the change as a rough guess; the intervals show how rough."
    ]
