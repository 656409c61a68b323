"""Numbers as the pages write them: at most two significant figures, a true minus, and words for what is not known."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date, datetime

from markupsafe import Markup, escape

from tocsin.core.belief import one_in, percent, significant, times
from tocsin.core.marking import TLP, Caveat
from tocsin.core.statement import Attribution, Standing
from tocsin.desk.reading import Contribution

NOT_KNOWN = "not yet known"

LABELS = {
    TLP.CLEAR: "may go anywhere; nothing limits passing it on",
    TLP.GREEN: "for whoever has an account here and their colleagues in the field; not for the public",
    TLP.AMBER: "for those named, and for others in their organisations and clients who need it to act",
    TLP.AMBER_STRICT: "for those named, and for others in their organisations who need it to act; not for clients",
    TLP.RED: "for the persons named and nobody else, not even in their own organisations",
}
"""What each label of TLP 2.0 allows, in our words."""

CAVEATS = {
    Caveat.CHATHAM_HOUSE: "what is said may be used, who said it may not be told; the statement is not attributed",
    Caveat.ORIGINATOR_CONTROL: "nobody passes it on, in whole or in part, unless its originator agrees",
    Caveat.EXERCISE: "fictional, for an exercise",
}
"""What each caveat asks."""

RELIABILITY = {
    "A": "completely reliable",
    "B": "usually reliable",
    "C": "fairly reliable",
    "D": "not usually reliable",
    "E": "unreliable",
    "F": "reliability cannot be judged",
}
"""The source, on the Admiralty scale (NATO AJP-2.1)."""

CREDIBILITY = {
    "1": "confirmed by other sources",
    "2": "probably true",
    "3": "possibly true",
    "4": "doubtful",
    "5": "improbable",
    "6": "truth cannot be judged",
}
"""The information, on the Admiralty scale."""

STANDINGS = {
    Standing.NOTE: "a person's note",
    Standing.ANALYST: "an analyst's judgement",
    Standing.DESK: "the desk's view",
    Standing.INSTITUTION: "the organisation's position",
}
"""How far a statement has come."""

ATTRIBUTIONS = {
    Attribution.NAMED: "my name and my organisation",
    Attribution.ORGANISATION: "my organisation only",
    Attribution.NONE: "nobody: neither I nor my organisation is shown",
}
"""Who is shown as author."""


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


def day(moment: date) -> str:
    """A day, or a moment to the minute in UTC, as a reader writes it.

    >>> day(date(2026, 11, 3)), day(datetime(2026, 11, 3, 9, 5))
    ('3 Nov 2026', '3 Nov 2026, 09:05 UTC')
    """
    text = f"{moment.day} {moment.strftime('%b %Y')}"
    return f"{text}, {moment.strftime('%H:%M')} UTC" if isinstance(moment, datetime) else text


def short(identity: str) -> str:
    """The first twelve digits of an identity: enough to tell it from any other in one store.

    >>> short("0123456789abcdef")
    '0123456789ab'
    """
    return identity[:12]


FILTERS = {
    "day": day,
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
    "short": short,
    "significant": significant,
    "times": times,
    "years": years,
}
"""What the templates may call."""
