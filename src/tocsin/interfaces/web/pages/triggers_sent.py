"""When a form of a trigger's page is sent. Whatever goes wrong, what was typed is on the page again."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tocsin.core.errors import StatementError
from tocsin.desk.triggers import acting, agreeing, backtesting, evaluating
from tocsin.desk.triggers.backtesting import Wanted
from tocsin.desk.visit import Visit
from tocsin.interfaces.web.composing import Typed
from tocsin.interfaces.web.doors import typed
from tocsin.interfaces.web.errors import status_of_form
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.pages import triggers_one
from tocsin.interfaces.web.pages.triggers_one import Refused
from tocsin.interfaces.web.posting import posted
from tocsin.interfaces.web.rendering import shown

ACTIONS = (
    "evaluate",
    "backtest",
    "activate",
    "retire",
    "acknowledge",
    "confirm",
    "dismiss",
    "step",
    "stand-down",
)
"""What the forms of the page do."""


def said(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /trigger/{id}``: ``action`` is one of ``ACTIONS``; with ``reason``, ``step``, ``backtest``, or an item of
    evidence.
    """
    id, sent = str(request.path_params["id"]).strip().lower(), Typed(typed(posted(request)))
    action = sent.one("action")
    try:
        _do(visit, id, action, sent)
    except StatementError as error:
        page = triggers_one.built(visit, id, Labels(), Refused(action, error, sent))
        return shown(templates, "trigger.html", request, page, status=status_of_form(error))
    return RedirectResponse(f"/trigger/{id}#{'tested' if action == 'backtest' else 'now'}", 303)


def _do(visit: Visit, id: str, action: str, sent: Typed) -> None:
    reason = sent.one("reason").replace("\r\n", "\n").strip()
    match action:
        case "evaluate":
            evaluating.evaluate(visit, id)
        case "backtest":
            backtesting.backtest(visit, id, _wanted(sent))
        case "activate":
            if sent.one("read") != "yes":
                raise StatementError(
                    "nobody has said that the back-test was read",
                    field="read",
                    remedy="Read it, tick the box, and send it again",
                )
            agreeing.activate(visit, id, sent.one("backtest"), reason)
        case "retire":
            agreeing.retire(visit, id, reason)
        case "acknowledge":
            acting.acknowledge(visit, id)
        case "confirm":
            acting.confirm(visit, id, reason, _evidence(sent))
        case "dismiss":
            acting.dismiss(visit, id, reason)
        case "step":
            acting.done(visit, id, sent.one("step"), reason)
        case "stand-down":
            acting.stand_down(visit, id, reason)
        case _:
            raise StatementError(
                "there is no such action", field="action", remedy=f"Choose one of {', '.join(ACTIONS)}"
            )


def _wanted(sent: Typed) -> Wanted:
    outcome = sent.one("outcome").strip() or None
    return Wanted(outcome, _number(sent, "at_least"), None if (n := _number(sent, "within")) is None else int(n))


def _number(sent: Typed, field: str) -> float | None:
    text = sent.one(field).strip()
    if not text:
        return None
    try:
        found = float(text)
    except ValueError:
        found = float("nan")
    if not 0 <= found <= 1e9:
        raise StatementError(f"{text[:40]!r} is no number that fits", field=field, remedy="Write it in figures")
    return found


def _evidence(sent: Typed) -> list[dict[str, Any]]:
    """The items that were typed: rows of a source, its provenance and its grade."""
    rows = range(len(sent.fields.get("reference", ())))

    def cell(name: str, row: int) -> str:
        values = sent.fields.get(name, ())
        return values[row].strip() if row < len(values) else ""

    return [
        {
            "type": "source",
            "reference": cell("reference", row),
            "provenance": cell("provenance", row) or None,
            "reliability": cell("reliability", row),
            "credibility": cell("credibility", row),
        }
        for row in rows
        if cell("reference", row)
    ]
