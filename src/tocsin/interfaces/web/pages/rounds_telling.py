"""A round in words, as its pages tell it: stages, flags, support, results in the reader's yardstick."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from tocsin.core.belief import one_in, percent
from tocsin.core.convening import Answer, Flags, Given, Invitation, Result, Round, Stage, Support
from tocsin.core.errors import LexiconError
from tocsin.desk import wording, yardsticks
from tocsin.desk.assessing import frames
from tocsin.desk.document import KeyFigure, Paragraph
from tocsin.desk.rounds.showing import Opinion, Put, Told
from tocsin.desk.yardsticks import Reader
from tocsin.interfaces.web.charts.spread import Pooled, spread_chart
from tocsin.interfaces.web.naming import Names

STAGES = {
    Stage.REGISTERED: "registered, not yet open",
    Stage.FIRST: "first estimates, in private",
    Stage.SECOND: "second estimates, in private",
    Stage.CLOSING: "dissents and support",
    Stage.FINISHED: "finished",
    Stage.CANCELLED: "cancelled",
}
"""Where a round is, in a few words."""

ATTRIBUTED = {
    "named": "each under the name of who gave it",
    "organisation": "each under the organisation of who gave it, without the person's name",
    "non-attributed": "without a word of who gave it, under the Chatham House Rule",
}
"""How what is opened is attributed."""

ANSWERS = {
    Answer.PROBABILITY: "a probability",
    Answer.NUMERIC: "a number",
    Answer.ORDINAL: "a place on a scale of words",
}
"""How a question is answered."""

OPEN_DISSENTS = "Dissents are still being taken, so this is not yet the round's result."
"""What stands beside every number that is pooled while dissents may come."""

_MINUTE, _HOUR, _DAY = 60_000_000, 3_600_000_000, 86_400_000_000


@dataclass(frozen=True)
class Asked:
    """A question as the round's page shows it.

    state: what the reader has to do with it. figure, lines: a result or a preliminary one. open: dissents are still
    being taken. chart: of the estimates; None where none was opened. sentence: the value in the reader's yardstick.
    warnings: flags in words. mine: the reader's own first estimate once it was shared.
    """

    put: Put
    state: str
    figure: str
    lines: tuple[str, ...]
    open: bool
    few: str
    chart: Markup | None
    sentence: str
    warnings: tuple[str, ...]
    mine: Given | None


def asked(told: Told, put: Put, reader: Reader) -> Asked:
    """A question of a round for one reader."""
    result = result_of(put)
    shown = result or put.preliminary
    figure, few, sentence = "", "", ""
    lines: tuple[str, ...] = ()
    if shown is not None and shown.value is not None:
        key = next(block for block in wording.result(shown) if isinstance(block, KeyFigure))
        probable = put.question.answer is Answer.PROBABILITY
        figure = one_in(shown.value) if probable else key.figure
        lines = (f"{percent(shown.value)}, {key.lines[0]}", *key.lines[1:]) if probable else key.lines
        sentence = in_words(shown, reader)
    elif shown is not None:
        few = next(block.text for block in reversed(wording.result(shown)) if isinstance(block, Paragraph))
    return Asked(
        put=put,
        state=state_of(told, put),
        figure=figure,
        lines=lines,
        open=result is None and put.preliminary is not None,
        few=few,
        chart=chart(put),
        sentence=sentence,
        warnings=tuple(warnings(put)),
        mine=next((one.given for one in put.first if one.mine), None),
    )


def result_of(put: Put) -> Result | None:
    """What a finished round came to on a question; None before."""
    return put.result.body if put.result and isinstance(put.result.body, Result) else None


def pooled_of(put: Put) -> Pooled | None:
    """The pooled value with its dissents, or with the word that they are still being taken."""
    if result := result_of(put):
        assert put.result is not None
        return Pooled(result, tuple(one.words for one in put.result.dissents))
    return Pooled(put.preliminary, None) if put.preliminary else None


def chart(put: Put, *, key: str = "", width: int | None = None) -> Markup | None:
    """The spread of a question's estimates; None where none was opened."""
    if not put.first and not put.second:
        return None
    first, second = ([one.given for one in opinions] for opinions in (put.first, put.second))
    return spread_chart(key or f"spread-{put.question.key}", put.question, first, second, pooled_of(put), width=width)


def in_words(result: Result, reader: Reader) -> str:
    """The word of the reader's yardstick for a pooled probability, and what it hides; empty where it is none.

    The interval over draws of participants is no range of the probability, so a reader is not told it as one.
    """
    if result.value is None or result.question.answer is not Answer.PROBABILITY:
        return ""
    told = yardsticks.tell(result.value, reader, base_rate=result.question.base_rate)
    title = yardsticks.yardstick(reader.yardstick).title
    gloss = f"in English '{told.gloss}', " if told.gloss else ""
    word = f"'{told.word}' ({gloss}{told.span})" if told.span else f"no word, {told.word}"
    return f"{title}: {word}. {told.warning}".rstrip()


def state_of(told: Told, put: Put) -> str:
    """Whether the reader has sealed an answer in this stage; empty where they are asked none."""
    if told.stage not in (Stage.FIRST, Stage.SECOND) or not told.invited:
        return ""
    return "sealed" if put.mine else "not yet"


def warnings(put: Put) -> list[str]:
    """What must be known about the estimates, a sentence for each stage; one for all where it is the same."""
    told = {stage: "; ".join(flagged(flags)) for stage, flags in put.flags.items()}
    if len(told) > 1 and len(set(told.values())) == 1:
        told = {"both": next(iter(told.values()))}
    stages = {"both": "Of both stages of estimates"}
    return [f"{stages.get(stage, f'Of the {stage} estimates')}: {said}." for stage, said in told.items() if said]


def flagged(flags: Flags) -> list[str]:
    """Flags in words."""
    told = (
        (flags.estimates is None, "fewer than three answered, so nothing of it was opened"),
        (flags.late, "somebody tried to answer after the end"),
        (flags.withdrawn, "somebody took an answer back"),
        (flags.majority, "more than half of the estimates came from one organisation"),
        (flags.interest, "somebody who takes part has declared an interest in the outcome"),
    )
    return [words for is_so, words in told if is_so]


def supported(support: Support | None) -> str:
    """How a recommendation is supported, as far as it may be told."""
    if support is None:
        return ""
    if support.support is None or support.others is None:
        return (
            "At least three support it; the exact number would tell who said what."
            if support.at_least_three
            else "Too few said so, one way or the other, for anything to be told."
        )
    return f"{support.support} support it; {support.others} do not, or have no view."


@dataclass(frozen=True)
class Sense:
    """In which sense a question means its outcome. address: where the lexicon has it; empty if it does not today."""

    label: str
    address: str


def sense_of(term: str) -> Sense:
    """A sense of a term as a page names it; its identifier where the lexicon of today has no such sense.

    >>> sense_of("terms:mass-killing.ewp").address
    '/lexicon/terms#mass-killing.ewp'
    """
    try:
        found = frames.outcome(term)
    except LexiconError:
        return Sense(term, "")
    return Sense(found.label(), f"/lexicon/terms#{found.notation}")


def left(microseconds: int | None) -> str:
    """The time that is left of a stage, in two units at most.

    >>> left(93_784_000_000), left(59_000_000), left(-1), left(None)
    ('1 day 2 hours left', 'less than a minute left', 'the time is over', '')
    """
    if microseconds is None:
        return ""
    if microseconds < 0:
        return "the time is over"
    days, rest = divmod(microseconds, _DAY)
    hours, rest = divmod(rest, _HOUR)
    parts = [(days, "day"), (hours, "hour"), (rest // _MINUTE, "minute")]
    said = [f"{number} {unit}{'s' if number > 1 else ''}" for number, unit in parts if number][:2]
    return f"{' '.join(said)} left" if said else "less than a minute left"


def ends(body: Round) -> tuple[tuple[str, Any], ...]:
    """When each stage ends."""
    return (
        ("First estimates until", body.first_until),
        ("Second estimates until", body.second_until),
        ("Dissents and support until", body.closing_until),
    )


def invited(one: Invitation, names: Names) -> str:
    """Whom an invitation names."""
    called = names.organisation(one.organisation)
    if one.persons:
        return f"{called}: {', '.join(names.person(id) for id in one.persons)}"
    return f"{called}, whoever is {'an' if one.role[0] in 'aeiou' else 'a'} {one.role}" if one.role else called


def by(opinion: Opinion, names: Names) -> str:
    """Whose an estimate is, as far as it is attributed; the same for every reader."""
    organisation, *person = opinion.by or ("",)
    if not organisation:
        return ""
    called = names.organisation(organisation)
    return f"{names.person(person[0])}, {called}" if person else called
