"""Rounds: what waits for my step, my open questions, then every round by where it is."""

from __future__ import annotations

from typing import Any

from tocsin.core.convening import Stage
from tocsin.core.instant import written
from tocsin.core.seeing import Role
from tocsin.desk.reading import facts, read
from tocsin.desk.rounds.showing import Listed, listed
from tocsin.desk.visit import Visit
from tocsin.interfaces.web.items import called, item, markings
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.naming import names_of
from tocsin.interfaces.web.page import Page, Params, table
from tocsin.interfaces.web.pages.rounds_rows import QUESTIONS, question_row
from tocsin.interfaces.web.pages.rounds_telling import STAGES, left

_ORDER = (Stage.FIRST, Stage.SECOND, Stage.CLOSING, Stage.REGISTERED, Stage.FINISHED, Stage.CANCELLED)
"""The stages in the order in which somebody looks for them."""

_ROUNDS = ("round", "title", "subject", "stage", "until", "questions", "invited", "open")


def rounds_page(visit: Visit, params: Params) -> Page:
    """``/rounds``: what awaits the visitor, then the rounds they may see by stage."""
    labels, names, found = Labels.read(params), names_of(visit), listed(visit)
    marking = markings(one.view for one in found)
    open_questions = [(one, question) for one in found for question in one.waiting]
    return Page(
        stem="/rounds",
        title="Rounds",
        facts=facts(read(visit.settings)),
        content={
            "labels": labels,
            "steps": [(one, item(one.view, names, labels), left(one.left)) for one in found if one.waits_for_step],
            "mine": [(one, item(one.view, names, labels), left(one.left)) for one in found if one.open],
            "stages": [
                (STAGES[stage], [(one, item(one.view, names, labels), left(one.left)) for one in group])
                for stage in _ORDER
                if (group := [one for one in found if one.stage is stage])
            ],
            "may_register": Role.CONVENOR in visit.roles,
        },
        twin={"rounds": [_twin(one) for one in found]},
        tables={
            "rounds": table("Rounds that you may see", _ROUNDS, [_row(one, labels) for one in found], marking),
            "questions": table(
                "Questions that await your answer",
                ("round", *QUESTIONS),
                [{"round": one.view.id, **question_row(question)} for one, question in open_questions],
                marking,
            ),
        },
        marking=marking,
    )


def _twin(one: Listed) -> dict[str, Any]:
    return {
        "id": one.view.id,
        "title": one.round.title,
        "about_subject": one.view.head.subject,
        "organisation": one.view.organisation,
        "stage": str(one.stage),
        "until": None if one.until is None else written(one.until),
        "questions": len(one.round.questions),
        "convenes": one.convenes,
        "waits_for_step": one.waits_for_step,
        "invited": one.invited,
        "open": one.open,
        "waiting": [question.key for question in one.waiting],
        "marking": one.view.head.marking.label,
    }


def _row(one: Listed, labels: Labels) -> dict[str, Any]:
    return {
        "round": one.view.id,
        "title": one.round.title,
        "subject": called(one.view.head.subject, labels),
        "stage": str(one.stage),
        "until": None if one.until is None else written(one.until),
        "questions": len(one.round.questions),
        "invited": one.invited,
        "open": one.open,
    }
