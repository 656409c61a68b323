"""All states at once: where each stands on the tile grid, and in which order."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from tocsin.core.errors import UnknownPlace
from tocsin.core.place import Place, place, places
from tocsin.core.settings import Settings
from tocsin.desk.reading import CountryForecast, Facts, NotForecast, Reading, facts, read

BAND_EDGES = (0.005, 0.01, 0.02, 0.04, 0.07)
"""Upper ends of the shades of the tile grid, as probabilities; fixed, so that two vintages can be laid side by side."""


@dataclass(frozen=True)
class Standing:
    """One state: its forecast, or why there is none (``reason``; empty where there is a forecast)."""

    place: Place
    forecast: CountryForecast | None
    reason: str

    @property
    def band(self) -> int | None:
        """The shade on the tile grid, 0 to ``len(BAND_EDGES)``; None without a forecast."""
        return None if self.forecast is None else bisect_right(BAND_EDGES, self.forecast.probability)


@dataclass(frozen=True)
class WorldView:
    """Every state of the release's year, highest probability first, those without a forecast last, by name.

    regions: all regions, whichever is chosen. region: the chosen one, or None for all. grid: every state whatever
    the region, so that the tile grid never loses its shape.
    """

    facts: Facts
    standings: tuple[Standing, ...]
    grid: tuple[Standing, ...]
    regions: tuple[str, ...]
    region: str | None

    @property
    def ranked(self) -> tuple[Standing, ...]:
        """Those with a forecast, highest first."""
        return tuple(standing for standing in self.standings if standing.forecast)

    @property
    def unranked(self) -> tuple[Standing, ...]:
        """Those without a forecast, by name."""
        return tuple(standing for standing in self.standings if not standing.forecast)


def world_view(settings: Settings, region: str | None = None) -> WorldView:
    """Every state, or those of one region.

    Errors: UnknownPlace if there is no such region.
    """
    reading = read(settings)
    grid = standings(reading)
    regions = tuple(sorted({standing.place.region for standing in grid}))
    if region is not None and region not in regions:
        raise UnknownPlace(
            f"there is no region called {region!r}", where="region", remedy=f"Choose one of: {', '.join(regions)}"
        )
    chosen = tuple(s for s in grid if region is None or s.place.region == region)
    return WorldView(facts(reading), chosen, grid, regions, region)


def standings(reading: Reading) -> tuple[Standing, ...]:
    """Every state of the release's year and every state the release names, in order of rank, then by name."""
    release = reading.release
    entries: dict[str, CountryForecast | NotForecast] = {entry.place: entry for entry in release.not_forecast}
    entries |= {entry.place: entry for entry in release.countries}
    named = {state.id: state for state in places(release.data_year)} | {id: place(id) for id in entries}
    found = []
    for id, state in named.items():
        entry = entries.get(id)
        if isinstance(entry, CountryForecast):
            found.append(Standing(state, entry, ""))
        else:
            reason = entry.reason if entry else f"The release has no row for this state in {release.data_year}."
            found.append(Standing(state, None, reason))
    return tuple(sorted(found, key=_order))


def _order(standing: Standing) -> tuple[int, int, str]:
    if standing.forecast:
        return 0, standing.forecast.rank, standing.place.names["en"]
    return 1, 0, standing.place.names["en"]
