"""A round in rows and as JSON, for its machine twins.

A result never stands there without its dissents, nor an estimate with more of its author than was agreed; nothing tells
when anybody answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tocsin.core.convening import Question, Result, Stage
from tocsin.core.marking import Marking
from tocsin.desk import exporting
from tocsin.desk.rounds.showing import Advice, Opinion, Put, Told
from tocsin.desk.views import View
from tocsin.desk.visit import Visit
from tocsin.desk.yardsticks import Reader
from tocsin.interfaces.web.items import markings
from tocsin.interfaces.web.page import Table, table
from tocsin.interfaces.web.pages import rounds_telling as telling

QUESTIONS = (
    "question",
    "answer",
    "text",
    "outcome",
    "horizon",
    "criteria",
    "examples",
    "unit",
    "scale",
    "base_rate",
    "base_rate_source",
)

_ESTIMATES = ("question", "stage", "lowest", "best", "highest", "confidence", "reason", "organisation", "person")

_RESULTS = (
    "question",
    "text",
    "outcome",
    "horizon",
    "answer",
    "unit",
    "estimates",
    "method",
    "value",
    "low",
    "high",
    "coverage",
    "base_rate",
    "ratio_to_base_rate",
    "dissents",
    "dissent",
    "flags",
)

_ADVICE = ("recommendation", "text", "support", "others", "at_least_three")


def question_row(question: Question) -> dict[str, Any]:
    """A question as a row."""
    plain = question.model_dump(mode="json")
    return {
        **{name: plain[name] for name in QUESTIONS if name in plain},
        "question": question.key,
        "examples": " / ".join(question.examples),
        "scale": " < ".join(question.scale),
    }


def questions(listed: Sequence[Question], marking: Marking) -> Table:
    """Questions as a table."""
    return table("The questions", QUESTIONS, [question_row(one) for one in listed], marking)


def tables(visit: Visit, told: Told) -> dict[str, Table]:
    """Every table of a round, each under the marking of what is in it."""
    results = [(put, put.result) for put in told.put if put.result]
    own = told.view.head.marking
    return {
        "questions": questions(told.round.questions, own),
        "estimates": estimates(visit, told, told.put),
        "results": table(
            "Results with their dissents",
            _RESULTS,
            [_result_row(visit, put, view) for put, view in results],
            markings(view for _, view in results) or own,
        ),
        "recommendations": table(
            "Recommendations with their support",
            _ADVICE,
            [_advice_row(visit, one) for one in told.advice],
            markings(one.view for one in told.advice) or own,
        ),
    }


def estimates(visit: Visit, told: Told, puts: Sequence[Put]) -> Table:
    """The estimates of some questions that were opened."""
    opinions = [
        (put, stage, one)
        for put in puts
        for stage, found in (("first", put.first), ("second", put.second))
        for one in found
    ]
    return table(
        "Estimates that were opened, in the order of their numbers",
        _ESTIMATES,
        [_estimate_row(visit, put, stage, one) for put, stage, one in opinions],
        markings(one.view for _, _, one in opinions) or told.view.head.marking,
    )


def kept_back(visit: Visit, view: View) -> str:
    """Why a statement's words do not go into a file; empty if they may, or if this is no file."""
    kept = exporting.stays(visit, view.head) if visit.act == "exported" else None
    return f"(kept back: {kept[0]})" if kept else ""


def _estimate_row(visit: Visit, put: Put, stage: str, one: Opinion) -> dict[str, Any]:
    organisation, person = (*one.by, None, None)[:2]
    given: dict[str, Any] = one.given.model_dump(mode="json")
    if kept := kept_back(visit, one.view):
        given = dict.fromkeys(given) | {"reason": kept}
    return {
        "question": put.question.key,
        "stage": stage,
        **given,
        "organisation": organisation,
        "person": person,
    }


def _result_row(visit: Visit, put: Put, view: View) -> dict[str, Any]:
    result = telling.result_of(put)
    assert result is not None
    plain: dict[str, Any] = result.model_dump(mode="json")
    numbers = {name: plain[name] for name in ("estimates", "method", "value", "low", "high", "coverage")}
    base, question = put.question.base_rate, put.question
    ratio = result.value / base if result.value is not None and base else None
    dissents: dict[str, Any] = {
        "dissents": len(view.dissents),
        "dissent": " / ".join(one.words for one in view.dissents),
    }
    if kept := kept_back(visit, view):
        # A number without its dissents would be no result, so neither goes out.
        numbers, ratio, dissents = dict.fromkeys(numbers), None, {"dissents": len(view.dissents), "dissent": kept}
    return {
        "question": question.key,
        "text": question.text,
        "outcome": question.outcome,
        "horizon": question.horizon,
        "answer": str(question.answer),
        "unit": question.unit,
        **numbers,
        "base_rate": base,
        "ratio_to_base_rate": ratio,
        **dissents,
        "flags": "; ".join(telling.flagged(result.flags)),
    }


def _advice_row(visit: Visit, one: Advice) -> dict[str, Any]:
    support = one.support
    return {
        "recommendation": one.view.id,
        "text": kept_back(visit, one.view) or one.text,
        "support": support.support if support else None,
        "others": support.others if support else None,
        "at_least_three": support.at_least_three if support else None,
    }


def question_twin(told: Told, put: Put, reader: Reader) -> dict[str, Any]:
    """A question as JSON: estimates as attributed, the same for every reader; a result with its dissents, or none."""
    result = telling.result_of(put)
    return {
        "question": put.question.model_dump(mode="json"),
        "yours": telling.state_of(told, put) or None,
        "flags": {stage: flags.model_dump(mode="json") for stage, flags in put.flags.items()},
        "first": [opinion_twin(one) for one in put.first],
        "second": [opinion_twin(one) for one in put.second],
        "result": result_twin(put, result, reader) if result else None,
        "dissents_open": told.stage is Stage.CLOSING,
    }


def result_twin(put: Put, result: Result, reader: Reader) -> dict[str, Any]:
    """A result as JSON, with the dissents that it never goes without."""
    assert put.result is not None
    return {
        **result.model_dump(mode="json", exclude={"kind", "question"}),
        "id": put.result.id,
        "in_words": telling.in_words(result, reader) or None,
        "flags_in_words": telling.flagged(result.flags),
        "dissents": dissents_twin(put.result),
        "dissent_count": len(put.result.dissents),
    }


def dissents_twin(view: View) -> list[dict[str, Any]]:
    """The dissents of a result as JSON."""
    return [
        {"id": one.id, "text": one.text, "words": one.words, "withdrawn": one.withdrawn, "by": list(one.by)}
        for one in view.dissents
    ]


def opinion_twin(one: Opinion) -> dict[str, Any]:
    """An estimate as JSON."""
    organisation, person = (*one.by, None, None)[:2]
    return {"id": one.view.id, **one.given.model_dump(mode="json"), "organisation": organisation, "person": person}
