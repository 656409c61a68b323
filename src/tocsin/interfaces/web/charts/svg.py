"""Writing SVG: elements, escaped text, and axes in per cent of the width so that lettering keeps its size."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from markupsafe import Markup, escape

Scale = Callable[[float], float]
"""From a value to a position."""


def element(name: str, *children: str | Markup, **attributes: str | float | None) -> Markup:
    """One element; ``class_`` and ``stroke_width`` become ``class`` and ``stroke-width``; None leaves one out.

    >>> str(element("text", "R & D", x=1.5, class_="s", id=None))
    '<text x="1.5" class="s">R &amp; D</text>'
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(number(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    inside = "".join(map(escape, children))
    # Every value and child is escaped above; names are literals of this package. (Markup.format does the same slowly.)
    return Markup(f"<{name}{written}>{inside}</{name}>")  # noqa: S704


def number(value: str | float) -> str:
    """A coordinate with two decimals at most; text as it is.

    >>> number(3.0), number(1 / 3), number("50%")
    ('3', '0.33', '50%')
    """
    return value if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")


def per_cent(value: float) -> str:
    """A share of the width or height as SVG writes it."""
    return f"{number(100 * value)}%"


def picture(
    key: str, title: str, description: str, marks: Iterable[Markup], *, class_: str, view_box: str | None = None
) -> Markup:
    """An image with a title and a description for those who do not see it; ``key`` is unique on its page."""
    return element(
        "svg",
        element("title", title, id=f"{key}-title"),
        element("desc", description, id=f"{key}-desc"),
        *marks,
        class_=class_,
        viewBox=view_box,
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
    )


def nice_ceiling(value: float) -> float:
    """The next of 1, 2, 3, 5 times a power of ten: where an axis ends.

    >>> nice_ceiling(0.13), nice_ceiling(0.05), nice_ceiling(0.22), nice_ceiling(0.0)
    (0.2, 0.05, 0.3, 1.0)
    """
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(round(step * power, 12) for step in (1, 2, 3, 5, 10) if step * power >= value * (1 - 1e-9))


def ticks(top: float) -> tuple[float, ...]:
    """Round values from 0 to the top, four to six of them.

    >>> ticks(0.2), ticks(0.05)
    ((0.0, 0.05, 0.1, 0.15, 0.2), (0.0, 0.01, 0.02, 0.03, 0.04, 0.05))
    """
    parts = {1: 5, 2: 4, 3: 3, 5: 5}[round(top / 10.0 ** math.floor(math.log10(top) + 1e-9))]
    return tuple(round(top * part / parts, 12) for part in range(parts + 1))
