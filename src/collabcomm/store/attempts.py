"""Attempts and the answers in them: begun once, answered safely over any network, scored once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from collabcomm.engine.attempt import Attempt, Response
from collabcomm.engine.people import hashed
from collabcomm.errors import Conflict, NotFound
from collabcomm.store import tables
from collabcomm.store.database import Database
from collabcomm.store.learners import find_member
from collabcomm.store.tables import as_value

MAX_CONFLICTS = 200  # kept of one attempt: enough to see what happened, too few to fill a disk
# Why an answer is not taken. The first two are nobody's work; the others are kept for the assessor.
Refusal = Literal[
    "no-session",
    "no-attempt",
    "other-content",
    "after-checking",
    "after-submission",
    "after-closing",
]

# Statements of the busiest path are built once: building takes as long as running them.
# An answer that nothing stands against takes one: it finds session, attempt and cohort open, or
# adds nothing. PostgreSQL holds the attempt against a submission at the same moment.
_may_answer = (
    sa.select(*(sa.bindparam(column.name, type_=column.type) for column in tables.responses.c))
    .select_from(tables.sessions)
    .join(tables.attempts, tables.attempts.c.learner == tables.sessions.c.learner)
    .join(tables.learners, tables.learners.c.id == tables.sessions.c.learner)
    .join(tables.cohorts, tables.cohorts.c.code == tables.learners.c.cohort)
    .where(
        tables.sessions.c.hash == sa.bindparam("secret"),
        tables.attempts.c.id == sa.bindparam("attempt"),
        tables.attempts.c.submitted.is_(None),
        sa.or_(
            tables.cohorts.c.closes.is_(None),
            tables.cohorts.c.closes > sa.bindparam("received"),
        ),
        ~sa.exists().where(
            tables.responses.c.attempt == tables.attempts.c.id, tables.responses.c.final
        ),
    )
)
_ANSWER = {
    "sqlite": sqlite.insert(tables.responses)
    .from_select(tables.responses.c.keys(), _may_answer)
    .on_conflict_do_nothing()
    .returning(tables.responses.c.id),
    "postgresql": postgresql.insert(tables.responses)
    .from_select(tables.responses.c.keys(), _may_answer.with_for_update(of=tables.attempts))
    .on_conflict_do_nothing()
    .returning(tables.responses.c.id),
}


class Attempts:
    """The attempts of a store and the responses to their items."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def start(
        self, attempt: Attempt, limit: int | None, check: Callable[[], None] = lambda: None
    ) -> tuple[Attempt, bool]:
        """Add an attempt; return it and whether it is new. The same id again is the same attempt.

        ``check`` raises where no new attempt may begin. Raises Conflict where the id is another
        attempt's, where an attempt at the same quiz is still open, and where the limit is reached.
        """
        try:
            return self._start(attempt, limit, check)
        except IntegrityError:  # two requests at once, under one id; now the other's is there
            return self._start(attempt, limit, check)

    def _start(
        self, attempt: Attempt, limit: int | None, check: Callable[[], None]
    ) -> tuple[Attempt, bool]:
        learner = tables.learners.c.id
        with self.database.write() as connection:
            # Two tabs that start at once take turns.
            connection.execute(
                sa.select(learner).where(learner == attempt.learner).with_for_update()
            )
            known = _find(connection, attempt.id)
            if known is not None:
                same = (known.learner, known.activity, known.kind)
                if same != (attempt.learner, attempt.activity, attempt.kind):
                    raise Conflict("This attempt's id is already in use. Start a new attempt.")
                return known, False
            check()
            mine = _of_learner(connection, attempt.learner, attempt.activity, attempt.kind)
            if attempt.kind == "quiz":
                if any(earlier.submitted is None for earlier in mine):
                    raise Conflict("You have an attempt open. Go on with it, and submit it first.")
                if limit is not None and len(mine) >= limit:
                    raise Conflict(f"All {limit} attempts have been used.")
            connection.execute(tables.attempts.insert().values(vars(attempt)))
        return attempt, True

    def get(self, attempt_id: str, learner_id: str) -> Attempt:
        """Return a learner's attempt; raise NotFound for an unknown one or somebody else's."""
        with self.database.read() as connection:
            found = _find(connection, attempt_id)
        if found is None or found.learner != learner_id:
            raise NotFound("There is no such attempt.")
        return found

    def of_learner(self, learner_id: str, activity_id: str, kind: str) -> list[Attempt]:
        """Return a learner's attempts at an activity, the oldest first."""
        with self.database.read() as connection:
            return _of_learner(connection, learner_id, activity_id, kind)

    def keep(self, secret: str, response: Response) -> Refusal | None:
        """Keep a response of a session's learner; return None, or why it is not taken.

        The same again is harmless. What is not taken is kept for the assessor as it came, once, up
        to ``MAX_CONFLICTS`` of one attempt; without a session, or for an attempt that is not its
        learner's, nothing is. Whether the cohort has closed is asked of the time it was received.
        """
        with self.database.write() as connection:
            row = {**vars(response), "secret": hashed(secret)}
            kept = connection.execute(_ANSWER[self.database.dialect], row).first()
        if kept is not None:
            return None
        try:
            return self._keep(secret, response)
        except IntegrityError:  # the same id at once, under another attempt
            return self._keep(secret, response)

    def _keep(self, secret: str, response: Response) -> Refusal | None:
        """Take or refuse a response step by step; say why."""
        with self.database.write() as connection:
            member = find_member(connection, secret)
            if member is None:
                return "no-session"
            learner, cohort = member
            attempt = _find(connection, response.attempt, lock=True)
            if attempt is None or attempt.learner != learner.id:
                return "no-attempt"
            known = _response(connection, response.id)
            refusal: Refusal | None = None
            if cohort.is_closed(response.received):
                refusal = "after-closing"
                if known is not None:  # it was taken in time, or has been told of
                    return refusal
            elif known is not None:
                if replace(known, at=response.at, received=response.received) == response:
                    return None
                refusal = "other-content"
            elif attempt.submitted is not None:
                refusal = "after-submission"
            elif _is_checked(connection, response):
                refusal = "after-checking"
            if refusal is None:
                connection.execute(tables.responses.insert().values(vars(response)))
            else:
                _keep_apart(connection, response, refusal)
        return refusal

    def responses(self, attempt_id: str) -> list[Response]:
        """Return all responses of an attempt, in the order received."""
        query = _RESPONSES.where(tables.responses.c.attempt == attempt_id)
        with self.database.read() as connection:
            return [as_value(Response, row) for row in connection.execute(query)]

    def submit(self, attempt: Attempt, score: Callable[[list[Response]], Attempt]) -> Attempt:
        """Close an attempt with the score of its responses; an attempt closed before stays.

        ``score`` gets the responses as they stand inside the transaction and returns the attempt
        with its result. Raises NotFound for an unknown attempt.
        """
        mine = tables.attempts.c.id == attempt.id
        given = sa.select(tables.responses).where(tables.responses.c.attempt == attempt.id)
        with self.database.write() as connection:
            known = _find(connection, attempt.id, lock=True)
            if known is None:
                raise NotFound("There is no such attempt.")
            if known.submitted is not None:
                return known
            scored = score([as_value(Response, row) for row in connection.execute(given)])
            connection.execute(tables.attempts.update().where(mine).values(vars(scored)))
        return scored

    def work_of(self, learner_id: str) -> list[tuple[Attempt, list[Response]]]:
        """Return a learner's attempts with their responses, the oldest first."""
        query = (
            sa.select(tables.attempts)
            .where(tables.attempts.c.learner == learner_id)
            .order_by(tables.attempts.c.started, tables.attempts.c.id)
        )
        with self.database.read() as connection:
            attempts = [as_value(Attempt, row) for row in connection.execute(query)]
        return [(attempt, self.responses(attempt.id)) for attempt in attempts]


_RESPONSES = sa.select(tables.responses).order_by(
    tables.responses.c.received, tables.responses.c.seq
)


def _find(connection: Connection, attempt_id: str, lock: bool = False) -> Attempt | None:
    query = sa.select(tables.attempts).where(tables.attempts.c.id == attempt_id)
    row = connection.execute(query.with_for_update() if lock else query).first()
    return as_value(Attempt, row) if row else None


def _response(connection: Connection, response_id: str) -> Response | None:
    query = sa.select(tables.responses).where(tables.responses.c.id == response_id)
    row = connection.execute(query).first()
    return as_value(Response, row) if row else None


def _of_learner(
    connection: Connection, learner_id: str, activity_id: str, kind: str
) -> list[Attempt]:
    columns = tables.attempts.c
    query = (
        sa.select(tables.attempts)
        .where(columns.learner == learner_id, columns.activity == activity_id, columns.kind == kind)
        .order_by(columns.started, columns.id)
    )
    return [as_value(Attempt, row) for row in connection.execute(query)]


def _is_checked(connection: Connection, response: Response) -> bool:
    columns = tables.responses.c
    query = sa.select(columns.id).where(
        columns.attempt == response.attempt, columns.item == response.item, columns.final
    )
    return connection.scalar(query) is not None


def _keep_apart(connection: Connection, response: Response, reason: Refusal) -> None:
    """Keep an answer that is not taken, once, and not without end."""
    table = tables.conflicts
    row = {name: value for name, value in vars(response).items() if name not in ("id", "final")}
    row |= {"response_id": response.id, "reason": reason}
    of_attempt = table.c.attempt == response.attempt
    same = (
        table.c[name] == sa.literal(row[name], table.c[name].type)
        for name in ("response_id", "seq", "response", "reason")
    )
    if connection.scalar(sa.select(table.c.id).where(of_attempt, *same)) is not None:
        return
    count = sa.select(sa.func.count()).select_from(table).where(of_attempt)
    if connection.execute(count).scalar_one() < MAX_CONFLICTS:
        connection.execute(table.insert().values(row))
