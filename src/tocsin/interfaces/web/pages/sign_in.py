"""The way in: name and password, the code, an invitation with the picture of a key. Nothing else is shown here."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import segno
from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tocsin.core.errors import SignInNeeded, StatementError, TocsinError, TooManyAttempts
from tocsin.desk import signing_in
from tocsin.desk.node import Node
from tocsin.desk.sessions import Stage, by_session, unfinished
from tocsin.interfaces.web import csrf, oidc
from tocsin.interfaces.web.doors import Caller, cookie_of, local_path, set_cookie
from tocsin.interfaces.web.errors import status_of_form
from tocsin.interfaces.web.posting import posted
from tocsin.interfaces.web.rendering import shown_outside


@dataclass(frozen=True)
class Outside:
    """An address that answers whoever is not signed in."""

    path: str
    methods: tuple[str, ...]
    handler: Callable[[Request, Node, Environment], Response]


def sign_in(request: Request, node: Node, templates: Environment) -> Response:
    """``/sign-in``: name and password."""
    wanted = _wanted(request)
    if request.method == "POST":
        try:
            cookie = signing_in.with_password(
                node, _field(request, "person"), _field(request, "password"), _from(request)
            )
        except TocsinError as error:
            return _sign_in_page(request, node, templates, error)
        return _onward(request, cookie, "/sign-in/code", wanted)
    try:
        by_session(node, cookie_of(request), "web")
    except SignInNeeded:
        return _sign_in_page(request, node, templates, None)
    return RedirectResponse(wanted, 303)


def code(request: Request, node: Node, templates: Environment) -> Response:
    """``/sign-in/code``: the second factor.

    Errors: SignInNeeded if the password was given too long ago.
    """
    error: TocsinError | None = None
    if request.method == "POST":
        try:
            cookie = signing_in.with_code(node, cookie_of(request), _field(request, "code"), _from(request))
            return _onward(request, cookie, _wanted(request))
        except SignInNeeded:
            raise
        except TocsinError as refused:
            error = refused
    unfinished(node, cookie_of(request), Stage.CODE)
    return _page(request, templates, "second_factor.html", "Code", error, enrolment=None)


def invitation(request: Request, node: Node, templates: Environment) -> Response:
    """``/sign-in/invitation``: the code of an invitation, and the password that the person wants."""
    error: TocsinError | None = None
    if request.method == "POST":
        try:
            if _field(request, "password") != _field(request, "again"):
                raise StatementError("the two passwords differ", field="again", remedy="Type the same one twice")
            cookie = signing_in.with_invitation(
                node, _field(request, "invitation"), _field(request, "password"), _from(request)
            )
            return _onward(request, cookie, "/sign-in/key")
        except TocsinError as refused:
            error = refused
    return _page(
        request,
        templates,
        "sign_in.html",
        "Use an invitation",
        error,
        invited=True,
        person="",
        provider=False,
        kept=False,
        invitation=_field(request, "invitation"),
    )


def key(request: Request, node: Node, templates: Environment) -> Response:
    """``/sign-in/key``: the key of the second factor as a picture, and the first code that it makes.

    Errors: SignInNeeded if the invitation was used too long ago.
    """
    error: TocsinError | None = None
    if request.method == "POST":
        try:
            return _onward(
                request, signing_in.enrol(node, cookie_of(request), _field(request, "code"), _from(request)), "/"
            )
        except SignInNeeded:
            raise
        except TocsinError as refused:
            error = refused
    enrolment = signing_in.enrolment(node, cookie_of(request))
    # Black on white in any colour scheme, because cameras look for that.
    picture = segno.make(enrolment.address, error="m").svg_data_uri(scale=5, dark="#000", light="#fff")
    grouped = " ".join(enrolment.key[place : place + 4] for place in range(0, len(enrolment.key), 4))
    return _page(
        request,
        templates,
        "second_factor.html",
        "Second factor",
        error,
        enrolment=enrolment,
        picture=picture,
        key=grouped,
    )


def _sign_in_page(request: Request, node: Node, templates: Environment, error: TocsinError | None) -> Response:
    return _page(
        request,
        templates,
        "sign_in.html",
        "Sign in",
        error,
        invited=False,
        person=_field(request, "person"),
        provider=bool(node.settings.oidc_issuer),
        kept=request.query_params.get("kept") == "yes",
        invitation="",
    )


def _page(
    request: Request, templates: Environment, template: str, title: str, error: TocsinError | None, **content: Any
) -> Response:
    """A page of the way in, with a cookie that its form can prove itself by."""
    cookie = cookie_of(request)
    if not cookie:
        cookie = secrets.token_urlsafe(32)
        request.state.caller = Caller("nobody", csrf.secret_of(cookie))
    answer = shown_outside(
        templates,
        template,
        request,
        title,
        status=status_of_form(error),
        error=error,
        at=error.where if isinstance(error, StatementError) else "",
        wanted=_wanted(request),
        **content,
    )
    if isinstance(error, TooManyAttempts):
        answer.headers["retry-after"] = str(error.seconds)
    if cookie != cookie_of(request):
        set_cookie(request, answer, cookie)
    return answer


def _onward(request: Request, cookie: str, path: str, wanted: str = "/") -> Response:
    answer = RedirectResponse(path + (f"?{urlencode({'next': wanted})}" if wanted != "/" else ""), 303)
    answer.headers["cache-control"] = "no-store"
    set_cookie(request, answer, cookie)
    return answer


def _wanted(request: Request) -> str:
    return local_path(_field(request, "next") or request.query_params.get("next", "/"))


def _field(request: Request, name: str) -> str:
    value = posted(request).get(name, "")
    return value if isinstance(value, str) else ""


def _from(request: Request) -> str:
    return request.client.host if request.client else ""


def _start(request: Request, node: Node, templates: Environment) -> Response:
    return oidc.start(request, node, _wanted(request))


def _callback(request: Request, node: Node, templates: Environment) -> Response:
    return oidc.callback(request, node, _from(request))


SIGN_IN = (
    Outside("/sign-in", ("GET", "POST"), sign_in),
    Outside("/sign-in/code", ("GET", "POST"), code),
    Outside("/sign-in/invitation", ("GET", "POST"), invitation),
    Outside("/sign-in/key", ("GET", "POST"), key),
    Outside("/oidc/start", ("GET",), _start),
    Outside("/oidc/callback", ("GET",), _callback),
)
