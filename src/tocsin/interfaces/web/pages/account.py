"""``/account``: one's own password, sessions and API tokens, and, for a steward, letting somebody in."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tocsin.core.errors import RegisterError, StatementError, TocsinError
from tocsin.core.instant import moment
from tocsin.core.seeing import Role
from tocsin.desk import accounts, sessions
from tocsin.desk.reading import facts, read
from tocsin.desk.visit import Visit
from tocsin.interfaces.web.doors import cookie_of, set_cookie
from tocsin.interfaces.web.errors import status_of_form
from tocsin.interfaces.web.page import Page
from tocsin.interfaces.web.posting import Form, posted
from tocsin.interfaces.web.rendering import shown


def account(request: Request, visit: Visit, templates: Environment) -> Response:
    """The page as it opens."""
    done = {"password": "Your password is changed. Every other browser has been signed out."}
    return _page(request, visit, templates, done=done.get(request.query_params.get("done", ""), ""))


def password(request: Request, visit: Visit, templates: Environment) -> Response:
    """Another password, given the one of now and a code."""
    sent = _sent(request)
    try:
        if sent.get("password") != sent.get("again"):
            raise StatementError("the two passwords differ", field="again", remedy="Type the same one twice")
        cookie = accounts.change_password(
            visit, sent.get("current", ""), sent.get("password", ""), sent.get("code", "")
        )
    except TocsinError as error:
        return _page(request, visit, templates, error=error, part="password")
    answer = RedirectResponse("/account?done=password", 303)
    set_cookie(request, answer, cookie)
    return answer


def token(request: Request, visit: Visit, templates: Environment) -> Response:
    """A new API token; it is on this answer and nowhere else."""
    sent = _sent(request)
    try:
        typed = sent.get("days", "").strip()
        days = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 6 else 0
        text, _ = accounts.make_token(visit, sent.get("name", ""), sent.get("scope", ""), days)
    except TocsinError as error:
        return _page(request, visit, templates, error=error, part="token")
    return _page(request, visit, templates, made=text)


def revoke(request: Request, visit: Visit, templates: Environment) -> Response:
    """End one token."""
    try:
        accounts.revoke_token(visit, _sent(request).get("id", ""))
    except TocsinError as error:
        return _page(request, visit, templates, error=error, part="tokens")
    return RedirectResponse("/account", 303)


def invite(request: Request, visit: Visit, templates: Environment) -> Response:
    """A steward lets somebody in, for the first time or anew."""
    sent = _sent(request)
    ask = accounts.reset if sent.get("again") == "yes" else accounts.invite
    try:
        made = ask(visit, sent.get("person", "").strip())
    except TocsinError as error:
        return _page(request, visit, templates, error=error, part="invite")
    return _page(request, visit, templates, invitation=made)


def sign_out(request: Request, visit: Visit, templates: Environment) -> Response:
    """End this session, or all of this person's."""
    if _sent(request).get("everywhere") == "yes":
        sessions.sign_out_everywhere(visit)
    else:
        sessions.sign_out(visit, cookie_of(request))
    answer = RedirectResponse("/sign-in", 303, headers={"clear-site-data": '"cache"'})
    set_cookie(request, answer, "")
    return answer


def _page(
    request: Request,
    visit: Visit,
    templates: Environment,
    *,
    error: TocsinError | None = None,
    part: str = "",
    **content: Any,
) -> Response:
    page = Page(stem="", title="Account", facts=facts(read(visit.settings)), content={})
    given: dict[str, Any] = {"done": "", "made": "", "invitation": None} | content
    return shown(
        templates,
        "account.html",
        request,
        page,
        status=status_of_form(error),
        headers={"cache-control": "no-store"},
        error=error,
        part=part,
        at=error.where if isinstance(error, (StatementError, RegisterError)) else "",
        # What was typed stays, but never a secret.
        typed={name: value for name, value in _sent(request).items() if name in _KEPT} if error else {},
        me=visit.actor,
        tokens=accounts.tokens(visit),
        scopes=[scope.value for scope in sessions.Scope],
        steward=Role.STEWARD in visit.roles,
        day=lambda at: f"{moment(at):%d %b %Y}",
        hour=lambda at: f"{moment(at):%d %b %Y %H:%M} UTC",
        **given,
    )


def _sent(request: Request) -> dict[str, str]:
    return {name: value for name, value in posted(request).items() if isinstance(value, str)}


_KEPT = ("name", "scope", "days", "person")

ACCOUNT = (
    Form("/account", ("GET",), account),
    Form("/account/password", ("POST",), password),
    Form("/account/tokens", ("POST",), token),
    Form("/account/tokens/revoke", ("POST",), revoke),
    Form("/account/invite", ("POST",), invite),
    Form("/sign-out", ("POST",), sign_out),
)
