"""Statements, the register, attachments, the audit log, accounts; append-only by trigger; full-text search.

Written out, and not made from ``store.tables``, so that what an old store looks like does not change with the code. A
change of the tables is a new migration.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

INSTANT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

APPEND_ONLY = {
    "marking": ("id = NEW.id", "digest = NEW.digest"),
    "statement": ("recorded_at = NEW.recorded_at", "id = NEW.id"),
    "link": ("target = NEW.target AND relation = NEW.relation AND source = NEW.source",),
    "register": ("recorded_at = NEW.recorded_at",),
    "blob": ("id = NEW.id", "recorded_at = NEW.recorded_at"),
    "audit": ("seq = NEW.seq",),
    "audit_object": ("object = NEW.object AND seq = NEW.seq",),
}
"""The tables of the record, each with what makes a new row take the place of one that is there."""

_SQLITE_TRIGGER = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""

# INSERT OR REPLACE deletes without asking the trigger above.
_SQLITE_REPLACE = """
CREATE TRIGGER {table}_no_REPLACE BEFORE INSERT ON {table} WHEN {there}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""

_PG_FUNCTION = """
CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
"""

_PG_TRIGGERS = (
    "CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION append_only()",
    "CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION append_only()",
)


def upgrade() -> None:
    """Make everything."""
    _record()
    _what_comes_and_goes()
    sqlite = op.get_bind().dialect.name == "sqlite"
    if sqlite:
        # Contentless: the words are in the statements already; the marking is a word, so that a search can stay
        # within what its asker may see.
        op.execute("CREATE VIRTUAL TABLE search USING fts5(words, marking, content='', tokenize='unicode61')")
    else:
        op.execute("CREATE TABLE search (recorded_at bigint PRIMARY KEY, marking integer NOT NULL, words tsvector)")
        op.execute("CREATE INDEX search_by_word ON search USING gin (words)")
        op.execute(_PG_FUNCTION)
    for table, same in APPEND_ONLY.items():
        if sqlite:
            there = " OR ".join(f"EXISTS (SELECT 1 FROM {table} WHERE {one})" for one in same)
            op.execute(_SQLITE_REPLACE.format(table=table, there=there))
            for verb in ("UPDATE", "DELETE"):
                op.execute(_SQLITE_TRIGGER.format(table=table, verb=verb))
        else:
            for trigger in _PG_TRIGGERS:
                op.execute(trigger.format(table=table))


def _record() -> None:
    op.create_table(
        "meta",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("value", sa.Text(), nullable=False),
    )
    op.create_table(
        "marking",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        sa.Column("canonical", sa.Text(), nullable=False),
    )
    op.create_table(
        "statement",
        sa.Column("recorded_at", INSTANT, primary_key=True, autoincrement=False),
        sa.Column("id", sa.String(64), nullable=False, unique=True),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(100), nullable=False),
        sa.Column("organisation", sa.String(63), nullable=False),
        sa.Column("person", sa.String(63)),
        sa.Column("attribution", sa.String(20), nullable=False),
        sa.Column("marking", sa.Integer(), sa.ForeignKey("marking.id"), nullable=False),
        sa.Column("open", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )
    op.create_index("statement_by_author", "statement", ["organisation", "person", "recorded_at"])
    op.create_index("statement_by_kind", "statement", ["kind", "marking", "recorded_at"])
    op.create_index("statement_by_kind_in_time", "statement", ["kind", "recorded_at"])
    op.create_index("statement_by_subject_and_kind", "statement", ["subject", "kind", "marking", "recorded_at"])
    op.create_index("statement_by_subject_and_kind_in_time", "statement", ["subject", "kind", "recorded_at"])
    op.create_index("statement_by_subject_in_time", "statement", ["subject", "recorded_at"])
    op.create_index("statement_by_marking", "statement", ["marking", "recorded_at"])
    op.create_index("statement_by_subject", "statement", ["subject", "marking", "recorded_at"])
    op.create_table(
        "link",
        sa.Column("target", sa.String(64), primary_key=True),
        sa.Column("relation", sa.String(20), primary_key=True),
        sa.Column("source", INSTANT, sa.ForeignKey("statement.recorded_at"), primary_key=True),
    )
    op.create_index("link_by_source", "link", ["source"])
    op.create_table(
        "register",
        sa.Column("recorded_at", INSTANT, primary_key=True, autoincrement=False),
        sa.Column("person", sa.String(63)),
        sa.Column("entry", sa.Text(), nullable=False),
    )
    op.create_table(
        "blob",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("organisation", sa.String(63), nullable=False),
        sa.Column("person", sa.String(63)),
    )
    op.create_index("blob_by_time", "blob", ["recorded_at"], unique=True)
    op.create_table(
        "audit",
        sa.Column("seq", INSTANT, primary_key=True, autoincrement=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("person", sa.String(63)),
        sa.Column("organisation", sa.String(63)),
        sa.Column("door", sa.String(20), nullable=False),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("objects", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_index("audit_by_act", "audit", ["act", "seq"])
    op.create_index("audit_by_person", "audit", ["person", "seq"])
    op.create_table(
        "audit_object",
        sa.Column("object", sa.String(64), primary_key=True),
        sa.Column("seq", INSTANT, sa.ForeignKey("audit.seq"), primary_key=True),
    )


def _what_comes_and_goes() -> None:
    op.create_table(
        "credential",
        sa.Column("person", sa.String(63), primary_key=True),
        sa.Column("password", sa.Text()),
        sa.Column("totp", sa.String(64)),
        sa.Column("totp_used", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("invitation", sa.String(64), unique=True),
        sa.Column("invited_until", sa.BigInteger(), nullable=False, server_default="0"),
    )
    op.create_table(
        "session",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("person", sa.String(63), nullable=False),
        sa.Column("stage", sa.String(20), nullable=False),
        sa.Column("pending", sa.Text()),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_session_person", "session", ["person"])
    op.create_table(
        "token",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("id", sa.String(20), nullable=False, unique=True),
        sa.Column("person", sa.String(63), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("scopes", sa.String(200), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("revoked", sa.BigInteger()),
    )
    op.create_index("ix_token_person", "token", ["person"])
    op.create_table(
        "attempt",
        sa.Column("key", sa.String(120), primary_key=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("blocked_until", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "draft",
        sa.Column("person", sa.String(63), primary_key=True),
        sa.Column("form", sa.String(120), primary_key=True),
        sa.Column("saved", sa.BigInteger(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
    )


def downgrade() -> None:
    """A record is never taken back."""
    raise NotImplementedError("a store is not taken back to an earlier form; restore a backup instead")
