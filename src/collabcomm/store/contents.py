"""Compiled quizzes and scenarios by version: attempts and rooms come back to what they began on."""

from __future__ import annotations

from typing import cast

import sqlalchemy as sa

from collabcomm.engine.types import Content
from collabcomm.store import tables
from collabcomm.store.database import Database


class Contents:
    """The contents of a store. A version is kept once and never changes."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def keep(self, content: Content) -> None:
        """Keep a compiled quiz or scenario under its version. The same again is harmless."""
        row = {
            "version": content["version"],
            "kind": content["kind"],
            "activity": content["id"],
            "json": content,
        }
        with self.database.write() as connection:
            self.database.insert_new(connection, tables.contents, row)

    def get(self, version: str) -> Content | None:
        """Return a compiled quiz or scenario by its version, None where it was never kept."""
        query = sa.select(tables.contents.c.json).where(tables.contents.c.version == version)
        with self.database.read() as connection:
            return cast(Content | None, connection.scalar(query))
