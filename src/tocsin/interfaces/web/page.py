"""A page and its machine twins: one build gives the HTML, the JSON and every table as CSV, so they cannot differ."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from tocsin.core.marking import EVERYONE, Audience, Marking, strictest
from tocsin.desk.reading import CountryForecast, Facts
from tocsin.desk.visit import Visit

Params = Mapping[str, str]
"""What the address says: parts of the path and the query, by name."""


@dataclass(frozen=True)
class Table:
    """A table of a page as a machine reads it: every row has the same keys; None is a value that is not known.

    marking: of what is in it, if that is stricter than the release's. of_model: whether the numbers are the release's,
    which is then named beside them, licence and all; None for as the page.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, Any], ...]
    marking: Marking | None = None
    of_model: bool | None = None


@dataclass(frozen=True)
class Page:
    """What one address shows.

    stem: the address without ending; ``stem + ".json"`` is the twin, ``stem + "/" + table + ".csv"`` a table.
    title: for the window. facts: the release the page was made from. content: what the template reads.
    twin: what the JSON holds beside the header. tables: by name, for CSV and, under ``tables``, for JSON.
    marking: of all that is on it, if anything beside the release is. query: what the twins must be asked as well to say
    the same. of_model: whether the release's numbers are what it shows; what people said in a statement or a round must
    not leave under the release's licence.
    """

    stem: str
    title: str
    facts: Facts
    content: Mapping[str, Any]
    twin: Mapping[str, Any] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    marking: Marking | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    of_model: bool = False

    @property
    def handling(self) -> Marking:
        """The marking at the top and bottom: at least as strict as anything on the page."""
        return over(self.facts, *([self.marking] if self.marking else []))


@dataclass(frozen=True)
class Elsewhere:
    """The page is at another address; ``stem`` as in ``Page``."""

    stem: str
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Route:
    """An address that shows a page: its path, its stem (``/monday`` for ``/``), template, and the build.

    as_of: whether it can be asked for as of an earlier day.
    """

    path: str
    stem: str
    template: str
    build: Callable[[Visit, Params], Page | Elsewhere]
    as_of: bool = False


def table(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    marking: Marking | None = None,
    of_model: bool | None = None,
) -> Table:
    """A table; rows are cut to the columns, and a row that lacks one is a mistake of ours (KeyError)."""
    kept = tuple({name: row[name] for name in columns} for row in rows)
    return Table(title, tuple(columns), kept, marking, of_model)


def over(facts: Facts, *markings: Marking) -> Marking:
    """The marking of a page that shows the release and things under these markings: the join of all."""
    return strictest(Marking(tlp=facts.marking, audience=Audience.of(EVERYONE)), *markings)


def stricter(page: Page, marking: Marking) -> Page:
    """The page, and every table of it, at least as strict as this marking too."""
    tables = {
        name: replace(entry, marking=over(page.facts, marking, *([entry.marking] if entry.marking else [])))
        for name, entry in page.tables.items()
    }
    return replace(page, marking=page.handling.join(marking), tables=tables)


def stamp(facts: Facts, marking: Marking | None = None) -> dict[str, str]:
    """What stands beside every number of the release that leaves on its own (design, rule 4)."""
    return {
        "outcome": facts.outcome.key,
        "horizon": facts.horizon,
        "vintage": facts.vintage,
        "method_version": facts.method_version,
        "licence": facts.licence,
        "marking": (marking or facts.marking).label,
    }


def as_json(page: Page) -> dict[str, Any]:
    """The machine twin of a page."""
    marks = stamp(page.facts, page.handling) if page.of_model else {"marking": page.handling.label}
    release = {"release": _of_the_release(page.facts)} if page.of_model else {}
    return {
        "title": page.title,
        **marks,
        "handling": page.handling.model_dump(mode="json"),
        **release,
        **page.twin,
        "tables": {
            name: {
                "title": entry.title,
                "csv": f"{page.stem}/{name}.csv" + (f"?{urlencode(page.query)}" if page.query else ""),
                "marking": (entry.marking or page.facts.marking).label,
                "rows": list(entry.rows),
            }
            for name, entry in page.tables.items()
        },
    }


def _of_the_release(facts: Facts) -> dict[str, Any]:
    """What a release is, for a page that shows its numbers."""
    return {
        "outcome": facts.outcome.model_dump(),
        "horizon": facts.horizon,
        "vintage": facts.vintage,
        "data_year": facts.data_year,
        "method": facts.method,
        "method_version": facts.method_version,
        "base_rate": facts.base_rate,
        "base_rate_years": facts.base_rate_years,
        "expected_onsets": facts.expected_onsets,
        "expected_onsets_low": facts.expected_low,
        "expected_onsets_high": facts.expected_high,
        "window": facts.window(),
        "interval_coverage": facts.coverage,
        "explanation_kind": facts.explanation_kind,
        "states_covered": facts.covered,
        "licence": facts.licence,
        "origin": facts.origin,
        "notice": facts.notice,
        "caveats": list(facts.caveats),
    }


def as_csv(page: Page, name: str) -> str:
    """A table as RFC 4180 text; every row ends with its marking, and with the release's stamp if the numbers are the
    release's, so that it can stand alone.

    A value that is not known is an empty field.
    """
    entry = page.tables[name]
    of_model = page.of_model if entry.of_model is None else entry.of_model
    stamped = stamp(page.facts, entry.marking) if of_model else {"marking": (entry.marking or page.facts.marking).label}
    marks = {f"release_{name}" if name in entry.columns else name: value for name, value in stamped.items()}
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=[*entry.columns, *marks], lineterminator="\r\n")
    writer.writeheader()
    for row in entry.rows:
        writer.writerow({name: _cell(value) for name, value in {**row, **marks}.items()})
    return text.getvalue()


def _cell(value: Any) -> Any:
    """A spreadsheet runs a text that begins like a formula; an apostrophe in front keeps it a text."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return "'" + value
    return value


_OF_THE_FORECAST = (
    "rank",
    "rank_low",
    "rank_high",
    "tied_low",
    "tied_high",
    "probability",
    "low",
    "high",
    "ongoing_episodes",
)
FORECAST_COLUMNS = ("place", "name", *_OF_THE_FORECAST, "coverage", "base_rate", "ratio_to_base_rate")


def forecast_row(place: str, name: str, forecast: CountryForecast | None, facts: Facts) -> dict[str, Any]:
    """A country's forecast with all that must go with it; None throughout where there is no forecast."""
    row: dict[str, Any] = {"place": place, "name": name}
    row |= {key: getattr(forecast, key) if forecast else None for key in _OF_THE_FORECAST}
    row |= {"coverage": facts.coverage, "base_rate": facts.base_rate}
    row["ratio_to_base_rate"] = forecast.probability / facts.base_rate if forecast and facts.base_rate else None
    return row
