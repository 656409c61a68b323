"""What comes from the field: contributions, requests to communities, and what became of a contribution."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tocsin.core.body import Derivable, Line, Text


class Provenance(StrEnum):
    """Where an item of evidence comes from."""

    FIRST_HAND = "first hand"
    WITNESS = "witness"
    COMMUNITY = "community"
    OFFICIAL = "official"
    MEDIA = "media"
    RESEARCH = "research"
    DATA = "data"
    OTHER = "other"


class Consent(StrEnum):
    """Whether those from whom it comes agreed to its use. *Not asked* is kept apart from *not needed*."""

    GIVEN = "given"
    LIMITED = "given for this use only"
    NOT_NEEDED = "not needed"
    NOT_ASKED = "not asked"


class Precision(StrEnum):
    """How precisely the place of something is given, on purpose or for want of knowing."""

    COUNTRY = "country"
    REGION = "region"
    DISTRICT = "district"
    SETTLEMENT = "settlement"
    SITE = "site"

    @property
    def finer_than_district(self) -> bool:
        """Whether it may lead to the people from whom something comes."""
        return self in (Precision.SETTLEMENT, Precision.SITE)


class Contribution(Derivable):
    """Something that a partner or somebody in the field passes on.

    observed: the day or the first day of what is told. reliability, credibility: the contributor's own grade on the
    Admiralty scale. within: where, as precisely as ``precision`` says; empty for the country. community: from whom, as
    a group. The request that it answers is what it was derived from, a link of the sealed part: whoever may see a
    contribution need not know that somebody asked.
    """

    kind: Literal["contribution"] = "contribution"
    title: Line
    text: Text
    observed: date | None = None
    provenance: Provenance
    consent: Consent
    consent_note: Annotated[str, Field(max_length=2000)] = ""
    reliability: Literal["A", "B", "C", "D", "E", "F"]
    credibility: Literal["1", "2", "3", "4", "5", "6"]
    precision: Precision = Precision.COUNTRY
    within: Annotated[str, Field(max_length=300)] = ""
    community: Annotated[str, Field(max_length=300)] = ""

    searched = ("title", "text")

    @model_validator(mode="after")
    def _said(self) -> Self:
        if self.precision is not Precision.COUNTRY and not self.within.strip():
            raise ValueError(f"the place is given to the {self.precision.value}; name it, or set precision to country")
        if self.precision is Precision.COUNTRY and self.within.strip():
            raise ValueError("a place within the country is named; say how precise it is")
        if self.consent is Consent.LIMITED and not self.consent_note.strip():
            raise ValueError("consent was given for one use only; say in the note for which")
        return self


class Request(Derivable):
    """Somebody is going to ask a community something. It is on record so that others do not ask the same people again.

    community: whom, as a group. until: the day after which it is over. instead: why it is asked although another
    request to the same community stands.
    """

    kind: Literal["request"] = "request"
    community: Line
    asks: Text
    purpose: Text
    until: date
    instead: Annotated[str, Field(max_length=2000)] = ""

    searched = ("community", "asks")


class Fate(StrEnum):
    """What became of a contribution."""

    RECEIVED = "received"
    USED = "used"
    PASSED_ON = "passed on"
    NOT_USED = "not used"


class Reply(Derivable):
    """What became of a contribution (the subject), told to its contributor."""

    kind: Literal["reply"] = "reply"
    fate: Fate
    text: Text

    searched = ("text",)
