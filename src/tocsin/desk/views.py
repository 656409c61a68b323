"""Views over statements: what stands now or stood on a day, the history of a subject, what changed, what is found.

Every view is made of statements that ``may_see`` allows and of nothing else. Rights are those of today, also for a
view of an earlier day: somebody who has left a group does not see what they once saw, and what was recalled stays so.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

from tocsin.core.errors import NotFound, StatementError
from tocsin.core.instant import NEVER, Instant
from tocsin.core.kinds import Body, spelled
from tocsin.core.marking import Marking, strictest
from tocsin.core.statement import Attribution, Statement
from tocsin.desk.dissents import Dissenting, carried, dissenting
from tocsin.desk.visit import Sight, Visit
from tocsin.store.held import Held

MOST = 200
"""Statements on one page."""

COUNTED = 200
"""A count beyond this is told as "more than": counting on would cost more than it tells."""

COMPARED = 2000
"""Statements of a subject, newest first, that two days are compared by."""


PARTS = frozenset(
    {
        "activation",
        "backtest",
        "declaration",
        "dissent",
        "envelope",
        "estimate",
        "happening",
        "moment",
        "recommendation",
        "sign",
        "step",
    }
)
"""Kinds that belong to a round, the calendar, a trigger or a scenario, and are read there: hundreds of estimates or of
past elections would hide everything else said of a state.
"""


@dataclass(frozen=True)
class View:
    """A statement as somebody may see it.

    body: what is claimed. open_part: what the identity vouches for, as the canonical JSON that was stored.
    person, organisation: the author as far as the attribution lets this reader know.
    dissents: from the round's result that it is or rests on; every way to show it must show them.
    supersedes, superseded_by, derived_from: identities, of statements that this reader may see.
    state: whether it stands, was superseded (by a statement this reader may see), or was recalled.
    """

    head: Held
    body: Body
    open_part: bytes
    state: Literal["current", "superseded", "recalled"]
    supersedes: tuple[str, ...]
    superseded_by: tuple[str, ...]
    derived_from: tuple[str, ...]
    person: str | None
    organisation: str | None
    dissents: tuple[Dissenting, ...]

    @property
    def id(self) -> str:
        """The identity."""
        return self.head.id

    @cached_property
    def shown(self) -> dict[str, Any]:
        """The open part, read."""
        read: dict[str, Any] = json.loads(self.open_part)
        return read


@dataclass(frozen=True)
class Listing:
    """A page of statements, newest first; ``more`` is the instant to go on before, None at the end."""

    views: tuple[View, ...]
    more: Instant | None


@dataclass(frozen=True)
class Count:
    """How many statements; ``more``: at least this many, not counted on. marking: the join of theirs, if any."""

    number: int
    more: bool = False
    marking: Marking | None = None


@dataclass(frozen=True)
class Differences:
    """What changed between two days: statements that are new, those that no longer stand, and pairs of old and new.

    complete: False if there are so many statements that only the newest ``COMPARED`` of each day were compared.
    """

    added: tuple[View, ...]
    gone: tuple[View, ...]
    replaced: tuple[tuple[View, View], ...]
    complete: bool = True


def statement(visit: Visit, id: str, *, as_of: Instant = NEVER) -> View:
    """One statement, as it stood at an instant.

    Errors: NotFound if there is none, or none for this person, or was none yet.
    """
    with visit.reading() as sight:
        head = sight.find(id)
        if head.recorded_at > as_of:
            raise NotFound("there was no such statement yet", where=id, remedy="Ask as of a later day")
        return _views(sight, [head], as_of)[0]


def recall_of(visit: Visit, id: str) -> str | None:
    """The statement by which one was withdrawn, for those to whom that is open; None otherwise."""
    with visit.reading() as sight:
        links = sight.reader.links_to([id], "recalls") if len(id) == 64 and id.isalnum() and id.isascii() else []
        found = sight.only(link.source for link in links)
        return found[0].id if found else None


def current(
    visit: Visit,
    *,
    subject: str | None = None,
    kind: str | None = None,
    as_of: Instant = NEVER,
    before: Instant = NEVER,
    limit: int = 50,
    parts: bool = True,
) -> Listing:
    """The statements that stand now, or stood at an instant: neither superseded nor recalled.

    parts: with the parts of rounds (``PARTS``).
    """
    with visit.reading() as sight:
        heads, more = _standing(sight, subject, kind, as_of, before, min(limit, MOST), parts=parts)
        return Listing(_views(sight, heads, as_of, standing=True), more)


def every(visit: Visit, *, subject: str | None = None, kind: str | None = None) -> Iterator[View]:
    """All statements that stand, page after page."""
    before: Instant | None = NEVER
    while before is not None:
        page = current(visit, subject=subject, kind=kind, before=before, limit=MOST)
        yield from page.views
        before = page.more


def count(
    visit: Visit,
    *,
    subject: str | None = None,
    kind: str | None = None,
    as_of: Instant = NEVER,
    parts: bool = True,
) -> Count:
    """How many statements stand, as ``current`` would list them."""
    with visit.reading() as sight:
        heads, more = _standing(sight, subject, kind, as_of, NEVER, COUNTED, parts=parts)
        markings = {head.marking for head in heads}
        return Count(len(heads), more is not None, strictest(*markings) if markings else None)


def history(visit: Visit, subject: str, *, as_of: Instant = NEVER, before: Instant = NEVER, limit: int = 50) -> Listing:
    """Everything said of a subject, also what was superseded since, newest first."""
    with visit.reading() as sight:

        def fetch(edge: Instant, number: int) -> list[Held]:
            return sight.reader.heads(sight.scope, subject=subject, before=edge, limit=number)

        heads, more = _filled(fetch, sight.only, min(before, _after(as_of)), min(limit, MOST))
        return Listing(_views(sight, heads, as_of), more)


def chain_of(visit: Visit, id: str) -> tuple[View, ...]:
    """A statement with all that it superseded and that superseded it, oldest first, as far as this person may see.

    Errors: NotFound if there is no such statement for them.
    """
    with visit.reading() as sight:
        found = {id: sight.find(id)}
        edge = [id]
        while edge:
            later = [link.source for link in sight.reader.links_to(edge, "supersedes")]
            known = sight.reader.statements(found[one] for one in edge)
            earlier = sight.reader.find(target for _, one in known.values() for target in one.supersedes)
            fresh = {head.id: head for head in sight.only([*later, *earlier.values()]) if head.id not in found}
            found |= fresh
            edge = list(fresh)
        return _views(sight, sorted(found.values(), key=lambda head: head.recorded_at), NEVER)


def beside(visit: Visit, id: str) -> tuple[View, ...]:
    """The statements about this one, as its recall or an approval, oldest first, as far as this person may see.

    Errors: NotFound if there is no such statement for them.
    """
    with visit.reading() as sight:
        links = sight.reader.links_to([sight.find(id).id], "about")
        return _views(sight, sight.only(link.source for link in links), NEVER)


def differences(visit: Visit, subject: str, *, since: Instant, until: Instant = NEVER) -> Differences:
    """What changed about a subject between two instants, within what this person may see today."""
    with visit.reading() as sight:
        then, older = _standing(sight, subject, None, since, NEVER, COMPARED)
        now, more = _standing(sight, subject, None, until, NEVER, COMPARED)
        before, after = {head.id for head in then}, {head.id for head in now}
        old = {view.id: view for view in _views(sight, [head for head in then if head.id not in after], until)}
        new = _views(sight, [head for head in now if head.id not in before], until)
        pairs = tuple((old[id], view) for view in new for id in view.supersedes if id in old)
        paired = {view.id for pair in pairs for view in pair}
        return Differences(
            added=tuple(view for view in new if view.id not in paired),
            gone=tuple(view for view in old.values() if view.id not in paired),
            replaced=pairs,
            complete=older is None and more is None,
        )


def search(
    visit: Visit,
    words: str,
    *,
    subject: str | None = None,
    kind: str | None = None,
    as_of: Instant = NEVER,
    before: Instant = NEVER,
    limit: int = 50,
) -> Listing:
    """Statements that hold every one of these words, newest first.

    Errors: StatementError if there is no word to look for.
    """
    wanted = spelled(words)[:16]
    if not wanted:
        raise StatementError("there is no word to look for", field="q", remedy="Write one or more words")
    with visit.reading() as sight:

        def fetch(edge: Instant, number: int) -> list[Held]:
            return sight.reader.search(sight.scope, wanted, subject=subject, kind=kind, before=edge, limit=number)

        def stand(heads: list[Held]) -> list[Held]:
            return _unsuperseded(sight, sight.only(heads), as_of)

        heads, more = _filled(fetch, stand, min(before, _after(as_of)), min(limit, MOST))
        return Listing(_views(sight, heads, as_of), more)


def shown(sight: Sight, heads: Sequence[Held]) -> tuple[View, ...]:
    """The statements of these heads, all of which this person may see; that they were read goes on record."""
    return _views(sight, heads, NEVER)


def _standing(
    sight: Sight,
    subject: str | None,
    kind: str | None,
    as_of: Instant,
    before: Instant,
    limit: int,
    *,
    parts: bool = True,
) -> tuple[list[Held], Instant | None]:
    def fetch(edge: Instant, number: int) -> list[Held]:
        return sight.reader.heads(sight.scope, subject=subject, kind=kind, before=edge, limit=number)

    def stand(heads: list[Held]) -> list[Held]:
        wanted = heads if parts else [head for head in heads if head.kind not in PARTS]
        return _unsuperseded(sight, sight.only(wanted), as_of)

    return _filled(fetch, stand, min(before, _after(as_of)), limit)


def _filled(
    fetch: Callable[[Instant, int], list[Held]],
    keep: Callable[[list[Held]], list[Held]],
    before: Instant,
    limit: int,
) -> tuple[list[Held], Instant | None]:
    """Up to ``limit`` of those to keep, fetched until there are enough; and where to go on, None at the end."""
    kept: list[Held] = []
    number = min(limit, MOST) + 1
    while True:
        batch = fetch(before, number)
        kept += keep(batch)
        if len(kept) > limit:
            return kept[:limit], kept[limit - 1].recorded_at
        if len(batch) < number:
            return kept, None
        before = batch[-1].recorded_at


def _unsuperseded(sight: Sight, heads: Sequence[Held], as_of: Instant) -> list[Held]:
    """Those that stand: not recalled, and not superseded by something that this reader may see."""
    superseded = {link.target for link in _superseding(sight, (head.id for head in heads), as_of)}
    return [head for head in heads if not head.recalled and head.id not in superseded]


def _superseding(sight: Sight, ids: Iterable[str], as_of: Instant) -> list[Any]:
    """Links by which something in force supersedes one of these.

    What the reader may not see supersedes nothing for them: that an older statement is gone would tell that there is
    a newer one. A correction that was itself recalled, which a recall tells to all who saw it, still supersedes: what
    was withdrawn for good reason before must not come back by itself.
    """
    return [
        link
        for link in sight.reader.links_to(ids, "supersedes")
        if link.source.recorded_at <= as_of and sight.sees(replace(link.source, recalled=False))
    ]


def _views(sight: Sight, heads: Sequence[Held], as_of: Instant, *, standing: bool = False) -> tuple[View, ...]:
    """The statements with their words; reading them goes on record. standing: they are known to stand."""
    found = sight.reader.statements(heads)
    newer: dict[str, list[str]] = {}
    for link in () if standing else _superseding(sight, found, as_of):
        newer.setdefault(link.target, []).append(link.source.id)
    referred = sight.reader.find({id for _, one in found.values() for id in (*one.supersedes, *one.inputs)})
    known = {head.id for head in sight.only(referred.values())}
    dissents = dissenting(sight, (stated for _, stated in found.values()))
    sight.reads(heads)
    return tuple(_view(sight, head, *found[head.id], newer.get(head.id, []), known, dissents) for head in heads)


def _view(
    sight: Sight,
    head: Held,
    shown: bytes,
    found: Statement,
    newer: list[str],
    known: set[str],
    dissents: Mapping[str, Dissenting],
) -> View:
    own = head.person == sight.visit.actor.person and head.organisation == sight.visit.actor.organisation
    shows_person = own or found.attribution is Attribution.NAMED
    shows_organisation = own or found.attribution is not Attribution.NONE
    return View(
        head=head,
        body=found.body,
        open_part=shown,
        state="recalled" if head.recalled else "superseded" if newer else "current",
        supersedes=tuple(id for id in found.supersedes if id in known),
        superseded_by=tuple(newer),
        derived_from=tuple(id for id in found.inputs if id in known),
        person=found.author.person if shows_person else None,
        organisation=found.author.organisation if shows_organisation else None,
        dissents=tuple(dissents[id] for id in carried(found.body)),
    )


def _after(as_of: Instant) -> Instant:
    return as_of if as_of == NEVER else as_of + 1
