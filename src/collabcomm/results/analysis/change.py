"""How a mean changed from before to after."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from collabcomm.results.analysis.cautions import FEW, rough_guess
from collabcomm.results.analysis.intervals import percentiles
from collabcomm.results.analysis.table import NOTHING, Floats, Interval, number
from collabcomm.texts import counted


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
    first, second = _values(before, after, paired)
    means = [float(v.mean()) if len(v) else None for v in (first, second)]
    enough = min(len(first), len(second)) > 1
    s = _standardiser(first, second, paired) if enough else math.nan
    drawn = _changes(first, second, paired, seed, resamples) if enough else np.empty((0, 2))
    g = _hedges_g(first, second, paired)
    return Change(
        n=len(first) if paired else len(first) + len(second),
        n_before=len(first),
        n_after=len(second),
        mean_before=means[0],
        mean_after=means[1],
        difference=None if None in means else float(second.mean() - first.mean()),
        difference_interval=percentiles(drawn[:, 0]),
        hedges_g=number(g),
        hedges_g_interval=percentiles(drawn[:, 1]) if math.isfinite(g) else None,
        standardiser=number(s),
        paired=paired,
        warnings=_change_warnings(first, second, paired),
    )


def _values(before: npt.ArrayLike, after: npt.ArrayLike, paired: bool) -> tuple[Floats, Floats]:
    """Return the values that count, as arrays; ``ValueError`` where they cannot be compared."""
    first, second = (np.asarray(v, dtype=np.float64).ravel() for v in (before, after))
    if paired:
        if len(first) != len(second):
            raise ValueError(f"{len(first)} values before and {len(second)} after cannot be pairs")
        kept = ~(np.isnan(first) | np.isnan(second))
        first, second = first[kept], second[kept]
    else:
        first, second = first[~np.isnan(first)], second[~np.isnan(second)]
    if np.isinf(first).any() or np.isinf(second).any():
        raise ValueError("values must be finite")
    return first, second


def _standardiser(before: Floats, after: Floats, paired: bool) -> float:
    variances = [float(v.var(ddof=1)) for v in (before, after)]
    if paired:
        s = (math.sqrt(variances[0]) + math.sqrt(variances[1])) / 2
    else:
        weighed = (len(before) - 1) * variances[0] + (len(after) - 1) * variances[1]
        s = math.sqrt(weighed / (len(before) + len(after) - 2))
    size = max(float(np.abs(before).max()), float(np.abs(after).max()))
    return s if s > math.sqrt(NOTHING) * size else 0.0


def _hedges_g(before: Floats, after: Floats, paired: bool) -> float:
    df = len(before) - 1 if paired else len(before) + len(after) - 2
    if df < 2 or min(len(before), len(after)) < 2:
        return math.nan
    s = _standardiser(before, after, paired)
    return (1 - 3 / (4 * df - 1)) * float(after.mean() - before.mean()) / s if s else math.nan


def _changes(before: Floats, after: Floats, paired: bool, seed: int, resamples: int) -> Floats:
    """Return difference and g of each resample."""
    draws = np.random.default_rng(seed)
    found = np.empty((resamples, 2))
    for n in range(resamples):
        of_before = draws.integers(len(before), size=len(before))
        of_after = of_before if paired else draws.integers(len(after), size=len(after))
        x, y = before[of_before], after[of_after]
        found[n] = y.mean() - x.mean(), _hedges_g(x, y, paired)
    return found


def _change_warnings(before: Floats, after: Floats, paired: bool) -> list[str]:
    fewest = min(len(before), len(after))
    if not fewest:
        return ["There are no values to compare."]
    if fewest >= FEW:
        return []
    people = (
        counted(fewest, "pair") if paired else f"{counted(fewest, 'learner')} in the smaller group"
    )
    return [rough_guess(people, "the change")]
