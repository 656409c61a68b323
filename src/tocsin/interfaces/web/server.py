"""Running the workbench: one process, one address."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from contextlib import suppress

import uvicorn

from tocsin.core.errors import SettingsError
from tocsin.core.settings import Settings
from tocsin.desk.node import Node
from tocsin.interfaces.web.app import create_app


def _quietly(address: str) -> None:
    """Tell nobody that the pages can be had."""


def serve(node: Node, on_ready: Callable[[str], None] = _quietly) -> None:
    """Serve until interrupted; ``on_ready`` is called once with the address when the first page can be had.

    Errors: SettingsError if the host or port cannot be listened on.
    """
    listening = _listen(node.settings)
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    config = uvicorn.Config(
        create_app(node),
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        # Otherwise anybody on this machine, or behind a front server that passes the header on, is who they say.
        proxy_headers=bool(os.environ.get("FORWARDED_ALLOW_IPS")),
    )
    server = _Announced(config, lambda: on_ready(f"http://{shown}:{port}/"))
    # Ctrl-C is how a person ends it, so it is no error.
    with listening, suppress(KeyboardInterrupt):
        server.run(sockets=[listening])


class _Announced(uvicorn.Server):
    """A server that says when it is up."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell."""
        await super().startup(sockets)
        if self.started:
            self._announce()


def _listen(settings: Settings) -> socket.socket:
    """Bind before anything is promised, so that a taken port is a sentence and not a stack trace."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
    except OSError as error:
        raise SettingsError(
            f"cannot listen on {settings.host} port {settings.port} ({error.strerror or error})",
            where="TOCSIN_HOST, TOCSIN_PORT",
            remedy="Choose a free port (--port), or an address of this machine (--host)",
        ) from None
    return listening
