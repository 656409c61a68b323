"""Reliability: of what was forecast at so many per cent, how much came true."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from markupsafe import Markup

from tocsin.core.belief import percent
from tocsin.desk.scorecard import ReliabilityBin
from tocsin.interfaces.web.charts.svg import element, nice_ceiling, number, per_cent, picture

_TOP, _FLOOR = 30, 300
_APART = 0.08
"""Lettering closer than this, as a share of the width, would touch."""
_COUNT = {"text_anchor": "middle", "class_": "halo count"}
_EDGES = (0.0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)


def reliability_diagram(key: str, label: str, bins: Sequence[ReliabilityBin]) -> Markup:
    """Observed share against mean forecast, both on a square-root scale, which holds zero and opens the low end.

    Each bin that holds forecasts is a dot with its interval and "events of forecasts"; empty bins are not drawn.
    """
    held = [entry for entry in bins if entry.forecasts]
    top = nice_ceiling(max((max(entry.high, entry.mean_forecast) for entry in held), default=1.0))
    top = min(top, 1.0)

    def across(probability: float) -> float:
        return math.sqrt(min(probability, top) / top)

    def up(probability: float) -> float:
        return _FLOOR - (_FLOOR - _TOP) * across(probability)

    marks: list[Markup] = []
    for value in _spaced([edge for edge in (*_EDGES, top) if edge <= top], across):
        text = f"{100 * value:g} %"
        marks.append(element("line", x1="0", x2="100%", y1=up(value), y2=up(value), class_="grid"))
        marks.append(
            element("text", text, x=per_cent(across(value)), y=_FLOOR + 18, text_anchor="middle", class_="soft")
        )
        if value:
            marks.append(element("text", text, x=-6, y=up(value), dy=4, text_anchor="end", class_="soft"))
    marks.append(element("line", x1="0", x2="100%", y1=number(_FLOOR), y2=number(_TOP), class_="base-rate"))
    taken: list[tuple[float, float]] = []
    for entry in held:
        x = per_cent(across(entry.mean_forecast))
        marks.append(element("line", x1=x, x2=x, y1=up(entry.low), y2=up(entry.high), class_="interval"))
        marks.append(element("circle", cx=x, cy=up(entry.observed), r=4.5, class_="dot"))
        text = f"{entry.events} of {entry.forecasts}"
        marks.append(element("text", text, x=x, y=_free(across(entry.mean_forecast), up(entry.high), taken), **_COUNT))
    return picture(key, f"{label}: reliability", describe(held), marks, class_="reliability")


def _spaced(values: Sequence[float], across: Callable[[float], float]) -> list[float]:
    """Round values from the top down, leaving out those whose lettering would touch the one before."""
    kept: list[float] = []
    for value in sorted(set(values), reverse=True):
        if not kept or across(kept[-1]) - across(value) >= _APART:
            kept.append(value)
    return kept


def _free(x: float, y: float, taken: list[tuple[float, float]]) -> float:
    """A height above the interval at which a count touches no other: neighbours at the low end stand close."""
    height = y - 6
    while any(abs(x - other) < 2 * _APART and abs(height - level) < 12 for other, level in taken):
        height -= 12
    taken.append((x, height))
    return height


def describe(bins: Sequence[ReliabilityBin]) -> str:
    """The diagram in words, one clause a bin."""
    clauses = [
        f"forecast {percent(entry.mean_forecast)}, observed {percent(entry.observed)} "
        f"({entry.events} of {entry.forecasts}, interval {percent(entry.low)} to {percent(entry.high)})"
        for entry in bins
    ]
    return "; ".join(clauses) or "No forecast has been scored."
