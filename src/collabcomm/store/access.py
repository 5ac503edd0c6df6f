"""Who may do what: tokens of assessors and trainers, what must not happen often, shared values."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa

from collabcomm.engine.people import WINDOW, Role, hashed, new_secret
from collabcomm.store import tables
from collabcomm.store.database import Database
from collabcomm.store.types import Utc

_TIMES = tables.limits.c["count"]


class Access:
    """Tokens, limits and settings of a store."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def create_token(self, role: Role, holder: str, created: datetime) -> str:
        """Add a token and return it. It is shown this once; the store keeps only its hash."""
        token = new_secret()
        row = {"hash": hashed(token), "role": role, "name": holder, "created": created}
        with self.database.write() as connection:
            connection.execute(tables.tokens.insert().values(row))
        return token

    def tokens(self) -> list[tuple[str, str, datetime]]:
        """Return role, holder and time of every token, the oldest first."""
        query = sa.select(tables.tokens).order_by(tables.tokens.c.created)
        with self.database.read() as connection:
            return [(row.role, row.name, row.created) for row in connection.execute(query)]

    def revoke_tokens(self, holder: str) -> int:
        """Take the tokens of a holder back; return how many there were."""
        query = tables.tokens.delete().where(tables.tokens.c.name == holder)
        with self.database.write() as connection:
            return connection.execute(query).rowcount

    def role_of(self, token: str) -> str | None:
        """Return the role of a token, None where nobody gave it."""
        query = sa.select(tables.tokens.c.role).where(tables.tokens.c.hash == hashed(token))
        with self.database.read() as connection:
            return connection.scalar(query)

    def add_event(self, key: str, now: datetime, window: timedelta = WINDOW) -> int:
        """Count something that must not happen often; return how often it did in the window.

        The window begins with the first event and is forgotten when it is over.
        """
        over = tables.limits.c.started <= now - window
        again = {
            "started": sa.case((over, sa.literal(now, Utc)), else_=tables.limits.c.started),
            "count": sa.case((over, 1), else_=_TIMES + 1),
        }
        statement = (
            self.database.insert(tables.limits)
            .values(key=key, started=now, count=1)
            .on_conflict_do_update(index_elements=["key"], set_=again)
            .returning(_TIMES)
        )
        with self.database.write() as connection:
            connection.execute(tables.limits.delete().where(over))
            return int(connection.execute(statement).scalar_one())

    def events(self, key: str, now: datetime, window: timedelta = WINDOW) -> int:
        """Return how often something happened in the window, without counting it again."""
        query = sa.select(_TIMES).where(
            tables.limits.c.key == key, tables.limits.c.started > now - window
        )
        with self.database.read() as connection:
            return connection.scalar(query) or 0

    def setting(self, name: str, make: Callable[[], str]) -> str:
        """Return a value that all processes share, made by the first that asks."""
        query = sa.select(tables.settings.c.value).where(tables.settings.c.name == name)
        with self.database.read() as connection:
            found = connection.scalar(query)
        if found is None:
            with self.database.write() as connection:
                row = {"name": name, "value": make()}
                self.database.insert_new(connection, tables.settings, row)
                found = connection.scalar(query)
        return str(found)
