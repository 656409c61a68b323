"""A joint round: questions registered before they are put, sealed answers, what came out, and who dissents.

The order is that of the IDEA protocol (investigate, discuss, estimate, aggregate; Hemming et al. 2018, Methods in
Ecology and Evolution 9:169-180): private first estimates, reasons shared, private second estimates, then a pooled
result.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from tocsin.core.body import Body, Concept, Digest, Key, Line, Number, Part, Probability, Text
from tocsin.core.marking import IDENTIFIER
from tocsin.core.seeing import Role

FEWEST = 3
"""Contributors below which nothing of a cell is told in a round that is not attributed."""

LAST_YEAR = 2200
"""No round ends after it; a moment near the end of the calendar cannot be told in every time zone."""

LEAST = 1e-9
"""A number nearer to zero than this, and not zero, is a slip of the hand."""

Attributed = Literal["named", "organisation", "non-attributed"]


class Answer(StrEnum):
    """How a question is answered: by a probability, a number, or a place on a scale of words."""

    PROBABILITY = "probability"
    NUMERIC = "numeric"
    ORDINAL = "ordinal"


class Question(Part):
    """One question, with what must be known to settle it later.

    outcome: what is asked about; term: its sense in the lexicon, if it has one. criteria: how it is settled; examples:
    cases worked through. unit, least, most: of a number. scale: the words of an ordinal question, lowest first.
    base_rate: how often such a thing came true before, with its source.
    """

    key: Key
    answer: Answer
    text: Text
    outcome: Line
    horizon: Line
    criteria: Text
    examples: Annotated[tuple[Text, ...], Field(min_length=1, max_length=10)]
    term: Concept | None = None
    unit: Annotated[str, Field(max_length=60)] = ""
    least: Number | None = None
    most: Number | None = None
    scale: Annotated[tuple[Line, ...], Field(max_length=11)] = ()
    base_rate: Probability | None = None
    base_rate_source: Annotated[str, Field(max_length=300)] = ""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.answer is Answer.ORDINAL) != bool(self.scale):
            raise ValueError("an ordinal question has a scale of two words or more, and no other question has one")
        if self.answer is Answer.ORDINAL and (len(self.scale) < 2 or len(set(self.scale)) < len(self.scale)):
            raise ValueError("the scale needs at least two words, each of them once")
        if self.answer is Answer.NUMERIC and not self.unit.strip():
            raise ValueError("a numeric question has a unit")
        if self.answer is not Answer.NUMERIC and (self.least is not None or self.most is not None):
            raise ValueError("only a numeric question has a least and a most")
        if self.least is not None and self.most is not None and self.least >= self.most:
            raise ValueError("the least is not below the most")
        if self.base_rate is not None and not self.base_rate_source.strip():
            raise ValueError("the base rate has no source")
        return self

    @property
    def ends(self) -> tuple[float, float]:
        """The least and the most that may be answered; ordinal answers are places on the scale, from 1."""
        if self.answer is Answer.PROBABILITY:
            return 0.0, 1.0
        if self.answer is Answer.ORDINAL:
            return 1.0, float(len(self.scale))
        least = float("-inf") if self.least is None else self.least
        return least, float("inf") if self.most is None else self.most


class Invitation(Part):
    """Who is to answer:

    those of an organisation who have the role, or these persons of it; nobody by name: all of them.
    """

    organisation: Annotated[str, StringConstraints(pattern=rf"^{IDENTIFIER}$")]
    role: Role | None = None
    persons: Annotated[
        tuple[Annotated[str, StringConstraints(pattern=rf"^{IDENTIFIER}$")], ...], Field(max_length=200)
    ] = ()


Method = Literal["median", "trimmed mean", "mean log-odds", "extremised log-odds", "performance-weighted"]


class Round(Body):
    """A round, registered before it opens. Whoever may see it knows what is asked, who is invited and how it ends.

    attributed: how what is said in it will be attributed. method: how probabilities are pooled; numbers and places on a
    scale are pooled by their median. first_until, second_until, closing_until: after these moments no answer is taken.
    """

    kind: Literal["round"] = "round"
    title: Line
    purpose: Text
    questions: Annotated[tuple[Question, ...], Field(min_length=1, max_length=40)]
    invitations: Annotated[tuple[Invitation, ...], Field(min_length=1, max_length=64)]
    attributed: Attributed
    method: Method = "median"
    first_until: datetime
    second_until: datetime
    closing_until: datetime

    searched = ("title", "purpose")

    @field_validator("first_until", "second_until", "closing_until")
    @classmethod
    def _zoned(cls, value: datetime) -> datetime:
        if value.tzinfo is None:
            raise ValueError("the moment has no time zone; write for example 2026-12-01T18:00Z")
        if not 2000 <= value.year <= LAST_YEAR:
            raise ValueError(f"the moment is before 2000 or after {LAST_YEAR}")
        return value.astimezone(UTC)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        keys = [question.key for question in self.questions]
        if len(set(keys)) < len(keys):
            raise ValueError("two questions have the same key")
        if not self.first_until < self.second_until < self.closing_until:
            raise ValueError("the stages do not end one after the other")
        return self

    def question(self, key: str) -> Question | None:
        """The question of this key; None if there is none."""
        return next((one for one in self.questions if one.key == key), None)


class Stage(StrEnum):
    """Where a round is."""

    REGISTERED = "registered"
    FIRST = "first"
    SECOND = "second"
    CLOSING = "closing"
    FINISHED = "finished"
    CANCELLED = "cancelled"


STEPS: Mapping[str, tuple[tuple[Stage, ...], Stage]] = {
    "open": ((Stage.REGISTERED,), Stage.FIRST),
    "share": ((Stage.FIRST,), Stage.SECOND),
    "pool": ((Stage.SECOND,), Stage.CLOSING),
    "finish": ((Stage.CLOSING,), Stage.FINISHED),
    "cancel": ((Stage.REGISTERED, Stage.FIRST, Stage.SECOND, Stage.CLOSING), Stage.CANCELLED),
}
"""Each step: from which stages it can be taken, and to which it leads."""


class Flags(Part):
    """What must be known about the answers to one question in one stage.

    estimates: how many counted; None if too few to tell. late: somebody tried after the end. withdrawn: somebody took
    theirs back. majority: more than half came from one organisation. interest: a contributor declared an interest.
    """

    question: Key
    estimates: Annotated[int, Field(ge=0)] | None
    late: bool = False
    withdrawn: bool = False
    majority: bool = False
    interest: bool = False


class Support(Part):
    """How many support a recommendation. support, others: None where a cell is too small to tell; at_least_three: at
    least so many support it, where the number itself would tell too much; False too where even that would tell what
    somebody said.
    """

    recommendation: Digest
    support: Annotated[int, Field(ge=0)] | None
    others: Annotated[int, Field(ge=0)] | None
    at_least_three: bool


class Step(Body):
    """A round (the subject) goes a step on."""

    kind: Literal["step"] = "step"
    step: Literal["open", "share", "pool", "finish", "cancel"]
    reason: Annotated[str, Field(max_length=5000)] = ""
    flags: Annotated[tuple[Flags, ...], Field(max_length=80)] = ()
    support: Annotated[tuple[Support, ...], Field(max_length=1100)] = ()

    @model_validator(mode="after")
    def _why(self) -> Self:
        if self.step == "cancel" and not self.reason.strip():
            raise ValueError("a round is cancelled for a reason; give it")
        return self


class Declaration(Body):
    """Whether a participant of a round (the subject) has an interest in its outcome, and which."""

    kind: Literal["declaration"] = "declaration"
    interest: bool
    text: Annotated[str, Field(max_length=5000)] = ""

    @model_validator(mode="after")
    def _told(self) -> Self:
        if self.interest and not self.text.strip():
            raise ValueError("an interest is declared; say which")
        return self


Sealed = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]+={0,2}$", max_length=120_000)]


class Envelope(Body):
    """What a participant sends to a round (the subject), sealed with the node's key until the stage is closed.

    question: the question that it answers; None for what ends a stage (recommendations, dissents, support). sealed:
    nonce and ciphertext in base 64.
    """

    kind: Literal["envelope"] = "envelope"
    stage: Literal["first", "second", "closing"]
    question: Key | None = None
    sealed: Sealed


class Given(Part):
    """An estimate as its author gives it.

    lowest, best, highest: probabilities, numbers in the question's unit, or places on its scale from 1. confidence: how
    sure the author is that the truth lies between lowest and highest, 0.5 to 1.
    """

    lowest: Number
    best: Number
    highest: Number
    confidence: Annotated[float, Field(ge=0.5, le=1, allow_inf_nan=False)]
    reason: Text

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.lowest <= self.best <= self.highest:
            raise ValueError(
                f"lowest {self.lowest:g}, best {self.best:g} and highest {self.highest:g} are not in order"
            )
        return self

    def misfit(self, question: Question) -> str:
        """Why it cannot answer the question; empty if it can."""
        least, most = question.ends
        if not (least <= self.lowest and self.highest <= most):
            return f"the answer must lie between {least:g} and {most:g}"
        if any(0 < abs(value) < LEAST for value in (self.lowest, self.best, self.highest)):
            return f"a number nearer to zero than {LEAST:g} cannot be meant"
        whole = all(float(value).is_integer() for value in (self.lowest, self.best, self.highest))
        if question.answer is Answer.ORDINAL and not whole:
            return "the answer is a place on the scale, a whole number"
        return ""


class Wishes(Part):
    """Recommendations that a participant proposes at the end of the second stage."""

    recommendations: Annotated[tuple[Text, ...], Field(max_length=5)] = ()


class Closing(Part):
    """What a participant says of the result: dissents by question, and support for recommendations."""

    dissents: dict[Key, Text] = Field(default_factory=dict)
    support: dict[Digest, Literal["support", "oppose", "no view"]] = Field(default_factory=dict)


class Estimate(Body):
    """An estimate that was opened when its stage closed: a statement of its author about a round (the subject)."""

    kind: Literal["estimate"] = "estimate"
    stage: Literal["first", "second"]
    question: Key
    given: Given

    @property
    def reason(self) -> str:
        """Why its author thinks so."""
        return self.given.reason

    searched = ("reason",)


class Dissent(Body):
    """A participant of a round (the subject) does not share the result of a question."""

    kind: Literal["dissent"] = "dissent"
    question: Key
    text: Text

    searched = ("text",)


class Recommendation(Body):
    """Something that a participant or the convenor of a round (the subject) recommends."""

    kind: Literal["recommendation"] = "recommendation"
    text: Text

    searched = ("text",)


class Spread(Part):
    """Where the best estimates lie."""

    least: Number
    lower: Number
    middle: Number
    upper: Number
    most: Number


class Result(Body):
    """What a round (the subject) came to on one question, from its second estimates.

    estimates: how many; None if there were too few to tell anything. value: pooled by ``method``; low, high: ends of
    the interval of that value over draws of participants, at ``coverage``. lowest, highest: means of the participants'
    own ends, brought to one confidence. methods: what every other method gives. rests_on: SHA-256 of the identities of
    the estimates, sorted and joined, from which all of it can be computed again. dissents: identities of the dissents.
    """

    kind: Literal["result"] = "result"
    question: Question
    estimates: Annotated[int, Field(ge=0)] | None
    method: Method | None = None
    value: Number | None = None
    low: Number | None = None
    high: Number | None = None
    coverage: Probability = 0.9
    lowest: Number | None = None
    highest: Number | None = None
    spread: Spread | None = None
    methods: dict[Line, Number] = Field(default_factory=dict)
    rests_on: Digest | None = None
    dissents: Annotated[tuple[Digest, ...], Field(max_length=1000)]
    flags: Flags

    @property
    def text(self) -> str:
        """The question's words."""
        return self.question.text

    searched = ("text",)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        told = [part is not None for part in (self.value, self.spread, self.method, self.rests_on)]
        if any(told) != bool(self.estimates) or any(told) != all(told) or (self.low is None) != (self.high is None):
            raise ValueError("a result is told whole, or not at all where too few answered")
        return self
