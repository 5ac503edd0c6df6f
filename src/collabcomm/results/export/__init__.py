"""Results in the formats that others read. Everything streams: memory does not grow with a cohort.

``rows`` chooses what a line is: an attempt, a response, a step of a scenario, or an answer that the
service did not take. ``xlsx`` holds all of them as sheets, ``json`` nests them in the attempts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Literal

from collabcomm.engine.people import Cohort
from collabcomm.errors import Invalid

if TYPE_CHECKING:
    from collabcomm.store import Store

Shape = Literal["csv", "xlsx", "json", "xapi", "moodle-grades", "moodle-responses"]
Rows = Literal["attempts", "responses", "choices", "conflicts"]


@dataclass(frozen=True)
class Format:
    """A format: the module that writes it, its media type, the ending and the name of its files.

    Without a name of their own, files are named by what a row is. The module is imported when it is
    used, for what it needs. Its ``export`` takes the store, the cohort, the format's name and the
    options, and yields bytes.
    """

    module: str
    media: str
    ending: str
    named: str | None = None


CSV = "text/csv; charset=utf-8"
JSON = "application/json"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS: dict[Shape, Format] = {
    "csv": Format("csv", CSV, "csv"),
    "xlsx": Format("xlsx", XLSX, "xlsx", named="results"),
    "json": Format("json", JSON, "json", named="results"),
    "xapi": Format("xapi", JSON, "json", named="xapi"),
    "moodle-grades": Format("moodle", CSV, "csv", named="moodle-grades"),
    "moodle-responses": Format("moodle", CSV, "csv", named="moodle-responses"),
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
    module = import_module(f"{__name__}.{FORMATS[shape].module}")
    pieces: Iterator[bytes] = module.export(store, cohort, shape, options)
    return pieces


def file_name(cohort: Cohort, shape: Shape, rows: Rows) -> str:
    """Return a name for the file of an export, such as ``KFQT-73MW-responses.csv``."""
    made = FORMATS[shape]
    return f"{cohort.code}-{made.named or rows}.{made.ending}"
