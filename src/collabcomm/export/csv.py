"""Results as CSV: one row an attempt, or one row a response."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from collabcomm.attempt import Attempt, Cohort, Learner, latest
from collabcomm.scoring import item_points
from collabcomm.store import Store

ATTEMPT_COLUMNS = (
    "cohort",
    "cohort_name",
    "learner",
    "name",
    "activity",
    "kind",
    "attempt",
    "number",
    "version",
    "status",
    "started",
    "submitted",
    "raw",
    "max",
    "percent",
    "passed",
    "scored_by",
)
RESPONSE_COLUMNS = (
    "cohort",
    "learner",
    "activity",
    "attempt",
    "version",
    "status",
    "item",
    "type",
    "response",
    "raw",
    "max",
)


def attempts(store: Store, cohort: Cohort) -> Iterator[str]:
    """Yield the lines of a CSV with one row an attempt, the header first.

    Times are ISO 8601 in UTC; ``number`` counts a learner's attempts at an activity; score
    columns are empty while an attempt is open, ``passed`` also where nothing can be passed.
    """
    return _lines(ATTEMPT_COLUMNS, _attempt_rows(store, cohort))


def responses(store: Store, cohort: Cohort) -> Iterator[str]:
    """Yield the lines of a CSV with one row a response: the one that counts for each item drawn.

    ``response`` is an id or a text, or JSON where the type takes several; marks are those of an
    attempt's version of the quiz and empty while the attempt is open.
    """
    return _lines(RESPONSE_COLUMNS, _response_rows(store, cohort))


def _attempt_rows(store: Store, cohort: Cohort) -> Iterator[list[Any]]:
    seen: dict[tuple[str, str, str], int] = {}
    for learner, one in store.results(cohort.code):
        key = (learner.id, one.activity, one.kind)
        seen[key] = seen.get(key, 0) + 1
        yield [
            cohort.code,
            cohort.name,
            learner.id,
            learner.name or "",
            one.activity,
            one.kind,
            one.id,
            seen[key],
            one.version,
            _status(one),
            one.started.isoformat(timespec="seconds"),
            one.submitted.isoformat(timespec="seconds") if one.submitted else "",
            _number(one.raw),
            _number(one.max),
            _number(one.percent),
            "" if one.passed is None else "yes" if one.passed else "no",
            "service" if one.submitted else "",
        ]


def _response_rows(store: Store, cohort: Cohort) -> Iterator[list[Any]]:
    learner: Learner
    for learner, one in store.results(cohort.code):
        content = store.content(one.version)
        if one.kind != "quiz" or content is None:
            continue
        items = {item["id"]: item for item in content["items"]}
        given = latest(store.responses(one.id))
        for name in one.items:
            value = given.get(name)
            points = item_points(items[name], value)
            yield [
                cohort.code,
                learner.id,
                one.activity,
                one.id,
                one.version,
                _status(one),
                name,
                items[name]["type"],
                value if isinstance(value, str) else "" if value is None else json.dumps(value),
                _number(points.raw) if one.submitted else "",
                _number(points.max) if one.submitted else "",
            ]


def _status(attempt: Attempt) -> str:
    return "submitted" if attempt.submitted else "open"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.10g}"


def _lines(columns: Iterable[str], rows: Iterable[list[Any]]) -> Iterator[str]:
    for row in chain([columns], rows):
        buffer = io.StringIO()
        csv.writer(buffer).writerow([_safe(cell) for cell in row])
        yield buffer.getvalue()


def _safe(cell: Any) -> Any:
    """Keep a spreadsheet from reading a text as a formula: put an apostrophe before it."""
    if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{cell}"
    return cell
