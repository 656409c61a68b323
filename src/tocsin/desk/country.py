"""Everything a country page or a brief needs, in one frozen value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tocsin.core.belief import Belief, percent
from tocsin.core.place import Place, resolve
from tocsin.core.settings import Settings
from tocsin.desk.others import OtherForecast, other_forecasts
from tocsin.desk.reading import (
    Contribution,
    CountryForecast,
    Facts,
    NotForecast,
    Release,
    ScoreBlock,
    belief,
    facts,
    read,
)
from tocsin.lexicon.yardstick import yardsticks

if TYPE_CHECKING:
    import polars as pl

SHOWN = ("icd203", "phia")
"""Yardsticks on every country page and brief; the others are for readers who use them (``desk.yardsticks``)."""

REPORTED_ONCE = "test"
"""The block of scores that was looked at once, after the procedure was frozen: the only one fit for a reader."""


@dataclass(frozen=True)
class Theme:
    """The exact contributions of one theme's predictors, largest first; ``log_odds`` is their sum."""

    name: str
    log_odds: float
    contributions: tuple[Contribution, ...]


@dataclass(frozen=True)
class Wording:
    """A probability in the words of one yardstick, and how little they tell apart.

    span: the band as text, empty where the yardstick has no band. shared: states of the release, this one included,
    that get the same words, out of ``of``.
    """

    key: str
    title: str
    owner: str
    words: str
    span: str
    shared: int
    of: int


@dataclass(frozen=True)
class PastForecast:
    """One walk-forward forecast of this state: what the method says from ``predictor_year`` and before.

    onset_1, onset_2, outcome: True, False, or None where it is not yet known (censored, never False).
    """

    predictor_year: int
    trained_to: int
    probability: float | None
    low: float | None
    high: float | None
    climatology: float | None
    onset_1: bool | None
    onset_2: bool | None
    outcome: bool | None

    @property
    def first_year(self) -> int:
        """The first of the two calendar years that were forecast."""
        return self.predictor_year + 1


@dataclass(frozen=True)
class CountryView:
    """One country: the forecast or the reason for its absence, why, compared with what, and how we have done.

    Exactly one of ``forecast`` and ``absent`` is there; ``belief`` goes with ``forecast``. kept: how often forecasts
    like this one came true, in a sentence; empty where that is not known.
    """

    place: Place
    facts: Facts
    forecast: CountryForecast | None
    absent: NotForecast | None
    belief: Belief | None
    themes: tuple[Theme, ...]
    wordings: tuple[Wording, ...]
    others: tuple[OtherForecast, ...]
    history: tuple[PastForecast, ...]
    kept: str

    @property
    def known(self) -> tuple[PastForecast, ...]:
        """The past forecasts whose outcome is known."""
        return tuple(row for row in self.history if row.outcome is not None)

    @property
    def onset_years(self) -> tuple[int, ...]:
        """The years in which an onset is recorded within the archive, in order."""
        first = {row.predictor_year + 1 for row in self.history if row.onset_1}
        second = {row.predictor_year + 2 for row in self.history if row.onset_2}
        return tuple(sorted(first | second))


def country_view(settings: Settings, query: str) -> CountryView:
    """The view of the state that a code or a name stands for.

    Errors: UnknownPlace or AmbiguousPlace with suggestions.
    """
    place = resolve(query)
    reading = read(settings)
    release = reading.release
    entry = release.country(place.id)
    forecast = entry if isinstance(entry, CountryForecast) else None
    return CountryView(
        place=place,
        facts=facts(reading),
        forecast=forecast,
        absent=None if forecast else _absent(place, entry, release),
        belief=belief(forecast, release) if forecast else None,
        themes=grouped(forecast.contributions) if forecast else (),
        wordings=_wordings(forecast.probability, release) if forecast else (),
        others=other_forecasts(settings, place.id),
        history=_history(reading.archive, place.id),
        kept=kept(forecast.probability, release.scores) if forecast else "",
    )


def grouped(contributions: Iterable[Contribution]) -> tuple[Theme, ...]:
    """Contributions by theme: the theme that moves the forecast most comes first."""
    by_theme: dict[str, list[Contribution]] = defaultdict(list)
    for contribution in contributions:
        by_theme[contribution.theme].append(contribution)
    themes = [
        Theme(
            name,
            sum(part.log_odds for part in parts),
            tuple(sorted(parts, key=lambda part: -abs(part.log_odds))),
        )
        for name, parts in by_theme.items()
    ]
    return tuple(sorted(themes, key=lambda theme: -abs(theme.log_odds)))


def kept(probability: float, scores: tuple[ScoreBlock, ...]) -> str:
    """How often our forecasts of about this size came true in the reported years; empty if there were none."""
    for block in scores:
        bins = block.models[0].reliability if block.key == REPORTED_ONCE and block.models else ()
        for b in bins:
            if b.forecasts and (b.lower <= probability < b.upper or probability == b.upper == 1):
                size = f"{100 * b.lower:g} % or more" if b.upper == 1 else f"{100 * b.lower:g} to {100 * b.upper:g} %"
                return (
                    f"Of {b.forecasts} forecasts of {size} for {block.years}, {b.events} came true: "
                    f"{percent(b.observed)}, where {percent(b.mean_forecast)} was said."
                )
    return ""


def _absent(place: Place, entry: CountryForecast | NotForecast | None, release: Release) -> NotForecast:
    if isinstance(entry, NotForecast):
        return entry
    ended = place.valid_to is not None and place.valid_to < release.data_year
    reason = (
        f"This state ended in {place.valid_to}; the release is about the states of {release.data_year}."
        if ended
        else f"The source's data do not cover this state in {release.data_year}, so no forecast can be made."
    )
    return NotForecast(place=place.id, name=place.names["en"], reason=reason)


def _wordings(probability: float, release: Release) -> tuple[Wording, ...]:
    wordings = []
    for yardstick in (yardsticks()[key] for key in SHOWN):
        words, band = yardstick.words(probability), yardstick.band(probability)
        shared = sum(yardstick.words(country.probability) == words for country in release.countries)
        wordings.append(
            Wording(
                key=yardstick.key,
                title=yardstick.title,
                owner=yardstick.owner,
                words=words,
                span=band.span if band else "",
                shared=shared,
                of=len(release.countries),
            )
        )
    return tuple(wordings)


def _history(archive: pl.DataFrame, place: str) -> tuple[PastForecast, ...]:
    rows = archive.filter(archive["place"] == place).sort("predictor_year").to_dicts()
    return tuple(
        PastForecast(
            predictor_year=row["predictor_year"],
            trained_to=row["trained_to"],
            probability=row["tocsin"],
            low=row["tocsin_low"],
            high=row["tocsin_high"],
            climatology=row["climatology"],
            onset_1=_known(row["onset_1"]),
            onset_2=_known(row["onset_2"]),
            outcome=_known(row["outcome"]),
        )
        for row in rows
    )


def _known(value: int | None) -> bool | None:
    return None if value is None else bool(value)
