"""Results on disk: cohorts, learners, attempts, responses, tokens, through SQLAlchemy.

Several processes may work on one database. Its versions are Alembic's, in ``migrations``; what each
method promises stands with it, and together in ``docs/engine/store.md``.
"""

from collabcomm.store.database import DatabaseUnusable
from collabcomm.store.store import Store

__all__ = ["DatabaseUnusable", "Store"]
