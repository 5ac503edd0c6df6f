"""Results in the formats that others read. Everything streams: memory does not grow with a cohort.

``rows`` chooses what a line is: an attempt, a response, a step of a scenario, or an answer that the
service did not take. ``xlsx`` holds all of them as sheets, ``json`` nests them in the attempts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Literal

from collabcomm.engine.attempt import Cohort
from collabcomm.errors import Invalid
from collabcomm.store import Store

Shape = Literal["csv", "xlsx", "json", "xapi", "moodle-grades", "moodle-responses"]
Rows = Literal["attempts", "responses", "choices", "conflicts"]
_MODULE = {
    "csv": "csv",
    "xlsx": "xlsx",
    "json": "json",
    "xapi": "xapi",
    "moodle-grades": "moodle",
    "moodle-responses": "moodle",
}
MEDIA: dict[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "xapi": "application/json",
    "moodle-grades": "text/csv; charset=utf-8",
    "moodle-responses": "text/csv; charset=utf-8",
}


@dataclass(frozen=True)
class Options:
    """What an export may be asked for.

    ``activity`` keeps one quiz or scenario only, ``bom`` begins a CSV with a byte order mark (some
    spreadsheets read UTF-8 only then), ``site`` is the address that names the learners' accounts
    and the activities in xAPI, ``tick`` is called after every attempt.
    """

    rows: Rows = "attempts"
    activity: str | None = None
    bom: bool = False
    site: str = "http://127.0.0.1:8000/"
    tick: Callable[[], object] = lambda: None


class ExportError(Invalid):
    """An export that cannot be made as it was asked for; the text says what to choose."""


def export(store: Store, cohort: Cohort, shape: Shape, options: Options) -> Iterator[bytes]:
    """Yield a cohort's results, piece by piece.

    Raises ``ExportError`` before the first piece where the options do not fit.
    """
    module = import_module(f"collabcomm.results.export.{_MODULE[shape]}")
    pieces: Iterator[bytes] = module.export(store, cohort, shape, options)
    return pieces


def name(cohort: Cohort, shape: Shape, rows: Rows) -> str:
    """Return a file name for an export."""
    ending = {"xlsx": "xlsx", "json": "json", "xapi": "json"}.get(shape, "csv")
    part = rows if shape == "csv" else "results" if shape in ("xlsx", "json") else shape
    return f"{cohort.code}-{part}.{ending}"
