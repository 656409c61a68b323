"""The lexicon: schemes, concepts, crosswalks. It is reference, open to everybody who gets in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import Response

from tocsin.core.errors import LexiconError, NotFound, StatementError
from tocsin.core.statement import digest
from tocsin.desk import lexicon as desk
from tocsin.interfaces.api.answers import answer, openly, tagged
from tocsin.interfaces.api.description import problems
from tocsin.interfaces.api.served import Number, Served
from tocsin.interfaces.web.doors import visitor
from tocsin.interfaces.web.pages.lexicon_files import FILES, scheme_bytes

router = APIRouter(tags=["lexicon"])

_Found = TypeVar("_Found")


class Part(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(extra="forbid")


class ServedTerm(Part):
    """A word. labels: by language. note: what differs between its owners. members: ids of their senses."""

    key: str
    labels: dict[str, str]
    note: str
    members: list[str]


class ServedConcept(Part):
    """One owner's sense of a word, one factor or question of a frame, or one variable. id: `SCHEME:NOTATION`.

    compared: its definition has been read against the source's own words; where it has not, quote from the source.
    """

    id: str
    scheme: str
    notation: str
    labels: dict[str, str]
    definition: str
    source: str
    paragraph: str
    url: str
    owner: dict[str, str]
    compared: bool
    sense: Literal["legal", "policy", "statistical"] | None
    sign: Literal["raises", "lowers", "absence", "unsigned"] | None
    terms: list[str]
    crimes: list[str]
    thresholds: dict[str, int]
    notes: list[str]
    broader: list[str]
    narrower: list[str]


class ServedSchemeLine(Part):
    """A scheme in the list. compared: how many definitions have been read against their source's own words."""

    key: str
    titles: dict[str, str]
    version: str
    issued: str
    source: str
    concepts: Number
    compared: Number


class ServedLexicon(Served):
    """What there is. vocabulary: what a statement that uses its words writes down."""

    vocabulary: str
    languages: list[str]
    schemes: list[ServedSchemeLine]
    terms: list[ServedTerm]


class ServedScheme(Served):
    """A scheme with its concepts, in the order of their notations."""

    vocabulary: str
    key: str
    titles: dict[str, str]
    version: str
    issued: str
    description: str
    source: str
    url: str
    owner: dict[str, str]
    notes: list[str]
    concepts: list[ServedConcept]
    terms: list[ServedTerm]


class ServedMapping(Part):
    """How one concept stands to another, in whose view and why; no target where a whole scheme has nothing for it."""

    source: str
    target: str | None
    target_scheme: str
    relation: Literal["exact", "close", "broad", "narrow", "none"]
    inverted: bool
    author: str
    date: str
    note: str
    derived: bool


class ServedConceptView(Served):
    """A concept. siblings: other owners' senses of the same words. concepts: whatever is named here, by id."""

    vocabulary: str
    concept: ServedConcept
    scheme: dict[str, str]
    siblings: list[str]
    mappings: list[ServedMapping]
    concepts: dict[str, ServedConcept]


class ServedGap(Part):
    """A concept that is left over. stated: somebody has said so, in `note`; otherwise nobody has said anything."""

    concept: str
    stated: bool
    note: str


class ServedCrosswalk(Served):
    """One scheme beside another. unmapped: left over in the first; unreached: in the second."""

    vocabulary: str
    source: str
    target: str
    titles: dict[str, dict[str, str]]
    mappings: list[ServedMapping]
    unmapped: list[ServedGap]
    unreached: list[ServedGap]
    concepts: dict[str, ServedConcept]


_MEDIA = {"application/json": "json", **{kind.partition(";")[0]: form for form, (_, kind) in FILES.items()}}

_FORMS: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "text/turtle": {"schema": {"type": "string"}},
            "application/ld+json": {"schema": {"type": "object"}},
        }
    }
}

SchemeKey = Annotated[str, Path(description="As `terms`, `un-framework-2014`.")]


@router.get("/lexicon", response_model=ServedLexicon, responses=problems())
def what_there_is(request: Request) -> Response:
    """Every scheme and every term, and the version that pins what they mean."""
    visit, view = visitor(request), desk.lexicon_view()
    content = {
        "vocabulary": view.version,
        "languages": desk.LANGUAGES,
        "schemes": [asdict(one) for one in view.schemes],
        "terms": [asdict(one.term) for one in desk.terms_view()],
    }
    return answer(request, content, openly(visit))


@router.get("/lexicon/{scheme}", response_model=ServedScheme, responses=problems("not-found") | _FORMS)
def one_scheme(
    request: Request,
    scheme: SchemeKey,
    form: Annotated[
        Literal["json", "turtle", "json-ld"] | None,
        Query(description="How it is written; else what `Accept` asks for. `crosswalks` has no `json`."),
    ] = None,
) -> Response:
    """A scheme, as JSON or for tools that read SKOS; the mappings for them are called `crosswalks`."""
    visit, chosen = visitor(request), form or accepted(request.headers.get("accept", ""))
    varies = {"vary": "accept"}
    if chosen == "json":
        found = there(desk.scheme_view, scheme)
        content = {"vocabulary": desk.vocabulary_version(), **asdict(found)}
        return answer(request, content, openly(visit), headers=varies)
    written = there(scheme_bytes, scheme, chosen)
    return tagged(request, written, f'"{digest(written)[:32]}"', openly(visit), 200, FILES[chosen][1], varies)


@router.get("/lexicon/{scheme}/concepts/{notation}", response_model=ServedConceptView, responses=problems("not-found"))
def one_concept(request: Request, scheme: SchemeKey, notation: str) -> Response:
    """A concept with what stands above, below and beside it, and everything it is mapped to."""
    visit = visitor(request)
    found = there(desk.concept_view, f"{scheme}:{notation}")
    return answer(request, {"vocabulary": desk.vocabulary_version(), **asdict(found)}, openly(visit))


@router.get("/crosswalks", response_model=ServedCrosswalk, responses=problems())
def crosswalk(
    request: Request,
    source: Annotated[str, Query(alias="from", description="The scheme to read.")],
    target: Annotated[str, Query(alias="to", description="The scheme to read it in.")],
) -> Response:
    """One scheme read in another: every mapping with author and reason, and what is left over on both sides."""
    visit = visitor(request)
    for field, key in (("from", source), ("to", target)):
        of_field(field, desk.scheme_view, key)
    content = {"vocabulary": desk.vocabulary_version(), **asdict(desk.crosswalk_view(source, target))}
    return answer(request, content, openly(visit))


def accepted(header: str) -> str:
    """Which form an ``Accept`` asks for most, of those there are; ``json`` where it does not say.

    >>> accepted("text/turtle"), accepted("application/json;q=0.5, application/ld+json"), accepted("*/*")
    ('turtle', 'json-ld', 'json')
    """
    best, form = 0.0, "json"
    for part in header.split(","):
        kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weights = [text.removeprefix("q=") for text in parameters if text.startswith("q=")]
        try:
            weight = float(weights[0]) if weights else 1.0
        except ValueError:
            weight = 0.0
        if kind in _MEDIA and weight > best:
            best, form = weight, _MEDIA[kind]
    return form


def there(find: Callable[..., _Found], *names: str) -> _Found:
    """What an address names. Errors: NotFound says what there is."""
    try:
        return find(*names)
    except LexiconError as error:
        raise NotFound(error.what, remedy=error.remedy) from None


def of_field(field: str, find: Callable[..., _Found], *args: Any, **options: Any) -> _Found:
    """What a field of the query asks for. Errors: StatementError names the field."""
    try:
        return find(*args, **options)
    except LexiconError as error:
        raise StatementError(error.what, field=field, remedy=error.remedy) from None
