"""Yardsticks on one axis: each word as its published band of probability, one row a word, below its owner's name."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from tocsin.core.belief import percent
from tocsin.desk.yardsticks import Band, Yardstick
from tocsin.interfaces.web.charts.svg import element, per_cent

_ROW, _HEAD, _FOOT, _TOP, _BAR = 18, 30, 24, 18, 9
"""Pixels of a row, of an owner's heading, of the axis below, of the room above, and of a band's height."""

_MARKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


def bands_chart(
    key: str, yardsticks: Sequence[Yardstick], probability: float | None = None, base_rate: float | None = None
) -> Markup:
    """Every word of every yardstick from 0 to 100 %, lowest first.

    key: unique on its page. probability, base_rate: drawn as lines through all of them, where they are given; bands
    that give the probability its word stand out.

    >>> from tocsin.desk.yardsticks import yardsticks
    >>> "ICD 203: almost no chance 1 to 5 %" in bands_chart("k", list(yardsticks().values()))
    True
    """
    rows, y = [], float(_TOP)
    for scale in yardsticks:
        rows.append(element("text", scale.title, x=0, y=y + _HEAD - 10, class_="name halo"))
        y += _HEAD
        said = None if probability is None else scale.band(probability)
        for band in scale.bands:
            rows += _row(band, scale.lang, y, band is said)
            y += _ROW
    floor = y + 4
    lines = []
    if base_rate is not None:
        lines.append(_line(base_rate, floor, "base-rate"))
    if probability is not None:
        lines.append(_line(probability, floor, "asked"))
        end = probability > 0.5
        text = element(
            "text", percent(probability), x=_at(probability), y=12, dx=-4 if end else 4, text_anchor=_anchor(end)
        )
        lines.append(text)
    return element(
        "svg",
        element("title", "Words for chances, by yardstick, as bands from 0 to 100 %", id=f"{key}-title"),
        element("desc", describe(yardsticks, probability, base_rate), id=f"{key}-desc"),
        *_axis(floor),
        *lines,
        *rows,
        class_="bands",
        height=floor + _FOOT,
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
    )


def describe(yardsticks: Sequence[Yardstick], probability: float | None, base_rate: float | None) -> str:
    """The chart in sentences, for those who do not see it."""
    told = [f"{one.title}: {'; '.join(f'{band.term} {band.span}' for band in one.bands)}." for one in yardsticks]
    if probability is not None:
        told.append(f"A line marks {percent(probability)}.")
    if base_rate is not None:
        told.append(f"A dashed line marks the base rate of {percent(base_rate)}.")
    return " ".join(told)


def _row(band: Band, language: str, y: float, said: bool) -> list[Markup]:
    """The band, and its word on whichever side has more room."""
    middle = y + _ROW / 2
    bar = element(
        "rect",
        x=per_cent(_share(band.low)),
        y=middle - _BAR / 2,
        width=per_cent(_share(band.high) - _share(band.low)),
        height=_BAR,
        class_="word said" if said else "word",
    )
    before = band.low > 1 - band.high
    text = element(
        "text",
        band.term,
        x=_at(band.low if before else band.high),
        dx=-6 if before else 6,
        y=middle + 4,
        text_anchor=_anchor(before),
        class_="halo said" if said else "halo",
        lang=language,
    )
    return [bar, text]


def _axis(floor: float) -> list[Markup]:
    marks = []
    for value in _MARKS:
        side = _anchor(True) if value == 1 else "start" if value == 0 else "middle"
        marks.append(element("line", x1=_at(value), x2=_at(value), y1=_TOP, y2=floor, class_="grid"))
        label = f"{100 * value:g} %" if value == 1 else f"{100 * value:g}"
        x = "0" if value == 0 else "100%" if value == 1 else _at(value)
        marks.append(element("text", label, x=x, y=floor + 16, text_anchor=side, class_="soft"))
    return marks


def _line(probability: float, floor: float, class_: str) -> Markup:
    return element("line", x1=_at(probability), x2=_at(probability), y1=_TOP - 14, y2=floor, class_=class_)


def _share(probability: float) -> float:
    return 0.005 + 0.99 * probability


def _at(probability: float) -> str:
    return per_cent(_share(probability))


def _anchor(end: bool) -> str:
    return "end" if end else "start"
