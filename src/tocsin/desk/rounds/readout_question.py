"""One question of a readout: what was asked, what it came to with every dissent, and the reasons."""

from __future__ import annotations

from collections.abc import Iterable

from tocsin.core.convening import Answer, Flags, Question, Result
from tocsin.desk.dissents import Dissenting
from tocsin.desk.document import Block, Dissents, Facts, Heading, Paragraph, Pooled, Saying, Sayings
from tocsin.desk.rounds.plotting import plot
from tocsin.desk.rounds.showing import Opinion, Put
from tocsin.desk.rounds.telling import Telling, mixed, result_of
from tocsin.desk.yardsticks import yardstick

HEADING = 300
"""Letters up to which the words of a question are a heading."""


def asked(telling: Telling, number: int, put: Put) -> list[Block]:
    """A question with all that came out of it. number: its place among the round's."""
    words, question = telling.words, put.question
    entries = [
        (words("outcome"), question.outcome),
        (words("horizon"), question.horizon),
        (words("criteria"), question.criteria),
    ]
    if question.scale:
        entries.append((words("scale"), words.listed(question.scale)))
    if question.base_rate is not None:
        entries.append((words("base_rate"), words.percent(question.base_rate)))
        entries.append((words("base_rate_source"), question.base_rate_source))
    one = len(telling.found.put) == 1
    head = Heading(words("question") if one else words("question_number", number=number))
    text = Heading(question.text, 2) if len(question.text) <= HEADING else Paragraph(question.text)
    return [head, text, Facts(tuple(entries)), *_result(telling, put), *_reasons(telling, put)]


def flagged(telling: Telling, flags: Flags) -> str:
    """What must be known of the answers to a question; empty if nothing."""
    names = ("late", "withdrawn", "majority", "interest")
    told = telling.words("stop").join(telling.words(name) for name in names if getattr(flags, name))
    return told[:1].upper() + told[1:]


def ratio(telling: Telling, question: Question, value: float) -> str:
    """How many times the base rate; empty where there is none above zero."""
    words = telling.words
    return words("times", number=words.number(value / question.base_rate)) if question.base_rate else ""


def _result(telling: Telling, put: Put) -> list[Block]:
    words, question, body = telling.words, put.question, result_of(put)
    if put.result is None or body is None:
        # Dissents are from a result; where that was withdrawn, there is nothing that they could be missing from.
        return [Pooled(words("nothing"), (words("recalled"),), dissents(telling, 0, ()))]
    against = dissents(telling, len(body.dissents), put.result.dissents)
    if body.value is None:
        few = words("nobody") if body.estimates == 0 else words("too_few")
        return [Pooled(words("nothing"), (few,), against), *_beside(telling, [], body.flags)]
    figure, lines = words.value(question, body.value), [_pooled(telling, question, body)]
    beside: list[tuple[str, str]] = []
    if body.low is None or body.high is None:
        lines.append(words("no_interval"))
    else:
        ends = words.ends(question, body.low, body.high)
        lines.append(words("interval", coverage=words.percent(body.coverage), **ends))
    if question.answer is Answer.PROBABILITY:
        figure = words.frequency(body.value)
        lines.append(_ratio(telling, question, body.value))
        beside.append((words("words"), _in_words(telling, question, body.value)))
    if body.lowest is not None and body.highest is not None:
        beside.append((words("ends"), words("own_ends", **words.ends(question, body.lowest, body.highest))))
    drawn = plot(question, telling.best(put.first), telling.best(put.second), body, words)
    return [Pooled(figure, tuple(lines), against, drawn), *_beside(telling, beside, body.flags)]


def dissents(telling: Telling, number: int, found: Iterable[Dissenting]) -> Dissents:
    """The dissents from a result. number: how many it carries.

    Errors: BriefError if one is missing.
    """
    items = tuple(
        Saying(_dissent(telling, one), telling.name(one.by) if one.by and not telling.unattributed else "")
        for one in mixed(found)
    )
    return Dissents(number, telling.words("dissents", number=number), items)


def _dissent(telling: Telling, one: Dissenting) -> str:
    return one.text if one.text is not None else telling.words("gone" if one.withdrawn else "shut")


def _pooled(telling: Telling, question: Question, body: Result) -> str:
    assert body.value is not None
    assert body.method is not None
    method, value = telling.words.method(body.method), telling.words.value(question, body.value)
    return telling.words("pooled", method=method[:1].upper() + method[1:], number=body.estimates, value=value)


def _ratio(telling: Telling, question: Question, value: float) -> str:
    words = telling.words
    if not question.base_rate:
        return words("no_base")
    return words("ratio", times=ratio(telling, question, value), base=words.percent(question.base_rate))


def _in_words(telling: Telling, question: Question, value: float) -> str:
    words, told = telling.words, telling.in_words(question, value)
    title = yardstick(telling.scale).title
    if not told.span:
        return words("wordless", title=title, phrase=told.word)
    said = words("word", title=title, word=told.word, span=told.span)
    if told.erased and question.base_rate:
        number, base = words.percent(value), words.percent(question.base_rate)
        said += "\n" + words("erased", base=base, number=number, times=ratio(telling, question, value))
    return said


def _beside(telling: Telling, entries: list[tuple[str, str]], flags: Flags) -> list[Block]:
    """What stands beside a number, with what must be known about it."""
    told = flagged(telling, flags)
    known = [(telling.words("known"), f"{told}.")] if told else []
    return [Facts((*entries, *known))] if entries or known else []


def _reasons(telling: Telling, put: Put) -> list[Block]:
    words = telling.words
    blocks: list[Block] = [Heading(words("reasons"), 2)]
    for name, found in (("reasons_first", put.first), ("reasons_second", put.second)):
        if said := tuple(_reason(telling, put.question, one) for one in telling.opinions(found)):
            blocks += [Paragraph(words(name)), Sayings(said)]
    return blocks if len(blocks) > 1 else [*blocks, Paragraph(words("no_reasons"))]


def _reason(telling: Telling, question: Question, one: Opinion) -> Saying:
    """A reason with its number where it is attributed; where it is not, nothing joins the two."""
    if not one.by or telling.unattributed:
        return Saying(one.given.reason)
    return Saying(
        one.given.reason, f"{telling.name(one.by)} · {telling.words.value(question, one.given.best, typed=True)}"
    )
