"""What is sent to each address that takes something: mostly looks, previews and acts on what may not be there for one.

An address that takes something and is not taught here fails the leak test.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from tests.leak import triggers
from tests.leak.channels import FILL, SECRET, Ask, fill
from tests.leak.happenings import marking_of
from tests.leak.worlds import GROUPS, ORGANISATIONS, PLACES, START, World
from tests.round_team import QUESTION
from tocsin.core.instant import written
from tocsin.interfaces.web import csrf

Body = Callable[[World, random.Random], Any]

WORDS = "Words of whoever asks"


def _id(world: World, pick: random.Random) -> str:
    return FILL["id"](world, pick)


def _marking(world: World, pick: random.Random) -> dict[str, Any]:
    named = {"tlp": "AMBER", "audience": [[f"group:{pick.choice((*GROUPS, 'none'))}"]]}
    return pick.choice((named, marking_of(pick.randrange(8), pick.randrange(8), world.persons)))


def _note(world: World, pick: random.Random) -> dict[str, Any]:
    given: dict[str, Any] = {
        "body": {"kind": "note", "title": WORDS, "text": WORDS},
        "subject": pick.choice(
            ({"type": "place", "id": pick.choice(PLACES)}, {"type": "statement", "id": _id(world, pick)})
        ),
        "marking": _marking(world, pick),
    }
    cited = {"reference": _id(world, pick), "reliability": "F", "credibility": "6"}
    more = pick.choice(
        (
            {},
            {"supersedes": [_id(world, pick)]},
            {"derived_from": [_id(world, pick), _id(world, pick)]},
            {"evidence": [{"type": "statement", **cited}]},
            {"evidence": [{"type": "attachment", **cited}]},
        )
    )
    return given | more


def _proposal(world: World, pick: random.Random) -> dict[str, Any]:
    return {
        "sources": [_id(world, pick) for _ in range(pick.choice((1, 1, 2)))],
        "title": WORDS,
        "text": WORDS,
        "subject": f"place:{pick.choice(PLACES)}",
        "marking": marking_of(pick.randrange(2), 0, world.persons),
        "reason": WORDS,
    }


def _audience(world: World, pick: random.Random) -> list[str]:
    persons, groups = [f"person:{one}" for one in world.persons], [f"group:{one}" for one in (*GROUPS, "none")]
    names = [*persons, *groups, *(f"org:{one}" for one in ORGANISATIONS), "community"]
    return pick.sample(names, pick.randrange(4))


def _sheet(world: World, pick: random.Random) -> dict[str, Any]:
    return {
        "action": pick.choice(("preview", "preview", "preview", "store", "discard")),
        "subject": f"place:{pick.choice(PLACES)}",
        "supersedes": pick.choice(("", "", _id(world, pick))),
        "title": WORDS,
        "text": WORDS,
        "tlp": pick.choice(("TLP:GREEN", "TLP:AMBER", "TLP:RED")),
        "audience": _audience(world, pick),
        "reference-0": pick.choice(("", _id(world, pick))),
    }


def _assessment(world: World, pick: random.Random) -> dict[str, Any]:
    rated = {f"un.{factor}-{cell}": value for factor in ("1", "7.8") for cell, value in RATED.items()}
    named = {"frame": "un-framework-2014", "outcome": "terms:mass-killing.ewp", "horizon": "24", "confidence": "low"}
    return {
        **_sheet(world, pick),
        "action": pick.choice(("preview", "preview", "store", "discard", "frame", "add-evidence")),
        **rated,
        **named,
        "low": "1 %",
        "probability": "0.02",
        "high": "1 in 20",
        "no_resilience": WORDS,
        "no_protectors": WORDS,
        "would_change": WORDS,
        "summary": WORDS,
        "evidence-0-reference": pick.choice(("", _id(world, pick))),
        "evidence-0-provenance": "other",
        "evidence-0-consent": "not needed",
        "evidence-0-label": "TLP:GREEN",
    }


RATED = {"found": "low", "confidence": "low", "judged": "yes", "reason": WORDS}


def _draft(world: World, pick: random.Random) -> dict[str, Any]:
    return {
        "action": pick.choice(("preview", "preview", "propose", "discard")),
        "title": WORDS,
        "text": WORDS,
        "tlp": pick.choice(("TLP:CLEAR", "TLP:GREEN")),
        "audience": pick.choice((["everyone"], ["community"])),
        "sources": pick.choice(("", _id(world, pick))),
        "subject": f"place:{pick.choice(PLACES)}",
        "reason": WORDS,
    }


def _passed_on(world: World, pick: random.Random) -> dict[str, Any]:
    return {
        **_sheet(world, pick),
        "where": "Somewhere",
        "precision": pick.choice(("district", "site")),
        "provenance": "witness",
        "consent": pick.choice(("given", "not asked", "")),
        "reliability": "B",
        "credibility": "3",
        "request": pick.choice(("", "", _id(world, pick))),
    }


def _asking(world: World, pick: random.Random) -> dict[str, Any]:
    return {
        **_sheet(world, pick),
        "community": pick.choice(("Market women of Bintana", "women, Bintana", WORDS)),
        "asks": WORDS,
        "purpose": WORDS,
        "until": "2031-01-01",
        "instead": pick.choice(("", WORDS)),
    }


def _moment_sheet(world: World, pick: random.Random) -> dict[str, Any]:
    return {
        **_sheet(world, pick),
        "when": pick.choice(("2027-05", "2027-05-14", "", "soon")),
        "sort": "election",
        "certainty": pick.choice(("expected", "called off", "none")),
        "condition": pick.choice(("", WORDS)),
        "source": WORDS,
    }


def _instrument_sheet(world: World, pick: random.Random) -> dict[str, Any]:
    return {
        **_sheet(world, pick),
        "action": pick.choice(("preview", "preview", "store", "row", "discard")),
        "name": WORDS,
        "where": pick.choice(("2026-2027", f"place:{pick.choice(PLACES)}", "Nowhere")),
        "owner": WORDS,
        "source": WORDS,
        "deciding-low": pick.choice(("5", "soon")),
        "effect-low": "5",
        "who-0": pick.choice(("", WORDS)),
    }


def _reply(world: World, pick: random.Random) -> dict[str, Any]:
    return {"fate": pick.choice(("received", "used", "lost")), "text": WORDS}


def _member(world: World, pick: random.Random) -> dict[str, Any]:
    return {"organisation": FILL["organisation"](world, pick)}


def _account(world: World, pick: random.Random) -> dict[str, Any]:
    organisation = pick.choice(ORGANISATIONS)
    return {"id": FILL["person"](world, pick), "name": WORDS, "organisation": organisation, "email": "a@example.org"}


def _group(world: World, pick: random.Random) -> dict[str, Any]:
    return {"id": pick.choice((*GROUPS, "new")), "name": WORDS, "keeper": pick.choice(ORGANISATIONS)}


def _organisation(world: World, pick: random.Random) -> dict[str, Any]:
    return {"id": pick.choice((*ORGANISATIONS, "new")), "name": WORDS}


def _ends(pick: random.Random, stages: tuple[str, ...] = ("first_until", "second_until", "closing_until")) -> Any:
    return {name: written(START + (1000 + 1000 * place) * 1_000_000) for place, name in enumerate(stages)}


def _round(world: World, pick: random.Random) -> dict[str, Any]:
    body = {
        "title": WORDS,
        "purpose": WORDS,
        "questions": [QUESTION],
        "invitations": [{"organisation": FILL["organisation"](world, pick)}],
        "attributed": pick.choice(("named", "organisation", "non-attributed")),
        **_ends(pick),
    }
    return {
        "body": body,
        "subject": {"type": "place", "id": pick.choice(PLACES)},
        "marking": _marking(world, pick),
    }


def _round_sheet(world: World, pick: random.Random) -> dict[str, Any]:
    question = {f"{name}-0": QUESTION[name] for name in ("text", "key", "answer", "outcome", "horizon", "criteria")}
    return {
        "action": pick.choice(("preview", "preview", "store", "question", "invitation", "discard")),
        "subject": f"place:{pick.choice(PLACES)}",
        "title": WORDS,
        "purpose": WORDS,
        **question,
        "examples-0": WORDS,
        "organisation-0": FILL["organisation"](world, pick),
        "attributed": "non-attributed",
        "method": "median",
        **_ends(pick),
        "tlp": pick.choice(("TLP:GREEN", "TLP:AMBER", "TLP:RED")),
        "audience": _audience(world, pick),
        "reference-0": pick.choice(("", _id(world, pick))),
    }


def _estimate(world: World, pick: random.Random) -> dict[str, Any]:
    given = {"lowest": 0.01, "best": 0.02, "highest": 0.05, "confidence": 0.8, "reason": WORDS}
    return {"question": FILL["question"](world, pick), "given": given}


def _estimate_sheet(world: World, pick: random.Random) -> dict[str, Any]:
    numbers = {"lowest": "1 %", "highest": "1 in 20", "best": pick.choice(("0.02", "2"))}
    stage, action = pick.choice(("first", "second", "")), pick.choice(("seal", "next", "discard"))
    return {"action": action, "stage": stage, **numbers, "confidence": "80 %", "reason": WORDS}


def _closing(world: World, pick: random.Random) -> dict[str, Any]:
    support = {_id(world, pick): "support"} if pick.random() < 0.3 else {}
    return {"dissents": {FILL["question"](world, pick): WORDS}, "support": support}


def _closing_sheet(world: World, pick: random.Random) -> dict[str, Any]:
    return {
        "action": pick.choice(("seal", "seal", "discard")),
        f"dissent-{FILL['question'](world, pick)}": WORDS,
        f"support-{_id(world, pick)}": "support",
    }


def _step(world: World, pick: random.Random) -> dict[str, Any]:
    return {"step": pick.choice(("open", "share", "pool", "finish", "cancel")), "reason": WORDS}


def _trigger(world: World, pick: random.Random) -> dict[str, Any]:
    return {
        "body": triggers.trigger(0, WORDS, FILL["organisation"](world, pick), pick.randrange(6)),
        "subject": {"type": "place", "id": pick.choice(PLACES)},
        "marking": _marking(world, pick),
        "supersedes": pick.choice(([], [], [_id(world, pick)])),
    }


def _scenario(world: World, pick: random.Random) -> dict[str, Any]:
    body, evidence = triggers.scenario(WORDS), []
    if pick.random() < 0.3:
        evidence = [
            {
                "type": "statement",
                "reference": _id(world, pick),
                "key": "vote",
                "reliability": "F",
                "credibility": "6",
            }
        ]
        body["branches"][0]["moments"] = ["vote"]
    return {
        "body": body,
        "subject": {"type": "place", "id": pick.choice(PLACES)},
        "marking": _marking(world, pick),
        "evidence": evidence,
    }


EVENTS = ("acknowledged", "confirmed", "dismissed", "step done", "stood down", "retired")


def _event(world: World, pick: random.Random) -> dict[str, Any]:
    event = pick.choice(EVENTS)
    evidence = [triggers.WITNESS, {**triggers.WITNESS, "type": "statement", "reference": _id(world, pick)}]
    return {
        "event": event,
        "reason": WORDS,
        "step": "call" if event == "step done" else None,
        "evidence": pick.choice((evidence[:1], evidence[1:])) if event == "confirmed" else [],
    }


def _acted(world: World, pick: random.Random) -> dict[str, Any]:
    actions = ("evaluate", "activate", "retire", "acknowledge", "confirm", "dismiss", "step", "stand-down", "backtest")
    return {
        "action": pick.choice(actions),
        "reason": WORDS,
        "step": "call",
        "read": "yes",
        "backtest": _id(world, pick),
        "reference": WORDS,
        "provenance": "witness",
        "reliability": "B",
        "credibility": "2",
    }


def _opened(pick: random.Random) -> str:
    return written(START + pick.randrange(24) * 1_000_000)


JSON: dict[tuple[str, str], Body] = {
    ("POST", "/api/v1/statements"): _note,
    ("POST", "/api/v1/statements/{id}/recall"): lambda world, pick: {"reason": WORDS},
    ("POST", "/api/v1/preview"): _marking,
    ("POST", "/api/v1/proposals"): _proposal,
    ("POST", "/api/v1/proposals/{id}/approvals"): lambda world, pick: {"source": _id(world, pick), "reason": WORDS},
    ("POST", "/api/v1/proposals/{id}/release"): lambda world, pick: {},
    ("POST", "/api/v1/assessments/{id}/sign-off"): lambda world, pick: {"standing": pick.choice(("desk", None))},
    ("POST", "/api/v1/contributions/{id}/replies"): _reply,
    ("POST", "/api/v1/moments/{id}/move"): lambda world, pick: pick.choice(
        ({"when": "2031-05"}, {"certainty": "called off"})
    ),
    ("POST", "/api/v1/rounds"): _round,
    ("POST", "/api/v1/rounds/{id}/steps"): _step,
    ("POST", "/api/v1/rounds/{id}/declaration"): lambda world, pick: {"interest": pick.random() < 0.5, "text": WORDS},
    ("POST", "/api/v1/rounds/{id}/estimates"): _estimate,
    ("DELETE", "/api/v1/rounds/{id}/estimates/{question}"): lambda world, pick: {},
    ("POST", "/api/v1/rounds/{id}/wishes"): lambda world, pick: {"recommendations": [WORDS]},
    ("POST", "/api/v1/rounds/{id}/closing"): _closing,
    ("DELETE", "/api/v1/rounds/{id}/sealed"): lambda world, pick: {},
    ("POST", "/api/v1/rounds/{id}/recommendations"): lambda world, pick: {"text": WORDS},
    ("POST", "/api/v1/triggers"): _trigger,
    ("POST", "/api/v1/triggers/{id}/backtests"): lambda world, pick: {},
    ("POST", "/api/v1/triggers/{id}/activation"): lambda world, pick: {"backtest": _id(world, pick), "reason": WORDS},
    ("POST", "/api/v1/triggers/{id}/evaluations"): lambda world, pick: {},
    ("POST", "/api/v1/triggers/{id}/events"): _event,
    ("POST", "/api/v1/scenarios"): _scenario,
    ("POST", "/api/v1/scenarios/{id}/signs"): lambda world, pick: triggers.sign(WORDS),
    ("POST", "/api/v1/organisations"): _organisation,
    ("POST", "/api/v1/persons"): _account,
    ("PATCH", "/api/v1/persons/{person}"): lambda world, pick: {"name": WORDS},
    ("POST", "/api/v1/groups"): _group,
    ("POST", "/api/v1/groups/{group}/members"): _member,
    ("DELETE", "/api/v1/groups/{group}/members/{organisation}"): lambda world, pick: {},
    ("POST", "/api/v1/groups/{group}/back-fills"): lambda world, pick: _member(world, pick) | {"opened": _opened(pick)},
}

FORMS: dict[tuple[str, str], Body] = {
    ("POST", "/compose"): _sheet,
    ("POST", "/compose/preview"): _sheet,
    ("POST", "/compose/draft"): _sheet,
    ("POST", "/assess/{place}"): _assessment,
    ("POST", "/assess/{place}/draft"): _assessment,
    ("POST", "/assessment/{id}/sign-off"): lambda world, pick: {"standing": pick.choice(("", "desk", "institution"))},
    ("POST", "/statement/{id}/recall"): lambda world, pick: {"reason": WORDS},
    ("POST", "/derive/{id}"): _draft,
    ("POST", "/proposal/{id}/approve"): lambda world, pick: {"source": _id(world, pick), "reason": WORDS},
    ("POST", "/proposal/{id}/release"): lambda world, pick: {"previewed": ""},
    ("POST", "/contribute"): _passed_on,
    ("POST", "/contribute/preview"): _passed_on,
    ("POST", "/contribute/draft"): _passed_on,
    ("POST", "/requests"): _asking,
    ("POST", "/requests/draft"): _asking,
    ("POST", "/horizon/moment"): _moment_sheet,
    ("POST", "/horizon/moment/draft"): _moment_sheet,
    ("POST", "/horizon/instrument"): _instrument_sheet,
    ("POST", "/horizon/instrument/draft"): _instrument_sheet,
    ("POST", "/horizon/feeds"): lambda world, pick: {
        "name": WORDS,
        "ceiling": pick.choice(("TLP:GREEN", "TLP:RED")),
        "place": pick.choice(PLACES),
        "days": "0",
    },
    ("POST", "/horizon/feeds/revoke"): lambda world, pick: {"id": pick.choice(("none", "look"))},
    ("POST", "/contribution/{id}/reply"): _reply,
    ("POST", "/contribution/{id}/draft"): _reply,
    ("POST", "/rounds/register"): _round_sheet,
    ("POST", "/rounds/register/preview"): _round_sheet,
    ("POST", "/rounds/draft"): lambda world, pick: {"draft": pick.choice(("round:register", "other")), "title": WORDS},
    ("POST", "/round/{id}/declare"): lambda world, pick: {"interest": pick.choice(("yes", "no", "")), "text": WORDS},
    ("POST", "/round/{id}/answer/{question}"): _estimate_sheet,
    ("POST", "/round/{id}/wishes"): lambda world, pick: {
        "action": pick.choice(("seal", "more", "discard")),
        "recommendation": [WORDS, ""],
    },
    ("POST", "/round/{id}/close"): _closing_sheet,
    ("POST", "/round/{id}/take-back"): lambda world, pick: {"question": pick.choice(("", "onset"))},
    ("POST", "/round/{id}/step"): lambda world, pick: _step(world, pick) | {"confirmed": pick.choice(("yes", ""))},
    ("POST", "/round/{id}/recommend"): lambda world, pick: {"text": WORDS},
    ("POST", "/trigger/{id}"): _acted,
    ("POST", "/groups"): _group,
    ("POST", "/groups/{id}/join"): _member,
    ("POST", "/groups/{id}/leave"): _member,
    ("POST", "/groups/{id}/back-fill"): lambda world, pick: _member(world, pick) | {"opened": "2026-01-01"},
    ("POST", "/organisations"): _organisation,
    ("POST", "/organisations/persons"): lambda world, pick: _account(world, pick) | {"role": ["reader"]},
    ("POST", "/organisations/persons/change"): lambda world, pick: _account(world, pick) | {"account": "closed"},
    ("POST", "/account/password"): lambda world, pick: {"current": "a", "password": "b", "again": "c"},
    ("POST", "/account/tokens"): lambda world, pick: {"name": WORDS, "scope": "read", "days": "0"},
    ("POST", "/account/tokens/revoke"): lambda world, pick: {"id": "none"},
    ("POST", "/account/invite"): lambda world, pick: {"person": FILL["person"](world, pick)},
    ("POST", "/sign-out"): lambda world, pick: {},
    ("POST", "/sign-in"): lambda world, pick: {"person": FILL["person"](world, pick), "password": "a"},
    ("POST", "/sign-in/code"): lambda world, pick: {"code": "000000"},
    ("POST", "/sign-in/invitation"): lambda world, pick: {"code": "a", "password": "b", "again": "b"},
    ("POST", "/sign-in/key"): lambda world, pick: {"code": "000000"},
}

DRY = frozenset(
    {
        "/api/v1/statements",
        "/api/v1/proposals",
        "/api/v1/groups/{group}/back-fills",
        "/api/v1/rounds",
        "/api/v1/triggers",
        "/api/v1/scenarios",
    }
)
"""Addresses that can be asked to check only."""


def sent(method: str, path: str, world: World, pick: random.Random) -> Ask:
    """A request to an address that takes something."""
    filled = _form_group(path, world, pick) or fill(path, world, pick)
    query = (("dry_run", "true"),) if path in DRY and pick.random() < 0.8 else ()
    if path == "/api/v1/attachments":
        return Ask(path, method, filled, (), {"content": b"A file", "headers": {"content-type": "text/plain"}})
    if (method, path) in FORMS:
        data = FORMS[method, path](world, pick) | {csrf.FIELD: csrf.masked(SECRET)}
        return Ask(path, method, filled, query, {"data": data})
    return Ask(path, method, filled, query, {"json": JSON[method, path](world, pick)})


def _form_group(path: str, world: World, pick: random.Random) -> str:
    """The forms of groups call a group ``id``."""
    return path.replace("{id}", FILL["group"](world, pick)) if path.startswith("/groups/{id}") else ""
