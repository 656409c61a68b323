"""A statement: a dated, owned, marked claim that is never changed (design, "the one idea").

A statement has two parts. The **open** part is what whoever may see the statement sees, and its identity is the
SHA-256 of the open part's canonical JSON (RFC 8785). The **sealed** part holds what not every reader may learn: who
wrote it, unless it is attributed by name, and its links to other statements, which a reader may not be allowed to
know of. The open part carries the sealed part's salted digest, so the identity vouches for both, and nothing about
the sealed part can be guessed from it.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Literal, Self

import rfc8785
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    StringConstraints,
    field_serializer,
    field_validator,
    model_serializer,
    model_validator,
)

from tocsin.core.body import Key
from tocsin.core.fielding import Consent, Provenance
from tocsin.core.instant import Instant, instant, moment, written
from tocsin.core.kinds import AnyBody, Digest, Line
from tocsin.core.marking import Caveat, Label, Marking
from tocsin.core.register import Identifier
from tocsin.core.seeing import Role

FORM = "tocsin-statement-1"

LARGEST = 256 * 1024
"""Bytes that the two parts of one statement may have together; longer texts are attachments."""


class Standing(StrEnum):
    """How far a statement has come, from one person's note to an organisation's position."""

    NOTE = "note"
    ANALYST = "analyst"
    DESK = "desk"
    INSTITUTION = "institution"


class Origin(StrEnum):
    """What made it."""

    PERSON = "person"
    MODEL = "model"
    IMPORT = "import"
    MACHINE_TEXT = "machine text"


class Attribution(StrEnum):
    """Who is shown as its author: person and organisation, the organisation alone, or nobody."""

    NAMED = "named"
    ORGANISATION = "organisation"
    NONE = "non-attributed"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Subject(_Part):
    """What a statement is about: a place by its code, a period such as ``2025-2026``, or another statement."""

    type: Literal["place", "period", "statement"]
    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9:-]{0,79}$")]

    @property
    def key(self) -> str:
        """The subject as one word, for example ``place:SDN``."""
        return f"{self.type}:{self.id}"

    @classmethod
    def read(cls, key: str) -> Subject:
        """The subject of a key.

        Errors: pydantic's ValidationError if it is not TYPE:ID.
        """
        kind, _, id = key.partition(":")
        return cls.model_validate({"type": kind, "id": id})


class Author(_Part):
    """Who says it: always an organisation; a person and the role they spoke in unless a model did."""

    organisation: Identifier
    person: Identifier | None = None
    role: Role | None = None


class Evidence(_Part):
    """What it rests on, graded on the Admiralty scale (NATO AJP-2.1: source A-F, information 1-6).

    type and reference: a source in words or as an address, an attachment by digest, or another statement by identity.
    key: how the body cites it. provenance, consent, tlp: where it comes from, whether its use was agreed to, its own
    label; None where its author did not say, which an assessment does not accept.
    """

    type: Literal["source", "attachment", "statement"]
    reference: Annotated[str, StringConstraints(min_length=1, max_length=1000, strip_whitespace=True)]
    reliability: Literal["A", "B", "C", "D", "E", "F"]
    credibility: Literal["1", "2", "3", "4", "5", "6"]
    note: Annotated[str, StringConstraints(max_length=1000)] = ""
    key: Key | None = None
    provenance: Provenance | None = None
    consent: Consent | None = None
    tlp: Label | None = None

    @model_serializer(mode="wrap")
    def _said(self, dump: SerializerFunctionWrapHandler):  # type: ignore[no-untyped-def]
        """What was not said is left out, so that older statements keep their words.

        No return type, because the schema of what is served would then be any object.
        """
        whole: dict[str, Any] = dump(self)
        return {name: value for name, value in whole.items() if value is not None}

    @model_validator(mode="after")
    def _digest(self) -> Self:
        if self.type != "source" and not (
            len(self.reference) == 64 and all(letter in "0123456789abcdef" for letter in self.reference)
        ):
            raise ValueError(f"an {self.type} is named by its 64 hexadecimal digits")
        return self


Identities = Annotated[tuple[Digest, ...], Field(max_length=64)]


class Statement(_Part):
    """One claim. Two statements with the same open part are the same statement.

    as_of: the last day whose events its author knew of. about: the period it speaks of. vocabulary, method: versions
    of what its words and numbers rest on. derived_from: statements it was made from, whose markings bound its own;
    evidence of type statement counts as such. salt: keeps the sealed part from being guessed.
    """

    body: AnyBody
    subject: Subject
    author: Author
    attribution: Attribution = Attribution.NAMED
    made_at: datetime
    about: Line | None = None
    as_of: date | None = None
    standing: Standing = Standing.NOTE
    origin: Origin = Origin.PERSON
    evidence: Annotated[tuple[Evidence, ...], Field(max_length=64)] = ()
    vocabulary: Line | None = None
    method: Line | None = None
    marking: Marking
    supersedes: Identities = ()
    derived_from: Identities = ()
    salt: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")] = Field(
        default_factory=lambda: secrets.token_hex(16)
    )

    @field_validator("made_at")
    @classmethod
    def _in_utc(cls, value: datetime) -> datetime:
        try:
            return moment(instant(value))
        except OverflowError:
            raise ValueError("in UTC it is before the year 1 or after the year 9999") from None

    @field_serializer("made_at")
    def _written(self, value: datetime) -> str:
        return written(instant(value))

    @model_validator(mode="after")
    def _chatham_house(self) -> Self:
        if Caveat.CHATHAM_HOUSE in self.marking.caveats and self.attribution is not Attribution.NONE:
            raise ValueError(
                "under the Chatham House Rule a statement is not attributed; set attribution to non-attributed"
            )
        return self

    @property
    def kind(self) -> str:
        """The kind of its body."""
        return self.body.kind

    @property
    def inputs(self) -> tuple[str, ...]:
        """The identities of all statements it was made from."""
        cited = (item.reference for item in self.evidence if item.type == "statement")
        return tuple(dict.fromkeys((*self.derived_from, *cited)))

    @property
    def recalls(self) -> str | None:
        """The identity of the statement that it withdraws, if it is a recall."""
        return self.subject.id if self.kind == "recall" and self.subject.type == "statement" else None

    def sealed_part(self) -> dict[str, Any]:
        """What the open part only vouches for."""
        author = self.author.model_dump(mode="json")
        hidden = {
            Attribution.NAMED: (),
            Attribution.ORGANISATION: ("person", "role"),
            Attribution.NONE: ("organisation", "person", "role"),
        }[self.attribution]
        return {
            "author": {name: author[name] for name in hidden},
            "supersedes": list(self.supersedes),
            "derived_from": list(self.derived_from),
            "evidence": [item.model_dump(mode="json") for item in self.evidence if item.type == "statement"],
            "salt": self.salt,
        }

    def open_part(self) -> dict[str, Any]:
        """What whoever may see the statement sees."""
        sealed = self.sealed_part()
        author = self.author.model_dump(mode="json")
        shown = self.model_dump(mode="json", exclude={"author", "evidence", "supersedes", "derived_from", "salt"})
        return {
            "form": FORM,
            **shown,
            "author": {name: value for name, value in author.items() if name not in sealed["author"]},
            "evidence": [item.model_dump(mode="json") for item in self.evidence if item.type != "statement"],
            "sealed": digest(canonical(sealed)),
        }

    @cached_property
    def open_bytes(self) -> bytes:
        """The canonical JSON of the open part."""
        return canonical(self.open_part())

    @cached_property
    def sealed_bytes(self) -> bytes:
        """The canonical JSON of the sealed part."""
        return canonical(self.sealed_part())

    @cached_property
    def id(self) -> str:
        """The identity: SHA-256 of the canonical open part, in hexadecimal."""
        return digest(self.open_bytes)

    @property
    def made(self) -> Instant:
        """When it was made, as an instant."""
        return instant(self.made_at)

    @classmethod
    def from_parts(cls, open_bytes: bytes, sealed_bytes: bytes) -> Statement:
        """The statement of two stored parts.

        Errors: ValueError if the parts do not belong together or are not a statement's.
        """
        shown, sealed = json.loads(open_bytes), json.loads(sealed_bytes)
        if shown.pop("form", None) != FORM or shown.pop("sealed", None) != digest(sealed_bytes):
            raise ValueError("the two parts do not belong together")
        evidence = [*shown.pop("evidence"), *sealed.pop("evidence")]
        author = {**shown.pop("author"), **sealed.pop("author")}
        return cls.model_validate({**shown, **sealed, "author": author, "evidence": evidence})


def canonical(value: Any) -> bytes:
    """RFC 8785 canonical JSON.

    >>> canonical({"b": 1.0, "a": "\u00e9"})
    b'{"a":"\\xc3\\xa9","b":1}'
    """
    return rfc8785.dumps(value)


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()
