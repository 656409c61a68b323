"""The part of a country's page that says how many were killed month by month, and what is forecast."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from tocsin.desk.country_months import CountryMonths
from tocsin.interfaces.web.charts.months import month, months_chart, people
from tocsin.interfaces.web.page import Table, table

_MEANT = ("outcome", "horizon", "vintage", "method_version", "licence")
"""What stands beside every number that leaves."""


def months_content(name: str, view: CountryMonths) -> dict[str, Any]:
    """What the template reads."""
    return {"months": view, "months_chart": months_chart("months", name, view), "month": month, "people": people}


def months_twin(view: CountryMonths) -> dict[str, Any]:
    """What the JSON of the page says of it; the months themselves are in its tables."""
    return {
        "outcome": view.outcome,
        "known_to": view.last or None,
        "months_since": view.age if view.last else None,
        "method_version": view.method_version or None,
        "vintage": view.vintage or None,
        "licence": view.licence or None,
        "recorded": {
            "source": view.source or None,
            "vintage": view.source_vintage or None,
            "licence": view.source_licence or None,
            "citation": view.source_citation or None,
            "absence": view.recorded_absence or None,
        },
        "no_forecast": view.fan_absence or None,
        "no_signals": view.signals_absence or None,
        "no_other_forecasts": view.others_absence or None,
        "signals": [asdict(one) for one in view.signals],
    }


def months_tables(view: CountryMonths) -> dict[str, Table]:
    """The chart's data, our numbers and others', none under the licence of the release of onset forecasts."""
    ours = {
        "outcome": view.outcome,
        "vintage": view.vintage or None,
        "method_version": view.method_version or None,
        "licence": view.licence or None,
    }
    recorded = [
        {
            "month": one.month,
            "kind": "recorded",
            "covered": one.deaths is not None,
            "deaths": one.deaths,
            **dict.fromkeys(("ahead", *_FAN)),
            "outcome": view.outcome,
            "horizon": "recorded, not forecast",
            "vintage": view.source_vintage,
            "method_version": None,
            "licence": view.source_licence,
        }
        for one in view.recorded
    ]
    fan = [
        {"month": one.month, "kind": "forecast", "covered": None, "deaths": None, "ahead": one.ahead}
        | {name: getattr(one, name) for name in _FAN}
        | {"horizon": f"{one.ahead} months after {view.last}", **ours}
        for one in view.fan
    ]
    others = [
        {
            "source": one.title,
            "month": row.month,
            "mean": row.mean,
            "range": row.range or None,
            "outcome": one.definition,
            "horizon": one.horizon,
            "vintage": one.vintage,
            "licence": one.licence,
            "overlap": one.overlap,
        }
        for one in view.others
        for row in one.rows
    ]
    return {
        "months": table(
            "Deaths in state-based conflict by month: recorded, and our forecast",
            ("month", "kind", "covered", "deaths", "ahead", *_FAN, *_MEANT),
            [*recorded, *fan],
            of_model=False,
        ),
        "months_others": table(
            "Monthly forecasts that others published",
            ("source", "month", "mean", "range", "outcome", "horizon", "vintage", "licence", "overlap"),
            others,
            of_model=False,
        ),
        "months_signals": table(
            "What was noticed by month",
            ("sort", "month", "direction", "credibility", "chance", "before", "after", "sentence", *_MEANT),
            [asdict(one) | ours | {"horizon": f"as of the end of {view.last}"} for one in view.signals],
            of_model=False,
        ),
    }


_FAN = ("mean", "low90", "low50", "median", "high50", "high90", "at_least_1", "at_least_25", "at_least_100")
