"""The horizon: one line a country with its moments on it, and under it a bar for the time that each instrument needs.

Everything differs by shape and filling as well as by colour, so that it reads in greyscale. Names stand in rows of
their own, packed for the least width at which the picture is shown; at a greater width they only lie further apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from markupsafe import Markup

from tocsin.interfaces.web.charts.horizon_told import Bar, Line, Loose, Mark, describe
from tocsin.interfaces.web.charts.svg import element, number, per_cent, picture

NARROWEST = 704
"""Pixels below which the picture is not drawn smaller but scrolled."""

_LETTER, _GAP = 6.1, 14
"""Pixels of a letter on average, and between two names."""

_AXIS, _NAME, _ROW, _LINE, _BAR, _LOOSE, _END = 22, 19, 16, 18, 30, 24, 9
"""Pixels: the axis, the name of a country, a row of titles, its line, an instrument, a moment without a date, between
two countries."""

LONGEST, SHORT = 44, 26
"""Letters of a title in the picture, and of each of the two names over a bar; the tables have them whole."""


@dataclass(frozen=True)
class _Span:
    """The days of the axis, as shares of the width."""

    first: date
    last: date

    def share(self, day: date) -> float:
        whole = self.last.toordinal() - self.first.toordinal()
        return min(max((day.toordinal() - self.first.toordinal()) / whole, 0.0), 1.0)

    def at(self, day: date) -> str:
        return per_cent(self.share(day))

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass
class _Drawing:
    """What is drawn so far, and how far down. Lines that names stand on come first, so that the names lie above."""

    under: list[Markup] = field(default_factory=list)
    marks: list[Markup] = field(default_factory=list)
    y: float = _AXIS


def horizon_chart(key: str, title: str, lines: Sequence[Line], first: date, last: date, today: date) -> Markup | None:
    """The picture from one day to another; None where there is no moment at all.

    key: unique on its page. today: a line is drawn for it, if it is in the picture.
    """
    if not lines:
        return None
    span, drawn = _Span(first, last), _Drawing()
    for line in lines:
        _country(drawn, line, span)
    floor = drawn.y
    grid = _months(span, floor)
    now = (
        []
        if not span.holds(today)
        else [
            element("line", x1=span.at(today), x2=span.at(today), y1=14, y2=floor, class_="today"),
            element("text", "today", x=span.at(today), dx=4, y=floor + 14, class_="halo"),
        ]
    )
    image = picture(
        key, title, describe(lines, first, last, today), [*grid, *now, *drawn.under, *drawn.marks], class_="horizon"
    )
    return Markup(str(image).replace("<svg", f'<svg height="{number(floor + _AXIS)}"', 1))  # noqa: S704 - a number


def legend() -> Markup:
    """What each mark stands for, as a list."""
    dot = element("circle", cx=10, cy=10, r=5.5, class_="fixed certain")
    open_ = element("circle", cx=10, cy=10, r=5.5, class_="fixed open")
    some = element("rect", x=1, y=6, width=18, height=8, class_="window certain")
    off = _cross("10", 10)
    sure, even = _triangle("10", 10, "sure"), _triangle("10", 10, "even")
    any_ = element("line", x1=0, x2=20, y1=10, y2=10, class_="loose")
    pale = element("rect", x=0, y=6, width=20, height=7, class_="closing")
    full = element("rect", x=0, y=6, width=20, height=7, class_="needed")
    items = (
        (dot, "a day, confirmed"),
        (open_, "expected or possible"),
        (some, "some day within"),
        (off, "called off"),
        (any_, "could be any day"),
        (sure, "decide by then: in time in nine of ten cases"),
        (pale, "the chance falls"),
        (even, "in one of two"),
        (full, "the time that it needs"),
    )
    return element("ul", *(element("li", _swatch(mark), words) for mark, words in items), class_="legend")


def _swatch(mark: Markup) -> Markup:
    return element("svg", mark, viewBox="0 0 20 20", class_="swatch", aria_hidden="true", focusable="false")


def _months(span: _Span, floor: float) -> list[Markup]:
    """A line for each month, and the names of as many as there is room for, above and below."""
    days = span.last.toordinal() - span.first.toordinal()
    step = 1 if days < 230 else 2 if days < 400 else 3
    marks, at = [], date(span.first.year, span.first.month, 1)
    while at <= span.last:
        named = (at.month - 1) % step == 0
        if at >= span.first:
            marks.append(
                element("line", x1=span.at(at), x2=span.at(at), y1=16 if named else 20, y2=floor, class_="grid")
            )
        if named and span.first <= at and span.share(at) < 0.96:
            text = at.strftime("%b %Y") if at.month == 1 or at <= span.first or step == 3 else at.strftime("%b")
            marks.append(element("text", text, x=span.at(at), dx=3, y=12, class_="soft"))
        at = date(at.year + at.month // 12, at.month % 12 + 1, 1)
    return marks


def _country(drawn: _Drawing, line: Line, span: _Span) -> None:
    drawn.under.append(element("line", x1="0", x2="100%", y1=drawn.y, y2=drawn.y, class_="edge"))
    drawn.marks.append(element("text", line.name, x="0", dx=2, y=drawn.y + 14, class_="halo name"))
    drawn.y += _NAME
    if line.marks:
        _moments(drawn, line.marks, span)
    for bar in line.bars:
        _bar(drawn, bar, span)
    for loose in line.loose:
        _loose(drawn, loose, span)
    more = (
        (line.more_marks, "moment", "moments"),
        (line.more_bars, "instrument", "instruments"),
        (line.more_loose, "without a date", "without a date"),
    )
    if left := ", ".join(f"{count} {one if count == 1 else many}" for count, one, many in more if count):
        drawn.marks.append(
            element("text", f"and in the tables: {left}", x="0", dx=2, y=drawn.y + 12, class_="halo soft")
        )
        drawn.y += _ROW
    drawn.y += _END


def _moments(drawn: _Drawing, marks: Sequence[Mark], span: _Span) -> None:
    """The titles, packed in rows, with a stem each; under them the line with the marks."""
    rows: list[list[tuple[float, float]]] = []
    placed: list[tuple[int, str, float, bool]] = []
    for one in marks:
        if not one.named:
            continue
        text, share = _cut(one.title), _begins(one, span)
        wide = (_LETTER * len(text) + _GAP) / NARROWEST
        late = share + wide > 1
        taken = (share - wide, share) if late else (share, share + wide)
        at = next((k for k, row in enumerate(rows) if all(taken[1] <= a or taken[0] >= b for a, b in row)), len(rows))
        if at == len(rows):
            rows.append([])
        rows[at].append(taken)
        placed.append((at, text, share, late))
    line = drawn.y + _ROW * len(rows) + _LINE / 2
    for at, text, share, late in placed:
        # The first row is the lowest, so that most stems are short.
        base = drawn.y + _ROW * (len(rows) - at)
        x, dx, anchor = per_cent(share), (-3 if late else 3), ("end" if late else "start")
        drawn.under.append(element("line", x1=x, x2=x, y1=base - 10, y2=line, class_="stem"))
        drawn.marks.append(element("text", text, x=x, dx=dx, y=base - 2, text_anchor=anchor, class_="halo"))
    drawn.under.append(element("line", x1="0", x2="100%", y1=line, y2=line, class_="track"))
    # Days lie over spans of days, so that none is hidden.
    ordered = sorted(marks, key=lambda one: one.first == one.last)
    drawn.marks += [_mark(one, span, line) for one in ordered]
    drawn.y = line + _LINE / 2


def _begins(one: Mark, span: _Span) -> float:
    """Where a moment begins; what began before the picture does begins at its edge."""
    return span.share(max(one.first, span.first))


def _mark(one: Mark, span: _Span, y: float) -> Markup:
    share = _begins(one, span)
    if one.state == "off":
        return _cross(per_cent(share), y)
    class_ = f"{one.state}{' doubtful' if one.doubtful else ''}"
    if one.first == one.last:
        return element("circle", cx=per_cent(share), cy=y, r=5.5, class_=f"fixed {class_}")
    wide = max(span.share(one.last) - share, 0.006)
    return element("rect", x=per_cent(share), y=y - 4, width=per_cent(wide), height=8, class_=f"window {class_}")


def _cross(x: str, y: float) -> Markup:
    path = element("path", d="M-5 -5L5 5M5 -5L-5 5", class_="off")
    return element("svg", path, x=x, y=y, class_="at")


def _triangle(x: str, y: float, class_: str) -> Markup:
    """A mark that points down to its day."""
    return element("svg", element("path", d="M-5.5 -5H5.5L0 6Z", class_=class_), x=x, y=y, class_="at")


def _bar(drawn: _Drawing, one: Bar, span: _Span) -> None:
    """The words in a row of their own, and under them: until when it is sure, until when even, then the time needed."""
    sure, even, until = span.share(one.sure), span.share(one.even), span.share(one.until)
    past = "" if span.holds(one.sure) else "◂ "
    days = f"{_short(one.sure)} (9 in 10), {_short(one.even)} (1 in 2)"
    text = f"{past}{_cut(one.name, SHORT)} for {_cut(one.title, SHORT)}: {days}"
    wide, end = _LETTER * len(text) / NARROWEST, max(until, even)
    x, dx, anchor = (per_cent(sure), 2, "start") if sure + wide <= 1 else (per_cent(max(end, wide)), 0, "end")
    drawn.marks.append(element("text", text, x=x, dx=dx, y=drawn.y + 12, text_anchor=anchor, class_="halo"))
    y = drawn.y + 21
    for low, high, class_ in ((sure, min(even, until), "closing"), (even, until, "needed")):
        if high > low:
            drawn.marks.append(
                element("rect", x=per_cent(low), y=y - 3.5, width=per_cent(high - low), height=7, class_=class_)
            )
    for day, class_ in ((one.even, "even"), (one.sure, "sure")):
        if span.holds(day):
            drawn.marks.append(_triangle(span.at(day), y, class_))
    drawn.y += _BAR


def _loose(drawn: _Drawing, one: Loose, span: _Span) -> None:
    """A dashed line under its name, over the days on which it may come."""
    begins, ends = span.share(one.first or span.first), span.share(one.last or span.last)
    y = drawn.y + 18
    drawn.marks.append(
        element("line", x1=per_cent(begins), x2=per_cent(max(ends, begins + 0.01)), y1=y, y2=y, class_="loose")
    )
    text = f"any day: {_cut(one.title)}"
    late = begins + _LETTER * len(text) / NARROWEST > 1
    x, dx, anchor = (per_cent(ends), -2, "end") if late else (per_cent(begins), 2, "start")
    drawn.marks.append(element("text", text, x=x, dx=dx, y=y - 6, text_anchor=anchor, class_="halo"))
    drawn.y += _LOOSE


def _cut(text: str, most: int = LONGEST) -> str:
    """A title in one line and short enough for the picture.

    >>> _cut("The  vote"), len(_cut("a" * 99))
    ('The vote', 44)
    """
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def _short(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
