"""Triggers agreed in advance: a rule as data, who is on duty, what is then done by whom; and what happens to one.

A trigger proposes, a person confirms. A new version supersedes the old one and must be tested and activated anew.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, Strict, StringConstraints, model_validator

from tocsin.core.assessing import Level
from tocsin.core.body import Body, Concept, Derivable, Digest, Key, Line, Number, Part, Probability, Text
from tocsin.core.fielding import Provenance
from tocsin.core.marking import IDENTIFIER

Identifier = Annotated[str, StringConstraints(pattern=rf"^{IDENTIFIER}$")]

Month = Annotated[str, StringConstraints(pattern=r"^(19|20)\d\d-(0[1-9]|1[0-2])$")]
"""A calendar month, as ``2026-11``."""


class SeriesCondition(Part):
    """A series of numbers is over a threshold, or under one.

    series: its name, as ``deaths.state-based``. side: which side of the threshold raises it. enter: reached for
    ``months`` months in a row it raises. leave: once raised it stays so until the series has been on the other side
    of this for ``leave_months`` months in a row; with side ``over`` it is at most ``enter``, with ``under`` at least.
    """

    type: Literal["series"] = "series"
    series: Line
    side: Literal["over", "under"] = "over"
    enter: Annotated[Number, Strict()]
    leave: Annotated[Number, Strict()]
    months: Annotated[int, Strict(), Field(ge=1, le=24)] = 1
    leave_months: Annotated[int, Strict(), Field(ge=1, le=24)] = 1

    @model_validator(mode="after")
    def _band(self) -> Self:
        if (self.side == "over" and self.leave > self.enter) or (self.side == "under" and self.leave < self.enter):
            raise ValueError(
                f"it enters at {self.enter:g} and leaves at {self.leave:g}, so it would leave where it enters; "
                f"the threshold to leave is at {'most' if self.side == 'over' else 'least'} the one to enter"
            )
        return self


class RatingCondition(Part):
    """A factor of a frame is rated at least so high in the newest assessment of the place that all who see the trigger
    may see.

    frame: as ``un-framework-2014``. factor: its notation there, as ``3.2``.
    """

    type: Literal["rating"] = "rating"
    frame: Line
    factor: Concept
    at_least: Level


class MomentCondition(Part):
    """A moment of the calendar is at most so many days away and not over.

    moment: the key of the item of evidence that is the moment; its identity is a link of the sealed part.
    """

    type: Literal["moment"] = "moment"
    moment: Key
    within_days: Annotated[int, Strict(), Field(ge=1, le=1100)]


Condition = Annotated[SeriesCondition | RatingCondition | MomentCondition, Field(discriminator="type")]


class Rule(Part):
    """When a trigger is met: all of the conditions, any of them, or at least so many (``least``)."""

    combine: Literal["all", "any", "at least"] = "all"
    least: Annotated[int, Strict(), Field(ge=1, le=12)] | None = None
    conditions: Annotated[tuple[Condition, ...], Field(min_length=1, max_length=12)]

    @model_validator(mode="after")
    def _number(self) -> Self:
        if (self.combine == "at least") != (self.least is not None):
            raise ValueError("a rule of at least so many says how many, and no other rule does")
        if self.least is not None and self.least > len(self.conditions):
            raise ValueError(f"it asks for {self.least} of {len(self.conditions)} conditions, so it is never met")
        return self

    @property
    def needed(self) -> int:
        """How many of the conditions must hold."""
        return {"all": len(self.conditions), "any": 1}.get(self.combine, self.least or 1)


class Duty(Part):
    """Who is to act: a role of an organisation, and the accounts that fill it. Nobody by name: the role is vacant."""

    role: Line
    organisation: Identifier
    persons: Annotated[tuple[Identifier, ...], Field(max_length=40)] = ()


class Wanted(Part):
    """Evidence that must be at hand before an alarm is confirmed. kinds: where it may come from; none: anywhere."""

    what: Line
    kinds: Annotated[tuple[Provenance, ...], Field(max_length=8)] = ()


class AgreedStep(Part):
    """What is done once an alarm is confirmed, by whom, within how many days of that."""

    key: Key
    what: Text
    by: Duty
    within_days: Annotated[int, Strict(), Field(ge=0, le=365)]


class Trigger(Derivable):
    """An agreement about a place: if the rule is met, who looks, who is told, and what is done by when.

    title, text: what it is and what it is for. evidence_wanted: what a person needs before confirming.
    acknowledge_hours: from the moment at which the alarm is on record to the one at which somebody on duty has said
    that they have it; after that it is with ``escalate_to``.
    """

    kind: Literal["trigger"] = "trigger"
    title: Line
    text: Text
    rule: Rule
    evidence_wanted: Annotated[tuple[Wanted, ...], Field(min_length=1, max_length=20)]
    duty: Duty
    acknowledge_hours: Annotated[int, Strict(), Field(ge=1, le=720)]
    escalate_to: Duty
    steps: Annotated[tuple[AgreedStep, ...], Field(min_length=1, max_length=20)]

    searched = ("title", "text")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        keys = [step.key for step in self.steps]
        if len(set(keys)) < len(keys):
            raise ValueError("two steps have the same key")
        return self


class Sought(Part):
    """The outcome that a back-test looks for. at_least: deaths in one month; months: within how many months."""

    name: Line
    definition: Text
    at_least: Number | None = None
    months: Annotated[int, Strict(), Field(ge=1, le=36)]


class PastAlarm(Part):
    """An alarm that the rule would have raised.

    raised: the month in which it would have been known. left: when it would have been over; None if it never was
    within the test. followed: whether the outcome came; None where that is not known. lead: months from the alarm to
    the first month with the outcome.
    """

    raised: Month
    left: Month | None = None
    followed: bool | None = None
    lead: Annotated[int, Strict(), Field(ge=0)] | None = None


class Rate(Part):
    """A share or a rate with its exact interval at ``coverage``; ``of``: from how many it was made."""

    value: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    low: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    high: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    coverage: Probability = 0.9
    of: Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Backtest(Body):
    """What a trigger (the subject) would have done in the past, on what was known at the time.

    rule: SHA-256 of the rule's canonical JSON. first, last: the months tested. lag: months after the end of a month
    until its numbers are there, as assumed. vintages: how many states of the data the test could tell apart; 1 means
    that every month was judged with numbers as revised since. unknown: months in which the rule cannot tell. per_year:
    alarms a year. followed: share of the alarms that the outcome followed. base, base_quiet: share of all months, and
    of the months in which the rule was quiet, that it followed. met, missed: beginnings of the outcome with and without
    an alarm before; not_told: those before which the rule could not tell.
    """

    kind: Literal["backtest"] = "backtest"
    rule: Digest
    method: Line
    first: Month
    last: Month
    months: Annotated[int, Strict(), Field(ge=0)]
    unknown: Annotated[int, Strict(), Field(ge=0)]
    lag: Annotated[int, Strict(), Field(ge=0, le=36)]
    vintages: Annotated[int, Strict(), Field(ge=1)]
    sought: Sought
    sources: Annotated[tuple[Text, ...], Field(min_length=1, max_length=12)]
    untested: Annotated[tuple[Line, ...], Field(max_length=12)] = ()
    alarms: Annotated[tuple[PastAlarm, ...], Field(max_length=500)]
    per_year: Rate | None
    followed: Rate | None
    base: Rate | None
    base_quiet: Rate | None
    met: Annotated[int, Strict(), Field(ge=0)]
    missed: Annotated[int, Strict(), Field(ge=0)]
    not_told: Annotated[int, Strict(), Field(ge=0)]
    leads: Annotated[tuple[int, ...], Field(max_length=500)] = ()
    verdict: Annotated[tuple[Text, ...], Field(min_length=1, max_length=20)]


class Activation(Body):
    """From now on a trigger (the subject) is in force; a person of the organisation that agreed it says so.

    backtest: SHA-256 of the canonical JSON of the back-test's body that was read. reason: why it is worth its alarms.
    """

    kind: Literal["activation"] = "activation"
    backtest: Digest
    reason: Text

    searched = ("reason",)


class Event(StrEnum):
    """What can happen to a trigger that is in force."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    STEP_DONE = "step done"
    STOOD_DOWN = "stood down"
    RETIRED = "retired"


NEEDS_REASON = (Event.CONFIRMED, Event.DISMISSED, Event.STOOD_DOWN, Event.RETIRED)
"""What a person says the reason of."""


class Happening(Body):
    """Something happened to a trigger (the subject).

    month: of an alarm, the month in which the rule was met, which tells alarms apart. seen: what the rule said, as it
    was told then. step: the key of the step that was done. as_of: the day up to which the rule was looked at.
    """

    kind: Literal["happening"] = "happening"
    event: Event
    month: Month | None = None
    step: Key | None = None
    as_of: date | None = None
    seen: Annotated[tuple[Text, ...], Field(max_length=12)] = ()
    reason: Annotated[str, Field(max_length=5000)] = ""

    searched = ("reason",)

    @model_validator(mode="after")
    def _said(self) -> Self:
        if self.event in NEEDS_REASON and not self.reason.strip():
            raise ValueError(f"a trigger is {self.event.value} for a reason; give it")
        if (self.event is Event.STEP_DONE) != (self.step is not None):
            raise ValueError("a step that was done is named by its key, and nothing else names a step")
        if (self.event is Event.RAISED) != (self.month is not None):
            raise ValueError("an alarm names the month in which the rule was met, and nothing else does")
        return self


class Signpost(Part):
    """Something that, if it is seen, tells that a branch has become likelier."""

    key: Key
    text: Line


class Branch(Part):
    """One way in which things may go on from the branch above it, or from now.

    parent: the key of that branch; None: from now. probability: given that the branch above has come about; those of
    one fork sum to one. moments: keys of items of evidence that are moments of the calendar.
    """

    key: Key
    parent: Key | None = None
    title: Line
    text: Annotated[str, Field(max_length=5000)] = ""
    probability: Annotated[Probability, Strict()]
    signposts: Annotated[tuple[Signpost, ...], Field(max_length=12)] = ()
    moments: Annotated[tuple[Key, ...], Field(max_length=12)] = ()


class Scenario(Derivable):
    """A small tree of what may come about in a place: at most 60 branches, at most four deep."""

    kind: Literal["scenario"] = "scenario"
    title: Line
    text: Text
    until: date
    branches: Annotated[tuple[Branch, ...], Field(min_length=2, max_length=60)]

    searched = ("title", "text")


class Sign(Body):
    """A signpost of a scenario (the subject) was seen.

    branch, signpost: their keys. seen: the day. source: where it is known from.
    """

    kind: Literal["sign"] = "sign"
    branch: Key
    signpost: Key
    seen: date
    source: Line
    text: Annotated[str, Field(max_length=5000)] = ""

    searched = ("text",)
