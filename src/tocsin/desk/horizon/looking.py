"""What stands on the calendar for somebody: all statements of a kind, at most as strict as a ceiling, as of a day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tocsin.core.instant import EVER, NEVER, Instant
from tocsin.core.statement import Statement
from tocsin.desk.views import MOST
from tocsin.desk.visit import Sight
from tocsin.store.held import Held

Keep = Callable[[Held], bool]


def everything(_: Held) -> bool:
    """Every statement that the visitor may see."""
    return True


def standing(
    sight: Sight,
    kind: str,
    *,
    subject: str | None = None,
    as_of: Instant = NEVER,
    since: Instant = EVER,
    keep: Keep = everything,
) -> list[tuple[Held, Statement]]:
    """Statements of this kind that stand, or stood at an instant, newest first.

    since: only what was recorded after this instant. keep: those that this reader is to be shown. What they are not
    shown supersedes nothing for them: otherwise the absence of an older version would tell that there is a newer one.
    """
    found: list[tuple[Held, Statement]] = []
    before, full = NEVER if as_of == NEVER else as_of + 1, True
    while full:
        batch = sight.reader.heads(sight.scope, subject=subject, kind=kind, before=before, limit=MOST)
        full = len(batch) == MOST and batch[-1].recorded_at > since
        before = batch[-1].recorded_at if batch else before
        heads = [head for head in sight.only(batch) if keep(head) and not head.recalled and head.recorded_at > since]
        gone = {
            link.target
            for link in sight.reader.links_to((head.id for head in heads), "supersedes")
            if link.source.recorded_at <= as_of and shown(sight, link.source, keep)
        }
        heads = [head for head in heads if head.id not in gone]
        read = sight.reader.statements(heads)
        found += [(head, read[head.id][1]) for head in heads]
    return found


def shown(sight: Sight, head: Held, keep: Keep) -> bool:
    """Whether a statement is within what this reader is shown; one that was recalled still counts as a correction."""
    return sight.sees(replace(head, recalled=False)) and keep(head)


def versions(sight: Sight, head: Held, keep: Keep = everything) -> list[tuple[Held, Statement]]:
    """A statement and all that it replaced, oldest first, as far as this reader is shown them."""
    found = {head.id: head}
    edge = [head]
    while edge:
        made = [one for _, one in sight.reader.statements(edge).values()]
        earlier = sight.reader.find(id for one in made for id in one.supersedes if id not in found)
        edge = [one for one in earlier.values() if shown(sight, one, keep)]
        found |= {one.id: one for one in edge}
    ordered = sorted(found.values(), key=lambda one: one.recorded_at)
    read = sight.reader.statements(ordered)
    return [(one, read[one.id][1]) for one in ordered]
