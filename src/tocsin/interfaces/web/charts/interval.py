"""Dot and interval: one strip a country, all on the same axis, so that a ranking reads down the page."""

from __future__ import annotations

from markupsafe import Markup

from tocsin.core.belief import percent
from tocsin.interfaces.web.charts.svg import element, nice_ceiling, per_cent, ticks


class Axis:
    """The common axis of all strips of one ranking: 0 to ``top``, with the base rate marked."""

    def __init__(self, highest: float, base_rate: float) -> None:
        self.top = nice_ceiling(min(highest, 1.0))
        self.base_rate = base_rate

    def at(self, probability: float) -> str:
        """Where a probability lies, in per cent of the width; 2 % are kept free at both ends for the dots."""
        return per_cent(0.02 + 0.96 * min(probability / self.top, 1.0))

    def head(self) -> Markup:
        """The axis itself, to stand above the strips."""
        marks = []
        for value in ticks(self.top):
            anchor = "start" if value == 0 else "end" if value == self.top else "middle"
            marks.append(element("line", x1=self.at(value), x2=self.at(value), y1=14, y2=18, class_="grid"))
            marks.append(
                element(
                    "text",
                    f"{100 * value:g} %" if value == self.top else f"{100 * value:g}",
                    x="0" if value == 0 else "100%" if value == self.top else self.at(value),
                    y=11,
                    text_anchor=anchor,
                    class_="soft" if value in (0, self.top) else "soft inner",
                )
            )
        return element("svg", *marks, class_="strip axis", aria_hidden="true")

    def strip(self, probability: float, low: float, high: float) -> Markup:
        """One dot with its interval; the row it stands in says the same in words."""
        marks = [
            element("line", x1=self.at(value), x2=self.at(value), y1="0", y2="100%", class_="grid")
            for value in ticks(self.top)
        ]
        marks += [
            element(
                "line",
                x1=self.at(self.base_rate),
                x2=self.at(self.base_rate),
                y1="0",
                y2="100%",
                class_="base-rate",
            ),
            element("line", x1=self.at(low), x2=self.at(high), y1="50%", y2="50%", class_="interval"),
            element("circle", cx=self.at(probability), cy="50%", r=4, class_="dot"),
            element("title", f"{percent(probability)}, interval {percent(low)} to {percent(high)}"),
        ]
        return element("svg", *marks, class_="strip", aria_hidden="true")
