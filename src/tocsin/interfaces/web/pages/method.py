"""How the numbers are made, with every number the model consists of."""

from __future__ import annotations

from tocsin.desk.method import MethodView, method_view
from tocsin.desk.visit import Visit
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.page import Page, Params, Table, table

_DESCRIBED = ("feature", "label", "theme", "unit", "description", "source")


def method_page(visit: Visit, params: Params) -> Page:
    """``/method``: outcome, procedure, protocol, caveats, predictors."""
    view = method_view(visit.settings)
    return Page(
        stem="/method",
        title="Method",
        facts=view.facts,
        of_model=True,
        content={"view": view, "labels": Labels.read(params)},
        twin={"protocol": view.protocol},
        tables=_tables(view),
    )


def _tables(view: MethodView) -> dict[str, Table]:
    columns = {model: f"coefficient_{model}" for model in view.models}
    predictors = [
        {key: getattr(entry, key) for key in _DESCRIBED}
        | {column: entry.coefficients.get(model) for model, column in columns.items()}
        for entry in view.predictors
    ]
    # The first step has no lower end: it holds for everything up to the first threshold.
    steps = [
        {"feature": entry.feature, "above": above, "log_odds": value}
        for entry in view.predictors
        if entry.steps
        for above, value in zip((None, *entry.steps.thresholds), entry.steps.values, strict=True)
    ]
    constants = [
        {"model": model, "name": name, "value": value}
        for model, values in view.constants.items()
        for name, value in values.items()
    ]
    return {
        "predictors": table("Predictors and coefficients", (*_DESCRIBED, *columns.values()), predictors),
        "steps": table("Step functions of predictors", ("feature", "above", "log_odds"), steps),
        "constants": table("Intercepts, weights and shifts", ("model", "name", "value"), constants),
    }
