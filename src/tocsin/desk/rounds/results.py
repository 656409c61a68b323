"""What the estimates of a question come to: pooled, with its spread and interval.

It can be computed again at any time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import TYPE_CHECKING

from tocsin.core.convening import Answer, Flags, Given, Method, Question, Result, Spread
from tocsin.core.statement import digest

if TYPE_CHECKING:
    from tocsin.assess.estimates import Kind

DRAWS, COVERAGE, SEED = 1000, 0.9, 0
"""Of the interval of a pooled value over draws of participants."""


def result(
    question: Question,
    estimates: Sequence[tuple[str, Given]],
    method: Method,
    flags: Flags,
    dissents: Sequence[str] = (),
) -> Result:
    """The result of one question. estimates: identity and content of each; method: of probabilities.

    Numbers and places on a scale are pooled by their median whatever the method.
    """
    return _result(question, tuple(sorted(estimates, key=lambda one: one[0])), method, flags, tuple(dissents))


@lru_cache(maxsize=256)
def _result(
    question: Question,
    estimates: tuple[tuple[str, Given], ...],
    method: Method,
    flags: Flags,
    dissents: tuple[str, ...],
) -> Result:
    """Kept, because every look at a round whose dissents are being taken asks for it again."""
    if not estimates:
        none = 0 if flags.estimates == 0 else None
        return Result(question=question, estimates=none, flags=flags, dissents=tuple(dissents))
    from tocsin.assess.aggregators import AGGREGATORS
    from tocsin.assess.pooling import pool
    from tocsin.assess.resample import intervals
    from tocsin.assess.spread import spread
    from tocsin.assess.three_point import pool_intervals

    kind: Kind = question.answer.value
    used: Method = method if question.answer is Answer.PROBABILITY else "median"
    best = [given.best for _, given in estimates]
    (interval,) = intervals([[value] for value in best], used, kind, draws=DRAWS, coverage=COVERAGE, seed=SEED)
    pooled = {
        name: value
        for name, way in AGGREGATORS.items()
        if kind in way.kinds and not way.weighted and (value := pool(best, name, kind).value) is not None
    }
    told = asdict(spread(best, kind))
    own = None
    if question.answer is not Answer.ORDINAL:
        parts = zip(*((one.lowest, one.best, one.highest, one.confidence) for _, one in estimates), strict=True)
        own = pool_intervals(*parts, ends=question.ends)
    return Result(
        question=question,
        estimates=len(estimates),
        method=used,
        value=pooled[used],
        low=interval.low,
        high=interval.high,
        coverage=interval.coverage,
        lowest=own.lowest if own else None,
        highest=own.highest if own else None,
        spread=Spread(
            least=told["lowest"],
            lower=told["lower"],
            middle=told["middle"],
            upper=told["upper"],
            most=told["highest"],
        ),
        methods=pooled,
        rests_on=rests_on(id for id, _ in estimates),
        dissents=tuple(dissents),
        flags=flags,
    )


def rests_on(ids: Iterable[str]) -> str:
    """The digest of the estimates that a result rests on: of their identities, sorted, a line each."""
    return digest("\n".join(sorted(ids)).encode())
