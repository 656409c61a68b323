"""What must hold of what is foreseen before it is stored, whichever door it comes through."""

from __future__ import annotations

from datetime import date

from tocsin.core.errors import LexiconError, PeriodError, StatementError
from tocsin.core.foreseeing import MOST_TIMES, Instrument, Moment
from tocsin.core.statement import Statement


def check(statement: Statement) -> None:
    """Whether a moment or an instrument may be stored.

    Errors: StatementError names the field, the rule and the remedy.
    """
    match statement.body:
        case Moment():
            _moment(statement.body, statement)
        case Instrument() if statement.subject.type == "statement":
            raise StatementError(
                "an instrument is about a place, or the period for which its times hold",
                field="subject.type",
                remedy="Give place and its code, or period and a year",
            )


def _moment(body: Moment, statement: Statement) -> None:
    if statement.subject.type != "place":
        raise StatementError("a moment is at a place", field="subject.type", remedy="Give place and its code")
    if body.recurrence:
        _comes(body)
    if body.factors:
        _factors(body)


def _comes(body: Moment) -> None:
    from tocsin.horizon.recurrence import days

    first = body.span.day if body.span else None
    assert first is not None
    try:
        found = days(body.recurrence, first, skipped=[date.fromisoformat(one) for one in body.skipped])
    except PeriodError as error:
        raise StatementError(error.what, field="body.recurrence", remedy=error.remedy) from None
    if len(found) > MOST_TIMES:
        raise StatementError(
            f"it comes more than {MOST_TIMES} times",
            field="body.recurrence",
            remedy="Give it an earlier end; what comes every day is no moment",
        )
    if not found:
        raise StatementError(
            "the rule gives no day at all", field="body.recurrence", remedy="Check the rule and the days left out"
        )


def _factors(body: Moment) -> None:
    from tocsin.lexicon.scheme import concept

    for number, id in enumerate(body.factors):
        try:
            concept(id)
        except LexiconError as error:
            raise StatementError(error.what, field=f"body.factors.{number}", remedy=error.remedy) from None
