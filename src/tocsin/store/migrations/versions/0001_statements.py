"""Statements, the register, attachments, the audit log, accounts; append-only by trigger; full-text search."""

from alembic import op

from tocsin.store.tables import APPEND_ONLY, metadata

revision = "0001"
down_revision = None

_SQLITE_TRIGGER = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
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
    metadata.create_all(op.get_bind())
    sqlite = op.get_bind().dialect.name == "sqlite"
    if sqlite:
        # Contentless: the words are in the statements already; the marking is a word, so that a search can stay
        # within what its asker may see.
        op.execute("CREATE VIRTUAL TABLE search USING fts5(words, marking, content='', tokenize='unicode61')")
    else:
        op.execute("CREATE TABLE search (recorded_at bigint PRIMARY KEY, marking integer NOT NULL, words tsvector)")
        op.execute("CREATE INDEX search_by_word ON search USING gin (words)")
        op.execute(_PG_FUNCTION)
    for table in (one.name for one in APPEND_ONLY):
        if sqlite:
            for verb in ("UPDATE", "DELETE"):
                op.execute(_SQLITE_TRIGGER.format(table=table, verb=verb))
        else:
            for trigger in _PG_TRIGGERS:
                op.execute(trigger.format(table=table))


def downgrade() -> None:
    """A record is never taken back."""
    raise NotImplementedError("a store is not taken back to an earlier form; restore a backup instead")
