"""Rooms, who is in them, and their votes, in the database of the results."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from collabcomm.errors import Conflict, NotFound
from collabcomm.room.state import Room
from collabcomm.store import tables
from collabcomm.store.database import Database
from collabcomm.store.tables import as_value

MAX_CHANGES = 50  # of one device's vote in one ballot


@dataclass(frozen=True)
class Look:
    """A room as it stands: the votes of its open ballot, the devices in it, and a mark of all that.

    Whatever changes, ``mark`` does.
    """

    room: Room
    counts: dict[str, int]
    people: int
    mark: str


class Rooms:
    """The rooms in a store's database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def create(self, room: Room) -> None:
        """Add a room."""
        with self.database.write() as connection:
            connection.execute(tables.rooms.insert().values(vars(room)))

    def get(self, code: str) -> Room:
        """Return a room by its code; raise NotFound without one."""
        with self.database.read() as connection:
            row = connection.execute(_rooms(code)).first()
        if row is None:
            raise NotFound(f"There is no room with the code {code}. Check it with your trainer.")
        return as_value(Room, row)

    def of_owner(self, owner: str) -> list[Room]:
        """Return a trainer's rooms, the newest first."""
        query = sa.select(tables.rooms).where(tables.rooms.c.owner == owner)
        with self.database.read() as connection:
            rows = connection.execute(query.order_by(tables.rooms.c.created.desc()))
            return [as_value(Room, row) for row in rows]

    def ended(self, version: str, but: str) -> list[Room]:
        """Return the ended rooms of one version of a scenario, all trainers', one room apart."""
        columns = tables.rooms.c
        query = sa.select(tables.rooms).where(
            columns.version == version, columns.ended.is_not(None), columns.code != but
        )
        with self.database.read() as connection:
            rows = connection.execute(query.order_by(columns.created))
            return [as_value(Room, row) for row in rows]

    def change(self, code: str, rev: int, change: Callable[[Room, dict[str, int]], Room]) -> Room:
        """Change a room in one transaction, which no vote can come between.

        ``change`` gets the room and the counts of its open ballot. Raises Conflict where the room
        has changed since ``rev``: another window, or another trainer, was quicker.
        """
        with self.database.write() as connection:
            row = connection.execute(_rooms(code).with_for_update()).first()
            if row is None:
                raise NotFound("There is no such room.")
            known = as_value(Room, row)
            if known.rev != rev:
                raise Conflict("The room has moved on in another window. Here it is as it stands.")
            ballot = known.state["ballot"]
            counts = _counts(connection, code, ballot) if ballot else {}
            changed = replace(change(known, counts), rev=rev + 1)
            here = tables.rooms.c.code == code
            connection.execute(tables.rooms.update().where(here).values(vars(changed)))
        return changed

    def look(self, code: str) -> Look:
        """Return a room with its counts and its mark; raise NotFound without one."""
        room = self.get(code)
        ballot = room.state["ballot"]
        counts, number = self.counts(code, ballot) if ballot else ({}, 0)
        people = self.people(code)
        return Look(room, counts, people, f"{room.rev}.{number}.{people}")

    def enter(self, code: str, participant: str, now: datetime) -> None:
        """Note that somebody is in a room; ``participant`` is the hash of their device's secret."""
        row = {"hash": participant, "room": code, "joined": now}
        with self.database.write() as connection:
            self.database.insert_new(connection, tables.participants, row)

    def is_in(self, code: str, participant: str) -> bool:
        """Tell whether a device is in a room."""
        columns = tables.participants.c
        query = sa.select(columns.hash).where(columns.hash == participant, columns.room == code)
        with self.database.read() as connection:
            return connection.scalar(query) is not None

    def people(self, code: str) -> int:
        """Return how many devices are in a room."""
        query = sa.select(sa.func.count()).where(tables.participants.c.room == code)
        with self.database.read() as connection:
            return connection.scalar(query) or 0

    def vote(self, code: str, ballot: int, participant: str, choice: str, now: datetime) -> None:
        """Keep a device's vote; a second one in the same ballot takes the place of the first.

        Raises Conflict where the ballot is not open: the room is locked against closing meanwhile.
        """
        state = sa.select(tables.rooms.c.state).where(tables.rooms.c.code == code)
        with self.database.write() as connection:
            found = connection.scalar(state.with_for_update(read=True))
            if found is None:
                raise NotFound("There is no such room.")
            if found["ballot"] != ballot:
                raise Conflict("This vote is closed.")
            key = {"room": code, "ballot": ballot, "participant": participant}
            if not self._vote(connection, key, {"choice": choice, "at": now}):
                raise Conflict("You have changed this vote very often. The last one counts.")

    def _vote(
        self, connection: Connection, key: dict[str, object], vote: dict[str, object]
    ) -> bool:
        changes = tables.votes.c.changes
        statement = (
            self.database.insert(tables.votes)
            .values({**key, **vote, "changes": 0})
            .on_conflict_do_update(
                index_elements=list(key),
                set_={**vote, "changes": changes + 1},
                where=changes < MAX_CHANGES,
            )
            .returning(changes)
        )
        return connection.execute(statement).first() is not None

    def counts(self, code: str, ballot: int) -> tuple[dict[str, int], int]:
        """Return the votes by choice, and a number that changes with every vote."""
        columns = tables.votes.c
        number = sa.select(sa.func.coalesce(sa.func.sum(columns.changes + 1), 0)).where(
            columns.room == code, columns.ballot == ballot
        )
        with self.database.read() as connection:
            mark = connection.scalar(number)
            return _counts(connection, code, ballot), int(mark or 0)


def _rooms(code: str) -> sa.Select[tuple[object, ...]]:
    return sa.select(tables.rooms).where(tables.rooms.c.code == code)


def _counts(connection: Connection, code: str, ballot: int) -> dict[str, int]:
    columns = tables.votes.c
    query = (
        sa.select(columns.choice, sa.func.count())
        .where(columns.room == code, columns.ballot == ballot)
        .group_by(columns.choice)
    )
    return {choice: int(count) for choice, count in connection.execute(query)}
