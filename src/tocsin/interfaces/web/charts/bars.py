"""Signed bars on one axis: exact contributions to the log-odds, theme by theme, predictor by predictor."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from tocsin.interfaces.web.charts.svg import element, per_cent


class SignedAxis:
    """The common axis of a set of bars, wide enough for all of them and as narrow as that allows."""

    def __init__(self, values: Iterable[float]) -> None:
        shown = [*values, 0.0]
        self._low, self._high = min(shown), max(shown)
        self._span = (self._high - self._low) or 1.0

    def at(self, value: float) -> float:
        """Where a value lies, as a share of the width."""
        return (value - self._low) / self._span

    def bar(self, value: float) -> Markup:
        """One bar from zero; the row it stands in gives the number."""
        zero, end = self.at(0.0), self.at(value)
        direction = "up" if value > 0 else "down"
        return element(
            "svg",
            element(
                "rect",
                x=per_cent(min(zero, end)),
                y="22%",
                width=per_cent(abs(end - zero)),
                height="56%",
                class_=f"bar {direction}",
            ),
            element("line", x1=per_cent(zero), x2=per_cent(zero), y1="0", y2="100%", class_="zero"),
            class_="strip",
            aria_hidden="true",
        )
