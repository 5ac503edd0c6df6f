"""The database under the results, and the one policy of transactions over it.

- A method of a repository is one transaction. When it returns, what it wrote is on disk; when it
  raises, nothing of it is there.
- ``write`` takes the database's turn at once and commits at its end. On SQLite one writer at a time
  waits in a queue of this process; on PostgreSQL rows are locked where two could meet.
- ``read`` looks once, outside any transaction. ``snapshot`` lets the database stand still for a
  long read, and holds nobody up.
- A repository never begins a transaction inside another; what two of them share takes a
  connection.
- Whatever goes wrong in the database itself is ``DatabaseUnusable``, in words. An IntegrityError
  comes out as it is: the caller knows what met there.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError

from collabcomm.errors import Invalid, Unusable
from collabcomm.store.tables import metadata

MIGRATIONS = Path(__file__).parent / "migrations"
REVISION = "0003"
NO_DRIVER = "PostgreSQL needs one more package. Install it with: pip install 'collabcomm[postgres]'"
# One transaction at a time may look whether the database is up to date, and bring it there.
_MIGRATION_LOCK = 7_205_133


class DatabaseUnusable(Unusable):
    """The database cannot be opened, is locked, full or out of reach. Nothing was written."""


class Database:
    """A SQLite file or a PostgreSQL database, at the version that this program means.

    Parameters
    ----------
    url
        A SQLAlchemy database URL.

    Raises
    ------
    DatabaseUnusable
        Where the database cannot be opened, with its address and the reason; also within every
        transaction where it is locked by another program, full, or out of reach.
    """

    def __init__(self, url: str) -> None:
        try:
            self.engine = _engine(url)
        except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
            if isinstance(error, ModuleNotFoundError) and error.name == "psycopg":
                raise DatabaseUnusable(NO_DRIVER) from None
            raise DatabaseUnusable(f"'{url}' is no database address: {error}") from None
        self.address = make_url(url).render_as_string(hide_password=True)
        self.dialect = self.engine.dialect.name
        self.in_process = self.dialect == "sqlite"  # not in a server of its own
        # SQLite takes one writer at a time and lets the others poll; a queue is fairer and quicker.
        self._writers: AbstractContextManager[Any] = (
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

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection in a transaction that is committed, durably, at the end."""
        with self._writers, self._errors_in_words(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection on which each statement sees what is committed by then."""
        with self._errors_in_words(), self.engine.connect() as connection:
            yield connection.execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Give a connection on which the database stands still, for long reads."""
        with self._errors_in_words(), self.engine.connect() as connection:
            if self.dialect == "postgresql":
                connection = connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            with connection.execution_options(collabcomm_readonly=True).begin():
                yield connection

    def insert(self, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
        """Return an INSERT that can say what happens where the key is there already."""
        return postgresql.insert(table) if self.dialect == "postgresql" else sqlite.insert(table)

    def insert_new(self, connection: Connection, table: sa.Table, values: dict[str, Any]) -> bool:
        """Insert a row unless its key is there; return whether it was new."""
        statement = self.insert(table).values(values).on_conflict_do_nothing()
        return connection.execute(statement.returning(*table.primary_key)).first() is not None

    def ping(self) -> None:
        """Look into the database; raise DatabaseUnusable where that cannot be done."""
        with self.read() as connection:
            connection.execute(sa.text("SELECT version_num FROM alembic_version"))

    def upgrade(self, revision: str = "head") -> None:
        """Bring the database to a version of the migrations, one process at a time.

        Raises
        ------
        DatabaseUnusable
            Where it is of a newer version than this program.
        """
        with self.write() as connection:
            if self.dialect == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
            found = _revision(connection)
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

    @contextmanager
    def _errors_in_words(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError:
            raise
        except sa.exc.DataError:
            raise Invalid("The database cannot hold this text.") from None
        except (DBAPIError, sa.exc.TimeoutError) as error:
            reason = str(getattr(error, "orig", None) or error).splitlines()[0]
            raise DatabaseUnusable(f"cannot use the database {self.address}: {reason}") from None


def stream(connection: Connection, query: sa.Select[Any]) -> Iterator[sa.Row[Any]]:
    """Yield the rows of a long read, of which a thousand at a time are in memory."""
    yield from connection.execute(query, execution_options={"yield_per": 1000})


def _revision(connection: Connection) -> str | None:
    """Return the version a database stands at, None for one that is empty or older."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return None if found is None else str(found)


def _engine(url: str) -> Engine:
    made = make_url(url)
    # Every request has a thread; each thread may hold one connection.
    engine = sa.create_engine(made, pool_size=40, pool_pre_ping=made.get_backend_name() != "sqlite")
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin below, and nowhere else
    connection.execute("PRAGMA busy_timeout = 15000")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")  # acknowledged means durable
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("isolation_level") != "AUTOCOMMIT":
        readonly = options.get("collabcomm_readonly")
        connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")
