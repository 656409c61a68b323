"""Violence by month: recorded deaths as a step line, the forecast as a fan, changes of level, end of data, today.

The scale is log(1 + deaths), so that zero has a place of its own and a small war and a large one fit on one sheet; its
ticks are powers of ten. A month that is not covered is a gap in the line with a dashed box around it, never a zero.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from markupsafe import Markup

from tocsin.core.belief import significant
from tocsin.desk.country_months import CountryMonths, Fan, Recorded
from tocsin.interfaces.web.charts.svg import element, nice_ceiling, number, per_cent, picture

_TOP, _TALL, _HEIGHT = 54, 190, 272
"""Pixels: above the plot, the plot, the whole picture."""
_BESIDE = 14
"""Months nearer than this would have their names run into each other."""
_APART = 16
"""Pixels between the numbers of the scale, so that they do not touch."""
_LATEST = 36
"""Months after the forecast's end that are drawn at most; where today lies later, it is said in words."""

Across = Callable[[int], str]
"""From a month to a share of the width."""


def months_chart(key: str, name: str, view: CountryMonths) -> Markup | None:
    """The chart of a place, or None where there is neither a record nor a forecast."""
    if not view.recorded and not view.fan:
        return None
    first = _number((view.recorded[0] if view.recorded else view.fan[0]).month)
    known = _number((view.fan[-1] if view.fan else view.recorded[-1]).month)
    today = _number(view.today)
    end = max(known, min(today, known + _LATEST)) + 1
    top = nice_ceiling(max([one.deaths or 0 for one in view.recorded] + [one.high90 for one in view.fan] + [1.0]))

    def across(month: int) -> str:
        return per_cent((month - first) / (end - first))

    marks = _scale(top, first, end, across)
    marks += _gaps(view, first, known, end, across)
    marks.append(
        element(
            "svg",
            *_lines(view, first, top),
            x="0",
            y=_TOP,
            width="100%",
            height=_TALL,
            viewBox=f"0 0 {end - first} {_TALL}",
            preserveAspectRatio="none",
            class_="plot",
        )
    )
    marks += _moments(view, first, known, today, end, across)
    title = f"{name}: deaths in state-based conflict by month, recorded and forecast"
    return picture(key, title, describe(view), marks, class_="months")


def describe(view: CountryMonths) -> str:
    """The chart in sentences, for those who do not see it: what was recorded, what is forecast, what is not known."""
    told = []
    covered = view.covered
    if covered:
        highest = max(covered, key=lambda one: one.deaths or 0)
        quiet, gaps = sum(one.deaths == 0 for one in covered), len(view.recorded) - len(covered)
        told.append(
            f"Recorded from {month(view.recorded[0].month)} to {month(view.recorded[-1].month)}: at most "
            f"{people(highest.deaths or 0)} deaths in a month"
            + (f" ({month(highest.month)})" if highest.deaths else "")
            + f", none in {quiet} of {len(covered)} months."
        )
        if gaps:
            told.append(f"{gaps} months are not covered and are gaps, not zeros.")
    elif view.recorded:
        told.append(f"From {month(view.recorded[0].month)} to {month(view.recorded[-1].month)} no month is covered.")
    else:
        told.append("Recorded deaths are not shown.")
    if view.fan:
        for one in (view.fan[0], view.fan[-1]):
            told.append(
                f"Forecast for {month(one.month)}: median {people(one.median)}, 50 % interval {people(one.low50)} to "
                f"{people(one.high50)}, 90 % interval {people(one.low90)} to {people(one.high90)}."
            )
    else:
        told.append("There is no forecast.")
    told += [f"The level {'rose' if one.up else 'fell'} from {month(one.month)} on." for one in view.turns]
    end = (view.fan[-1] if view.fan else view.recorded[-1]).month if view.fan or view.recorded else ""
    if end and end < view.today:
        told.append(f"After {month(end)} there is neither record nor forecast; today is in {month(view.today)}.")
    told.append("The scale is log(1 + deaths).")
    return " ".join(told)


def month(text: str) -> str:
    """``2021-12`` as ``December 2021``.

    >>> month("2021-12")
    'December 2021'
    """
    return date(int(text[:4]), int(text[5:]), 1).strftime("%B %Y")


def people(value: float) -> str:
    """A number of deaths with two significant figures and no exponent; below half a death in two decimals at most.

    >>> people(0), people(12345.0), people(0.034), people(7)
    ('0', '12,000', '0.034', '7')
    """
    text = significant(value) if value < 10 else f"{float(significant(value)):,.0f}"
    return text.removesuffix(".0")


def _number(text: str) -> int:
    return 12 * int(text[:4]) + int(text[5:]) - 1


def _short(number_: int) -> str:
    return date(number_ // 12, number_ % 12 + 1, 1).strftime("%b %Y")


def _up(deaths: float, top: float) -> float:
    return _TALL * (1 - math.log1p(deaths) / math.log1p(top))


def _scale(top: float, first: int, end: int, across: Across) -> list[Markup]:
    marks: list[Markup] = []
    powers = [0.0] + [10.0**power for power in range(int(math.log10(top) + 1e-9) + 1)]
    if _up(powers[-1], top) >= _APART:
        powers.append(top)
    for value in powers:
        y = number(_TOP + _up(value, top))
        marks.append(element("line", x1="0", x2="100%", y1=y, y2=y, class_="grid"))
        marks.append(element("text", f"{value:,.0f}", x=-6, y=y, dy=4, text_anchor="end", class_="soft"))
    floor = _TOP + _TALL
    for start in range(first - first % 12, end, 12):
        if start < first:
            continue
        marks.append(element("line", x1=across(start), x2=across(start), y1=floor, y2=floor + 5, class_="grid"))
        if (start // 12) % 2 == 0 and start + 12 <= end:
            marks.append(
                element(
                    "text", str(start // 12), x=across(start), dx=3, y=floor + 17, text_anchor="start", class_="soft"
                )
            )
    return marks


def _lines(view: CountryMonths, first: int, top: float) -> Iterator[Markup]:
    """The fan below, the line of what was recorded above; each number holds for its whole month."""
    if view.fan:
        start = _number(view.fan[0].month) - first
        yield _area(view.fan, "low90", "high90", start, top, "fan90")
        yield _area(view.fan, "low50", "high50", start, top, "fan50")
        yield element("path", d=_steps([_up(one.median, top) for one in view.fan], start), class_="median")
    for start, run in _runs(view.recorded):
        ups = [_up(one.deaths or 0.0, top) for one in run]
        offset = _number(view.recorded[0].month) - first + start
        yield element("path", d=_steps(ups, offset), class_="recorded")


def _area(fan: Sequence[Fan], low: str, high: str, start: int, top: float, class_: str) -> Markup:
    above = _steps([_up(getattr(one, high), top) for one in fan], start)
    back = [_up(getattr(one, low), top) for one in fan]
    under = "".join(f"V{number(value)}H{start + at}" for at, value in reversed(list(enumerate(back))))
    return element("path", d=f"{above}{under}Z", class_=class_)


def _steps(ups: Sequence[float], start: int) -> str:
    """A step line: a level for each month.

    >>> _steps([1, 1, 3], 4)
    'M4 1H6V3H7'
    """
    parts = [f"M{start} {number(ups[0])}"]
    for at, value in enumerate(ups):
        if at and number(value) != number(ups[at - 1]):
            parts.append(f"H{start + at}V{number(value)}")
    return "".join(parts) + f"H{start + len(ups)}"


def _runs(recorded: Sequence[Recorded]) -> Iterator[tuple[int, list[Recorded]]]:
    """Stretches of covered months, with where they begin."""
    run: list[Recorded] = []
    for at, one in enumerate(recorded):
        if one.deaths is not None:
            run.append(one)
        elif run:
            yield at - len(run), run
            run = []
    if run:
        yield len(recorded) - len(run), run


def _gaps(view: CountryMonths, first: int, known: int, end: int, across: Across) -> list[Markup]:
    """Boxes around months about which nothing is known, with the reason."""
    spans: list[tuple[int, int, str]] = []
    if view.recorded:
        start, runs = _number(view.recorded[0].month), list(_runs(view.recorded))
        ends = [0, *(at + len(run) for at, run in runs)]
        begins = [*(at for at, _ in runs), len(view.recorded)]
        spans += [(start + a, start + b, "not covered") for a, b in zip(ends, begins, strict=True) if b > a]
    if known + 1 < end:
        spans.append((known + 1, end, "no forecast" if view.fan else "no record"))
    marks: list[Markup] = []
    for a, b, why in spans:
        box = {"x": across(a), "width": per_cent((b - a) / (end - first))}
        marks.append(element("rect", **box, y=_TOP, height=_TALL, class_="gap"))
        if b - a >= _BESIDE:
            middle = per_cent(((a + b) / 2 - first) / (end - first))
            marks.append(element("text", why, x=middle, y=_TOP + _TALL / 2, text_anchor="middle", class_="soft wide"))
    return marks


def _moments(view: CountryMonths, first: int, known: int, today: int, end: int, across: Across) -> list[Markup]:
    """Lines for the end of what is known, today, and each change of level, with their names in rows above the plot."""
    marks: list[Markup] = []

    def line(at: int, y: int, class_: str) -> None:
        marks.append(element("line", x1=across(at), x2=across(at), y1=y, y2=_TOP + _TALL, class_=class_))

    def words(at: int, y: int, text: str, class_: str) -> None:
        late = at > first + 0.8 * (end - first)
        dx, anchor = (-4, "end") if late else (4, "start")
        marks.append(element("text", text, x=across(at), dx=dx, y=y + 10, text_anchor=anchor, class_=class_))

    level, before = 0, first - 10 * _BESIDE
    for turn in view.turns:
        at = _number(turn.month)
        level = 1 - level if at - before < _BESIDE else 0
        before = at
        line(at, 18 + 16 * level, "turn")
        words(at, 18 + 16 * level, f"{'↑' if turn.up else '↓'} {_short(at)}", "halo")
    if view.last:
        at = _number(view.last) + 1
        line(at, 2, "known")
        words(at, 2, f"data end, {_short(at - 1)}", "halo")
    if first <= today < end:
        line(today, 18, "today")
        words(today, 18, "today", "halo")
    elif today >= end:
        marks.append(
            element(
                "text", f"today, {_short(today)}, is further on →", x="100%", y=28, text_anchor="end", class_="halo"
            )
        )
    return marks
