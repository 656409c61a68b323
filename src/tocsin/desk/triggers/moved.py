"""A moment of the calendar as it stood at an instant: what was on record by then, moved by then, withdrawn by then."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from tocsin.core.foreseeing import Moment
from tocsin.core.instant import Instant
from tocsin.core.marking import Marking
from tocsin.desk.visit import Sight
from tocsin.store.held import Held


@dataclass(frozen=True)
class Version:
    """A moment as it was put or moved on record. moves: what it takes the place of. withdrawn: when, if it was."""

    head: Held
    moment: Moment
    moves: tuple[str, ...]
    withdrawn: Instant | None

    def stands(self, as_of: Instant) -> bool:
        """Whether it was on record at an instant, and not withdrawn by then."""
        return self.head.recorded_at <= as_of and (self.withdrawn is None or self.withdrawn > as_of)


def versions_of(sight: Sight, id: str, marking: Marking) -> list[Version]:
    """The moment that is cited, first, and whatever moved it since, oldest first, of what the reader may or might see.

    Only what everybody may see who may see the trigger moves it.
    """
    heads = {one.id: one for one in sight.reader.find([id]).values() if saw(sight, one)}
    moves: dict[str, list[str]] = {}
    new = list(heads)
    while new:
        links = [
            link
            for link in sight.reader.links_to(new, "supersedes")
            if saw(sight, link.source) and not marking.looser_than(link.source.marking)
        ]
        for link in links:
            moves.setdefault(link.source.id, []).append(link.target)
        new = [link.source.id for link in links if link.source.id not in heads]
        heads |= {link.source.id: link.source for link in links}
    withdrawn = withdrawn_at(sight, heads.values())
    made = sight.reader.statements(heads.values())
    found = [
        Version(heads[id], stated.body, tuple(moves.get(id, ())), withdrawn.get(id))
        for id, (_, stated) in made.items()
        if isinstance(stated.body, Moment)
    ]
    return sorted(found, key=lambda one: (bool(one.moves), one.head.recorded_at))


def standing_at(versions: list[Version], as_of: Instant) -> Version | None:
    """The version in force at an instant; None if there was none yet, or it was withdrawn by then."""
    found = versions[0] if versions else None
    while found is not None:
        later = [one for one in versions if found.head.id in one.moves and one.stands(as_of)]
        if not later:
            break
        found = later[-1]
    return found if found is not None and found.stands(as_of) else None


def saw(sight: Sight, head: Held) -> bool:
    """Whether the reader may see a statement, or might if it had not been withdrawn."""
    return sight.sees(replace(head, recalled=False))


def withdrawn_at(sight: Sight, heads: Iterable[Held]) -> dict[str, Instant]:
    """When each of these that was withdrawn was."""
    found: dict[str, Instant] = {}
    for link in sight.reader.links_to([head.id for head in heads if head.recalled], "recalls"):
        found.setdefault(link.target, link.source.recorded_at)
    return found
