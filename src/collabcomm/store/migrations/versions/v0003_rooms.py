"""Trainers' rooms, who is in them, and their votes."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the tables of the trainer's room."""
    op.create_table(
        "rooms",
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
    op.create_table(
        "participants",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("room", sa.String(12), sa.ForeignKey("rooms.code"), nullable=False, index=True),
        sa.Column("joined", sa.DateTime, nullable=False),
    )
    op.create_table(
        "votes",
        sa.Column("room", sa.String(12), sa.ForeignKey("rooms.code"), primary_key=True),
        sa.Column("ballot", sa.Integer, primary_key=True),
        sa.Column("participant", sa.String(64), primary_key=True),
        sa.Column("choice", sa.String(80), nullable=False),
        sa.Column("changes", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
    )
