"""Does it matter? What followed elections, coups and jumps in killing, as it is shown: one line a comparison."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Ends = tuple[float, float] | None


@dataclass(frozen=True)
class Line:
    """One kind of event and one outcome.

    followed of events; rate with its interval; base_rate of all periods; matched, expected: rates after the event and
    in periods alike; difference of the two, with its interval; ratio likewise; p of the placebo test. None where not
    defined. sentence: what may be said. beware: what must be known beside it.
    """

    event_key: str
    event: str
    outcome_key: str
    outcome: str
    unit: str
    first: str
    last: str
    given: int
    set_aside: int
    events: int
    followed: int
    rate: float
    interval: Ends
    base_rate: float
    matched: float | None
    expected: float | None
    difference: float | None
    difference_interval: Ends
    ratio: float | None
    ratio_interval: Ends
    placebo_p: float | None
    strength: Literal["too few", "not distinguishable", "weak", "association"]
    sentence: str
    beware: tuple[str, ...]


@dataclass(frozen=True)
class Meaning:
    """What a kind of event, or an outcome, is."""

    title: str
    definition: str


@dataclass(frozen=True)
class MatterView:
    """The whole study. level: of the intervals. sources: title, vintage, licence and citation of what it rests on."""

    method_version: str
    computed: str
    level: float
    licence: str
    events: tuple[Meaning, ...]
    outcomes: tuple[Meaning, ...]
    sources: tuple[tuple[str, str, str, str], ...]
    lines: tuple[Line, ...]


def matter_view() -> MatterView:
    """The study that this version carries."""
    from tocsin.horizon.aftermath_results import study

    found = study()
    events = {one.event.key: Meaning(one.event.title, one.event.definition) for one in found.comparisons}
    outcomes = {one.outcome.key: Meaning(one.outcome.title, one.outcome.definition) for one in found.comparisons}
    lines = []
    for one in found.comparisons:
        numbers = one.numbers
        lines.append(
            Line(
                one.event.key,
                one.event.title,
                one.outcome.key,
                one.outcome.title,
                one.unit,
                one.first,
                one.last,
                one.given,
                one.set_aside,
                numbers.events,
                numbers.followed,
                numbers.rate,
                _ends(numbers.rate_interval),
                numbers.base_rate,
                _known(numbers.matched.rate),
                _known(numbers.matched.expected),
                _known(numbers.matched.difference),
                _ends(numbers.difference_interval),
                _known(numbers.matched.ratio),
                _ends(numbers.ratio_interval),
                _known(numbers.placebo.p),
                numbers.verdict.strength,
                numbers.verdict.sentence,
                found.beware(one),
            )
        )
    return MatterView(
        found.method_version,
        found.computed,
        found.level,
        found.licence,
        tuple(events.values()),
        tuple(outcomes.values()),
        tuple((one.title, one.vintage, one.licence, one.citation) for one in found.sources),
        tuple(lines),
    )


def _known(value: float) -> float | None:
    return value if abs(value) < float("inf") else None


def _ends(ends: tuple[float, float]) -> Ends:
    low, high = _known(ends[0]), _known(ends[1])
    return None if low is None or high is None else (low, high)
