"""What the API serves, as its description shows it, and how each is made from what ``desk`` gives.

The models are not run when something is served: a test holds that what is served fits them.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from tocsin.core.instant import NEVER, Instant, written
from tocsin.core.kinds import AnyBody, Digest
from tocsin.core.marking import Marking
from tocsin.core.register import Group, Organisation, Person, Preview
from tocsin.core.seeing import Affiliation, Role
from tocsin.core.statement import Attribution, Evidence, Origin, Standing, Subject
from tocsin.desk.views import View

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))

Number = Annotated[int, Field(ge=0)]


class Served(BaseModel):
    """An answer under the marking of what it holds."""

    model_config = ConfigDict(extra="forbid")

    marking: Marking


class ServedAuthor(BaseModel):
    """The author, as far as the attribution lets everybody know."""

    model_config = ConfigDict(extra="forbid")

    organisation: str | None = None
    person: str | None = None
    role: Role | None = None


class OpenPart(BaseModel):
    """What whoever may see a statement sees: the SHA-256 of its RFC 8785 form is the statement's identity."""

    model_config = ConfigDict(extra="forbid")

    form: Literal["tocsin-statement-1"]
    body: AnyBody
    subject: Subject
    author: ServedAuthor
    attribution: Attribution
    made_at: datetime
    about: str | None
    as_of: date | None
    standing: Standing
    origin: Origin
    evidence: list[Evidence]
    vocabulary: str | None
    method: str | None
    marking: Marking
    sealed: Digest


class ServedDissent(BaseModel):
    """A dissent from the result that a statement is or rests on; no text if withdrawn or not for the reader."""

    model_config = ConfigDict(extra="forbid")

    id: Digest
    text: str | None
    withdrawn: bool


class ServedItem(BaseModel):
    """A statement. The lists hold identities of statements that the reader may see, and nothing tells of others.

    about_subject: what it is found under; of a statement about another one, what that one is about.
    """

    model_config = ConfigDict(extra="forbid")

    id: Digest
    state: Literal["current", "superseded", "recalled"]
    recorded_at: datetime
    about_subject: str
    supersedes: list[Digest]
    superseded_by: list[Digest]
    derived_from: list[Digest]
    dissents: list[ServedDissent]
    statement: OpenPart


class ServedStatement(Served, ServedItem):
    """One statement."""


class ServedStatements(Served):
    """Statements, without going on."""

    items: list[ServedItem]


class ServedPage(ServedStatements):
    """A page of statements, newest first. next: the cursor of the page after it."""

    next: str | None


class Replaced(BaseModel):
    """A statement that superseded another."""

    old: ServedItem
    new: ServedItem


class ServedDifferences(Served):
    """What changed between two moments, of what stood: new, gone, and replaced.

    complete: false if there were too many to compare, and only the newest were.
    """

    added: list[ServedItem]
    gone: list[ServedItem]
    replaced: list[Replaced]
    complete: bool


class ServedCount(Served):
    """How many statements stand. more: at least so many; nobody counts on."""

    number: Number
    more: bool


class Audience(BaseModel):
    """Who would see something stored under `wanted` now.

    organisations: persons of each. persons: those whom the asker may know by name. through: how many each name of the
    audience lets in. later: persons of organisations that are to join, who see it only if it is back-filled.
    """

    wanted: Marking
    organisations: dict[str, Number]
    persons: list[str]
    through: dict[str, Number]
    later: dict[str, Number]


class ServedPreview(Served, Audience):
    """Who would see something; nothing is stored."""


class ServedFile(Served):
    """A file that was brought."""

    id: Digest
    media_type: str
    size: Number


class ServedKind(BaseModel):
    """A kind of statement, and where the JSON Schema of its body is."""

    kind: str
    schema_at: str


class ServedKinds(Served):
    """Every kind of statement."""

    items: list[ServedKind]


class ServedProblem(Served):
    """What a kind of problem means."""

    title: str
    status: int
    meaning: str


class ServedMe(Served):
    """Whoever asks. roles: those in which they act here, of which a token may carry fewer than its owner has."""

    person: str
    name: str
    organisation: str
    affiliation: Affiliation
    roles: list[Role]
    groups: list[str]
    world: Literal["real", "exercise"]


class ServedOrganisation(BaseModel):
    """An organisation."""

    id: str
    name: str


class ServedOrganisations(Served):
    """Organisations."""

    items: list[ServedOrganisation]


class ServedPerson(BaseModel):
    """A person, as far as the asker may know: no role and no email where they are not for them."""

    id: str
    name: str
    organisation: str
    affiliation: Affiliation
    roles: list[Role]
    email: str
    active: bool


class ServedPersons(Served):
    """Persons."""

    items: list[ServedPerson]


class ServedStay(BaseModel):
    """A stay of an organisation in a group. opened: from when on it sees what the group was told."""

    organisation: str
    since: datetime
    opened: datetime
    until: datetime | None


class ServedGroup(BaseModel):
    """A sharing group."""

    id: str
    name: str
    purpose: str
    keeper: str
    stays: list[ServedStay]


class ServedGroups(Served):
    """Sharing groups."""

    items: list[ServedGroup]


class OneOrganisation(Served, ServedOrganisation):
    """One organisation."""


class OnePerson(Served, ServedPerson):
    """One person."""


class OneGroup(Served, ServedGroup):
    """One group."""


class ServedBackFill(Served):
    """What a back-fill opens: statements that the asker may see, to so many persons. more: at least so many."""

    group: str
    organisation: str
    opened: datetime
    statements: Number
    more: bool
    people: Number
    done: bool


def item(view: View) -> bytes:
    """A statement of a list as JSON: its open part byte for byte as it was stored."""
    return _ENCODER.encode(beside(view))[:-1].encode() + b',"statement":' + view.open_part + b"}"


def one(view: View) -> dict[str, Any]:
    """A statement on its own."""
    return {**beside(view), "statement": view.open_part}


def beside(view: View) -> dict[str, Any]:
    """What stands beside the open part of a statement."""
    return {
        "id": view.id,
        "state": view.state,
        "recorded_at": written(view.head.recorded_at),
        "about_subject": view.head.subject,
        "supersedes": view.supersedes,
        "superseded_by": view.superseded_by,
        "derived_from": view.derived_from,
        "dissents": [{"id": one.id, "text": one.text, "withdrawn": one.withdrawn} for one in view.dissents],
    }


def previewed(preview: Preview) -> dict[str, Any]:
    """A preview of an audience."""
    return {
        "wanted": preview.marking.model_dump(mode="json"),
        "organisations": dict(preview.organisations),
        "persons": list(preview.persons),
        "through": dict(preview.through),
        "later": dict(preview.later),
    }


def organisation(one: Organisation) -> dict[str, Any]:
    """An organisation."""
    return {"id": one.id, "name": one.name}


def person(one: Person) -> dict[str, Any]:
    """A person."""
    return {
        "id": one.id,
        "name": one.name,
        "organisation": one.organisation,
        "affiliation": one.affiliation,
        "roles": sorted(one.roles),
        "email": one.email,
        "active": one.active,
    }


def group(one: Group) -> dict[str, Any]:
    """A sharing group."""
    stays = [
        {
            "organisation": stay.organisation,
            "since": written(stay.since),
            "opened": written(stay.opened),
            "until": ended(stay.until),
        }
        for stay in one.spells
    ]
    return {"id": one.id, "name": one.name, "purpose": one.purpose, "keeper": one.keeper, "stays": stays}


def ended(at: Instant) -> str | None:
    """When something ends; None if that is not known."""
    return None if at == NEVER else written(at)
