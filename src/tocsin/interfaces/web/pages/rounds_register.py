"""Registering a round: the form for a convenor, and when it is sent.

Nothing is registered that was not previewed just as it is sent, as for every statement.
"""

from __future__ import annotations

from typing import Any, get_args

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from tocsin.core.convening import FEWEST, Answer, Method
from tocsin.core.errors import StatementError, TocsinError
from tocsin.core.instant import moment
from tocsin.core.marking import TLP, Audience, Caveat, Marking
from tocsin.core.register import Preview
from tocsin.core.seeing import Role
from tocsin.desk import drafts, fiction, making
from tocsin.desk.assessing import frames
from tocsin.desk.people import directory
from tocsin.desk.reading import facts, read
from tocsin.desk.rounds import registering
from tocsin.desk.visit import Visit
from tocsin.interfaces.web import composing, lost, words
from tocsin.interfaces.web.composing import Typed
from tocsin.interfaces.web.doors import typed
from tocsin.interfaces.web.faults import faults
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.naming import named
from tocsin.interfaces.web.page import Page, Params, over, table
from tocsin.interfaces.web.pages import rounds_drafting as drafting
from tocsin.interfaces.web.pages import rounds_telling as telling
from tocsin.interfaces.web.pages.compose import offers, seen
from tocsin.interfaces.web.posting import posted
from tocsin.interfaces.web.rendering import shown

STEM = "/rounds/register"

METHODS: tuple[str, ...] = tuple(name for name in get_args(Method) if name != "performance-weighted")
"""The ways to pool that need no past scores."""


def register_page(visit: Visit, params: Params) -> Page:
    """``/rounds/register``: the form as it was left, or as it opens.

    Errors: AccessError unless by a convenor.
    """
    visit.need(Role.CONVENOR, to="register a round")
    draft = drafts.load(visit, drafting.DRAFT)
    kept = lost.readable(draft)
    sent = Typed(kept.fields) if kept else _blank(visit, params.get("subject", ""))
    page = built(visit, sent, Labels.read(params), saved=words.day(moment(kept.saved)) if kept else "")
    return lost.told(page, draft, "register")


def built(
    visit: Visit,
    sent: Typed,
    labels: Labels,
    *,
    saved: str = "",
    preview: Preview | None = None,
    problem: TocsinError | None = None,
    told: str = "",
    few: str = "",
) -> Page:
    """The form with what was typed, who would see the round, and what is wrong with it.

    few: why nothing could be told of what is answered, if so.
    """
    header, register = facts(read(visit.settings)), directory(visit)
    names = named(register)
    offered = offers(register, names, visit)
    tokens = {token for _, found in offered for token in found}
    organisations = sorted(register.organisations.values(), key=lambda one: one.name)
    caveats = [one for one in Caveat if one not in (Caveat.EXERCISE, Caveat.CHATHAM_HOUSE)]
    questions = range(drafting.shown(sent, "questions", drafting.QUESTIONS))
    rows = [row for row in range(drafting.SOURCES) if sent.one(f"reference-{row}") or sent.one(f"remark-{row}")]
    wrongs = faults(problem, lambda error: drafting.box(error.field), drafting.label)
    return Page(
        stem=STEM,
        title="Register a round",
        facts=header,
        content={
            "labels": labels,
            "typed": sent,
            "draft": drafting.DRAFT,
            "saved": saved,
            "questions": questions,
            "answers": list(telling.ANSWERS.items()),
            "rows": range(drafting.shown(sent, "invitations", drafting.INVITED)),
            "sources": range(min(max(rows, default=-1) + 2, drafting.SOURCES)),
            "organisations": organisations,
            "roles": list(Role),
            "senses": frames.senses(),
            "known_senses": {one.id for _, members in frames.senses() for one in members},
            "attributions": list(telling.ATTRIBUTED.items()),
            "methods": METHODS,
            "reliabilities": words.RELIABILITY,
            "credibilities": words.CREDIBILITY,
            "states": tuple(fiction.states().values()) if visit.store.world == "exercise" else (),
            "all_labels": [(one, words.LABELS[one]) for one in TLP],
            "all_caveats": [(one, words.CAVEATS[one]) for one in caveats],
            "offered": offered,
            "others": [(token, names.token(token)) for token in sent.all("audience") if token not in tokens],
            "preview": seen(preview, names, register) if preview else None,
            "problem": problem,
            "faults": wrongs,
            "wrongs": {one.box: one for one in wrongs},
            "told": told,
            "few": few,
        },
        twin={
            "typed": drafting.kept(sent),
            "organisations": [{"id": one.id, "name": one.name} for one in organisations],
            "roles": [str(one) for one in Role],
            "methods": list(METHODS),
            "attributions": telling.ATTRIBUTED,
            "answers": [str(one) for one in Answer],
            "audience": [{"title": title, "names": found} for title, found in offered],
        },
        tables={
            "questions": table(
                "The questions as they are typed",
                drafting.QUESTION,
                [{name: sent.one(f"{name}-{number}") or None for name in drafting.QUESTION} for number in questions],
                _typed_marking(visit, sent),
            )
        },
        marking=over(header, _typed_marking(visit, sent)),
    )


def sent(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /rounds/register``: action is preview, store, question, invitation (one more of each) or discard."""
    visit.need(Role.CONVENOR, to="register a round")
    fields, action = Typed(typed(posted(request))), str(posted(request).get("action", "preview"))
    if action == "discard":
        drafts.clear(visit, drafting.DRAFT)
        return RedirectResponse(STEM, 303)
    fields = _more(fields, action)
    saved = _keep(visit, fields)
    problem: TocsinError | None = None
    preview: Preview | None = None
    told = ""
    if action in ("preview", "store"):
        try:
            given = drafting.given(visit, fields)
            registering.check(visit, given)
            preview = making.preview(visit, given["marking"])
            if action == "store":
                if posted(request).get("previewed") == composing.seal(preview):
                    made = registering.register(visit, given)
                    drafts.clear(visit, drafting.DRAFT)
                    return RedirectResponse(f"/round/{made.id}", 303)
                told = "Not registered yet: it would be seen by others than in the last preview. See below who."
        except StatementError as error:
            problem, preview = error, _of_marking(visit, fields)
    few = _few(visit, fields) if preview else ""
    page = built(visit, fields, Labels(), saved=saved, preview=preview, problem=problem, told=told, few=few)
    return shown(templates, "round_register.html", request, page, status=422 if problem else 200)


def previewed(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /rounds/register/preview``: who would see it, as a part of the page."""
    fields, problem, preview = Typed(typed(posted(request))), None, None
    try:
        preview = making.preview(visit, composing.marking(visit, fields))
    except StatementError as error:
        problem = error
    register = directory(visit)
    text = templates.get_template("preview.html").render(
        preview=seen(preview, named(register), register) if preview else None,
        problem=problem,
        few=_few(visit, fields) if preview else "",
    )
    return HTMLResponse(text, headers={"cache-control": "no-store", "x-tocsin-part": "preview"})


def _few(visit: Visit, fields: Typed) -> str:
    """That nothing could be told of the answers, where too few are asked; empty where enough are.

    Only of a form whose marking is right.
    """
    if fields.one("attributed") != "non-attributed":
        return ""
    asked = registering.could_answer(visit, drafting.invitations(fields), composing.marking(visit, fields))
    if asked >= FEWEST:
        return ""
    whom = {0: "Nobody", 1: "One person", 2: "Two people"}[asked]
    return (
        f"{whom} with an account {'are' if asked == 2 else 'is'} invited and can see it. Of a question that fewer than "
        "three answer nothing is opened where nothing is attributed: invite more, widen the audience, or attribute."
    )


def _more(fields: Typed, action: str) -> Typed:
    """The form with one more question or invitation, if that button was pressed."""
    for name, wanted, most in (
        ("questions", "question", drafting.QUESTIONS),
        ("invitations", "invitation", drafting.INVITED),
    ):
        if action == wanted:
            number = min(drafting.shown(fields, name, most) + 1, most)
            return Typed({**fields.fields, name: [str(number)]})
    return fields


def _blank(visit: Visit, subject: str) -> Typed:
    """The form as it opens: for the visitor's own organisation, until they choose."""
    whole: dict[str, Any] = {
        "subject": [subject],
        "attributed": ["non-attributed"],
        "method": ["median"],
        "questions": ["1"],
        "invitations": ["2"],
        "organisation-0": [visit.actor.organisation],
        "role-0": [Role.ANALYST.value],
        "role-1": [Role.ANALYST.value],
        "tlp": ["TLP:AMBER"],
        "audience": [f"org:{visit.actor.organisation}"],
    }
    return Typed(whole)


def _typed_marking(visit: Visit, sent: Typed) -> Marking:
    """The marking as typed; for nobody else while it is none."""
    if marking := composing.readable(visit, sent):
        return marking
    try:
        label = TLP.read(sent.one("tlp"))
    except ValueError:
        label = TLP.RED
    return Marking(tlp=label, audience=Audience.nobody())


def _keep(visit: Visit, fields: Typed) -> str:
    try:
        return words.day(moment(drafts.save(visit, drafting.DRAFT, drafting.kept(fields)).saved))
    except StatementError:
        return ""


def _of_marking(visit: Visit, fields: Typed) -> Preview | None:
    """Who would see it, as far as the marking is right, while something else is not."""
    try:
        return making.preview(visit, composing.marking(visit, fields))
    except StatementError:
        return None
