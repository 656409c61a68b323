"""Every channel of the workbench, found in the route table: what one person is told at each address, in one world."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pypdf
import pytest
from fastapi import FastAPI
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from tests.leak.foreseen import SECRET as FEED
from tests.leak.foreseen import look
from tests.leak.worlds import GROUPS, ORGANISATIONS, PLACES, START, World
from tocsin.core.instant import written
from tocsin.desk.node import Node
from tocsin.desk.visit import Visit
from tocsin.interfaces.web import create_app, doors

HOME = "http://127.0.0.1:8420"
NO_STATEMENT = "0" * 64
SECRET = b"s" * 32
"""What forms prove themselves with here."""

UNTOLD = {
    # What this says of other people's doings is the steward's to know by office: how many lines the log has.
    ("GET", "/api/v1/audit/verify"),
    ("POST", "/audit/verify"),
    # Files of the package.
    ("GET", "/static"),
}


class Stage(Node):
    """A node with accounts whose world and visitor can be changed, so that one application serves all of them."""

    def show(self, world: World, person: str) -> None:
        """From now on this world, to this person."""
        object.__setattr__(self, "store", world.node.store)
        object.__setattr__(self, "shown", (world, person))
        look(world, person)

    def seated(self, door: str) -> Visit:
        """The person whose eyes we look through."""
        world, person = self.shown
        return world.visit(person, door)


@dataclass(frozen=True)
class Ask:
    """One request, to an address of this route. sent: what ``client.request`` takes beside it."""

    route: str
    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    sent: dict[str, Any] = field(default_factory=dict)


ROUND_KINDS = ("round", "envelope", "estimate", "declaration", "dissent", "result")

AGREED_KINDS = ("trigger", "backtest", "activation", "happening", "scenario", "sign")

Choose = Callable[[World, random.Random], str]

FILL: dict[str, Choose] = {
    "id": lambda world, pick: pick.choice([*identities(world), NO_STATEMENT]),
    "query": lambda world, pick: pick.choice(PLACES),
    "key": lambda world, pick: _subject(world, pick),
    "subject": lambda world, pick: _subject(world, pick),
    "kind": lambda world, pick: pick.choice(
        ("note", "recall", "lineage", "proposal", *ROUND_KINDS, *AGREED_KINDS, "nothing")
    ),
    "form": lambda world, pick: pick.choice(("pdf", *("docx", "md", "json") * 4)),
    "person": lambda world, pick: pick.choice(world.persons),
    "group": lambda world, pick: pick.choice((*GROUPS, "none")),
    "organisation": lambda world, pick: pick.choice((*ORGANISATIONS, "none")),
    "place": lambda world, pick: pick.choice(PLACES),
    "code": lambda world, pick: pick.choice(PLACES),
    "slug": lambda world, pick: "not-found",
    "scheme": lambda world, pick: pick.choice(("terms", "us-araf", "crosswalks", "none")),
    "notation": lambda world, pick: pick.choice(("1.1", "genocide.convention", "none")),
    "secret": lambda world, pick: pick.choice((f"{FEED}.ics", f"{FEED}.atom", "none.ics", "none")),
    "question": lambda world, pick: pick.choice((*("onset",) * 6, "spread", "none")),
}
"""What stands for each name in an address. A route with another name fails the test until it is taught here."""

_TABLES = {
    "world": ("ranking",),
    "monday": ("changes", "highest"),
    "signals": ("signals",),
    "horizon": ("windows", "any_day", "closed", "moments", "instruments", "triggers", "feeds"),
    "does-it-matter": ("comparisons",),
    "scorecard": ("scores", "reliability", "comparisons", "beside", "monthly", "monthly_comparisons"),
    "method": ("predictors", "steps", "constants"),
    "data": ("receipts", "sources", "files", "quarantine"),
    "find": ("found",),
    "lexicon": ("schemes", "concepts", "mappings"),
    "yardsticks": ("bands", "told", "states"),
    "statements": ("statements",),
    "statement": ("statements",),
    "history": ("statements", "differences"),
    "lineage": ("statements",),
    "proposals": ("proposals",),
    "proposal": ("sources",),
    "organisations": ("organisations", "persons"),
    "groups": ("members",),
    "audit": ("lines",),
    "country": ("statements", "forecast", "contributions", "history", "months", "months_others", "months_signals"),
    "assess": ("none",),
    "assessment": ("ratings", "changes", "rendered"),
    "differ": ("shares", "reasons"),
    "compose": ("none",),
    "contributions": ("contributions",),
    "contribution": ("statements",),
    "contribute": ("requests",),
    "requests": ("requests",),
    "derive": ("none",),
    "rounds": ("rounds", "questions"),
    "round": ("questions", "estimates", "results", "recommendations"),
    "triggers": ("triggers",),
    "trigger": ("alarms", "tasks", "statements"),
    "scenarios": ("scenarios",),
    "scenario": ("paths", "statements"),
}
"""The tables of each page, by the first word of its address."""

_QUERY: dict[str, Choose] = {
    "q": lambda world, pick: pick.choice(("common", "canary", _word(world, pick), _word(world, pick)[:8])),
    "as_of": lambda world, pick: written(START + pick.randrange(9, 24) * 1_000_000),
    "since": lambda world, pick: written(START + pick.randrange(9, 24) * 1_000_000),
    "until": lambda world, pick: written(START + pick.randrange(9, 24) * 1_000_000),
    "subject": lambda world, pick: _subject(world, pick),
    "kind": FILL["kind"],
    "limit": lambda world, pick: str(pick.choice((1, 2, 50))),
    "supersedes": FILL["id"],
    "a": lambda world, pick: _assessment(world, pick),
    "b": lambda world, pick: _assessment(world, pick),
    "frame": lambda world, pick: pick.choice(("un-framework-2014", "us-araf", "eu-checklist", "none")),
    "request": FILL["id"],
    "statement": FILL["id"],
    "person": FILL["person"],
    "place": FILL["place"],
    "first": lambda world, pick: pick.choice(("2026-01-01", "2027-01-01")),
    "last": lambda world, pick: pick.choice(("2027-12-31", "2030-01-01")),
    "sort": lambda world, pick: pick.choice(("election", "other")),
    "months": lambda world, pick: pick.choice(("6", "12", "18", "7")),
    "waiting": lambda world, pick: "true",
    "to": lambda world, pick: pick.choice(("terms", "us-araf", "phia")),
    "from": lambda world, pick: pick.choice(("terms", "icd203")),
    "probability": lambda world, pick: pick.choice(("0.05", "7")),
    "yardstick": lambda world, pick: pick.choice(("icd203", "phia", "none")),
}

_NEEDS = {
    "/api/v1/subjects/{key}/differences": ("since",),
    "/api/v1/crosswalks": ("from", "to"),
    "/api/v1/assessments/{id}/rendered": ("frame",),
    "/api/v1/differences": ("a", "b"),
    "/differ": ("a", "b"),
    "/compose": ("subject",),
    "/api/v1/yardsticks/say": ("probability",),
    "/api/v1/yardsticks/translate": ("from", "to"),
}
"""What an address cannot do without."""


def identities(world: World) -> list[str]:
    """Every statement and file there is."""
    return [one.id for one in (*world.statements(), *world.files())]


def _subject(world: World, pick: random.Random) -> str:
    places, statements = (f"place:{one}" for one in PLACES), (f"statement:{one.id}" for one in world.statements())
    # As often a place: most forms are about one, and there are many statements.
    return pick.choice([*pick.choice(([*places], [*statements])), "place:TCD"])


def _assessment(world: World, pick: random.Random) -> str:
    """Mostly one of the few assessments: other statements are refused there in the same way."""
    made = [one.id for one in world.statements() if one.kind == "assessment"]
    return pick.choice(made) if made and pick.random() < 0.8 else FILL["id"](world, pick)


def _mostly(kind: str) -> Choose:
    """Mostly one of the few statements of a kind: others are refused there in the same way."""

    def chosen(world: World, pick: random.Random) -> str:
        made = [one.id for one in world.statements() if one.kind == kind]
        return pick.choice(made) if made and pick.random() < 0.8 else FILL["id"](world, pick)

    return chosen


def _word(world: World, pick: random.Random) -> str:
    words = re.findall(r"canary\d+x", " ".join(one.open_bytes.decode() for one in world.statements()))
    return pick.choice(words or ["canary"])


def stage(world: World, patch: pytest.MonkeyPatch) -> tuple[Stage, TestClient]:
    """An application of a node with accounts, and a client whose person is already signed in, whoever it is.

    Only the signing in is replaced: whoever is shown a world has come in.
    """
    node = Stage(world.node.settings, world.node.store, team=True)

    def admit(_: Node, request: Any) -> doors.Caller:
        visit = node.seated(doors.door(request))
        if doors.door(request) == "api":
            return doors.Caller("token", b"", visit)
        who = doors.Who(visit.actor.person, visit.actor.organisation)
        return doors.Caller("session", SECRET, visit, who)

    patch.setattr(doors, "_admit", admit)
    return node, TestClient(create_app(node), base_url=HOME, raise_server_exceptions=False, follow_redirects=False)


def addresses(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Method and path of every route, also of those in routers and mounted applications."""

    def walk(routes: list, above: str) -> Iterator[tuple[str, str]]:
        for route in routes:
            if isinstance(route, Mount):
                yield from walk(route.routes or [], above + route.path)
            elif isinstance(route, Route) or hasattr(route, "methods"):
                for method in sorted(set(route.methods or {"GET"}) - {"HEAD"}):
                    yield method, above + route.path
            elif hasattr(route, "original_router"):
                yield from walk(route.original_router.routes, above + route.include_context.prefix)
            else:
                raise AssertionError(f"a route that the leak test does not know how to walk: {route!r}")

    yield from walk(app.routes, "")


def asked(method: str, path: str, world: World, pick: random.Random) -> Ask:
    """A request to an address that is read from, with its blanks filled in and some questions asked."""
    table = pick.choice(_TABLES[path.split("/")[1]]) if "{table}" in path else ""
    filled = fill(path.replace("{table}", table), world, pick)
    names = {*pick.sample(sorted(_QUERY), pick.randrange(4)), *_NEEDS.get(path, ())}
    return Ask(path, method, filled, tuple((name, _QUERY[name](world, pick)) for name in sorted(names)))


def fill(path: str, world: World, pick: random.Random) -> str:
    """An address with its blanks filled in."""
    kind = next((kind for kind in ("trigger", "scenario") if f"/{kind}" in path), "")
    chosen = FILL | ({"id": _assessment} if "/assessment" in path else {"id": _mostly(kind)} if kind else {})
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda blank: chosen[blank[1]](world, pick), path)


def told(client: TestClient, ask: Ask) -> tuple[int, dict[str, str], str]:
    """The whole answer: status, headers and body, without what is drawn anew for every answer."""
    sent = dict(ask.sent)
    given = {"accept-encoding": "identity", **sent.pop("headers", {})}
    answer = client.request(ask.method, ask.path, params=list(ask.query), headers=given, **sent)
    client.cookies.clear()
    headers = {name: value for name, value in answer.headers.items() if name not in ("date", "set-cookie")}
    if answer.content[:2] == b"PK" or answer.content[:4] == b"%PDF":
        # When a file was made is in it; what it says is compared.
        sized = {name: value for name, value in headers.items() if name != "content-length"}
        return answer.status_code, sized, _said(answer.content)
    body = re.sub(r'(name="csrf"[^>]*value=)"[^"]*"', r'\1"(drawn anew)"', answer.text)
    # Invitations and tokens.
    body = re.sub(r"<code>([a-z0-9]+-){5}[a-z0-9]+</code>|tocsin_[\w-]{20,}", "(drawn anew)", body)
    return answer.status_code, headers, body


def _said(content: bytes) -> str:
    """Everything that a Word or PDF file holds, as text, but when it was made."""
    if content[:4] == b"%PDF":
        pages = pypdf.PdfReader(io.BytesIO(content))
        about = {name: value for name, value in (pages.metadata or {}).items() if not name.endswith("Date")}
        return "\n".join([str(about), *(page.extract_text() for page in pages.pages)])
    with zipfile.ZipFile(io.BytesIO(content)) as members:
        texts = (members.read(name).decode("utf-8", "replace") for name in sorted(members.namelist()))
        return re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "(then)", "\n".join(texts))
