"""The estimates of one question of a round: a dot and an interval each, both stages, and the pooled value below."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from tocsin.core.convening import Answer, Given, Question, Result
from tocsin.desk.rounds.plotting import LINES, SHORT
from tocsin.desk.wording import value
from tocsin.interfaces.web.charts.svg import element, number, per_cent, picture

Across = Callable[[float], str]
"""From a share of the width to a position."""

_ROW, _LEAST_ROW, _MOST = 15, 3, 480
"""Pixels of a row at most and at least, and of all rows of a stage together before they are set closer."""

_HEAD, _AXIS, _POOLED, _LINE = 20, 22, 24, 15

_WORDS = 5
"""Places of a scale whose words have room under the axis of a narrow screen."""

INK, SOFT, LINE, FAR, NEAR, ACCENT = "#1d1f21", "#5c6066", "#dcd8cf", "#c0775a", "#5f1a17", "#7a2e1d"
"""The light colours of the style sheet, for a file that has none."""


@dataclass(frozen=True)
class Pooled:
    """A pooled value as a chart shows it, with the dissents that it is never shown without.

    dissents: their words, also of those that were withdrawn; None while they are still being taken.
    """

    result: Result
    dissents: tuple[str, ...] | None

    @property
    def sentence(self) -> str:
        """What is said of the dissents."""
        if self.dissents is None:
            return "Dissents are still being taken."
        if not self.dissents:
            return "Nobody dissents."
        count = "One dissent" if len(self.dissents) == 1 else f"{len(self.dissents)} dissents"
        return f"{count}: {' / '.join(self.dissents)}"

    @property
    def short(self) -> str:
        """The same without their words, to stand in the picture."""
        return self.sentence.partition(":")[0].rstrip(".")


def spread_chart(
    key: str,
    question: Question,
    first: Sequence[Given],
    second: Sequence[Given] = (),
    pooled: Pooled | None = None,
    *,
    width: int | None = None,
) -> Markup:
    """The estimates of a question, lowest first, in each stage.

    key: unique on its page. width: in pixels, for a picture that stands alone in a file; on a page it is as wide as
    what it stands in. Estimates carry no sign of whose they are: the order is that of the numbers.

    >>> from tocsin.core.convening import Given, Question
    >>> asked = Question(
    ...     key="a", answer="probability", text="?", outcome="o", horizon="h", criteria="c", examples=["e"]
    ... )
    >>> one = Given(lowest=0.01, best=0.05, highest=0.1, confidence=0.8, reason="r")
    >>> "One first estimate: 5.0 % (1 in 20)" in spread_chart("k", asked, [one])
    True
    """
    axis = _Axis(question, [*first, *second], pooled)
    across: Across = (lambda share: number(share * width)) if width else per_cent
    marks: list[Markup] = []
    y, blocks = float(_HEAD), []
    for title, given, class_ in (("First estimates", first, "dot open"), ("Second estimates", second, "dot")):
        if given:
            marks.append(_words(f"{title} ({len(given)})", y - 6))
            top = y
            rows, y = _estimates(given, class_, axis, across, y)
            marks += rows
            blocks.append((top, y))
            y += _HEAD
    if pooled and pooled.result.value is not None:
        marks += _pooled(pooled, axis, across, y)
        blocks.append((y, y + _ROW))
        y += _POOLED
    floor = y - 8
    grid = [*_grid(axis, across, floor), *_base(axis, across, blocks)]
    height = floor + _AXIS + _LINE * (max(map(len, axis.labels)) - 1 + bool(axis.unit))
    box: dict[str, str | None] = {"view_box": f"0 0 {width} {height}" if width else None}
    drawn = picture(
        key,
        f"Estimates: {question.text}",
        describe(question, first, second, pooled),
        [*grid, *marks],
        class_="spread",
        **box,
    )
    sized = f'<svg xmlns="http://www.w3.org/2000/svg" height="{height}"' + (f' width="{width}"' if width else "")
    return Markup(str(drawn).replace("<svg", sized, 1))  # noqa: S704 - made of numbers of ours


def describe(
    question: Question, first: Sequence[Given], second: Sequence[Given] = (), pooled: Pooled | None = None
) -> str:
    """The chart in sentences, for those who do not see it."""
    told = [_stage(question, name, given) for name, given in (("first", first), ("second", second)) if given] or [
        "No estimate is shown."
    ]
    if pooled and pooled.result.value is not None:
        result = pooled.result
        between = ""
        if result.low is not None and result.high is not None:
            ends = f"{value(question, result.low)} to {value(question, result.high)}"
            between = f", {round(100 * result.coverage)} % interval {ends}"
        pooled_to = value(question, pooled.result.value)
        told.append(f"Pooled by the {result.method}: {pooled_to}{between}. {pooled.sentence}")
    if question.base_rate is not None and question.answer is Answer.PROBABILITY:
        told.append(f"Dashed line: base rate {value(question, question.base_rate)}.")
    return " ".join(told)


def _stage(question: Question, name: str, given: Sequence[Given]) -> str:
    best = sorted(one.best for one in given)
    low, high = value(question, best[0], typed=True), value(question, best[-1], typed=True)
    if len(best) == 1:
        return f"One {name} estimate: {low}."
    return f"{len(best)} {name} estimates, the best guesses from {low} to {high}."


def on_axis(scale: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """The words of a scale in lines as they stand under the axis; none where they have no room there.

    >>> on_axis(["open", "with escort only"]), on_axis(["open", "unaccompaniedness"])
    ((('open',), ('with escort', 'only')), ())
    """
    found = tuple(tuple(textwrap.wrap(word, SHORT, break_long_words=False)) for word in scale)
    fits = len(scale) <= _WORDS and all(len(lines) <= LINES and max(map(len, lines)) <= SHORT for lines in found)
    return found if fits else ()


class _Axis:
    """Where a value lies, as a share of the width, and what is written below."""

    def __init__(self, question: Question, given: Sequence[Given], pooled: Pooled | None) -> None:
        ends = [end for one in given for end in (one.lowest, one.highest)]
        if pooled and pooled.result.value is not None:
            ends += [pooled.result.value, *(one for one in (pooled.result.low, pooled.result.high) if one is not None)]
        self.base: float | None = None
        self.unit = question.unit if question.answer is Answer.NUMERIC else ""
        self.labels: tuple[tuple[str, ...], ...]
        self.marks: tuple[float, ...]
        if question.answer is Answer.ORDINAL:
            self.low, self.high = 1.0, float(len(question.scale))
            self.marks = tuple(range(1, len(question.scale) + 1))
            self.labels = on_axis(question.scale) or tuple((str(mark),) for mark in self.marks)
        elif question.answer is Answer.PROBABILITY:
            self.base = question.base_rate
            self.low, high, step = _even(0.0, min(max([*ends, self.base or 0.0, 0.01]), 1.0))
            self.marks = tuple(round(step * part, 12) for part in range(round(high / step) + 1))
            self.high = self.marks[-1]
            self.labels = tuple((f"{100 * mark:g}{' %' if mark == self.high else ''}",) for mark in self.marks)
        else:
            self.low, self.high, step = _even(min(ends, default=0.0), max(ends, default=1.0))
            self.marks = tuple(self.low + step * part for part in range(round((self.high - self.low) / step) + 1))
            self.labels = tuple((f"{mark:.12g}",) for mark in self.marks)

    def at(self, found: float) -> float:
        """A value's share of the width; room is kept at both ends for the dots."""
        share = (found - self.low) / (self.high - self.low)
        return 0.02 + 0.96 * min(max(share, 0.0), 1.0)


def _even(low: float, high: float) -> tuple[float, float, float]:
    """Round ends around two values, and a round step between marks: four to nine steps.

    >>> _even(130.0, 2400.0), _even(7.0, 7.0)
    ((0.0, 2500.0, 500.0), (6.0, 8.0, 0.5))
    """
    if low == high:
        low, high = low - 1, high + 1
    rough = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(size * power for size in (1, 2, 5, 10) if size * power >= rough * (1 - 1e-9))
    return math.floor(low / step) * step, math.ceil(high / step) * step, step


def _estimates(
    given: Sequence[Given], class_: str, axis: _Axis, across: Across, y: float
) -> tuple[list[Markup], float]:
    row = max(_LEAST_ROW, min(_ROW, _MOST / len(given)))
    marks: list[Markup] = []
    for one in sorted(given, key=lambda one: (one.best, one.lowest, one.highest)):
        middle = y + row / 2
        marks.append(_line(across(axis.at(one.lowest)), across(axis.at(one.highest)), middle, "interval", FAR))
        fill, stroke = ("none", NEAR) if class_ == "dot open" else (NEAR, "#fff")
        marks.append(
            element(
                "circle",
                cx=across(axis.at(one.best)),
                cy=middle,
                r=number(min(4, row / 2)),
                class_=class_,
                fill=fill,
                stroke=stroke,
            )
        )
        y += row
    return marks, y


def _pooled(pooled: Pooled, axis: _Axis, across: Across, y: float) -> list[Markup]:
    result = pooled.result
    assert result.value is not None
    marks = [_words(f"Pooled by the {result.method} · {pooled.short}", y - 6)]
    middle = y + _ROW / 2
    if result.low is not None and result.high is not None:
        marks.append(_line(across(axis.at(result.low)), across(axis.at(result.high)), middle, "pooled", ACCENT, 6))
    # A square on its own, so that it differs from the dots in form too.
    at = across(axis.at(result.value))
    square = element("rect", x=-5, y=-5, width=10, height=10, class_="pooled-mark", fill=NEAR, stroke="#fff")
    marks.append(element("svg", square, x=at, y=middle, overflow="visible"))
    return marks


def _grid(axis: _Axis, across: Across, floor: float) -> list[Markup]:
    marks: list[Markup] = []
    last = len(axis.marks) - 1
    for place, (mark, lines) in enumerate(zip(axis.marks, axis.labels, strict=True)):
        x = across(axis.at(mark))
        anchor = "start" if place == 0 else "end" if place == last else "middle"
        inner = " inner" if 0 < place < last else ""
        marks.append(element("line", x1=x, x2=x, y1=6, y2=floor, class_="grid", stroke=LINE))
        side = across(0.0) if place == 0 else across(1.0) if place == last else x
        marks += [
            _words(line, floor + 15 + _LINE * down, x=side, anchor=anchor, class_=f"soft{inner}")
            for down, line in enumerate(lines)
        ]
    if axis.unit:
        marks.append(_words(f"in {axis.unit}", floor + 15 + _LINE, x=across(1.0), anchor="end", class_="soft"))
    return marks


def _base(axis: _Axis, across: Across, blocks: Sequence[tuple[float, float]]) -> list[Markup]:
    """The base rate beside the rows of each block, and not through the words above them."""
    if axis.base is None:
        return []
    x = across(axis.at(axis.base))
    return [
        element("line", x1=x, x2=x, y1=top, y2=end, class_="base-rate", stroke=ACCENT, stroke_dasharray="4 3")
        for top, end in blocks
    ]


def _line(x1: str, x2: str, y: float, class_: str, colour: str, wide: int = 3) -> Markup:
    return element("line", x1=x1, x2=x2, y1=y, y2=y, class_=class_, stroke=colour, stroke_width=wide)


def _words(text: str, y: float, *, x: str = "0", anchor: str = "start", class_: str = "soft halo") -> Markup:
    return element("text", text, x=x, y=y, text_anchor=anchor, class_=class_, fill=SOFT, font_size=12)
