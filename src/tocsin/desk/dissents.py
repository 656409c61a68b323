"""Dissents travel with the result that they are from, and with everything that rests on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from tocsin.core.convening import Dissent, Estimate, Recommendation, Result, Round, Step
from tocsin.core.kinds import Body
from tocsin.core.statement import Attribution, Statement
from tocsin.desk.visit import Sight

PARTS = (Estimate, Recommendation, Step, Result, Dissent)
"""Bodies that are about a round."""


@dataclass(frozen=True)
class Dissenting:
    """A dissent as a reader may know it.

    text: its words; None if they were withdrawn or are not for this reader. by: identifiers of organisation and person,
    as far as it is attributed.
    """

    id: str
    text: str | None = None
    question: str | None = None
    by: tuple[str, ...] = ()
    withdrawn: bool = False

    @property
    def words(self) -> str:
        """What stands where its words would."""
        if self.text is not None:
            return self.text
        return "withdrawn by its author" if self.withdrawn else "its words are not for you"


def carried(body: Body) -> tuple[str, ...]:
    """The identities of the dissents that a body carries."""
    found: tuple[str, ...] = getattr(body, "dissents", ())
    return found


def dissenting(sight: Sight, stated: Iterable[Statement]) -> Mapping[str, Dissenting]:
    """Every dissent that one of these statements carries, as this reader may know it."""
    wanted = {id for one in stated for id in carried(one.body)}
    if not wanted:
        return {}
    heads = sight.reader.find(wanted)
    # Whoever could see a dissent is told that it was withdrawn; its words nobody has any more.
    gone = {id for id, head in heads.items() if head.recalled and sight.sees(replace(head, recalled=False))}
    open_ = [head for id, head in heads.items() if not head.recalled and sight.sees(head)]
    words = {id: one for id, (_, one) in sight.reader.statements(open_).items()}
    sight.reads(open_)
    return {id: _told(id, words.get(id), withdrawn=id in gone) for id in wanted}


def inherited(sight: Sight, inputs: Iterable[str]) -> tuple[str, ...]:
    """The identities of the dissents that what is made from these statements must carry, in a fixed order."""
    found = sight.reader.statements(sight.only(sight.reader.find(inputs).values()))
    dissents = {id for _, one in found.values() for id in carried(one.body)}
    # Whoever rests on an estimate, or on the round itself, rests on what its results rest on.
    rounds = {id for id, (_, one) in found.items() if isinstance(one.body, Round)}
    rounds |= {one.subject.id for _, one in found.values() if isinstance(one.body, PARTS)}
    links = sight.reader.links_to(rounds, "about", kind="dissent") if rounds else []
    return tuple(sorted(dissents | {link.source.id for link in links}))


def _told(id: str, found: Statement | None, *, withdrawn: bool) -> Dissenting:
    if found is None or not isinstance(found.body, Dissent):
        return Dissenting(id, withdrawn=withdrawn)
    author = found.author
    by = {
        Attribution.NAMED: (author.organisation, author.person or ""),
        Attribution.ORGANISATION: (author.organisation,),
        Attribution.NONE: (),
    }[found.attribution]
    return Dissenting(
        id,
        found.body.text,
        found.body.question,
        tuple(one for one in by if one),
        withdrawn,
    )
