"""What every answer carries so that a page can do no more than show itself, and who may ask for one."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tocsin.core.errors import SettingsError
from tocsin.core.settings import Settings

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""Nothing from anywhere else, nothing inline, no frame around us (design, rule 7)."""

HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "x-frame-options": "DENY",
}

_LOOPBACK_NAMES = {"localhost", "127.0.0.1", "::1"}


def is_loopback(host: str) -> bool:
    """Whether an address to listen on can be reached from this machine only.

    >>> is_loopback("localhost"), is_loopback("127.0.0.5"), is_loopback("::1"), is_loopback("0.0.0.0")
    (True, True, True, False)
    """
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def host_name(header: str) -> str:
    """The name in a Host header, without port and brackets.

    >>> host_name("localhost:8420"), host_name("[::1]:8420"), host_name("Example.org")
    ('localhost', '::1', 'example.org')
    """
    if header.startswith("["):
        return header[1:].partition("]")[0].lower()
    return header.partition(":")[0].lower()


SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""


@dataclass(frozen=True)
class Site:
    """What a node is reached as.

    origin: as browsers write it; empty on this machine only, where any of its own names and any port will do.
    names: the names in a Host header that it answers to.
    """

    origin: str
    names: frozenset[str]

    @property
    def https(self) -> bool:
        """Whether nothing crosses a network in clear."""
        return self.origin.startswith("https://")

    @classmethod
    def of(cls, settings: Settings, team: bool) -> Site:
        """What the node of these settings is reached as.

        Errors: SettingsError if it were open to people who do not sign in, or passwords could be read on the way.
        """
        here = is_loopback(settings.host)
        if not team and not here:
            raise SettingsError(
                f"on {settings.host} everybody in the network could use this workbench as you",
                where="TOCSIN_HOST",
                remedy="Start it with --team, so that people sign in, or listen on 127.0.0.1",
            )
        if not (team and settings.origin):
            if not here:
                raise SettingsError(
                    f"on {settings.host} passwords would cross the network in clear",
                    where="TOCSIN_ORIGIN",
                    remedy="Put a server with TLS in front and set its address, as https://tocsin.example",
                )
            return cls("", frozenset(_LOOPBACK_NAMES | {settings.host}))
        return cls(*_origin(settings.origin, here))

    def answers_to(self, host: str) -> bool:
        """Whether a Host header names this node."""
        return (host_and_port(host) if self.origin else host_name(host)) in self.names

    def is_own(self, origin: str, host: str) -> bool:
        """Whether an Origin header names this node, as it was reached by this Host."""
        return origin.lower() == (self.origin or f"http://{host.lower()}")


def _origin(text: str, here: bool) -> tuple[str, frozenset[str]]:
    try:
        parts = urlsplit(text.lower())
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    name = parts.hostname or ""
    if (
        parts.scheme not in ("https", "http")
        or not name
        or parts.username
        or parts.path
        or parts.query
        or parts.fragment
    ):
        raise SettingsError(
            f"{text[:80]!r} is no address of a workbench",
            where="TOCSIN_ORIGIN",
            remedy="Write scheme and name, as https://tocsin.example",
        )
    if parts.scheme == "http" and not (here and is_loopback(name)):
        raise SettingsError(
            "passwords would cross the network in clear",
            where="TOCSIN_ORIGIN",
            remedy="Put a server with TLS in front and write https://",
        )
    shown = f"[{name}]" if ":" in name else name
    usual = 443 if parts.scheme == "https" else 80
    if port in (None, usual):
        return f"{parts.scheme}://{shown}", frozenset({shown, f"{shown}:{usual}"})
    return f"{parts.scheme}://{shown}:{port}", frozenset({f"{shown}:{port}"})


def host_and_port(header: str) -> str:
    """A Host header as it is compared."""
    return header.strip().lower()


class Guard:
    """Adds the headers to every answer, and refuses what another site's page could have sent.

    Without the check of the name a web site could give its own name the address 127.0.0.1 (DNS rebinding) and read the
    pages through the visitor's browser. Browsers say where a request comes from (Sec-Fetch-Site, Origin): another
    site's page may lead a person here, and nothing else.
    """

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app, self._site = app, site
        self._headers = HEADERS | ({"strict-transport-security": "max-age=31536000"} if site.https else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        if refusal := self._refusal(scope["method"], Headers(scope=scope)):
            await refusal(scope, receive, guarded)
            return
        await self._app(scope, receive, guarded)

    def _refusal(self, method: str, headers: Headers) -> PlainTextResponse | None:
        host = headers.get("host", "")
        if not self._site.answers_to(host):
            if self._site.origin:
                return PlainTextResponse(f"This workbench is at {self._site.origin}\n", 421)
            return PlainTextResponse(
                "This workbench answers to this machine only. Open it as http://127.0.0.1 with its port.\n", 421
            )
        if not self._comes_from_here(method, headers, host):
            return PlainTextResponse(
                "Another site's page asked for this. Open the workbench itself and do it there.\n", 403
            )
        return None

    def _comes_from_here(self, method: str, headers: Headers, host: str) -> bool:
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if method in SAFE:
            opened = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
            return site in (None, "same-origin", "none") or opened
        if site is not None and site not in ("same-origin", "none"):
            return False
        # A browser that is told to send no referrer writes "null" for our own forms too; the line above knows better.
        if origin is None or (origin == "null" and site is not None):
            return True
        return self._site.is_own(origin, host)
