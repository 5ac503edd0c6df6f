"""What a cohort's learners did, read as it stood at one moment: for analysis and exports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from collabcomm.engine.attempt import Attempt, Response
from collabcomm.engine.people import Learner
from collabcomm.store import tables
from collabcomm.store.database import Database, stream
from collabcomm.store.tables import as_value

_ORDER = (
    tables.learners.c.joined,
    tables.learners.c.id,
    tables.attempts.c.started,
    tables.attempts.c.id,
)


@dataclass(frozen=True)
class RefusedResponse:
    """An answer that the service did not take, kept for the assessor, and why.

    ``reason`` is one of ``attempts.Refusal``.
    """

    response: Response
    reason: str


class Results:
    """The results of a store, a cohort at a time. Open attempts are among them."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def count(self, code: str) -> int:
        """Return how many attempts a cohort has."""
        query = sa.select(sa.func.count()).select_from(tables.attempts.join(tables.learners))
        with self.database.read() as connection:
            return connection.scalar(query.where(tables.learners.c.cohort == code)) or 0

    def activities(self, code: str) -> list[tuple[str, str]]:
        """Return what a cohort has attempted, as activity and kind, in the order of their names."""
        columns = tables.attempts.c
        query = (
            sa.select(columns.activity, columns.kind)
            .join(tables.learners, tables.learners.c.id == columns.learner)
            .where(tables.learners.c.cohort == code)
            .distinct()
            .order_by(columns.kind, columns.activity)
        )
        with self.database.read() as connection:
            return [(row.activity, row.kind) for row in connection.execute(query)]

    def attempts(self, code: str) -> Iterator[tuple[Learner, Attempt]]:
        """Yield every attempt of a cohort with its learner, by learner and then by time."""
        with self.database.snapshot() as connection:
            for row in stream(connection, _attempts(code)):
                yield _learner(row), as_value(Attempt, row)

    def work(self, code: str) -> Iterator[tuple[Learner, Attempt, list[Response]]]:
        """Yield every attempt of a cohort with its learner and its responses, as ``attempts`` does.

        Two streams in the same order are read side by side, so that memory does not grow with the
        cohort.
        """
        query = (
            sa.select(tables.responses)
            .join(tables.attempts, tables.attempts.c.id == tables.responses.c.attempt)
            .join(tables.learners, tables.learners.c.id == tables.attempts.c.learner)
            .where(tables.learners.c.cohort == code)
            .order_by(*_ORDER, tables.responses.c.received, tables.responses.c.seq)
        )
        with self.database.snapshot() as connection:
            responses = stream(connection, query)
            response = next(responses, None)
            for row in stream(connection, _attempts(code)):
                given = []
                while response is not None and response.attempt == row.id:
                    given.append(as_value(Response, response))
                    response = next(responses, None)
                yield _learner(row), as_value(Attempt, row), given

    def conflicts(self, code: str) -> Iterator[tuple[Learner, Attempt, RefusedResponse]]:
        """Yield the answers of a cohort that were not taken, in the order received."""
        kept = tables.conflicts.c
        query = (
            _attempts(code)
            .add_columns(
                kept.response_id, kept.item, kept.seq, kept.response, kept.at, kept.received
            )
            .add_columns(kept.reason)
            .join(tables.conflicts, kept.attempt == tables.attempts.c.id)
            .order_by(None)
            .order_by(kept.id)
        )
        with self.database.snapshot() as connection:
            for row in stream(connection, query):
                attempt = as_value(Attempt, row)
                response = Response(
                    row.response_id,
                    attempt.id,
                    row.item,
                    row.seq,
                    row.response,
                    row.at,
                    row.received,
                )
                yield _learner(row), attempt, RefusedResponse(response, row.reason)


def _attempts(code: str) -> sa.Select[Any]:
    return (
        sa.select(tables.attempts, tables.learners.c.cohort, tables.names.c.name)
        .join(tables.learners, tables.learners.c.id == tables.attempts.c.learner)
        .outerjoin(tables.names, tables.names.c.learner == tables.learners.c.id)
        .where(tables.learners.c.cohort == code)
        .order_by(*_ORDER)
    )


def _learner(row: sa.Row[Any]) -> Learner:
    return Learner(row.learner, row.cohort, row.name)
