"""Results as CSV (RFC 4180), a table a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from collabcomm.engine.people import Cohort
from collabcomm.results.export import Options
from collabcomm.results.export.rows import COLUMNS, Row, safe, table
from collabcomm.store import Store

BATCH = 200


def export(store: Store, cohort: Cohort, shape: str, options: Options) -> Iterator[bytes]:
    """Yield the table that ``options.rows`` names, its header first."""
    return lines(list(COLUMNS[options.rows]), table(store, cohort, options.rows, options), options)


def lines(columns: list[str], rows: Iterable[Row], options: Options) -> Iterator[bytes]:
    """Yield CSV, some rows at a time; no cell begins as a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    if options.bom:
        buffer.write("\ufeff")
    writer.writerow(columns)
    for n, row in enumerate(rows, 1):
        writer.writerow([cell(value) for value in row])
        if n % BATCH == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def cell(value: Any) -> Any:
    """Return a value as a cell: None is empty, a text no formula, a number without a tail."""
    if isinstance(value, str):
        return safe(value)
    return "" if value is None else f"{value:.10g}" if isinstance(value, float) else value


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode("utf-8", "replace")
