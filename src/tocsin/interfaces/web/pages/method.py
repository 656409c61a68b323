"""How the numbers are made, with every coefficient."""

from __future__ import annotations

from tocsin.core.settings import Settings
from tocsin.desk.method import method_view
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.page import Page, Params, table


def method_page(settings: Settings, params: Params) -> Page:
    """``/method``: outcome, procedure, protocol, predictors, caveats."""
    view = method_view(settings)
    rows = [
        {key: getattr(p, key) for key in ("feature", "label", "theme", "unit", "description", "source")}
        | {f"coefficient_{model}": p.coefficients.get(model) for model in view.models}
        for p in view.predictors
    ]
    columns = ("feature", "label", "theme", "unit", "description", "source")
    return Page(
        stem="/method",
        title="Method",
        facts=view.facts,
        content={"view": view, "labels": Labels.read(params)},
        twin={"protocol": view.protocol},
        tables={
            "predictors": table(
                "Predictors and coefficients", (*columns, *(f"coefficient_{model}" for model in view.models)), rows
            )
        },
    )
