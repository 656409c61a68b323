"""Commands about monthly deaths: ``forecast fatalities``, ``backtest fatalities``, ``release months``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tocsin.core.belief import percent, significant
from tocsin.core.errors import PeriodError
from tocsin.core.period import years_range
from tocsin.core.settings import Settings
from tocsin.interfaces.cli.console import (
    Json,
    interruptible,
    remark,
    say,
    table,
    to_json,
    watching,
    writable,
    write_file,
    write_json,
)

_COLUMNS = ("crps", "log_crps", "ignorance", "mis90", "coverage90")


def backtest_fatalities(
    windows: Annotated[str, typer.Option(metavar="FIRST:LAST", help="Years to forecast, both included.")] = "2018:2021",
    panel: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A CSV with the columns of ged_cm.csv, in place of the pulled one."),
    ] = None,
    json: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the result here; - is standard output.")
    ] = None,
) -> None:
    """Forecast monthly deaths of past years and score them.

    Each year is forecast from October of the year before, beside four simple forecasts.
    """
    from tocsin.desk.monthly import backtest_fatalities as backtest

    years = _years(windows)
    if json is not None and str(json) != "-":
        writable(json, "--json")
    with interruptible("Nothing was changed; run the same command again."), watching() as progress:
        result = backtest(Settings.read(), years, panel, progress=progress)
    if json is not None and str(json) == "-":
        write_json(result)
        return
    if json is not None:
        write_file(json, to_json(result).encode(), "--json")
    facts = result["protocol"]
    say(f"Method {result['method_version']}, {result['seconds']} seconds. {facts['outcome']}")
    say(f"Vintage {facts['vintage']}. Origin {facts['origin']}, months 3 to 14 ahead. Lower is better.\n")
    for year, models in result["windows"].items():
        say(f"{year}: {facts['countries'][year]} countries")
        rows = [(name, *(f"{scores[metric]:.3f}" for metric in _COLUMNS)) for name, scores in models.items()]
        table(("Model", *_COLUMNS), rows, numeric=range(1, 6))
        say("")
    for scope, others in result["comparisons"].items():
        for metric, found in others["history12"].items():
            ratio = found["ratio"]
            where = "all countries" if scope == "all" else f"without {scope}"
            if ratio["value"] is None:
                say(f"{metric}, ours over history12, {where}: no ratio, because history12 has a score of 0")
                continue
            if ratio["low"] is None:
                say(f"{metric}, ours over history12, {where}: {ratio['value']:.3f}; one country tells no interval")
                continue
            told = "not distinguishable" if ratio["low"] <= 1 <= ratio["high"] else "distinguishable"
            say(
                f"{metric}, ours over history12, {where}: {ratio['value']:.3f} "
                f"({ratio['low']:.3f} to {ratio['high']:.3f}), {told}"
            )
    for note in facts["notes"]:
        remark(note)


def forecast_fatalities(
    place: Annotated[
        str, typer.Argument(metavar="[STATE]", help="A state, by name or code; all states if left out.")
    ] = "",
    ahead: Annotated[int, typer.Option(min=1, max=36, help="For all states: how many months ahead.")] = 6,
    top: Annotated[int, typer.Option(min=0, help="For all states: how many to list; 0 lists all.")] = 20,
    json: Json = False,
) -> None:
    """Show the monthly forecasts of deaths."""
    from tocsin.desk.monthly import monthly_view

    view = monthly_view(Settings.read(), place, ahead)
    if json:
        write_json(view)
        return
    for notice in view.notices:
        remark(notice)
    say(f"{view.outcome}\nMethod {view.method_version}; known to {view.origin}; vintage {view.vintage}.\n")
    shown = view.rows if place else view.rows[: top or None]
    rows = [
        (
            one.month if place else one.name,
            significant(one.mean),
            f"{significant(one.low)} to {significant(one.high)}",
            percent(one.at_least_1),
            percent(one.at_least_25),
            percent(one.at_least_100),
        )
        for one in shown
    ]
    columns = ("Month" if place else "State", "Expected", "90 % interval", "Any", "25 or more", "100 or more")
    table(columns, rows, numeric=range(1, 6))
    for other in view.others:
        say(f"\n{other.title}: {other.definition} {other.horizon}; {other.vintage}; {other.licence}.")
        table(
            ("Month", "Expected", "Range"),
            [(one.month, significant(one.mean), one.range) for one in other.rows[:12]],
            numeric=(1, 2),
        )


def build_months(
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where to write it; this machine's release if not given.")
    ] = None,
    panel: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A CSV with the columns of ged_cm.csv, in place of the pulled one."),
    ] = None,
) -> None:
    """Make the monthly forecasts from the data at hand."""
    from tocsin.desk.monthly import build_monthly

    with interruptible("The forecasts that serve are as they were."), watching() as progress:
        report = build_monthly(Settings.read(), out, panel, progress=progress)
    say(f"Built {report.folder}: {report.countries} countries, 36 months, in {report.seconds} seconds.")


def _years(text: str) -> range:
    try:
        return years_range(text)
    except PeriodError as error:
        error.where = error.where or "--windows"
        raise
