"""Feeds of the calendar: what somebody may see, up to a label, at an address that nobody can guess and they can revoke.

A feed is no copy: whenever it is fetched it is its owner's sight of that moment, cut to its ceiling. What is above the
ceiling is not in it, not even as *busy*, and supersedes nothing in it. What its originator has recalled is gone.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tocsin.core.errors import AccessError, NotFound, StatementError
from tocsin.core.foreseeing import Moment
from tocsin.core.instant import NEVER, Instant
from tocsin.core.marking import TLP, Audience, Caveat, Marking, strictest
from tocsin.core.place import place
from tocsin.core.seeing import originates
from tocsin.core.statement import digest
from tocsin.desk import fiction
from tocsin.desk.horizon import looking
from tocsin.desk.horizon.calendar import times, today
from tocsin.desk.node import Node
from tocsin.desk.sessions import MAY, Scope
from tocsin.desk.visit import ABOVE_GREEN, Sight, Visit
from tocsin.store import feeds as kept
from tocsin.store.held import Held

PREFIX = "tocsin_feed_"
"""How the secret of every feed begins, so that one that was published by mistake can be found."""

CEILINGS = (TLP.CLEAR, TLP.GREEN, TLP.AMBER)
"""The labels up to which a feed may go. Calendar services keep copies; what is stricter is read on the pages."""

BACK = 31
"""Days for which what is over stays in a feed."""

LONGEST_DAYS, MOST_FEEDS, LISTED = 365, 20, 40
"""Days a feed may hold, feeds that one person may have at a time, and how many are listed."""

_DAY = 24 * 3600 * 1_000_000


@dataclass(frozen=True)
class FeedView:
    """A feed as its owner sees it: never its secret."""

    id: str
    name: str
    ceiling: TLP
    subject: str | None
    created: Instant
    expires: Instant
    state: str


@dataclass(frozen=True)
class Item:
    """A moment in a feed. uid: the same for all its versions; version: how many there were before, as far as they are
    in the feed; first, changed: when the first version and this one were recorded. where: the place's name.
    """

    id: str
    uid: str
    version: int
    first: Instant
    changed: Instant
    body: Moment
    subject: str
    where: str
    marking: Marking


@dataclass(frozen=True)
class Feed:
    """What a feed holds at present. marking: of all that is in it. exercise: whether everything in it is fictional."""

    name: str
    items: tuple[Item, ...]
    marking: Marking
    made: Instant
    exercise: bool


def new(
    visit: Visit, name: str, ceiling: str, *, subject: str | None = None, days: int = LONGEST_DAYS
) -> tuple[str, FeedView]:
    """A new feed of what this person may see: its secret, shown this one time, and how it is listed from now on.

    ceiling: TLP:CLEAR, TLP:GREEN or TLP:AMBER. subject: the key of a place, as ``place:SDN``; None for all places.

    Errors: StatementError names the field; AccessError if asked with a token that may only read, or without an account.
    """
    if not visit.actor.active or not visit.actor.organisation:
        raise AccessError("a feed shows what a person may see", remedy="Make it as somebody who has an account")
    if visit.may == MAY[Scope.READ]:
        visit.note("denied", detail={"to": "make a feed"})
        raise AccessError(
            "a token that may only read makes no feed, which would outlive it",
            remedy="Use a token that may write, or the pages",
        )
    told = " ".join(name.split())
    if not 0 < len(told) <= 200:
        raise StatementError("a feed has a name of at most 200 letters", field="name", remedy="Say who reads it")
    if not told.isprintable():
        # Neither form of a feed could be written, nor could every database keep it.
        raise StatementError("it holds what cannot be seen", field="name", remedy="Write visible letters only")
    label = _ceiling(ceiling)
    if not 1 <= days <= LONGEST_DAYS:
        raise StatementError(
            f"a feed holds for 1 to {LONGEST_DAYS} days", field="days", remedy="Choose how long you need it"
        )
    if subject is not None:
        called(visit, subject)
    secret, now = PREFIX + secrets.token_urlsafe(32), visit.store.clock()
    made = kept.Feed(
        digest(secret.encode()),
        secrets.token_hex(4),
        visit.actor.person,
        told,
        label.label,
        subject,
        now,
        now + days * _DAY,
        None,
    )
    with visit.store.writing() as writer:
        if kept.number(writer.connection, visit.actor.person, now) >= MOST_FEEDS:
            raise StatementError(
                f"nobody has more than {MOST_FEEDS} feeds at a time", field="name", remedy="Revoke one first"
            )
        kept.add(writer.connection, made)
        writer.note(visit.line("made a feed", feed=made.id, ceiling=label.label, days=days))
    return secret, _view(made, now)


def listed(visit: Visit) -> list[FeedView]:
    """This person's newest feeds."""
    now = visit.store.clock()
    with visit.store.reading() as reader:
        return [_view(one, now) for one in kept.of_person(reader.connection, visit.actor.person, LISTED)]


def revoke(visit: Visit, id: str) -> None:
    """End one of this person's feeds: whoever fetches it finds nothing from now on.

    Errors: NotFound if they have no such feed that still holds.
    """
    with visit.store.writing() as writer:
        if not kept.revoke(writer.connection, visit.actor.person, id, visit.store.clock()):
            raise NotFound("you have no such feed that still holds", where=id[:40], remedy="Choose one from the list")
        writer.note(visit.line("revoked a feed", feed=id))


def fetch(node: Node, secret: str, form: str) -> Feed:
    """What the feed of this secret holds now; the fetch goes on record, with what is above GREEN in it.

    form: in which it is handed out, for the log.

    Errors: NotFound in the same words, whether there is none, it has run out or was revoked, or its owner has left.
    """
    visit, feed = _owner(node, secret)
    found = _held(visit, feed)
    visit.note("fetched a feed", [], {"feed": feed.id, "form": form, "items": len(found.items)})
    return found


def export(
    visit: Visit,
    ceiling: str = "TLP:AMBER",
    *,
    subject: str | None = None,
    since: date | None = None,
) -> Feed:
    """What this person may take away of the calendar as a file, up to a label; it goes on record.

    Errors: StatementError names the field.
    """
    label = _ceiling(ceiling)
    named = called(visit, subject) if subject else "all places"
    feed = kept.Feed("", "", visit.actor.person, f"Calendar, {named}", label.label, subject, 0, NEVER, None)
    return _held(replace(visit, act="exported"), feed, since)


def called(visit: Visit, subject: str) -> str:
    """The name of the place of this key.

    Errors: StatementError if it is the key of none.
    """
    kind, _, id = subject.partition(":")
    if kind != "place":
        raise StatementError("a moment is at a place", field="subject", remedy="Write place and its code, as place:SDN")
    if visit.store.world == "exercise":
        return fiction.state(id).name
    return place(id).names["en"]


def _owner(node: Node, secret: str) -> tuple[Visit, kept.Feed]:
    with node.store.reading() as reader:
        feed = kept.of_digest(reader.connection, digest(secret.encode()))
        register = reader.register
    now = node.store.clock()
    person = register.persons.get(feed.person) if feed else None
    if feed is None or person is None or not person.active or not feed.holds(now):
        raise NotFound("there is no such feed, or no longer", remedy="Ask whoever gave you its address for a new one")
    actor = register.actor(person.id, now, node.store.world)
    return Visit(node.settings, node.store, actor, "feed", MAY[Scope.READ], act="exported"), feed


def _held(visit: Visit, feed: kept.Feed, since: date | None = None) -> Feed:
    top = TLP.read(feed.ceiling)

    def fits(head: Held) -> bool:
        controlled = Caveat.ORIGINATOR_CONTROL in head.marking.caveats and not originates(visit.actor, head)
        return head.marking.tlp.rank <= top.rank and not controlled

    begins = since or today(visit) - timedelta(days=BACK)
    exercise = visit.store.world == "exercise"
    caveats = frozenset({Caveat.EXERCISE} if exercise else ())
    nothing = Marking(tlp=TLP.CLEAR, caveats=caveats, audience=Audience.of("everyone"))
    with visit.reading() as sight:
        found = [
            (head, made.body)
            for head, made in looking.standing(sight, "moment", subject=feed.subject, keep=fits)
            if isinstance(made.body, Moment) and times(made.body, begins, date.max)
        ]
        items = tuple(_items(sight, found, fits))
        # A program fetches a feed a hundred times a day: its line says so each time, and names what is above GREEN.
        sight.reads([head for head, _ in found if not feed.id or head.marking.tlp in ABOVE_GREEN])
    marking = strictest(nothing, *(one.marking for one in items))
    return Feed(feed.name, items, marking, visit.store.clock(), exercise)


def _items(sight: Sight, found: Iterable[tuple[Held, Moment]], fits: looking.Keep) -> Iterable[Item]:
    for head, body in found:
        chain = looking.versions(sight, head, fits)
        first = chain[0][0]
        yield Item(
            head.id,
            uid(first.id),
            len(chain) - 1,
            first.recorded_at,
            head.recorded_at,
            body,
            head.subject,
            called(sight.visit, head.subject),
            head.marking,
        )


def uid(first: str) -> str:
    """The name under which calendars know a moment: from the identity of its first version that is in the feed."""
    return f"{digest(f'moment {first}'.encode())[:32]}@tocsin"


def _ceiling(text: str) -> TLP:
    try:
        label = TLP.read(text)
    except ValueError:
        label = None
    if label not in CEILINGS:
        raise StatementError(
            "a feed or a file of the calendar goes up to TLP:AMBER; what is stricter is read on the pages",
            field="ceiling",
            remedy="Choose " + ", ".join(one.label for one in CEILINGS),
        )
    return label


def _view(one: kept.Feed, now: Instant) -> FeedView:
    state = "valid" if one.holds(now) else "revoked" if one.revoked is not None else "expired"
    return FeedView(one.id, one.name, TLP.read(one.ceiling), one.subject, one.created, one.expires, state)
