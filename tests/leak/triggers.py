"""Triggers and scenarios in random worlds: agreed, tested, put in force, alarmed, acted on; signposts seen."""

from __future__ import annotations

from typing import Any

from tests.leak.rounds import whoever_may
from tests.leak.worlds import PLACES, START, World
from tocsin.core.errors import NotFound
from tocsin.core.instant import moment
from tocsin.core.statement import Statement
from tocsin.desk import scenarios
from tocsin.desk.triggers import acting, agreeing, backtesting, evaluating

WITNESS = {
    "type": "source",
    "reference": "Somebody there",
    "reliability": "B",
    "credibility": "2",
    "provenance": "witness",
}


def trigger(number: int, words: str, organisation: str, bits: int) -> dict[str, Any]:
    """The body of a trigger; its rule is met, cannot tell, or is quiet."""
    duty = {"role": f"Role {words}", "organisation": organisation}
    series = {"type": "series", "series": "forecast.mass-killing-onset", "enter": [1e-6, 0.9][bits % 2], "leave": 0.0}
    rating = {"type": "rating", "frame": "un-framework-2014", "factor": "1", "at_least": "low"}
    return {
        "title": f"Trigger {words}",
        "text": f"Words {words} common",
        "rule": {"combine": "any", "conditions": [series, rating] if bits % 3 else [series]},
        "evidence_wanted": [{"what": f"Something {words}"}],
        "duty": duty,
        "acknowledge_hours": 1,
        "escalate_to": duty,
        "steps": [{"key": "call", "what": f"Call {words}", "by": duty, "within_days": 1}],
    }


def agree(world: World, number: int, person: str, marking: dict[str, Any], bits: int) -> None:
    """Somebody agrees a trigger."""
    visit = world.visit(person)
    given = {
        "body": trigger(number, f"canary{number:03d}x", visit.actor.organisation, bits),
        "subject": f"place:{PLACES[bits % 2]}",
        "marking": marking,
    }
    world.made(agreeing.add(visit, given).id)


def go_on(world: World, number: int, other: int, bits: int) -> None:
    """What comes next for a trigger: it is tested, put in force, raised, or somebody acts on its alarm."""
    about = _of(world, "trigger", other)
    told = [one for one in world.statements() if one.subject.id == about.id]
    kinds = [one.kind for one in told]
    words = f"Reason canary{number:03d}x"
    if "backtest" not in kinds:
        act = lambda visit: backtesting.backtest(visit, about.id)  # noqa: E731
    elif "activation" not in kinds:
        test = next(one for one in told if one.kind == "backtest")
        act = lambda visit: agreeing.activate(visit, about.id, test.id, words)  # noqa: E731
    elif "happening" not in kinds:
        whoever_may(world, lambda visit: evaluating.evaluate(visit, about.id))
        world.caught_up()
        return
    else:
        act = (
            lambda visit: acting.acknowledge(visit, about.id),
            lambda visit: acting.confirm(visit, about.id, words, [WITNESS]),
            lambda visit: acting.dismiss(visit, about.id, words),
            lambda visit: acting.done(visit, about.id, "call", words),
            lambda visit: acting.stand_down(visit, about.id, words),
        )[bits % 5]
    world.made(whoever_may(world, act).id)


def scenario(words: str) -> dict[str, Any]:
    """The body of a scenario."""
    signposts = [{"key": "envoy", "text": f"Signpost {words}"}]
    return {
        "title": f"Scenario {words}",
        "text": f"Words {words} common",
        "until": f"{moment(START).year + 1}-01-01",
        "branches": [
            {"key": "talks", "title": f"Talks {words}", "probability": 0.5, "signposts": signposts},
            {"key": "war", "title": f"War {words}", "probability": 0.5},
        ],
    }


def imagine(world: World, number: int, person: str, marking: dict[str, Any], bits: int) -> None:
    """Somebody puts a scenario on record."""
    given = {
        "body": scenario(f"canary{number:03d}x"),
        "subject": f"place:{PLACES[bits % 2]}",
        "marking": marking,
    }
    world.made(scenarios.add(world.visit(person), given).id)


def sign(words: str) -> dict[str, Any]:
    """A signpost that was seen."""
    return {"branch": "talks", "signpost": "envoy", "seen": "2020-01-01", "source": words, "text": words}


def light(world: World, number: int, other: int, bits: int) -> None:
    """A signpost was seen."""
    about = _of(world, "scenario", other)
    given = sign(f"Seen canary{number:03d}x")
    world.made(whoever_may(world, lambda visit: scenarios.light(visit, about.id, given)).id)


def _of(world: World, kind: str, other: int) -> Statement:
    found = [one for one in world.statements() if one.kind == kind]
    if not found:
        raise NotFound(f"no {kind} yet", where="", remedy="")
    return found[other % len(found)]
