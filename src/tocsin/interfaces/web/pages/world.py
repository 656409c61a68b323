"""All states: tile grid, ranking and table, whole or one region."""

from __future__ import annotations

from tocsin.desk.visit import Visit
from tocsin.desk.world import world_view
from tocsin.interfaces.web.charts.interval import Axis
from tocsin.interfaces.web.charts.tiles import legend, tile_grid
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.page import FORECAST_COLUMNS, Page, Params, forecast_row, table


def world_page(visit: Visit, params: Params) -> Page:
    """``/world?region=``: every state, those without a forecast with the reason."""
    view, labels = world_view(visit.settings, params.get("region") or None), Labels.read(params)
    facts = view.facts
    rows = [
        forecast_row(s.place.id, labels.of(s.place), s.forecast, facts)
        | {"region": s.place.region, "reason_for_no_forecast": s.reason or None}
        for s in view.standings
    ]
    highest = max((s.forecast.high for s in view.ranked if s.forecast), default=1.0)
    return Page(
        stem="/world",
        title=f"World: {view.region}" if view.region else "World",
        facts=facts,
        of_model=True,
        content={
            "view": view,
            "labels": labels,
            "axis": Axis(highest, facts.base_rate),
            "grid": tile_grid(
                "grid",
                f"World tile grid, one tile a state: chance of {facts.event} in {facts.horizon}",
                view.grid,
                link=labels.country,
                name=lambda s: labels.of(s.place),
                faded=lambda s: view.region is not None and s.place.region != view.region,
            ),
            "legend": legend(),
        },
        twin={"region": view.region, "regions": list(view.regions)},
        tables={
            "ranking": table(
                "All states, highest first",
                (*FORECAST_COLUMNS, "region", "reason_for_no_forecast"),
                rows,
            )
        },
    )
