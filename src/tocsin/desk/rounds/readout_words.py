"""The words of a readout that are ours, in one language: labels, sentences, and how numbers and days are written.

They live in ``data/readout_words.toml``. A value that answers a question is written here for every form, the pages and
statements too (``desk/wording``), so that no two of them give different numbers.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from tocsin.core.belief import one_in, percent, significant
from tocsin.core.convening import Answer, Question
from tocsin.core.errors import BriefError
from tocsin.desk.document import RIGHT_TO_LEFT

NEARLY_ALL = 0.95
"""Above this a frequency counts the exceptions; "10 in 10" would be said of what may well not happen."""

GROUPED = 10_000
"""From here on the digits of a number stand in groups of three."""

TYPED, POOLED = 4, 3
"""Significant figures at most of a number that somebody typed, and of one that was made of several."""

NOISE = 12
"""Significant figures beyond which a sum of decimals is no longer exact in binary."""


@cache
def _spoken() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads((files("tocsin") / "data" / "readout_words.toml").read_text(encoding="utf-8"))


def languages() -> tuple[str, ...]:
    """The languages in which a readout can be had."""
    return tuple(_spoken())


@dataclass(frozen=True)
class Words:
    """The words of one language.

    Errors: BriefError names the languages there are.

    >>> words = Words("fr")
    >>> words("range", low=words.percent(0.04), high=words.percent(0.125)).replace("\\u00a0", " ")
    '4,0 % à 12 %'
    """

    language: str

    def __post_init__(self) -> None:
        if self.language not in languages():
            raise BriefError(
                f"there is no readout in {self.language[:20]!r}",
                where="language",
                remedy=f"Choose one of: {', '.join(languages())}",
            )

    @property
    def phrases(self) -> Mapping[str, Any]:
        """All of them by key."""
        return _spoken()[self.language]

    def __call__(self, key: str, /, **parts: object) -> str:
        """A phrase with its parts filled in."""
        return str(self.phrases[key]).format(**parts)

    def several(self, key: str) -> tuple[str, ...]:
        """A list of phrases."""
        return tuple(self.phrases[key])

    def method(self, name: str) -> str:
        """What a way to pool is called."""
        return str(self.phrases["methods"][name])

    def cause(self, name: str) -> str:
        """What a cause of a difference is called."""
        return str(self.phrases["causes"][name])

    def listed(self, items: Sequence[str]) -> str:
        """Several things in a row."""
        return self("comma").join(items)

    def number(self, value: float) -> str:
        """A number with two significant figures; a sign stays before it also where one reads from the right.

        >>> Words("en").number(-1234.5), Words("fr").number(0.123)
        ('-1200', '0,12')
        >>> Words("en").number(81234).replace("\\u00a0", " ")
        '81 000'
        """
        return self._written(significant(value))

    def amount(self, value: float, *, typed: bool = False) -> str:
        """A number in a unit: of at most three significant figures, as typed of four, without zeros that say nothing.

        A half is rounded away from zero.

        >>> words = Words("en")
        >>> words.amount(45.0), words.amount(225.5), words.amount(0.0), words.amount(1234.5, typed=True)
        ('45', '226', '0', '1235')
        >>> words.amount(276_480).replace("\u00a0", " "), Words("fr").amount(-2.5)
        ('276 000', '-2,5')
        """
        return self._written(_rounded(value, TYPED if typed else POOLED))

    def _written(self, number: str) -> str:
        sign = "\u200e" if number.startswith("-") and self.language in RIGHT_TO_LEFT else ""
        whole, mark, rest = number.partition(".")
        if abs(int(whole)) >= GROUPED:
            whole = f"{int(whole):,}".replace(",", "\u00a0")
        return sign + whole + mark.replace(".", self("mark")) + rest

    def percent(self, probability: float) -> str:
        """A probability as per cent.

        >>> Words("en").percent(0.0812).replace("\\u00a0", " "), Words("fr").percent(0.00001).replace("\\u00a0", " ")
        ('8.1 %', '< 0,01 %')

        In Arabic marks of direction keep the sign on the side of the number where it is read.
        """
        written = percent(probability).replace(".", self("mark"))
        bound, bare = (written[0], written[2:-2]) if written[0] in "<>" else ("", written[:-2])
        told = self("percent", number=bare)
        return self({"<": "under", ">": "over"}[bound], number=told) if bound else told

    def frequency(self, probability: float) -> str:
        """A probability as "1 in N".

        >>> Words("en").frequency(0.0812), Words("fr").frequency(0.99), Words("en").frequency(0.0)
        ('1 in 12', 'tous sauf 1 sur 100', 'never')
        """
        if NEARLY_ALL < probability < 1:
            return self("all_but", frequency=self.frequency(1 - probability))
        return one_in(probability).replace("in", self("in")) if probability > 0 else self("none")

    def value(self, question: Question, number: float, *, typed: bool = False) -> str:
        """A number that answers a question: per cent, a number with its unit, or a word of its scale.

        typed: it is somebody's own and not made of several.
        """
        match question.answer:
            case Answer.PROBABILITY:
                return self.percent(number)
            case Answer.NUMERIC:
                return f"{self.amount(number, typed=typed)}\u00a0{question.unit}"
            case Answer.ORDINAL:
                low, high = int(number), -int(-number // 1)
                words = question.scale[low - 1]
                return words if low == high else self("between_words", low=words, high=question.scale[high - 1])

    def ends(self, question: Question, low: float, high: float, *, typed: bool = False) -> dict[str, str]:
        """The ends of a range, ``low`` and ``high``, with the unit once."""
        first = self.value(question, low, typed=typed)
        if question.answer is Answer.NUMERIC:
            first = self.amount(low, typed=typed)
        return {"low": first, "high": self.value(question, high, typed=typed)}

    def day(self, day: date) -> str:
        """A day.

        >>> Words("ar").day(date(2026, 11, 5))
        '5 نوفمبر 2026'
        """
        return self("date", day=day.day, month=self.several("months")[day.month - 1], year=day.year)


def _rounded(value: float, figures: int) -> str:
    exact = Decimal(f"{value:.{NOISE}g}")
    if not exact:
        return "0"
    rounded = exact.quantize(Decimal(1).scaleb(exact.adjusted() - figures + 1), ROUND_HALF_UP)
    written = f"{rounded:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written
