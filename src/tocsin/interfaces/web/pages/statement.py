"""One statement: what it says, who says it, under which handling, what it rests on, and what became of it."""

from __future__ import annotations

from tocsin.core.errors import NotFound
from tocsin.core.seeing import Role, originates
from tocsin.core.statement import Standing
from tocsin.desk import field_fates, views
from tocsin.desk.making import AUTHORS_KINDS
from tocsin.desk.reading import facts, read
from tocsin.desk.rounds import case
from tocsin.desk.views import View
from tocsin.desk.visit import Visit
from tocsin.interfaces.web.items import item, markings, may_say, statements, twin
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.naming import names_of
from tocsin.interfaces.web.page import Elsewhere, Page, Params
from tocsin.interfaces.web.words import CREDIBILITY, LABELS, RELIABILITY, STANDINGS


def statement_page(visit: Visit, params: Params) -> Page | Elsewhere:
    """``/statement/{id}``; of one that was withdrawn, for those who saw it, what says so and why.

    Errors: NotFound, which reads the same whether there is none or it is not for the visitor.
    """
    id = params["id"].strip().lower()
    try:
        return built(visit, id, Labels.read(params))
    except NotFound:
        if withdrawn := views.recall_of(visit, id):
            return Elsewhere(f"/statement/{withdrawn}")
        raise


def built(visit: Visit, id: str, labels: Labels, *, reason: str = "", problem: str = "") -> Page:
    """The page; reason and problem: of a recall that was refused."""
    chain = views.chain_of(visit, id)
    view = next(one for one in chain if one.id == id)
    beside = views.beside(visit, id)
    names = names_of(visit)
    shown = [*chain, *beside]
    evidence = [
        entry
        | {"reliability_in_words": RELIABILITY[entry["reliability"]]}
        | {"credibility_in_words": CREDIBILITY[entry["credibility"]]}
        for entry in view.shown["evidence"]
    ]
    told = item(view, names, labels)
    bound = field_fates.unasked(visit, view.derived_from)
    return Page(
        stem=f"/statement/{id}",
        title=told.headline,
        facts=facts(read(visit.settings)),
        content={
            "labels": labels,
            "told": told,
            "chain": [item(one, names, labels) for one in chain],
            "beside": [item(one, names, labels) for one in beside],
            "evidence": evidence,
            "standing": STANDINGS[Standing(view.shown["standing"])],
            "allows": LABELS[view.head.marking.tlp],
            "bound": bound,
            "round_id": case.round_of(visit, view),
            "may_correct": may_correct(visit, view),
            "may_recall": may_recall(visit, view),
            "fictional": visit.store.world == "exercise",
            "may_ask": Role.STEWARD in visit.roles
            or (originates(visit.actor, view.head) and bool(visit.roles & {Role.DESK_OFFICER, Role.CONVENOR})),
            "mine": view.person == visit.actor.person and view.organisation == visit.actor.organisation,
            "reason": reason,
            "problem": problem,
        },
        twin=twin(view)
        | {
            "chain": [twin(one) for one in chain if one.id != id],
            "beside": [twin(one) for one in beside],
            "evidence_in_words": evidence,
            "consent_of_sources": bound,
        },
        tables={"statements": statements("The statement with what it superseded and what superseded it", shown, visit)},
        marking=markings(shown),
    )


_WITH_A_FORM = frozenset(AUTHORS_KINDS) - {"reply"}
"""Kinds that a form of a page corrects."""


def may_correct(visit: Visit, view: View) -> bool:
    """Whether to offer a correction: to those who may make one and to whom its organisation is shown anyway."""
    stands = view.state == "current" and view.head.kind in _WITH_A_FORM
    return may_say(visit) and _theirs(visit, view) and stands


def may_recall(visit: Visit, view: View) -> bool:
    """Whether to offer a recall, under the same rule."""
    own = view.person == visit.actor.person
    allowed = Role.DESK_OFFICER in visit.roles or (Role.ANALYST in visit.roles and own)
    return allowed and _theirs(visit, view) and view.state != "recalled" and view.head.kind != "recall"


def _theirs(visit: Visit, view: View) -> bool:
    # As attributed: an offer to a colleague of the author of a non-attributed statement would tell whose it is.
    return view.organisation == visit.actor.organisation
