"""Signals as they are shown: what was noticed by the last month known, and how far to trust it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Literal

from tocsin.core.belief import one_in, percent, significant
from tocsin.core.errors import ReleaseError
from tocsin.core.period import year_and_month
from tocsin.core.place import place as place_of
from tocsin.core.place import resolve
from tocsin.core.settings import Settings
from tocsin.desk.signals_release import RECENT, Alarm, Beyond, LevelChange, PlaceSignals, SignalsRelease, read_signals

Sort = Literal["alarm", "change", "departure"]

SORTS: dict[Sort, str] = {
    "alarm": "An alarm: how probable a recent rise of the level is, or how surprising a month was, passed a threshold "
    "that keeps false alarms to the stated number a year.",
    "change": "A change of level: the month from which deaths stay higher or lower than before, found in the whole "
    "series.",
    "departure": "A departure: a month beyond the 95th, or under the 5th, percentile of what we had forecast for it a "
    "month before. One month in twenty would be beyond the 95th by chance alone.",
}
"""What each sort of signal is."""

OLD = 3
"""Months after which the age of the signals is said before anything else."""


@dataclass(frozen=True)
class Signal:
    """One thing that was noticed.

    month: as ``2021-11``. direction: whether deaths went up or down. credibility: of a change of level, the probability
    that one happened near that month. chance: of a departure, what the forecast gave to it (0: less than it can tell).
    before, after: of a change, mean deaths a month. Each is None where it is not known or does not apply. sentence: all
    of it, to be read.
    """

    sort: Sort
    place: str
    name: str
    month: str
    direction: Literal["up", "down"]
    credibility: float | None
    chance: float | None
    before: float | None
    after: float | None
    sentence: str


@dataclass(frozen=True)
class Kept:
    """How an alarm kept to what is stated. first, last: months as ``2011-07``. Rates: a year, over all places."""

    signal: str
    first: str
    last: str
    years: float
    alarms: float
    false: float
    false_low: float
    false_high: float
    sentence: str


@dataclass(frozen=True)
class SignalsView:
    """Signals with what must be known of them.

    as_of, as_of_name: the last month known, as ``2021-12`` and ``December 2021``. age: months from then to today.
    notices: to be read first. signals: alarms, then changes, then departures, each the newest first. watched: places
    looked at. quiet: of those, without a signal here. rise: with a place, the probability that deaths had just risen.
    absence: why there are none to show; empty otherwise.
    """

    outcome: str
    method_version: str
    forecast_version: str
    as_of: str
    as_of_name: str
    age: int
    recent: int
    vintage: str
    licence: str
    citation: str
    stated: float
    false_means: str
    kept: tuple[Kept, ...]
    notices: tuple[str, ...]
    signals: tuple[Signal, ...]
    watched: int
    quiet: int
    rise: float | None = None
    absence: str = ""


def signals_view(settings: Settings, place: str = "") -> SignalsView:
    """What was noticed in the twelve months up to the last one known: everywhere, or with a place all its changes too.

    Errors: UnknownPlace, AmbiguousPlace; ReleaseError where no signals were ever made.
    """
    release, notices = signals_release_here(settings)
    wanted = resolve(place).id if place else None
    chosen = [one for one in release.places if wanted in (None, one.place)]
    found = [signal for one in chosen for signal in of_place(one, since=0 if wanted else release.month - RECENT + 1)]
    order = {sort: rank for rank, sort in enumerate(SORTS)}
    found.sort(key=lambda one: one.name)
    found.sort(key=lambda one: one.month, reverse=True)
    found.sort(key=lambda one: order[one.sort])
    age = months_ago(release.month)
    if age > OLD:
        notices = (*notices, f"Nothing after {month_name(release.month)} is known here: that was {age} months ago.")
    absence = ""
    if wanted and not chosen:
        absence = f"{place_of(wanted).names['en']} was not covered in {month_name(release.month)}, so nothing is said."
    return SignalsView(
        outcome=release.outcome,
        method_version=release.method_version,
        forecast_version=release.forecast_version,
        as_of=month_text(release.month),
        as_of_name=month_name(release.month),
        age=age,
        recent=RECENT,
        vintage=release.vintage,
        licence=release.licence,
        citation=release.citation,
        stated=release.stated,
        false_means=(
            f"An alarm was false when the mean of the {release.ahead} months after it was not above "
            f"{release.factor:g} times that of the {release.before} up to it, or not above "
            f"{release.factor * release.floor:g} deaths a month. {_share(release)}"
        ),
        kept=tuple(_kept(release)),
        notices=notices,
        signals=tuple(found),
        watched=len(chosen),
        quiet=len(chosen) - len({one.place for one in found}),
        rise=chosen[0].rise if wanted and chosen else None,
        absence=absence,
    )


def signals_release_here(settings: Settings) -> tuple[SignalsRelease, tuple[str, ...]]:
    """The signals that serve - this machine's if they can be read, else those of the package - and notices.

    They go with the monthly forecasts: where this machine has forecasts of its own without signals, none are shown.

    Errors: ReleaseError if there are none.
    """
    if (settings.release / "months.json").exists():
        return read_signals(settings.release), ()
    return read_signals(Path(str(files("tocsin") / "data" / "release"))), ()


def of_place(one: PlaceSignals, since: int = 0) -> list[Signal]:
    """The signals of a place from a month on (VIEWS number), in no order."""
    name = place_of(one.place).names["en"]
    found = [_alarm(one.place, name, alarm) for alarm in one.alarms if alarm.month >= since]
    found += [_change(one.place, name, change) for change in one.changes if change.month >= since]
    return found + [_departure(one.place, name, month) for month in one.beyond if month.month >= since]


def month_text(number: int) -> str:
    """A VIEWS month number as ``2021-12``."""
    year, month = year_and_month(number)
    return f"{year}-{month:02}"


def month_name(number: int) -> str:
    """A VIEWS month number as ``December 2021``."""
    year, month = year_and_month(number)
    return date(year, month, 1).strftime("%B %Y")


def months_ago(number: int) -> int:
    """Months from a VIEWS month number to the present month."""
    return this_month() - number


def this_month() -> int:
    """The VIEWS number of the present month."""
    now = datetime.now(UTC)
    return 12 * (now.year - 1980) + now.month


def _alarm(place: str, name: str, one: Alarm) -> Signal:
    if one.signal == "rise":
        what = (
            f"the probability that deaths had risen to a new level within three months stood at "
            f"{percent(_logistic(one.score))}; an alarm is raised from {percent(_logistic(one.threshold))} on"
        )
    else:
        what = (
            f"what we had forecast a month before gave so many deaths a chance of about {one_in(10**-one.score)}; an "
            f"alarm is raised at {one_in(10**-one.threshold)}"
        )
    return Signal(
        "alarm", place, name, month_text(one.month), "up", None, None, None, None, f"{month_name(one.month)}: {what}."
    )


def _logistic(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds))


def _change(place: str, name: str, one: LevelChange) -> Signal:
    from tocsin.horizon.changes import Change, sentence

    when = month_name(one.month)
    told = f"From {when} the level is another; next to months that are not covered its size is not known."
    up = one.before is not None and one.after is not None and one.after > one.before
    if one.before is not None and one.after is not None:
        ratio = one.after / one.before if one.before else None
        told = sentence(Change(one.month, one.before, one.after, ratio, one.credibility, one.either_side), when)
    return Signal(
        "change",
        place,
        name,
        month_text(one.month),
        "up" if up else "down",
        one.credibility,
        None,
        one.before,
        one.after,
        told,
    )


def _departure(place: str, name: str, one: Beyond) -> Signal:
    above = one.side == "above"
    chance = f"about {one_in(one.chance)}" if one.chance else f"less than {one_in(one.resolution)}"
    edge = "95th" if above else "5th"
    told = (
        f"{month_name(one.month)}: {'more' if above else 'fewer'} deaths than the {edge} percentile "
        f"of what we had forecast a month before ({significant(one.edge)}), which gave "
        f"{'as many or more' if above else 'as few or fewer'} a chance of {chance}."
    )
    return Signal(
        "departure", place, name, month_text(one.month), "up" if above else "down", None, one.chance, None, None, told
    )


_CALLED = {"rise": "Rise of the level", "surprise": "Surprising month"}


def _share(release: SignalsRelease) -> str:
    alarms, false = sum(one.alarms for one in release.measured), sum(one.false for one in release.measured)
    return f"By this measure {false} of the {alarms} alarms counted here were false." if alarms else ""


def _kept(release: SignalsRelease) -> list[Kept]:
    found = []
    for one in release.measured:
        title = _CALLED[one.signal]
        if not one.years:
            told = f"{title}: no alarm has a known outcome yet, so nothing was measured."
            found.append(Kept(title, "", "", 0.0, 0.0, 0.0, 0.0, 0.0, told))
            continue
        false, alarms = one.false / one.years, one.alarms / one.years
        verdict = "kept" if false <= release.stated else "not kept"
        if one.false_low <= release.stated < one.false_high:
            verdict += ", within chance" if verdict == "not kept" else "; its interval reaches above"
        told = (
            f"{title}: at most {release.stated:g} false alarms a year were stated. From {month_name(one.first)} to "
            f"{month_name(one.last)} there were {significant(alarms)} alarms a year, of which {significant(false)} "
            f"were false (90 % interval {significant(one.false_low)} to {significant(one.false_high)}): {verdict}."
        )
        found.append(
            Kept(
                title,
                month_text(one.first),
                month_text(one.last),
                one.years,
                alarms,
                false,
                one.false_low,
                one.false_high,
                told,
            )
        )
    return found


def absent(error: ReleaseError) -> str:
    """Why there is nothing to show, and what to do, in a sentence or two."""
    return f"{error.what[:1].upper()}{error.what[1:]}. {error.remedy}."
