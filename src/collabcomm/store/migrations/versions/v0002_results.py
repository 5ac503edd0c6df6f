"""What cohorts settle, answers that came twice, imported records, limits and settings."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add columns with the values that held before, and the new tables."""
    for column in (
        sa.Column("opens", sa.DateTime),
        sa.Column("pass_mark", sa.Integer),
        sa.Column("attempts", sa.Integer),
        sa.Column("feedback", sa.String(20), nullable=False, server_default="after-submission"),
        sa.Column("names", sa.String(20), nullable=False, server_default="optional"),
        sa.Column("erases", sa.DateTime),
    ):
        op.add_column("cohorts", column)
    op.add_column("attempts", sa.Column("pass_mark", sa.Float))
    op.add_column(
        "attempts", sa.Column("scored_by", sa.String(20), nullable=False, server_default="service")
    )
    op.add_column(
        "responses", sa.Column("final", sa.Boolean, nullable=False, server_default=sa.false())
    )
    op.create_index("ix_sessions_learner", "sessions", ["learner"])
    op.create_table(
        "conflicts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("response_id", sa.String(36), nullable=False),
        sa.Column(
            "attempt", sa.String(36), sa.ForeignKey("attempts.id"), nullable=False, index=True
        ),
        sa.Column("item", sa.String(80), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("response", sa.Text, nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("received", sa.DateTime, nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
    )
    op.create_table(
        "records",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column(
            "learner", sa.String(40), sa.ForeignKey("learners.id"), nullable=False, index=True
        ),
        sa.Column("journal", sa.String(36), nullable=False, index=True),
        sa.Column("entries", sa.Text, nullable=False),
        sa.Column("imported", sa.DateTime, nullable=False),
    )
    op.create_table(
        "limits",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("started", sa.DateTime, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
    )
    op.create_table(
        "settings",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
