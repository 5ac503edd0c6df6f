"""Results as a workbook: a sheet a table, and one that says what the columns mean."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook

from collabcomm.engine.people import Cohort
from collabcomm.results.export import Options
from collabcomm.results.export.rows import COLUMNS, all_work, rows_of, table
from collabcomm.store import Store

MAX_ROWS = 1_048_576  # of a sheet, the header included
CHUNK = 65_536


class _Sheet:
    """A table over as many sheets as it needs."""

    def __init__(self, book: Any, name: str, bold: Any, most: int) -> None:
        self.book, self.name, self.bold, self.most = book, name, bold, most
        self.parts = 0
        self._begin()

    def _begin(self) -> None:
        self.parts += 1
        title = self.name if self.parts == 1 else f"{self.name} {self.parts}"
        self.sheet = self.book.add_worksheet(title)
        self.sheet.freeze_panes(1, 0)
        for column, label in enumerate(COLUMNS[self.name]):
            self.sheet.write_string(0, column, label, self.bold)
        self.row = 1

    def add(self, cells: list[Any]) -> None:
        """Write a row; a text is written as text, so it cannot become a formula."""
        if self.row >= self.most:
            self._begin()
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                self.sheet.write_string(self.row, column, cell)
            elif cell is not None:
                self.sheet.write_number(self.row, column, cell)
        self.row += 1


def export(
    store: Store, cohort: Cohort, shape: str, options: Options, most: int = MAX_ROWS
) -> Iterator[bytes]:
    """Yield a workbook; it is made on disk first, row by row, since its index comes last."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "results.xlsx"
        _write(path, store, cohort, options, most)
        with path.open("rb") as file:
            while piece := file.read(CHUNK):
                yield piece


def _write(path: Path, store: Store, cohort: Cohort, options: Options, most: int) -> None:
    # Each sheet keeps no more than one row in memory, the rest stands in files of its own.
    with Workbook(path, {"constant_memory": True, "tmpdir": str(path.parent)}) as book:
        bold = book.add_format({"bold": True})
        sheets = {name: _Sheet(book, name, bold, most) for name in COLUMNS}
        for work in all_work(store, cohort, options):
            for name in ("attempts", "responses", "choices"):
                for row in rows_of(name, work):
                    sheets[name].add(row)
        for row in table(store, cohort, "conflicts", options):
            sheets["conflicts"].add(row)
        about = book.add_worksheet("columns")
        line = 0
        for name, columns in COLUMNS.items():
            for column, meaning in columns.items():
                for n, text in enumerate((name, column, meaning.replace("`", ""))):
                    about.write_string(line, n, text)
                line += 1
