"""The tables of a store. Those of the record are append-only: the database itself refuses to change or delete a row."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData()

_Instant = BigInteger().with_variant(Integer, "sqlite")
"""Microseconds; in SQLite an INTEGER primary key is the row's own number, which keeps the table in order of time."""

_Digest = String(64)

meta = Table(
    "meta",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)

# The record ---------------------------------------------------------------------------------------------------------

marking = Table(
    "marking",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("digest", _Digest, nullable=False, unique=True),
    Column("canonical", Text, nullable=False),
)

statement = Table(
    "statement",
    metadata,
    Column("recorded_at", _Instant, primary_key=True, autoincrement=False),
    Column("id", _Digest, nullable=False, unique=True),
    Column("opened_at", _Instant, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("subject", String(100), nullable=False),
    Column("organisation", String(63), nullable=False),
    Column("person", String(63)),
    Column("attribution", String(20), nullable=False),
    Column("marking", ForeignKey("marking.id"), nullable=False),
    Column("open", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Index("statement_by_marking", "marking", "recorded_at"),
    Index("statement_by_subject", "subject", "marking", "recorded_at"),
    Index("statement_by_subject_in_time", "subject", "recorded_at"),
    Index("statement_by_kind_in_time", "kind", "recorded_at"),
    Index("statement_by_subject_and_kind", "subject", "kind", "marking", "recorded_at"),
    Index("statement_by_subject_and_kind_in_time", "subject", "kind", "recorded_at"),
    Index("statement_by_kind", "kind", "marking", "recorded_at"),
    Index("statement_by_author", "organisation", "person", "recorded_at"),
)

link = Table(
    "link",
    metadata,
    Column("target", _Digest, primary_key=True),
    Column("relation", String(20), primary_key=True),
    Column("source", ForeignKey("statement.recorded_at"), primary_key=True),
    Index("link_by_source", "source"),
)

register = Table(
    "register",
    metadata,
    Column("recorded_at", _Instant, primary_key=True, autoincrement=False),
    Column("person", String(63)),
    Column("entry", Text, nullable=False),
)

blob = Table(
    "blob",
    metadata,
    Column("id", _Digest, primary_key=True),
    Column("recorded_at", _Instant, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("organisation", String(63), nullable=False),
    Column("person", String(63)),
    Index("blob_by_time", "recorded_at", unique=True),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", _Instant, primary_key=True, autoincrement=False),
    Column("at", _Instant, nullable=False),
    Column("person", String(63)),
    Column("organisation", String(63)),
    Column("door", String(20), nullable=False),
    Column("act", String(40), nullable=False),
    Column("objects", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("previous", _Digest, nullable=False),
    Column("hash", _Digest, nullable=False),
    Index("audit_by_person", "person", "seq"),
    Index("audit_by_act", "act", "seq"),
)

audit_object = Table(
    "audit_object",
    metadata,
    Column("object", _Digest, primary_key=True),
    Column("seq", ForeignKey("audit.seq"), primary_key=True),
)

APPEND_ONLY = (marking, statement, link, register, blob, audit, audit_object)

# What comes and goes ------------------------------------------------------------------------------------------------

credential = Table(
    "credential",
    metadata,
    Column("person", String(63), primary_key=True),
    Column("password", Text),
    Column("totp", String(64)),
    Column("totp_used", BigInteger, nullable=False, server_default="0"),
    Column("invitation", _Digest, unique=True),
    Column("invited_until", BigInteger, nullable=False, server_default="0"),
)

session = Table(
    "session",
    metadata,
    Column("digest", _Digest, primary_key=True),
    Column("person", String(63), nullable=False, index=True),
    Column("stage", String(20), nullable=False),
    Column("pending", Text),
    Column("created", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
)

token = Table(
    "token",
    metadata,
    Column("digest", _Digest, primary_key=True),
    Column("id", String(20), nullable=False, unique=True),
    Column("person", String(63), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("scopes", String(200), nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
    Column("revoked", BigInteger),
)

attempt = Table(
    "attempt",
    metadata,
    Column("key", String(120), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("blocked_until", BigInteger, nullable=False),
)

draft = Table(
    "draft",
    metadata,
    Column("person", String(63), primary_key=True),
    Column("form", String(120), primary_key=True),
    Column("saved", BigInteger, nullable=False),
    Column("fields", Text, nullable=False),
)

feed = Table(
    "feed",
    metadata,
    Column("digest", _Digest, primary_key=True),
    Column("id", String(20), nullable=False, unique=True),
    Column("person", String(63), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("ceiling", String(20), nullable=False),
    Column("subject", String(100)),
    Column("created", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
    Column("revoked", BigInteger),
)
