"""Scenarios: a small tree of what may come about in a place, and the signposts that were seen since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tocsin.core.errors import StatementError
from tocsin.core.register import Preview
from tocsin.core.triggering import Scenario, Sign
from tocsin.desk import making, views
from tocsin.desk.views import View, shown
from tocsin.desk.visit import Sight, Visit
from tocsin.horizon.scenarios import Path, paths

_SCENARIO, _SIGN = ("scenario",), ("sign",)


@dataclass(frozen=True)
class Seen:
    """A scenario with what has happened since, of what the reader may see.

    signs: newest last. moments: by the key with which branches name them, the statement that is the moment. paths:
    every branch in its place, with its own probability and the signposts that were seen.
    """

    view: View
    signs: tuple[View, ...]
    moments: Mapping[str, View]
    paths: tuple[Path, ...]

    @property
    def body(self) -> Scenario:
        """The tree."""
        assert isinstance(self.view.body, Scenario)
        return self.view.body

    @property
    def views(self) -> tuple[View, ...]:
        """Every statement in it."""
        return (self.view, *self.signs, *self.moments.values())


def add(visit: Visit, given: Mapping[str, Any]) -> View:
    """Put a scenario on record.

    given: as for ``making.make``, the body without its kind. A moment that a branch names is an item of evidence of
    type statement with that key.

    Errors: as ``making.make``; StatementError with the sum found where the probabilities of a fork do not sum to one.
    """
    return making.make(visit, _given(given, "scenario"), _SCENARIO)


def check(visit: Visit, given: Mapping[str, Any]) -> Preview:
    """All that ``add`` would check, and who would see it, with nothing stored.

    Errors: as ``add``.
    """
    return making.check(visit, _given(given, "scenario"), _SCENARIO)


def light(visit: Visit, id: str, sign: Mapping[str, Any], *, attribution: str | None = None) -> View:
    """Say that a signpost was seen, under the scenario's marking; what was stored.

    sign: branch, signpost, seen, source, text.

    Errors: NotFound; StatementError names the field; AccessError if the role does not suffice.
    """
    with visit.reading() as sight:
        head = _scenario(sight, id).head
    return making.make(
        visit,
        {
            "body": {**sign, "kind": "sign"},
            "subject": {"type": "statement", "id": id},
            "marking": head.marking.model_dump(mode="json"),
            "attribution": attribution,
        },
        _SIGN,
    )


def seen(visit: Visit, id: str) -> Seen:
    """One scenario with what has happened since.

    Errors: NotFound; StatementError if it is something else.
    """
    with visit.reading() as sight:
        return _seen(sight, _scenario(sight, id))


def listed(visit: Visit, subject: str | None = None) -> tuple[Seen, ...]:
    """The scenarios that stand, newest first. subject: as ``place:SDN``; None for all."""
    found = list(views.every(visit, subject=subject, kind="scenario"))
    with visit.reading() as sight:
        return tuple(_seen(sight, view) for view in found)


def _scenario(sight: Sight, id: str) -> View:
    head = sight.find(id)
    if head.kind != "scenario":
        raise StatementError(
            "this is no scenario", field="scenario", remedy="Name one; `tocsin scenario list` shows them"
        )
    return shown(sight, [head])[0]


def _seen(sight: Sight, view: View) -> Seen:
    links = sight.reader.links_to([view.id], "about", kind="sign")
    superseded = {link.target for link in sight.reader.links_to((link.source.id for link in links), "supersedes")}
    heads = [link.source for link in links if not link.source.recalled and link.source.id not in superseded]
    signs = shown(sight, sight.only(heads))
    stated = sight.reader.statements([view.head])[view.id][1]
    named = {one.reference: one.key for one in stated.evidence if one.type == "statement" and one.key}
    moments = {named[one.id]: one for one in shown(sight, sight.only(sight.reader.find(named).values()))}
    body = view.body
    assert isinstance(body, Scenario)
    lit = [(one.body.branch, one.body.signpost) for one in signs if isinstance(one.body, Sign)]
    return Seen(view, signs, {key: one for key, one in moments.items() if key}, paths(body.branches, lit))


def _given(given: Mapping[str, Any], kind: str) -> dict[str, Any]:
    subject = given.get("subject")
    if isinstance(subject, str):
        subject = dict(zip(("type", "id"), subject.split(":", 1), strict=False))
    return {
        **given,
        "subject": subject,
        "body": {**(given.get("body") or {}), "kind": kind},
        "attribution": given.get("attribution"),
    }
