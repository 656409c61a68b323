"""A structured assessment of a place: factors of a frame rated on evidence, who and whom, and a judgement as a number.

*Absent* is a finding; *no information* is none; *not applicable* is neither. Persons are never named: perpetrators,
targets and protectors are groups.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, Strict, StrictBool, model_validator

from tocsin.core.body import Concept, Derivable, Key, Line, Part, Probability, Text

Chance = Annotated[Probability, Strict()]
"""A probability that is a number, not a text which could be read as one."""


class Status(StrEnum):
    """What is known of a factor."""

    PRESENT = "present"
    ABSENT = "absent"
    NO_INFORMATION = "no information"
    NOT_APPLICABLE = "not applicable"


class Level(StrEnum):
    """How strongly a factor is present."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Direction(StrEnum):
    """Where it has been going in the last twelve months."""

    IMPROVING = "improving"
    STEADY = "steady"
    WORSENING = "worsening"
    UNKNOWN = "unknown"


class Confidence(StrEnum):
    """How far the assessor trusts the rating."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"


class Importance(StrEnum):
    """How far the factor, at its full level, moves the odds in this country, as the assessor sees it."""

    NONE = "none"
    MINOR = "minor"
    MAJOR = "major"
    DECISIVE = "decisive"


ODDS = {Importance.NONE: 1.0, Importance.MINOR: 1.5, Importance.MAJOR: 3.0, Importance.DECISIVE: 10.0}
"""By what each importance multiplies the odds."""

GRADE = {"absent": 0.0, Level.LOW: 1 / 3, Level.MEDIUM: 2 / 3, Level.HIGH: 1.0}
"""Levels as shares of the full level."""


class Cited(Part):
    """An item of evidence as it bears on a factor. points_to: the level to which it points by itself, if said."""

    item: Key
    points_to: Literal["absent", "low", "medium", "high"] | None = None


class Rated(Part):
    """What every rating holds. judged: it rests on judgement alone, which must be said where no evidence is cited."""

    status: Status
    level: Level | None = None
    direction: Direction = Direction.UNKNOWN
    confidence: Confidence
    importance: Importance = Importance.MINOR
    evidence: Annotated[tuple[Cited, ...], Field(max_length=32)] = ()
    judged: StrictBool = False
    reason: Annotated[str, Field(max_length=5000)] = ""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.level is not None) != (self.status is Status.PRESENT):
            raise ValueError(
                "a factor that is present has a level (low, medium, high)"
                if self.status is Status.PRESENT
                else f"a factor with the status {self.status.value!r} has no level"
            )
        if self.status in (Status.PRESENT, Status.ABSENT) and not self.evidence and not self.judged:
            raise ValueError("it cites no evidence; cite an item, or say that it is judged without evidence")
        if self.judged and self.evidence:
            raise ValueError("it cites evidence, so it is not judged without evidence")
        if self.judged and not self.reason.strip():
            raise ValueError("it is judged without evidence; give the reason")
        _once("item of evidence", (cited.item for cited in self.evidence))
        return self


class Rating(Rated):
    """One factor of the frame. factor: its notation there, as ``3`` or ``3.2``."""

    factor: Concept


class Resilience(Rated):
    """Something that makes atrocities less likely: an institution, a practice, a bond between groups."""

    what: Line


class Protector(Part):
    """A group or body that shields people, and how."""

    group: Line
    protects: Text
    evidence: Annotated[tuple[Key, ...], Field(max_length=32)] = ()


class Perpetrator(Part):
    """A group that might commit atrocities, with motive and means. Never a person."""

    group: Line
    motive: Text
    means: Text
    evidence: Annotated[tuple[Key, ...], Field(max_length=32)] = ()


class Target(Part):
    """A group that might be attacked, and why it."""

    group: Line
    why: Text
    evidence: Annotated[tuple[Key, ...], Field(max_length=32)] = ()


class Overall(Part):
    """The judgement as a number. outcome: a sense of a term, as ``terms:mass-killing-ewp``. horizon: months from the
    day up to which events were known. base_rate: of this outcome over this horizon, if the assessor gives one.
    """

    outcome: Concept
    horizon: Annotated[int, Field(ge=1, le=120), Strict()]
    probability: Chance
    low: Chance
    high: Chance
    confidence: Confidence
    base_rate: Chance | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.low <= self.probability <= self.high:
            low, best, high = (f"{100 * one:.6g} %" for one in (self.low, self.probability, self.high))
            raise ValueError(f"lowest {low}, best {best} and highest {high} are not in order")
        return self


class Assessment(Derivable):
    """A structured assessment of a place in one frame.

    frame: the key of its scheme in the lexicon. no_resilience, no_protectors: why none is named, where none is.
    saw_model: whether the assessor had seen the model's number when they gave theirs; None where they did not say.
    """

    kind: Literal["assessment"] = "assessment"
    title: Line
    frame: Key
    ratings: Annotated[tuple[Rating, ...], Field(min_length=1, max_length=200)]
    resilience: Annotated[tuple[Resilience, ...], Field(max_length=40)] = ()
    no_resilience: Annotated[str, Field(max_length=5000)] = ""
    protectors: Annotated[tuple[Protector, ...], Field(max_length=40)] = ()
    no_protectors: Annotated[str, Field(max_length=5000)] = ""
    perpetrators: Annotated[tuple[Perpetrator, ...], Field(max_length=40)] = ()
    targets: Annotated[tuple[Target, ...], Field(max_length=40)] = ()
    assumptions: Annotated[tuple[Text, ...], Field(max_length=40)] = ()
    would_change: Annotated[tuple[Text, ...], Field(min_length=1, max_length=40)]
    overall: Overall
    summary: Text
    saw_model: StrictBool | None = None

    searched = ("title", "summary")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        _once("factor", (rating.factor for rating in self.ratings))
        _once("resilience factor", (one.what.casefold() for one in self.resilience))
        for name, found, why in (
            ("resilience factor", self.resilience, self.no_resilience),
            ("protective actor", self.protectors, self.no_protectors),
        ):
            if not found and not why.strip():
                raise ValueError(f"no {name} is named; name one, or say why there is none to name")
        return self

    @property
    def cited(self) -> frozenset[str]:
        """The keys of all items of evidence that something in it cites."""
        rated = (cited.item for one in (*self.ratings, *self.resilience) for cited in one.evidence)
        groups: tuple[Protector | Perpetrator | Target, ...] = (*self.protectors, *self.perpetrators, *self.targets)
        others = (key for one in groups for key in one.evidence)
        return frozenset((*rated, *others))


def _once(what: str, names: Iterable[str]) -> None:
    met: set[str] = set()
    for name in names:
        if name in met:
            raise ValueError(f"the {what} {name} is there twice")
        met.add(name)
