"""Assessments: signed off, read in another frame, compared with one another; and how far those of a place agree.

An assessment is made as every statement is, at ``/statements``.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from tocsin.core.assessing import Level, Status
from tocsin.core.kinds import Digest
from tocsin.desk import differing
from tocsin.desk.assessing import agreement, rendering, signing
from tocsin.desk.assessing.agreement import Measured
from tocsin.desk.assessing.rendering import Unmapped
from tocsin.interfaces.api.answers import answer, openly
from tocsin.interfaces.api.asking import Identity, sent
from tocsin.interfaces.api.description import problems, taking
from tocsin.interfaces.api.given import SentSignOff
from tocsin.interfaces.api.served import Number, Served, ServedStatement
from tocsin.interfaces.api.statements import created
from tocsin.interfaces.web.doors import visitor

router = APIRouter(tags=["assessments"])

_FRAME = r"^[a-z0-9][a-z0-9-]{0,39}$"
_CODE = r"^[A-Za-z0-9-]{1,20}$"

Fit = Literal["exact", "close", "narrow", "broad", "overlap"]
Cause = Literal["definition", "evidence", "weight", "judgement"]


class ServedLead(BaseModel):
    """A rating that leads to a factor. relation: broad where the factor is broader than what was rated. via: the factor
    whose mapping it is, a part of what was rated or what holds it, where that is another one.
    """

    factor: str
    status: Status
    level: Level | None
    relation: Fit
    inverted: bool
    via: str | None
    note: str
    author: str


class ServedRow(BaseModel):
    """A factor of the other frame, with the ratings that lead to it."""

    factor: str
    label: str
    leads: list[ServedLead]


class ServedGap(BaseModel):
    """A factor without a counterpart. stated: somebody has said so, as the note has it; otherwise nobody has spoken."""

    factor: str
    label: str
    stated: bool
    note: str


class ServedRendering(Served):
    """An assessment in another frame. unmapped: ratings that lead nowhere. unreached: factors to which none leads."""

    assessment: Digest
    made_in: str
    shown_in: str
    rows: list[ServedRow]
    unmapped: list[ServedGap]
    unreached: list[ServedGap]


class ServedSide(BaseModel):
    """One of two assessments that are compared, and what it is called in the sentences."""

    id: Digest
    name: str
    probability: float


class ServedReason(BaseModel):
    """A piece of the gap, in log-odds from a to b. items: of evidence, behind it."""

    cause: Cause
    about: str
    share: float
    words: str
    items: list[str]


class ServedExchange(BaseModel):
    """The one exchange that would close most of the gap. closes: in log-odds."""

    kind: Literal["evidence", "definition"]
    about: str
    to: str
    closes: float
    probability_a: float
    probability_b: float
    words: str


class ServedKappa(BaseModel):
    """Cohen's kappa, with quadratic weights, of the findings of two assessments in one frame.

    value: null with the reason where it is not defined. n: factors that both found; missing: those that only one or
    neither did.
    """

    value: float | None
    n: Number
    missing: Number
    reason: str


class ServedMeanKappa(BaseModel):
    """The mean of that over pairs of assessments. pairs: those it is the mean of; undefined: those left out."""

    value: float | None
    pairs: Number
    undefined: Number


class ServedDiffering(Served):
    """What the difference of two assessments rests on. gap: logit(b) - logit(a), the sum of the shares.

    untold: why definition and starting point cannot be told apart. unseen: there is evidence that is not for the asker.
    kappa: null where they are in different frames.
    """

    a: ServedSide
    b: ServedSide
    frame: str
    gap: float
    shares: dict[Cause, float]
    reasons: list[ServedReason]
    exchange: ServedExchange | None
    untold: str | None
    unseen: bool
    kappa: ServedKappa | None


class ServedSpread(BaseModel):
    """How far apart a factor was rated. findings: how many found absent, low, medium, high. apart: mean difference of
    two ratings, in steps.
    """

    factor: str
    label: str
    findings: Annotated[list[Number], "absent, low, medium, high"]
    missing: Number
    apart: float | None


class ServedAgreement(Served):
    """Krippendorff's alpha of the assessments of a place in one frame; null with the reason where undefined.

    low, high: a 90 % interval over factors. kappa: null below two assessments. caution: how little so few factors tell.
    others: assessments in other frames, which are not counted in.
    """

    place: str
    frame: str
    level: Measured
    assessments: list[Digest]
    alpha: float | None
    low: float | None
    high: float | None
    reason: str | None
    kappa: ServedMeanKappa | None
    caution: str | None
    factors: list[ServedSpread]
    others: Number


@router.post(
    "/assessments/{id}/sign-off",
    status_code=201,
    responses=problems("not-found") | {201: {"description": "Stored.", "model": ServedStatement}},
    openapi_extra=taking(SentSignOff),
)
async def sign_off_assessment(request: Request, id: Identity) -> Response:
    """Take an assessment over as it is, with a higher standing: the next one, unless one is named."""
    visit = await run_in_threadpool(visitor, request)
    given, _ = await sent(request, SentSignOff)
    return created(request, await run_in_threadpool(signing.sign_off, visit, id, given.standing))


@router.get("/assessments/{id}/rendered", response_model=ServedRendering, responses=problems("not-found"))
def render_assessment(
    request: Request,
    id: Identity,
    frame: Annotated[str, Query(pattern=_FRAME, description="The frame to read it in, as `us-araf`.")],
) -> Response:
    """An assessment in another frame through the crosswalks, with what is left over on both sides."""
    found = rendering.rendered(visitor(request), id, frame)
    rows = [
        {
            "factor": row.target.notation,
            "label": row.target.label(),
            "leads": [
                {
                    "factor": lead.source.notation,
                    "status": lead.rating.status,
                    "level": lead.rating.level,
                    "relation": lead.relation,
                    "inverted": lead.inverted,
                    "via": lead.via.notation if lead.via else None,
                    "note": lead.note,
                    "author": lead.author,
                }
                for lead in row.leads
            ],
        }
        for row in found.rows
    ]
    content = {
        "assessment": found.view.id,
        "made_in": found.made_in.key,
        "shown_in": found.shown_in.key,
        "rows": rows,
        "unmapped": [_gap(one) for one in found.here],
        "unreached": [_gap(one) for one in found.there],
    }
    return answer(request, content, found.view.head.marking)


@router.get("/differences", response_model=ServedDiffering, responses=problems("not-found"))
def differing_understandings(
    request: Request,
    a: Annotated[str, Query(pattern="^[0-9a-f]{64}$", description="An assessment, in whose frame both are read.")],
    b: Annotated[str, Query(pattern="^[0-9a-f]{64}$", description="Another one of the same place.")],
) -> Response:
    """What the difference of two assessments rests on: definition, evidence, weight or judgement."""
    found = differing.differing(visitor(request), a, b)
    told = found.found
    content = {
        "a": {"id": found.a.id, "name": told.a, "probability": told.probability_a},
        "b": {"id": found.b.id, "name": told.b, "probability": told.probability_b},
        "frame": found.frame,
        "gap": told.gap,
        "shares": dict(told.shares),
        "reasons": [vars(one) | {"items": list(one.items)} for one in told.reasons],
        "exchange": vars(told.exchange) if told.exchange else None,
        "untold": told.untold or None,
        "unseen": found.unseen,
        "kappa": vars(found.kappa) if found.kappa else None,
    }
    return answer(request, content, found.marking)


@router.get("/places/{code}/agreement", response_model=ServedAgreement, responses=problems())
def agreement_on_place(
    request: Request,
    code: Annotated[str, Path(pattern=_CODE, description="The place, as `SDN`.")],
    frame: Annotated[
        str | None, Query(pattern=_FRAME, description="The frame; the one of most assessments if not given.")
    ] = None,
    level: Annotated[
        Measured, Query(description="Whether only sameness, order or also distance of the steps counts, for alpha.")
    ] = "ordinal",
) -> Response:
    """How far the assessments of a place that stand, and that whoever asks may see, agree in one frame."""
    visit = visitor(request)
    found = agreement.agreement(visit, code, frame or "", level)
    content: dict[str, Any] = {
        "place": found.place,
        "frame": found.frame,
        "level": found.level,
        "assessments": [view.id for view in found.views],
        "alpha": found.alpha.value if found.alpha else None,
        "low": found.interval.low if found.interval else None,
        "high": found.interval.high if found.interval else None,
        "reason": found.reason or None,
        "kappa": vars(found.kappa) if found.kappa else None,
        "caution": found.caution or None,
        "factors": [
            {
                "factor": one.factor.notation,
                "label": one.factor.label(),
                "findings": list(one.findings),
                "missing": one.spread.missing,
                "apart": one.spread.apart,
            }
            for one in found.factors
        ],
        "others": found.others,
    }
    return answer(request, content, found.marking or openly(visit))


def _gap(one: Unmapped) -> dict[str, Any]:
    return {"factor": one.factor.notation, "label": one.factor.label(), "stated": one.stated, "note": one.note}
