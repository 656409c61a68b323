"""Our probability against a published one, state by state: where two forecasts part."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

from tocsin.core.belief import percent
from tocsin.desk.scorecard import Beside
from tocsin.interfaces.web.charts.svg import element, number, per_cent, picture

_TOP, _FLOOR = 14, 300
_EDGES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)


def beside_chart(key: str, title: str, entries: Sequence[Beside], named: Sequence[Beside]) -> Markup:
    """One dot a state on logarithmic axes, ours across and theirs up, the line of agreement between; few are named."""
    values = [p for entry in entries for p in (entry.probability, entry.published.probability or 0.0) if p > 0]
    low = max((edge for edge in _EDGES if edge <= min(values)), default=_EDGES[0])
    high = min((edge for edge in _EDGES if edge >= max(values)), default=1.0)

    def across(probability: float) -> float:
        return math.log(max(probability, low) / low) / math.log(high / low)

    def up(probability: float) -> float:
        return _FLOOR - (_FLOOR - _TOP) * across(probability)

    marks: list[Markup] = []
    for value in (edge for edge in _EDGES if low <= edge <= high):
        text = f"{100 * value:g} %"
        marks.append(element("line", x1="0", x2="100%", y1=up(value), y2=up(value), class_="grid"))
        marks.append(
            element("text", text, x=per_cent(across(value)), y=_FLOOR + 18, text_anchor="middle", class_="soft")
        )
        if value > low:
            marks.append(element("text", text, x=-6, y=up(value), dy=4, text_anchor="end", class_="soft"))
    marks.append(element("line", x1="0", x2="100%", y1=number(_FLOOR), y2=number(_TOP), class_="base-rate"))
    for entry in entries:
        theirs = entry.published.probability or 0.0
        dot = element(
            "circle",
            element("title", f"{entry.place.names['en']}: ours {percent(entry.probability)}, theirs {percent(theirs)}"),
            cx=per_cent(across(entry.probability)),
            cy=up(theirs),
            r=3.5,
            class_="dot open",
        )
        marks.append(dot)
    for entry in named:
        late = across(entry.probability) > 0.8
        marks.append(
            element(
                "text",
                entry.place.id,
                x=per_cent(across(entry.probability)),
                y=up(entry.published.probability or 0.0) + 4,
                dx=-6 if late else 6,
                text_anchor="end" if late else "start",
                class_="halo count",
            )
        )
    parted = ", ".join(entry.place.names["en"] for entry in named)
    description = f"{len(entries)} states; a dot on the dashed line means agreement. Furthest apart: {parted}."
    return picture(key, title, description, marks, class_="reliability")
