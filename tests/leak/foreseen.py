"""The calendar in random worlds: moments, instruments, moves; and a feed of whoever is looking."""

from __future__ import annotations

from typing import Any

from tests.leak.rounds import whoever_may
from tests.leak.worlds import PLACES, START, World
from tocsin.core.errors import NotFound
from tocsin.core.instant import NEVER, moment
from tocsin.core.statement import digest
from tocsin.desk import making
from tocsin.desk.horizon import calendar
from tocsin.store import feeds

SECRET = "tocsin_feed_of_whoever_looks"
"""The secret of the feed that ``look`` makes."""


def _day(ahead: int) -> str:
    return moment(START + ahead * 86_400_000_000).date().isoformat()


def foresee(world: World, number: int, person: str, marking: dict[str, Any], bits: int) -> None:
    """Somebody puts a moment on the calendar: a day, any day, a rule, or a time."""
    words = f"canary{number:03d}x"
    body: dict[str, Any] = {"title": f"Moment {words}", "text": f"Words {words} common", "source": f"Source {words}"}
    body |= {"sort": "election", "certainty": "expected", "timing": "fixed", "when": _day(40 + bits)}
    match bits % 4:
        case 1:
            body |= {"timing": "undated", "when": None, "condition": f"Condition {words}"}
        case 2:
            body |= {"timing": "recurring", "recurrence": "FREQ=MONTHLY;COUNT=3", "when": _day(bits)}
        case 3:
            body |= {"clock": {"starts": "09:30", "minutes": 30, "zone": "Africa/Khartoum"}}
    given = {"body": body, "subject": {"type": "place", "id": PLACES[bits % 2]}, "marking": marking}
    world.made(calendar.put(world.visit(person), given).id)


def equip(world: World, number: int, person: str, marking: dict[str, Any], bits: int) -> None:
    """Somebody says how long an instrument takes."""
    words = f"canary{number:03d}x"
    times = {"low": 1, "typical": 5, "high": 10 + bits}
    body = {"kind": "instrument", "name": f"Instrument {words}", "deciding": times, "effect": times}
    body |= {"owner": f"Role {words}", "source": f"Source {words}"}
    subject = {"type": "place", "id": PLACES[bits % 2]} if bits % 3 else {"type": "period", "id": "2000-2100"}
    world.made(making.make(world.visit(person), {"body": body, "subject": subject, "marking": marking}).id)


def move(world: World, number: int, other: int, bits: int) -> None:
    """Whoever may moves a moment; sometimes to where fewer people see it."""
    moments = [one for one in world.statements() if one.kind == "moment" and not one.supersedes]
    if not moments:
        raise NotFound("no moment yet", where="", remedy="")
    about = moments[other % len(moments)]

    def act(visit: Any) -> Any:
        given = calendar.moved_given(visit, about.id, {"when": _day(60 + bits), "timing": None} | _fixed(about))
        stricter = {"tlp": "RED", "audience": [[f"person:{visit.actor.person}"]]}
        return making.make(visit, given | ({"marking": stricter} if bits % 3 == 0 else {}))

    world.made(whoever_may(world, act).id)


def _fixed(about: Any) -> dict[str, Any]:
    """A moment that recurs goes on doing so; all others become fixed."""
    return {"timing": "recurring"} if about.body.recurrence else {"timing": "fixed", "condition": ""}


def look(world: World, person: str) -> None:
    """The one feed in a world is of whoever looks at it, up to AMBER."""
    made = feeds.Feed(digest(SECRET.encode()), "look", person, "Phone", "TLP:AMBER", None, 0, NEVER, None)
    with world.node.store.writing() as writer:
        writer.connection.exec_driver_sql("DELETE FROM feed")
        feeds.add(writer.connection, made)
