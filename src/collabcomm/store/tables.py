"""All tables of the results: the one schema that migrations lead to and backups hold.

The tables of the trainer's room stand here too, though the questions to them are the room's
(``room/rooms.py``): a database has one history. Names stand in one table, apart from performance;
secrets are stored as hashes. ``as_value`` makes the engine's values of rows, whose columns have the
names of their fields.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa

from collabcomm.engine.people import MAX_NAME
from collabcomm.store.types import JsonText, Utc

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")

metadata = sa.MetaData()
cohorts = sa.Table(
    "cohorts",
    metadata,
    sa.Column("code", sa.String(20), primary_key=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("modules", JsonText(ascii_only=True, as_tuple=True), nullable=False),
    sa.Column("created", Utc, nullable=False),
    sa.Column("closes", Utc),
    sa.Column("opens", Utc),
    sa.Column("pass_mark", sa.Integer),
    sa.Column("attempts", sa.Integer),
    sa.Column("feedback", sa.String(20), nullable=False, server_default="after-submission"),
    sa.Column("names", sa.String(20), nullable=False, server_default="optional"),
    sa.Column("erases", Utc),
)
learners = sa.Table(
    "learners",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("cohort", sa.ForeignKey("cohorts.code"), nullable=False, index=True),
    sa.Column("joined", Utc, nullable=False),
)
names = sa.Table(
    "names",
    metadata,
    sa.Column("learner", sa.ForeignKey("learners.id"), primary_key=True),
    sa.Column("name", sa.String(MAX_NAME), nullable=False),
)
sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("learner", sa.ForeignKey("learners.id"), nullable=False, index=True),
)
tokens = sa.Table(
    "tokens",
    metadata,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("name", sa.String(MAX_NAME), nullable=False),
    sa.Column("created", Utc, nullable=False),
)
contents = sa.Table(
    "contents",
    metadata,
    sa.Column("version", sa.String(16), primary_key=True),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("activity", sa.String(80), nullable=False),
    sa.Column("json", JsonText, nullable=False),
)
attempts = sa.Table(
    "attempts",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("learner", sa.ForeignKey("learners.id"), nullable=False, index=True),
    sa.Column("activity", sa.String(80), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("version", sa.String(16), nullable=False),
    sa.Column("items", JsonText(ascii_only=True, as_tuple=True), nullable=False),
    sa.Column("started", Utc, nullable=False),
    sa.Column("submitted", Utc),
    sa.Column("raw", sa.Float),
    sa.Column("max", sa.Float),
    sa.Column("passed", sa.Boolean),
    sa.Column("steps", JsonText(as_tuple=True), nullable=False),
    sa.Column("pass_mark", sa.Float),
    sa.Column("scored_by", sa.String(20), nullable=False, server_default="service"),
)


def _answer() -> tuple[sa.Column[Any], ...]:
    """Return the columns of an answer, whether it was taken or not."""
    return (
        sa.Column("attempt", sa.ForeignKey("attempts.id"), nullable=False, index=True),
        sa.Column("item", sa.String(80), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("response", JsonText(sort_keys=True), nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("received", Utc, nullable=False),
    )


responses = sa.Table(
    "responses",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    *_answer(),
    sa.Column("final", sa.Boolean, nullable=False, server_default=sa.false()),
)
conflicts = sa.Table(
    "conflicts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("response_id", sa.String(36), nullable=False),
    *_answer(),
    sa.Column("reason", sa.String(40), nullable=False),
)
records = sa.Table(
    "records",
    metadata,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("learner", sa.ForeignKey("learners.id"), nullable=False, index=True),
    sa.Column("journal", sa.String(36), nullable=False, index=True),
    sa.Column("entries", JsonText(ascii_only=True), nullable=False),
    sa.Column("imported", Utc, nullable=False),
)
limits = sa.Table(
    "limits",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("started", Utc, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
)
settings = sa.Table(
    "settings",
    metadata,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
rooms = sa.Table(
    "rooms",
    metadata,
    sa.Column("code", sa.String(12), primary_key=True),
    sa.Column("owner", sa.String(MAX_NAME), nullable=False, index=True),
    sa.Column("scenario", sa.String(80), nullable=False),
    sa.Column("version", sa.String(16), nullable=False),
    sa.Column("screen", sa.String(64), nullable=False),
    sa.Column("created", Utc, nullable=False),
    sa.Column("rev", sa.Integer, nullable=False),
    sa.Column("state", JsonText, nullable=False),
    sa.Column("notes", sa.Text, nullable=False),
    sa.Column("ended", Utc),
)
participants = sa.Table(
    "participants",
    metadata,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("room", sa.ForeignKey("rooms.code"), nullable=False, index=True),
    sa.Column("joined", Utc, nullable=False),
)
votes = sa.Table(
    "votes",
    metadata,
    sa.Column("room", sa.ForeignKey("rooms.code"), primary_key=True),
    sa.Column("ballot", sa.Integer, primary_key=True),
    sa.Column("participant", sa.String(64), primary_key=True),
    sa.Column("choice", sa.String(80), nullable=False),
    sa.Column("changes", sa.Integer, nullable=False),
    sa.Column("at", Utc, nullable=False),
)


def as_value(kind: type[T], row: sa.Row[Any]) -> T:
    """Make a dataclass of the columns that are called as its fields; the row may have more."""
    columns = row._mapping
    return kind(**{name: columns[name] for name in kind.__dataclass_fields__})
