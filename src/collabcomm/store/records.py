"""Learners' own records that were imported: which, of whom, and how far each went."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from collabcomm.engine.attempt import Attempt, Response
from collabcomm.engine.people import Learner
from collabcomm.store import tables
from collabcomm.store.database import Database
from collabcomm.store.learners import add_learner


class Records:
    """The imports of a store."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def imports_of(self, journal_id: str) -> list[tuple[Learner, list[str]]]:
        """Return the imports of a learner's own journal so far: whose, and its entries' hashes."""
        query = (
            sa.select(
                tables.records.c.learner,
                tables.records.c.entries,
                tables.learners.c.cohort,
                tables.names.c.name,
            )
            .join(tables.learners, tables.learners.c.id == tables.records.c.learner)
            .outerjoin(tables.names, tables.names.c.learner == tables.learners.c.id)
            .where(tables.records.c.journal == journal_id)
        )
        with self.database.read() as connection:
            return [
                (Learner(row.learner, row.cohort, row.name), row.entries)
                for row in connection.execute(query)
            ]

    def add(
        self,
        learner: Learner,
        record: tuple[str, str, list[str]],
        work: list[tuple[Attempt, list[Response]]],
        now: datetime,
    ) -> int:
        """Add a record's attempts to a learner, who is made if new; return how many were new.

        ``record`` is the file's hash, its journal and the hashes of its entries. Attempts that are
        there already are left as they are, so that the same file again changes nothing.
        """
        file_hash, journal_id, entries = record
        row = {
            "hash": file_hash,
            "learner": learner.id,
            "journal": journal_id,
            "entries": entries,
            "imported": now,
        }
        known = sa.select(tables.learners.c.id).where(tables.learners.c.id == learner.id)
        added = 0
        with self.database.write() as connection:
            if connection.scalar(known) is None:
                add_learner(connection, learner, now)
            self.database.insert_new(connection, tables.records, row)
            for attempt, responses in work:
                if self.database.insert_new(connection, tables.attempts, vars(attempt)):
                    added += 1
                    for response in responses:
                        connection.execute(tables.responses.insert().values(vars(response)))
        return added
