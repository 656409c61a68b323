"""Statements and previews as the command line writes them: the marking first and last, whatever is between."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tocsin.core.belief import one_in, percent, times
from tocsin.core.errors import StatementError
from tocsin.interfaces.cli.console import say

if TYPE_CHECKING:
    from tocsin.core.register import Preview
    from tocsin.desk.views import View
    from tocsin.desk.visit import Visit

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

_IN_WORDS = frozenset(
    [
        "activation",
        "assessment",
        "backtest",
        "contribution",
        "declaration",
        "dissent",
        "envelope",
        "estimate",
        "happening",
        "instrument",
        "moment",
        "recommendation",
        "reply",
        "request",
        "result",
        "round",
        "scenario",
        "sign",
        "step",
        "trigger",
    ]
)
"""Kinds that are told in words rather than field by field."""

DAY = 24 * 60 * 60 * 1_000_000
"""Microseconds of a day."""


def plain(text: str) -> str:
    """A text of somebody else's, without what would command the terminal or turn the direction of a line."""
    return _CONTROLS.sub("\ufffd", text)


def minute(at: int) -> str:
    """An instant to the minute, in UTC."""
    from tocsin.core.instant import written

    return written(at)[:16].replace("T", " ")


def end_of(text: str | None, option: str) -> int | None:
    """The instant that was typed; a day alone is its last moment. None if nothing was typed.

    Errors: StatementError names the option.
    """
    from tocsin.core.instant import parse

    if text is None:
        return None
    try:
        return parse(text)
    except (ValueError, OverflowError) as error:
        raise StatementError(str(error), field=option, remedy="Times are in UTC") from None


def start_of(text: str | None, option: str) -> int | None:
    """As ``end_of``, but a day alone is its first moment."""
    at = end_of(text, option)
    return at if at is None or text is None or ":" in text else at - DAY + 1


def highest(visit: Visit, views: Sequence[View]) -> str:
    """The label that all of these statements together must carry."""
    from tocsin.core.marking import TLP, Audience, Caveat, Marking, strictest

    caveats = {Caveat.EXERCISE} if visit.store.world == "exercise" else set()
    nothing = Marking(tlp=TLP.CLEAR, caveats=frozenset(caveats), audience=Audience.of("everyone"))
    return strictest(nothing, *(view.head.marking for view in views)).label


@contextmanager
def under(label: str) -> Iterator[None]:
    """Write the marking before and after what is written inside."""
    say(f"{label}\n")
    yield
    say(f"\n{label}")


def as_dict(view: View) -> dict[str, Any]:
    """A statement for machines: its open part with what this node knows of it."""
    from tocsin.core.instant import written

    return {
        "id": view.id,
        "state": view.state,
        "recorded_at": written(view.head.recorded_at),
        **view.shown,
        "supersedes": view.supersedes,
        "superseded_by": view.superseded_by,
        "derived_from": view.derived_from,
        "dissents": [{"id": one.id, "text": one.text, "withdrawn": one.withdrawn} for one in view.dissents],
    }


def listed(visit: Visit, views: Sequence[View], **more: object) -> dict[str, Any]:
    """Several statements for machines, under the marking of all."""
    return {"marking": highest(visit, views), "statements": [as_dict(view) for view in views], **more}


def headline(view: View) -> str:
    """A statement in one line; a number never without what it means (design, rule 4)."""
    body = view.shown["body"]
    if view.head.kind == "forecast":
        p, base = body["probability"], body["base_rate"]
        ratio = f", {times(p / base)} the base rate" if base else ""
        return (
            f"{percent(p)} ({one_in(p)}), {round(100 * body['coverage'])} % interval {percent(body['low'])} to "
            f"{percent(body['high'])}{ratio}; {body['outcome']}, {body['horizon']}, vintage {body['vintage']}; "
            f"{body['licence']}"
        )
    if view.head.kind == "release":
        return f"{body['outcome']}, {body['horizon']}, vintage {body['vintage']}; {body['licence']}"
    from tocsin.desk import wording

    said = body.get("reason") or wording.headline(view.body)
    return " ".join(plain(said).split()) + (f" ({len(view.dissents)} dissents)" if view.dissents else "")


def author(view: View) -> str:
    """Who says it, as far as that is told."""
    if view.organisation is None:
        return "not attributed"
    return f"{view.person}, {view.organisation}" if view.person else view.organisation


def item(view: View, sign: str = "") -> None:
    """A statement of a list: a line to read and a line to go on with."""
    head = view.head
    say(f"{sign}{minute(head.recorded_at)}  {head.marking.label}  {head.kind}  {head.subject}  {headline(view)}")
    say(f"{' ' * len(sign)}  {view.state}, by {author(view)}  {view.id}")


def whole(view: View) -> None:
    """Everything of one statement that its reader may see."""
    head, shown = view.head, view.shown
    body: Mapping[str, Any] = shown["body"]
    say(f"{head.kind} about {head.subject}, {view.state}")
    say(f"by {author(view)}; standing {shown['standing']}, origin {shown['origin']}")
    say(f"made {shown['made_at'][:16].replace('T', ' ')} UTC, recorded {minute(head.recorded_at)} UTC")
    say(f"for {names(head.marking.audience.root)}\n")
    if head.kind == "note":
        say(f"{plain(body['title'])}\n\n{plain(body['text'])}\n")
    elif head.kind in _IN_WORDS:
        from tocsin.desk import wording

        say(f"{plain(wording.headline(view.body))}\n\n{plain(wording.text(view.body, view.shown['evidence']))}\n")
    else:
        if head.kind in ("forecast", "release"):
            say(f"{headline(view)}\n")
        for name, value in body.items():
            if name != "kind":
                say(f"{name}: {plain(str(value))}")
        say("")
    for number, one in enumerate(view.dissents, 1):
        say(f"dissent {number} of {len(view.dissents)}: {plain(one.words)}")
    if shown["subject"]["type"] == "statement":
        say(f"about statement: {shown['subject']['id']}")
    for name in ("about", "as_of", "vocabulary", "method"):
        if shown[name]:
            say(f"{name.replace('_', ' ')}: {plain(str(shown[name]))}")
    for line in evidence(view):
        say(f"evidence {line}")
    for name in ("supersedes", "superseded_by", "derived_from"):
        for id in getattr(view, name):
            say(f"{name.replace('_', ' ')}: {id}")
    say(f"id: {view.id}")


def evidence(view: View) -> Iterator[str]:
    """What it rests on, an item a line."""
    from tocsin.desk.exporting import item_of_evidence

    for one in view.shown["evidence"]:
        yield " ".join(plain(item_of_evidence(one)).split())


def names(clauses: Sequence[Sequence[str]]) -> str:
    """An audience in words."""
    return (
        " and ".join(f"({' or '.join(one)})" if len(clauses) > 1 else " or ".join(one) for one in clauses) or "nobody"
    )


def foreseen(preview: Preview, organisations: Mapping[str, Any]) -> Iterator[str]:
    """An audience preview, line by line: which organisations, how many people, through which names, who only later."""

    def called(id: str) -> str:
        return f"{organisations[id].name} ({id})" if id in organisations else id

    total = sum(preview.organisations.values())
    yield f"{preview.marking.label} for {names(preview.marking.audience.root)}"
    yield f"In its audience: {counted(total)}" if total else "Nobody is in its audience; only its author sees it"
    for id, number in preview.organisations.items():
        yield f"  {called(id)}: {counted(number)}"
    for token, number in preview.through.items():
        yield f"  through {token}: {counted(number)}"
    if preview.persons:
        yield f"  of whom you know {', '.join(preview.persons)}"
    for id, number in preview.later.items():
        yield f"  only by a later back-fill: {called(id)}, {counted(number)}"


def counted(number: int) -> str:
    """So many people."""
    return "1 person" if number == 1 else f"{number} people"
