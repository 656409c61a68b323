"""The board of the horizon as the lines of its picture: the country in which something closes first at the top."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from tocsin.core.foreseeing import Certainty
from tocsin.desk.horizon import foreseen
from tocsin.desk.horizon.board import Board, Window
from tocsin.desk.horizon.calendar import Coming
from tocsin.interfaces.web.charts.horizon_told import Bar, Line, Loose, Mark

MOST_LINES, MOST_MARKS, MOST_TIMES, MOST_BARS, MOST_LOOSE = 40, 6, 60, 4, 3
"""Countries in the picture; of each, moments with a date, times of a recurring one, instruments, and moments without a
date. What is beyond is in the tables, and counted.
"""

STATES = {Certainty.CONFIRMED: "certain", Certainty.CALLED_OFF: "off"}


def lines(found: Board, called: Callable[[str], str]) -> tuple[list[Line], int]:
    """The lines, and how many countries are left out. called: the name of a place from its key."""
    order: dict[str, None] = {}
    for window in found.windows:
        order.setdefault(window.coming.view.head.subject)
    for one in found.coming:
        order.setdefault(one.view.head.subject)
    coming: dict[str, list[Coming]] = {key: [] for key in order}
    for one in found.coming:
        coming[one.view.head.subject].append(one)
    windows: dict[str, list[Window]] = {key: [] for key in order}
    for window in found.windows:
        windows[window.coming.view.head.subject].append(window)
    kept = [_line(called(key), coming[key], windows[key]) for key in list(order)[:MOST_LINES]]
    return kept, max(len(order) - MOST_LINES, 0)


def first_times(windows: Iterable[Window]) -> list[tuple[Window, int]]:
    """Each instrument for each moment once, in the order given, with how many later times of the moment follow."""
    found: dict[tuple[str, str], list[Window]] = {}
    for one in windows:
        found.setdefault((one.coming.view.id, one.view.id), []).append(one)
    return [(some[0], len(some) - 1) for some in found.values()]


def _line(name: str, coming: list[Coming], windows: list[Window]) -> Line:
    times: dict[str, list[Coming]] = {}
    for one in coming:
        if not one.any_day:
            times.setdefault(one.view.id, []).append(one)
    dated, bars = list(times.values()), first_times(windows)
    loose = [one for one in coming if one.any_day]
    return Line(
        name,
        [_mark(one, at == 0) for some in dated[:MOST_MARKS] for at, one in enumerate(some[:MOST_TIMES])],
        [bar for one, _ in bars[:MOST_BARS] if (bar := _bar(one))],
        [Loose(one.body.title, foreseen.when(one.body), one.first, one.last) for one in loose[:MOST_LOOSE]],
        max(len(dated) - MOST_MARKS, 0),
        max(len(bars) - MOST_BARS, 0),
        max(len(loose) - MOST_LOOSE, 0),
    )


def _mark(one: Coming, named: bool) -> Mark:
    first, last = _days(one)
    return Mark(
        one.body.title,
        foreseen.when(one.body),
        first,
        last,
        STATES.get(one.body.certainty, "open"),
        one.when.approximate or one.when.uncertain,
        named,
    )


def _bar(one: Window) -> Bar | None:
    if one.by is None:
        return None
    return Bar(one.instrument.name, one.coming.body.title, one.by.sure, one.by.even, _days(one.coming)[0])


def _days(one: Coming) -> tuple[date, date]:
    assert one.first is not None
    assert one.last is not None
    return one.first, one.last
