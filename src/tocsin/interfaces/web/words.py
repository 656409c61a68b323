"""Numbers as the pages write them: at most two significant figures, a true minus, and words for what is not known."""

from __future__ import annotations

import math
from collections.abc import Iterable

from markupsafe import Markup, escape

from tocsin.core.belief import one_in, percent, significant, times
from tocsin.desk.reading import Contribution

NOT_KNOWN = "not yet known"


def interval(low: float, high: float) -> str:
    """Both ends of an interval of probabilities.

    >>> interval(0.0441, 0.131), interval(0.00001, 0.002), interval(0.0, 1.0)
    ('4.4 to 13 %', '< 0.01 % to 0.20 %', '0 to 100 %')
    """
    first, second = percent(low), percent(high) if high < 1 else "100 %"
    return f"{first.removesuffix(' %')} to {second}" if first[0].isdigit() else f"{first} to {second}"


def signed(value: float) -> str:
    """Log-odds with their sign; what rounds to nothing is 0.

    >>> signed(0.6234), signed(-0.181), signed(0.0004)
    ('+0.62', '−0.18', '0')
    """
    if abs(value) < 0.005:
        return "0"
    text = f"{abs(value):.2f}" if abs(value) < 1 else significant(abs(value))
    return f"{'+' if value > 0 else '−'}{text}"


def odds(log_odds: float) -> str:
    """A difference in log-odds as what it does to the odds.

    >>> odds(0.22), odds(-0.22), odds(0.0)
    ('odds × 1.2', 'odds × 0.80', 'odds × 1.0')
    """
    return f"odds × {significant(math.exp(log_odds))}"


def factor(log_odds: float) -> str:
    """A difference in log-odds as a factor of the odds, fine enough to see on which side of a limit it lies.

    >>> factor(0.07), factor(-0.22)
    ('1.07', '0.80')
    """
    return f"{math.exp(log_odds):.2f}"


def chance(log_odds: float) -> float:
    """The probability that log-odds stand for.

    >>> chance(0.0)
    0.5
    """
    return 1 / (1 + math.exp(-log_odds))


def outcome(value: bool | None) -> str:
    """Whether an onset came; missing is not "no"."""
    return NOT_KNOWN if value is None else "onset" if value else "no onset"


def ranks(low: int, high: int) -> str:
    """A run of ranks.

    >>> ranks(2, 9), ranks(4, 4)
    ('ranks 2 to 9', 'rank 4')
    """
    return f"rank {low}" if low == high else f"ranks {low} to {high}"


def years(listed: tuple[int, ...]) -> str:
    """Years in a sentence.

    >>> years((2003,)), years((1998, 2003, 2023))
    ('2003', '1998, 2003 and 2023')
    """
    texts = [str(year) for year in listed]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"


def score(value: float | None) -> str:
    """A score: the third figure lies far inside any interval, and the differences have their own table.

    >>> score(0.06571), score(None), score(-0.0012)
    ('0.066', 'cannot be computed', '−0.0012')
    """
    if value is None:
        return "cannot be computed"
    return f"−{significant(-value)}" if value < 0 else significant(value)


def counted(number: int, one: str, many: str) -> str:
    """A number with its noun.

    >>> counted(1, "state", "states"), counted(0, "state", "states")
    ('1 state', 'no states')
    """
    return f"{number or 'no'} {one if number == 1 else many}"


def noticeable(parts: Iterable[Contribution]) -> list[Contribution]:
    """The contributions that do not round to nothing, largest first."""
    return sorted((part for part in parts if signed(part.log_odds) != "0"), key=lambda part: -abs(part.log_odds))


def coded(text: str) -> Markup:
    """Plain text with `commands` between backticks, as HTML.

    >>> str(coded("run `tocsin pull` <now>"))
    'run <code>tocsin pull</code> &lt;now&gt;'
    """
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if position % 2 else escape(part) for position, part in enumerate(parts)
    )


FILTERS = {
    "factor": factor,
    "chance": chance,
    "coded": coded,
    "counted": counted,
    "interval": interval,
    "noticeable": noticeable,
    "odds": odds,
    "one_in": one_in,
    "outcome": outcome,
    "percent": percent,
    "ranks": ranks,
    "score": score,
    "signed": signed,
    "significant": significant,
    "times": times,
    "years": years,
}
"""What the templates may call."""
