"""A country-month matrix: countries x months of deaths, and which of its cells are covered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from tocsin.core.errors import PanelError

_NEEDED = ("place", "country_id", "month", "deaths")


@dataclass(frozen=True, eq=False)
class CountryMonths:
    """Deaths by country and month; it cannot be changed.

    places: n Tocsin place ids. country_ids: n numbers of the source, by which the rows are told apart and sorted: VIEWS
    gives a state a new number when its borders change, so one place may have several rows, one after the other.
    months: m VIEWS month numbers without a gap.
    deaths: n x m (float64), NaN where not covered. covered: n x m (bool).
    """

    places: tuple[str, ...]
    country_ids: tuple[int, ...]
    months: np.ndarray
    deaths: np.ndarray
    covered: np.ndarray

    def __post_init__(self) -> None:
        shape = (len(self.places), len(self.months))
        if len(self.country_ids) != shape[0] or self.deaths.shape != shape or self.covered.shape != shape:
            raise PanelError(f"deaths and covered are not {shape[0]} countries x {shape[1]} months")
        if shape[1] == 0 or np.any(np.diff(self.months) != 1):
            raise PanelError("the months have a gap or are none", remedy="Give every month from the first to the last")
        if np.any(np.isnan(self.deaths) == self.covered) or np.any(self.deaths[self.covered] < 0):
            raise PanelError("deaths are a number of 0 or more where covered, and NaN where not")
        for name in ("months", "deaths", "covered"):
            own = np.array(getattr(self, name))
            own.flags.writeable = False
            object.__setattr__(self, name, own)

    @property
    def last_month(self) -> int:
        """The latest month."""
        return int(self.months[-1])

    def upto(self, month: int) -> CountryMonths:
        """What was there as of the end of a month: no later month, and no country that came later.

        Errors: PanelError where the month lies before the first or after the last.
        """
        if not int(self.months[0]) <= month <= self.last_month:
            raise PanelError(
                f"month {month} is not among {int(self.months[0])} to {self.last_month}",
                remedy="Ask for a month of the table",
            )
        columns = month - int(self.months[0]) + 1
        known = np.asarray(self.covered[:, :columns].any(axis=1))
        return CountryMonths(
            tuple(id for id, there in zip(self.places, known.tolist(), strict=True) if there),
            tuple(id for id, there in zip(self.country_ids, known.tolist(), strict=True) if there),
            self.months[:columns],
            self.deaths[known, :columns],
            self.covered[known, :columns],
        )


def build_country_months(table: pl.DataFrame) -> CountryMonths:
    """Make the matrix from a tidy table, one row a country and month; a pair without a row is not covered.

    table: place, country_id, month (VIEWS number), deaths (null = not covered). Months run from the first to the last
    that the table has.

    Errors: PanelError where a column is lacking, there is no row, a country has two rows for a month, or two places.
    """
    if lacking := [name for name in _NEEDED if name not in table.columns]:
        raise PanelError(f"the table lacks {', '.join(lacking)}", remedy="Run `tocsin pull` again")
    if table.is_empty() or table.select(pl.col("place", "country_id", "month").null_count().sum()).row(0) != (0, 0, 0):
        raise PanelError("there is no row, or one without place, country or month", remedy="Run `tocsin pull` again")
    twice = table.filter(table.select("country_id", "month").is_duplicated())
    if not twice.is_empty():
        id, month = twice.select("country_id", "month").row(0)
        raise PanelError(f"country {id} has two rows for month {month}", remedy="Keep one of them")
    countries = table.select("country_id", "place").unique().sort("country_id")
    if countries["country_id"].is_duplicated().any():
        id = countries.filter(pl.col("country_id").is_duplicated())["country_id"][0]
        raise PanelError(f"country {id} stands for two places", remedy="Correct places.csv")
    number, ids = table["month"].to_numpy(), countries["country_id"].to_numpy()
    months = np.arange(number.min(), number.max() + 1)
    deaths = np.full((len(ids), len(months)), np.nan)
    told = table["deaths"].cast(pl.Float64).to_numpy()
    deaths[np.searchsorted(ids, table["country_id"].to_numpy()), number - months[0]] = told
    return CountryMonths(tuple(countries["place"]), tuple(map(int, ids)), months, deaths, ~np.isnan(deaths))
