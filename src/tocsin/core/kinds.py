"""The kinds of statement: one typed body each.

A new kind of claim is a class here or in one of the modules
beside it (``assessing``, ``fielding``, ``convening``), and an entry below.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from tocsin.core.assessing import Assessment
from tocsin.core.body import Body, Derivable, Digest, Line, Probability, Text
from tocsin.core.convening import (
    Declaration,
    Dissent,
    Envelope,
    Estimate,
    Recommendation,
    Result,
    Round,
    Step,
)
from tocsin.core.fielding import Contribution, Reply, Request
from tocsin.core.foreseeing import Instrument, Moment
from tocsin.core.marking import IDENTIFIER, Marking
from tocsin.core.triggering import Activation, Backtest, Happening, Scenario, Sign, Trigger

__all__ = ["KINDS", "AnyBody", "Body", "Digest", "Forecast", "Line", "Note", "Probability", "Proposal", "Text"]


class Note(Derivable):
    """Something observed or judged, in words."""

    kind: Literal["note"] = "note"
    title: Line
    text: Text

    searched = ("title", "text")


class Forecast(Body):
    """A model's probability for one state, with all that must go with it (design, rule 4).

    table: digest of the table that holds every state's forecast.
    """

    kind: Literal["forecast"] = "forecast"
    outcome: Line
    horizon: Line
    vintage: Line
    probability: Probability
    low: Probability
    high: Probability
    coverage: Probability
    base_rate: Probability
    licence: Text
    table: Digest


class Release(Body):
    """A model's release: what was forecast, from which data, and its tables by digest.

    release: SHA-256 of the release's own file.
    """

    kind: Literal["release"] = "release"
    outcome: Line
    horizon: Line
    vintage: Line
    definition: Text
    licence: Text
    release: Digest
    tables: dict[Line, Digest]


class Recall(Body):
    """The subject is withdrawn by its originator: nobody outside the originating organisation sees it any more."""

    kind: Literal["recall"] = "recall"
    reason: Text

    searched = ("reason",)


class Proposal(Body):
    """A less restricted note drafted from restricted statements, whose originators are asked to agree to it.

    What it was drafted from is in the sealed part, as every link is. about: the subject of the note, as ``place:SDN``.
    to: the marking it is to have. by: the organisation that will stand as its author; None if nobody will. salt: keeps
    an approval, which more people may see than the proposal, from confirming a guess at its words.
    """

    kind: Literal["proposal"] = "proposal"
    note: Note
    about: Annotated[str, StringConstraints(pattern=r"^(place|period):[A-Za-z0-9][A-Za-z0-9:-]{0,79}$")]
    to: Marking
    by: Annotated[str, StringConstraints(pattern=rf"^{IDENTIFIER}$")] | None
    reason: Text
    salt: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]

    searched = ("reason",)
    tells_of_inputs = True


class Downgrade(Body):
    """The originator of the subject agrees that exactly one text may go out under a less strict marking.

    derived: the digest of that text with all that was proposed with it (``desk.proposals.pin``). to: its marking.
    """

    kind: Literal["downgrade"] = "downgrade"
    derived: Digest
    to: Marking
    reason: Text

    searched = ("reason",)


class Lineage(Body):
    """Where a released statement (the subject) comes from: links in the sealed part to the proposal, its sources and
    their approvals.

    It is a statement of its own, under the join of the sources' markings, because the released one must not even hint
    that there is more. It does not hold what was taken out: a source that is recalled later must take its words along.
    derived: the digest that the approvals pinned.
    """

    kind: Literal["lineage"] = "lineage"
    derived: Digest

    tells_of_inputs = True


AnyBody = Annotated[
    Note
    | Forecast
    | Release
    | Recall
    | Proposal
    | Downgrade
    | Lineage
    | Assessment
    | Contribution
    | Request
    | Reply
    | Round
    | Step
    | Declaration
    | Envelope
    | Estimate
    | Dissent
    | Recommendation
    | Moment
    | Instrument
    | Trigger
    | Backtest
    | Activation
    | Happening
    | Scenario
    | Sign
    | Result,
    Field(discriminator="kind"),
]

KINDS: dict[str, type[Body]] = {
    "note": Note,
    "forecast": Forecast,
    "release": Release,
    "recall": Recall,
    "proposal": Proposal,
    "downgrade": Downgrade,
    "lineage": Lineage,
    "assessment": Assessment,
    "contribution": Contribution,
    "request": Request,
    "reply": Reply,
    "round": Round,
    "step": Step,
    "declaration": Declaration,
    "envelope": Envelope,
    "estimate": Estimate,
    "dissent": Dissent,
    "recommendation": Recommendation,
    "moment": Moment,
    "instrument": Instrument,
    "trigger": Trigger,
    "backtest": Backtest,
    "activation": Activation,
    "happening": Happening,
    "scenario": Scenario,
    "sign": Sign,
    "result": Result,
}


def json_schema(kind: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a kind's body.

    Errors: KeyError if there is no such kind.
    """
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | KINDS[kind].model_json_schema()


def words(body: Body) -> str:
    """The words of a body that can be searched."""
    return " ".join(word for name in body.searched for word in spelled(str(getattr(body, name))))


def spelled(text: str) -> list[str]:
    """The words of a text as they are searched, whatever the database: without case, accents and what parts them.

    >>> spelled("Côte d’Ivoire: Hutu/Tutsi, desk@aa.example")
    ['cote', 'd', 'ivoire', 'hutu', 'tutsi', 'desk', 'aa', 'example']
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.findall(r"[^\W_]+", "".join(letter for letter in plain if not unicodedata.combining(letter)))
