"""What others have published, beside ours and never merged with it: each with its own definition, horizon and terms."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from tocsin.core.errors import SourceError
from tocsin.core.settings import Settings

EWP = "ewp-2025-forecasts"
NOT_FETCHED = "Its forecasts have not been fetched onto this machine."


@dataclass(frozen=True)
class OtherForecast:
    """A published forecast of one state, or why there is none on this machine.

    probability, rank: None where ``absence`` says why. of: how many states the publisher ranks. interval: what the
    publisher says of its uncertainty. definition_source: where the publisher gives the definition.
    """

    source: str
    title: str
    provider: str
    definition: str
    definition_source: str
    horizon: str
    vintage: str
    licence: str
    terms: str
    interval: str
    probability: float | None
    rank: int | None
    of: int | None
    absence: str = ""


def other_forecasts(settings: Settings, place: str) -> tuple[OtherForecast, ...]:
    """One entry a publisher that Tocsin knows, whether or not it has a number for this state."""
    published, absence = published_everywhere(settings)
    if place in published:
        return (published[place],)
    return (_published(None, None, None, absence or "The publisher gives no forecast for this state."),)


def published_everywhere(settings: Settings) -> tuple[dict[str, OtherForecast], str]:
    """The published forecasts by place id, and why there are none (empty where there are)."""
    # Their files bring the whole reading of sources with them; a page that shows a release alone does without.
    from tocsin.desk.fetching import published_ewp

    try:
        frame = published_ewp(settings)
    except SourceError as error:
        return {}, f"Here, but cannot be used: {error}"
    if frame is None:
        return {}, NOT_FETCHED
    rows = frame.select("place", "probability", "rank").iter_rows()
    return {place: _published(probability, rank, frame.height, "") for place, probability, rank in rows}, ""


def _published(probability: float | None, rank: int | None, of: int | None, absence: str) -> OtherForecast:
    from tocsin.sources.catalogue import catalogue

    sheet, words = catalogue()[EWP], _words()[EWP]
    return OtherForecast(
        source=EWP,
        title=words["title"],
        provider=sheet.provider,
        definition=words["definition"],
        definition_source=words["source"],
        horizon=words["horizon"],
        vintage=sheet.vintage,
        licence=sheet.licence,
        terms=sheet.terms,
        interval=words["interval"],
        probability=probability,
        rank=rank,
        of=of,
        absence=absence,
    )


@cache
def _words() -> dict[str, dict[str, Any]]:
    return tomllib.loads((files("tocsin") / "data" / "published.toml").read_text(encoding="utf-8"))
