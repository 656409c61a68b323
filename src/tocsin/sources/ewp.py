"""The Early Warning Project's files as tables with our column names; what could not go on is in the report beside.

Our names replace theirs where theirs mislead: ``rank.2025and2026.from2025`` is made from data for 2024, for example.
"""

from __future__ import annotations

from pathlib import Path

from tocsin.sources.catalogue import catalogue
from tocsin.sources.contract import Resolve, read_checked
from tocsin.sources.quarantine import Checked

PANEL = ("ewp-2025-panel", "panel")
FORECASTS = ("ewp-2025-forecasts", "final")
RANKING = ("ewp-2025-forecasts", "ranking")
COEFFICIENTS = ("ewp-2025-coefficients", "coefficients")
WALK_FORWARD = ("ewp-2025-walk-forward", "walk-forward")
EPISODES = ("ewp-episodes", "episodes")

_FORECAST_NAMES = {
    "place": "place",
    "ewp_name": "name",
    "ccode": "ccode",
    "risk.2025and2026.from2024": "probability",
    "rank.2025and2026.from2025": "rank",
    "risk.2025only.from2024": "probability_first_year",
    "riskrank.2025only.from2024": "rank_first_year",
    "risk.2024and2025.from2023": "previous_probability",
    "rank.2024and2025.from2023": "previous_rank",
}
_RANKING_NAMES = {
    "place": "place",
    "ewp_name": "name",
    "risk_1or2.from2024": "probability",
    "risk_rank.from2024": "rank",
}
_COEFFICIENT_NAMES = {"variable": "variable", "coef.full": "coefficient", "or.full": "odds_ratio"}
_WALK_FORWARD_NAMES = {
    "place": "place",
    "ewp_name": "name",
    "ccode": "ccode",
    "year": "year",
    "mk_onset": "onset",
    "risk_prev": "from_year_before",
    "rank_prev": "rank_from_year_before",
    "risk_two_years_prior": "from_two_years_before",
    "rank_two_years_prior": "rank_from_two_years_before",
    "maxrisk2": "highest",
    "minrank2": "best_rank",
}
_EPISODE_NAMES = {
    "mk_event_code": "code",
    "place": "place",
    "country": "country",
    "startyear": "start",
    "endyear": "end",
    "State-Led or Non-State-Led": "led",
    "mk_number_eth_groups": "groups",
    "mk_location_cow": "location",
    "mk_location_inheritor1": "location_heir",
    "mk_location_inheritor2": "location_second_heir",
    "mk_repsonsible_state_cow": "responsible",
    "mk_repsonsible_state_inheritor1": "responsible_heir",
    "mk_repsonsible_state_inheritor2": "responsible_second_heir",
}


def read_panel(path: Path, *, this_year: int, resolve: Resolve | None = None) -> Checked:
    """Country-years with predictors and outcomes, columns as the file names them, and ``place``."""
    return _read(path, PANEL, None, this_year, resolve)


def read_forecasts(path: Path, *, this_year: int, resolve: Resolve | None = None) -> Checked:
    """Published forecasts: probability and rank for 2025-26, for 2025 alone, and the year before for 2024-25."""
    return _read(path, FORECASTS, _FORECAST_NAMES, this_year, resolve)


def read_ranking(path: Path, *, this_year: int, resolve: Resolve | None = None) -> Checked:
    """Published forecasts for 2025-26 to four decimals, with rank."""
    return _read(path, RANKING, _RANKING_NAMES, this_year, resolve)


def read_coefficients(path: Path, *, this_year: int, resolve: Resolve | None = None) -> Checked:
    """Published coefficients: variable, coefficient (log-odds a unit), odds ratio; ``(Intercept)`` is among them."""
    return _read(path, COEFFICIENTS, _COEFFICIENT_NAMES, this_year, resolve)


def read_walk_forward(path: Path, *, this_year: int, resolve: Resolve | None = None) -> Checked:
    """For each onset year the forecasts made from the predictors of one and two years before, and the onset.

    ``highest`` and ``best_rank`` are over those two forecasts that there are.
    """
    return _read(path, WALK_FORWARD, _WALK_FORWARD_NAMES, this_year, resolve)


def read_episodes(path: Path, *, this_year: int, resolve: Resolve | None = None) -> Checked:
    """Episodes of mass killing: start and end year (no end: ongoing when listed), led by a state or not, codes."""
    return _read(path, EPISODES, _EPISODE_NAMES, this_year, resolve)


def _read(
    path: Path, names: tuple[str, str], columns: dict[str, str] | None, this_year: int, resolve: Resolve | None
) -> Checked:
    source = catalogue()[names[0]]
    checked = read_checked(path, source, source.table(names[1]), this_year=this_year, resolve=resolve)
    if columns is None:
        return checked
    return Checked(checked.frame.select(list(columns)).rename(columns), checked.quarantine)
