"""The kinds of statement: one typed body each. A new kind of claim is a new class here and nothing else."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tocsin.core.marking import IDENTIFIER, Marking

Line = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=20_000, strip_whitespace=True)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 in lower-case hexadecimal: the identity of a statement, an attachment or a table."""

Probability = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class Body(BaseModel):
    """What is claimed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    searched: ClassVar[tuple[str, ...]] = ()
    """The fields whose words can be searched."""

    tells_of_inputs: ClassVar[bool] = False
    """Whether it tells what it was made from; then it is open to nobody to whom one of those is shut."""


class Note(Body):
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
    Note | Forecast | Release | Recall | Proposal | Downgrade | Lineage,
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
