"""A whole store as one file, written while the service works, read into an empty database.

The file is gzip over JSON lines: a head with the database's version, a line a row, a foot with the
number of rows and a hash. It does not depend on the kind of database, so that a host can move from
SQLite to PostgreSQL with it. It holds everything, the signing key included: keep it as a secret.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import tempfile
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from collabcomm.errors import Invalid
from collabcomm.store.database import REVISION, stream
from collabcomm.store.store import Store
from collabcomm.store.tables import metadata
from collabcomm.store.types import Utc, stored

FORMAT = 1
BATCH = 1000
_CELL = str | int | float | None  # what a column can hold, as JSON
Tick = Callable[[int], None]


class BackupError(Invalid):
    """A backup that cannot be written or read; the text says why."""


def backup(store: Store, path: Path, tick: Tick = lambda n: None) -> int:
    """Write a store, as it is at this moment, to a file; return the number of rows.

    The file appears only when it is whole, and readable by its owner alone. ``tick`` is called with
    the number of rows written so far.
    """
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise BackupError(f"cannot write {path}: {error.strerror}") from None
    try:
        with os.fdopen(handle, "wb") as raw, gzip.open(raw, "wb", 6) as file:
            count = _write(store, file, tick)
        with open(name, "rb") as done:
            os.fsync(done.fileno())
        os.replace(name, path)
    except OSError as error:
        raise BackupError(f"cannot write {path}: {error.strerror}") from None
    finally:
        Path(name).unlink(missing_ok=True)
    return count


def _write(store: Store, file: Any, tick: Tick) -> int:
    count = 0
    seal = hashlib.sha256()

    def line(data: Any) -> None:
        text = (json.dumps(data, ensure_ascii=False) + "\n").encode()
        seal.update(text)
        file.write(text)

    line({"format": FORMAT, "kind": "backup", "revision": REVISION})
    with store.database.snapshot() as connection:
        for table in metadata.sorted_tables:
            if table.name == "limits":
                continue
            for row in _rows(connection, table):
                line([table.name, row])
                count += 1
                if count % BATCH == 0:
                    tick(count)
    line({"rows": count})
    file.write((json.dumps({"sha256": seal.hexdigest()}) + "\n").encode())
    return count


def _rows(connection: Connection, table: sa.Table) -> Iterator[dict[str, Any]]:
    for row in stream(connection, sa.select(stored(table))):
        yield {
            key: value.isoformat() if isinstance(value, datetime) else value
            for key, value in row._mapping.items()
        }


def restore(store: Store, path: Path, tick: Tick = lambda n: None) -> int:
    """Read a backup into an empty store, all of it or nothing; return the number of rows.

    The seal over the whole file is checked before a row is used.
    """
    _check_seal(path)
    try:
        with store.database.write() as connection:
            return _restore(connection, path, tick)
    except (KeyError, TypeError, ValueError, sa.exc.StatementError):
        # The seal is right and the rows are not: somebody wrote this by hand.
        raise BackupError(
            f"{path} does not hold what a backup holds; nothing was restored."
        ) from None


def _restore(connection: Connection, path: Path, tick: Tick) -> int:
    for table in metadata.sorted_tables:
        if table.name in ("settings", "limits"):
            connection.execute(table.delete())
        elif connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first():
            raise BackupError(
                "This database is not empty. Restore into a new one: give its address with "
                "--database, then let the service use that."
            )
    count = 0
    for name, rows in _batches(path):
        table = metadata.tables[name]
        connection.execute(stored(table).insert(), [_typed(table, row) for row in rows])
        count += len(rows)
        tick(count)
    _reset_counters(connection)
    return count


def _check_seal(path: Path) -> None:
    """Read a backup through; raise BackupError where it is none, is newer, or is not whole."""
    seal = hashlib.sha256()
    last = b""
    for number, text in enumerate(_lines(path)):
        if number == 0:
            _check_head(_parsed(text), path)
        seal.update(last)
        last = text
    if _parsed(last) != {"sha256": seal.hexdigest()}:
        raise BackupError(f"{path} is damaged or cut short; nothing was restored.")


def _batches(path: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield the rows of a backup that is whole, table by table."""
    lines = (data for data in map(_parsed, _lines(path)) if not isinstance(data, dict))
    for name, of_table in groupby(map(_row, lines), key=itemgetter(0)):
        while batch := [row for _, row in islice(of_table, BATCH)]:
            yield name, batch


def _row(line: Any) -> tuple[str, dict[str, Any]]:
    match line:
        case [str(name), dict(row)] if all(isinstance(v, _CELL) for v in row.values()):
            return name, row
    raise ValueError("no row of a table")


def _parsed(text: bytes) -> Any:
    """Return what a line holds, None where that is nothing."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with gzip.open(path, "rb") as file:
            yield from file
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or "it is damaged, cut short, or no backup"
        raise BackupError(f"cannot read {path}: {reason}; nothing was restored.") from None


def _check_head(head: Any, path: Path) -> None:
    match head:
        case {"kind": "backup", "format": int(form), "revision": str(revision)}:
            if form > FORMAT or revision > REVISION:
                raise BackupError(
                    f"{path} was made by a newer version of this program; install that."
                )
        case _:
            raise BackupError(f"{path} is no backup of a store.")
    # Columns that a newer version added have defaults, so an older backup can be read as it is.


def _typed(table: sa.Table, row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: datetime.fromisoformat(value)
        if isinstance(table.c[name].type, Utc) and value is not None
        else value
        for name, value in row.items()
    }


def _reset_counters(connection: Connection) -> None:
    """PostgreSQL counts a table's numbers apart from its rows."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            "SELECT setval(pg_get_serial_sequence('conflicts', 'id'), "
            "(SELECT coalesce(max(id), 0) + 1 FROM conflicts), false)"
        )
