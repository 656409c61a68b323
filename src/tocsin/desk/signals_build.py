"""Finding the signals that a monthly release carries: what of ``horizon`` says what, from our own forecasts.

Each month of the last years is forecast a month ahead from the months before it, as it would have been; how surprising
it was is its score. The thresholds roll: in each month, the lowest that would have kept to the stated rate.
"""

from __future__ import annotations

import numpy as np

from tocsin.core.errors import ForecastError
from tocsin.core.work import Progress, silent
from tocsin.desk.signals_release import RECENT, Alarm, Beyond, LevelChange, Measured, PlaceSignals, SignalsRelease
from tocsin.forecast.fatalities.predict import forecast
from tocsin.forecast.fatalities.procedure import Procedure
from tocsin.horizon.alarm_rate import AlarmRule, raised, rate, rolling, worsened
from tocsin.horizon.changes import METHOD_VERSION, changes
from tocsin.horizon.costs import Floats
from tocsin.horizon.departures import from_draws, surprise
from tocsin.horizon.rises import log_odds, rises
from tocsin.horizon.watching import RISE_GRID, SURPRISE_GRID
from tocsin.panel.months import CountryMonths

FORECAST_BACK = 252
"""Months that are forecast a month ahead: 120 to measure on, 120 for the first of them to look back on, 12 to spare."""

MEASURED = 120
"""Months with known outcomes over which alarms are counted."""


def signals_release(
    panel: CountryMonths,
    method: Procedure,
    *,
    outcome: str,
    vintage: str,
    licence: str,
    citation: str,
    back: int = FORECAST_BACK,
    progress: Progress = silent,
) -> SignalsRelease:
    """The signals as of the last month of the panel.

    Errors: SignalError if a series is not one of numbers from 0 up.
    """
    rule, deaths = AlarmRule(), panel.deaths
    surprises, beyond = _forecast_back(deaths, int(panel.months[0]), method, min(back, deaths.shape[1] - 1), progress)
    chances = np.full(deaths.shape, np.nan)
    for row, series in enumerate(deaths):
        progress(row, len(deaths), "rises in the level of deaths")
        chances[row] = rises(series)
    progress(len(deaths), len(deaths), "rises in the level of deaths")
    alarms: list[list[Alarm]] = [[] for _ in panel.places]
    measured = []
    first = int(panel.months[0])
    for signal, scores, grid in (("rise", log_odds(chances), RISE_GRID), ("surprise", surprises, SURPRISE_GRID)):
        limits = rolling(scores, deaths, rule, grid)
        flags = raised(scores, limits, rule)
        measured.append(_measured(signal, flags, scores, limits, worsened(deaths, rule), first))
        for row, month in zip(*np.nonzero(flags), strict=True):
            if month >= deaths.shape[1] - RECENT:
                score, limit = (float(f"{value:.4g}") for value in (scores[row, month], limits[month]))
                alarms[row].append(
                    Alarm.model_validate(
                        {"month": first + int(month), "signal": signal, "score": score, "threshold": limit}
                    )
                )
    places = [
        PlaceSignals(
            place=panel.places[row],
            rise=round(float(chances[row, -1]), 4),
            changes=_changes(deaths[row], first),
            alarms=tuple(sorted(alarms[row], key=lambda one: one.month)),
            beyond=tuple(beyond.get(row, ())),
        )
        for row in np.flatnonzero(panel.covered[:, -1]).tolist()
    ]
    return SignalsRelease(
        method_version=METHOD_VERSION,
        forecast_version=method.version,
        outcome=outcome,
        month=panel.last_month,
        vintage=vintage,
        licence=licence,
        citation=citation,
        stated=rule.per_year,
        quiet=rule.quiet,
        ahead=rule.ahead,
        before=rule.before,
        factor=rule.factor,
        floor=rule.floor,
        measured=tuple(measured),
        places=tuple(sorted(places, key=lambda one: one.place)),
    )


def _forecast_back(
    deaths: Floats, first: int, method: Procedure, back: int, progress: Progress
) -> tuple[Floats, dict[int, list[Beyond]]]:
    """Surprise of each month against the forecast of the month before, and the recent months beyond it, by row."""
    scores = np.full(deaths.shape, np.nan)
    beyond: dict[int, list[Beyond]] = {}
    end = deaths.shape[1]
    for month in range(end - back, end):
        progress(month - end + back, back, "past months as they would have been forecast")
        try:
            pool = forecast(deaths[:, :month], (1,), method)
        except ForecastError:
            continue  # too little history at that time
        found = from_draws(deaths[pool.rows, month], pool.draws[:, 0, :], weights=pool.weights)
        scores[pool.rows, month] = surprise(found)
        if month < end - RECENT:
            continue
        for place, row in enumerate(pool.rows.tolist()):
            side = found.side(place)
            if side in ("above", "below"):
                edge, tail = (
                    (found.edge_high[place], found.upper[place])
                    if side == "above"
                    else (found.edge_low[place], found.lower[place])
                )
                beyond.setdefault(row, []).append(
                    Beyond.model_validate(
                        {
                            "month": first + month,
                            "side": side,
                            "edge": float(edge),
                            "chance": 0.0 if tail < found.resolution else float(f"{tail:.3g}"),
                            "resolution": float(f"{found.resolution:.3g}"),
                        }
                    )
                )
    progress(back, back, "past months as they would have been forecast")
    return scores, beyond


def _changes(series: Floats, first: int) -> tuple[LevelChange, ...]:
    return tuple(
        LevelChange(
            month=first + one.month,
            before=None if np.isnan(one.before) else float(f"{one.before:.4g}"),
            after=None if np.isnan(one.after) else float(f"{one.after:.4g}"),
            credibility=round(one.credibility, 3),
            either_side=one.either_side,
        )
        for one in changes(series)
    )


def _measured(signal: str, flags: np.ndarray, scores: Floats, limits: Floats, outcome: Floats, first: int) -> Measured:
    """Alarms in the last months that could have raised one and whose outcome is known."""
    judged = (~np.isnan(outcome) & ~np.isnan(scores)).any(axis=0) & np.isfinite(limits)
    months = np.flatnonzero(judged)[-MEASURED:]
    if not months.size:
        empty = {"first": first, "last": first, "years": 0.0, "alarms": 0, "false": 0, "false_low": 0, "false_high": 0}
        return Measured.model_validate({"signal": signal, **empty})
    here, what = flags[:, months], outcome[:, months]
    false = int((here & (what == 0)).sum())
    found = rate(false, int(months.size))
    return Measured.model_validate(
        {
            "signal": signal,
            "first": first + int(months[0]),
            "last": first + int(months[-1]),
            "years": round(found.years, 2),
            "alarms": int((here & ~np.isnan(what)).sum()),
            "false": false,
            "false_low": round(found.low, 2),
            "false_high": round(found.high, 2),
        }
    )
