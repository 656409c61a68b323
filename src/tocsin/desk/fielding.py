"""Field input: what partners pass on, whom somebody is asking, and what they are told became of it.

The rules are in ``desk.field_rules`` and hold for every door; here is what a person does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tocsin.core.errors import StatementError
from tocsin.core.fielding import Fate, Request
from tocsin.core.instant import moment
from tocsin.core.marking import Caveat
from tocsin.core.register import Preview
from tocsin.core.statement import Attribution
from tocsin.desk import field_rules, making
from tocsin.desk.field_fates import contributed, derived
from tocsin.desk.views import View, shown
from tocsin.desk.visit import Visit


@dataclass(frozen=True)
class Asking:
    """A request before it is stored: who would see it, and the requests that stand to a community alike."""

    preview: Preview
    alike: tuple[View, ...]


@dataclass(frozen=True)
class Asked:
    """A request that stands. alike: identities of others like it at the same place. answers: contributions to it."""

    view: View
    alike: tuple[str, ...]
    answers: int

    @property
    def body(self) -> Request:
        """What is asked of whom."""
        assert isinstance(self.view.body, Request)
        return self.view.body


def contribute(visit: Visit, given: Mapping[str, Any], request: str = "") -> View:
    """Pass something on; what was stored.

    given: as for ``making.make``, the body without its kind. request: the identity of the request that it answers; the
    contribution is then at least as strict as the request, so its marking is the join of both.

    Errors: as ``making.make``; NotFound for a request; StatementError where what is named is none.
    """
    return making.make(visit, _contribution(visit, given, request))


def check_contribution(visit: Visit, given: Mapping[str, Any], request: str = "") -> Preview:
    """All that ``contribute`` would check, and who would see it, with nothing stored.

    Errors: as ``contribute``.
    """
    return making.check(visit, _contribution(visit, given, request))


def preview_contribution(visit: Visit, marking: Mapping[str, Any], request: str = "") -> Preview:
    """Who would see a contribution under this marking, if it answers this request.

    Errors: as ``making.preview``; NotFound for a request.
    """
    return making.preview(visit, _joined(visit, marking, request))


def request(visit: Visit, given: Mapping[str, Any]) -> View:
    """Put on record that a community is being asked; what was stored.

    given: as for ``making.make``, the body without its kind.

    Errors: as ``making.make``; StatementError at ``body.instead`` if others ask a community alike and no reason is
    given why it is asked all the same.
    """
    return making.make(visit, _request(given))


def check_request(visit: Visit, given: Mapping[str, Any]) -> Asking:
    """All that ``request`` would check but the reason, who would see it, and who is asking a community alike already.

    Errors: as ``making.make``.
    """
    wanted = _request(given)
    body = {**wanted["body"], "instead": wanted["body"].get("instead") or "not said yet"}
    preview = making.check(visit, {**wanted, "body": body})
    subject = wanted["subject"]
    place = subject if isinstance(subject, str) else f"{subject['type']}:{subject['id']}"
    replaced = wanted.get("supersedes") or ()
    with visit.reading() as sight:
        found = field_rules.alike(sight, place, str(body["community"]), _today(visit), replaced)
        return Asking(preview, shown(sight, found))


def register(visit: Visit, place: str | None = None) -> tuple[Asked, ...]:
    """The requests that stand and are not over, those about one place together and within it those alike.

    place: the key of a subject, as ``place:SDN``; None for all.
    """
    today = _today(visit)
    with visit.reading() as sight:
        found = [(head, body) for head, body in field_rules.requests(sight, place) if body.until >= today]
        alike = {
            head.id: tuple(
                other.id
                for other, asked in found
                if other.id != head.id
                and other.subject == head.subject
                and field_rules.same(body.community, asked.community)
            )
            for head, body in found
        }
        answered = derived(sight, alike)
        seen = {view.id: view for view in shown(sight, [head for head, _ in found])}
    answers = {id: sum(head.kind == "contribution" and not head.recalled for head in answered[id]) for id in alike}
    # Those alike stand together although their names differ: all under the name that comes first.
    first = {
        head.id: min((one.community.casefold() for other, one in found if other.id in (head.id, *alike[head.id])))
        for head, _ in found
    }
    rows = [Asked(seen[head.id], alike[head.id], answers[head.id]) for head, _ in found]
    return tuple(sorted(rows, key=lambda row: (row.view.head.subject, first[row.view.id], row.body.until)))


def reply(visit: Visit, id: str, fate: str, text: str, *, attribution: str | None = None) -> View:
    """Tell the contributor what became of a contribution, under its own marking; what was stored.

    id: of a contribution that the visitor may see. fate: one of ``Fate``. attribution: the visitor's organisation
    unless said otherwise; nobody under the Chatham House Rule.

    Errors: NotFound; StatementError; AccessError if the role does not suffice.
    """
    with visit.reading() as sight:
        head = contributed(sight, id)
    if head.recalled:
        raise StatementError("it has been withdrawn", field="subject", remedy="Nothing needs to be told of it any more")
    hidden = Caveat.CHATHAM_HOUSE in head.marking.caveats
    return making.make(
        visit,
        {
            "body": {"kind": "reply", "fate": fate, "text": text},
            "subject": {"type": "statement", "id": id},
            "marking": head.marking.model_dump(mode="json"),
            "attribution": attribution or (Attribution.NONE if hidden else Attribution.ORGANISATION),
        },
    )


def fate(read: str) -> Fate:
    """A fate from what was typed, with hyphens or blanks.

    Errors: StatementError names those there are.
    """
    try:
        return Fate(read.strip().casefold().replace("-", " "))
    except ValueError:
        raise StatementError("there is no such fate", field="fate", remedy="Write one of " + ", ".join(Fate)) from None


def _contribution(visit: Visit, given: Mapping[str, Any], request: str) -> dict[str, Any]:
    made = {**given, "body": {**(given.get("body") or {}), "kind": "contribution"}}
    if request:
        made["marking"] = _joined(visit, given.get("marking") or {}, request)
        made["derived_from"] = [*(given.get("derived_from") or ()), request]
    return made


def _joined(visit: Visit, marking: Mapping[str, Any], request: str) -> dict[str, Any]:
    """The marking, as strict as the request's at least."""
    if not request:
        return dict(marking)
    with visit.reading() as sight:
        head = sight.find(request)
    if head.kind != "request":
        raise StatementError("it answers a request", field="request", remedy="Choose one from the register of requests")
    joined: dict[str, Any] = making.read_marking(marking).join(head.marking).model_dump(mode="json")
    return joined


def _request(given: Mapping[str, Any]) -> dict[str, Any]:
    return {**given, "body": {**(given.get("body") or {}), "kind": "request"}}


def _today(visit: Visit) -> date:
    return moment(visit.store.clock()).date()
