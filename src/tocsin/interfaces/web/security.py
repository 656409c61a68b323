"""What every answer carries so that a page can do no more than show itself, and who may ask for one."""

from __future__ import annotations

from ipaddress import ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",
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


class Guard:
    """Adds the headers to every answer and, on loopback, refuses every Host but this machine's own names.

    Without the check a web site could give its own name the address 127.0.0.1 (DNS rebinding) and read the pages
    through the visitor's browser.
    """

    def __init__(self, app: ASGIApp, listening_on: str) -> None:
        self._app = app
        self._names = _LOOPBACK_NAMES | {listening_on} if is_loopback(listening_on) else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        if self._names is not None and host_name(Headers(scope=scope).get("host", "")) not in self._names:
            refusal = PlainTextResponse(
                "This workbench answers to this machine only. Open it as http://127.0.0.1 with its port.\n", 421
            )
            await refusal(scope, receive, guarded)
            return
        await self._app(scope, receive, guarded)
