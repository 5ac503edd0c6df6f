"""What the marks say about the test as a whole."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from collabcomm.engine.scoring import HAIR
from collabcomm.results.analysis.reliability import cronbach_alpha, kr_20
from collabcomm.results.analysis.table import Floats, Interval, Table, number, variance_of


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


def test_statistics(
    table: Table, pass_mark: float | None, interval: Interval | None
) -> TestStatistics:
    """Return the statistics of a table's totals; ``interval`` is alpha's."""
    n, items = table.x.shape
    if not n or not items:
        return TestStatistics(n, items, pass_mark=pass_mark)
    reached = 100 * table.total / table.most
    rate = None if pass_mark is None else float((reached + HAIR >= pass_mark).mean())
    if not table.even:
        return TestStatistics(n, items, pass_mark=pass_mark, pass_rate=rate)
    most = float(table.most[0])
    deviation = math.sqrt(variance_of(table.total, most))
    alpha = cronbach_alpha(table)
    ratio = None if alpha is None else math.sqrt(1 - alpha)
    error = None if ratio is None else ratio * deviation
    near = None
    if pass_mark is not None and error is not None:
        gaps = np.abs(table.total - pass_mark * most / 100)
        near = int((gaps <= error + HAIR).sum())
    return TestStatistics(
        learners=n,
        items=items,
        max=most,
        mean=float(table.total.mean()),
        median=float(np.median(table.total)),
        standard_deviation=number(deviation),
        **_shape(table.total, most),
        cronbach_alpha=alpha,
        alpha_interval=interval,
        kr_20=kr_20(table),
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
    k2 = variance_of(total, scale)
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
