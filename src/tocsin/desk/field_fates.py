"""What became of a contribution: replies, uses and releases, as far as whoever asks may see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from tocsin.core.errors import StatementError
from tocsin.core.fielding import Consent, Contribution
from tocsin.core.instant import NEVER, Instant, moment
from tocsin.desk import field_consent, views
from tocsin.desk.views import View, shown
from tocsin.desk.visit import Sight, Visit
from tocsin.store.held import Held

_NOT_A_USE = ("lineage", "proposal")
"""Kinds that are derived from a contribution and make nothing of it themselves."""


@dataclass(frozen=True)
class Became:
    """What became of a contribution, and of what it took the place of, as far as the reader may see.

    replies: newest last. uses: statements that were made from it or cite it. released: less restricted texts from it.
    answers: the requests that it answers. days: whole days since it was first recorded here.
    """

    contribution: View
    replies: tuple[View, ...]
    uses: tuple[View, ...]
    released: tuple[View, ...]
    answers: tuple[View, ...]
    days: int

    @property
    def nothing_yet(self) -> bool:
        """Whether the reader knows of nothing that became of it; that it was received would be something."""
        return not (self.replies or self.uses or self.released)

    @property
    def body(self) -> Contribution:
        """What was passed on."""
        assert isinstance(self.contribution.body, Contribution)
        return self.contribution.body

    @property
    def views(self) -> tuple[View, ...]:
        """Every statement in it."""
        return (self.contribution, *self.replies, *self.uses, *self.released, *self.answers)


@dataclass(frozen=True)
class Contributions:
    """A page of contributions that stand, newest first. more: the instant to go on before; None at the end."""

    found: tuple[Became, ...]
    more: Instant | None


def became(visit: Visit, id: str) -> Became:
    """What became of a contribution, as far as this person may see.

    Errors: NotFound if there is none, or none for them; StatementError if it is no contribution.
    """
    with visit.reading() as sight:
        return _became(sight, shown(sight, [contributed(sight, id)]))[0]


def contributions(
    visit: Visit, *, subject: str | None = None, before: Instant = NEVER, limit: int = 50
) -> Contributions:
    """The contributions that stand, newest first, each with what became of it."""
    listing = views.current(visit, subject=subject, kind="contribution", before=before, limit=limit)
    with visit.reading() as sight:
        return Contributions(_became(sight, listing.views), listing.more)


def mine(visit: Visit, view: View) -> bool:
    """Whether the visitor made a statement; they know it even where it is attributed to nobody."""
    return (view.head.person, view.head.organisation) == (visit.actor.person, visit.actor.organisation)


def unasked(visit: Visit, ids: Iterable[str]) -> Mapping[str, Consent]:
    """Statements of these that are, or rest on, a contribution whose consent binds: to be flagged as evidence."""
    with visit.reading() as sight:
        return field_consent.bound(sight, sight.only(sight.reader.find(ids).values()))


def contributed(sight: Sight, id: str) -> Held:
    """A contribution that the reader may see.

    Errors: NotFound; StatementError if it is something else.
    """
    head = sight.find(id)
    if head.kind != "contribution":
        raise StatementError(
            "this is no contribution", field="subject", remedy="Name a contribution; `/contributions` lists them"
        )
    return head


def _became(sight: Sight, found: Sequence[View]) -> tuple[Became, ...]:
    """Each with what became of it and of what it took the place of; a few questions for however many."""
    before = _earlier(sight, found)
    every = {id for ids in before.values() for id in ids}
    onward, beside = derived(sight, every), _about(sight, every, "reply")
    lineages = {one.id: one for heads in onward.values() for one in heads if one.kind == "lineage"}
    texts = {id: made.subject.id for id, (_, made) in sight.reader.statements(lineages.values()).items()}
    out = {head.id: head for head in sight.only(sight.reader.find(texts.values()).values())}
    inputs = sight.reader.statements(view.head for view in found)
    asked = sight.reader.find({one for _, made in inputs.values() for one in made.derived_from})
    answers = {head.id: head for head in sight.only(asked.values()) if head.kind == "request"}
    groups = {
        view.id: {
            "replies": [one for id in before[view.id] for one in beside[id]],
            "uses": [
                one
                for id in before[view.id]
                for one in onward[id]
                if one.kind not in _NOT_A_USE and one.id not in before[view.id]
            ],
            "released": [
                out[texts[one.id]]
                for id in before[view.id]
                for one in onward[id]
                if one.id in texts and texts[one.id] in out
            ],
            "answers": [answers[one] for one in inputs[view.id][1].derived_from if one in answers],
        }
        for view in found
    }
    heads = {one.id: one for group in groups.values() for some in group.values() for one in some if not one.recalled}
    seen = {view.id: view for view in shown(sight, list(heads.values()))}
    kept = {view.id: view for view in seen.values() if view.state == "current"}
    now = moment(sight.visit.store.clock())
    since = {head.id: head.recorded_at for head in sight.reader.find(every).values()}
    return tuple(
        Became(
            contribution=view,
            **{name: _in_time(kept, some) for name, some in groups[view.id].items()},
            days=max(0, (now - moment(min(since[id] for id in before[view.id]))) // timedelta(days=1)),
        )
        for view in found
    )


def _in_time(kept: Mapping[str, View], heads: Iterable[Held]) -> tuple[View, ...]:
    chosen = {head.id: kept[head.id] for head in heads if head.id in kept}
    return tuple(sorted(chosen.values(), key=lambda view: view.head.recorded_at))


def _earlier(sight: Sight, found: Sequence[View]) -> dict[str, tuple[str, ...]]:
    """Each contribution with those that it took the place of, as far as the reader may see."""
    before = {view.id: [view.id] for view in found}
    edge = {view.id: list(view.supersedes) for view in found}
    while any(edge.values()):
        heads = sight.only(sight.reader.find({id for ids in edge.values() for id in ids}).values())
        made = {id: one.supersedes for id, (_, one) in sight.reader.statements(heads).items()}
        fresh = {id: [one for one in ids if one in made and one not in before[id]] for id, ids in edge.items()}
        for id, ids in fresh.items():
            before[id] += ids
        edge = {id: [old for one in ids for old in made[one]] for id, ids in fresh.items()}
    return {id: tuple(dict.fromkeys(ids)) for id, ids in before.items()}


def derived(sight: Sight, ids: Iterable[str]) -> dict[str, list[Held]]:
    """What was made from each of these, of what the reader may see."""
    return _linked(sight, ids, "derived")


def _about(sight: Sight, ids: Iterable[str], kind: str) -> dict[str, list[Held]]:
    return {id: [one for one in heads if one.kind == kind] for id, heads in _linked(sight, ids, "about").items()}


def _linked(sight: Sight, ids: Iterable[str], relation: str) -> dict[str, list[Held]]:
    found: dict[str, list[Held]] = {id: [] for id in ids}
    for link in sight.reader.links_to(found, relation):
        if sight.sees(link.source):
            found[link.target].append(link.source)
    return found
