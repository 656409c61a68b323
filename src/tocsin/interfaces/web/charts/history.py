"""What was forecast here each year before it was known, as a step line, with the onsets that came."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from markupsafe import Markup

from tocsin.core.belief import percent
from tocsin.desk.country import PastForecast
from tocsin.interfaces.web.charts.svg import element, nice_ceiling, number, per_cent, picture, ticks

Across = Callable[[float], str]
Up = Callable[[float], str]

_TOP, _FLOOR, _HEIGHT = 30, 136, 162
"""Pixels from the top: where the highest value, zero, and the picture end."""
_CLOSE = 5
"""Years nearer than this would touch on a narrow screen."""


def history_chart(key: str, name: str, rows: Sequence[PastForecast], onsets: Sequence[int]) -> Markup:
    """One step a year, at the first of the two years forecast; dotted where the outcome is not yet known.

    The dashed steps are climatology: what was to be said of every state alike.
    """
    drawn = [row for row in rows if row.probability is not None]
    first = min(row.first_year for row in drawn)
    last = max(row.first_year for row in drawn) + 1
    top = nice_ceiling(
        max(value for row in drawn for value in (row.high, row.probability, row.climatology) if value is not None)
    )

    def across(year: float) -> str:
        return per_cent((year - first) / (last + 1 - first))

    def up(probability: float) -> str:
        return number(_FLOOR - (_FLOOR - _TOP) * probability / top)

    marks = _grid(first, last, top, across, up)
    for row in drawn:
        year, probability = row.first_year, row.probability or 0.0
        state = "" if row.outcome is not None else " unknown"
        if row.low is not None and row.high is not None:
            marks.append(
                element(
                    "rect",
                    x=across(year),
                    width=per_cent(1 / (last + 1 - first)),
                    y=up(row.high),
                    height=number(float(up(row.low)) - float(up(row.high))),
                    class_="band",
                )
            )
        if row.climatology is not None:
            level = up(row.climatology)
            marks.append(element("line", x1=across(year), x2=across(year + 1), y1=level, y2=level, class_="base-rate"))
        ends = {"y1": up(probability), "y2": up(probability)}
        marks.append(element("line", x1=across(year), x2=across(year + 1), class_=f"step{state}", **ends))
    for before, after in pairwise(drawn):
        if after.first_year == before.first_year + 1:
            side = across(after.first_year)
            ends = {"y1": up(before.probability or 0.0), "y2": up(after.probability or 0.0)}
            marks.append(element("line", x1=side, x2=side, class_="step", **ends))
    marks += _onsets(onsets, first, last, across)
    return picture(
        key, f"{name}: forecasts {first} to {last} and onsets", describe(drawn, onsets), marks, class_="history"
    )


def describe(rows: Sequence[PastForecast], onsets: Sequence[int]) -> str:
    """The chart in a sentence or two."""
    shown = [row for row in rows if row.probability is not None]
    highest = max(shown, key=lambda row: row.probability or 0.0)
    open_years = [str(row.first_year) for row in shown if row.outcome is None]
    sentences = [
        f"Highest forecast {percent(highest.probability or 0.0)}, for {highest.first_year} and the year after.",
        f"Onsets recorded in {', '.join(map(str, onsets))}." if onsets else "No onset is recorded in these years.",
    ]
    if open_years:
        sentences.append(f"The outcome is not yet known for forecasts that begin in {', '.join(open_years)}.")
    return " ".join(sentences)


def _grid(first: int, last: int, top: float, across: Across, up: Up) -> list[Markup]:
    marks: list[Markup] = []
    for value in ticks(top):
        marks.append(element("line", x1="0", x2="100%", y1=up(value), y2=up(value), class_="grid"))
        if value:
            marks.append(
                element("text", f"{100 * value:g} %", x=-6, y=up(value), dy=4, text_anchor="end", class_="soft")
            )
    for year in range(first, last + 1):
        if year % 5 == 0:
            anchor = "end" if year == last else "middle"
            x = "100%" if year == last else across(year + 0.5)
            marks.append(element("text", str(year), x=x, y=_HEIGHT - 8, text_anchor=anchor, class_="soft"))
            marks.append(
                element("line", x1=across(year + 0.5), x2=across(year + 0.5), y1=_FLOOR, y2=_FLOOR + 5, class_="grid")
            )
    return marks


def _onsets(onsets: Sequence[int], first: int, last: int, across: Across) -> list[Markup]:
    """A line for each onset with its year; years that stand close take turns on two levels."""
    marks: list[Markup] = []
    level, before = 0, first - _CLOSE
    for year in onsets:
        level = 1 - level if year - before < _CLOSE else 0
        before = year
        late = year > first + 0.8 * (last - first)
        middle = across(year + 0.5)
        marks.append(element("line", x1=middle, x2=middle, y1=4, y2=_FLOOR, class_="onset"))
        dx, anchor = (-4, "end") if late else (4, "start")
        height = 12 + 12 * level
        marks.append(element("text", str(year), x=middle, y=height, dx=dx, text_anchor=anchor, class_="halo"))
    return marks
