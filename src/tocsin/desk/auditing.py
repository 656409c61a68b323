"""What the audit log answers: whether it is whole, who saw a statement, and what a person did.

An answer holds only what the asker may see today. Of a line about several statements only those are named that they
may see, a line about none of these is left out, and so are its particulars unless they may see all of them. A denial
is always listed, alike whether there is no such statement or it is not for the asker; why it was denied is told only
to others than the one refused, and only about a statement that they may see. Nothing tells who wrote what is not
attributed to them: their own lines about it are left out, except among its readings, where a line that is missing under
one statement of a round and there under the next would tell whose it is. Who has answered a round is told to nobody.
Pages go on after a line's hash, because its number would count what others did.

Every question is itself on record before it is answered.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from tocsin.core.errors import AccessError, RegisterError, StatementError
from tocsin.core.instant import Instant
from tocsin.core.seeing import Role, originates
from tocsin.core.statement import Attribution
from tocsin.core.work import Progress, silent
from tocsin.desk import people, rules
from tocsin.desk.node import OPERATOR
from tocsin.desk.rounds.case import ANSWERING
from tocsin.desk.views import MOST
from tocsin.desk.visit import Sight, Visit
from tocsin.store import auditing
from tocsin.store.auditing import Broken, Logged, Verified
from tocsin.store.held import Held

__all__ = ["SEEING", "Answer", "Broken", "Deed", "Seen", "Verified", "by_person", "verify", "who_saw"]

SEEING = ("read", "exported")
"""Acts by which somebody comes to know what a statement says."""

_IDENTITY = re.compile(r"\b[0-9a-f]{64}\b")

_AT_ONCE = 5000
"""Identities in one query; both databases have a limit."""

_Shown = TypeVar("_Shown")


@dataclass(frozen=True)
class Seen:
    """A reading of a statement. person, name: None for somebody of whom the asker may not know, but the organisation;
    of what is not attributed nobody is named to others than its author, because who is missing would be the author.

    line: the hash of the line of the log. door: empty where nobody is named: its author may be the one who uses it.
    """

    line: str
    at: Instant
    person: str | None
    name: str | None
    organisation: str | None
    door: str
    act: str


@dataclass(frozen=True)
class Deed:
    """A line about a person. objects: identities of statements and files, of those that the asker may see.

    line: the hash of the line of the log.
    """

    line: str
    at: Instant
    door: str
    act: str
    objects: tuple[str, ...]
    detail: Mapping[str, Any]


@dataclass(frozen=True)
class Answer(Generic[_Shown]):
    """A page of an answer, newest first. more: the line to go on after, None at the end."""

    lines: tuple[_Shown, ...]
    more: str | None


def verify(visit: Visit, progress: Progress = silent) -> Verified:
    """Whether the log is whole from its first line to its last.

    Errors: AccessError unless asked by a steward.
    """
    visit.need(Role.STEWARD, to="verify the audit log")
    visit.note("verified the audit log")
    return auditing.verify(visit.store, progress)


def who_saw(visit: Visit, id: str, *, after: str | None = None, limit: int = 50) -> Answer[Seen]:
    """Who read or exported a statement, its author aside if that is known to whoever asks.

    Errors: NotFound as ``Sight.find``; AccessError unless asked by a steward, or a desk officer or convenor of the
    organisation that made it; StatementError if there is no such line to go on after.
    """
    with visit.reading() as sight:
        head = sight.find(id)
    own = bool(visit.roles & {Role.DESK_OFFICER, Role.CONVENOR}) and originates(visit.actor, head)
    if Role.STEWARD not in visit.roles and not own:
        visit.note("denied", [id], {"to": "ask who saw a statement"})
        raise AccessError(
            "only a steward, or a desk officer or convenor of the organisation that made it, may ask who saw it",
            remedy="Ask one of them",
        )
    visit.note("asked who saw", [id])
    with visit.reading() as sight:
        connection = sight.reader.connection
        known = people.known_to(sight).persons

        def fetch(before: int | None) -> list[Logged]:
            return auditing.about(connection, id, SEEING, before=before, limit=MOST)

        def show(line: Logged) -> Seen | None:
            mine = originates(visit.actor, head) and head.person == visit.actor.person
            named = mine or _tells_nobody(head, line.organisation or "")
            if (line.organisation, line.person) == (head.organisation, head.person) and named:
                return None
            person = known.get(line.person or "") if named else None
            return Seen(
                line=line.hash,
                at=line.at,
                person=person.id if person else None,
                name=person.name if person else None,
                organisation=line.organisation if mine or head.attributed else None,
                door=line.door if named else "",
                act=line.act,
            )

        start = None if after is None else _number(auditing.number(connection, after, object=id))
        return _page(fetch, lambda lines: [(line, show(line)) for line in lines], start, limit)


def by_person(visit: Visit, person: str, *, after: str | None = None, limit: int = 50) -> Answer[Deed]:
    """What a person did, as far as the asker may know.

    Errors: AccessError unless asked by a steward or by that person; RegisterError if there is no such person;
    StatementError if there is no such line to go on after.
    """
    if person != visit.actor.person:
        visit.need(Role.STEWARD, to="ask what somebody else did")
    with visit.reading() as sight:
        if person not in people.known_to(sight).persons and person != OPERATOR.person:
            raise RegisterError(
                f"nobody here is called person:{person[:80]}", field="person", remedy="Choose one from the list"
            )
    visit.note("asked what a person did", detail={"about": person})
    with visit.reading() as sight:
        connection = sight.reader.connection

        def fetch(before: int | None) -> list[Logged]:
            return auditing.of_person(connection, person, before=before, limit=MOST)

        start = None if after is None else _number(auditing.number(connection, after, person=person))
        return _page(fetch, lambda lines: _deeds(sight, person, lines), start, limit)


def _page(
    fetch: Callable[[int | None], list[Logged]],
    show: Callable[[list[Logged]], list[tuple[Logged, _Shown | None]]],
    before: int | None,
    limit: int,
) -> Answer[_Shown]:
    """Fetch and leave out until the page is full or the log is at its beginning."""
    wanted = min(max(limit, 1), MOST)
    shown: list[tuple[str, _Shown]] = []
    while True:
        lines = fetch(before)
        shown += [(line.hash, one) for line, one in show(lines) if one is not None]
        if len(shown) > wanted:
            return Answer(tuple(one for _, one in shown[:wanted]), shown[wanted - 1][0])
        if len(lines) < MOST:
            return Answer(tuple(one for _, one in shown), None)
        before = lines[-1].seq


def _number(found: int | None) -> int:
    if found is None:
        raise StatementError("there is no such line to go on after", field="after", remedy="Begin again without it")
    return found


def _deeds(sight: Sight, person: str, lines: list[Logged]) -> list[tuple[Logged, Deed | None]]:
    named = {line.seq: (*line.objects, *_IDENTITY.findall(json.dumps(line.detail))) for line in lines}
    visible = _visible(sight, {id for ids in named.values() for id in ids}, person)
    groups = people.known_to(sight).groups
    return [(line, _deed(sight, line, named[line.seq], visible, groups)) for line in lines]


def _deed(
    sight: Sight, line: Logged, named: tuple[str, ...], visible: set[str], groups: Mapping[str, object]
) -> Deed | None:
    """The line as the asker may know it; None if nothing of it is for them."""
    group = line.detail.get("id") if line.detail.get("entry") == "group added" else line.detail.get("group")
    hidden = not visible.issuperset(named) or (group is not None and group not in groups)
    detail = dict(line.detail)
    if line.act == "denied":
        if not named or line.person == sight.visit.actor.person:
            detail.pop("why", None)
    elif hidden and not visible.intersection(line.objects):
        return None
    if line.act in ANSWERING and line.person != sight.visit.actor.person:
        return None
    return Deed(
        line=line.hash,
        at=line.at,
        door=line.door,
        act=line.act,
        objects=tuple(id for id in line.objects if id in visible),
        detail={} if hidden else detail,
    )


def _tells_nobody(head: Held, organisation: str) -> bool:
    """Whether naming somebody of an organisation as a reader cannot tell, by who is missing, who wrote a statement."""
    return head.attribution is Attribution.NAMED or (head.attributed and head.organisation != organisation)


def _visible(sight: Sight, ids: set[str], person: str) -> set[str]:
    """Those of the identities, of statements and files, that the asker may see beside this person's name."""
    wanted = sorted(ids)
    found: dict[str, Held] = {}
    files: set[str] = set()
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        found |= sight.reader.find(some)
        files |= auditing.files_among(sight.reader.connection, some)
    heads = sight.only(found.values())
    if person != sight.visit.actor.person:
        # Of what others read, a statement of somebody unnamed is left out: who is missing from its readers wrote it.
        known = sight.reader.register.persons.get(person)
        home = known.organisation if known else ""
        heads = [head for head in heads if _tells_nobody(head, home)]
    return {head.id for head in heads} | {id for id in files if rules.may_use(sight, id)}
