"""Cohorts, learners, names, sessions, tokens, contents, attempts, responses."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the first tables. A database from before Alembic has them, and a table of its own."""
    if sa.inspect(op.get_bind()).has_table("cohorts"):
        op.drop_table("migrations")
        return
    _people()
    _work()


def _people() -> None:
    op.create_table(
        "cohorts",
        sa.Column("code", sa.String(20), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("modules", sa.Text, nullable=False),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("closes", sa.DateTime),
    )
    op.create_table(
        "learners",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column(
            "cohort", sa.String(20), sa.ForeignKey("cohorts.code"), nullable=False, index=True
        ),
        sa.Column("joined", sa.DateTime, nullable=False),
    )
    op.create_table(
        "names",
        sa.Column("learner", sa.String(40), sa.ForeignKey("learners.id"), primary_key=True),
        sa.Column("name", sa.String(80), nullable=False),
    )
    op.create_table(
        "sessions",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("learner", sa.String(40), sa.ForeignKey("learners.id"), nullable=False),
    )
    op.create_table(
        "tokens",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("created", sa.DateTime, nullable=False),
    )


def _work() -> None:
    op.create_table(
        "contents",
        sa.Column("version", sa.String(16), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("activity", sa.String(80), nullable=False),
        sa.Column("json", sa.Text, nullable=False),
    )
    op.create_table(
        "attempts",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column(
            "learner", sa.String(40), sa.ForeignKey("learners.id"), nullable=False, index=True
        ),
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
    )
    op.create_table(
        "responses",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column(
            "attempt", sa.String(36), sa.ForeignKey("attempts.id"), nullable=False, index=True
        ),
        sa.Column("item", sa.String(80), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("response", sa.Text, nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("received", sa.DateTime, nullable=False),
    )
