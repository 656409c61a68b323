"""The first screen: what changed and why, what is due, and the world beside it."""

from __future__ import annotations

from typing import Any

from tocsin.core.instant import moment, written
from tocsin.core.marking import strictest
from tocsin.desk.due import due
from tocsin.desk.monday import Item, monday_view
from tocsin.desk.visit import Visit
from tocsin.interfaces.web.charts.interval import Axis
from tocsin.interfaces.web.charts.tiles import legend, tile_grid
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.page import FORECAST_COLUMNS, Page, Params, forecast_row, table

SHOWN = 20
"""States in the short ranking."""


def monday_page(visit: Visit, params: Params) -> Page:
    """``/``: at most ten changes, the tile grid and the highest twenty."""
    view, labels = monday_view(visit.settings), Labels.read(params)
    facts = view.facts
    highest = [s for s in view.standings if s.forecast][:SHOWN]
    changes = [
        forecast_row(item.place.id, labels.of(item.place), item.forecast, facts) | _change_row(item)
        for item in view.items
    ]
    ranking = [forecast_row(s.place.id, labels.of(s.place), s.forecast, facts) for s in highest]
    waiting = due(visit)
    return Page(
        stem="/monday",
        title="What changed, why, what is due",
        facts=facts,
        of_model=True,
        content={
            "view": view,
            "labels": labels,
            "highest": highest,
            "axis": Axis(max((s.forecast.high for s in highest if s.forecast), default=1.0), facts.base_rate),
            "grid": tile_grid(
                "grid",
                f"World tile grid, one tile a state: chance of {facts.event} in {facts.horizon}",
                view.standings,
                link=labels.country,
                name=lambda s: labels.of(s.place),
                faded=lambda s: False,
            ),
            "legend": legend(),
            "due": [(one, moment(one.until) if one.until is not None else None) for one in waiting],
        },
        twin={
            "today": view.today.isoformat(),
            "moved_beyond_noise": view.moved,
            "moved_within_noise": view.quiet,
            "no_earlier_forecast": view.unknown,
            "due": [
                {
                    "kind": one.kind,
                    "id": one.id,
                    "title": one.title,
                    "what": one.what,
                    "until": None if one.until is None else written(one.until),
                }
                for one in waiting
            ],
            "due_note": "Rounds, releases, alarms of triggers, moments moved in the last seven days, and, as far as "
            "there is room, decide-by dates of the next thirty. What is coming is on the horizon.",
        },
        tables={
            "changes": table("Changed beyond noise in a year", (*FORECAST_COLUMNS, *_CHANGE_COLUMNS), changes),
            "highest": table(f"Highest {SHOWN}", FORECAST_COLUMNS, ranking),
        },
        marking=strictest(*(one.marking for one in waiting)) if waiting else None,
    )


_CHANGE_COLUMNS = (
    "previous_probability",
    "previous_rank",
    "change_log_odds",
    "change_from_data",
    "change_from_model",
    "change_from_revision",
    "noise_low_log_odds",
    "noise_high_log_odds",
    "cause",
    "drivers",
)


def _change_row(item: Item) -> dict[str, Any]:
    change = item.change
    return {
        "previous_probability": change.previous_probability,
        "previous_rank": change.previous_rank,
        "change_log_odds": change.total,
        "change_from_data": change.data,
        "change_from_model": change.model,
        "change_from_revision": change.revision,
        "noise_low_log_odds": change.drift - change.noise,
        "noise_high_log_odds": change.drift + change.noise,
        "cause": item.cause,
        "drivers": "; ".join(theme.name for theme in item.drivers),
    }
