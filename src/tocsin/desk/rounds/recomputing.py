"""A finished round's results computed again from its estimates, and held against what was stored."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from tocsin.assess.aggregators import AGGREGATORS
from tocsin.core.convening import Method, Question, Result, Stage
from tocsin.core.errors import StatementError
from tocsin.desk.dissents import Dissenting
from tocsin.desk.rounds.results import rests_on, result
from tocsin.desk.rounds.showing import Put, Told, told
from tocsin.desk.visit import Visit

EXACT = 1e-12
"""How far a number may be from the stored one and still be the same."""


@dataclass(frozen=True)
class Recomputed:
    """One question computed again.

    method, value: as asked for; None where nothing could be told. stored: the same number of the stored result. apart:
    the largest distance of any number of the result, all methods and intervals included; None where nothing can be
    compared. complete: the estimates are still those that the result rests on. again: the whole result. dissents: from
    the stored result, without which no number of it is told.
    """

    question: Question
    method: str
    value: float | None
    stored: float | None
    apart: float | None
    complete: bool
    again: Result
    dissents: tuple[Dissenting, ...]

    @property
    def agrees(self) -> bool:
        """Whether every number is the stored one within ``EXACT``."""
        return self.complete and self.apart is not None and self.apart <= EXACT


def recomputed(visit: Visit, id: str, method: str | None = None) -> tuple[Told, tuple[Recomputed, ...]]:
    """Every question of a round computed again; the round itself beside it.

    method: the round's own if None; numbers and places on a scale are pooled by their median whatever is asked for.

    Errors: NotFound; StatementError if the round is not finished, or there is no such method.
    """
    ways = [name for name, way in AGGREGATORS.items() if not way.weighted]
    if method is not None and method not in ways:
        raise StatementError(
            f"no way to pool without past scores is called {method[:40]!r}",
            field="--method",
            remedy=f"Choose one of: {', '.join(ways)}",
        )
    round_ = told(visit, id)
    if round_.stage is not Stage.FINISHED:
        raise StatementError(
            f"the round is {round_.stage.value}, so it has no result to hold the numbers against",
            field="ID",
            remedy="Wait until its convenor has finished it: until then dissents are still being taken",
        )
    return round_, tuple(_again(put, round_.round.method, method) for put in round_.put)


def _again(put: Put, own: Method, method: str | None) -> Recomputed:
    assert put.result is not None
    stored = put.result.body
    assert isinstance(stored, Result)
    given = [(one.view.id, one.given) for one in put.second]
    there = stored.rests_on is None or rests_on(id for id, _ in given) == stored.rests_on
    again = result(put.question, given if there and stored.estimates else (), own, stored.flags, stored.dissents)
    wanted = method or own
    used = wanted if wanted in stored.methods or not stored.methods else "median"
    return Recomputed(
        question=put.question,
        method=used,
        value=again.methods.get(used),
        stored=stored.methods.get(used),
        apart=_apart(again, stored) if there else None,
        complete=there,
        again=again,
        dissents=put.result.dissents,
    )


def _apart(again: Result, stored: Result) -> float | None:
    """The largest distance between the numbers of two results; infinite where one has a number that the other lacks."""
    one, other = _numbers(again), _numbers(stored)
    if one.keys() != other.keys():
        return inf
    return max((abs(one[name] - other[name]) for name in one), default=None)


def _numbers(of: Result) -> dict[str, float]:
    found = {name: getattr(of, name) for name in ("value", "low", "high", "coverage", "lowest", "highest")}
    if of.value is None:
        return {}
    spread = of.spread.model_dump() if of.spread else {}
    whole = found | spread | {f"by {name}": value for name, value in of.methods.items()}
    return {name: value for name, value in whole.items() if value is not None}
