"""What the months say of each place on the horizon, in a line: our forecast, and how many signals there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tocsin.core.belief import percent
from tocsin.core.errors import ReleaseError
from tocsin.interfaces.cli.console import say

if TYPE_CHECKING:
    from tocsin.core.settings import Settings

AHEAD = 6
"""Months after the last one known, of which the chance is told."""

MOST = 12
"""Places that are told on the screen; all of them are in the JSON."""


def months(settings: Settings, places: Sequence[str]) -> dict[str, Any]:
    """What the months say of these places, by their codes.

    ``outcome, method_version, vintage, licence, last, age`` (months from the last one known to now), ``month`` (the one
    of which the chance is told), ``signals_as_of`` and ``places``: a row each of ``place, at_least_25`` (None: no
    forecast, ``why`` says why) and ``signals`` (of the last twelve months known; None: there are none to count).
    ``absence`` says why there is no forecast at all; empty otherwise.
    """
    from tocsin.desk import monthly, signals
    from tocsin.desk.signals_release import RECENT

    found: dict[str, Any] = {"absence": "", "last": "", "month": "", "signals_as_of": ""}
    chances: dict[str, float] = {}
    why: dict[str, str] = {}
    try:
        release, table, _ = monthly.monthly_release(settings)
    except ReleaseError as error:
        found["absence"] = signals.absent(error)
    else:
        chances = {row["place"]: row["p25"] for row in table.iter_rows(named=True) if row["ahead"] == AHEAD}
        why = dict(release.not_forecast)
        found |= {
            "outcome": release.outcome,
            "method_version": release.method_version,
            "vintage": release.vintage,
            "licence": release.licence,
            "last": signals.month_name(release.origin),
            "age": signals.months_ago(release.origin),
            "month": signals.month_name(release.origin + AHEAD),
        }
    counted: dict[str, int] | None = None
    try:
        noticed, _ = signals.signals_release_here(settings)
    except ReleaseError:
        pass
    else:
        since = noticed.month - RECENT + 1
        counted = {one.place: len(signals.of_place(one, since)) for one in noticed.places}
        found["signals_as_of"] = signals.month_name(noticed.month)
    found["places"] = [
        {
            "place": place,
            "at_least_25": chances.get(place),
            "why": "" if place in chances else why.get(place, "it was not covered in the last month known"),
            "signals": None if counted is None else counted.get(place),
        }
        for place in places
    ]
    return found


def tell(found: dict[str, Any], names: dict[str, str]) -> None:
    """Write it. names: of the places, by their codes."""
    if not found["places"]:
        return
    if found["absence"]:
        say(f"\nViolence by month: {found['absence']}")
        return
    say(f"\nViolence by month, known to {found['last']} ({_ago(found['age'])}):")
    for row in found["places"][:MOST]:
        chance = (
            f"25 or more deaths in {found['month']}: {percent(row['at_least_25'])}"
            if row["at_least_25"] is not None
            else f"no forecast, as {row['why']}"
        )
        many = row["signals"]
        noticed = "signals not known" if many is None else "1 signal" if many == 1 else f"{many} signals"
        say(f"  {names[row['place']]}: {chance}; {noticed}; `tocsin forecast fatalities {row['place']}`")
    if len(found["places"]) > MOST:
        say(f"  and {len(found['places']) - MOST} more in the JSON")
    say(f"  {found['outcome']} Method {found['method_version']}; {found['vintage']}; {found['licence']}.")
    if found["signals_as_of"]:
        say(f"  Signals of the twelve months to {found['signals_as_of']}: `tocsin signals`.")


def _ago(age: int) -> str:
    return "1 month ago" if age == 1 else f"{age} months ago"
