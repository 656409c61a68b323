"""When a form of a round is sent: an interest declared, an answer sealed or taken back, a step taken.

Whatever goes wrong, what was typed is on the page again and kept as a draft.
"""

from __future__ import annotations

from contextlib import suppress

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from tocsin.core.convening import Stage
from tocsin.core.errors import SealError, StatementError, TocsinError
from tocsin.core.instant import moment
from tocsin.desk import drafts
from tocsin.desk.rounds import answering, registering
from tocsin.desk.rounds.showing import Told, told
from tocsin.desk.visit import Visit
from tocsin.interfaces.web.composing import Typed
from tocsin.interfaces.web.doors import typed
from tocsin.interfaces.web.errors import status_of_form
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.pages import rounds_answer, rounds_closing, rounds_fields, rounds_one
from tocsin.interfaces.web.pages.rounds_one import Refused
from tocsin.interfaces.web.posting import posted
from tocsin.interfaces.web.rendering import shown


def declared(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /round/{id}/declare``: ``interest`` yes or no, ``text``."""
    id, sent = _id(request), _typed(request)
    interest, text = sent.one("interest"), rounds_fields.said(sent.one("text"))
    try:
        if interest not in ("yes", "no"):
            raise StatementError("neither is chosen", field="interest", remedy="Say whether you have an interest")
        answering.declare(visit, id, interest == "yes", text if interest == "yes" else "")
    except StatementError as error:
        return _refused(request, visit, templates, Refused("declare", error, text, interest == "yes"))
    return RedirectResponse(f"/round/{id}#yours", 303)


def answered(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /round/{id}/answer/{question}``: action is seal, next (seal, then the next question) or discard."""
    sent, action = _typed(request), str(posted(request).get("action", "seal"))
    found = told(visit, _id(request))
    put = rounds_answer.put_of(found, str(request.path_params["question"]))
    id, key = found.view.id, put.question.key
    name = _draft(found, sent, key)
    if action == "discard":
        drafts.clear(visit, name)
        return RedirectResponse(f"/round/{id}/answer/{key}", 303)
    _keep(visit, name, sent)
    try:
        # For the stage of the page that it was typed on: it must not become a second estimate by coming late.
        answering.estimate(visit, id, key, rounds_fields.estimate(put.question, sent), _stage(found, sent))
    except (StatementError, SealError) as error:
        page = rounds_answer.built(visit, found, put, Labels(), sent=sent, problem=error)
        return shown(templates, "round_answer.html", request, page, status=status_of_form(error))
    drafts.clear(visit, name)
    later = next((one.question.key for one in found.put if not one.mine and one.question.key != key), None)
    onwards = f"/round/{id}/answer/{later}?sealed={key}" if action == "next" and later else f"/round/{id}#yours"
    return RedirectResponse(onwards, 303)


def wished(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /round/{id}/wishes``: action is seal, more (another box) or discard; ``recommendation``, several."""
    found, sent, action = told(visit, _id(request)), _typed(request), str(posted(request).get("action", "seal"))
    name = _draft(found, sent, "")
    if action == "discard":
        drafts.clear(visit, name)
        return RedirectResponse(f"/round/{found.view.id}/wishes", 303)
    _keep(visit, name, sent)
    problem: TocsinError | None = None
    if action != "more":
        try:
            answering.wish(visit, found.view.id, rounds_fields.wishes(sent))
            drafts.clear(visit, name)
            return RedirectResponse(f"/round/{found.view.id}#yours", 303)
        except (StatementError, SealError) as error:
            problem = error
    page = rounds_closing.wishes_built(visit, found, Labels(), sent=sent, problem=problem)
    return shown(templates, "round_wishes.html", request, page, status=status_of_form(problem))


def closed(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /round/{id}/close``: action is seal or discard; ``dissent-KEY``, ``support-ID``."""
    found, sent, action = told(visit, _id(request)), _typed(request), str(posted(request).get("action", "seal"))
    name = _draft(found, sent, "")
    if action == "discard":
        drafts.clear(visit, name)
        return RedirectResponse(f"/round/{found.view.id}/close", 303)
    _keep(visit, name, sent)
    try:
        answering.close(visit, found.view.id, rounds_fields.closing(sent))
    except (StatementError, SealError) as error:
        page = rounds_closing.close_built(visit, found, Labels(), sent=sent, problem=error)
        return shown(templates, "round_close.html", request, page, status=status_of_form(error))
    drafts.clear(visit, name)
    return RedirectResponse(f"/round/{found.view.id}#yours", 303)


def taken_back(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /round/{id}/take-back``: ``question``; none for recommendations or what ends the round."""
    id = _id(request)
    try:
        answering.take_back(visit, id, _typed(request).one("question") or None)
    except StatementError as error:
        return _refused(request, visit, templates, Refused("declare", error))
    return RedirectResponse(f"/round/{id}#yours", 303)


def stepped(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /round/{id}/step``: ``step``, ``reason`` of a cancellation, ``confirmed`` yes."""
    id, sent = _id(request), _typed(request)
    name, reason = sent.one("step"), rounds_fields.said(sent.one("reason"))
    try:
        if sent.one("confirmed") != "yes":
            raise StatementError(
                "nothing was done yet", field="confirmed", remedy="Read what the step opens, tick the box, and send it"
            )
        registering.step(visit, id, name, reason)
    except (StatementError, SealError) as error:
        return _refused(request, visit, templates, Refused("cancel" if name == "cancel" else "step", error, reason))
    return RedirectResponse(f"/round/{id}", 303)


def recommended(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /round/{id}/recommend``: the convenor's ``text``."""
    id, text = _id(request), rounds_fields.said(_typed(request).one("text"))
    try:
        registering.recommend(visit, id, text)
    except StatementError as error:
        return _refused(request, visit, templates, Refused("recommend", error, text))
    return RedirectResponse(f"/round/{id}#advice", 303)


def kept(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /rounds/draft``: what is typed into a form of a round, as it is typed; ``draft`` names the form."""
    sent = _typed(request)
    name = sent.one("draft")
    if not name.startswith(rounds_fields.PREFIX):
        raise StatementError("this is no form of a round", field="draft", remedy="Open the form again")
    draft = drafts.save(visit, name, {key: value for key, value in sent.fields.items() if key not in _HOUSE})
    return JSONResponse({"saved": moment(draft.saved).isoformat()}, headers={"cache-control": "no-store"})


_HOUSE = frozenset({"draft", "back", "action", "previewed"})
"""Fields of a form that nobody types."""


def _refused(request: Request, visit: Visit, templates: Environment, refused: Refused) -> Response:
    page = rounds_one.built(visit, _id(request), Labels(), refused=refused)
    return shown(templates, "round.html", request, page, status=status_of_form(refused.problem))


def _draft(found: Told, sent: Typed, what: str) -> str:
    """Of the stage for which it was typed, which may be over by now."""
    return rounds_fields.draft_name(found.view.id, _stage(found, sent), what)


def _stage(found: Told, sent: Typed) -> Stage:
    stage = sent.one("stage")
    return Stage(stage) if stage in list(Stage) else found.stage


def _keep(visit: Visit, name: str, sent: Typed) -> None:
    """Keep what is typed as a draft; what cannot be kept is at least on the page."""
    with suppress(StatementError, SealError):
        drafts.save(visit, name, rounds_fields.kept(sent))


def _id(request: Request) -> str:
    return str(request.path_params["id"]).strip().lower()


def _typed(request: Request) -> Typed:
    return Typed(typed(posted(request)))
