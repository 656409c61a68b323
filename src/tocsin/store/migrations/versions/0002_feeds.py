"""Feeds of the calendar: who reads what at an address that nobody can guess; only its digest is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table of feeds."""
    op.create_table(
        "feed",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("id", sa.String(20), nullable=False, unique=True),
        sa.Column("person", sa.String(63), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("ceiling", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(100)),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("revoked", sa.BigInteger()),
    )
    op.create_index("ix_feed_person", "feed", ["person"])


def downgrade() -> None:
    """A record is never taken back."""
    raise NotImplementedError("a store is not taken back to an earlier form; restore a backup instead")
