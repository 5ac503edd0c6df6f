"""The results of a service: one database, and a repository for each thing that is kept in it."""

from __future__ import annotations

from collabcomm.settings import DEFAULT_DATABASE
from collabcomm.store.access import Access
from collabcomm.store.attempts import Attempts
from collabcomm.store.cohorts import Cohorts
from collabcomm.store.contents import Contents
from collabcomm.store.database import Database
from collabcomm.store.learners import Learners
from collabcomm.store.records import Records
from collabcomm.store.results import Results


class Store:
    """The results of one service.

    The trainer's rooms are in the same ``database``; ``room.rooms.Rooms`` works on it.

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

    def __init__(self, url: str = DEFAULT_DATABASE) -> None:
        self.database = Database(url)
        self.cohorts = Cohorts(self.database)
        self.learners = Learners(self.database, self.cohorts)
        self.contents = Contents(self.database)
        self.attempts = Attempts(self.database)
        self.records = Records(self.database)
        self.results = Results(self.database)
        self.access = Access(self.database)

    @property
    def in_process(self) -> bool:
        """Whether the database is a file of this process, and not in a server of its own."""
        return self.database.in_process

    def ping(self) -> None:
        """Look into the database; raise DatabaseUnusable where that cannot be done."""
        self.database.ping()

    def close(self) -> None:
        """Close all connections."""
        self.database.close()
