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
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from collabcomm.errors import Invalid
from collabcomm.store import REVISION, Store, metadata

FORMAT = 1
BATCH = 1000
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
    with store.snapshot() as connection:
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
    query = sa.select(table)
    for row in connection.execute(query, execution_options={"yield_per": BATCH}):
        yield {
            key: value.isoformat() if isinstance(value, datetime) else value
            for key, value in row._mapping.items()
        }


def restore(store: Store, path: Path, tick: Tick = lambda n: None) -> int:
    """Read a backup into an empty store, all of it or nothing; return the number of rows."""
    with store.restoring() as connection:
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
            connection.execute(table.insert(), [_typed(table, row) for row in rows])
            count += len(rows)
            tick(count)
        _reset_counters(connection)
    return count


def _batches(path: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield the rows of a backup, table by table; raise BackupError where it is not whole."""
    seal = hashlib.sha256()
    held: tuple[str, list[dict[str, Any]]] = ("", [])
    count = 0
    whole = False
    for n, text in enumerate(_lines(path)):
        data = _parsed(text, path)
        if n == 0:
            _check_head(data, path)
        elif isinstance(data, dict) and "sha256" in data:
            whole = data["sha256"] == seal.hexdigest()
        elif isinstance(data, list):
            count += 1
            name, row = data
            if held[0] != name or len(held[1]) >= BATCH:
                if held[1]:
                    yield held
                held = (name, [])
            held[1].append(row)
        seal.update(text)
    if not whole:
        raise BackupError(f"{path} is damaged or cut short; nothing was restored.")
    if held[1]:
        yield held


def _parsed(text: bytes, path: Path) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise BackupError(f"{path} is damaged or no backup; nothing was restored.") from None


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with gzip.open(path, "rb") as file:
            yield from file
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or "it is damaged, cut short, or no backup"
        raise BackupError(f"cannot read {path}: {reason}; nothing was restored.") from None


def _check_head(data: Any, path: Path) -> None:
    if not isinstance(data, dict) or data.get("kind") != "backup":
        raise BackupError(f"{path} is no backup of a store.")
    if data["format"] > FORMAT or data["revision"] > REVISION:
        raise BackupError(f"{path} was made by a newer version of this program; install that.")
    # Columns that a newer version added have defaults, so an older backup can be read as it is.


def _typed(table: sa.Table, row: dict[str, Any]) -> dict[str, Any]:
    return {
        key: datetime.fromisoformat(value)
        if isinstance(value, str) and isinstance(table.c[key].type, sa.DateTime)
        else value
        for key, value in row.items()
    }


def _reset_counters(connection: Connection) -> None:
    """PostgreSQL counts a table's numbers apart from its rows."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            "SELECT setval(pg_get_serial_sequence('conflicts', 'id'), "
            "(SELECT coalesce(max(id), 0) + 1 FROM conflicts), false)"
        )
