"""A round as one person may see it: what they are asked, what they have sealed, what was opened, what came out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tocsin.core.convening import (
    FEWEST,
    Closing,
    Declaration,
    Estimate,
    Flags,
    Given,
    Question,
    Recommendation,
    Result,
    Round,
    Stage,
    Step,
    Support,
    Wishes,
)
from tocsin.core.errors import SealError
from tocsin.core.instant import Instant
from tocsin.core.marking import TLP, Audience, Marking, strictest
from tocsin.core.seeing import Role
from tocsin.core.statement import digest
from tocsin.desk import views
from tocsin.desk.rounds import case as cases
from tocsin.desk.rounds.answering import declared
from tocsin.desk.rounds.case import Case, case_of, counting, invited, participants, sent, unsealed
from tocsin.desk.rounds.opening import flags_of, tellable
from tocsin.desk.rounds.results import result
from tocsin.desk.views import View, shown
from tocsin.desk.visit import Sight, Visit

LISTED = 100
"""Rounds in one list."""

_SHOWN = ("estimate", "result", "recommendation", "step", "dissent")
_STAGES = {Stage.FIRST: "first", Stage.SECOND: "second", Stage.CLOSING: "closing"}
_ENDED = (("first", "share"), ("second", "pool"))

Mine = Mapping[tuple[str, str | None], Mapping[str, Any]]
"""What somebody has sealed, by stage and question."""


@dataclass(frozen=True)
class Opinion:
    """An estimate that was opened. by: identifiers of organisation and person as far as it is attributed; mine: it is
    the reader's own.
    """

    view: View
    given: Given
    by: tuple[str, ...]
    mine: bool


@dataclass(frozen=True)
class Put:
    """One question as it stands for a reader.

    mine: what they have sealed in this stage, or sent last. first, second: estimates that were opened, in the order of
    their numbers. flags: of each stage that was closed. preliminary: what the second estimates come to while dissents
    are still being taken, for the round's page alone. result: the statement of the result, once the round is finished.
    """

    question: Question
    mine: Given | None
    first: tuple[Opinion, ...]
    second: tuple[Opinion, ...]
    flags: Mapping[str, Flags]
    preliminary: Result | None
    result: View | None


@dataclass(frozen=True)
class Advice:
    """A recommendation with its support, once that is counted, and what the reader said of it."""

    view: View
    text: str
    support: Support | None
    mine: str | None


@dataclass(frozen=True)
class Told:
    """A round as a reader sees it.

    until: the end of this stage. left: microseconds until then, below zero if it is past; None where there is no end.
    convenes, invited: what the reader may do. declared: what they declared. answered: how many participants have sent
    something in this stage, for the convenor alone; None too where fewer than three have and nothing is attributed.
    asked: how many are invited and can see it. wishes, closing: what the reader has sealed beside estimates.
    unreadable: the questions of this stage to which the reader has sealed an answer that cannot be read, None for what
    is of no question. pack: the statements of the background pack.
    """

    view: View
    round: Round
    stage: Stage
    until: Instant | None
    left: int | None
    convenes: bool
    invited: bool
    declared: Declaration | None
    answered: int | None
    asked: int
    put: tuple[Put, ...]
    advice: tuple[Advice, ...]
    steps: tuple[tuple[View, Step], ...]
    wishes: Wishes | None
    closing: Closing | None
    unreadable: frozenset[str | None]
    pack: tuple[View, ...]

    @property
    def over(self) -> bool:
        """Whether the stage has an end and it is past, though the convenor has not taken the next step."""
        return self.left is not None and self.left < 0

    @property
    def turnout(self) -> str:
        """How many have answered in this stage, in words for the convenor."""
        if self.answered is None:
            return f"fewer than three of the {self.asked} who are invited have answered"
        least = "at least " if self.round.attributed == "non-attributed" and self.answered < self.asked else ""
        return f"{least}{self.answered} of the {self.asked} who are invited have answered"

    @property
    def answered_all(self) -> bool:
        """Whether no estimate is taken any more, so that none can be swayed by another's number."""
        return self.stage not in (Stage.REGISTERED, Stage.FIRST, Stage.SECOND)

    @property
    def marking(self) -> Marking:
        """Of everything in it that was opened; what the reader alone has sealed is under ``own_marking``."""
        opinions = (one.view for put in self.put for one in (*put.first, *put.second))
        results = (put.result for put in self.put if put.result)
        rest = (*(one.view for one in self.advice), *opinions, *results, *self.pack)
        return strictest(self.view.head.marking, *{one.head.marking for one in rest})

    def own_marking(self, visit: Visit) -> Marking:
        """Of what the reader has sealed or declared: for themselves alone."""
        return self.marking.join(Marking(tlp=TLP.RED, audience=Audience.of(f"person:{visit.actor.person}")))


@dataclass(frozen=True)
class Listed:
    """A round in a list.

    left: as in ``Told``. waiting: the questions that await an answer of this reader. open: how many answers await them:
    those, or one for all in the closing stage.
    """

    view: View
    round: Round
    stage: Stage
    until: Instant | None
    left: int | None
    convenes: bool
    invited: bool
    waiting: tuple[Question, ...]
    open: int

    @property
    def waits_for_step(self) -> bool:
        """Whether the reader convenes it and nothing happens before they take it a step on."""
        return self.convenes and (self.stage is Stage.REGISTERED or (self.left is not None and self.left < 0))


def told(visit: Visit, id: str) -> Told:
    """A round in full.

    What they have sealed and cannot be read, because the node's key is not there, is told of in ``unreadable``.

    Errors: NotFound if there is none, or none for this person.
    """
    with visit.reading() as sight:
        case = case_of(sight, id)
        links = (link for kind in _SHOWN for link in sight.reader.links_to([id], "about", kind=kind))
        heads = [head for head in sight.only(link.source for link in links) if not head.recalled]
        everything = {view.id: view for view in shown(sight, [case.head, *heads])}
        mine, unreadable = _mine(sight, case)
        said = declared(sight, case)
        return Told(
            view=everything[id],
            round=case.body,
            stage=case.stage,
            until=case.until,
            left=_left(sight, case),
            convenes=_leads(visit, case),
            invited=invited(sight, case),
            declared=said[1] if said else None,
            answered=_answered(sight, case),
            asked=sum(1 for _ in participants(sight, case)),
            put=_put(visit, case, everything, mine),
            advice=_advice(case, everything, mine),
            steps=tuple((everything[head.id], body) for head, body in case.steps if head.id in everything),
            wishes=_sealed(mine, "second", None, Wishes),
            closing=_sealed(mine, "closing", None, Closing),
            unreadable=unreadable,
            pack=shown(sight, sight.only(sight.reader.find(case.statement.inputs).values())),
        )


def listed(visit: Visit) -> tuple[Listed, ...]:
    """The rounds that this person may see: those that await their answer first, then the newest."""
    page = views.current(visit, kind="round", limit=LISTED)
    with visit.reading() as sight:
        found = [_listed(sight, view) for view in page.views]
    return tuple(sorted(found, key=lambda one: (one.open == 0, -one.view.head.recorded_at)))


def _listed(sight: Sight, view: View) -> Listed:
    case = cases.read(sight.reader, view.head)
    asked = invited(sight, case)
    waiting, open_ = _open(sight, case) if asked else ((), 0)
    return Listed(
        view=view,
        round=case.body,
        stage=case.stage,
        until=case.until,
        left=_left(sight, case),
        convenes=_leads(sight.visit, case),
        invited=asked,
        waiting=waiting,
        open=open_,
    )


def _mine(sight: Sight, case: Case) -> tuple[Mine, frozenset[str | None]]:
    """What the visitor has sealed, and in this stage that which cannot be read: it is not shown as if it were nothing,
    and neither the round nor what came out of it goes with the key.
    """
    found: dict[tuple[str, str | None], Mapping[str, Any]] = {}
    unreadable: set[str | None] = set()
    for stage in _STAGES.values():
        for key, one in cases.own(sight, case, stage).items():
            try:
                found[(stage, key)] = unsealed(sight, one)
            except SealError:
                if _STAGES.get(case.stage) == stage:
                    unreadable.add(key)
    return found, frozenset(unreadable)


def _sealed(mine: Mine, stage: str, key: str | None, kind: type[Any]) -> Any:
    content = mine.get((stage, key))
    return None if content is None else kind.model_validate(content)


def _put(visit: Visit, case: Case, everything: Mapping[str, View], mine: Mine) -> tuple[Put, ...]:
    given: dict[tuple[str, str], list[Opinion]] = {}
    standing: dict[str, View] = {}
    for view in everything.values():
        if isinstance(view.body, Estimate):
            given.setdefault((view.body.stage, view.body.question), []).append(_opinion(visit, view, view.body))
        elif isinstance(view.body, Result):
            standing[view.body.question.key] = view
    told = {stage: flags_of(case, step) for stage, step in _ENDED}
    now = "first" if case.stage is Stage.FIRST else "second"

    def put(question: Question) -> Put:
        first, second = (_opinions(case, given.get((stage, question.key), [])) for stage in ("first", "second"))
        flags = {stage: found[question.key] for stage, found in told.items() if question.key in found}
        preliminary = None
        if case.stage is Stage.CLOSING:
            numbers = [(one.view.id, one.given) for one in second]
            preliminary = result(question, tellable(case, numbers), case.body.method, flags["second"])
        return Put(
            question=question,
            mine=_sealed(mine, now, question.key, Given),
            first=first,
            second=second,
            flags=flags,
            preliminary=preliminary,
            result=standing.get(question.key),
        )

    return tuple(put(question) for question in case.body.questions)


def _opinions(case: Case, found: list[Opinion]) -> tuple[Opinion, ...]:
    if case.unattributed and len(found) < FEWEST:
        # So many were recalled that those who are left would stand out.
        return ()
    # In the order of the numbers, not of the record.
    return tuple(sorted(found, key=lambda one: (one.given.best, one.view.id)))


def _opinion(visit: Visit, view: View, body: Estimate) -> Opinion:
    author = view.shown["author"]
    by = tuple(author[name] for name in ("organisation", "person") if author.get(name))
    own = (view.head.organisation, view.head.person) == (visit.actor.organisation, visit.actor.person)
    return Opinion(view, body.given, by, own)


def _advice(case: Case, everything: Mapping[str, View], mine: Mine) -> tuple[Advice, ...]:
    support = {one.recommendation: one for _, step in case.steps for one in step.support}
    votes = (mine.get(("closing", None)) or {}).get("support", {})
    found = [(view, view.body) for view in everything.values() if isinstance(view.body, Recommendation)]
    # By a digest, which is as good as chance, so that the order tells nothing.
    found.sort(key=lambda pair: digest(pair[0].id.encode()))
    return tuple(Advice(view, body.text, support.get(view.id), votes.get(view.id)) for view, body in found)


def _leads(visit: Visit, case: Case) -> bool:
    """Whether the visitor takes the round from stage to stage: a convenor of the organisation that convenes it."""
    return Role.CONVENOR in visit.roles and case.convenes(visit.actor)


def _answered(sight: Sight, case: Case) -> int | None:
    """How many have sent something in this stage, for the convenor; None if too few to tell.

    Where nothing is attributed it goes up by threes: one by one it would tell when each answer came.
    """
    if not _leads(sight.visit, case) or case.stage not in _STAGES:
        return None
    number = len({one.author for one in counting(sent(sight.reader, case, _STAGES[case.stage]))})
    if not case.unattributed or (number >= FEWEST and number == sum(1 for _ in participants(sight, case))):
        return number
    return number - number % FEWEST or None


def _left(sight: Sight, case: Case) -> int | None:
    return None if case.until is None else case.until - sight.visit.store.clock()


def _open(sight: Sight, case: Case) -> tuple[tuple[Question, ...], int]:
    """The questions that await the visitor in this stage, and how many answers."""
    left = _left(sight, case)
    if left is None or left < 0:
        return (), 0
    mine = cases.own(sight, case, _STAGES[case.stage])
    if case.stage is Stage.CLOSING:
        return (), int(None not in mine)
    waiting = tuple(question for question in case.body.questions if question.key not in mine)
    return waiting, len(waiting)
