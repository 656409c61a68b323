"""Attachments: bringing a file, which is then known by its digest, and taking one away.

A file has no marking of its own. It is its bringer's alone until a statement cites it; then whoever may see such a
statement may have the file, under the join of the markings of those that they see.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tocsin.core.errors import NotFound, StatementError
from tocsin.core.marking import TLP, Audience, Caveat, Marking, strictest
from tocsin.core.seeing import Role
from tocsin.desk import exporting, rules
from tocsin.desk.media import MEDIA
from tocsin.desk.visit import Sight, Visit

LARGEST = 20 * 2**20
"""Bytes that an attachment may have."""

LONGEST_NAME = 255
"""Bytes that the name of a file may have, as on most disks."""

_IDENTITY = re.compile(r"[0-9a-f]{64}", re.ASCII)

_UNFIT = re.compile('[\x00-\x1f\x7f-\x9f/\\\\:*?"<>|\u2028\u2029\u202a-\u202e\u2066-\u2069]')
"""What no name holds: controls, what parts folders, and marks that turn the direction of a text to hide an ending."""


@dataclass(frozen=True)
class Attachment:
    """A file as somebody may have it.

    marking: the join of the markings of the statements through which they may. ending: what a name for it ends in.
    """

    id: str
    content: bytes
    media_type: str
    ending: str
    marking: Marking

    @property
    def name(self) -> str:
        """What to call it outside: its digest, and that it is fictional if it comes from an exercise."""
        fictional = "EXERCISE-" if Caveat.EXERCISE in self.marking.caveats else ""
        return f"{fictional}{self.id[:16]}{self.ending}"


def by_name(name: str) -> str:
    """The media type that a file of this name has, by its ending.

    Errors: StatementError if files of this ending are not taken.

    >>> by_name("Radio log.TXT")
    'text/plain'
    """
    for media_type, known in MEDIA.items():
        if name.lower().endswith(known.endings):
            return media_type
    endings = ", ".join(ending for known in MEDIA.values() for ending in known.endings)
    raise StatementError(
        f"files called {name[-40:]!r} are not taken", field="name", remedy=f"Bring one that ends in {endings}"
    )


def put(visit: Visit, name: str, media_type: str, content: bytes) -> str:
    """Keep a file, to be cited as evidence by the digest that this gives.

    name: what it is called where it comes from; empty if it has no name. It is not kept: a name can tell as much as
    the file does.

    Errors: StatementError if it is too large, of a type that is not taken, or not what it says it is; AccessError if
    the role does not suffice.
    """
    visit.need(Role.ANALYST, Role.DESK_OFFICER, Role.CONVENOR, to="bring a file")
    wanted = medium(media_type)
    _check(name, wanted, content)
    with visit.store.writing() as writer:
        id = writer.keep(content, wanted, visit.actor.organisation, visit.actor.person)
        # Everybody who brings the same bytes has a line: the second may use the file as the first does.
        writer.note(visit.line(rules.BROUGHT, [id], media_type=wanted, size=len(content)))
    return id


def get(visit: Visit, id: str) -> Attachment:
    """A file, whose taking is on record before it is handed out.

    Errors: NotFound, alike whether there is none or it is not for them; AccessError if what cites it does not leave
    the screen; StoreError if the stored file is damaged.
    """
    with visit.store.reading() as reader:
        sight = Sight(visit, reader)
        formed = _IDENTITY.fullmatch(id) is not None
        file = reader.file(id) if formed else None
        through = rules.citing(sight, id) if formed else []
        own = rules.brought(sight, id) if formed else None
        allowed = file is not None and bool(through or own)
    if file is None or not allowed:
        visit.note("denied", [id] if formed else [], {"to": "have a file"})
        raise NotFound(
            "there is no such attachment, or it is not for you", where=id, remedy="Check its digest in the statement"
        )
    free = [head for head in through if not exporting.stays(visit, head)]
    if through and not free and not own:
        exporting.may_leave(visit, through[0])
    marking = strictest(*(head.marking for head in through)) if through else alone(visit)
    content = visit.store.blobs.get(id)
    visit.note(
        "exported", [id, *(head.id for head in through)], {"form": own or file.media_type, "marking": marking.label}
    )
    known = MEDIA.get(own or file.media_type)
    return Attachment(id, content, own or file.media_type, known.endings[0] if known else "", marking)


def medium(content_type: str) -> str:
    """The media type of a Content-Type, without parameters.

    >>> medium("Text/CSV; charset=utf-8")
    'text/csv'
    """
    return content_type.partition(";")[0].strip().lower()


def alone(visit: Visit) -> Marking:
    """The marking of a file that no statement cites: it is its bringer's alone."""
    caveats = frozenset({Caveat.EXERCISE}) if visit.store.world == "exercise" else frozenset[Caveat]()
    return Marking(tlp=TLP.RED, caveats=caveats, audience=Audience.of(f"person:{visit.actor.person}"))


def _check(name: str, media_type: str, content: bytes) -> None:
    known = MEDIA.get(media_type)
    if known is None:
        raise StatementError(
            f"files of the type {media_type[:80]!r} are not taken",
            field="media_type",
            remedy="Bring one of " + ", ".join(MEDIA),
        )
    if not content:
        raise StatementError("the file is empty", field="content", remedy="Bring a file that holds something")
    if len(content) > LARGEST:
        raise StatementError(
            f"the file is larger than {LARGEST // 2**20} MiB",
            field="content",
            remedy="Bring a smaller one, or say in the evidence where it is kept",
        )
    if not known.fits(content):
        raise StatementError(
            f"its bytes are not those of {media_type}",
            field="content",
            remedy="Say what the file is, and bring it whole and without macros",
        )
    if name and (_UNFIT.search(name) or not _short(name) or not name.lower().endswith(known.endings)):
        raise StatementError(
            f"a file of the type {media_type} is not called so",
            field="name",
            remedy=f"Give a plain name that ends in {' or '.join(known.endings)}, or none",
        )


def _short(name: str) -> bool:
    return len(name.encode("utf-8", "surrogatepass")) <= LONGEST_NAME
