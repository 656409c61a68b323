"""A statement as a document that leaves the node, and who may take one away.

What is on the paper is what the open part says, and the names that go with its marking: nothing of the sealed part, and
nothing of whoever took it. Taking it is on record before it is handed out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tocsin.core.errors import AccessError
from tocsin.core.instant import moment, written
from tocsin.core.kinds import Note
from tocsin.core.marking import COMMUNITY, EVERYONE, TLP, Caveat, Marking
from tocsin.core.place import place
from tocsin.core.register import Register
from tocsin.core.seeing import originates
from tocsin.core.statement import Subject
from tocsin.desk import fiction, people, wording
from tocsin.desk.document import Block, Bullets, Heading, KeyFigure, Record, SmallPrint, readable
from tocsin.desk.views import View, shown
from tocsin.desk.visit import Visit
from tocsin.store.held import Held

FORM = "tocsin-export-1"


def export(visit: Visit, id: str, form: str) -> Record:
    """A statement as a document in this form, which goes on record as exported.

    Errors: NotFound if there is none, or none for this person; AccessError says why nobody, or only its originator,
    takes it away.
    """
    with visit.reading() as sight:
        head = sight.find(id)
    may_leave(visit, head)
    with visit.reading() as sight:
        head = sight.find(id)
        (view,) = shown(sight, [head])
        register = people.known_to(sight)
    made = _record(visit, view, register)
    visit.note("exported", [id], {"form": form, "marking": head.marking.label})
    return made


def may_leave(visit: Visit, head: Held) -> None:
    """Whether this person may take a statement, or a file that it cites, away with them.

    Errors: AccessError says why not; the refusal is written down.
    """
    if kept := stays(visit, head):
        what, remedy = kept
        visit.note("denied", [head.id], {"to": "export", "why": what})
        raise AccessError(what, where=head.id, remedy=remedy)


def stays(visit: Visit, head: Held) -> tuple[str, str] | None:
    """Why a statement does not go into a file for this person, and what to do; None if it may."""
    if head.recalled:
        return "it has been recalled, so nobody takes it away", "Use what its originator says instead"
    if head.marking.tlp is TLP.RED:
        what = "TLP:RED is for the persons it names, on this screen; it is not made into a file"
        return what, "Ask its originator for a release that can be passed on"
    if Caveat.ORIGINATOR_CONTROL in head.marking.caveats and not originates(visit.actor, head):
        what = "it is under its originator's control, so only they take it away"
        return what, "Ask its originator for a copy, or propose a release to them"
    return None


def item_of_evidence(one: Mapping[str, str]) -> str:
    """An item of evidence in a line: by what it is cited, what it is, its grade, and all else that binds its use.

    What its author did not say is left out.

    >>> said = {"type": "source", "reference": "Radio", "reliability": "B", "credibility": "2", "note": ""}
    >>> item_of_evidence(said | {"key": "e1", "provenance": "media", "consent": "not needed", "tlp": "TLP:CLEAR"})
    'e1: Radio (B2; media; consent not needed; TLP:CLEAR)'
    """
    key = f"{one['key']}: " if one.get("key") else ""
    name = one["reference"] if one["type"] == "source" else f"{one['type']} {one['reference']}"
    consent = f"consent {one['consent']}" if one.get("consent") else ""
    known = (one["reliability"] + one["credibility"], one.get("provenance"), consent, one.get("tlp"))
    note = f" - {one['note']}" if one.get("note") else ""
    return f"{key}{name} ({'; '.join(part for part in known if part)}){note}"


def _record(visit: Visit, view: View, register: Register) -> Record:
    marking = view.head.marking
    watermark = fiction.watermark(visit.store.world)
    author, audience = _author(view, register), _audience(marking, register)
    subject = _subject(view)
    title = view.body.title if isinstance(view.body, Note) else f"{view.head.kind.capitalize()}: {subject}"
    dissents = wording.dissent_blocks(view.dissents)
    blocks = [
        *_state(view),
        *wording.blocks(view.body, view.shown["evidence"]),
        *dissents,
        *_evidence(view.shown["evidence"]),
    ]
    return Record(
        title=readable(title),
        subtitle=readable(f"{view.head.kind.capitalize()} on {subject} · {author}"),
        marking=marking.tlp,
        caveats=tuple(sorted(marking.caveats)),
        prepared=moment(visit.store.clock()).date(),
        blocks=readable((*blocks, _small_print(view, author, audience))),
        watermark=watermark,
        id=view.id,
        twin=_twin(view, watermark, author, audience),
    )


def _twin(view: View, watermark: str, author: str, audience: str) -> dict[str, Any]:
    """The same for a machine: the open part, against which the identity can be checked.

    Under the Chatham House Rule the audience is left out of it, because it tells who was at the table; the identity can
    then be checked on the node alone.
    """
    marking = dict(view.shown["marking"])
    if Caveat.CHATHAM_HOUSE in view.head.marking.caveats:
        del marking["audience"]
    return {
        "form": FORM,
        "watermark": watermark or None,
        "banner": view.head.marking.label,
        "id": view.id,
        "state": view.state,
        "author": author,
        "audience": audience,
        "recorded_at": written(view.head.recorded_at),
        "dissents": [{"text": one.words, "withdrawn": one.withdrawn} for one in view.dissents],
        "statement": {**view.shown, "marking": marking},
    }


def _subject(view: View) -> str:
    """What it is about, in words; of a statement about another one, what that one is about."""
    subject = Subject.read(view.head.subject)
    if subject.type == "place":
        if subject.id in fiction.states():
            return f"{fiction.state(subject.id).name} ({subject.id}, fictional)"
        return f"{place(subject.id).names['en']} ({subject.id})"
    return subject.id


def _author(view: View, register: Register) -> str:
    """As attributed, whoever takes it: the file may go on to others."""
    author: Mapping[str, str | None] = view.shown["author"]
    organisation, person = author.get("organisation"), author.get("person")
    if not organisation:
        return "not attributed"
    named = register.organisations[organisation].name if organisation in register.organisations else organisation
    if not person:
        return named
    return f"{register.persons[person].name if person in register.persons else person}, {named}"


def _audience(marking: Marking, register: Register) -> str:
    if Caveat.CHATHAM_HOUSE in marking.caveats:
        return "those for whom it was made; under the Chatham House Rule they are not named"
    if not marking.audience.root:
        return "nobody"
    return ", and also ".join(
        " or ".join(_token(token, register) for token in clause) for clause in marking.audience.root
    )


def _token(token: str, register: Register) -> str:
    kind, _, id = token.partition(":")
    known: Mapping[str, Mapping[str, Any]] = {
        "org": register.organisations,
        "group": register.groups,
        "person": register.persons,
    }
    if token == EVERYONE:
        return "everyone"
    if token == COMMUNITY:
        return "everyone with an account"
    name = known[kind][id].name if id in known[kind] else id
    return f"the group {name}" if kind == "group" else str(name)


def _state(view: View) -> tuple[Block, ...]:
    if view.state == "superseded":
        return (KeyFigure("Superseded", ("Something newer stands in its place. Ask its author for it.",)),)
    return ()


def _evidence(evidence: list[Mapping[str, str]]) -> list[Block]:
    if not evidence:
        return []
    items = tuple(item_of_evidence(one) for one in evidence)
    return [Heading("Evidence, graded on the Admiralty scale (source A-F, information 1-6)"), Bullets(items)]


def _small_print(view: View, author: str, audience: str) -> SmallPrint:
    open_part = view.shown
    recorded = moment(view.head.recorded_at)
    entries = [
        ("Author", f"{author}; standing {open_part['standing']}; made by a {open_part['origin']}"),
        ("Made", f"{open_part['made_at'][:16].replace('T', ' ')} UTC; recorded {recorded:%Y-%m-%d %H:%M} UTC"),
        ("Handling", f"{view.head.marking.label}, Traffic Light Protocol 2.0; for {audience}"),
        ("State", f"{view.state} when this file was made; the node knows whether it still is"),
        ("Identity", view.id),
    ]
    for label, name in (("Speaks of", "about"), ("Events up to", "as_of"), ("Method", "method")):
        if open_part[name]:
            entries.insert(2, (label, str(open_part[name])))
    return SmallPrint(tuple(entries))
