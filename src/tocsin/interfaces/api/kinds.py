"""What can be read by everybody who gets in: the kinds of statement, the kinds of problem, and who one is."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from tocsin.core import kinds
from tocsin.core.errors import NotFound
from tocsin.desk import people
from tocsin.interfaces.api.answers import answer, inhouse, openly
from tocsin.interfaces.api.description import problems
from tocsin.interfaces.api.problems import KINDS, PREFIX
from tocsin.interfaces.api.served import ServedKinds, ServedMe, ServedProblem
from tocsin.interfaces.web.doors import visitor

router = APIRouter(tags=["the API itself"])

_SCHEMA = {
    "description": "JSON Schema 2020-12.",
    "content": {"application/schema+json": {"schema": {"type": "object"}}},
}


@router.get("/kinds", response_model=ServedKinds, responses=problems())
def list_kinds(request: Request) -> Response:
    """Every kind of statement."""
    items = [{"kind": kind, "schema_at": f"{PREFIX}/kinds/{kind}"} for kind in kinds.KINDS]
    return answer(request, {"items": items}, openly(visitor(request)))


@router.get("/kinds/{kind}", response_class=Response, responses=problems("not-found") | {200: _SCHEMA})
def schema_of_kind(request: Request, kind: str) -> Response:
    """The JSON Schema of a kind's body."""
    visit = visitor(request)
    if kind not in kinds.KINDS:
        raise NotFound("there is no such kind of statement", remedy=f"Choose one of {', '.join(kinds.KINDS)}")
    return answer(
        request, kinds.json_schema(kind), openly(visit), media_type="application/schema+json", mark_body=False
    )


@router.get("/problems/{slug}", response_model=ServedProblem, responses=problems("not-found"))
def meaning_of_problem(request: Request, slug: str) -> Response:
    """What a kind of problem means."""
    visit, kind = visitor(request), KINDS.get(slug)
    if kind is None:
        raise NotFound("there is no such kind of problem", remedy=f"Choose one of {', '.join(KINDS)}")
    return answer(request, {"title": kind.title, "status": kind.status, "meaning": kind.meaning}, openly(visit))


@router.get("/me", response_model=ServedMe, responses=problems())
def who_asks(request: Request) -> Response:
    """Whoever asks, with the roles in which they act here."""
    visit = visitor(request)
    actor, known = visit.actor, people.directory(visit).persons.get(visit.actor.person)
    content = {
        "person": actor.person,
        "name": known.name if known else actor.person,
        "organisation": actor.organisation,
        "affiliation": actor.affiliation,
        "roles": sorted(visit.roles),
        "groups": sorted(actor.groups),
        "world": visit.store.world,
    }
    return answer(request, content, inhouse(visit))
