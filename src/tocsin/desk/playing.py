"""In an exercise, fictional participants answer a round by script, so that one person can run it from end to end."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from statistics import median
from typing import Any

from tocsin.core.convening import Answer, Question, Stage
from tocsin.desk.rounds import answering, showing
from tocsin.desk.rounds.showing import Put, Told
from tocsin.desk.visit import Visit

ANCHOR = 0.05
"""From where a script leans where a question gives no base rate."""


@cache
def scripts() -> Mapping[str, Mapping[str, Any]]:
    """How each fictional person answers, from ``data/exercise/script.toml``."""
    return tomllib.loads((files("tocsin") / "data" / "exercise" / "script.toml").read_text(encoding="utf-8"))


def play(visit: Visit, id: str) -> int:
    """Let the fictional participants do what the stage of a round asks of them; how many did.

    Does nothing outside an exercise, and nothing for people without a script.
    """
    if visit.store.world != "exercise":
        return 0
    with visit.store.reading() as reader:
        register, now = reader.register, visit.store.clock()
    played = 0
    for person, script in scripts().items():
        actor = register.actor(person, now, visit.store.world)
        if not actor.active:
            continue
        own = replace(visit, actor=actor, door="node")
        told = showing.told(own, id) if _sees(own, id) else None
        if told and told.invited and told.stage in _ACTS:
            _ACTS[told.stage](own, told, script)
            played += 1
    return played


def _sees(visit: Visit, id: str) -> bool:
    with visit.reading() as sight:
        return bool(sight.only(sight.reader.find([id]).values()))


def _first(visit: Visit, told: Told, script: Mapping[str, Any]) -> None:
    interest = str(script.get("interest", ""))
    answering.declare(visit, told.view.id, bool(interest), interest)
    for put in told.put:
        best = _leaning(put.question, float(script["lean"]))
        answering.estimate(visit, told.view.id, put.question.key, _around(put.question, best, script, "first"))


def _second(visit: Visit, told: Told, script: Mapping[str, Any]) -> None:
    for put in told.put:
        if put.first:
            best = _moved(put, script)
            answering.estimate(visit, told.view.id, put.question.key, _around(put.question, best, script, "second"))
    recommends = [script["recommends"]] if "recommends" in script else []
    answering.wish(visit, told.view.id, {"recommendations": recommends})


def _closing(visit: Visit, told: Told, script: Mapping[str, Any]) -> None:
    votes = script["supports"]
    dissents = {}
    first = told.put[0]
    if "dissent" in script and first.preliminary and first.preliminary.value is not None and first.first:
        mine = _moved(first, script)
        if not mine / 2 < first.preliminary.value < mine * 2:
            dissents[first.question.key] = script["dissent"]
    support = {one.view.id: votes[number % len(votes)] for number, one in enumerate(told.advice)}
    answering.close(visit, told.view.id, {"dissents": dissents, "support": support})


_ACTS = {Stage.FIRST: _first, Stage.SECOND: _second, Stage.CLOSING: _closing}


def _ends(question: Question) -> tuple[float, float]:
    """Ends between which a script can lean: those of the question, or three powers of ten."""
    least, most = question.ends
    return (0.0 if math.isinf(least) else least), (1000.0 if math.isinf(most) else most)


def _leaning(question: Question, lean: float) -> float:
    if question.answer is Answer.PROBABILITY:
        return _logistic(_logit(question.base_rate or ANCHOR) + lean)
    least, most = _ends(question)
    return least + (most - least) * _logistic(lean - 2)


def _moved(put: Put, script: Mapping[str, Any]) -> float:
    """The own first estimate, moved towards the median of all."""
    own = _leaning(put.question, float(script["lean"]))
    middle = median(one.given.best for one in put.first)
    share = float(script["moves"])
    if put.question.answer is Answer.PROBABILITY:
        return _logistic((1 - share) * _logit(own) + share * _logit(middle))
    return (1 - share) * own + share * middle


def _around(question: Question, best: float, script: Mapping[str, Any], stage: str) -> dict[str, Any]:
    width = float(script["width"])
    if question.answer is Answer.PROBABILITY:
        low, high = (_logistic(_logit(best) + side * width) for side in (-1, 1))
    else:
        least, most = _ends(question)
        reach = (most - least) * width / 8
        low, high = max(least, best - reach), min(most, best + reach)
    if question.answer is Answer.ORDINAL:
        low, best, high = (float(round(one)) for one in (low, best, high))
    figures = 4 if question.answer is Answer.PROBABILITY else 0
    low, best, high = (round(one, figures) for one in (low, best, high))
    return {
        "lowest": low,
        "best": best,
        "highest": high,
        "confidence": script["sure"],
        "reason": reason(question, script[stage]),
    }


def reason(question: Question, words: str | Mapping[str, str]) -> str:
    """What a script says of a question: its own words for it, or those for any other question.

    words: for every question, or by the question's key with ``other`` for the rest.
    """
    return words if isinstance(words, str) else words.get(question.key, words["other"])


def _logit(p: float) -> float:
    kept = min(max(p, 0.001), 0.999)
    return math.log(kept / (1 - kept))


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x))
