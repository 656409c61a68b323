"""A readout for a machine: the figures of every question with the dissents from it, and the recommendations.

No moment is in it but the day it was prepared, and, where nobody is named, nothing that joins a number to a reason.
"""

from __future__ import annotations

from typing import Any

from tocsin.core.convening import Answer
from tocsin.desk.differing import Differing
from tocsin.desk.rounds.readout_differing import figures
from tocsin.desk.rounds.showing import Put
from tocsin.desk.rounds.telling import Members, Telling, mixed, result_of

FORM = "tocsin-readout-1"


def twin(telling: Telling, members: Members, pairs: tuple[Differing, ...]) -> dict[str, Any]:
    """All of it."""
    found = telling.found
    return {
        "form": FORM,
        "id": found.view.id,
        "subject": found.view.head.subject,
        "attributed": found.round.attributed,
        "method": found.round.method,
        "vocabulary": found.view.shown.get("vocabulary"),
        "participants": {
            "invited": members.invited,
            "organisations": members.organisations,
            "named": list(members.named),
        },
        "results": [_figures(telling, put) for put in found.put],
        "differences": figures(pairs),
        "recommendations": [
            {"id": one.view.id, "text": one.text, "support": one.support.model_dump() if one.support else None}
            for one in telling.advice()
        ],
    }


def _figures(telling: Telling, put: Put) -> dict[str, Any]:
    question, body = put.question, result_of(put)
    told: dict[str, Any] = {
        "question": question.model_dump(mode="json"),
        "id": put.result.id if put.result else None,
        "first": telling.best(put.first),
        "second": telling.best(put.second),
    }
    if put.result is None or body is None:
        return told | {"recalled": True, "dissents": {"number": 0, "items": []}}
    told |= body.model_dump(mode="json", exclude={"kind", "question", "dissents"})
    if body.value is not None and question.answer is Answer.PROBABILITY:
        words = telling.in_words(question, body.value)
        told["told"] = {
            "one_in": words.frequency,
            "ratio": words.ratio,
            "yardstick": words.yardstick,
            "word": words.word,
            "span": words.span or None,
        }
    items = [
        {"id": one.id, "text": one.text, "by": list(one.by), "withdrawn": one.withdrawn}
        for one in mixed(put.result.dissents)
    ]
    return told | {"dissents": {"number": len(body.dissents), "items": items}}
