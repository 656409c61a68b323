"""One round, a page that changes with its stage: what is asked, what I have sealed, what was opened, what came out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tocsin.core.convening import STEPS, Stage
from tocsin.core.errors import TocsinError
from tocsin.core.instant import moment, written
from tocsin.core.seeing import Role
from tocsin.core.statement import Subject
from tocsin.desk import making, wording, yardsticks
from tocsin.desk.reading import CountryForecast, facts, read
from tocsin.desk.rounds.showing import Told, told
from tocsin.desk.visit import Visit
from tocsin.desk.yardsticks import Reader
from tocsin.interfaces.web.charts.spread import on_axis
from tocsin.interfaces.web.items import item, twin
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.naming import Names, names_of
from tocsin.interfaces.web.page import Page, Params
from tocsin.interfaces.web.pages import rounds_rows as rows
from tocsin.interfaces.web.pages import rounds_telling as telling
from tocsin.interfaces.web.pages.round_readout import FORMS
from tocsin.interfaces.web.words import CREDIBILITY, RELIABILITY, day

YARDSTICK = "icd203"
"""The yardstick of a reader who has not chosen one."""


@dataclass(frozen=True)
class Refused:
    """What was sent from the page and could not be done. what: which form; typed: the words that were in it."""

    what: str
    problem: TocsinError
    typed: str = ""
    interest: bool | None = None


@dataclass(frozen=True)
class Ahead:
    """A step that the convenor can take now: its name, the button, what it opens, and what to know before."""

    name: str
    button: str
    opens: str
    caution: str = ""


def round_page(visit: Visit, params: Params) -> Page:
    """``/round/{id}?yardstick=``.

    Errors: NotFound, which reads the same whether there is none or it is not for the visitor; LexiconError for a
    yardstick that there is not; SealError if what the visitor has sealed cannot be read.
    """
    return built(visit, params["id"].strip().lower(), Labels.read(params), params.get("yardstick", ""))


def built(
    visit: Visit, id: str, labels: Labels, yardstick: str = "", *, refused: Refused | None = None, sentence: str = ""
) -> Page:
    """The page. refused: what came of a form of it; sentence: what stands above it."""
    reader, found, names = Reader(yardstick or YARDSTICK), told(visit, id), names_of(visit)
    body, view = found.round, item(found.view, names, labels)
    shown = [telling.asked(found, put, reader) for put in found.put]
    model = _model(visit, found)
    return Page(
        stem=f"/round/{id}",
        title=body.title,
        facts=facts(read(visit.settings)),
        content={
            "labels": labels,
            "round": found,
            "told": view,
            "stage": telling.STAGES[found.stage],
            "left": telling.left(found.left),
            "questions": shown,
            "open": sum(one.state == "not yet" for one in shown),
            "ends": telling.ends(body),
            "invited": [telling.invited(one, names) for one in body.invitations],
            "attributed": telling.ATTRIBUTED[body.attributed],
            "answers": telling.ANSWERS,
            "pack": [item(one, names, labels) for one in found.pack],
            "sources": [
                entry
                | {"reliability_in_words": RELIABILITY[entry["reliability"]]}
                | {"credibility_in_words": CREDIBILITY[entry["credibility"]]}
                for entry in found.view.shown["evidence"]
            ],
            "by": {one.view.id: telling.by(one, names) for put in found.put for one in (*put.first, *put.second)},
            "supported": {one.view.id: telling.supported(one.support) for one in found.advice},
            "said_by": {
                one.id: _said_by(one.by, names) for put in found.put if put.result for one in put.result.dissents
            },
            "happened": [(wording.STEPS[step.step], moment(one.head.recorded_at), step) for one, step in found.steps],
            "value": wording.value,
            "answered": wording.answered,
            "sense_of": telling.sense_of,
            "on_axis": on_axis,
            "dissents_open": telling.OPEN_DISSENTS,
            "model": model,
            "yardsticks": yardsticks.yardsticks().values(),
            "yardstick": reader.yardstick,
            "ahead": _ahead(visit, found),
            "readouts": FORMS,
            "may_lead": found.convenes and Role.CONVENOR in visit.roles,
            "may_answer": found.invited and found.stage in (Stage.FIRST, Stage.SECOND, Stage.CLOSING),
            "fictional": visit.store.world == "exercise",
            "refused": refused,
            "sentence": sentence,
        },
        twin=twin(found.view) | _twin(found, reader),
        tables=rows.tables(visit, found),
        # What the page tells of the reader's own answers is whether there is one, not what it says.
        marking=found.marking,
        query={"yardstick": reader.yardstick} if reader.yardstick != YARDSTICK else {},
    )


def _said_by(by: tuple[str, ...], names: Names) -> str:
    organisation, *person = by or ("",)
    called = names.organisation(organisation) if organisation else ""
    return f"{names.person(person[0])}, {called}" if person else called


def _model(visit: Visit, found: Told) -> CountryForecast | None:
    """The model's forecast of the state that the round is about, once it can sway no answer of the reader."""
    subject = Subject.read(found.view.head.subject)
    if not found.answered_all or visit.store.world == "exercise" or subject.type != "place":
        return None
    entry = read(visit.settings).release.country(subject.id)
    return entry if isinstance(entry, CountryForecast) else None


def _ahead(visit: Visit, found: Told) -> Ahead | None:
    """The next step of the convenor; None where there is none, or the visitor is not the convenor."""
    name = next((name for name, (before, _) in STEPS.items() if found.stage in before and name != "cancel"), None)
    if name is None or not found.convenes or Role.CONVENOR not in visit.roles:
        return None
    body, preview = found.round, making.preview(visit, found.view.head.marking)
    everybody = f"everybody who sees this round, {sum(preview.organisations.values())} people with an account now"
    sent = f"{found.turnout[:1].upper()}{found.turnout[1:]}."
    few = (
        " Of a question with fewer than three estimates nothing is opened."
        if body.attributed == "non-attributed"
        else ""
    )
    early = (
        f"The time of this stage is not over ({telling.left(found.left)}); whoever has not answered no longer can. "
        if found.left is not None and found.left > 0
        else ""
    )
    how = telling.ATTRIBUTED[body.attributed]
    match name:
        case "open":
            opens = (
                f"It opens nothing that is sealed. The {found.asked} who are invited can declare an interest and seal "
                f"first estimates until {day(body.first_until)}."
            )
            return Ahead(name, "Open the round for first estimates", opens)
        case "share":
            opens = (
                f"It opens all first estimates with their reasons to {everybody}, {how}.{few} Second estimates can "
                f"then be sealed until {day(body.second_until)}."
            )
            button = "Close the first stage and share its estimates"
        case "pool":
            opens = (
                f"It opens all second estimates and the recommendations that were proposed to {everybody}, {how}.{few} "
                f"They are pooled by their {body.method}; dissents are taken until {day(body.closing_until)}."
            )
            button = "Close the second stage and pool its estimates"
        case _:
            opens = (
                f"It opens all dissents to {everybody}, {how}, counts support, and states the result with them. "
                "Nothing can be added to the round afterwards."
            )
            button = "Finish the round"
    return Ahead(name, button, opens, f"{early}{sent} It cannot be undone.")


def _twin(found: Told, reader: Reader) -> dict[str, Any]:
    return {
        "stage": str(found.stage),
        "until": None if found.until is None else written(found.until),
        "yours": {
            "convenes": found.convenes,
            "invited": found.invited,
            "declared": found.declared is not None,
            "wishes": found.wishes is not None,
            "closing": found.closing is not None,
        },
        "asked": found.asked,
        "answered": found.answered,
        "yardstick": reader.yardstick,
        "questions": [rows.question_twin(found, put, reader) for put in found.put],
        "recommendations": [
            {
                "id": one.view.id,
                "text": one.text,
                "support": one.support.model_dump(mode="json", exclude={"recommendation"}) if one.support else None,
                "support_in_words": telling.supported(one.support) or None,
            }
            for one in found.advice
        ],
        "steps": [
            {"step": step.step, "reason": step.reason or None, "taken_at": written(view.head.recorded_at)}
            for view, step in found.steps
        ],
        "pack": [one.id for one in found.pack],
    }
