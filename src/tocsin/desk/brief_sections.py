"""The sections of a brief: each turns what is known of a country into blocks, at the depth its reader asked for."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from tocsin.core.belief import one_in, percent, significant
from tocsin.desk.country import CountryView, Theme
from tocsin.desk.document import Block, Bullets, Heading, Paragraph, Table
from tocsin.desk.reading import Analogue, Contribution, CountryForecast
from tocsin.desk.scorecard import Score, ScoreBlock

STRONG, WEAK = math.log(2), math.log(1.1)
"""Log-odds from which a plain brief says "strongly" (the odds at least doubled or halved), or "a little"."""

LATEST_YEARS = 6
"""How many past forecasts stand side by side in the history of a country."""


@dataclass(frozen=True)
class Depth:
    """What one audience's brief holds; see ``data/audiences.toml``. A limit of None means all."""

    title: str
    sections: tuple[str, ...]
    wording: str
    drivers: int | None
    analogues: int | None
    caveats: int | None

    @property
    def plain(self) -> bool:
        """Whether no term of art may go unexplained."""
        return self.wording == "plain"


@dataclass(frozen=True)
class Evidence:
    """What every brief of a country is made from. record: the scores reported once, or None if the release has none."""

    view: CountryView
    record: ScoreBlock | None


Section = Callable[[Evidence, Depth], tuple[Block, ...]]


def meaning(evidence: Evidence, depth: Depth) -> tuple[Block, ...]:
    """The terms of the key figure, explained."""
    view = evidence.view
    if view.belief is None:
        return ()
    items = [
        f"Mass killing: {view.facts.outcome.definition}",
        f"{one_in(view.belief.probability).capitalize()}: of so many countries with the same estimate, we expect a new "
        "mass killing in about one. It is a warning, not a prediction that it will happen.",
    ]
    return Heading("What the number means"), Bullets(tuple(items))


def drivers(evidence: Evidence, depth: Depth) -> tuple[Block, ...]:
    """What moves the forecast away from that of the average state."""
    themes, forecast = evidence.view.themes, evidence.view.forecast
    if forecast is None:
        return ()
    if depth.wording == "technical":
        return _technical_drivers(evidence.view, forecast)
    shown = themes[: depth.drivers]
    if depth.plain:
        return (
            Heading("What moves the estimate"),
            Paragraph("Compared with the average country, from what is recorded about it:"),
            Bullets(tuple(f"{theme.name}: {_push(theme.log_odds)}." for theme in shown)),
        )
    return (
        Heading("Why: what sets it apart from the average state"),
        Bullets(tuple(f"{theme.name}: {_multiplies(theme)}." for theme in shown)),
    )


def _technical_drivers(view: CountryView, forecast: CountryForecast) -> tuple[Block, ...]:
    start, end = forecast.baseline_log_odds, forecast.log_odds
    rows = [(theme.name, signed(theme.log_odds), odds(theme.log_odds), _parts(theme)) for theme in view.themes]
    return (
        Heading("What drives it: exact contributions to the log-odds"),
        Paragraph(
            f"From {signed(start)} for the average state of {view.facts.data_year} to {signed(end)} here "
            f"({view.facts.explanation_kind}). A predictor counts by its recorded value, present or absent."
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
            f"noise up to {abs(moved.noise):.2f} either way."
        )
        if most := [f"{one.label} {signed(one.log_odds)}" for one in moved.drivers[:3] if _counts(one)]:
            text += f" Moved most by {'; '.join(most)}."
    return Heading("What changed"), Paragraph(text)


def others(evidence: Evidence, depth: Depth) -> tuple[Block, ...]:
    """What others have published, each with its own definition; their absence is said."""
    lines, edition = [], "Edition" if depth.plain else "Vintage"
    for other in evidence.view.others:
        if other.probability is None:
            lines.append(f"{other.title}: no number here. {other.absence}")
            continue
        rank = f", rank {other.rank} of {other.of}" if other.rank and other.of else ""
        lines.append(
            f"{other.title}: {percent(other.probability)} ({one_in(other.probability)}){rank}, for "
            f"{years(other.horizon)}. {other.interval} {edition} {other.vintage}. What it forecasts: {other.definition}"
        )
    return Heading("What others say"), Bullets(tuple(lines))


def analogues(evidence: Evidence, depth: Depth) -> tuple[Block, ...]:
    """The past country-years most like this one to the model, and what followed."""
    forecast = evidence.view.forecast
    if forecast is None or not forecast.analogues:
        return ()
    shown = "; ".join(_analogue(one, depth.plain) for one in forecast.analogues[: depth.analogues])
    return (
        Heading("What looked like this before"),
        Paragraph(f"{shown}. Likeness is the model's, and a few cases prove nothing."),
    )


def history(evidence: Evidence, depth: Depth) -> tuple[Block, ...]:
    """How past forecasts of this state fared: what was said before each recorded onset, and the latest years."""
    title = Heading("How we have done here")
    past = {row.first_year: (row.probability, row.outcome) for row in evidence.view.history}
    said = {year: chance for year, (chance, _) in past.items() if chance is not None}
    if not said and evidence.view.forecast is None:
        return ()
    if not said:
        return title, Paragraph("There is no past forecast of this state to look back at.")
    onsets = [
        f"{year} (forecast then {percent(said[year])})" if year in said else f"{year} (no forecast then)"
        for year in evidence.view.onset_years
    ]
    told = f"Recorded onsets: {'; '.join(onsets)}." if onsets else "No onset is recorded."
    latest = sorted(said)[-LATEST_YEARS:]
    return (
        title,
        Paragraph(f"Forecasts as they would have been made at the time, since {min(said)}. {told}"),
        Table(
            ("Two years from", *map(str, latest)),
            (
                ("Chance", *(percent(said[year]) for year in latest)),
                ("Onset came", *(_came(past[year][1]) for year in latest)),
            ),
            numeric=tuple(range(1, len(latest) + 1)),
        ),
    )


def record(evidence: Evidence, depth: Depth) -> tuple[Block, ...]:
    """How far such forecasts have held, over all states."""
    block = evidence.record
    ours = next((model for model in block.models if model.model == "tocsin"), None) if block else None
    if block is None or ours is None:
        return ()
    span, recall, calibration = years(block.years), ours.metrics.get("recall30"), ours.metrics.get("expected_observed")
    if depth.plain:
        said = [f"Tested on {span}, as if each forecast had been made at the time."]
        events, states = "new mass killings", "countries"
    else:
        said = [f"{span}: {block.n} forecasts without hindsight, {block.positives} followed by an onset."]
        events, states = "onsets", "states"
    if recall and recall.value is not None:
        within = _range(recall, percent)
        said.append(f"{percent(recall.value)} of the {events} came in the 30 highest-ranked {states}{within}.")
    if calibration and calibration.value is not None:
        within = _range(calibration, significant)
        said.append(f"For each that came, {significant(calibration.value)} had been forecast{within}.")
    return Heading("How such forecasts have fared"), Paragraph(" ".join(said))


def caveats(evidence: Evidence, depth: Depth) -> tuple[Block, ...]:
    """How the page must not be read."""
    facts = evidence.view.facts
    standing = (
        f"The forecasts rest on what was recorded of {facts.data_year}; nothing later is in them.",
        "A low number is not safety, and most states high on the list will see no new mass killing.",
    )
    return Heading("Read with care"), Bullets((*standing, *facts.caveats)[: depth.caveats])


SECTIONS: dict[str, Section] = {
    "meaning": meaning,
    "drivers": drivers,
    "change": change,
    "others": others,
    "analogues": analogues,
    "history": history,
    "record": record,
    "caveats": caveats,
}
"""Every section by the name that ``data/audiences.toml`` uses."""


def years(span: str) -> str:
    """A span of years as it is set in print.

    >>> years("2025-2026")
    '2025–2026'
    """
    return span.replace("-", "–")


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


def _analogue(one: Analogue, plain: bool) -> str:
    onset = "new mass killing" if plain else "onset"
    after = f"{onset} in {one.onset_year}" if one.onset_year else one.followed.replace("onset", onset)
    return f"{one.name} {one.year} ({after})"


def _cause(data: float, model: float) -> str:
    if abs(data) >= 2 * abs(model):
        return "The cause is mainly new data about the country."
    if abs(model) >= 2 * abs(data):
        return "The cause is mainly the model, fitted anew; not the country."
    return "New data about the country and the newly fitted model both count."


def _came(outcome: bool | None) -> str:
    return "not yet known" if outcome is None else "yes" if outcome else "no"


def _range(score: Score, write: Callable[[float], str]) -> str:
    if score.low is None or score.high is None:
        return ""
    return f" (90 % interval {write(score.low)} to {write(score.high)})"
