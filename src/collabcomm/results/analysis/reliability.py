"""How far a test agrees with itself: Cronbach's alpha and KR-20."""

from __future__ import annotations

from typing import Literal

import numpy as np

from collabcomm.results.analysis.table import Table, is_binary, variance_of

HIGH_ALPHA = 0.75
MIDDLING_ALPHA = 0.6


def level(alpha: float) -> Literal["high", "middling", "low"]:
    """Return how far a single result can be trusted: what desks and guides say of an alpha."""
    return "high" if alpha >= HIGH_ALPHA else "middling" if alpha >= MIDDLING_ALPHA else "low"


def cronbach_alpha(table: Table) -> float | None:
    """Return alpha over positions; None where there is none (see ``TestStatistics``)."""
    parts = table.parts
    if parts is None or len(parts) < 3 or parts.shape[1] < 2:
        return None
    whole = variance_of(table.total, table.scale)
    if not whole:
        return None
    return alpha_of(parts.shape[1], float(parts.var(axis=0, ddof=1).sum()), whole)


def alpha_of(p: int, parts: float, whole: float) -> float:
    """Return alpha of ``p`` parts from the sum of their variances and that of the whole."""
    # Never above 1, but rounding can put it there.
    return min(p / (p - 1) * (1 - parts / whole), 1.0)


def kr_20(table: Table) -> float | None:
    """Return KR-20 from p and q, so that it does not simply repeat alpha's arithmetic."""
    parts = table.parts
    if parts is None or len(parts) < 3 or parts.shape[1] < 2 or not _all_binary(table):
        return None
    if table.complete:
        most = table.max
    elif (table.max == table.max[0]).all():
        most = np.full(parts.shape[1], table.max[0])
    else:
        return None  # a position has no maximum of its own, so there is no p
    if not variance_of(table.total, table.scale):
        return None
    k = parts.shape[1]
    right = parts.mean(axis=0) / most
    return alpha_of(k, float((most**2 * right * (1 - right)).sum()), float(table.total.var()))


def _all_binary(table: Table) -> bool:
    # Where an item was not presented `x` is 0, which changes nothing here.
    return all(is_binary(table.x[:, i], float(table.max[i])) for i in range(len(table.max)))
