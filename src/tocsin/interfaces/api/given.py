"""What is sent to the API: the JSON of each address, as its description shows it and as it is read."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, Strict, StrictBool, StringConstraints
from pydantic.config import JsonDict

from tocsin.core.assessing import Assessment
from tocsin.core.body import Key, Number
from tocsin.core.convening import Given, Round
from tocsin.core.edtf import LONGEST
from tocsin.core.fielding import Contribution, Fate, Reply, Request
from tocsin.core.foreseeing import Certainty, Clock, Day, Instrument, Timing
from tocsin.core.foreseeing import Moment as Foreseen
from tocsin.core.kinds import Digest, Line, Note, Text
from tocsin.core.marking import IDENTIFIER, Marking
from tocsin.core.register import Identifier, Name
from tocsin.core.seeing import Affiliation, Role
from tocsin.core.statement import Attribution, Evidence, Identities, Standing, Subject
from tocsin.core.triggering import Scenario, Trigger
from tocsin.interfaces.api.asking import Moment


class _Sent(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


_MARKING: JsonDict = {"tlp": "TLP:GREEN", "caveats": [], "audience": [["community"]]}

_NOTE: JsonDict = {
    "body": {"kind": "note", "title": "Road closed", "text": "The road between the two towns has been closed."},
    "subject": {"type": "place", "id": "SDN"},
    "marking": _MARKING,
    "as_of": "2025-06-30",
    "evidence": [{"type": "source", "reference": "Radio, evening news", "reliability": "B", "credibility": "2"}],
}


def _shown(example: JsonDict) -> ConfigDict:
    return ConfigDict(frozen=True, extra="forbid", json_schema_extra={"examples": [example]})


class SentContribution(Contribution):
    """A contribution whose day is written as one: a number would be read as seconds since 1970."""

    observed: Annotated[date, Strict()] | None = None


class SentRequest(Request):
    """A request whose day is written as one."""

    until: Annotated[date, Strict()]


class SentStatement(_Sent):
    """What somebody states. Author, role and time are those of whoever sends it, unless `made_at` is earlier."""

    model_config = _shown(_NOTE)

    body: Annotated[
        Note | Assessment | SentContribution | SentRequest | Reply | Foreseen | Instrument,
        Field(discriminator="kind"),
    ]
    subject: Subject
    marking: Marking
    attribution: Attribution | None = None
    made_at: Annotated[datetime, Strict()] | None = None
    about: Line | None = None
    as_of: Annotated[date, Strict()] | None = None
    standing: Standing = Standing.NOTE
    evidence: Annotated[tuple[Evidence, ...], Field(max_length=64)] = ()
    vocabulary: Line | None = None
    method: Line | None = None
    origin: Literal["person", "import", "machine text"] = "person"
    supersedes: Identities = ()
    derived_from: Identities = ()


class SentRecall(_Sent):
    """Why a statement is withdrawn."""

    model_config = _shown({"reason": "The source has taken it back."})

    reason: Text


class SentProposal(_Sent):
    """A less restricted note, drafted from statements, that is to be released."""

    sources: Annotated[tuple[Digest, ...], Field(min_length=1, max_length=30)]
    title: Line
    text: Text
    subject: Annotated[str, StringConstraints(pattern=r"^(place|period):[A-Za-z0-9][A-Za-z0-9:-]{0,79}$")]
    marking: Marking
    attribution: Literal["organisation", "non-attributed"] = "organisation"
    reason: Text


class SentApproval(_Sent):
    """The originator of a source agrees to a proposal."""

    source: Digest
    reason: Text


class SentReply(_Sent):
    """What became of a contribution, told to its contributor; attributed to the organisation unless said otherwise."""

    model_config = _shown({"fate": "used", "text": "It is in our monthly report."})

    fate: Fate
    text: Text
    attribution: Attribution | None = None


class SentSignOff(_Sent):
    """The standing under which an assessment is taken over; the next one if not given."""

    model_config = _shown({"standing": "desk"})

    standing: Standing | None = None


class SentRound(_Sent):
    """A round to be registered; `evidence` is its background pack."""

    body: Round
    subject: Subject
    marking: Marking
    evidence: Annotated[tuple[Evidence, ...], Field(max_length=64)] = ()
    vocabulary: Line | None = None
    about: Line | None = None
    as_of: Annotated[date, Strict()] | None = None


class SentStep(_Sent):
    """A step of a round; a cancellation has a reason."""

    model_config = _shown({"step": "open"})

    step: Literal["open", "share", "pool", "finish", "cancel"]
    reason: Annotated[str, StringConstraints(max_length=5000)] = ""


class SentDeclaration(_Sent):
    """Whether one has an interest in the outcome of a round, and which."""

    model_config = _shown({"interest": False})

    interest: StrictBool
    text: Annotated[str, StringConstraints(max_length=5000)] = ""


class SentEstimate(_Sent):
    """An estimate of one question. stage: for which it was made; the present one if not given."""

    question: Key
    given: Given
    stage: Literal["first", "second"] | None = None


class SentWishes(_Sent):
    """Recommendations that are proposed at the end of the second stage; an empty list counts as an answer."""

    recommendations: Annotated[tuple[Text, ...], Field(max_length=5)] = ()


class SentClosing(_Sent):
    """Dissents by the keys of questions, and what is said of recommendations by their identities."""

    dissents: dict[Key, Text] = Field(default_factory=dict)
    support: dict[Digest, Literal["support", "oppose", "no view"]] = Field(default_factory=dict)


class SentRecommendation(_Sent):
    """A recommendation of the convenor's."""

    model_config = _shown({"text": "Send an envoy before the harvest."})

    text: Text


class SentMove(_Sent):
    """What of a moment is other than before; what is not given stays. A day that becomes several days makes the moment
    windowed, and the other way round, unless `timing` is given.
    """

    model_config = _shown({"when": "2027-06-01"})

    when: Annotated[str, StringConstraints(max_length=LONGEST)] | None = None
    timing: Timing | None = None
    certainty: Certainty | None = None
    condition: Annotated[str, StringConstraints(max_length=2000)] | None = None
    recurrence: Annotated[str, StringConstraints(max_length=300)] | None = None
    skipped: Annotated[tuple[Day, ...], Field(max_length=400)] | None = None
    clock: Clock | None = None
    title: Line | None = None
    text: Annotated[str, StringConstraints(max_length=20_000)] | None = None
    source: Line | None = None


class SentTrigger(_Sent):
    """A trigger that is agreed; a moment that its rule names is an item of `evidence` of type statement."""

    body: Trigger
    subject: Subject
    marking: Marking
    attribution: Attribution | None = None
    evidence: Annotated[tuple[Evidence, ...], Field(max_length=64)] = ()
    supersedes: Identities = ()


class SentBacktest(_Sent):
    """What a back-test looks for; what fits the rule where it is not said."""

    model_config = _shown({"outcome": "deaths.state-based", "at_least": 100, "within": 6})

    outcome: Line | None = None
    at_least: Annotated[Number, Strict()] | None = None
    within: Annotated[int, Strict(), Field(ge=1, le=36)] | None = None


class SentActivation(_Sent):
    """Which back-test was read, and why the trigger is put in force."""

    backtest: Digest
    reason: Text


class SentEvent(_Sent):
    """What a person says of an alarm, or of the trigger: with the reason, the step, the evidence where it needs one."""

    model_config = _shown({"event": "acknowledged"})

    event: Literal["acknowledged", "confirmed", "dismissed", "step done", "stood down", "retired"]
    reason: Annotated[str, StringConstraints(max_length=5000)] = ""
    step: Key | None = None
    evidence: Annotated[tuple[Evidence, ...], Field(max_length=64)] = ()


class SentTree(Scenario):
    """A scenario whose day is written as one."""

    until: Annotated[date, Strict()]


class SentScenario(_Sent):
    """A scenario; a moment that a branch names is an item of `evidence` of type statement."""

    body: SentTree
    subject: Subject
    marking: Marking
    attribution: Attribution | None = None
    evidence: Annotated[tuple[Evidence, ...], Field(max_length=64)] = ()
    supersedes: Identities = ()


class SentSign(_Sent):
    """A signpost that was seen, by the keys of its branch and its own."""

    branch: Key
    signpost: Key
    seen: Annotated[date, Strict()]
    source: Line
    text: Annotated[str, StringConstraints(max_length=5000)] = ""


class SentOrganisation(_Sent):
    """An organisation that is to take part."""

    id: Identifier
    name: Name


class SentPerson(_Sent):
    """An account that is to be opened; how the person signs in is settled apart."""

    id: Identifier
    name: Name
    organisation: Identifier
    affiliation: Affiliation = Affiliation.MEMBER
    roles: Annotated[tuple[Role, ...], Field(min_length=1)] = (Role.READER,)
    email: Annotated[str, StringConstraints(max_length=254)] = ""


class SentChange(_Sent):
    """What is to change of an account; what is not given stays."""

    name: Name | None = None
    roles: Annotated[tuple[Role, ...], Field(min_length=1)] | None = None
    affiliation: Affiliation | None = None
    active: StrictBool | None = None


class SentGroup(_Sent):
    """A sharing group, kept by an organisation: the sender's unless `keeper` says otherwise."""

    id: Identifier
    name: Name
    purpose: Annotated[str, StringConstraints(max_length=2000)] = ""
    keeper: Annotated[str, StringConstraints(pattern=rf"^{IDENTIFIER}$")] | None = None


class SentMember(_Sent):
    """An organisation that is to join a group, now or at a later moment."""

    organisation: Identifier
    since: Moment | None = None


class SentBackFill(_Sent):
    """A group's older statements, from a moment on, are to be opened to a member."""

    organisation: Identifier
    opened: Moment


SENT: tuple[type[_Sent], ...] = (
    SentStatement,
    SentRecall,
    SentProposal,
    SentApproval,
    SentReply,
    SentSignOff,
    SentRound,
    SentStep,
    SentDeclaration,
    SentEstimate,
    SentWishes,
    SentClosing,
    SentRecommendation,
    SentMove,
    SentTrigger,
    SentBacktest,
    SentActivation,
    SentEvent,
    SentScenario,
    SentSign,
    SentOrganisation,
    SentPerson,
    SentChange,
    SentGroup,
    SentMember,
    SentBackFill,
)
"""Every form of body, for the description; the preview takes a ``Marking``."""
