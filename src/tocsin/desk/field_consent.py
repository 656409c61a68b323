"""Consent binds: those from whom a contribution comes agreed to some uses of it, however many texts lie between.

A text that was released with the agreement of its originators carries no link to what it was drafted from, so the walk
ends there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from tocsin.core.errors import StatementError
from tocsin.core.fielding import Consent, Contribution
from tocsin.core.kinds import Proposal, spelled
from tocsin.core.seeing import originates
from tocsin.core.statement import Evidence, Statement
from tocsin.desk.visit import Sight
from tocsin.store.held import Held

AGREED = "as agreed:"
"""How the note of an evidence item begins that uses what was given for one use only, before it says for which."""

_OF_THE_RECORD = ("recall", "downgrade", "lineage")
"""Kinds that say what happened to a statement and use nothing of it."""

_BINDS = (Consent.NOT_ASKED, Consent.LIMITED)
"""Consents that leave something out of reach."""


@dataclass(frozen=True)
class Behind:
    """A contribution that something rests on, as its contributor puts it now; withdrawn: it was recalled since."""

    head: Held
    body: Contribution

    @property
    def withdrawn(self) -> bool:
        """Whether it was recalled."""
        return self.head.recalled


def check(statement: Statement, inputs: Collection[Held], sight: Sight) -> None:
    """Whether the consent behind every contribution that a statement rests on, at any remove, allows it.

    *Given for this use only*: its contributor's organisation may use it (what is attributed to nobody, its contributor
    alone); anybody else cites it, or the text that rests on it, as evidence with a note that begins ``as agreed:`` and
    says that this is the use that was agreed to. *Not asked*: it is used under a marking at least as strict, as
    everything is, and nothing less restricted is released from it. An item of evidence does not claim another consent
    than the contribution has.

    A contribution that the author may not see binds by its marking, which whatever rests on it keeps, and by nothing
    else: a refusal would tell of it.

    Errors: StatementError says which contribution and what to do; the refusal is written down.
    """
    if statement.kind in _OF_THE_RECORD:
        return
    for via in inputs:
        cited = [one for one in statement.evidence if one.reference == via.id]
        for one in behind(sight, [via]).get(via.id, ()):
            if via.kind == "contribution" and one.head.id == via.id:
                _claimed(cited, one)
            _allowed(statement, via, one, cited, sight)


def behind(sight: Sight, heads: Iterable[Held]) -> Mapping[str, tuple[Behind, ...]]:
    """The contributions that each of these statements is or rests on, by its identity: of those for this visitor.

    Followed are what a statement was made from and what it superseded, since a correction without its sources still
    rests on them. A contribution that was corrected counts as its newest correction puts it, so that whoever was asked
    afterwards was asked.
    """
    return {head.id: found for head in heads if (found := tuple(_behind(sight, head)))}


def bound(sight: Sight, heads: Iterable[Held]) -> dict[str, Consent]:
    """Those of these statements that rest on a contribution whose consent binds, with the narrowest such consent."""
    found = behind(sight, heads).items()
    told = {
        id: [consent for consent in _BINDS if consent in {one.body.consent for one in every}] for id, every in found
    }
    return {id: consents[0] for id, consents in told.items() if consents}


def _behind(sight: Sight, start: Held) -> Iterable[Behind]:
    edge, met = [start], {start.id}
    contributions: dict[str, Behind] = {}
    while edge:
        stated = sight.reader.statements(edge)
        wanted: set[str] = set()
        for head in edge:
            made = stated[head.id][1]
            if not isinstance(made.body, Contribution):
                wanted |= {*made.inputs, *made.supersedes}
                continue
            wanted |= set(made.inputs)
            # Whoever saw it knows of it, also after it was withdrawn; that binds all the more.
            if sight.sees(replace(head, recalled=False)):
                now = _newest(sight, head, made.body)
                contributions[now.head.id] = now
        edge = list(sight.reader.find(wanted - met).values())
        met |= wanted
    return contributions.values()


def _newest(sight: Sight, head: Held, body: Contribution) -> Behind:
    found = Behind(head, body)
    seen = {head.id}
    while True:
        links = sight.reader.links_to([found.head.id], "supersedes")
        later = [one for one in sight.only(link.source for link in links) if one.id not in seen]
        if not later:
            return found
        last = max(later, key=lambda one: one.recorded_at)
        stated = sight.reader.statements([last])[last.id][1]
        if not isinstance(stated.body, Contribution):
            return found
        seen.add(last.id)
        found = Behind(last, stated.body)


def _claimed(cited: Iterable[Evidence], one: Behind) -> None:
    wrong = next((item.consent for item in cited if item.consent not in (None, one.body.consent)), None)
    if wrong is not None:
        raise StatementError(
            f"the evidence says that consent was {wrong.value!r}; its contributor says {one.body.consent.value!r}",
            field="evidence",
            remedy="Write what its contributor says, or leave the consent out",
        )


def _allowed(statement: Statement, via: Held, one: Behind, cited: Collection[Evidence], sight: Sight) -> None:
    consent, direct = one.body.consent, via.id == one.head.id
    which = "a contribution" if direct else f"a contribution that {via.id} rests on ({one.head.id})"
    agreed = any(_as_agreed(item.note) for item in cited)
    if consent is Consent.LIMITED and not agreed and not originates(sight.visit.actor, one.head):
        sight.visit.note("denied", [one.head.id], {"to": "use it beyond the consent given"})
        # What was withdrawn is not quoted any more.
        words = "it was withdrawn since" if one.withdrawn else one.body.consent_note.strip()[:300]
        raise StatementError(
            f"consent to {which} was given for one use only: {words}",
            field="evidence" if cited else "derived_from",
            remedy=f"If this is that use, cite {'it' if direct else via.id} as evidence with a note that begins "
            f"{AGREED!r} and says so; otherwise ask its contributor",
        )
    freed = isinstance(statement.body, Proposal) and statement.body.to.looser_than(one.head.marking)
    if consent is Consent.NOT_ASKED and freed:
        sight.visit.note("denied", [one.head.id], {"to": "release what nobody was asked about"})
        raise StatementError(
            f"those from whom {which} comes were not asked, so nothing less restricted is released from it",
            field="sources",
            remedy="Have them asked and the contribution corrected, or draft the text without it",
        )


def _as_agreed(note: str) -> bool:
    said = note.strip().casefold()
    # Words, not marks: a full stop says of no use that it was agreed to.
    return said.startswith(AGREED) and any(word.isalpha() for word in spelled(said.removeprefix(AGREED)))
