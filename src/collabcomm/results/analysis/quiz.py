"""The analysis of one version of a quiz."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from collabcomm.course.coverage import guesses
from collabcomm.engine.items import type_of
from collabcomm.engine.scoring import Score, item_points, passed
from collabcomm.engine.types import Item, Quiz
from collabcomm.results.analysis import Analysis, analyse
from collabcomm.results.analysis.options import OptionRow, distractors, remembering
from collabcomm.results.analysis.table import Floats


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


def guess_score(item: Item) -> float | None:
    """Return what an answer at random to a compiled item earns on average, as a fraction.

    None for a multiple response, since nobody knows how many options a guesser picks, and for
    items that are not scored.
    """
    item_type = type_of(item)
    return item_type.chance(item) if item["max"] and item_type.one_guess else None


def quiz_analysis(
    quiz: Quiz,
    attempts: Sequence[tuple[Sequence[str], Mapping[str, object]]],
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
    scored = [item_id for item_id, item in items.items() if item["max"]]
    marks, rows, given = _marks_of(items, scored, attempts)
    analysis = analyse(
        marks,
        np.array([items[item_id]["points"] for item_id in scored], dtype=np.float64),
        scored,
        guess=[guess_score(items[item_id]) for item_id in scored],
        pass_mark=mark,
        seed=seed,
        resamples=resamples,
    )
    nothing = np.isnan(marks).all(axis=1)
    total = np.where(nothing, np.nan, np.nansum(marks, axis=1))
    tables = {}
    for item_id, item in items.items():
        if not type_of(item).private:
            rest = total[rows[item_id]]
            if item_id in scored:
                rest = rest - marks[rows[item_id], scored.index(item_id)]
            tables[item_id] = distractors(item, given[item_id], rest.tolist())
    earned = guesses({**quiz, "items": list(items.values())})
    passing = [
        strategy
        for strategy, percent in earned.items()
        if mark is not None and passed(Score(percent, 100), mark)
    ]
    return QuizAnalysis(analysis.test, analysis.items, analysis.warnings, tables, earned, passing)


def _marks_of(
    items: Mapping[str, Item],
    scored: Sequence[str],
    attempts: Sequence[tuple[Sequence[str], Mapping[str, object]]],
) -> tuple[Floats, dict[str, list[int]], dict[str, list[object]]]:
    """Return attempts x scored items; and by item the rows that had it, and what they gave."""
    marks = np.full((len(attempts), len(scored)), np.nan)
    rows: dict[str, list[int]] = {item_id: [] for item_id in items}
    given: dict[str, list[object]] = {item_id: [] for item_id in items}
    for row, (drawn, responses) in enumerate(attempts):
        for item_id in dict.fromkeys(drawn):
            if item_id in items:
                rows[item_id].append(row)
                given[item_id].append(responses.get(item_id))
    for column, item_id in enumerate(scored):
        marks[rows[item_id], column] = _points(items[item_id], given[item_id])
    return marks, rows, given


def _points(item: Item, given: Iterable[object]) -> list[float]:
    work = remembering(lambda response: float(item_points(item, response).raw))
    return [work(response) for response in given]
