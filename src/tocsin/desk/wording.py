"""What is claimed, in words: a headline and blocks for every kind, the same on paper, on a page and in a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tocsin.core.assessing import Assessment
from tocsin.core.belief import one_in, percent, times
from tocsin.core.convening import (
    Answer,
    Declaration,
    Dissent,
    Envelope,
    Estimate,
    Given,
    Invitation,
    Question,
    Recommendation,
    Result,
    Round,
    Step,
)
from tocsin.core.fielding import Contribution, Reply, Request
from tocsin.core.foreseeing import Instrument, Moment
from tocsin.core.kinds import Body, Downgrade, Forecast, Lineage, Note, Proposal, Recall, Release
from tocsin.core.triggering import Activation, Backtest, Happening, Scenario, Sign, Trigger
from tocsin.desk.dissents import Dissenting
from tocsin.desk.document import Block, Bullets, Heading, KeyFigure, Paragraph, Table
from tocsin.desk.horizon import foreseen
from tocsin.desk.rounds.readout_words import Words
from tocsin.desk.triggers import worded as agreements

STEPS = {
    "open": "The round was opened for first estimates",
    "share": "First estimates were opened and shared",
    "pool": "Second estimates were opened and pooled",
    "finish": "The round was finished",
    "cancel": "The round was cancelled",
}


def headline(body: Body) -> str:
    """One line for a list."""
    match body:
        case Note() | Contribution() | Assessment() | Round():
            return body.title
        case Moment():
            return foreseen.headline(body)
        case Instrument():
            return f"Instrument: {body.name}"
        case Trigger() | Backtest() | Activation() | Happening() | Scenario() | Sign():
            return agreements.headline(body)
        case Forecast():
            return f"{body.outcome}, {body.horizon}"
        case Release():
            return f"A release of the model: {body.outcome}, {body.horizon}"
        case Recall():
            return "Withdrawn"
        case Proposal():
            return f"Proposed for release: {body.note.title}"
        case Downgrade():
            return "Originator's approval of a release"
        case Lineage():
            return "Where a released statement comes from"
        case Request():
            return f"Request to {body.community}"
        case Reply():
            return f"What became of a contribution: {body.fate}"
        case Step():
            return STEPS[body.step]
        case Declaration():
            return "An interest was declared" if body.interest else "No interest in the outcome was declared"
        case Envelope():
            return f"A sealed answer, {body.stage} stage"
        case Estimate():
            return f"An estimate, {body.stage} stage: {body.question}"
        case Dissent():
            return f"A dissent: {body.question}"
        case Recommendation():
            return "A recommendation"
        case Result():
            return f"Result of a round: {body.question.outcome}, {body.question.horizon}"
        case _:
            raise TypeError(f"there are no words for {type(body).__name__}")


def text(body: Body, evidence: Sequence[Mapping[str, Any]] = ()) -> str:
    """The words of a body as running text, for a list or a page of statements. evidence: as for ``blocks``."""
    match body:
        case Note():
            return body.text
        case Proposal():
            return body.note.text
        case Forecast():
            return ""
        case Release():
            return body.definition
        case Recall() | Downgrade():
            return body.reason
        case Lineage():
            return ""
        case _:
            return "\n".join(line for block in blocks(body, evidence) for line in _lines(block))


def blocks(body: Body, evidence: Sequence[Mapping[str, Any]] = ()) -> list[Block]:
    """What is claimed, as blocks of a document. evidence: the items that it rests on, as they are shown."""
    match body:
        case Note():
            return _paragraphs(body.text)
        case Forecast():
            return [_forecast(body)]
        case Proposal():
            return [
                Paragraph(f"Proposed for release as {body.to.label}: {body.note.title}"),
                *_paragraphs(body.note.text),
                Heading("Reason"),
                Paragraph(body.reason),
            ]
        case Assessment():
            # Read late: an assessment needs the lexicon, which takes a while to read.
            from tocsin.desk.assessing import worded

            return worded.assessment(body, worded.sources(evidence))
        case Contribution():
            return _contribution(body)
        case Request():
            lines = [f"Asked of: {body.community}. Purpose: {body.purpose}", f"Until {body.until:%d %B %Y}."]
            instead = [f"Although another request stands: {body.instead}"] if body.instead else []
            return [*_paragraphs(body.asks), *(Paragraph(line) for line in (*lines, *instead))]
        case Reply() | Dissent() | Recommendation():
            return _paragraphs(body.text)
        case Round():
            return round_(body)
        case Moment():
            return foreseen.moment(body)
        case Instrument():
            return foreseen.instrument(body)
        case Trigger() | Backtest() | Activation() | Happening() | Scenario() | Sign():
            return agreements.blocks(body)
        case Step():
            return _step(body)
        case Declaration():
            return _paragraphs(body.text) or [Paragraph("No interest in the outcome.")]
        case Envelope():
            return [Paragraph("What is in it is sealed until the stage is closed.")]
        case Estimate():
            return [Paragraph(answered(body.given)), *_paragraphs(body.given.reason)]
        case Result():
            return result(body)
        case _:
            claimed = body.model_dump(mode="json", exclude={"kind"})
            return [
                Paragraph(f"{name.replace('_', ' ').capitalize()}: {_plain(value)}") for name, value in claimed.items()
            ]


def dissent_blocks(dissents: Sequence[Dissenting]) -> list[Block]:
    """The dissents that travel with something, with their number; nothing where it rests on no result."""
    if not dissents:
        return []
    named = " They are attributed." if any(one.by for one in dissents) else ""
    count = "One dissent" if len(dissents) == 1 else f"{len(dissents)} dissents"
    items = tuple(f"{one.words}{' - ' + ', '.join(one.by) if one.by else ''}" for one in dissents)
    return [Heading(f"{count} from the result that this is or rests on"), Bullets(items), *_maybe(named)]


def value(question: Question, number: float, *, typed: bool = False) -> str:
    """A number that answers a question, as it is read: the same figures as in a readout.

    typed: it is somebody's own and not made of several.

    >>> question = Question(key="a", answer="ordinal", text="?", outcome="o", horizon="h", criteria="c", examples=["e"],
    ...     scale=["none", "some", "much"])
    >>> value(question, 2), value(question, 2.5)
    ('some', 'between some and much')
    """
    words = Words("en")
    written = words.value(question, number, typed=typed)
    if question.answer is Answer.PROBABILITY:
        # With plain spaces, so that a reader who searches a page finds it as it is typed.
        return f"{written} ({words.frequency(number)})".replace("\u00a0", " ")
    return written


def answered(given: Given, question: Question | None = None) -> str:
    """An estimate in one line."""
    if question is None:
        numbers = f"lowest {given.lowest:g}, best {given.best:g}, highest {given.highest:g}"
    else:
        low, best, high = (value(question, one, typed=True) for one in (given.lowest, given.best, given.highest))
        numbers = f"{best} and nothing else" if low == high else f"best {best}, between {low} and {high}"
    sure = "of it" if given.lowest == given.highest else "that the truth lies between"
    return f"{numbers}; {round(100 * given.confidence)} % sure {sure}."


def result(body: Result) -> list[Block]:
    """What a round came to on one question."""
    question = body.question
    asked = [Paragraph(question.text), Paragraph(f"Outcome: {question.outcome}. Horizon: {question.horizon}.")]
    settled = [Paragraph(f"How it is settled: {question.criteria}")]
    if body.value is None:
        few = "Nobody answered." if body.estimates == 0 else "Fewer than three answered, so nothing is told."
        return [*asked, *settled, Paragraph(few)]
    assert body.spread is not None
    lines = [f"{body.method} of {body.estimates} second estimates."]
    if body.low is not None and body.high is not None:
        lines.append(
            f"{round(100 * body.coverage)} % interval over draws of participants: "
            f"{_range(value(question, body.low), value(question, body.high))}."
        )
    if body.lowest is not None and body.highest is not None:
        lines.append(
            "What participants held possible, brought to 80 % confidence: "
            f"{_range(value(question, body.lowest), value(question, body.highest), 'from ')}."
        )
    if question.base_rate and question.answer is Answer.PROBABILITY:
        lines.append(
            f"{times(body.value / question.base_rate).capitalize()} the base rate of {percent(question.base_rate)} "
            f"({question.base_rate_source})."
        )
    spread = body.spread
    ends = _range(value(question, spread.least, typed=True), value(question, spread.most, typed=True), "from ")
    lower, upper = value(question, spread.lower), value(question, spread.upper)
    half = f"at {lower}" if lower == upper else f"between {lower} and {upper}"
    alike = spread.least == spread.most
    lines.append(f"Best estimates {ends}." if alike else f"Best estimates {ends}, half of them {half}.")
    return [*asked, KeyFigure(value(question, body.value), tuple(lines)), *_flags(body), *settled]


def _range(low: str, high: str, before: str = "") -> str:
    """From one value to another; what is both ends is said once."""
    return f"all at {low}" if low == high else f"{before}{low} to {high}"


def _flags(body: Result) -> list[Block]:
    flags = body.flags
    told = [
        words
        for is_so, words in (
            (flags.late, "somebody tried to answer after the end"),
            (flags.withdrawn, "somebody took an answer back"),
            (flags.majority, "more than half of the estimates came from one organisation"),
            (flags.interest, "a contributor declared an interest"),
        )
        if is_so
    ]
    return [Paragraph("Of the estimates: " + "; ".join(told) + ".")] if told else []


def round_(body: Round) -> list[Block]:
    """What a round asks, of whom, and how it ends."""
    ends = (
        ("First estimates until", body.first_until),
        ("second estimates until", body.second_until),
        ("dissents and support until", body.closing_until),
    )
    invited = tuple(_invited(one) for one in body.invitations)
    return [
        *_paragraphs(body.purpose),
        Paragraph("; ".join(f"{name} {moment:%d %B %Y, %H:%M} UTC" for name, moment in ends) + "."),
        Paragraph(f"What is said will be {body.attributed}. Probabilities are pooled by their {body.method}."),
        *[block for one in body.questions for block in question(one)],
        Heading("Invited"),
        Bullets(invited),
    ]


def _invited(one: Invitation) -> str:
    role = f", {one.role}" if one.role else ""
    return one.organisation + role + (f": {', '.join(one.persons)}" if one.persons else "")


def question(one: Question) -> list[Block]:
    """A question with all that must be known to answer and to settle it."""
    scale = [f"Answers, lowest first: {', '.join(one.scale)}."] if one.scale else []
    base = [f"Base rate {percent(one.base_rate)} ({one.base_rate_source})."] if one.base_rate is not None else []
    return [
        Heading(one.text),
        Paragraph(f"Outcome: {one.outcome}. Horizon: {one.horizon}."),
        Paragraph(f"How it is settled: {one.criteria}"),
        *(Paragraph(line) for line in (*scale, *base)),
        Bullets(one.examples),
    ]


def _contribution(body: Contribution) -> list[Block]:
    told = [
        f"Seen or heard: {body.observed:%d %B %Y}." if body.observed else "No day given.",
        f"Where: {body.within or 'the country as a whole'} ({body.precision}). From: {body.community or 'not said'}.",
        f"Provenance {body.provenance}; graded {body.reliability}{body.credibility} by its contributor.",
        f"Consent: {body.consent}{'. ' + body.consent_note if body.consent_note else ''}.",
    ]
    return [*_paragraphs(body.text), *(Paragraph(line) for line in told)]


def _step(body: Step) -> list[Block]:
    said = [*_paragraphs(body.reason)]
    flagged = [
        f"{one.question}: {'fewer than three' if one.estimates is None else one.estimates} estimates"
        + "".join(f", {name}" for name in ("late", "withdrawn", "majority", "interest") if getattr(one, name))
        for one in body.flags
    ]
    return [*said, *([Bullets(tuple(flagged))] if flagged else [])]


def _forecast(body: Forecast) -> KeyFigure:
    ratio = f", {times(body.probability / body.base_rate)} the base rate" if body.base_rate else ""
    return KeyFigure(
        one_in(body.probability),
        (
            f"{percent(body.probability)}; {round(100 * body.coverage)} % interval {percent(body.low)} to "
            f"{percent(body.high)}{ratio} ({percent(body.base_rate)}).",
            f"{body.outcome}, {body.horizon}; vintage {body.vintage}.",
            body.licence,
        ),
    )


def _listed(title: str, items: Sequence[str]) -> list[Block]:
    return [Heading(title), Bullets(tuple(items))] if items else []


def _paragraphs(words: str) -> list[Block]:
    return [Paragraph(line) for line in words.splitlines() if line.strip()]


def _maybe(words: str) -> list[Block]:
    return [Paragraph(words.strip())] if words else []


def _lines(block: Block) -> list[str]:
    match block:
        case Heading() | Paragraph():
            return [block.text]
        case Bullets():
            return [f"- {item}" for item in block.items]
        case KeyFigure():
            return [block.figure, *block.lines]
        case Table():
            return ["; ".join(row) for row in block.rows]
        case _:
            return []


def _plain(found: Any) -> str:
    if isinstance(found, dict):
        return "; ".join(f"{name} {_plain(one)}" for name, one in found.items())
    if isinstance(found, (list, tuple)):
        return ", ".join(_plain(one) for one in found)
    return str(found)
