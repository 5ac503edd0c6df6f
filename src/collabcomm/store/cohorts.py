"""Cohorts: groups of learners that an assessor looks at together."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from collabcomm.engine.people import JOIN_CODE, Cohort
from collabcomm.errors import NotFound
from collabcomm.store import tables
from collabcomm.store.database import Database
from collabcomm.store.tables import as_value


class Cohorts:
    """The cohorts of a store."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def create(
        self,
        name: str,
        modules: tuple[str, ...],
        created: datetime,
        closes: datetime | None = None,
        **settings: Any,
    ) -> Cohort:
        """Add a cohort under a fresh join code; ``settings`` are further fields of ``Cohort``."""
        cohort = Cohort(JOIN_CODE.new(), name, modules, created, closes=closes, **settings)
        with self.database.write() as connection:
            connection.execute(tables.cohorts.insert().values(vars(cohort)))
        return cohort

    def all(self) -> list[Cohort]:
        """Return all cohorts, the oldest first."""
        query = sa.select(tables.cohorts).order_by(tables.cohorts.c.created, tables.cohorts.c.code)
        with self.database.read() as connection:
            return [as_value(Cohort, row) for row in connection.execute(query)]

    def get(self, code: str) -> Cohort:
        """Return a cohort by its code; raise NotFound without one."""
        query = sa.select(tables.cohorts).where(tables.cohorts.c.code == code)
        with self.database.read() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise NotFound(f"There is no cohort with the code {code}. Check it with your trainer.")
        return as_value(Cohort, row)

    def close(self, code: str, now: datetime, keep_days: int | None) -> Cohort:
        """Close a cohort now, or leave it closed; with ``keep_days`` say when it is erased."""
        cohort = self.get(code)
        closes = cohort.closes if cohort.is_closed(now) else now
        erases = cohort.erases if keep_days is None else now + timedelta(days=keep_days)
        query = tables.cohorts.update().where(tables.cohorts.c.code == code)
        with self.database.write() as connection:
            connection.execute(query.values(closes=closes, erases=erases))
        return self.get(code)
