"""One country: the number, why, what others say, how we have done here."""

from __future__ import annotations

from typing import Any

from tocsin.core.place import Place, places
from tocsin.desk import views
from tocsin.desk.country import CountryView, country_view
from tocsin.desk.country_months import country_months
from tocsin.desk.document import Audience
from tocsin.desk.others import NOT_FETCHED
from tocsin.desk.reading import Change
from tocsin.desk.views import View
from tocsin.desk.visit import Visit
from tocsin.interfaces.web.charts.bars import SignedAxis
from tocsin.interfaces.web.charts.history import history_chart
from tocsin.interfaces.web.items import item, markings, may_say, statements, twin
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.naming import names_of
from tocsin.interfaces.web.page import FORECAST_COLUMNS, Elsewhere, Page, Params, Table, forecast_row, stamp, table
from tocsin.interfaces.web.pages.brief import FORMS
from tocsin.interfaces.web.pages.country_months import months_content, months_tables, months_twin
from tocsin.interfaces.web.pages.country_results import figures, results

SAID = 10
"""Statements on the page; all are in the history."""

JUDGED = 4
"""Assessments in a line of their own; all are in the history."""

_CODES = (("cow", "COW"), ("gw", "Gleditsch-Ward"))
"""Codes shown above the name, with their titles."""


def country_page(visit: Visit, params: Params) -> Page | Elsewhere:
    """``/country/{code or name}``; any other way of writing it leads to the one address of the state."""
    view, labels = country_view(visit.settings, params["query"]), Labels.read(params)
    place, facts = view.place, view.facts
    if params.get("as_of"):
        # What stood on an earlier day, the model's forecast of then among it, is in the history.
        return Elsewhere(f"/history/place:{place.id}", {"as_of": params["as_of"]})
    if params["query"] != place.id:
        return Elsewhere(f"/country/{place.id}")
    drawn = [row for row in view.history if row.probability is not None]
    subject = f"place:{place.id}"
    said, model = _said(visit, subject)
    judged = views.current(visit, subject=subject, kind="assessment", limit=JUDGED).views
    joint = results(visit, subject)
    names = names_of(visit) if said or judged else None
    by_month = country_months(visit.settings, place.id)
    return Page(
        stem=f"/country/{place.id}",
        title=labels.of(place),
        facts=facts,
        of_model=True,
        content={
            "view": view,
            "labels": labels,
            "bars": SignedAxis(
                value
                for theme in view.themes
                for value in (theme.log_odds, *(part.log_odds for part in theme.contributions))
            ),
            "audiences": tuple(Audience),
            "forms": FORMS,
            "names": {near.place: _named(labels, near.place, near.name) for near in view.forecast.analogues}
            if view.forecast
            else {},
            "not_fetched": NOT_FETCHED,
            "codes": _codes(place, facts.data_year),
            "no_interval": all(row.low is None for row in drawn),
            "history": history_chart("history", labels.of(place), drawn, view.onset_years) if drawn else None,
            "subject": subject,
            "said": [item(one, names, labels) for one in said] if names else [],
            "judged": [item(one, names, labels) for one in judged] if names else [],
            "joint": joint,
            "model": model,
            "may_say": may_say(visit),
            # In an exercise nothing is said about real states.
            "fictional": visit.store.world == "exercise",
            **months_content(labels.of(place), by_month),
        },
        twin=_twin(view, labels)
        | {
            "statements": [twin(one) for one in said],
            "assessments": [one.id for one in judged],
            "results": figures(joint),
            "forecast_statement": model.id if model else None,
            "by_month": months_twin(by_month),
        },
        tables=_tables(view, labels)
        | months_tables(by_month)
        | {"statements": statements("What partners say, newest first", said, visit)},
        marking=markings([*said, *judged, *(one.view for one in joint)]),
    )


def _said(visit: Visit, subject: str) -> tuple[list[View], View | None]:
    """The newest statements about the state, and the one by which this node's model says what stands above."""
    model = next(iter(views.current(visit, subject=subject, kind="forecast", limit=1).views), None)
    newest = views.current(visit, subject=subject, limit=SAID, parts=False).views
    return [one for one in newest if model is None or one.id != model.id], model


def _named(labels: Labels, id: str, name: str) -> str:
    """The state's label; the name that the release gives it, where we do not know the state."""
    known = next((state for state in places() if state.id == id), None)
    return labels.of(known) if known else name


def _codes(place: Place, year: int) -> list[tuple[str, str]]:
    """The codes in force in the release's year, with the titles of their schemes."""
    return [
        (title, code.code)
        for scheme, title in _CODES
        for code in place.codes.get(scheme, ())
        if code.first <= year and (code.last is None or year <= code.last)
    ]


def _twin(view: CountryView, labels: Labels) -> dict[str, Any]:
    forecast, place, facts = view.forecast, view.place, view.facts
    twin: dict[str, Any] = {
        "place": {"id": place.id, "names": dict(place.names), "region": place.region},
        "forecast": None,
        "reason_for_no_forecast": view.absent.reason if view.absent else None,
        "onset_years": list(view.onset_years),
        "how_often_such_forecasts_came_true": view.kept or None,
    }
    if forecast:
        twin["forecast"] = forecast_row(place.id, labels.of(place), forecast, facts) | stamp(facts)
        twin["log_odds"] = {"forecast": forecast.log_odds, "typical_state": forecast.baseline_log_odds}
        twin["words"] = [
            {"yardstick": w.title, "owner": w.owner, "words": w.words, "shared_by": w.shared, "of": w.of}
            for w in view.wordings
        ]
        twin["change"] = _change(forecast.change) if forecast.change else None
    return twin


def _change(change: Change) -> dict[str, Any]:
    parts = change.model_dump(exclude={"drivers", "previous_probability", "previous_rank"})
    # No interval was computed for the earlier forecast: the two ends are not known, which is not zero.
    before = {"probability": change.previous_probability, "low": None, "high": None, "rank": change.previous_rank}
    return parts | {"previous": before}


def _tables(view: CountryView, labels: Labels) -> dict[str, Table]:
    forecast, facts = view.forecast, view.facts
    tables = {
        "forecast": table(
            "The forecast",
            FORECAST_COLUMNS,
            [forecast_row(view.place.id, labels.of(view.place), forecast, facts)] if forecast else [],
        ),
        "contributions": table(
            "Exact contributions to the log-odds, against the typical state",
            ("theme", "feature", "label", "log_odds"),
            [part.model_dump() for theme in view.themes for part in theme.contributions],
        ),
        "others": table(
            "What others have published",
            (
                "source",
                "title",
                "definition",
                "horizon",
                "vintage",
                "licence",
                "probability",
                "low",
                "high",
                "interval_note",
                "rank",
                "of",
                "absence",
            ),
            [
                vars(other)
                | {"low": None, "high": None, "interval_note": other.interval, "absence": other.absence or None}
                for other in view.others
            ],
        ),
        "history": table(
            "What the method says of past years from earlier years only, on data as revised since",
            (
                "predictor_year",
                "trained_to",
                "probability",
                "low",
                "high",
                "climatology",
                "onset_1",
                "onset_2",
                "outcome",
            ),
            [vars(row) for row in view.history],
        ),
        "analogues": table(
            "Past country-years most like this one to the model",
            (
                "place",
                "name",
                "year",
                "ongoing_episodes",
                "distance",
                "probability",
                "low",
                "high",
                "followed",
                "onset_year",
            ),
            [near.model_dump() | {"low": None, "high": None} for near in forecast.analogues] if forecast else [],
        ),
    }
    if forecast and forecast.change:
        tables["drivers"] = table(
            "What moved the forecast since the year before",
            ("theme", "feature", "label", "log_odds"),
            [part.model_dump() for part in forecast.change.drivers],
        )
    return tables
