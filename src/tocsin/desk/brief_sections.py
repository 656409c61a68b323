"""The sections of a brief: each turns what is known of a country into blocks, at the depth its reader asked for."""

from __future__ import annotations

from collections.abc import Callable

from tocsin.core.belief import one_in, percent, significant
from tocsin.desk.brief_depth import Depth, Evidence, Section, years
from tocsin.desk.brief_reasons import change, drivers
from tocsin.desk.document import Block, Bullets, Heading, Paragraph, Table
from tocsin.desk.reading import Analogue
from tocsin.desk.scorecard import Score, ScoreBlock

LATEST_YEARS = 6
"""How many past forecasts stand side by side in the history of a country."""


def meaning(evidence: Evidence, depth: Depth) -> tuple[Block, ...]:
    """The terms of the key figure, explained."""
    view = evidence.view
    if view.belief is None:
        return ()
    chance = one_in(view.belief.probability)
    items = (
        f"Mass killing: {view.facts.outcome.definition}",
        f"{chance}: the model's estimate, not a prediction that it will or will not happen.",
    )
    return Heading("What the number means"), Bullets(items)


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
    told = f"Recorded onsets: {'; '.join(onsets)}." if onsets else "No onset is recorded in these years."
    latest = sorted(said)[-LATEST_YEARS:]
    return (
        title,
        Paragraph(
            f"What the method says of each year since {min(said)} from the years before it, on data as revised "
            f"since. {told}"
        ),
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
        said = [f"Tested on {span} with models fitted on earlier years only, on data as revised since."]
        events, states = "new mass killings", "countries"
    else:
        said = [
            f"{span}: {block.n} forecasts by models fitted on earlier years only, on data as revised since; "
            f"{block.positives} were followed by an onset."
        ]
        events, states = "onsets", "states"
    if recall and recall.value is not None:
        within = _range(recall, percent)
        said.append(f"{percent(recall.value)} of the {events} came in the 30 highest-ranked {states}{within}.")
        said += _simpler(block)
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


def _analogue(one: Analogue, plain: bool) -> str:
    onset = "new mass killing" if plain else "onset"
    after = f"{onset} in {one.onset_year}" if one.onset_year else one.followed.replace("onset", onset)
    before = f"{one.ongoing_episodes} under way, " if one.ongoing_episodes else ""
    return f"{one.name} {one.year} ({before}{after})"


def _simpler(block: ScoreBlock) -> list[str]:
    """The same for the simple model that comes closest, and whether the two can be told apart at all."""
    simple = next((model for model in block.models if model.model == "three_variable"), None)
    recall = simple.metrics.get("recall30") if simple else None
    apart = next((c for c in block.comparisons if (c.other, c.metric) == ("three_variable", "log")), None)
    if recall is None or recall.value is None or apart is None:
        return []
    verdict = "can" if apart.distinguishable else "cannot"
    return [
        f"A model of only population, infant mortality and battle deaths: {percent(recall.value)}; by log score the "
        f"two {verdict} be told apart."
    ]


def _came(outcome: bool | None) -> str:
    return "not yet known" if outcome is None else "yes" if outcome else "no"


def _range(score: Score, write: Callable[[float], str]) -> str:
    if score.low is None or score.high is None:
        return ""
    return f" (90 % interval {write(score.low)} to {write(score.high)})"
