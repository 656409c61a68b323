"""Assessing a place: the form, with what was typed so far and who would see it. The model's number is not on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tocsin.core.assessing import Assessment, Confidence, Direction, Importance
from tocsin.core.errors import StatementError, TocsinError
from tocsin.core.fielding import Consent, Provenance
from tocsin.core.instant import moment
from tocsin.core.marking import TLP, Audience, Caveat, Marking
from tocsin.core.register import Preview
from tocsin.core.statement import Standing
from tocsin.desk import drafts, views
from tocsin.desk.assessing import evidence, frames
from tocsin.desk.assessing.frames import Concept, Group, Scheme
from tocsin.desk.assessing.model import draft_name
from tocsin.desk.people import directory
from tocsin.desk.reading import facts, read
from tocsin.desk.rules import MAY_ISSUE
from tocsin.desk.views import View
from tocsin.desk.visit import Visit
from tocsin.interfaces.web import asked, composing, lost, words
from tocsin.interfaces.web.composing import Typed
from tocsin.interfaces.web.faults import Fault, faults
from tocsin.interfaces.web.items import called
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.naming import named
from tocsin.interfaces.web.page import Elsewhere, Page, Params, over
from tocsin.interfaces.web.pages import assess_labels, assess_typed
from tocsin.interfaces.web.pages.assess_typed import Boxes
from tocsin.interfaces.web.pages.compose import offers, seen

MODEL_OUTCOME = "terms:mass-killing.ewp"
"""The outcome that the form proposes: the one that public forecasts are of."""


@dataclass(frozen=True)
class Sheet:
    """The form for one place: the assessment that it corrects, if it does, the frame, and what is typed into it."""

    place: str
    corrects: View | None
    frame: Scheme
    typed: Typed
    saved: str = ""

    @property
    def supersedes(self) -> str:
        """The identity of the assessment that is corrected; empty if none is."""
        return self.corrects.id if self.corrects else ""

    @property
    def draft(self) -> str:
        """Under which name what is typed is kept."""
        return draft_name(f"place:{self.place}", self.supersedes)

    @property
    def address(self) -> str:
        """Where the form is opened again."""
        return f"/assess/{self.place}" + (f"?supersedes={self.supersedes}" if self.corrects else "")


def assess_page(visit: Visit, params: Params) -> Page | Elsewhere:
    """``/assess/{place}?frame=&supersedes=``: the form as it was left, or as it opens.

    Errors: AccessError if the visitor's roles make no statements; UnknownPlace; NotFound for an assessment that they
    may not see.
    """
    sheet = opened(visit, params["place"], params.get("supersedes", ""), params.get("frame", ""))
    if params["place"] != sheet.place:
        asked_for = {name: params[name] for name in ("frame", "supersedes") if params.get(name)}
        return Elsewhere(f"/assess/{sheet.place}", asked_for)
    draft = drafts.load(visit, sheet.draft)
    if kept := lost.readable(draft):
        sheet = opened(visit, sheet.place, sheet.supersedes, params.get("frame", ""), Typed(kept.fields))
        sheet = Sheet(sheet.place, sheet.corrects, sheet.frame, sheet.typed, words.day(moment(kept.saved)))
    return lost.told(built(visit, sheet, Labels.read(params)), draft, "assess")


def opened(visit: Visit, place: str, supersedes: str, frame: str = "", typed: Typed | None = None) -> Sheet:
    """The form for a place or for the correction of an assessment, in a frame.

    Errors: as ``assess_page``; LexiconError if there is no such frame.
    """
    visit.need(*MAY_ISSUE[Standing.NOTE], to="make an assessment")
    code = asked.subject(visit, place).id
    old: View | None = None
    if id := supersedes.strip().lower():
        old = views.statement(visit, id)
        if not isinstance(old.body, Assessment):
            raise StatementError(
                "only an assessment is corrected with this form", field="supersedes", remedy="Open its own page"
            )
        code = old.head.subject.partition(":")[2]
    typed = typed or (_filled(visit, old) if old else _blank(visit))
    return Sheet(code, old, _frame(frame or typed.one("frame")), typed)


def _frame(key: str) -> Scheme:
    """The frame asked for; the first that is offered where none is."""
    return frames.frame(key) if key else frames.offered()[0]


def _blank(visit: Visit) -> Typed:
    opens = {"outcome": [MODEL_OUTCOME], "horizon": ["24"], "standing": ["analyst"]}
    return Typed({**composing.blank(visit).fields, **opens})


def _filled(visit: Visit, old: View) -> Typed:
    entries = evidence.of(visit, old.id)
    known = [one.model_dump(mode="json") for one in entries.values() if one is not None]
    return Typed({**assess_typed.from_statement(old.shown, known), **_marked(old)})


def _marked(old: View) -> dict[str, list[str]]:
    first, *others = old.head.marking.audience.root or ((),)
    return {
        "tlp": [old.head.marking.tlp.label],
        "caveat": sorted(old.head.marking.caveats),
        "audience": list(first),
        "within": [" ".join(clause) for clause in others],
    }


def built(
    visit: Visit,
    sheet: Sheet,
    labels: Labels,
    *,
    preview: Preview | None = None,
    problem: TocsinError | None = None,
    boxes: Boxes | None = None,
    told: str = "",
) -> Page:
    """The form with what was typed, who would see it, and what is wrong with it.

    boxes: where the entries were typed that an error may be about. told: a sentence above the form.
    """
    header, register = facts(read(visit.settings)), directory(visit)
    names, typed, frame = named(register), sheet.typed, sheet.frame
    name = called(f"place:{sheet.place}", labels)
    where = boxes or Boxes()
    wrongs = faults(problem, lambda error: assess_typed.box(error, where), lambda box: assess_labels.label(box, frame))
    standings = [one for one in Standing if any(role in visit.roles for role in MAY_ISSUE[one])]
    offered = offers(register, names, visit)
    others = [token for token in typed.all("audience") if not any(token in dict(found) for _, found in offered)]
    groups = frames.grouped(frame.key)
    return Page(
        stem=f"/assess/{sheet.place}",
        title=f"{'Correct an assessment of' if sheet.corrects else 'Assess'} {name}",
        facts=header,
        content={
            "labels": labels,
            "sheet": sheet,
            "typed": typed,
            "name": name,
            "frame": frame,
            "offered_frames": _offered(frame),
            "groups": groups,
            "prefix": lambda concept: assess_typed.prefix(frame, concept),
            "signed": lambda concept: bool(frames.sign(concept)),
            "default_importance": assess_typed.default_importance,
            "elsewhere": assess_typed.elsewhere(typed, frame),
            "begun": lambda one: assess_typed.begun(typed, frame, one) or _faulty(wrongs, frame, one),
            "has_fault": lambda group: any(_faulty(wrongs, frame, one) for one in group.factors),
            "used": {group.head.id: _used(typed, frame, group) for group in groups},
            "found": assess_typed.FOUND,
            "directions": _plain(Direction),
            "confidences": _plain(Confidence),
            "importances": IMPORTANCES,
            "provenances": _plain(Provenance),
            "consents": _plain(Consent),
            "senses": frames.senses(),
            "other_outcome": _unlisted(typed.one("outcome")),
            "rows": {one: assess_typed.rows(typed, one) for one in assess_typed.LISTS},
            "standings": [(one, words.STANDINGS[one]) for one in standings],
            "attributions": list(words.ATTRIBUTIONS.items()),
            "reliabilities": _graded(words.RELIABILITY),
            "credibilities": _graded(words.CREDIBILITY),
            "all_labels": [(one, words.LABELS[one]) for one in TLP],
            "all_caveats": [(one, words.CAVEATS[one]) for one in Caveat if one is not Caveat.EXERCISE],
            "offered": offered,
            "others": [(token, names.token(token)) for token in others],
            "within": [(clause, names.clause(tuple(clause.split()))) for clause in typed.all("within")],
            "preview": seen(preview, names, register) if preview else None,
            "problem": problem,
            "faults": wrongs,
            "wrongs": {one.box: one for one in wrongs},
            "required": assess_labels.REQUIRED,
            "saw_model": assess_labels.SAW_MODEL,
            "told": told,
        },
        twin=_twin(sheet, groups),
        marking=over(header, *([sheet.corrects.head.marking] if sheet.corrects else []), _marking(visit, typed)),
        query={"supersedes": sheet.supersedes} if sheet.corrects else {},
    )


IMPORTANCES = {
    Importance.NONE.value: "does not move the odds",
    Importance.MINOR.value: "minor, odds × 1.5",
    Importance.MAJOR.value: "major, odds × 3",
    Importance.DECISIVE.value: "decisive, odds × 10",
}
"""What each importance says, at the factor's full level."""


def _plain(choices: type[StrEnum]) -> list[tuple[str, str]]:
    """Choices whose values are their words."""
    return [(one.value, one.value) for one in choices]


def _graded(grades: Mapping[str, str]) -> list[tuple[str, str]]:
    """Grades of the Admiralty scale, each with its letter or digit in front."""
    return [(grade, f"{grade} {words}") for grade, words in grades.items()]


def _unlisted(outcome: str) -> str:
    """An outcome that was typed or stored and is not offered: it stays chosen until another one is."""
    offered = {one.id for _, members in frames.senses() for one in members}
    return outcome if outcome and outcome not in offered else ""


def _offered(frame: Scheme) -> list[Scheme]:
    """The frames to choose from; the one in use is always among them."""
    found = list(frames.offered())
    return found if frame in found else [*found, frame]


def _faulty(wrongs: tuple[Fault, ...], frame: Scheme, factor: Concept) -> bool:
    """Whether something is wrong in a box of this factor, which must be in sight then."""
    return any(one.box.rpartition("-")[0] == assess_typed.prefix(frame, factor) for one in wrongs)


def _used(typed: Typed, frame: Scheme, group: Group) -> int:
    """How many of a group's factors are rated, its head left aside."""
    return sum(bool(typed.one(f"{assess_typed.prefix(frame, one)}-found")) for one in group.factors)


def _marking(visit: Visit, typed: Typed) -> Marking:
    """The marking of the page: as typed, or for nobody else where that does not fit together yet."""
    if found := composing.readable(visit, typed):
        return found
    try:
        label = TLP.read(typed.one("tlp"))
    except ValueError:
        label = TLP.RED
    return Marking(tlp=label, audience=Audience.nobody())


def _twin(sheet: Sheet, groups: tuple[Group, ...]) -> dict[str, Any]:
    return {
        "subject": f"place:{sheet.place}",
        "supersedes": sheet.supersedes or None,
        "frame": sheet.frame.key,
        "frames": [{"key": one.key, "title": one.title()} for one in frames.offered()],
        "factors": [
            {"factor": one.notation, "label": one.label(), "definition": one.definition, "sign": one.sign}
            for group in groups
            for one in (group.head, *group.factors)
        ],
        "outcomes": [{"outcome": one.id, "label": one.label()} for _, members in frames.senses() for one in members],
        "typed": assess_typed.kept(sheet.typed),
    }
