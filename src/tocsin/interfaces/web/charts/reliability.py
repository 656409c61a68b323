"""Reliability: of what was forecast at so many per cent, how much came true."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

from tocsin.core.belief import percent
from tocsin.desk.scorecard import ReliabilityBin
from tocsin.interfaces.web.charts.svg import element, nice_ceiling, number, per_cent, picture

_TOP, _FLOOR, _HEIGHT = 14, 300, 326
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
    for value in (edge for edge in _EDGES if edge <= top):
        text = f"{100 * value:g} %"
        marks.append(element("line", x1="0", x2="100%", y1=up(value), y2=up(value), class_="grid"))
        x, anchor = per_cent(across(value)), "start" if value == 0 else "end" if value == top else "middle"
        marks.append(element("text", text, x=x, y=_HEIGHT - 8, text_anchor=anchor, class_="soft"))
        if value:
            marks.append(element("text", text, x="0", y=up(value), dy=-3, class_="soft halo"))
    marks.append(element("line", x1="0", x2="100%", y1=number(_FLOOR), y2=number(_TOP), class_="base-rate"))
    for position, entry in enumerate(held):
        x = per_cent(across(entry.mean_forecast))
        marks.append(element("line", x1=x, x2=x, y1=up(entry.low), y2=up(entry.high), class_="interval"))
        marks.append(element("circle", cx=x, cy=up(entry.observed), r=4.5, class_="dot"))
        # Neighbours at the low end stand close: their counts take turns above and below the interval.
        below = position % 2 == 0 and up(entry.low) < _FLOOR - 16
        y = up(entry.low) + 14 if below else up(entry.high) - 6
        late = across(entry.mean_forecast) > 0.9
        marks.append(
            element(
                "text",
                f"{entry.events} of {entry.forecasts}",
                x=x,
                y=max(y, 11),
                text_anchor="end" if late else "middle",
                class_="halo count",
            )
        )
    return picture(key, f"{label}: reliability", describe(held), marks, class_="reliability")


def describe(bins: Sequence[ReliabilityBin]) -> str:
    """The diagram in words, one clause a bin."""
    clauses = [
        f"forecast {percent(entry.mean_forecast)}, observed {percent(entry.observed)} "
        f"({entry.events} of {entry.forecasts}, interval {percent(entry.low)} to {percent(entry.high)})"
        for entry in bins
    ]
    return "; ".join(clauses) or "No forecast has been scored."
