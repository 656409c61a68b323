"""The world as a tile grid: one equal tile a state, roughly in place, no border drawn.

Shade and the number of ticks under the code say the same; so do the label of each tile and the table below.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from markupsafe import Markup

from tocsin.core.belief import one_in, percent
from tocsin.desk.world import BAND_EDGES, Standing
from tocsin.interfaces.web.charts.svg import element

_PITCH, _SIDE = 34, 31


def tile_grid(
    key: str,
    title: str,
    standings: Sequence[Standing],
    *,
    link: Callable[[str], str],
    name: Callable[[Standing], str],
    faded: Callable[[Standing], bool],
) -> Markup:
    """The grid: every tile a link to its country.

    link: from a place id to an address. name: what a state is called. faded: states outside the chosen region.
    States without a tile in the data are left to the table.
    """
    placed = [(standing, standing.place.tile) for standing in standings if standing.place.tile]
    rows = [row for _, (row, _) in placed]
    columns = [column for _, (_, column) in placed]
    top, left = min(rows, default=0), min(columns, default=0)
    width = (max(columns, default=0) - left + 1) * _PITCH + 2
    height = (max(rows, default=0) - top + 1) * _PITCH + 2
    tiles = [
        element(
            "a",
            _tile(standing, name(standing), 2 + (column - left) * _PITCH, 2 + (row - top) * _PITCH),
            href=link(standing.place.id),
            class_="tile faded" if faded(standing) else "tile",
            data_row=row,
            data_column=column,
            aria_label=f"{standing.place.id}, {label(standing, name(standing))}",
        )
        for standing, (row, column) in sorted(placed, key=lambda entry: entry[1])
    ]
    return element(
        "svg",
        element("title", title, id=f"{key}-title"),
        *tiles,
        class_="tiles",
        viewBox=f"0 0 {width} {height}",
        role="group",
        aria_labelledby=f"{key}-title",
    )


def label(standing: Standing, name: str) -> str:
    """What a tile says to those who do not see it."""
    forecast = standing.forecast
    if forecast is None:
        return f"{name}: no forecast"
    span = f"{percent(forecast.low)} to {percent(forecast.high)}"
    return f"{name}: {percent(forecast.probability)}, interval {span}, {one_in(forecast.probability)}"


def legend() -> Markup:
    """The shades with their ticks and what they stand for, as a list."""
    edges = ["0", *(f"{100 * edge:g}" for edge in BAND_EDGES)]
    texts = [f"{low}-{high} %" for low, high in pairwise(edges)] + [f"over {edges[-1]} %"]
    items = [_key(band, text) for band, text in enumerate(texts)]
    items.append(_key(None, "no forecast"))
    return element("ul", *items, class_="legend")


def _key(band: int | None, text: str) -> Markup:
    swatch = element(
        "svg", *_square(band, 1, 1), viewBox="0 0 33 33", class_="swatch", aria_hidden="true", focusable="false"
    )
    return element("li", swatch, text)


def _tile(standing: Standing, name: str, x: float, y: float) -> Markup:
    return element(
        "g",
        element("title", label(standing, name)),
        *_square(standing.band, x, y),
        element(
            "text",
            standing.place.id,
            x=x + _SIDE / 2,
            y=y + 17.5,
            text_anchor="middle",
            class_="none" if standing.band is None else f"on{standing.band}",
        ),
        aria_hidden="true",
    )


def _square(band: int | None, x: float, y: float) -> list[Markup]:
    """A tile's ground and its ticks: none for the lowest band and for no forecast, which has a dashed edge."""
    shade = "none" if band is None else f"r{band}"
    ground = element("rect", x=x, y=y, width=_SIDE, height=_SIDE, rx=2, class_=shade)
    count = band or 0
    start = x + (_SIDE - (count * 5 - 2)) / 2
    ticks = [
        element("rect", x=start + 5 * tick, y=y + 23.5, width=3, height=3, class_=f"tick on{band}")
        for tick in range(count)
    ]
    return [ground, *ticks]
