"""Where the estimates of a question lie, as a plot that is the same in every form of a readout.

Places are shares of the axis, so that no form reckons them again. Dots that would cover one another are stacked.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap

from tocsin.core.convening import Answer, Question, Result
from tocsin.desk.document import Dots, SpreadPlot
from tocsin.desk.rounds.readout_words import Words

APART = 0.016
"""Share of the axis within which two dots would cover one another."""

FEW = 12
"""Up to so many estimates are told one by one; more are summed up."""

SHORT, LINES = 14, 3
"""Letters of a word that has room under its mark, and lines of them; where one needs more, places on the scale are
numbered there, and the key says which word is which.
"""

MARKS = 6
"""Steps of an axis at most."""


@dataclass(frozen=True)
class Axis:
    """A line from ``least`` to ``most`` with a mark every ``step``."""

    least: float
    most: float
    step: float

    def place(self, value: float) -> float:
        """Where a value lies, from 0 to 1."""
        return round(min(max((value - self.least) / (self.most - self.least), 0.0), 1.0), 5)

    def marks(self) -> Iterator[float]:
        """The values of its marks."""
        for number in range(round((self.most - self.least) / self.step) + 1):
            yield self.least + number * self.step


def axis(question: Question, values: Sequence[float]) -> Axis:
    """An axis that holds these values: of a probability from zero, of a scale all of it.

    >>> question = Question(key="a", answer="probability", text="?", outcome="o", horizon="h", criteria="c",
    ...     examples=["e"])
    >>> axis(question, [0.02, 0.2])
    Axis(least=0.0, most=0.25, step=0.05)
    """
    if question.answer is Answer.ORDINAL:
        return Axis(1.0, float(len(question.scale)), 1.0)
    least, most = min(values), max(values)
    if question.answer is Answer.PROBABILITY:
        # Where everybody says never, the line still needs an end.
        most = max(most, 0.001)
    if question.answer is Answer.PROBABILITY or 0 <= least <= 0.5 * most:
        least = 0.0
    if least == most:
        least, most = least - 1, most + 1
    step = _step((most - least) * 1.02)
    least, most = math.floor(least / step + 1e-9) * step, math.ceil(most * (1 + 1e-9) / step) * step
    if question.answer is Answer.PROBABILITY and most >= 1:
        return Axis(0.0, 1.0, 0.2)
    return Axis(least, round(most, 12), step)


def _step(room: float) -> float:
    power = 10.0 ** math.floor(math.log10(room / MARKS))
    return next(round(part * power, 12) for part in (1, 2, 5, 10) if room / (part * power) <= MARKS)


def plot(question: Question, first: Sequence[float], second: Sequence[float], body: Result, words: Words) -> SpreadPlot:
    """The plot of a question that has a result. first, second: best estimates of each stage."""
    assert body.value is not None
    interval: tuple[float, ...] = () if body.low is None or body.high is None else (body.low, body.high)
    # A base rate of none is a place on the line too.
    base = question.base_rate if question.answer is Answer.PROBABILITY else None
    line = axis(question, [*first, *second, body.value, *interval, *(() if base is None else (base,))])
    rows = tuple((words(name), sorted(values)) for name, values in (("first", first), ("second", second)) if values)
    coverage = words.percent(body.coverage)
    key = [words("key")]
    if interval:
        key.append(words("key_interval", coverage=coverage))
    if base is not None:
        key.append(words("key_base"))
    if question.scale and not _fits(question.scale):
        key += [f"{place} {word}" for place, word in enumerate(question.scale, start=1)]
    return SpreadPlot(
        ticks=tuple((line.place(mark), _label(question, mark, words)) for mark in line.marks()),
        rows=tuple(Dots(label, _stacked([line.place(value) for value in values])) for label, values in rows),
        pooled=line.place(body.value),
        low=line.place(interval[0]) if interval else None,
        high=line.place(interval[1]) if interval else None,
        base=None if base is None else line.place(base),
        key=" · ".join(key),
        text=_text(question, line, rows, (body.value, interval, base), words),
        unit=question.unit,
    )


def _label(question: Question, value: float, words: Words) -> str:
    match question.answer:
        case Answer.PROBABILITY:
            # Marks are round numbers; 0 and 100 are the ends and no bound.
            written = f"{round(100 * value, 6):g}".replace(".", words("mark"))
            return words("percent", number=written)
        case Answer.NUMERIC:
            return f"{round(value, 9):,.10g}".replace(",", "\u00a0").replace(".", words("mark"))
        case Answer.ORDINAL:
            return question.scale[round(value) - 1] if _fits(question.scale) else f"{value:.0f}"


def _fits(scale: Sequence[str]) -> bool:
    """Whether every word of a scale has room under its mark."""
    return len(scale) <= MARKS and all(
        max(map(len, word.split()), default=0) <= SHORT and len(wrap(word, SHORT)) <= LINES for word in scale
    )


def _stacked(places: Sequence[float]) -> tuple[tuple[float, int], ...]:
    """Each place with how many lie below it; places come sorted."""
    ends: list[float] = []
    found = []
    for place in places:
        level = next((number for number, end in enumerate(ends) if place - end >= APART), len(ends))
        ends[level : level + 1] = [place]
        found.append((place, level))
    return tuple(found)


def _text(
    question: Question,
    line: Axis,
    rows: Sequence[tuple[str, Sequence[float]]],
    lines: tuple[float, Sequence[float], float | None],
    words: Words,
) -> str:
    pooled, interval, base = lines

    def say(value: float, *, typed: bool = False) -> str:
        return words.value(question, value, typed=typed)

    told = [words("plot", least=say(line.least, typed=True), most=say(line.most, typed=True))]
    for label, values in rows:
        if len(values) <= FEW:
            told.append(words("listed", stage=label, values=words.listed([say(value, typed=True) for value in values])))
        else:
            told.append(_summed(question, label, values, words))
    told.append(words("plot_pooled", value=say(pooled)))
    if interval:
        told.append(words("plot_interval", **words.ends(question, interval[0], interval[1])))
    if base is not None:
        told.append(words("plot_base", base=say(base)))
    return " ".join(told)


def _summed(question: Question, label: str, values: Sequence[float], words: Words) -> str:
    from tocsin.assess.spread import spread

    found = spread(values, question.answer.value)
    parts = {
        "least": found.lowest,
        "lower": found.lower,
        "middle": found.middle,
        "upper": found.upper,
        "most": found.highest,
    }
    ends = ("least", "most")
    told = {
        name: words.value(question, value, typed=name in ends) for name, value in parts.items() if value is not None
    }
    return words("summed", stage=label, number=len(values), **told)
