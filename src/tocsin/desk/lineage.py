"""Where a statement comes from and what became of it, as far as whoever asks may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tocsin.core.statement import Statement
from tocsin.desk.proposals import Redaction, redactions
from tocsin.desk.views import View, shown
from tocsin.desk.visit import Sight, Visit
from tocsin.store.held import Held


@dataclass(frozen=True)
class Lineage:
    """The statements around one, each only if this person may see it.

    sources: what it was made from, by its author's own word or by a release. approvals: by which originators agreed.
    redactions: what the release left out of each source. recalls: withdrawals of sources since: the statement itself
    stays until its own originator recalls it. used_in: statements made from it. released: texts released from it.
    proposals: releases that were proposed from it.
    """

    statement: View
    sources: tuple[View, ...]
    approvals: tuple[View, ...]
    redactions: tuple[Redaction, ...]
    recalls: tuple[View, ...]
    used_in: tuple[View, ...]
    released: tuple[View, ...]
    proposals: tuple[View, ...]

    @property
    def source_recalled(self) -> bool:
        """Whether something it rests on has been withdrawn, as far as this person may know."""
        return bool(self.recalls) or any(one.state == "recalled" for one in self.sources)


def lineage(visit: Visit, id: str) -> Lineage:
    """What this person may see of where a statement came from, and of what was made from it.

    Errors: NotFound if there is no such statement, or none for this person.
    """
    with visit.reading() as sight:
        head = sight.find(id)
        back = _made(sight, [head, *_about(sight, [id], "lineage")])
        inputs = {one: None for made in back.values() for one in made.inputs}
        heads = sight.only(sight.reader.find(inputs).values())
        recalls = _about(sight, inputs, "recall")
        onward = sight.only(link.source for link in sight.reader.links_to([id], "derived"))
        released = _made(sight, [one for one in onward if one.kind == "lineage"])
        out = sight.only(sight.reader.find({made.subject.id for made in released.values()}).values())
        sources = [one for one in heads if one.kind not in ("proposal", "downgrade")]
        groups = {
            "statement": [head],
            "sources": sources,
            "approvals": [one for one in heads if one.kind == "downgrade"],
            "recalls": recalls,
            "used_in": [one for one in onward if one.kind not in ("lineage", "proposal")],
            "released": out,
            "proposals": [one for one in onward if one.kind == "proposal"],
        }
        views = {
            view.id: view for view in shown(sight, list({one.id: one for g in groups.values() for one in g}.values()))
        }
    found = {name: tuple(views[one.id] for one in sorted(group, key=_recorded)) for name, group in groups.items()}
    texts = {one.id: one.body for one in found["sources"]} if len(back) > 1 else {}
    body = found.pop("statement")[0].body
    return Lineage(
        statement=views[id],
        redactions=redactions(texts, body) if texts else (),
        **found,
    )


def _recorded(head: Held) -> int:
    return head.recorded_at


def _about(sight: Sight, ids: Iterable[str], kind: str) -> list[Held]:
    """Statements of a kind about one of these that this person may see."""
    return sight.only(link.source for link in sight.reader.links_to(ids, "about", kind=kind))


def _made(sight: Sight, heads: Iterable[Held]) -> dict[str, Statement]:
    return {id: stated for id, (_, stated) in sight.reader.statements(heads).items()}
