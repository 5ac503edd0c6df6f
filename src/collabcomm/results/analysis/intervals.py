"""How sure a figure is: 95 % intervals, resampled or computed."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from collabcomm.engine.scoring import HAIR
from collabcomm.results.analysis.reliability import cronbach_alpha
from collabcomm.results.analysis.table import (
    NOTHING,
    Flags,
    Floats,
    Interval,
    Table,
    is_binary,
    variance_of,
)

MANY = 500
"""Above this many learners intervals are computed, not resampled, so that time stays bounded."""
_Z = 1.959963984540054  # 97.5 % point of the normal distribution


@dataclass(frozen=True)
class Intervals:
    """The 95 % intervals of a table: of each item, and of alpha; None where there is none."""

    discrimination: list[Interval | None]
    facility: list[Interval | None]
    alpha: Interval | None


def intervals_of(table: Table, seed: int, resamples: int) -> Intervals:
    """Return the 95 % intervals of a table's figures.

    Percentiles over ``resamples`` draws of learners with replacement (Efron and Tibshirani 1993).
    Draws in which a figure is not defined are left out; where that is more than half, there is no
    interval. The facility of an item marked 0 or full has Wilson's interval (1927) at every size,
    since resampling twelve right answers would promise that all are right. Above 500 learners,
    computed limits: for the correlation Fisher's z (1921) and for alpha the plain scale, each with
    the standard error of its influence values (the delta method, without assuming normal marks);
    for a facility in part marks mean +- 1.96 standard errors.
    """
    n, items = table.x.shape
    if n < 2 or not items:
        nothing: list[Interval | None] = [None] * items
        return Intervals(nothing, [_facility_interval(table, i) for i in range(items)], None)
    if n > MANY:
        return Intervals(
            [_correlation_interval(table, i) for i in range(items)],
            [_facility_interval(table, i) for i in range(items)],
            _alpha_interval(table),
        )
    ordered = _in_one_order(table)
    weights = _weights(n, resamples, seed)
    correlations = _resampled_correlations(ordered, weights)
    facilities = _resampled_facilities(ordered, weights)
    alphas = None
    if cronbach_alpha(table) is not None:
        alphas = percentiles(_resampled_alphas(ordered, weights))
    return Intervals(
        [
            percentiles(correlations[:, i]) if _has_correlation(table, i) else None
            for i in range(items)
        ],
        [_facility_interval(table, i, facilities[:, i]) for i in range(items)],
        alphas,
    )


def _in_one_order(table: Table) -> Table:
    """Sort the learners by their marks, so that the draws do not hang on the order of a file."""
    order = np.lexsort(np.where(table.here, table.x, -np.inf).T)
    return Table(
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


def percentiles(values: Floats) -> Interval | None:
    """Return the middle 95 % of resampled values; None where half of them are not defined."""
    found = values[np.isfinite(values)]
    if not len(found) or 2 * len(found) < len(values):
        return None
    low, high = np.quantile(found, [0.025, 0.975])
    return [float(low), float(high)]


def _centred(values: Floats, here: Flags) -> Floats:
    """Take each column's mean away where there is a value, so that sums of squares stay exact."""
    count = np.maximum(here.sum(axis=0), 1)
    return np.where(here, values - (values * here).sum(axis=0) / count, 0.0)


def _resampled_correlations(table: Table, weights: Floats) -> Floats:
    """Return the item-rest correlations of each resample, NaN where one is not defined."""
    x = _centred(table.x, table.here)
    rest = _centred(table.total[:, None] - table.x, table.here)
    n = weights @ table.here
    sum_x, sum_rest = weights @ x, weights @ rest
    with np.errstate(divide="ignore", invalid="ignore"):
        of_x = weights @ x**2 - sum_x**2 / n
        of_rest = weights @ rest**2 - sum_rest**2 / n
        both = weights @ (x * rest) - sum_x * sum_rest / n
        spread = (of_x > NOTHING * n * table.max**2) & (of_rest > NOTHING * n * table.scale**2)
        found = np.where(spread & (n > 1), both / np.sqrt(of_x * of_rest), np.nan)
    return np.clip(found, -1.0, 1.0)


def _resampled_facilities(table: Table, weights: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = (weights @ table.x) / (weights @ table.here) / table.max
    return found


def _resampled_alphas(table: Table, weights: Floats) -> Floats:
    if table.parts is None:
        return np.full(len(weights), np.nan)
    n, p = table.parts.shape
    parts = table.parts - table.parts.mean(axis=0)
    total = table.total - table.total.mean()
    inside = (weights @ parts**2 - (weights @ parts) ** 2 / n).sum(axis=1)
    whole = weights @ total**2 - (weights @ total) ** 2 / n
    with np.errstate(divide="ignore", invalid="ignore"):
        found = p / (p - 1) * (1 - inside / whole)
    return np.where(whole > NOTHING * n * table.scale**2, np.minimum(found, 1.0), np.nan)


def _has_correlation(table: Table, i: int) -> bool:
    x, total = table.column(i)
    spread = variance_of(x, float(table.max[i]))
    return spread > 0 and variance_of(total - x, table.scale) > 0


def _correlation_interval(table: Table, i: int) -> Interval | None:
    """Return Fisher's z with the standard error of the correlation's influence values."""
    if not _has_correlation(table, i):
        return None
    x, total = table.column(i)
    rest = total - x
    of_x, of_rest = (x - x.mean()) / x.std(), (rest - rest.mean()) / rest.std()
    product = of_x * of_rest
    r = float(product.mean())
    if abs(r) > 1 - HAIR:
        return [math.copysign(1.0, r)] * 2
    influence = product - r * (of_x**2 + of_rest**2) / 2
    error = float(influence.std()) / math.sqrt(len(x)) / (1 - r * r)
    return [math.tanh(math.atanh(r) + sign * _Z * error) for sign in (-1, 1)]


def _facility_interval(table: Table, i: int, drawn: Floats | None = None) -> Interval | None:
    """Return Wilson's interval for an item marked 0 or full, else the percentiles or the normal."""
    x, _ = table.column(i)
    n, most = len(x), float(table.max[i])
    if not n:
        return None
    mean = float(x.mean()) / most
    if is_binary(x, most):
        return _wilson(min(max(mean, 0.0), 1.0), n)
    if not variance_of(x, most) > 0:
        return None
    if drawn is not None:
        return percentiles(drawn)
    half = _Z * float(x.std(ddof=1)) / most / math.sqrt(n)
    return [max(mean - half, 0.0), min(mean + half, 1.0)]


def _wilson(share: float, n: int) -> Interval:
    squared = _Z**2 / n
    middle = (share + squared / 2) / (1 + squared)
    half = _Z * math.sqrt(share * (1 - share) / n + squared / (4 * n)) / (1 + squared)
    return [max(middle - half, 0.0), min(middle + half, 1.0)]


def _alpha_interval(table: Table) -> Interval | None:
    """Return alpha +- 1.96 standard errors of its influence values."""
    alpha = cronbach_alpha(table)
    if alpha is None or table.parts is None:
        return None
    n, p = table.parts.shape
    away = table.parts - table.parts.mean(axis=0)
    inside = np.einsum("ij,ij->i", away, away)
    whole = (table.total - table.total.mean()) ** 2
    influence = (inside - inside.mean() / whole.mean() * whole) / whole.mean()
    half = _Z * p / (p - 1) * float(influence.std()) / math.sqrt(n)
    return [alpha - half, min(alpha + half, 1.0)]
