"""How a proposed release stands: what it was drafted from, what was taken out, who must agree, who has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from tocsin.core.errors import NotFound
from tocsin.core.instant import NEVER, Instant, written
from tocsin.core.kinds import Body, Downgrade, Proposal
from tocsin.core.marking import Audience, Marking
from tocsin.core.register import Preview
from tocsin.core.seeing import Role, originates
from tocsin.core.statement import Attribution, Standing, Statement, canonical, digest
from tocsin.desk import people, rules
from tocsin.desk.shape import in_words
from tocsin.desk.views import View, current, shown
from tocsin.desk.visit import Sight, Visit
from tocsin.store.held import Held

LISTED = 50
"""Proposals in one list."""


@dataclass(frozen=True)
class Source:
    """One statement that a release was drafted from.

    needs: whether its originator must agree, because the release is looser marked. approval: the statement by which
    they did, in force. owed: it rests in turn on statements of other originators who have not agreed.
    """

    head: Held
    statement: Statement
    needs: bool
    approval: Held | None
    owed: bool


@dataclass(frozen=True)
class Case:
    """A proposal with its sources, as one person may see them.

    whole: this person sees every source. released: a lineage says that it went out.
    """

    head: Held
    statement: Statement
    body: Proposal
    pin: str
    sources: tuple[Source, ...]
    whole: bool
    released: bool

    @property
    def missing(self) -> tuple[Source, ...]:
        """Sources whose originators have yet to agree."""
        return tuple(one for one in self.sources if one.needs and (one.approval is None or one.owed))

    @property
    def ready(self) -> bool:
        """Whether it can be released."""
        recalled = self.head.recalled or any(one.head.recalled for one in self.sources)
        return self.whole and not self.missing and not recalled and not self.released


@dataclass(frozen=True)
class Redaction:
    """A text against what was released from it, a sentence each: ``-`` taken out, blank kept, ``+`` new.

    source: the identity of the text; None for what the release adds to all of them.
    """

    source: str | None
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Asked:
    """A source as somebody sees it. yours: this person may approve for its originator, and it has not been done."""

    view: View
    needs: bool
    approval: str | None
    yours: bool


@dataclass(frozen=True)
class Proposed:
    """A proposal as somebody sees it. audience: who would see the release if it went out now."""

    view: View
    body: Proposal
    sources: tuple[Asked, ...]
    redactions: tuple[Redaction, ...]
    audience: Preview
    ready: bool
    released: bool


def pin(proposal: Proposal) -> str:
    """What an approval agrees to: the digest of the note, its subject, marking and author, with the proposal's salt."""
    return digest(canonical(proposal.model_dump(mode="json", exclude={"reason"})))


def proposed(visit: Visit, id: str) -> Proposed:
    """How one proposal stands.

    Errors: NotFound if there is none, or none for this person.
    """
    with visit.reading() as sight:
        head = sight.find(id)
        if head.kind != "proposal":
            raise NotFound("this is no proposal", where=id, remedy="Give the identity of a proposed release")
        return _proposed(sight, head)


def proposals(visit: Visit, *, waiting: bool = False) -> tuple[Proposed, ...]:
    """The newest fifty proposals that stand, newest first, however many others there are.

    waiting: only those with a source that this person may approve.
    """
    found: list[Proposed] = []
    before: Instant | None = NEVER
    while before is not None and len(found) < LISTED:
        page = current(visit, kind="proposal", before=before)
        before = page.more
        with visit.reading() as sight:
            every = [_proposed(sight, view.head) for view in page.views]
        found += [one for one in every if not waiting or any(source.yours for source in one.sources)]
    return tuple(found[:LISTED])


def may_approve(visit: Visit, source: Source) -> bool:
    """Whether this person speaks for the originator of a source: a desk officer of theirs; of what is attributed to
    nobody, its author.
    """
    roles = {Role.DESK_OFFICER} if source.head.attributed else {Role.DESK_OFFICER, Role.ANALYST}
    return bool(visit.roles & roles) and originates(visit.actor, source.head)


def case_of(sight: Sight, head: Held, made: Statement | None = None) -> Case:
    """A proposal that this person may see, with all that its release depends on. made: its statement, if at hand."""
    made = made or _statements(sight, [head])[head.id]
    body = made.body
    if not isinstance(body, Proposal):
        raise TypeError(f"a {head.kind} is no proposal")
    pinned, heads = pin(body), sight.reader.find(made.derived_from)
    seen = [heads[id] for id in made.derived_from if id in heads and sight.sees(heads[id])]
    statements = _statements(sight, seen)
    agreed = _agreed(sight, [one.id for one in seen], body, pinned)
    sources = []
    for one in seen:
        needs = bool(body.to.looser_than(one.marking))
        owed = needs and _owed(sight, one, body, pinned)
        sources.append(Source(one, statements[one.id], needs, agreed.get(one.id), owed))
    lineages = [link.source for link in sight.reader.links_to([head.id], "derived", kind="lineage")]
    return Case(head, made, body, pinned, tuple(sources), len(seen) == len(made.derived_from), bool(lineages))


def redactions(sources: Mapping[str, Body], released: Body) -> tuple[Redaction, ...]:
    """What of each source was taken out, and what the released text adds."""
    new = _sentences(released)
    kept = set(new)
    old = {id: _sentences(body) for id, body in sources.items()}
    known = {line for lines in old.values() for line in lines}
    found = [Redaction(id, tuple((" " if line in kept else "-", line) for line in lines)) for id, lines in old.items()]
    return (*found, Redaction(None, tuple(("+", line) for line in new if line not in known)))


def note_of(visit: Visit, body: Proposal, role: Role) -> Statement:
    """The released note: nothing of it comes from anywhere but what was approved."""
    kind, _, subject = body.about.partition(":")
    try:
        return Statement.model_validate(
            {
                "body": body.note,
                "subject": {"type": kind, "id": subject},
                "author": {"organisation": visit.actor.organisation, "person": visit.actor.person, "role": role},
                "attribution": Attribution.ORGANISATION if body.by else Attribution.NONE,
                "made_at": written(visit.store.clock()),
                "standing": Standing.DESK,
                "marking": body.to,
            }
        )
    except ValidationError as error:
        raise in_words(error) from None


def _proposed(sight: Sight, head: Held) -> Proposed:
    case = case_of(sight, head)
    audience = sight.reader.register.preview(_within(sight, case.body.to), sight.visit.store.clock())
    view, *views = shown(sight, [head, *(one.head for one in case.sources)])
    by_id = {one.id: one for one in views}
    open_to = not case.released and not head.recalled
    asked = tuple(
        Asked(
            by_id[one.head.id],
            one.needs,
            one.approval.id if one.approval else None,
            open_to and one.needs and one.approval is None and may_approve(sight.visit, one),
        )
        for one in case.sources
    )
    return Proposed(
        view=view,
        body=case.body,
        sources=asked,
        redactions=redactions({one.head.id: one.statement.body for one in case.sources}, case.body.note),
        audience=audience.naming(people.known_to(sight).persons),
        ready=case.ready,
        released=case.released,
    )


def _within(sight: Sight, to: Marking) -> Marking:
    """The marking without names that this person may not know: neither they nor how many they are may be told."""
    unknown = set(people.known_to(sight).unknown(to))
    if not unknown:
        return to
    clauses = tuple(tuple(token for token in clause if token not in unknown) for clause in to.audience.root)
    return Marking(tlp=to.tlp, caveats=to.caveats, audience=Audience(clauses))


def _statements(sight: Sight, heads: Iterable[Held]) -> dict[str, Statement]:
    return {id: stated for id, (_, stated) in sight.reader.statements(heads).items()}


def _agreed(sight: Sight, ids: Iterable[str], body: Proposal, pinned: str, *, seen: bool = True) -> dict[str, Held]:
    """The approval of each statement, by its originator, of exactly this text and marking, that is in force.

    seen: only approvals that this person may see.
    """
    subjects = sight.reader.find(ids)
    links = [
        link
        for link in sight.reader.links_to(subjects, "about", kind="downgrade")
        if not link.source.recalled
        and link.source.organisation == subjects[link.target].organisation
        and (not seen or sight.sees(link.source))
    ]
    made = _statements(sight, [link.source for link in links])
    return {
        link.target: link.source
        for link in links
        if isinstance(said := made[link.source.id].body, Downgrade) and (said.derived, said.to) == (pinned, body.to)
    }


def _owed(sight: Sight, source: Held, body: Proposal, pinned: str) -> bool:
    """Whether a statement rests, over any number of steps, on something stricter that another originator has not
    agreed to release, or has recalled. Its author saw it; whoever asks may not, so nothing of it is told but this.
    What is attributed to nobody counts as another's: its author agrees, and whoever is let pass without would know who.
    """
    edge, met = rules.sources(sight, [source]), set[str]()
    while edge:
        met |= edge
        stricter = [head for head in sight.reader.find(edge).values() if body.to.looser_than(head.marking)]
        agreed = _agreed(sight, [head.id for head in stricter], body, pinned, seen=False)
        if any(head.recalled for head in stricter):
            return True
        open_ends = [head for head in stricter if head.id not in agreed]
        if any(head.organisation != source.organisation or not head.attributed for head in open_ends):
            return True
        edge = rules.sources(sight, open_ends) - met
    return False


def _sentences(body: Body) -> list[str]:
    """The words of a body, a sentence each."""
    fields = body.model_dump(mode="json", exclude={"kind"})
    lines = [line for value in fields.values() if isinstance(value, str) for line in value.splitlines()]
    return [said for line in lines for said in re.split(r"(?<=[.!?])\s+", line.strip()) if said]
