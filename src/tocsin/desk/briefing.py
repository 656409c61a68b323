"""The content of a brief: the same evidence for every audience, at the depth and in the words its reader can use."""

from __future__ import annotations

from datetime import UTC, date, datetime

from tocsin.core.belief import Belief, one_in, percent, times
from tocsin.core.settings import Settings
from tocsin.desk.brief_depth import Depth, Evidence, depths, years
from tocsin.desk.brief_sections import SECTIONS
from tocsin.desk.country import REPORTED_ONCE, CountryView, country_view
from tocsin.desk.document import Audience, Block, Brief, KeyFigure, Scale, SmallPrint
from tocsin.desk.reading import CountryForecast, NotForecast, read
from tocsin.sources.catalogue import catalogue

WITHOUT_FORECAST = ("others", "history", "caveats")
"""The sections of a page that has no number of our own to explain."""


def brief_content(settings: Settings, query: str, audience: Audience, *, prepared: date | None = None) -> Brief:
    """The brief of the state that a code or name stands for. prepared: the day it is made; None = today.

    A state without a forecast gets a page too: it says why, and what is known nonetheless.

    Errors: UnknownPlace or AmbiguousPlace with suggestions.
    """
    view = country_view(settings, query)
    scores = {block.key: block for block in read(settings).release.scores}
    evidence, depth = Evidence(view, scores.get(REPORTED_ONCE)), depths()[audience]
    day = prepared or datetime.now(UTC).date()
    blocks: list[Block] = []
    if view.forecast and view.belief:
        blocks.append(_key_figure(view, view.forecast, view.belief, depth, day))
    if view.absent:
        blocks.append(_no_number(view, view.absent, depth))
    for section in depth.sections if view.forecast else WITHOUT_FORECAST:
        blocks += SECTIONS[section](evidence, depth)
    return Brief(
        place=view.place.id,
        audience=audience,
        title=f"{view.place.names['en']}: risk of a new mass killing, {years(view.facts.horizon)}",
        subtitle=f"{depth.title} · prepared {day.day} {day:%B %Y} · vintage {view.facts.vintage}",
        marking=view.facts.marking,
        prepared=day,
        blocks=(*blocks, _small_print(view)),
    )


def _key_figure(view: CountryView, forecast: CountryForecast, belief: Belief, depth: Depth, day: date) -> KeyFigure:
    lines = [*_chance(view, belief, depth), _standing(view, belief, forecast, _base(depth)), _in_words(view)]
    facts = view.facts
    if forecast.ongoing_episodes:
        under_way = (
            "A mass killing was"
            if forecast.ongoing_episodes == 1
            else f"{forecast.ongoing_episodes} mass killings were"
        )
        lines.append(
            f"{under_way} already under way there in {facts.data_year}, by the {facts.outcome.owner}'s list; this "
            "number is about another."
        )
    if view.kept:
        lines.append(years(view.kept))
    lines.append(
        f"On the day of this page {years(facts.window(day))}; nothing after {facts.data_year} is in the number."
    )
    return KeyFigure(one_in(belief.probability), tuple(lines), _scale(belief, _base(depth)))


def _base(depth: Depth) -> str:
    return "average of all states" if depth.plain else "base rate"


def _scale(belief: Belief, base: str) -> Scale:
    chance, low, high = percent(belief.probability), percent(belief.low), percent(belief.high)
    key = f"dot: estimate · bar: {round(100 * belief.coverage)} % interval"
    told = f"On a line from zero: {chance}, interval from {low} to {high}"
    if belief.base_rate:
        key += f" · dotted: {base}"
        told += f", {base} {percent(belief.base_rate)}"
    return Scale(belief.probability, belief.low, belief.high, belief.base_rate, key, f"{told}.")


def _chance(view: CountryView, belief: Belief, depth: Depth) -> list[str]:
    chance, low, high = percent(belief.probability), percent(belief.low), percent(belief.high)
    event, sure = f"a new mass killing begins in {years(view.facts.horizon)}", round(100 * belief.coverage)
    if depth.plain:
        return [
            f"{chance} chance that {event}.",
            f"Had history run a little differently, the same method would have said between {low} and {high}, "
            f"{sure} times out of 100.",
        ]
    return [f"{chance} chance that {event}; {sure} % interval {low} to {high}."]


def _standing(view: CountryView, belief: Belief, forecast: CountryForecast, base: str) -> str:
    rank = f"Rank {forecast.rank} of {view.facts.covered}"
    if forecast.tied_low < forecast.tied_high:
        rank += f", which cannot be told apart at least from ranks {forecast.tied_low} to {forecast.tied_high}"
    if belief.ratio is None or belief.base_rate is None:
        return f"{rank}."
    size = f"{percent(belief.base_rate)}, {one_in(belief.base_rate)}: all states, {years(view.facts.base_rate_years)}"
    return f"{times(belief.ratio)} the {base} ({size}). {rank}."


def _in_words(view: CountryView) -> str:
    told = []
    for one in view.wordings:
        words = f"'{one.words}'" if one.span else one.words
        band = f": {one.span}" if one.span else ""
        told.append(
            f"{words} ({one.title}, {one.owner.split(',')[0]}{band}), as said of {one.shared - 1 or 'no'} other states"
        )
    return f"In words: {'; '.join(told)}."


def _no_number(view: CountryView, absent: NotForecast, depth: Depth) -> KeyFigure:
    facts = view.facts
    lines = [absent.reason, "That is a gap in the data, not a low risk: nothing here says that this state is safe."]
    if facts.base_rate:
        base = (
            f"{percent(facts.base_rate)}, {one_in(facts.base_rate)}, over all states in {years(facts.base_rate_years)}"
        )
        lines.append(f"For scale: the {_base(depth)} was {base}.")
    return KeyFigure("No forecast", tuple(lines))


def _small_print(view: CountryView) -> SmallPrint:
    facts = view.facts
    sheets = catalogue()
    sources = [
        f"{sheets[one.source].title if one.source in sheets else one.source}, vintage {one.vintage} ({one.terms})"
        for one in facts.receipts
    ]
    published = [one for one in view.others if one.probability is not None]
    sources += [f"{sheets[one.source].title}, {one.provider} ({one.terms})" for one in published]
    return SmallPrint(
        (
            ("What is forecast", f"{facts.outcome.title}. {facts.outcome.definition} ({facts.outcome.source})"),
            (
                "How",
                f"Statistical forecast, method {facts.method_version}, from what was recorded of {facts.data_year}; "
                f"release {facts.origin}.",
            ),
            ("Sources and terms", f"{'; '.join(dict.fromkeys(sources))}. This page: {facts.licence.rstrip('.')}."),
            ("Handling", f"{facts.marking.label}, Traffic Light Protocol 2.0. The sources' own terms hold beside it."),
        )
    )
