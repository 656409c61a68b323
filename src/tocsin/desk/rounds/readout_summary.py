"""The summary at the top of a readout: each number with its interval and its dissents counted, then the advice."""

from __future__ import annotations

from tocsin.core.convening import Answer, Question, Result, Support
from tocsin.desk.document import Gist, Saying, Summary
from tocsin.desk.rounds.readout_question import ratio
from tocsin.desk.rounds.readout_words import Words
from tocsin.desk.rounds.showing import Advice, Put
from tocsin.desk.rounds.telling import Telling, result_of

LONGEST = 240
"""Letters of a question or a recommendation in the summary; more of it is cut off there, and whole further down."""


def summary(telling: Telling) -> Summary:
    """The summary of a round."""
    words = telling.words
    advice = tuple(Saying(short(one.text), supported(telling, one)) for one in telling.advice())
    return Summary(
        title=words("summary"),
        gists=tuple(_gist(telling, put) for put in telling.found.put),
        heading=words("recommendations"),
        advice=advice,
        without="" if advice else words("no_recommendations"),
    )


def short(text: str) -> str:
    """Text on one line, cut after a word where it is long.

    >>> short("word " * 100)[-10:], short("Two\\nlines")
    ('word word…', 'Two lines')
    """
    line = " ".join(text.split())
    if len(line) <= LONGEST:
        return line
    return (line[: LONGEST + 1].rpartition(" ")[0] or line[:LONGEST]).rstrip(",;:. ") + "…"


def supported(telling: Telling, one: Advice) -> str:
    """Who recommends something, where that is told, and how many support it, as far as it may be told."""
    author = one.view.shown["author"]
    by = [author[name] for name in ("organisation", "person") if author.get(name)]
    told = _support(telling.words, one.support)
    return f"{telling.name(by)} · {told}" if by and not telling.unattributed else told


def _support(words: Words, support: Support | None) -> str:
    if support is None:
        return words("support_none")
    if support.support is not None and support.others is not None:
        return words("support", support=support.support, others=support.others)
    return words("support_at_least" if support.at_least_three else "support_few")


def _gist(telling: Telling, put: Put) -> Gist:
    words, body, question = telling.words, result_of(put), short(put.question.text)
    if body is None:
        # As with the result itself: where that was withdrawn, there is nothing that dissents could be missing from.
        return Gist(question, words("recalled"), 0, words("dissents", number=0))
    number = len(body.dissents)
    return Gist(question, _told(telling, put.question, body), number, words("dissents", number=number))


def _told(telling: Telling, question: Question, body: Result) -> str:
    words = telling.words
    if body.value is None:
        return words("nobody" if body.estimates == 0 else "too_few")
    value, interval = words.value(question, body.value), words("gist_no_interval")
    if body.low is not None and body.high is not None:
        ends = words.ends(question, body.low, body.high)
        interval = words("gist_interval", coverage=words.percent(body.coverage), **ends)
    if question.answer is not Answer.PROBABILITY:
        return words("gist_bare", value=value, interval=interval)
    value = words("bracketed", first=value, second=words.frequency(body.value))
    beside = words("gist_no_base")
    if question.base_rate:
        beside = words("gist_ratio", times=ratio(telling, question, body.value), base=words.percent(question.base_rate))
    return words("gist", value=value, interval=interval, ratio=beside)
