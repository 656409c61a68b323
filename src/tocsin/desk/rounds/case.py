"""How a round stands: its questions, the steps it has taken, who is invited, what has been sent."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from tocsin.core.convening import STEPS, Declaration, Envelope, Invitation, Round, Stage, Step
from tocsin.core.errors import NotFound, StatementError
from tocsin.core.instant import Instant, instant, moment
from tocsin.core.marking import TLP, Audience, Caveat, Marking
from tocsin.core.register import Person
from tocsin.core.seeing import Actor, may_see, originates
from tocsin.core.statement import Attribution, Statement
from tocsin.desk.views import View
from tocsin.desk.visit import Sight, Visit
from tocsin.store import auditing
from tocsin.store.held import Held
from tocsin.store.reading import Reader

LATE, SEALED, DECLARED = "late for a round", "sealed an answer", "declared to a round"
"""The acts of whoever sends an answer after its stage has ended, of whoever sends one in time, and of whoever says
whether they have an interest.
"""

ANSWERING = frozenset({LATE, SEALED, DECLARED})
"""Acts that tell who has answered a round, and when."""

_UNTIL = {Stage.FIRST: "first_until", Stage.SECOND: "second_until", Stage.CLOSING: "closing_until"}


@dataclass(frozen=True)
class Sent:
    """An envelope with who sent it; recalled if its author took it back."""

    head: Held
    statement: Statement
    body: Envelope

    @property
    def author(self) -> tuple[str, str]:
        """Organisation and person."""
        return self.head.organisation, self.head.person or ""


@dataclass(frozen=True)
class Case:
    """A round as the node knows it."""

    head: Held
    statement: Statement
    body: Round
    steps: tuple[tuple[Held, Step], ...]

    @cached_property
    def stage(self) -> Stage:
        """Where it is: what its steps, in order, lead to."""
        found = Stage.CANCELLED if self.head.recalled else Stage.REGISTERED
        for _, step in self.steps:
            before, after = STEPS[step.step]
            found = after if found in before else found
        return found

    @property
    def until(self) -> Instant | None:
        """After which instant nothing is taken in this stage; None where nothing is taken anyway."""
        name = _UNTIL.get(self.stage)
        return instant(getattr(self.body, name)) if name else None

    @property
    def unattributed(self) -> bool:
        """Whether nothing said in it is attributed to anybody."""
        return self.body.attributed == "non-attributed"

    @property
    def attribution(self) -> Attribution:
        """How what is opened in it is attributed."""
        return Attribution(self.body.attributed)

    @property
    def opened(self) -> Marking:
        """The marking of what is opened in it."""
        if not self.unattributed:
            return self.head.marking
        return self.head.marking.join(
            Marking(tlp=TLP.CLEAR, caveats=frozenset({Caveat.CHATHAM_HOUSE}), audience=Audience.of("everyone"))
        )

    def convenes(self, actor: Actor) -> bool:
        """Whether the actor is of the organisation that convenes it."""
        return originates(actor, self.head)

    def invites(self, person: Person) -> bool:
        """Whether a person is invited."""
        return any(invites(one, person) for one in self.body.invitations)


def invites(invitation: Invitation, person: Person) -> bool:
    """Whether an invitation takes in a person."""
    return (
        person.active
        and invitation.organisation == person.organisation
        and (invitation.role is None or invitation.role in person.roles)
        and (not invitation.persons or person.id in invitation.persons)
    )


def case_of(sight: Sight, id: str) -> Case:
    """A round that the visitor may see.

    Errors: NotFound if there is none, or none for them.
    """
    head = sight.find(id)
    if head.kind != "round":
        raise NotFound("this is no round", where=id, remedy="Give the identity of a round")
    return read(sight.reader, head)


def round_of(visit: Visit, view: View) -> str | None:
    """The round that a statement is, or that it was made in; None if it is in none that the visitor may see."""
    # A statement about another one is found under the subject of that, so its own is asked.
    about = view.shown["subject"]
    id = view.id if view.head.kind == "round" else about["id"] if about["type"] == "statement" else None
    if id is None:
        return None
    with visit.reading() as sight:
        found = sight.only(sight.reader.find([id]).values())
    return id if any(head.kind == "round" and not head.recalled for head in found) else None


def read(reader: Reader, head: Held) -> Case:
    """A round by its head."""
    stated = reader.statements([head])[head.id][1]
    assert isinstance(stated.body, Round)
    taken = [link.source for link in reader.links_to([head.id], "about", kind="step")]
    words = reader.statements(taken)
    steps = tuple((one, words[one.id][1].body) for one in taken)
    return Case(head, stated, stated.body, tuple((one, body) for one, body in steps if isinstance(body, Step)))


def sent(reader: Reader, case: Case, stage: str, author: tuple[str, str] | None = None) -> tuple[Sent, ...]:
    """The last that each author, or this one, sent to each question in a stage, also where they took it back since."""
    # The record picks the author's: what somebody sends must not cost what everybody has sent.
    heads = [link.source for link in reader.links_to([case.head.id], "about", kind="envelope", author=author)]
    words = reader.statements(heads)
    last: dict[tuple[str, str, str | None], Sent] = {}
    for head in heads:
        stated = words[head.id][1]
        if isinstance(stated.body, Envelope) and stated.body.stage == stage:
            one = Sent(head, stated, stated.body)
            last[(*one.author, stated.body.question)] = one
    return tuple(last.values())


def counting(found: Iterable[Sent]) -> tuple[Sent, ...]:
    """Those that were not taken back."""
    return tuple(one for one in found if not one.head.recalled)


def declarations(
    reader: Reader, case: Case, author: tuple[str, str] | None = None
) -> dict[tuple[str, str], tuple[Held, Declaration]]:
    """What each participant, or this one, declared last, by organisation and person."""
    heads = [link.source for link in reader.links_to([case.head.id], "about", kind="declaration", author=author)]
    words = reader.statements(heads)
    found = ((head, words[head.id][1].body) for head in heads)
    return {
        (head.organisation, head.person or ""): (head, body) for head, body in found if isinstance(body, Declaration)
    }


def late(reader: Reader, case: Case, stage: str) -> frozenset[str | None]:
    """The questions for which somebody tried to answer after the end of a stage."""
    lines = auditing.about(reader.connection, case.head.id, (LATE,), before=None, limit=10_000)
    return frozenset(line.detail.get("question") for line in lines if line.detail.get("stage") == stage)


def participants(sight: Sight, case: Case) -> Iterator[Person]:
    """Everybody who is invited and may see the round."""
    register, now = sight.reader.register, sight.visit.store.clock()
    for person in register.persons.values():
        actor = register.actor(person.id, now, sight.visit.store.world)
        if case.invites(person) and may_see(actor, case.head).allow:
            yield person


def invited(sight: Sight, case: Case) -> bool:
    """Whether the visitor is."""
    person = sight.reader.register.persons.get(sight.visit.actor.person)
    return person is not None and sight.visit.actor.active and case.invites(person)


def ends_in_time(case: Case, now: Instant, stage: Stage) -> None:
    """Whether an answer of a stage can still be taken.

    Errors: StatementError says when it ended, or that it has not begun.
    """
    if case.stage is not stage:
        raise StatementError(
            f"the round takes no answers of the stage {stage.value!r} now; it is {case.stage.value}",
            field="stage",
            remedy="Your draft is kept; ask the convenor",
        )
    if case.until is not None and now > case.until:
        raise StatementError(
            f"this stage ended on {moment(case.until):%Y-%m-%d at %H:%M} UTC, so the answer came late",
            field="stage",
            remedy="Your draft is kept; ask the convenor, who can register a new round",
        )


def context(round: str, stage: str, question: str | None, organisation: str, person: str) -> dict[str, str]:
    """What a sealed answer is bound to, so that it cannot be put under another name or question."""
    bound = {"round": round, "stage": stage, "question": question or "", "organisation": organisation}
    return bound | {"person": person}


def unsealed(sight: Sight, sent: Sent) -> dict[str, object]:
    """What is in an envelope.

    Errors: SealError if the node's key is not there.
    """
    bound = context(sent.statement.subject.id, sent.body.stage, sent.body.question, *sent.author)
    found: dict[str, object] = json.loads(sight.visit.store.seal.open(bound, sent.body.sealed))
    return found


def own(sight: Sight, case: Case, stage: str) -> dict[str | None, Sent]:
    """What the visitor has sent in a stage and not taken back, by question."""
    me = (sight.visit.actor.organisation, sight.visit.actor.person)
    return {one.body.question: one for one in counting(sent(sight.reader, case, stage, me))}


def private(case: Case, person: str) -> Marking:
    """The marking of what a participant sends: for themselves alone, and within the round's."""
    return case.head.marking.join(Marking(tlp=TLP.RED, audience=Audience.of(f"person:{person}")))
