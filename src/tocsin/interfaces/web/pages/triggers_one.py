"""One trigger: its rule and what it says now, its back-test, who is on duty, its alarms, and what a person can say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tocsin.core.errors import NotFound, StatementError, TocsinError
from tocsin.core.fielding import Provenance
from tocsin.core.instant import moment
from tocsin.core.seeing import Role, originates
from tocsin.core.triggering import Activation, Backtest
from tocsin.desk import views
from tocsin.desk.reading import facts, read
from tocsin.desk.triggers import evaluating, standing, worded
from tocsin.desk.triggers.evaluating import Looked
from tocsin.desk.triggers.standing import WORDS, Agreed
from tocsin.desk.visit import Visit
from tocsin.interfaces.web import words
from tocsin.interfaces.web.composing import Typed
from tocsin.interfaces.web.items import item, markings, statements, twin
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.naming import names_of
from tocsin.interfaces.web.page import Elsewhere, Page, Params, table
from tocsin.interfaces.web.pages.triggers import as_twin, rows

_ALARMS = ("raised", "left", "followed", "lead_months")
_TASKS = ("key", "what", "by", "until", "done", "late", "now_with")


@dataclass(frozen=True)
class Refused:
    """What somebody sent that was not taken: which action, why, and what they had typed."""

    action: str
    problem: TocsinError
    typed: Typed


def trigger_page(visit: Visit, params: Params) -> Page | Elsewhere:
    """``/trigger/{id}``; anything else is shown as the statement that it is.

    Errors: NotFound, which reads the same whether there is none or it is not for the visitor.
    """
    id = params["id"].strip().lower()
    try:
        return built(visit, id, Labels.read(params))
    except NotFound:
        if withdrawn := views.recall_of(visit, id):
            return Elsewhere(f"/statement/{withdrawn}")
        raise
    except StatementError:
        return Elsewhere(f"/statement/{id}")


def built(visit: Visit, id: str, labels: Labels, refused: Refused | None = None) -> Page:
    """The page, with what was refused and what was typed there.

    Errors: NotFound; StatementError if it is no trigger.
    """
    found, names = standing.agreed(visit, id), names_of(visit)
    looked = evaluating.look(visit, id)
    told = item(found.view, names, labels)
    test = _test(found)
    how, conditions = worded.rule(found.body.rule)
    marking = markings(found.views)
    return Page(
        stem=f"/trigger/{id}",
        title=found.body.title,
        facts=facts(read(visit.settings)),
        content={
            "labels": labels,
            "told": told,
            "found": found,
            "body": found.body,
            "how": how,
            "conditions": conditions,
            "looked": looked,
            "test": test,
            "test_id": found.backtests[-1].id if found.backtests else "",
            "read_test": _read_test(found),
            "past": worded.past,
            "dated": worded.alarms_dated(test) if test else "",
            "rate": worded.rate,
            "duty": worded.duty,
            "step": worded.step,
            "wanted": _wanted(found),
            "vacant": list(dict.fromkeys(f"{one.role}, {one.organisation}" for _, one in found.vacant)),
            "tasks": rows(found),
            "where": WORDS,
            "happened": [
                (alarm, [item(one, names, labels) for one in alarm.happenings]) for alarm in reversed(found.alarms)
            ],
            "activation": item(found.activation, names, labels) if found.activation else None,
            "may": _may(visit, found),
            "provenances": list(Provenance),
            "reliabilities": [(grade, f"{grade} {said}") for grade, said in words.RELIABILITY.items()],
            "credibilities": [(grade, f"{grade} {said}") for grade, said in words.CREDIBILITY.items()],
            "refused": refused,
            "typed": refused.typed if refused else Typed({}),
            "moment": moment,
        },
        twin=as_twin(found) | {"now": _now(looked), "backtests": [twin(one) for one in found.backtests]},
        tables={
            "alarms": table("Alarms that the newest back-test found", _ALARMS, _alarms(test), marking),
            "tasks": table("What is to be done under the open alarm", _TASKS, rows(found), marking),
            "statements": statements("The trigger and what was said of it", found.views, visit),
        },
        marking=marking,
    )


def _test(found: Agreed) -> Backtest | None:
    """The newest back-test."""
    body = found.backtests[-1].body if found.backtests else None
    return body if isinstance(body, Backtest) else None


def _read_test(found: Agreed) -> str:
    """The identity of the back-test that was read when the trigger was put in force; empty if it is not known."""
    body = found.activation.body if found.activation else None
    tests = [
        one.id
        for one in found.backtests
        if isinstance(body, Activation) and isinstance(one.body, Backtest) and standing.pin(one.body) == body.backtest
    ]
    return tests[-1] if tests else ""


def _may(visit: Visit, found: Agreed) -> dict[str, bool]:
    """What the visitor may do here now."""
    officer, analyst = Role.DESK_OFFICER in visit.roles, Role.ANALYST in visit.roles
    stands, own = found.view.state == "current", originates(visit.actor, found.view.head)
    works = (officer or analyst) and stands
    where = found.alarm.where if found.alarm and works and standing.concerns(visit, found) else ""
    return {
        "test": works,
        "evaluate": works and found.in_force,
        "activate": officer and own and stands and not found.in_force and bool(found.backtests),
        "retire": officer and own and found.in_force and not found.alarm,
        "acknowledge": where == "waits",
        "decide": where in ("waits", "acknowledged"),
        "step": where == "confirmed",
    }


def _wanted(found: Agreed) -> list[str]:
    return [f"{one.what}{': ' + ' or '.join(one.kinds) if one.kinds else ''}" for one in found.body.evidence_wanted]


def _now(looked: Looked) -> dict[str, Any]:
    return {
        "as_of": looked.as_of.isoformat(),
        "state": looked.state.value,
        "since": looked.since,
        "reasons": list(looked.reasons),
        "sources": list(looked.sources),
    }


def _alarms(test: Backtest | None) -> list[dict[str, Any]]:
    return [
        {"raised": one.raised, "left": one.left, "followed": one.followed, "lead_months": one.lead}
        for one in (test.alarms if test else ())
    ]
