"""The database of the results: its versions, its backups, and that neither loses a letter."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from collabcomm.engine.attempt import Attempt, Response
from collabcomm.engine.people import Cohort, new_secret, now
from collabcomm.results.export import Options, Rows, export
from collabcomm.room.rooms import Rooms
from collabcomm.room.state import Room, opening
from collabcomm.store import DatabaseUnusable, Store, tables
from collabcomm.store.backup import BackupError, backup, restore
from collabcomm.store.database import REVISION, stream
from collabcomm.store.tables import as_value, metadata
from collabcomm.store.types import stored
from collabcomm.testing import PostgresServer
from folders import REPO
from store_data import answer, begun

BEFORE = REPO / "tests/cases/results-0003"
TABLES = ("attempts", "responses", "choices", "conflicts")


def sqlite_of(script: Path, path: Path) -> str:
    """Make a SQLite file of its dump; return its address."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script.read_text("utf-8"))
    return f"sqlite:///{path}"


def exported(store: Store, cohort: Cohort, rows: Rows) -> bytes:
    return b"".join(export(store, cohort, "csv", Options(rows=rows)))


# Versions


def test_a_first_database_is_taken_over(tmp_path):
    """The first databases had their versions in a table of their own."""
    url = sqlite_of(REPO / "tests/cases/first-database.sql", tmp_path / "old.sqlite3")
    store = Store(url)
    (cohort,) = store.cohorts.all()
    assert (cohort.name, cohort.feedback, cohort.attempts) == ("Spring", "after-submission", None)
    ((learner, attempt, responses),) = store.results.work(cohort.code)
    assert (learner.name, attempt.percent, attempt.scored_by) == ("Mair", 50.0, "service")
    assert [r.response for r in responses] == [["a", "b"]]
    store.close()
    Store(url).close()


@pytest.fixture(params=["opened", "restored on sqlite", "restored on postgresql"])
def before(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A database of version 0003 as an earlier program wrote it, and its backup restored."""
    if request.param == "opened":
        store = Store(sqlite_of(BEFORE / "results.sql", tmp_path / "old.sqlite3"))
    else:
        postgres = request.param.endswith("postgresql")
        fresh = request.getfixturevalue("postgres").fresh if postgres else None
        store = Store(fresh() if fresh else f"sqlite:///{tmp_path / 'restored.sqlite3'}")
        restore(store, BEFORE / "results.backup")
    yield store
    store.close()


def test_results_of_the_version_before_are_exported_as_before(before):
    (cohort,) = before.cohorts.all()
    for rows in TABLES:
        had = (BEFORE / f"{rows}.csv").read_text("utf-8").splitlines()
        have = exported(before, cohort, rows).decode().splitlines()
        head = had[0].split(",")
        assert have[0].split(",")[: len(head)] == head  # new columns come last
        cut = [row[: len(head)] for row in csv.reader(have)]
        assert cut == list(csv.reader(had)), rows


def test_a_backup_of_the_version_before_is_written_again_to_the_letter(before, tmp_path):
    backup(before, tmp_path / "again")
    lines = [
        sorted(gzip.decompress(path.read_bytes()).splitlines()[:-1])
        for path in (tmp_path / "again", BEFORE / "results.backup")
    ]
    assert lines[0] == lines[1]


def test_values_of_the_version_before_are_stored_again_as_the_same_text(before, database):
    """What the columns' types read, they write: no space, escape or order differs."""
    other = Store(database)
    kinds = ((tables.cohorts, Cohort), (tables.attempts, Attempt), (tables.responses, Response))
    for table, kind in (*kinds, (tables.rooms, Room)):
        with before.database.snapshot() as connection:
            values = [as_value(kind, row) for row in stream(connection, sa.select(table))]
            texts = connection.execute(sa.select(stored(table))).all()
        assert values
        with other.database.write() as connection:
            if table is tables.attempts:
                copy_learners(before, connection)
            connection.execute(table.insert(), [vars(value) for value in values])
            assert sorted(connection.execute(sa.select(stored(table)))) == sorted(texts)
    other.close()


def copy_learners(store: Store, connection: sa.Connection) -> None:
    table = stored(tables.learners)
    with store.database.read() as source:
        rows = [row._asdict() for row in source.execute(sa.select(table))]
    connection.execute(table.insert(), rows)


def test_a_room_of_the_version_before_goes_on(before):
    look = Rooms(before.database).look("BCD-FGH")
    assert (look.room.notes, look.counts, look.mark) == ("Dim brys – 5 min", {"tell": 1}, "1.2.1")
    assert look.room.state["phase"] == "vote"


def test_the_migrations_make_the_tables_that_the_code_means(store):
    with store.database.snapshot() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all/r.sqlite3", "nonsense"])
def test_an_unusable_database_is_named(url):
    with pytest.raises(DatabaseUnusable):
        Store(url)


def test_a_database_of_a_newer_version_is_left_alone(database):
    store = Store(database)
    with store.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    store.close()
    with pytest.raises(DatabaseUnusable, match="newer version"):
        Store(database)


def test_several_processes_may_open_a_new_database_at_once(database):
    code = f"from collabcomm.store import Store; Store({database!r}).close()"
    starts = [
        subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE) for _ in range(4)
    ]
    assert [(start.wait(60), start.stderr.read()) for start in starts] == [(0, b"")] * 4
    for start in starts:
        start.stderr.close()


def test_the_health_of_a_store_is_asked_of_its_database(store, database):
    store.ping()
    with store.database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE alembic_version RENAME TO away")
    with pytest.raises(DatabaseUnusable):
        store.ping()


# Backups


@pytest.fixture
def full(store: Store) -> Store:
    """A store with something in most tables."""
    secret, attempt = begun(store)
    for seq, given in enumerate(["x", ["Ŵyn"], None]):
        store.attempts.keep(secret, answer(attempt, given, seq))
    store.attempts.submit(attempt, lambda _: replace(attempt, submitted=now(), raw=1.5, max=2))
    store.attempts.keep(secret, answer(attempt, "late", 9))
    empty: Any = {"version": "0" * 16, "kind": "quiz", "id": "graded", "items": []}
    store.contents.keep(empty)
    store.access.create_token("assessor", "Mrs Prydderch", now())
    store.access.setting("signing-key", new_secret)
    store.access.setting("secret", lambda: secret)
    rooms = Rooms(store.database)
    rooms.create(Room("BCD-FGH", "", "story", "0" * 16, "key", now(), state=opening("story")))
    return store


def test_a_backup_goes_into_a_database_of_either_kind(full, tmp_path, postgres: PostgresServer):
    count = backup(full, tmp_path / "all")
    (cohort,) = full.cohorts.all()
    for url in (f"sqlite:///{tmp_path / 'restored.sqlite3'}", postgres.fresh()):
        other = Store(url)
        assert restore(other, tmp_path / "all") == count
        for rows in ("responses", "conflicts"):
            assert exported(other, cohort, rows) == exported(full, cohort, rows)
        key = [store.access.setting("signing-key", str) for store in (other, full)]
        assert key[0] == key[1]
        with pytest.raises(BackupError, match="not empty"):
            restore(other, tmp_path / "all")
        # What comes next is numbered after what was restored.
        ((_, attempt),) = other.results.attempts(cohort.code)
        secret = other.access.setting("secret", str)
        assert other.attempts.keep(secret, answer(attempt, "later", 10)) == "after-submission"
        assert len(list(other.results.conflicts(cohort.code))) == 2
        other.close()


def edited(whole: bytes, change: Callable[[list[bytes]], list[bytes]]) -> bytes:
    return gzip.compress(b"".join(change(gzip.decompress(whole).splitlines(keepends=True))))


def exchanged(whole: bytes, old: str, new: str) -> bytes:
    """A backup in which one word stands for another, its seal as it was."""
    assert old.encode() in gzip.decompress(whole)
    return edited(whole, lambda lines: [line.replace(old.encode(), new.encode()) for line in lines])


def refusal(store: Store, whole: bytes, path: Path) -> str:
    """Restore something; return the sentence with which it is refused, or nothing."""
    path.write_bytes(whole)
    try:
        restore(store, path)
    except BackupError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda whole: whole[:-30], "cannot read .*: it is damaged, cut short, or no backup"),
        (lambda whole: b"nonsense", "cannot read .*: it is damaged, cut short, or no backup"),
        (lambda whole: b"", "is damaged or cut short"),
        (lambda whole: gzip.compress(b"{}\n"), "is no backup of a store"),
        (lambda whole: gzip.compress(b"[" * 100_000), "is no backup of a store"),
        (lambda whole: edited(whole, lambda lines: lines[:-1]), "is damaged or cut short"),
        (lambda whole: edited(whole, lambda lines: lines[:1]), "is damaged or cut short"),
        (lambda whole: exchanged(whole, '"Spring"', '"Summer"'), "is damaged or cut short"),
        (lambda whole: exchanged(whole, "cohorts", "nowhere"), "is damaged or cut short"),
        (lambda whole: exchanged(whole, '"code"', '"cod"'), "is damaged or cut short"),
        (lambda whole: exchanged(whole, REVISION, "9999"), "was made by a newer version"),
        (lambda whole: exchanged(whole, '"format": 1', '"format": "1"'), "is no backup of a store"),
    ],
)
def test_a_damaged_backup_is_refused_for_its_reason_and_nothing_is_restored(
    store, tmp_path, damage, words
):
    begun(store)
    path = tmp_path / "all"
    backup(store, path)
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    assert path.read_bytes() != whole
    other = Store(f"sqlite:///{tmp_path / 'restored.sqlite3'}")
    with pytest.raises(BackupError, match=words):
        restore(other, path)
    assert other.cohorts.all() == []
    other.close()


def flipped(data: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(data))
    return data[:place] + bytes([data[place] ^ chance.randrange(1, 256)]) + data[place + 1 :]


def cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def left_out(data: bytes, chance: random.Random) -> bytes:
    start, end = sorted(chance.sample(range(len(data)), 2))
    return data[:start] + data[end:]


def shuffled(data: bytes, chance: random.Random) -> bytes:
    lines = data.splitlines(keepends=True)
    first, second = chance.sample(range(len(lines)), 2)
    lines[first], lines[second] = lines[second], lines[first]
    return b"".join(lines)


@pytest.mark.parametrize("packed", [True, False], ids=["the file", "what is in it"])
@pytest.mark.parametrize("damage", [flipped, cut, left_out, shuffled])
def test_any_damage_to_a_backup_is_told_in_a_sentence(tmp_path, damage, packed):
    """Of 1,200 such files 294 once ended in a traceback."""
    store = Store(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    whole = (BEFORE / "results.backup").read_bytes()
    text = gzip.decompress(whole)
    chance = random.Random(f"{damage.__name__} {packed}")
    for _ in range(150):
        broken = damage(whole, chance) if packed else gzip.compress(damage(text, chance), 1)
        said = refusal(store, broken, tmp_path / "broken")
        if not said:  # a byte that says nothing, such as the time in the head of a gzip file
            assert gzip.decompress(broken) == text
            store.close()
            for path in tmp_path.glob("empty*"):
                path.unlink()
            store = Store(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
        assert store.cohorts.all() == []
    store.close()


@pytest.mark.parametrize(
    "rows",
    [
        ["nowhere", {}],
        ["cohorts", {"nothing": 1}],
        ["cohorts", {"code": "A"}],
        ["cohorts", "code"],
        ["cohorts"],
        [],
        ["learners", {"id": "1", "cohort": "A", "joined": "yesterday"}],
        ["learners", {"id": "1", "cohort": "A", "joined": "2026-11-20T09:00:00"}],
        ["learners", {"id": {}, "cohort": "A", "joined": "2026-11-20T09:00:00"}],
    ],
)
def test_a_backup_written_by_hand_with_a_right_seal_is_refused_too(store, tmp_path, rows):
    text = b"".join(
        (json.dumps(line) + "\n").encode()
        for line in ({"format": 1, "kind": "backup", "revision": REVISION}, rows, {"rows": 1})
    )
    seal = json.dumps({"sha256": hashlib.sha256(text).hexdigest()}).encode()
    said = refusal(store, gzip.compress(text + seal), tmp_path / "by-hand")
    assert "does not hold what a backup holds" in said
    assert store.cohorts.all() == []
