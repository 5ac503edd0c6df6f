"""Marks of learners for items, as arrays, and what follows from them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from collabcomm.engine.scoring import HAIR

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Interval = list[float]
NOTHING = 1e-12  # a variance below this share of the maximum squared is rounding, not spread


@dataclass(frozen=True)
class Table:
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
        """How many rows there are."""
        return len(self.x)

    @property
    def complete(self) -> bool:
        """Whether every learner had every item."""
        return self.parts is not None and self.parts.shape[1] == len(self.max)

    @property
    def even(self) -> bool:
        """Whether every learner could earn the same total."""
        return bool(len(self.most) and np.ptp(self.most) <= HAIR * self.most[0])

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


def table_of(marks: Floats, max_marks: Floats) -> Table:
    """Return the table of marks, NaN where an item was not presented."""
    # Columns are what is read most, so they lie in one piece.
    here = np.asfortranarray(~np.isnan(marks))
    x = np.where(here, marks, 0.0)
    total, most = x.sum(axis=1), here @ max_marks
    counts = here.sum(axis=1)
    parts: Floats | None = None
    if len(x) and len(max_marks) and (counts == counts[0]).all() and np.ptp(most) <= HAIR * most[0]:
        whole = counts[0] == len(max_marks)
        parts = x if whole else marks[here].reshape(len(x), int(counts[0]))
    return Table(x, here, max_marks, total, most, parts)


def checked(
    marks: npt.ArrayLike, max_marks: npt.ArrayLike, names: Sequence[str]
) -> tuple[Floats, Floats]:
    """Return marks and maxima as arrays; ``ValueError`` where they do not fit or are infinite."""
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


def number(value: float | np.floating[Any]) -> float | None:
    """Return a figure, None where it is not defined."""
    return float(value) if math.isfinite(value) else None


def variance_of(values: Floats, scale: float) -> float:
    """Return a sample variance, NaN below two values, exactly 0 where it is only rounding."""
    if len(values) < 2:
        return math.nan
    variance = float(values.var(ddof=1))
    return variance if variance > NOTHING * scale**2 else 0.0


def is_binary(x: Floats, most: float) -> bool:
    """Tell whether every mark is 0 or the maximum."""
    return bool((np.minimum(np.abs(x), np.abs(x - most)) <= HAIR * most).all())
