"""What finished rounds came to on a state, each result with its dissents: none of it is averaged with anything."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tocsin.core.convening import Result
from tocsin.desk import views, wording
from tocsin.desk.views import View
from tocsin.desk.visit import Visit

RESULTS = 4
"""Results of rounds on a country's page; all are in the history."""


@dataclass(frozen=True)
class OfRound:
    """A result in a line.

    round: the identity of the round, where it and its dissents stand in full. value, interval: in words; empty where
    too few answered. dissents: the words of each, or what stands in their place.
    """

    view: View
    round: str
    question: str
    value: str
    interval: str
    horizon: str
    dissents: tuple[str, ...]


def results(visit: Visit, subject: str) -> tuple[OfRound, ...]:
    """The newest results of rounds about a state that stand and that the visitor may see."""
    found = views.current(visit, subject=subject, kind="result", limit=RESULTS).views
    return tuple(_of_round(view, view.body) for view in found if isinstance(view.body, Result))


def _of_round(view: View, body: Result) -> OfRound:
    value = interval = ""
    if body.value is not None:
        value = wording.value(body.question, body.value)
    if body.low is not None and body.high is not None:
        low, high = (wording.value(body.question, end) for end in (body.low, body.high))
        interval = f"{round(100 * body.coverage)} % interval over draws of participants {low} to {high}"
    return OfRound(
        view=view,
        round=view.shown["subject"]["id"],
        question=body.question.text,
        value=value,
        interval=interval,
        horizon=body.question.horizon,
        dissents=tuple(one.words for one in view.dissents),
    )


def figures(found: Iterable[OfRound]) -> list[dict[str, Any]]:
    """The same for a machine."""
    return [
        {
            "id": one.view.id,
            "round": one.round,
            "question": one.question,
            "outcome": one.view.body.question.outcome,
            "horizon": one.horizon,
            "value": one.view.body.value,
            "low": one.view.body.low,
            "high": one.view.body.high,
            "coverage": one.view.body.coverage,
            "dissents": list(one.dissents),
            "marking": one.view.head.marking.label,
        }
        for one in found
        if isinstance(one.view.body, Result)
    ]
