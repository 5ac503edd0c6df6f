"""Results on disk: cohorts, learners, attempts, responses, tokens, through SQLAlchemy.

Every method is one transaction; when it returns, what it wrote is durable. Several processes may
work on one database. Names stand in one table, apart from performance. Secrets are stored as
hashes. The database's versions are Alembic's, in ``migrations``.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError

from collabcomm.engine.attempt import (
    Attempt,
    Cohort,
    Learner,
    Response,
    Role,
    hashed,
    new_code,
    new_learner_id,
    new_pseudonym,
    new_secret,
)
from collabcomm.errors import Closed, Conflict, Invalid, NotFound, Unusable
from collabcomm.room import state as r

DEFAULT_URL = "sqlite:///collabcomm.sqlite3"
MIGRATIONS = Path(__file__).parent / "migrations"
REVISION = "0003"
MAX_CONFLICTS = 200  # kept of one attempt: enough to see what happened, too few to fill a disk
MAX_CHANGES = 50  # of one device's vote in one ballot
# One transaction at a time may look whether the database is up to date, and bring it there.
_MIGRATION_LOCK = 7_205_133

metadata = sa.MetaData()
_cohorts = sa.Table(
    "cohorts",
    metadata,
    sa.Column("code", sa.String(20), primary_key=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("modules", sa.Text, nullable=False),
    sa.Column("created", sa.DateTime, nullable=False),
    sa.Column("closes", sa.DateTime),
    sa.Column("opens", sa.DateTime),
    sa.Column("pass_mark", sa.Integer),
    sa.Column("attempts", sa.Integer),
    sa.Column("feedback", sa.String(20), nullable=False, server_default="after-submission"),
    sa.Column("names", sa.String(20), nullable=False, server_default="optional"),
    sa.Column("erases", sa.DateTime),
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
    sa.Column("learner", sa.ForeignKey("learners.id"), nullable=False, index=True),
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
    sa.Column("pass_mark", sa.Float),
    sa.Column("scored_by", sa.String(20), nullable=False, server_default="service"),
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
    sa.Column("final", sa.Boolean, nullable=False, server_default=sa.false()),
)
_conflicts = sa.Table(
    "conflicts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("response_id", sa.String(36), nullable=False),
    sa.Column("attempt", sa.ForeignKey("attempts.id"), nullable=False, index=True),
    sa.Column("item", sa.String(80), nullable=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("response", sa.Text, nullable=False),
    sa.Column("at", sa.String(40), nullable=False),
    sa.Column("received", sa.DateTime, nullable=False),
    sa.Column("reason", sa.String(40), nullable=False),
)
_records = sa.Table(
    "records",
    metadata,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("learner", sa.ForeignKey("learners.id"), nullable=False, index=True),
    sa.Column("journal", sa.String(36), nullable=False, index=True),
    sa.Column("entries", sa.Text, nullable=False),
    sa.Column("imported", sa.DateTime, nullable=False),
)
_limits = sa.Table(
    "limits",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("started", sa.DateTime, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
)
_settings = sa.Table(
    "settings",
    metadata,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)


_rooms = sa.Table(
    "rooms",
    metadata,
    sa.Column("code", sa.String(12), primary_key=True),
    sa.Column("owner", sa.String(80), nullable=False, index=True),
    sa.Column("scenario", sa.String(80), nullable=False),
    sa.Column("version", sa.String(16), nullable=False),
    sa.Column("screen", sa.String(64), nullable=False),
    sa.Column("created", sa.DateTime, nullable=False),
    sa.Column("rev", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("notes", sa.Text, nullable=False),
    sa.Column("ended", sa.DateTime),
)
_participants = sa.Table(
    "participants",
    metadata,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("room", sa.ForeignKey("rooms.code"), nullable=False, index=True),
    sa.Column("joined", sa.DateTime, nullable=False),
)
_votes = sa.Table(
    "votes",
    metadata,
    sa.Column("room", sa.ForeignKey("rooms.code"), primary_key=True),
    sa.Column("ballot", sa.Integer, primary_key=True),
    sa.Column("participant", sa.String(64), primary_key=True),
    sa.Column("choice", sa.String(80), nullable=False),
    sa.Column("changes", sa.Integer, nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
)


@dataclass(frozen=True)
class Kept:
    """An answer that the service did not take, kept for the assessor, and why.

    ``reason`` is ``other-content`` (its id came with other content before), ``after-checking``,
    ``after-submission`` or ``after-closing``.
    """

    response: Response
    reason: str


class DatabaseUnusable(Unusable):
    """The database cannot be opened, is locked, full or out of reach. Nothing was written."""


# ------------------------------------------------------------------------ times


def _time(value: datetime | None) -> datetime | None:
    """Return a time from the database, which keeps none but UTC, with its zone."""
    return value.replace(tzinfo=UTC) if value else None


def _plain(value: datetime | None) -> datetime | None:
    return value.astimezone(UTC).replace(tzinfo=None) if value else None


# Statements of the busiest path are built once: building takes as long as running them.
_MEMBER = (
    sa.select(_sessions.c.learner, *_cohorts.c)
    .join(_learners, _learners.c.id == _sessions.c.learner)
    .join(_cohorts, _cohorts.c.code == _learners.c.cohort)
    .where(_sessions.c.hash == sa.bindparam("secret"))
)
# An answer that nothing stands against takes one statement: it finds session, attempt and cohort
# open, or adds nothing. PostgreSQL holds the attempt against a submission at the same moment.
_may_answer = (
    sa.select(*(sa.bindparam(c.name, type_=c.type) for c in _responses.c))
    .select_from(_sessions)
    .join(_attempts, _attempts.c.learner == _sessions.c.learner)
    .join(_learners, _learners.c.id == _sessions.c.learner)
    .join(_cohorts, _cohorts.c.code == _learners.c.cohort)
    .where(
        _sessions.c.hash == sa.bindparam("secret"),
        _attempts.c.id == sa.bindparam("attempt"),
        _attempts.c.submitted.is_(None),
        sa.or_(_cohorts.c.closes.is_(None), _cohorts.c.closes > sa.bindparam("received")),
        ~sa.exists().where(_responses.c.attempt == _attempts.c.id, _responses.c.final),
    )
)
_ANSWER = {
    "sqlite": sqlite.insert(_responses)
    .from_select(_responses.c.keys(), _may_answer)
    .on_conflict_do_nothing()
    .returning(_responses.c.id),
    "postgresql": postgresql.insert(_responses)
    .from_select(_responses.c.keys(), _may_answer.with_for_update(of=_attempts))
    .on_conflict_do_nothing()
    .returning(_responses.c.id),
}


class Store:
    """The results of one service.

    Parameters
    ----------
    url
        A SQLAlchemy database URL; SQLite files and PostgreSQL are meant.

    Raises
    ------
    DatabaseUnusable
        Where the database cannot be opened, with its address and the reason; also by every method
        where it is locked by another program, full, or out of reach.
    """

    def __init__(self, url: str = DEFAULT_URL) -> None:
        try:
            self.engine = _engine(url)
        except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
            raise DatabaseUnusable(f"'{url}' is no database address: {error}") from None
        self.address = make_url(url).render_as_string(hide_password=True)
        self.in_process = self.engine.dialect.name == "sqlite"  # not in a server of its own
        # SQLite takes one writer at a time and lets the others poll; a queue is fairer and quicker.
        self._turn: AbstractContextManager[Any] = (
            threading.Lock() if self.in_process else nullcontext()
        )
        try:
            self.upgrade()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def upgrade(self, revision: str = "head") -> None:
        """Bring the database to a version of the migrations, one process at a time."""
        with self._write() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
            found = self.revision(connection)
            if found is not None and found > REVISION:
                raise DatabaseUnusable(
                    f"The database {self.address} is of a newer version of this program ({found}); "
                    "install that version."
                )
            if found == (REVISION if revision == "head" else revision):
                return
            from alembic import command
            from alembic.config import Config

            config = Config()
            config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
            config.set_main_option("path_separator", "os")
            config.attributes.update(connection=connection, metadata=metadata)
            command.upgrade(config, revision)

    @staticmethod
    def revision(connection: Connection) -> str | None:
        """Return the version a database stands at, None for one that is empty or older."""
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        found = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
        return None if found is None else str(found)

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with self._turn, self._said(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with self._said(), self.engine.connect() as connection:
            yield connection.execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Give a connection on which the database stands still, for long reads."""
        with self._said(), self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection = connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            with connection.execution_options(collabcomm_readonly=True).begin():
                yield connection

    def restoring(self) -> AbstractContextManager[Connection]:
        """Give a connection in one transaction, for reading a backup into an empty store."""
        return self._write()

    @contextmanager
    def _said(self) -> Iterator[None]:
        """Turn what the database says of itself into a sentence."""
        try:
            yield
        except IntegrityError:
            raise
        except sa.exc.DataError:
            raise Invalid("The database cannot hold this text.") from None
        except (DBAPIError, sa.exc.TimeoutError) as error:
            reason = str(getattr(error, "orig", None) or error).splitlines()[0]
            raise DatabaseUnusable(f"cannot use the database {self.address}: {reason}") from None

    def _insert_new(self, connection: Connection, table: sa.Table, **values: Any) -> bool:
        """Insert a row unless its key is there; return whether it was new."""
        insert = postgresql.insert if self.engine.dialect.name == "postgresql" else sqlite.insert
        made = insert(table).values(**values).on_conflict_do_nothing()
        return connection.execute(made.returning(*table.primary_key)).first() is not None

    # ---------------------------------------------------------- cohorts and tokens

    def create_cohort(
        self,
        name: str,
        modules: tuple[str, ...],
        created: datetime,
        closes: datetime | None = None,
        **settings: Any,
    ) -> Cohort:
        """Add a cohort under a fresh join code; ``settings`` are further fields of ``Cohort``."""
        cohort = Cohort(new_code(), name, modules, created, closes=closes, **settings)
        with self._write() as connection:
            connection.execute(_cohorts.insert().values(**_cohort_row(cohort)))
        return cohort

    def cohorts(self) -> list[Cohort]:
        """Return all cohorts, the oldest first."""
        query = sa.select(_cohorts).order_by(_cohorts.c.created, _cohorts.c.code)
        with self._read() as connection:
            return [_cohort(row) for row in connection.execute(query)]

    def cohort(self, code: str) -> Cohort:
        """Return a cohort by its code; raise NotFound without one."""
        with self._read() as connection:
            row = connection.execute(sa.select(_cohorts).where(_cohorts.c.code == code)).first()
        if row is None:
            raise NotFound(f"There is no cohort with the code {code}. Check it with your trainer.")
        return _cohort(row)

    def close_cohort(self, code: str, moment: datetime, keep_days: int | None) -> Cohort:
        """Close a cohort now, or leave it closed; with ``keep_days`` say when it is erased."""
        cohort = self.cohort(code)
        closes = cohort.closes if cohort.is_closed(moment) else moment
        erases = cohort.erases if keep_days is None else moment + timedelta(days=keep_days)
        with self._write() as connection:
            connection.execute(
                _cohorts.update()
                .where(_cohorts.c.code == code)
                .values(closes=_plain(closes), erases=_plain(erases))
            )
        return self.cohort(code)

    def erase_due(self, moment: datetime) -> int:
        """Erase the learners of cohorts whose time to be kept is over; return how many."""
        due = sa.select(_learners.c.id).join(_cohorts, _cohorts.c.code == _learners.c.cohort)
        with self._read() as connection:
            learners = connection.scalars(due.where(_cohorts.c.erases <= _plain(moment))).all()
        for one in learners:
            self.erase_learner(one)
        return len(learners)

    def create_token(self, role: Role, name: str, created: datetime) -> str:
        """Add a token and return it. It is shown this once; the store keeps only its hash."""
        token = new_secret()
        with self._write() as connection:
            connection.execute(
                _tokens.insert().values(
                    hash=hashed(token), role=role, name=name, created=_plain(created)
                )
            )
        return token

    def tokens(self) -> list[tuple[str, str, datetime]]:
        """Return role, holder and time of every token, the oldest first."""
        query = sa.select(_tokens).order_by(_tokens.c.created)
        with self._read() as connection:
            return [(r.role, r.name, r.created) for r in connection.execute(query)]

    def revoke_tokens(self, name: str) -> int:
        """Take the tokens of a holder back; return how many there were."""
        with self._write() as connection:
            return connection.execute(_tokens.delete().where(_tokens.c.name == name)).rowcount

    def role_of(self, token: str) -> str | None:
        """Return the role of a token, None where nobody gave it."""
        query = sa.select(_tokens.c.role).where(_tokens.c.hash == hashed(token))
        with self._read() as connection:
            return connection.scalar(query)

    # ---------------------------------------------------------- settings and limits

    def setting(self, name: str, make: Callable[[], str]) -> str:
        """Return a value that all processes share, made by the first that asks."""
        query = sa.select(_settings.c.value).where(_settings.c.name == name)
        with self._read() as connection:
            found = connection.scalar(query)
        if found is None:
            with self._write() as connection:
                self._insert_new(connection, _settings, name=name, value=make())
                found = connection.scalar(query)
        return str(found)

    def count(self, key: str, moment: datetime, window: timedelta) -> int:
        """Count something that must not happen often; return how often it did in the window."""
        insert = postgresql.insert if self.engine.dialect.name == "postgresql" else sqlite.insert
        over = _limits.c.started <= _plain(moment - window)
        start = {"started": _plain(moment), "count": 1}
        again = {
            "started": sa.case((over, _plain(moment)), else_=_limits.c.started),
            "count": sa.case((over, 1), else_=_limits.c["count"] + 1),
        }
        with self._write() as connection:
            connection.execute(_limits.delete().where(over))
            row = connection.execute(
                insert(_limits)
                .values(key=key, **start)
                .on_conflict_do_update(index_elements=["key"], set_=again)
                .returning(_limits.c["count"])
            ).one()
        return int(row[0])

    def counted(self, key: str, moment: datetime, window: timedelta) -> int:
        """Return how often something happened in the window, without counting it again."""
        query = sa.select(_limits.c["count"]).where(
            _limits.c.key == key, _limits.c.started > _plain(moment - window)
        )
        with self._read() as connection:
            return connection.scalar(query) or 0

    # --------------------------------------------------------------------- learners

    def join(self, code: str, name: str | None, moment: datetime) -> tuple[Learner, Cohort, str]:
        """Add a learner to a cohort; return them with it and the secret of their session.

        Raises NotFound for an unknown code, Closed for a cohort that has closed, and Invalid
        without a name where the cohort asks for one.
        """
        cohort = self.cohort(code)
        if cohort.is_closed(moment):
            raise Closed(f"The cohort '{cohort.name}' has closed. Ask your trainer for a new code.")
        if cohort.names == "required" and name is None:
            raise Invalid("This cohort asks for your name. Write it below the code.")
        if cohort.names == "pseudonyms":
            name = new_pseudonym()
        learner = Learner(new_learner_id(), code, name)
        secret = new_secret()
        with self._write() as connection:
            _add_learner(connection, learner, moment)
            connection.execute(_sessions.insert().values(hash=hashed(secret), learner=learner.id))
        return learner, cohort, secret

    def learner(self, name: str) -> Learner:
        """Return a learner by id; raise NotFound without one."""
        with self._read() as connection:
            row = connection.execute(_learner_query().where(_learners.c.id == name)).first()
        if row is None:
            raise NotFound(f"There is no learner with the id {name}. An export shows the ids.")
        return Learner(row.id, row.cohort, row.name)

    def learner_of(self, secret: str) -> Learner | None:
        """Return the learner of a session, None where there is none."""
        query = (
            _learner_query()
            .join(_sessions, _sessions.c.learner == _learners.c.id)
            .where(_sessions.c.hash == hashed(secret))
        )
        with self._read() as connection:
            row = connection.execute(query).first()
        return Learner(row.id, row.cohort, row.name) if row else None

    def member(self, secret: str) -> tuple[Learner, Cohort] | None:
        """Return the learner of a session with their cohort, None where there is none."""
        with self._read() as connection:
            row = connection.execute(_MEMBER, {"secret": hashed(secret)}).first()
        return (Learner(row.learner, row.code, None), _cohort(row)) if row else None

    def leave(self, secret: str) -> None:
        """End a session. What the learner did stays."""
        with self._write() as connection:
            connection.execute(_sessions.delete().where(_sessions.c.hash == hashed(secret)))

    def learners(self, code: str) -> list[Learner]:
        """Return the learners of a cohort in the order they joined."""
        query = _learner_query().where(_learners.c.cohort == code)
        with self._read() as connection:
            rows = connection.execute(query.order_by(_learners.c.joined, _learners.c.id))
            return [Learner(row.id, row.cohort, row.name) for row in rows]

    def erase_learner(self, name: str) -> None:
        """Erase a learner and everything they did; raise NotFound for an unknown one."""
        self.learner(name)
        mine = sa.select(_attempts.c.id).where(_attempts.c.learner == name)
        with self._write() as connection:
            for table in (_responses, _conflicts):
                connection.execute(table.delete().where(table.c.attempt.in_(mine)))
            for table in (_attempts, _records, _sessions, _names):
                connection.execute(table.delete().where(table.c.learner == name))
            connection.execute(_learners.delete().where(_learners.c.id == name))

    def everything_of(self, name: str) -> dict[str, Any]:
        """Return all that the store holds on a learner, for the learner to have."""
        learner = self.learner(name)
        with self.snapshot() as connection:
            rows = {
                table.name: [
                    dict(row._mapping)
                    for row in connection.execute(sa.select(table).where(table.c.learner == name))
                ]
                for table in (_attempts, _records)
            }
            mine = [row["id"] for row in rows["attempts"]]
            for table in (_responses, _conflicts):
                found = connection.execute(sa.select(table).where(table.c.attempt.in_(mine)))
                rows[table.name] = [dict(row._mapping) for row in found]
        return {"learner": asdict(learner), **rows}

    # --------------------------------------------------------------------- contents

    def keep_content(self, data: dict[str, Any]) -> None:
        """Keep a compiled quiz or scenario under its version, for attempts to come back to."""
        with self._write() as connection:
            self._insert_new(
                connection,
                _contents,
                version=data["version"],
                kind=data["kind"],
                activity=data["id"],
                json=json.dumps(data, ensure_ascii=False),
            )

    def content(self, version: str) -> dict[str, Any] | None:
        """Return a compiled quiz or scenario by its version."""
        query = sa.select(_contents.c.json).where(_contents.c.version == version)
        with self._read() as connection:
            text = connection.scalar(query)
        return dict(json.loads(text)) if text is not None else None

    # --------------------------------------------------------------------- attempts

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
        with self._write() as connection:
            # Two tabs that start at once take turns.
            connection.execute(
                sa.select(_learners.c.id).where(_learners.c.id == attempt.learner).with_for_update()
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

    def answer(self, secret: str, response: Response) -> bool:
        """Keep a response of a session's learner where nothing stands against it; tell whether.

        Where it returns False nothing was written, and ``respond`` says why or sees that the same
        is there already.
        """
        with self._write() as connection:
            row = {**_response_row(response), "secret": hashed(secret)}
            return connection.execute(_ANSWER[connection.dialect.name], row).first() is not None

    def respond(self, response: Response) -> None:
        """Keep a response. The same again is harmless.

        Raises Conflict where its id came with another payload before, after its item was checked,
        and after submitting; what came then is kept in the table of conflicts.
        """
        try:
            self._respond(response)
        except IntegrityError:  # the same id at once, under another attempt
            self._respond(response)

    def _respond(self, response: Response) -> None:
        row = _response_row(response)
        refusal = None
        with self._write() as connection:
            attempt = _find(connection, response.attempt, lock=True)
            if attempt is None:
                raise NotFound("There is no such attempt.")
            known = connection.execute(
                sa.select(_responses).where(_responses.c.id == response.id)
            ).first()
            if known is not None:
                payload = ("attempt", "item", "seq", "response", "final")
                if all(getattr(known, key) == row[key] for key in payload):
                    return
                refusal = "other-content", "This response's id came with other content before."
            elif attempt.submitted is not None:
                refusal = (
                    "after-submission",
                    "This attempt is submitted; its answers can no longer change.",
                )
            elif _is_checked(connection, response):
                refusal = "after-checking", "This answer was checked; it can no longer change."
            if refusal is None:
                connection.execute(_responses.insert().values(**row))
                return
            _keep(connection, response, refusal[0])
        raise Conflict(f"{refusal[1]} What you sent is kept for the assessor to see.")

    def keep_late(self, response: Response) -> None:
        """Keep an answer that came after its cohort had closed, for the assessor to see."""
        with self._write() as connection:
            known = connection.scalar(
                sa.select(_responses.c.id).where(_responses.c.id == response.id)
            )
            if known is None:
                _keep(connection, response, "after-closing")

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
            known = _find(connection, attempt.id, lock=True)
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

    def work_of(self, learner: str) -> list[tuple[Attempt, list[Response]]]:
        """Return a learner's attempts with their responses, the oldest first."""
        query = sa.select(_attempts).where(_attempts.c.learner == learner)
        with self._read() as connection:
            rows = connection.execute(query.order_by(_attempts.c.started, _attempts.c.id)).all()
        return [(_attempt(row), self.responses(row.id)) for row in rows]

    # ---------------------------------------------------------------------- records

    def journals(self, journal: str) -> list[tuple[Learner, list[str]]]:
        """Return the imports of a learner's own journal so far: whose, and its entries' hashes."""
        query = (
            sa.select(_records.c.learner, _records.c.entries, _learners.c.cohort, _names.c.name)
            .join(_learners, _learners.c.id == _records.c.learner)
            .outerjoin(_names, _names.c.learner == _learners.c.id)
            .where(_records.c.journal == journal)
        )
        with self._read() as connection:
            return [
                (Learner(row.learner, row.cohort, row.name), json.loads(row.entries))
                for row in connection.execute(query)
            ]

    def import_record(
        self,
        learner: Learner,
        record: tuple[str, str, list[str]],
        work: list[tuple[Attempt, list[Response]]],
        moment: datetime,
    ) -> int:
        """Add a record's attempts to a learner, who is made if new; return how many were new.

        ``record`` is the file's hash, its journal and the hashes of its entries.
        """
        name, journal, entries = record
        added = 0
        with self._write() as connection:
            known = sa.select(_learners.c.id).where(_learners.c.id == learner.id)
            if connection.scalar(known) is None:
                _add_learner(connection, learner, moment)
            self._insert_new(
                connection,
                _records,
                hash=name,
                learner=learner.id,
                journal=journal,
                entries=json.dumps(entries),
                imported=_plain(moment),
            )
            for attempt, responses in work:
                if self._insert_new(connection, _attempts, **_attempt_row(attempt)):
                    added += 1
                    for one in responses:
                        connection.execute(_responses.insert().values(**_response_row(one)))
        return added

    # ------------------------------------------------------------------------ rooms

    def create_room(self, room: r.Room) -> None:
        """Add a room."""
        with self._write() as connection:
            connection.execute(_rooms.insert().values(**_room_row(room)))

    def room(self, code: str) -> r.Room:
        """Return a room by its code; raise NotFound without one."""
        with self._read() as connection:
            row = connection.execute(sa.select(_rooms).where(_rooms.c.code == code)).first()
        if row is None:
            raise NotFound(f"There is no room with the code {code}. Check it with your trainer.")
        return _room(row)

    def rooms(self, owner: str) -> list[r.Room]:
        """Return a trainer's rooms, the newest first."""
        query = sa.select(_rooms).where(_rooms.c.owner == owner)
        with self._read() as connection:
            rows = connection.execute(query.order_by(_rooms.c.created.desc()))
            return [_room(row) for row in rows]

    def ended_rooms(self, version: str, but: str) -> list[r.Room]:
        """Return the ended rooms of one version of a scenario, all trainers', one room apart."""
        query = sa.select(_rooms).where(
            _rooms.c.version == version, _rooms.c.ended.is_not(None), _rooms.c.code != but
        )
        with self._read() as connection:
            return [_room(row) for row in connection.execute(query.order_by(_rooms.c.created))]

    def change_room(
        self, code: str, rev: int, change: Callable[[r.Room, dict[str, int]], r.Room]
    ) -> r.Room:
        """Change a room in one transaction, which no vote can come between.

        ``change`` gets the room and the counts of its open ballot. Raises Conflict where the room
        has changed since ``rev``: another window, or another trainer, was quicker.
        """
        with self._write() as connection:
            row = connection.execute(
                sa.select(_rooms).where(_rooms.c.code == code).with_for_update()
            ).first()
            if row is None:
                raise NotFound("There is no such room.")
            known = _room(row)
            if known.rev != rev:
                raise Conflict("The room has moved on in another window. Here it is as it stands.")
            ballot = known.state["ballot"]
            counts = _counts(connection, code, ballot) if ballot else {}
            changed = replace(change(known, counts), rev=rev + 1)
            connection.execute(
                _rooms.update().where(_rooms.c.code == code).values(**_room_row(changed))
            )
        return changed

    def enter_room(self, code: str, participant: str, moment: datetime) -> None:
        """Note that somebody is in a room; ``participant`` is the hash of their device's secret."""
        with self._write() as connection:
            self._insert_new(
                connection, _participants, hash=participant, room=code, joined=_plain(moment)
            )

    def is_in_room(self, code: str, participant: str) -> bool:
        """Tell whether a device is in a room."""
        query = sa.select(_participants.c.hash).where(
            _participants.c.hash == participant, _participants.c.room == code
        )
        with self._read() as connection:
            return connection.scalar(query) is not None

    def people(self, code: str) -> int:
        """Return how many devices are in a room."""
        query = sa.select(sa.func.count()).where(_participants.c.room == code)
        with self._read() as connection:
            return connection.scalar(query) or 0

    def vote(self, code: str, ballot: int, participant: str, choice: str, at: datetime) -> None:
        """Keep a device's vote; a second one in the same ballot takes the place of the first.

        Raises Conflict where the ballot is not open: the room is locked against closing meanwhile.
        """
        insert = postgresql.insert if self.engine.dialect.name == "postgresql" else sqlite.insert
        key = {"room": code, "ballot": ballot, "participant": participant}
        again = {
            "choice": choice,
            "at": _plain(at),
            "changes": _votes.c.changes + 1,
        }
        with self._write() as connection:
            text = connection.scalar(
                sa.select(_rooms.c.state).where(_rooms.c.code == code).with_for_update(read=True)
            )
            if text is None:
                raise NotFound("There is no such room.")
            if json.loads(text)["ballot"] != ballot:
                raise Conflict("This vote is closed.")
            done = connection.execute(
                insert(_votes)
                .values(**key, choice=choice, changes=0, at=_plain(at))
                .on_conflict_do_update(
                    index_elements=list(key), set_=again, where=_votes.c.changes < MAX_CHANGES
                )
                .returning(_votes.c.changes)
            ).first()
            if done is None:
                raise Conflict("You have changed this vote very often. The last one counts.")

    def counts(self, code: str, ballot: int) -> tuple[dict[str, int], int]:
        """Return the votes by choice, and a number that changes with every vote."""
        with self._read() as connection:
            mark = connection.scalar(
                sa.select(sa.func.coalesce(sa.func.sum(_votes.c.changes + 1), 0)).where(
                    _votes.c.room == code, _votes.c.ballot == ballot
                )
            )
            return _counts(connection, code, ballot), int(mark or 0)

    # ---------------------------------------------------------------------- results

    def count_attempts(self, code: str) -> int:
        """Return how many attempts a cohort has, the open ones included."""
        query = sa.select(sa.func.count()).select_from(_attempts.join(_learners))
        with self._read() as connection:
            return connection.scalar(query.where(_learners.c.cohort == code)) or 0

    def activities(self, code: str) -> list[tuple[str, str]]:
        """Return what a cohort has attempted, as activity and kind, in the order of their names."""
        query = (
            sa.select(_attempts.c.activity, _attempts.c.kind)
            .join(_learners, _learners.c.id == _attempts.c.learner)
            .where(_learners.c.cohort == code)
            .distinct()
            .order_by(_attempts.c.kind, _attempts.c.activity)
        )
        with self._read() as connection:
            return [(row.activity, row.kind) for row in connection.execute(query)]

    def results(self, code: str) -> Iterator[tuple[Learner, Attempt]]:
        """Yield every attempt of a cohort with its learner, by learner and then by time."""
        with self.snapshot() as connection:
            for row in _stream(connection, _result_query(code)):
                yield Learner(row.learner, row.cohort, row.name), _attempt(row)

    def work(self, code: str) -> Iterator[tuple[Learner, Attempt, list[Response]]]:
        """Yield every attempt of a cohort with its learner and its responses, as ``results`` does.

        Two streams in the same order are read side by side, so that memory does not grow with the
        cohort.
        """
        order = (_learners.c.joined, _learners.c.id, _attempts.c.started, _attempts.c.id)
        query = (
            sa.select(_responses)
            .join(_attempts, _attempts.c.id == _responses.c.attempt)
            .join(_learners, _learners.c.id == _attempts.c.learner)
            .where(_learners.c.cohort == code)
            .order_by(*order, _responses.c.received, _responses.c.seq)
        )
        with self.snapshot() as connection:
            rows = iter(_stream(connection, query))
            row = next(rows, None)
            for found in _stream(connection, _result_query(code)):
                given = []
                while row is not None and row.attempt == found.id:
                    given.append(_response(row))
                    row = next(rows, None)
                learner = Learner(found.learner, found.cohort, found.name)
                yield learner, _attempt(found), given

    def conflicts(self, code: str) -> Iterator[tuple[Learner, Attempt, Kept]]:
        """Yield the answers of a cohort that were not taken, in the order received."""
        query = (
            _result_query(code)
            .add_columns(*(c.label(f"kept_{c.name}") for c in _conflicts.c))
            .join(_conflicts, _conflicts.c.attempt == _attempts.c.id)
            .order_by(None)
            .order_by(_conflicts.c.id)
        )
        with self.snapshot() as connection:
            for row in _stream(connection, query):
                received = _time(row.kept_received)
                assert received is not None
                response = Response(
                    row.kept_response_id,
                    row.id,
                    row.kept_item,
                    row.kept_seq,
                    json.loads(row.kept_response),
                    row.kept_at,
                    received,
                )
                learner = Learner(row.learner, row.cohort, row.name)
                yield learner, _attempt(row), Kept(response, row.kept_reason)


def _engine(url: str) -> Engine:
    made = make_url(url)
    # Every request has a thread; each thread may hold one connection.
    engine = sa.create_engine(made, pool_size=40, pool_pre_ping=made.get_backend_name() != "sqlite")
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
            options = connection.get_execution_options()
            if options.get("isolation_level") != "AUTOCOMMIT":
                readonly = options.get("collabcomm_readonly")
                connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")

    return engine


def _stream(connection: Connection, query: sa.Select[Any]) -> Iterator[Any]:
    yield from connection.execute(query, execution_options={"yield_per": 1000})


def _result_query(code: str) -> sa.Select[Any]:
    return (
        sa.select(_attempts, _learners.c.cohort, _names.c.name)
        .join(_learners, _learners.c.id == _attempts.c.learner)
        .outerjoin(_names, _names.c.learner == _learners.c.id)
        .where(_learners.c.cohort == code)
        .order_by(_learners.c.joined, _learners.c.id, _attempts.c.started, _attempts.c.id)
    )


def _learner_query() -> sa.Select[Any]:
    return sa.select(_learners.c.id, _learners.c.cohort, _names.c.name).outerjoin(
        _names, _names.c.learner == _learners.c.id
    )


def _add_learner(connection: Connection, learner: Learner, moment: datetime) -> None:
    connection.execute(
        _learners.insert().values(id=learner.id, cohort=learner.cohort, joined=_plain(moment))
    )
    if learner.name:
        connection.execute(_names.insert().values(learner=learner.id, name=learner.name))


def _is_checked(connection: Connection, response: Response) -> bool:
    query = sa.select(_responses.c.id).where(
        _responses.c.attempt == response.attempt,
        _responses.c.item == response.item,
        _responses.c.final,
    )
    return connection.scalar(query) is not None


def _keep(connection: Connection, response: Response, reason: str) -> None:
    """Keep an answer that is not taken, once, and not without end."""
    of_attempt = _conflicts.c.attempt == response.attempt
    row = {k: v for k, v in _response_row(response).items() if k not in ("id", "final")}
    row |= {"response_id": response.id, "reason": reason}
    same = (_conflicts.c[key] == row[key] for key in ("response_id", "seq", "response", "reason"))
    if connection.scalar(sa.select(_conflicts.c.id).where(of_attempt, *same)) is not None:
        return
    total = connection.scalar(sa.select(sa.func.count()).select_from(_conflicts).where(of_attempt))
    if (total or 0) < MAX_CONFLICTS:
        connection.execute(_conflicts.insert().values(**row))


def _find(connection: Connection, name: str, lock: bool = False) -> Attempt | None:
    query = sa.select(_attempts).where(_attempts.c.id == name)
    row = connection.execute(query.with_for_update() if lock else query).first()
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
    return Cohort(
        code=row.code,
        name=row.name,
        modules=tuple(json.loads(row.modules)),
        created=created,
        opens=_time(row.opens),
        closes=_time(row.closes),
        pass_mark=row.pass_mark,
        attempts=row.attempts,
        feedback=row.feedback,
        names=row.names,
        erases=_time(row.erases),
    )


def _cohort_row(cohort: Cohort) -> dict[str, Any]:
    times = {key: _plain(getattr(cohort, key)) for key in ("created", "opens", "closes", "erases")}
    return {**asdict(cohort), "modules": json.dumps(cohort.modules), **times}


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
        pass_mark=row.pass_mark,
        scored_by=row.scored_by,
        steps=tuple(json.loads(row.steps)),
    )


def _counts(connection: Connection, code: str, ballot: int) -> dict[str, int]:
    query = (
        sa.select(_votes.c.choice, sa.func.count())
        .where(_votes.c.room == code, _votes.c.ballot == ballot)
        .group_by(_votes.c.choice)
    )
    return {choice: int(count) for choice, count in connection.execute(query)}


def _room(row: Any) -> r.Room:
    created = _time(row.created)
    assert created is not None
    return r.Room(
        code=row.code,
        owner=row.owner,
        scenario=row.scenario,
        version=row.version,
        screen=row.screen,
        created=created,
        rev=row.rev,
        state=json.loads(row.state),
        notes=row.notes,
        ended=_time(row.ended),
    )


def _room_row(room: r.Room) -> dict[str, Any]:
    state = json.dumps(room.state, ensure_ascii=False)
    times = {"created": _plain(room.created), "ended": _plain(room.ended)}
    return {**asdict(room), "state": state, **times}


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
        "pass_mark": attempt.pass_mark,
        "scored_by": attempt.scored_by,
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
        final=row.final,
    )


def _response_row(response: Response) -> dict[str, Any]:
    return {
        "id": response.id,
        "attempt": response.attempt,
        "item": response.item,
        "seq": response.seq,
        "response": json.dumps(response.response, ensure_ascii=False, sort_keys=True),
        "at": response.at,
        "received": _plain(response.received),
        "final": response.final,
    }
