"""Monday: what changed, why, and what is due, in at most ten items."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from tocsin.core.belief import Belief
from tocsin.core.place import Place
from tocsin.core.settings import Settings
from tocsin.desk.country import Theme, grouped
from tocsin.desk.reading import Change, CountryForecast, Facts, belief, facts, read
from tocsin.desk.world import Standing, standings

MOST_ITEMS = 10
"""More than this is not read before a meeting."""

Cause = Literal["data", "model", "revision", "data and model"]


@dataclass(frozen=True)
class Item:
    """One country whose forecast moved beyond the model's noise.

    cause: the larger part, or both if neither is twice the other. drivers: what moved it, by theme.
    """

    place: Place
    forecast: CountryForecast
    belief: Belief
    change: Change
    cause: Cause
    drivers: tuple[Theme, ...]


@dataclass(frozen=True)
class MondayView:
    """The first screen.

    moved: how many states moved beyond noise, of which ``items`` are the largest. quiet: how many moved inside it.
    unknown: how many have a forecast but no earlier one to compare with. standings: every state, highest first.
    """

    today: date
    facts: Facts
    items: tuple[Item, ...]
    moved: int
    quiet: int
    unknown: int
    standings: tuple[Standing, ...]


def monday_view(settings: Settings) -> MondayView:
    """What changed since the forecast of a year before, the largest movement of probability first."""
    reading = read(settings)
    everywhere = standings(reading)
    changes = [(s.place, s.forecast, s.forecast.change) for s in everywhere if s.forecast]
    moved = [
        Item(
            place=place,
            forecast=forecast,
            belief=belief(forecast, reading.release),
            change=change,
            cause=cause(change),
            drivers=grouped(change.drivers),
        )
        for place, forecast, change in changes
        if change and change.meaningful
    ]
    # By probability, not by log-odds: a doubling matters more where much is at risk.
    moved.sort(key=lambda item: -abs(item.belief.probability - item.change.previous_probability))
    unknown = sum(change is None for _, _, change in changes)
    return MondayView(
        today=datetime.now(UTC).date(),
        facts=facts(reading),
        items=tuple(moved[:MOST_ITEMS]),
        moved=len(moved),
        quiet=len(changes) - len(moved) - unknown,
        unknown=unknown,
        standings=everywhere,
    )


def cause(change: Change) -> Cause:
    """Which part of the change is the larger; data and model together if neither is twice the other."""
    data, model, revision = abs(change.data), abs(change.model), abs(change.revision or 0.0)
    if revision > data and revision > model:
        return "revision"
    if data >= 2 * model:
        return "data"
    return "model" if model >= 2 * data else "data and model"
