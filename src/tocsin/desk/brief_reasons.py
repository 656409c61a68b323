"""The sections of a brief that say why: what drives the forecast, and what moved it since the year before."""

from __future__ import annotations

import math

from tocsin.core.belief import percent, significant
from tocsin.desk.brief_depth import Depth, Evidence
from tocsin.desk.country import CountryView, Theme
from tocsin.desk.document import Block, Bullets, Heading, Paragraph, Table
from tocsin.desk.reading import Contribution, CountryForecast

STRONG, WEAK = math.log(2), math.log(1.1)
"""Log-odds from which a plain brief says "strongly" (the odds at least doubled or halved), or "a little"."""


def drivers(evidence: Evidence, depth: Depth) -> tuple[Block, ...]:
    """What moves the forecast away from that of the typical state."""
    themes, forecast = evidence.view.themes, evidence.view.forecast
    if forecast is None:
        return ()
    if depth.wording == "technical":
        return _technical_drivers(evidence.view, forecast)
    shown = themes[: depth.drivers]
    if depth.plain:
        return (
            Heading("What moves the estimate"),
            Paragraph("Compared with the typical country, from what is recorded about it:"),
            Bullets(tuple(f"{theme.name}: {_push(theme.log_odds)}." for theme in shown)),
        )
    return (
        Heading("Why: what sets it apart from the typical state, to the model"),
        Bullets(tuple(f"{theme.name}: {_multiplies(theme)}." for theme in shown)),
    )


def _technical_drivers(view: CountryView, forecast: CountryForecast) -> tuple[Block, ...]:
    start, end = forecast.baseline_log_odds, forecast.log_odds
    rows = [
        (theme.name, signed(theme.log_odds), odds(theme.log_odds), parts)
        for theme in view.themes
        if (parts := _parts(theme))
    ]
    return (
        Heading("What drives it: exact contributions to the log-odds"),
        Paragraph(
            f"From {signed(start)} for the typical state of {view.facts.data_year}, the mean of all, to {signed(end)} "
            f"here ({view.facts.explanation_kind}). A predictor counts by its recorded value, present or absent. "
            "Contributions that round to 0.00 are left out."
        ),
        Table(("Theme", "Log-odds", "Odds ×", "Made of"), tuple(rows), numeric=(1, 2)),
    )


def change(evidence: Evidence, depth: Depth) -> tuple[Block, ...]:
    """What moved since the forecast of the year before."""
    view = evidence.view
    if view.forecast is None:
        return ()
    moved = view.forecast.change
    if moved is None:
        return Heading("What changed"), Paragraph("There is no earlier forecast to compare with.")
    before = f"{percent(moved.previous_probability)} (rank {moved.previous_rank})"
    if not moved.meaningful:
        noise = "the method's own uncertainty" if depth.plain else "the model's noise"
        text = f"No meaningful change: the forecast of the year before was {before}; the difference is within {noise}."
    else:
        way = "Up" if moved.total > 0 else "Down"
        noise = "the method's own uncertainty" if depth.plain else "the model's noise"
        text = f"{way} from {before} the year before, by more than {noise}. {_cause(moved.data, moved.model)}"
    if depth.wording == "technical":
        revision = "revision not known" if moved.revision is None else f"revision {signed(moved.revision)}"
        text += (
            f" Log-odds {signed(moved.total)}: data {signed(moved.data)}, model {signed(moved.model)}, {revision}; "
            f"noise from {signed(moved.drift - moved.noise)} to {signed(moved.drift + moved.noise)}."
        )
        if most := [f"{one.label} {signed(one.log_odds)}" for one in moved.drivers[:3] if _counts(one)]:
            text += f" Moved most by {'; '.join(most)}."
    return Heading("What changed"), Paragraph(text)


def odds(log_odds: float) -> str:
    """By how much the odds are multiplied.

    >>> odds(0.642), odds(-0.4)
    ('1.9', '0.67')
    """
    return significant(math.exp(log_odds))


def signed(log_odds: float) -> str:
    """Log-odds with their sign and two decimals.

    >>> signed(0.617), signed(-0.18), signed(0.001)
    ('+0.62', '−0.18', '0.00')
    """
    rounded = round(log_odds, 2)
    sign = "+" if rounded > 0 else "−" if rounded < 0 else ""
    return f"{sign}{abs(rounded):.2f}"


def _push(log_odds: float) -> str:
    size = abs(log_odds)
    how = " strongly" if size >= STRONG else " a little" if size < WEAK else ""
    return f"pushes the risk {'up' if log_odds > 0 else 'down'}{how}"


def _multiplies(theme: Theme) -> str:
    same_way = [part for part in theme.contributions if part.log_odds * theme.log_odds > 0]
    mainly = f", mainly by “{same_way[0].label}”" if same_way and len(theme.contributions) > 1 else ""
    return f"multiplies the odds by {odds(theme.log_odds)}{mainly}"


def _parts(theme: Theme) -> str:
    return "; ".join(f"{part.label} {signed(part.log_odds)}" for part in theme.contributions if _counts(part))


def _counts(part: Contribution) -> bool:
    """Whether anything but 0.00 would be printed."""
    return abs(part.log_odds) >= 0.005


def _cause(data: float, model: float) -> str:
    if abs(data) >= 2 * abs(model):
        return "The cause is mainly new data about the country."
    if abs(model) >= 2 * abs(data):
        return "The cause is mainly the model, fitted anew; not the country."
    return "New data about the country and the newly fitted model both count."
