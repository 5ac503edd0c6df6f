"""Learners: joining a cohort, the session of a browser, and being erased."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from collabcomm.engine.people import (
    Cohort,
    Learner,
    hashed,
    new_learner_id,
    new_pseudonym,
    new_secret,
)
from collabcomm.errors import Closed, Invalid, NotFound
from collabcomm.store import tables
from collabcomm.store.cohorts import Cohorts
from collabcomm.store.database import Database
from collabcomm.store.tables import as_value
from collabcomm.store.types import stored

# Statements of the busiest path are built once: building takes as long as running them.
_MEMBER = (
    sa.select(tables.sessions.c.learner, *tables.cohorts.c)
    .join(tables.learners, tables.learners.c.id == tables.sessions.c.learner)
    .join(tables.cohorts, tables.cohorts.c.code == tables.learners.c.cohort)
    .where(tables.sessions.c.hash == sa.bindparam("secret"))
)
_LEARNERS: sa.Select[Any] = sa.select(
    tables.learners.c.id, tables.learners.c.cohort, tables.names.c.name
).outerjoin(tables.names, tables.names.c.learner == tables.learners.c.id)


class Learners:
    """The learners of a store, their names and their sessions."""

    def __init__(self, database: Database, cohorts: Cohorts) -> None:
        self.database, self.cohorts = database, cohorts

    def join(self, code: str, name: str | None, now: datetime) -> tuple[Learner, Cohort, str]:
        """Add a learner to a cohort; return them with it and the secret of their session.

        Raises NotFound for an unknown code, Closed for a cohort that has closed, and Invalid
        without a name where the cohort asks for one.
        """
        cohort = self.cohorts.get(code)
        if cohort.is_closed(now):
            raise Closed(f"The cohort '{cohort.name}' has closed. Ask your trainer for a new code.")
        if cohort.names == "required" and name is None:
            raise Invalid("This cohort asks for your name. Write it below the code.")
        if cohort.names == "pseudonyms":
            name = new_pseudonym()
        learner = Learner(new_learner_id(), code, name)
        secret = new_secret()
        session = {"hash": hashed(secret), "learner": learner.id}
        with self.database.write() as connection:
            add_learner(connection, learner, now)
            connection.execute(tables.sessions.insert().values(session))
        return learner, cohort, secret

    def get(self, learner_id: str) -> Learner:
        """Return a learner by id; raise NotFound without one."""
        query = _LEARNERS.where(tables.learners.c.id == learner_id)
        with self.database.read() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise NotFound(
                f"There is no learner with the id {learner_id}. An export shows the ids."
            )
        return as_value(Learner, row)

    def of_session(self, secret: str) -> Learner | None:
        """Return the learner of a session with their name, None where there is none."""
        session = tables.sessions
        query = _LEARNERS.join(session, session.c.learner == tables.learners.c.id)
        with self.database.read() as connection:
            row = connection.execute(query.where(session.c.hash == hashed(secret))).first()
        return as_value(Learner, row) if row else None

    def member(self, secret: str) -> tuple[Learner, Cohort] | None:
        """Return a session's learner, nameless, with their cohort; None where there is none."""
        with self.database.read() as connection:
            return find_member(connection, secret)

    def leave(self, secret: str) -> None:
        """End a session. What the learner did stays."""
        query = tables.sessions.delete().where(tables.sessions.c.hash == hashed(secret))
        with self.database.write() as connection:
            connection.execute(query)

    def of_cohort(self, code: str) -> list[Learner]:
        """Return the learners of a cohort in the order they joined."""
        query = _LEARNERS.where(tables.learners.c.cohort == code)
        order = (tables.learners.c.joined, tables.learners.c.id)
        with self.database.read() as connection:
            return [as_value(Learner, row) for row in connection.execute(query.order_by(*order))]

    def erase(self, learner_id: str) -> None:
        """Erase a learner and everything they did; raise NotFound for an unknown one."""
        self.get(learner_id)
        mine = sa.select(tables.attempts.c.id).where(tables.attempts.c.learner == learner_id)
        with self.database.write() as connection:
            for table in (tables.responses, tables.conflicts):
                connection.execute(table.delete().where(table.c.attempt.in_(mine)))
            for table in (tables.attempts, tables.records, tables.sessions, tables.names):
                connection.execute(table.delete().where(table.c.learner == learner_id))
            connection.execute(tables.learners.delete().where(tables.learners.c.id == learner_id))

    def erase_due(self, now: datetime) -> int:
        """Erase the learners of cohorts whose time to be kept is over; return how many.

        A learner a transaction: what a failure leaves over is erased the next time.
        """
        query = (
            sa.select(tables.learners.c.id)
            .join(tables.cohorts, tables.cohorts.c.code == tables.learners.c.cohort)
            .where(tables.cohorts.c.erases <= now)
        )
        with self.database.read() as connection:
            due = connection.scalars(query).all()
        for learner_id in due:
            self.erase(learner_id)
        return len(due)

    def everything_of(self, learner_id: str) -> dict[str, Any]:
        """Return all that the store holds on a learner, as it is stored, for the learner to have.

        Raises NotFound for an unknown one.
        """
        learner = self.get(learner_id)
        with self.database.snapshot() as connection:
            rows = {
                table.name: _rows(connection, table, "learner", [learner_id])
                for table in (tables.attempts, tables.records)
            }
            mine = [row["id"] for row in rows["attempts"]]
            for table in (tables.responses, tables.conflicts):
                rows[table.name] = _rows(connection, table, "attempt", mine)
        return {"learner": asdict(learner), **rows}


def add_learner(connection: Connection, learner: Learner, now: datetime) -> None:
    """Add a learner and, apart from them, their name."""
    row = {"id": learner.id, "cohort": learner.cohort, "joined": now}
    connection.execute(tables.learners.insert().values(row))
    if learner.name:
        named = {"learner": learner.id, "name": learner.name}
        connection.execute(tables.names.insert().values(named))


def find_member(connection: Connection, secret: str) -> tuple[Learner, Cohort] | None:
    """Return the learner of a session, nameless, with their cohort; None where there is none."""
    row = connection.execute(_MEMBER, {"secret": hashed(secret)}).first()
    return (Learner(row.learner, row.code), as_value(Cohort, row)) if row else None


def _rows(
    connection: Connection, table: sa.Table, column: str, ids: list[str]
) -> list[dict[str, Any]]:
    kept = stored(table)
    query = sa.select(kept).where(kept.c[column].in_(ids))
    return [dict(row._mapping) for row in connection.execute(query)]
