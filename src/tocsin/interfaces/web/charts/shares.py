"""How much of a difference each cause explains: signed bars on one axis of log-odds, with the whole gap below."""

from __future__ import annotations

import math
from collections.abc import Mapping

from markupsafe import Markup

from tocsin.core.belief import significant
from tocsin.interfaces.web.charts.svg import element, per_cent, picture

_ROW, _LEFT, _RIGHT = 30, 0.2, 0.86


def shares_chart(key: str, a: str, b: str, shares: Mapping[str, float], gap: float) -> Markup:
    """One bar a cause from zero, to the right where it puts b higher; the bar of the gap is their sum."""
    rows = [*shares.items(), ("the gap", gap)]
    values = [0.0, *(value for _, value in rows)]
    low, span = min(values), (max(values) - min(values)) or 1.0

    def at(value: float) -> float:
        return _LEFT + (_RIGHT - _LEFT) * (value - low) / span

    floor = _ROW * len(rows)
    marks = [element("line", x1=per_cent(at(0)), x2=per_cent(at(0)), y1=0, y2=floor, class_="zero")]
    for row, (name, value) in enumerate(rows):
        top, last = _ROW * row, row == len(rows) - 1
        if last:
            marks.append(element("line", x1="0", x2="100%", y1=top, y2=top, class_="grid"))
        marks.append(element("text", name, x="0", y=top + 20, class_="" if last else "soft"))
        marks.append(
            element(
                "rect",
                x=per_cent(at(min(value, 0.0))),
                y=top + 7,
                width=per_cent(abs(at(value) - at(0.0))),
                height=16,
                class_=f"bar {'up' if value > 0 else 'down'}",
            )
        )
        marks.append(element("text", times_odds(value), x=per_cent(0.88), y=top + 20, class_="num"))
    told = "; ".join(f"{name} {times_odds(value)}" for name, value in rows)
    description = f"What multiplies the odds of {a} to give those of {b}: {told}. To the right: {b} is higher for it."
    return picture(key, f"What the difference of {a} and {b} rests on", description, marks, class_="shares")


def times_odds(log_odds: float) -> str:
    """A share in log-odds as a multiple of the odds.

    >>> times_odds(1.2), times_odds(-0.69), times_odds(0.0)
    ('× 3.3', '× 0.50', '× 1.0')
    """
    return f"× {significant(math.exp(log_odds))}"
