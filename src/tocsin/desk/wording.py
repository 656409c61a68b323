"""What is claimed, in words: a headline and blocks for every kind, the same on paper, on a page and in a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tocsin.core.assessing import Assessment, Rated
from tocsin.core.belief import one_in, percent, significant, times
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
from tocsin.core.errors import LexiconError
from tocsin.core.fielding import Contribution, Reply, Request
from tocsin.core.kinds import Body, Downgrade, Forecast, Lineage, Note, Proposal, Recall, Release
from tocsin.desk.dissents import Dissenting
from tocsin.desk.document import Block, Bullets, Heading, KeyFigure, Paragraph, Table

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


def text(body: Body) -> str:
    """The words of a body as running text, for a list or a page of statements."""
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
            return "\n".join(line for block in blocks(body) for line in _lines(block))


def blocks(body: Body) -> list[Block]:
    """What is claimed, as blocks of a document."""
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
            return assessment(body)
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


def value(question: Question, number: float) -> str:
    """A number that answers a question, as it is read.

    >>> question = Question(key="a", answer="ordinal", text="?", outcome="o", horizon="h", criteria="c", examples=["e"],
    ...     scale=["none", "some", "much"])
    >>> value(question, 2), value(question, 2.5)
    ('some', 'between some and much')
    """
    match question.answer:
        case Answer.PROBABILITY:
            return f"{percent(number)} ({one_in(number)})"
        case Answer.NUMERIC:
            return f"{significant(number, 3)} {question.unit}"
        case Answer.ORDINAL:
            low, high = int(number), -int(-number // 1)
            words = question.scale[low - 1]
            return words if low == high else f"between {words} and {question.scale[high - 1]}"


def answered(given: Given, question: Question | None = None) -> str:
    """An estimate in one line."""
    if question is None:
        numbers = f"lowest {given.lowest:g}, best {given.best:g}, highest {given.highest:g}"
    else:
        low, best, high = (value(question, one) for one in (given.lowest, given.best, given.highest))
        numbers = f"best {best}, between {low} and {high}"
    return f"{numbers}; {round(100 * given.confidence)} % sure that the truth lies between."


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
            f"{value(question, body.low)} to {value(question, body.high)}."
        )
    if body.lowest is not None and body.highest is not None:
        lines.append(
            f"Participants' own ends, at 80 %: {value(question, body.lowest)} to {value(question, body.highest)}."
        )
    if question.base_rate and question.answer is Answer.PROBABILITY:
        lines.append(
            f"{times(body.value / question.base_rate).capitalize()} the base rate of {percent(question.base_rate)} "
            f"({question.base_rate_source})."
        )
    spread = body.spread
    lines.append(
        f"Best estimates from {value(question, spread.least)} to {value(question, spread.most)}, half of them between "
        f"{value(question, spread.lower)} and {value(question, spread.upper)}."
    )
    return [*asked, KeyFigure(value(question, body.value), tuple(lines)), *_flags(body), *settled]


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
    return [Paragraph("To be known: " + "; ".join(told) + ".")] if told else []


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


def assessment(body: Assessment) -> list[Block]:
    """A structured assessment."""
    overall = body.overall
    lines = [
        f"{percent(overall.probability)}, between {percent(overall.low)} and {percent(overall.high)}; "
        f"confidence {overall.confidence}.",
        f"Outcome: {_sense(overall.outcome)}, within {overall.horizon} months.",
    ]
    if overall.base_rate:
        lines.append(f"{times(overall.probability / overall.base_rate).capitalize()} the base rate given.")
    lines.append("The model's number was known." if body.saw_model else "Given before the model's number was shown.")
    rated = tuple((f"{one.factor}", *_rated(one)) for one in body.ratings)
    resilient = tuple((one.what, *_rated(one)) for one in body.resilience)
    columns = ("Factor", "Found", "Direction", "Confidence", "Importance", "Rests on")
    return [
        KeyFigure(one_in(overall.probability), tuple(lines)),
        *_paragraphs(body.summary),
        Heading(f"Factors of the frame {body.frame}"),
        Table(columns, rated),
        Heading("Resilience"),
        Table(("What", *columns[1:]), resilient) if resilient else Paragraph(f"None named: {body.no_resilience}"),
        Heading("Protective actors"),
        Bullets(tuple(f"{one.group}: {one.protects}" for one in body.protectors))
        if body.protectors
        else Paragraph(f"None named: {body.no_protectors}"),
        *_listed("Possible perpetrators, as groups", [f"{p.group}: {p.motive} {p.means}" for p in body.perpetrators]),
        *_listed("Possible targets, as groups", [f"{t.group}: {t.why}" for t in body.targets]),
        *_listed("Assumptions", body.assumptions),
        *_listed("What would change this judgement", body.would_change),
    ]


def _sense(id: str) -> str:
    """A sense of a term in words; its identifier where the lexicon of today has no such sense any more."""
    from tocsin.desk.assessing.frames import outcome

    try:
        return f"{outcome(id).label()} ({id})"
    except LexiconError:
        return id


def _rated(one: Rated) -> tuple[str, ...]:
    found = f"{one.status}, {one.level}" if one.level else str(one.status)
    rests = ", ".join(cited.item for cited in one.evidence) or ("judgement alone" if one.judged else "nothing cited")
    reason = f": {one.reason}" if one.reason else ""
    return found, str(one.direction), str(one.confidence), str(one.importance), rests + reason


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
