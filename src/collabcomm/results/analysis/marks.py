"""A table of marks in a CSV file."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Sequence

import numpy as np

from collabcomm.errors import Invalid
from collabcomm.results.analysis.table import Floats


class MarksUnreadable(Invalid):
    """A table of marks that cannot be read; the text says where, why and what to do."""

    def __init__(self, why: str, line: int | None = None, column: int | None = None) -> None:
        where = ", ".join(
            f"{what} {n}" for what, n in (("line", line), ("column", column)) if n is not None
        )
        super().__init__(f"{where}: {why}" if where else why)
        self.line = line
        self.column = column


_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")


def read_marks(text: str) -> tuple[Floats, Floats, list[str], list[str]]:
    """Return marks, maxima, item names and learners of a table in CSV.

    The first row names the items, the first column the learners; the row whose first cell is
    ``max`` (in any case, anywhere) holds the maximum marks. An empty cell or ``-`` is an item that
    the learner was not given: NaN. The same learner may come more than once. Separated by commas
    or semicolons; with semicolons a decimal comma is read too. A byte order mark, any ends of
    lines, empty rows and empty columns at the right are no matter. A maximum of 0 is read;
    ``analyse`` leaves the item out.

    Raises
    ------
    MarksUnreadable
        With line and column: no items, learners or ``max`` row, or two of those; a nameless or
        repeated item; a row of another length; a cell that is no number, below 0 or above the
        maximum.
    """
    text = text.removeprefix("\ufeff")
    separator = _separator(text)
    rows = _rows(text, separator)
    line, header = next(rows, (1, []))
    names = _item_names(line, header)
    most: tuple[int, list[float]] | None = None
    learners: list[tuple[int, str]] = []
    marks: list[list[float]] = []
    for line, row in rows:
        cells = _fitted(line, row, names)
        is_max = cells[0].lower() == "max"
        if is_max and most is not None:
            raise MarksUnreadable(
                f"line {most[0]} is a 'max' row already; keep one, and call a learner named Max "
                "something longer, such as 'Max B'",
                line,
                1,
            )
        if not cells[0]:
            raise MarksUnreadable("the row has no learner; write a name or number", line, 1)
        values = [
            _mark(cell, line, n, names[n - 2], separator, required=is_max)
            for n, cell in enumerate(cells[1:], 2)
        ]
        if is_max:
            most = line, values
        else:
            learners.append((line, cells[0]))
            marks.append(values)
    if most is None:
        raise MarksUnreadable("there is no row for the maximum marks; add one that begins with max")
    if not learners:
        raise MarksUnreadable("there is no learner; add a row for each, below the items' names")
    table, maxima = np.array(marks), np.array(most[1])
    _check_maxima(table, maxima, names, [line for line, _ in learners])
    return table, maxima, names, [name for _, name in learners]


def _check_maxima(
    table: Floats, maxima: Floats, item_names: Sequence[str], lines: Sequence[int]
) -> None:
    above = np.argwhere(table > maxima)
    if len(above):
        row, item = map(int, above[0])
        raise MarksUnreadable(
            f"{table[row, item]:g} for '{item_names[item]}' is above its maximum of "
            f"{maxima[item]:g}; correct the mark or the max row",
            lines[row],
            item + 2,
        )


def _separator(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    bare = re.sub(r'"[^"]*"', "", first)
    return ";" if bare.count(";") > bare.count(",") else ","


def _rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not empty, each with the line it begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            row = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            raise MarksUnreadable(
                f"this is not CSV ({error}); look for a quotation mark that is not closed", line
            ) from None
        if any(row):
            yield line, row


def _item_names(line: int, header: Sequence[str]) -> list[str]:
    cells = list(header)
    while cells and not cells[-1]:
        cells.pop()
    names = cells[1:]
    if not names:
        raise MarksUnreadable(
            "there are no items; the first row has to be: learner, then the items' names", line
        )
    for n, name in enumerate(names, 2):
        if not name:
            raise MarksUnreadable("the item has no name; write one", line, n)
        if names.index(name) != n - 2:
            raise MarksUnreadable(
                f"column {names.index(name) + 2} is called '{name}' too; give each item its own "
                "name",
                line,
                n,
            )
    return names


def _fitted(line: int, row: Sequence[str], names: Sequence[str]) -> list[str]:
    wanted = len(names) + 1
    if len(row) < wanted or any(row[wanted:]):
        raise MarksUnreadable(
            f"the row has {len(row)} cells, the first row {wanted}; add or remove separators, and "
            "leave the cell empty where an item was not given",
            line,
            min(len(row), wanted) + 1,
        )
    return list(row[:wanted])


def _mark(cell: str, line: int, column: int, name: str, separator: str, *, required: bool) -> float:
    if cell in ("", "-"):
        if required:
            raise MarksUnreadable(f"'{name}' has no maximum; write a number", line, column)
        return math.nan
    number = cell.replace(",", ".") if separator == ";" else cell
    value = float(number) if _DECIMAL.fullmatch(number) else math.nan
    if not math.isfinite(value):
        raise MarksUnreadable(
            f"'{cell}' for '{name}' is no number; write one such as 1 or 0.5, or leave the cell "
            "empty where the item was not given",
            line,
            column,
        )
    if value < 0:
        raise MarksUnreadable(
            f"{value:g} for '{name}' is below 0, and marks run from 0 to the maximum; write 0",
            line,
            column,
        )
    return value
