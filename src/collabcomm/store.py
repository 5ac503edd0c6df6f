"""Results on disk: cohorts, learners, attempts, responses, tokens, through SQLAlchemy.

Every method is one transaction; when it returns, what it wrote is durable. Names stand in one
table, apart from performance. Secrets are stored as hashes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from collabcomm.attempt import (
    Attempt,
    Cohort,
    Learner,
    Response,
    hashed,
    new_code,
    new_secret,
)

DEFAULT_URL = "sqlite:///collabcomm.sqlite3"

metadata = sa.MetaData()
_migrations = sa.Table(
    "migrations",
    metadata,
    sa.Column("name", sa.String(80), primary_key=True),
    sa.Column("applied", sa.DateTime, nullable=False),
)
_cohorts = sa.Table(
    "cohorts",
    metadata,
    sa.Column("code", sa.String(20), primary_key=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("modules", sa.Text, nullable=False),
    sa.Column("created", sa.DateTime, nullable=False),
    sa.Column("closes", sa.DateTime),
)
_learners = sa.Table(
    "learners",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("cohort", sa.ForeignKey("cohorts.code"), nullable=False, index=True),
    sa.Column("joined", sa.DateTime, nullable=False),
)
_names = sa.Table(
    "names",
    metadata,
    sa.Column("learner", sa.ForeignKey("learners.id"), primary_key=True),
    sa.Column("name", sa.String(80), nullable=False),
)
_sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("learner", sa.ForeignKey("learners.id"), nullable=False),
)
_tokens = sa.Table(
    "tokens",
    metadata,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("created", sa.DateTime, nullable=False),
)
_contents = sa.Table(
    "contents",
    metadata,
    sa.Column("version", sa.String(16), primary_key=True),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("activity", sa.String(80), nullable=False),
    sa.Column("json", sa.Text, nullable=False),
)
_attempts = sa.Table(
    "attempts",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("learner", sa.ForeignKey("learners.id"), nullable=False, index=True),
    sa.Column("activity", sa.String(80), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("version", sa.String(16), nullable=False),
    sa.Column("items", sa.Text, nullable=False),
    sa.Column("started", sa.DateTime, nullable=False),
    sa.Column("submitted", sa.DateTime),
    sa.Column("raw", sa.Float),
    sa.Column("max", sa.Float),
    sa.Column("passed", sa.Boolean),
    sa.Column("steps", sa.Text, nullable=False),
)
_responses = sa.Table(
    "responses",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("attempt", sa.ForeignKey("attempts.id"), nullable=False, index=True),
    sa.Column("item", sa.String(80), nullable=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("response", sa.Text, nullable=False),
    sa.Column("at", sa.String(40), nullable=False),
    sa.Column("received", sa.DateTime, nullable=False),
)


# --------------------------------------------------------------------- problems


class StoreError(Exception):
    """What the store refuses; the text says why and what to do."""


class NotFound(StoreError):
    """There is no such thing, or it is somebody else's."""


class Conflict(StoreError):
    """It is there already, and differs; or its time has passed."""


class Closed(StoreError):
    """The cohort takes no more work."""


class DatabaseUnusable(StoreError):
    """The database cannot be opened."""


# ------------------------------------------------------------------- migrations


def _first(connection: Connection) -> None:
    metadata.create_all(connection)


MIGRATIONS: tuple[tuple[str, Callable[[Connection], None]], ...] = (("0001-first", _first),)


def _time(value: datetime | None) -> datetime | None:
    """Return a time from the database, which keeps none but UTC, with its zone."""
    return value.replace(tzinfo=UTC) if value else None


def _plain(value: datetime | None) -> datetime | None:
    return value.astimezone(UTC).replace(tzinfo=None) if value else None


class Store:
    """The results of one service.

    Parameters
    ----------
    url
        A SQLAlchemy database URL; SQLite files and PostgreSQL are meant.

    Raises
    ------
    DatabaseUnusable
        Where the database cannot be opened, with its address and the reason.
    """

    def __init__(self, url: str = DEFAULT_URL) -> None:
        try:
            self.engine = _engine(url)
            with self._write() as connection:
                _migrations.create(connection, checkfirst=True)
                done = set(connection.scalars(sa.select(_migrations.c.name)))
                for name, apply in MIGRATIONS:
                    if name not in done:
                        apply(connection)
                        connection.execute(
                            _migrations.insert().values(
                                name=name, applied=_plain(datetime.now(UTC))
                            )
                        )
        except (ArgumentError, NoSuchModuleError) as error:
            raise DatabaseUnusable(f"'{url}' is no database address: {error}") from None
        except sa.exc.DatabaseError as error:
            shown = make_url(url).render_as_string(hide_password=True)
            raise DatabaseUnusable(f"cannot use the database {shown}: {error.orig}") from None

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield connection

    # ---------------------------------------------------------- cohorts and tokens

    def create_cohort(
        self, name: str, modules: tuple[str, ...], created: datetime, closes: datetime | None
    ) -> Cohort:
        """Add a cohort under a fresh join code."""
        cohort = Cohort(new_code(), name, modules, created, closes)
        with self._write() as connection:
            connection.execute(
                _cohorts.insert().values(
                    code=cohort.code,
                    name=name,
                    modules=json.dumps(modules),
                    created=_plain(created),
                    closes=_plain(closes),
                )
            )
        return cohort

    def cohorts(self) -> list[Cohort]:
        """Return all cohorts, the oldest first."""
        with self._read() as connection:
            return [
                _cohort(row)
                for row in connection.execute(
                    sa.select(_cohorts).order_by(_cohorts.c.created, _cohorts.c.code)
                )
            ]

    def cohort(self, code: str) -> Cohort:
        """Return a cohort by its code; raise NotFound without one."""
        with self._read() as connection:
            row = connection.execute(sa.select(_cohorts).where(_cohorts.c.code == code)).first()
        if row is None:
            raise NotFound(f"There is no cohort with the code {code}. Check it with your trainer.")
        return _cohort(row)

    def create_token(self, role: str, name: str, created: datetime) -> str:
        """Add a token and return it. It is shown this once; the store keeps only its hash."""
        token = new_secret()
        with self._write() as connection:
            connection.execute(
                _tokens.insert().values(
                    hash=hashed(token), role=role, name=name, created=_plain(created)
                )
            )
        return token

    def role_of(self, token: str) -> str | None:
        """Return the role of a token, None where nobody gave it."""
        with self._read() as connection:
            return connection.scalar(
                sa.select(_tokens.c.role).where(_tokens.c.hash == hashed(token))
            )

    # --------------------------------------------------------------------- learners

    def join(self, code: str, name: str | None, moment: datetime) -> tuple[Learner, str]:
        """Add a learner to a cohort; return them with the secret of their session.

        Raises NotFound for an unknown code and Closed for a cohort that has closed.
        """
        cohort = self.cohort(code)
        if cohort.is_closed(moment):
            raise Closed(f"The cohort '{cohort.name}' has closed. Ask your trainer for a new code.")
        learner = Learner(new_secret()[:22], code, name)
        secret = new_secret()
        with self._write() as connection:
            connection.execute(
                _learners.insert().values(id=learner.id, cohort=code, joined=_plain(moment))
            )
            if name:
                connection.execute(_names.insert().values(learner=learner.id, name=name))
            connection.execute(_sessions.insert().values(hash=hashed(secret), learner=learner.id))
        return learner, secret

    def learner_of(self, secret: str) -> Learner | None:
        """Return the learner of a session, None where there is none."""
        query = (
            sa.select(_learners.c.id, _learners.c.cohort, _names.c.name)
            .join(_sessions, _sessions.c.learner == _learners.c.id)
            .outerjoin(_names, _names.c.learner == _learners.c.id)
            .where(_sessions.c.hash == hashed(secret))
        )
        with self._read() as connection:
            row = connection.execute(query).first()
        return Learner(row.id, row.cohort, row.name) if row else None

    def leave(self, secret: str) -> None:
        """End a session. What the learner did stays."""
        with self._write() as connection:
            connection.execute(_sessions.delete().where(_sessions.c.hash == hashed(secret)))

    # --------------------------------------------------------------------- contents

    def keep_content(self, data: dict[str, Any]) -> None:
        """Keep a compiled quiz or scenario under its version, for attempts to come back to."""
        with self._write() as connection:
            known = connection.scalar(
                sa.select(_contents.c.version).where(_contents.c.version == data["version"])
            )
            if known is None:
                connection.execute(
                    _contents.insert().values(
                        version=data["version"],
                        kind=data["kind"],
                        activity=data["id"],
                        json=json.dumps(data, ensure_ascii=False),
                    )
                )

    def content(self, version: str) -> dict[str, Any] | None:
        """Return a compiled quiz or scenario by its version."""
        with self._read() as connection:
            text = connection.scalar(
                sa.select(_contents.c.json).where(_contents.c.version == version)
            )
        return dict(json.loads(text)) if text is not None else None

    # --------------------------------------------------------------------- attempts

    def start(self, attempt: Attempt, limit: int | None) -> tuple[Attempt, bool]:
        """Add an attempt; return it and whether it is new. The same id again is the same attempt.

        Raises Conflict where the id is another attempt's, where an attempt at the same quiz is
        still open, and where the limit is reached.
        """
        with self._write() as connection:
            known = _find(connection, attempt.id)
            if known is not None:
                same = (known.learner, known.activity, known.kind)
                if same != (attempt.learner, attempt.activity, attempt.kind):
                    raise Conflict("This attempt's id is already in use. Start a new attempt.")
                return known, False
            mine = _of_learner(connection, attempt.learner, attempt.activity, attempt.kind)
            if attempt.kind == "quiz":
                if any(one.submitted is None for one in mine):
                    raise Conflict("You have an attempt open. Go on with it, and submit it first.")
                if limit is not None and len(mine) >= limit:
                    raise Conflict(f"All {limit} attempts have been used.")
            connection.execute(_attempts.insert().values(**_attempt_row(attempt)))
        return attempt, True

    def attempt(self, name: str, learner: str) -> Attempt:
        """Return a learner's attempt; raise NotFound for an unknown one or somebody else's."""
        with self._read() as connection:
            found = _find(connection, name)
        if found is None or found.learner != learner:
            raise NotFound("There is no such attempt.")
        return found

    def attempts(self, learner: str, activity: str, kind: str) -> list[Attempt]:
        """Return a learner's attempts at an activity, the oldest first."""
        with self._read() as connection:
            return _of_learner(connection, learner, activity, kind)

    def respond(self, response: Response) -> None:
        """Keep a response. The same again is harmless.

        Raises Conflict where its id came with another payload before, or after submitting.
        """
        row = {
            "id": response.id,
            "attempt": response.attempt,
            "item": response.item,
            "seq": response.seq,
            "response": json.dumps(response.response, ensure_ascii=False, sort_keys=True),
        }
        with self._write() as connection:
            known = connection.execute(
                sa.select(_responses).where(_responses.c.id == response.id)
            ).first()
            if known is not None:
                if all(getattr(known, key) == value for key, value in row.items()):
                    return
                raise Conflict("This response's id came with other content before.")
            attempt = _find(connection, response.attempt)
            if attempt is None:
                raise NotFound("There is no such attempt.")
            if attempt.submitted is not None:
                raise Conflict("This attempt is submitted; its answers can no longer change.")
            connection.execute(
                _responses.insert().values(
                    **row, at=response.at, received=_plain(response.received)
                )
            )

    def responses(self, attempt: str) -> list[Response]:
        """Return all responses of an attempt, in the order received."""
        query = (
            sa.select(_responses)
            .where(_responses.c.attempt == attempt)
            .order_by(_responses.c.received, _responses.c.seq)
        )
        with self._read() as connection:
            return [_response(row) for row in connection.execute(query)]

    def submit(self, attempt: Attempt, score: Callable[[list[Response]], Attempt]) -> Attempt:
        """Close an attempt with the score of its responses; an attempt closed before stays.

        ``score`` gets the responses as they stand inside the transaction and returns the attempt
        with its result.
        """
        with self._write() as connection:
            known = _find(connection, attempt.id)
            if known is None:
                raise NotFound("There is no such attempt.")
            if known.submitted is not None:
                return known
            rows = connection.execute(
                sa.select(_responses).where(_responses.c.attempt == attempt.id)
            )
            done = score([_response(row) for row in rows])
            connection.execute(
                _attempts.update().where(_attempts.c.id == attempt.id).values(**_attempt_row(done))
            )
        return done

    # ---------------------------------------------------------------------- results

    def results(self, code: str) -> Iterator[tuple[Learner, Attempt]]:
        """Yield every attempt of a cohort with its learner, by learner and then by time."""
        query = (
            sa.select(_attempts, _learners.c.cohort, _names.c.name)
            .join(_learners, _learners.c.id == _attempts.c.learner)
            .outerjoin(_names, _names.c.learner == _learners.c.id)
            .where(_learners.c.cohort == code)
            .order_by(_learners.c.joined, _learners.c.id, _attempts.c.started, _attempts.c.id)
        )
        with self._read() as connection:
            for row in connection.execution_options(yield_per=1000).execute(query):
                yield Learner(row.learner, row.cohort, row.name), _attempt(row)


def _engine(url: str) -> Engine:
    engine = sa.create_engine(url)
    if engine.dialect.name == "sqlite":

        @sa.event.listens_for(engine, "connect")
        def _connect(connection: Any, _record: Any) -> None:
            connection.isolation_level = None  # transactions begin below, and nowhere else
            connection.execute("PRAGMA busy_timeout = 15000")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")  # acknowledged means durable
            connection.execute("PRAGMA foreign_keys = ON")

        @sa.event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
                connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _find(connection: Connection, name: str) -> Attempt | None:
    row = connection.execute(sa.select(_attempts).where(_attempts.c.id == name)).first()
    return _attempt(row) if row else None


def _of_learner(connection: Connection, learner: str, activity: str, kind: str) -> list[Attempt]:
    query = (
        sa.select(_attempts)
        .where(
            _attempts.c.learner == learner,
            _attempts.c.activity == activity,
            _attempts.c.kind == kind,
        )
        .order_by(_attempts.c.started, _attempts.c.id)
    )
    return [_attempt(row) for row in connection.execute(query)]


def _cohort(row: Any) -> Cohort:
    created = _time(row.created)
    assert created is not None
    return Cohort(row.code, row.name, tuple(json.loads(row.modules)), created, _time(row.closes))


def _attempt(row: Any) -> Attempt:
    started = _time(row.started)
    assert started is not None
    return Attempt(
        id=row.id,
        learner=row.learner,
        activity=row.activity,
        kind=row.kind,
        version=row.version,
        started=started,
        items=tuple(json.loads(row.items)),
        submitted=_time(row.submitted),
        raw=row.raw,
        max=row.max,
        passed=row.passed,
        steps=tuple(json.loads(row.steps)),
    )


def _attempt_row(attempt: Attempt) -> dict[str, Any]:
    return {
        "id": attempt.id,
        "learner": attempt.learner,
        "activity": attempt.activity,
        "kind": attempt.kind,
        "version": attempt.version,
        "items": json.dumps(attempt.items),
        "started": _plain(attempt.started),
        "submitted": _plain(attempt.submitted),
        "raw": attempt.raw,
        "max": attempt.max,
        "passed": attempt.passed,
        "steps": json.dumps(attempt.steps, ensure_ascii=False),
    }


def _response(row: Any) -> Response:
    received = _time(row.received)
    assert received is not None
    return Response(
        id=row.id,
        attempt=row.attempt,
        item=row.item,
        seq=row.seq,
        response=json.loads(row.response),
        at=row.at,
        received=received,
    )
