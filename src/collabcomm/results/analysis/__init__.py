"""What a set of results says about a quiz, its items, a scenario, a course. Pure, over numpy.

Proportions are given as fractions; Moodle shows them times 100. Correlations run from -1 to 1,
coefficients are as they are, marks are marks. The two exceptions say so in their names or their
notes: ``standard_error_percent`` and every pass mark are in percent. A figure that is not defined
(no spread, too few learners) is None, never NaN or infinite.

Variances and covariances are those of a sample (divided by n - 1) unless a note says otherwise.
The names and the formulas of the item statistics are those of the Moodle documentation, "Quiz
statistics calculations", so that both programs can be held against one another. ``TestStatistics``
and ``ItemStatistics`` give them, ``intervals_of`` how sure they are.

Missing marks: an item's figures are over those it was presented to, its rest their total of
presented items without it. Alpha and KR-20 are over positions: the items where all learners had
all; in a drawn quiz a learner's first, second, ... presented item, in the order of the columns, as
Moodle does for random questions. They are None, with a warning, where learners had different
numbers of items or different maxima. Learners without any mark are left out.

Degenerate cases: without spread, or below the number of learners a formula needs, a figure is None;
without learners or scored items, nearly all are.

Attempts at different versions of a quiz or scenario are never mixed: callers group by version.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from collabcomm.results.analysis.cautions import FEW, rough_guess
from collabcomm.results.analysis.intervals import intervals_of
from collabcomm.results.analysis.items import ItemStatistics, item_statistics
from collabcomm.results.analysis.table import Table, checked, table_of
from collabcomm.results.analysis.test import TestStatistics, test_statistics
from collabcomm.texts import counted


@dataclass(frozen=True)
class Analysis:
    """A test, its items in the order given, and what to keep in mind when reading them."""

    test: TestStatistics
    items: list[ItemStatistics]
    warnings: list[str]

    def as_json(self) -> dict[str, Any]:
        """Return everything as plain dicts and lists; the keys are the fields' names."""
        return asdict(self)


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
    """
    x, most = checked(marks, max_marks, names)
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
            left_out = counted(int((~asked).sum()), "learner")
            warnings.append(f"Left out, having no mark at all: {left_out}.")
            x = x[asked]
    table = table_of(x, most)
    warnings += _cautions(table)
    intervals = intervals_of(table, seed, resamples)
    test = test_statistics(table, pass_mark, intervals.alpha)
    items = item_statistics(
        table, [names[i] for i in scored], [known[i] for i in scored], test, intervals
    )
    return Analysis(test, items, warnings)


def _cautions(table: Table) -> Iterator[str]:
    n, items = table.x.shape
    if not items:
        yield "No item is scored: there is nothing to analyse."
        return
    if not n:
        yield "No learner has a mark: there is nothing to analyse."
        return
    if n < FEW:
        yield rough_guess(counted(n, "learner"))
    if not table.even:
        yield (
            "Learners' maximum totals differ: there is no mean, spread or reliability of totals, "
            "and discrimination is to be read with care."
        )
    elif table.parts is None:
        yield "Learners had different numbers of items: there is no alpha and no KR-20."
