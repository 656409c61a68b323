"""``tocsin signals``: what was noticed in deaths by month, and how often such alarms are false."""

from __future__ import annotations

from typing import Annotated

import typer

from tocsin.core.belief import percent
from tocsin.core.settings import Settings
from tocsin.interfaces.cli.console import Json, remark, say, table, write_json

_TITLES = {"alarm": "Alarms", "change": "Changes of level", "departure": "Departures from our forecast"}


def signals(
    place: Annotated[str, typer.Argument(metavar="[PLACE]", help="A name or a code; all states if none.")] = "",
    json: Json = False,
) -> None:
    """Show what was noticed in deaths by month.

    Alarms, changes of level and months beyond what was forecast for them, in the last twelve months known; with a
    state, all its changes of level.
    """
    from tocsin.desk.signals import SORTS, signals_view

    view = signals_view(Settings.read(), place)
    if json:
        write_json(view)
        return
    for notice in view.notices:
        remark(notice)
    say(f"{view.outcome}\nAs of the end of {view.as_of_name}; {view.vintage}; {view.licence}.")
    say(f"Changes {view.method_version}, forecasts {view.forecast_version}.")
    if view.absence:
        say(f"\n{view.absence}")
        return
    if view.rise is not None:
        say(f"Probability that deaths had risen to a new level within three months: {percent(view.rise)}.")
    else:
        say(f"{view.watched} states were looked at; {view.quiet} had no signal in the last {view.recent} months known.")
    for sort, meaning in SORTS.items():
        some = [one for one in view.signals if one.sort == sort]
        say(f"\n{_TITLES[sort]}: {len(some)}. {meaning}")
        if some:
            ways = {"up": "more", "down": "fewer"}
            rows = [
                (one.name, one.month, ways[one.direction], one.sentence.partition(": ")[2] or one.sentence)
                for one in some
            ]
            table(("State", "Month", "Deaths", "What was noticed"), rows)
    say("\nHow far to trust an alarm:")
    for kept in view.kept:
        say(f"  {kept.sentence}")
    say(f"  {view.false_means}")
