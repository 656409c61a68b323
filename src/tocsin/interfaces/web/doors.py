"""Who is at the door: on a node with accounts nothing is looked up, found or missed before that is known."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tocsin.core.errors import AccessError, SignInNeeded, TocsinError
from tocsin.desk import drafts
from tocsin.desk.node import Node
from tocsin.desk.sessions import PREFIX, by_session, by_token, run_out
from tocsin.desk.visit import Visit
from tocsin.interfaces.web import csrf
from tocsin.interfaces.web.pace import Pace
from tocsin.interfaces.web.security import SAFE

PUBLIC = ("/sign-in", "/oidc", "/static", "/healthz", "/feeds")
"""What answers before sign-in, with all that is below it. A feed's address is a secret that stands for its owner."""

NEVER_KEPT = frozenset({csrf.FIELD, "password", "again", "current", "code"})
"""Fields that are not kept as a draft."""


@dataclass(frozen=True)
class Who:
    """Who is signed in, as the pages say it."""

    name: str
    organisation: str

    def __str__(self) -> str:
        return f"{self.name}, {self.organisation}"


@dataclass(frozen=True)
class Caller:
    """Whoever makes a request. secret: what the forms of their browser prove themselves with (see ``csrf``)."""

    by: Literal["local", "session", "token", "nobody"]
    secret: bytes
    visit: Visit | None = None
    who: Who | None = None


def caller(request: Request) -> Caller:
    """Whoever makes this request; nobody if it was turned away before anybody looked."""
    return getattr(request.state, "caller", None) or Caller("nobody", b"")


def visitor(request: Request) -> Visit:
    """The visit of whoever makes this request.

    Errors: SignInNeeded if people have accounts on this node and nobody is signed in.
    """
    node: Node = request.app.state.node
    found = caller(request)
    if found.by == "local":
        return node.local(door(request))
    if found.visit is None:
        raise _needed()
    return found.visit


def door(request: Request) -> str:
    """The door as the audit log names it."""
    return "api" if request.url.path.startswith("/api/") else "web"


def machine(request: Request) -> bool:
    """Whether a program asks, which is not led to a page for signing in."""
    return request.url.path.startswith("/api/") or request.url.path.endswith((".json", ".csv"))


def cookie_name(request: Request) -> str:
    """The name of the session's cookie; over https one that no other host of the domain can set."""
    return "__Host-tocsin" if request.app.state.site.https else "tocsin-session"


def cookie_of(request: Request) -> str:
    """What the browser presents; empty if nothing."""
    return request.cookies.get(cookie_name(request), "")


def set_cookie(request: Request, answer: Response, cookie: str) -> None:
    """Give the browser what it is to present; empty takes it away. It lasts until the browser is closed."""
    name, https = cookie_name(request), request.app.state.site.https
    # Lax, not Strict: whoever follows a link from a mail, or comes back from an identity provider, is still signed in.
    if cookie:
        answer.set_cookie(name, cookie, secure=https, httponly=True, samesite="lax")
    else:
        answer.delete_cookie(name, secure=https, httponly=True, samesite="lax")


def prove(request: Request, word: str) -> None:
    """Whether a request that changes something comes from one of our own pages.

    Errors: AccessError if not.
    """
    secret = caller(request).secret
    if not (secret and csrf.fits(secret, word)):
        raise AccessError(
            "this form was not sent from a page of this workbench, or its page was opened too long ago",
            remedy="Open the page again and send the form from there",
        )


def local_path(text: str) -> str:
    """An address on this workbench; anything else becomes the first page.

    >>> local_path("/country/SDN?lang=fr"), local_path("//evil.example/"), local_path("https://evil.example/")
    ('/country/SDN?lang=fr', '/', '/')
    """
    try:
        parts = urlsplit(text)
    except ValueError:
        return "/"
    foreign = parts.scheme or parts.netloc or not text.startswith("/") or text.startswith("//")
    if foreign or "\\" in text or not text.isprintable() or len(text) > 2000:
        return "/"
    return "/" if parts.path.startswith(("/sign-in", "/oidc")) else text


def sign_in_address(request: Request) -> str:
    """Where somebody signs in who wanted this page; what they sent to it is not sent again, but may be kept."""
    back = getattr(request.state, "back", "")
    query = f"?{request.url.query}" if request.url.query else ""
    # Where only forms are sent to there may be no page.
    wanted = local_path(back or (request.url.path + query if request.method in SAFE else "/"))
    asked = ({"next": wanted} if wanted != "/" else {}) | ({"kept": "yes"} if back else {})
    return "/sign-in" + (f"?{urlencode(asked)}" if asked else "")


class Doorkeeper:
    """Finds out who makes a request before it goes any further.

    On a node with accounts whoever is not signed in gets no further than ``PUBLIC``, whatever the address: a new route
    cannot be forgotten.
    """

    def __init__(self, app: ASGIApp, node: Node, own: bytes, refuse: Callable[[Request, Exception], Response]) -> None:
        self._app, self._node, self._own, self._refuse = app, node, own, refuse
        self._pace = Pace()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its caller, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            if not self._node.team:
                request.state.caller = Caller("local", self._own)
            elif scope["path"].startswith(tuple(f"{one}/" for one in PUBLIC)) or scope["path"] in PUBLIC:
                request.state.caller = _nobody(request)
            else:
                request.state.caller = await run_in_threadpool(_admit, self._node, request)
            if self._node.team:
                self._pace.step(_counted(request))
            _prove_script(request)
        except SignInNeeded as error:
            request.state.caller = _nobody(request)
            try:
                self._pace.step(_counted(request))
            except TocsinError as slower:
                await self._refuse(request, slower)(scope, receive, send)
                return
            if request.method not in SAFE and cookie_of(request):
                request.state.back = await _keep_typed(self._node, request)
            await self._refuse(request, error)(scope, receive, send)
            return
        except TocsinError as error:
            await self._refuse(request, error)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _admit(node: Node, request: Request) -> Caller:
    given = request.headers.get("authorization")
    if given is not None and door(request) == "api":
        kind, _, token = given.partition(" ")
        if kind.lower() != "bearer" or not token.strip().startswith(PREFIX):
            raise _needed()
        return Caller("token", b"", by_token(node, token.strip(), "api"))
    cookie = cookie_of(request)
    signed = by_session(node, cookie, door(request))
    return Caller("session", csrf.secret_of(cookie), signed.visit, Who(signed.name, signed.organisation))


def _counted(request: Request) -> str:
    """Whose request it counts as: the person's, whichever session or token they use; or the address it comes from."""
    visit = caller(request).visit
    return f"person:{visit.actor.person}" if visit else f"address:{request.client.host if request.client else ''}"


def _nobody(request: Request) -> Caller:
    cookie = cookie_of(request)
    return Caller("nobody", csrf.secret_of(cookie) if cookie else b"")


def _prove_script(request: Request) -> None:
    """What a browser sends to the API proves itself in a header; a program of its own has nothing to prove."""
    if request.method in SAFE or door(request) != "api":
        return
    by, browser = caller(request).by, {"origin", "sec-fetch-site"} & set(request.headers.keys())
    if by == "session" or (by == "local" and browser):
        prove(request, request.headers.get(csrf.HEADER, ""))


async def _keep_typed(node: Node, request: Request) -> str:
    """A session ran out while somebody typed: what they sent becomes their draft; the page to which they go back."""
    visit = await run_in_threadpool(run_out, node, cookie_of(request))
    if visit is None or not request.headers.get("content-type", "").startswith(_FORM_TYPES):
        return ""
    # What cannot be read or kept is no reason to say anything but "sign in".
    with suppress(TocsinError, HTTPException, ValueError):
        form = await request.form()
        if csrf.fits(caller(request).secret, str(form.get(csrf.FIELD, ""))):
            name = str(form.get("draft") or request.url.path)
            await run_in_threadpool(drafts.save, visit, name, typed(form))
            return str(form.get("back") or request.url.path)
    return ""


_FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


def typed(form: FormData) -> dict[str, list[str]]:
    """What somebody typed, to be kept: every field with its values, without secrets and files."""
    fields: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if isinstance(value, str) and name not in NEVER_KEPT:
            fields.setdefault(name, []).append(value)
    return fields


def _needed() -> SignInNeeded:
    return SignInNeeded("nobody is signed in", remedy="Sign in, or send an API token")
