"""A small web server that misbehaves on request, and a source whose one table lives on it."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from tocsin.core.settings import Settings
from tocsin.sources.catalogue import Source
from tocsin.sources.client import Client, Patience

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BODY = b"code,year,value\n" + b"".join(b"%d,%d,%d\n" % (n, 1990 + n % 30, n) for n in range(4000))
URL = "https://data.example.org/some/small%20table.csv"

Act = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "Server"

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        acts = self.server.acts
        (acts.pop(0) if len(acts) > 1 else acts[0])(self)

    def give(self, status: int, body: bytes = b"", cut: int | None = None, **headers: str) -> None:
        """Answer; with ``cut`` announce the whole body and hang up after so many bytes of it."""
        self.send_response(status)
        headers.setdefault("Content_Type", "text/csv")
        headers.setdefault("Content_Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body if cut is None else body[:cut])
        if cut is not None:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.acts: list[Act] = []
        self.asked: list[tuple[str, dict[str, str]]] = []

    def handle_error(self, *_: object) -> None:
        """Clients hang up on purpose here."""

    def address(self, url: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/{url.removeprefix('https://')}"

    def client(self, **patience: float) -> Client:
        """A client whose every address leads here; it waits for nothing."""
        self.waits: list[float] = []
        return Client(
            transport=httpx.HTTPTransport(),
            address=self.address,
            patience=Patience(**{"read": 2.0, "connect": 2.0, **patience}),
            pause=self.waits.append,
            jitter=lambda: 0.5,
        )


def good(handler: Handler) -> None:
    handler.give(200, BODY, ETag='"one"')


def slow(handler: Handler) -> None:
    time.sleep(1.0)
    good(handler)


def with_ranges(handler: Handler) -> None:
    """Serve as a proper server does: a range if the tag still fits, else the whole."""
    start = handler.headers.get("Range", "").removeprefix("bytes=").removesuffix("-")
    if start and handler.headers.get("If-Range") == '"one"':
        span = f"bytes {start}-{len(BODY) - 1}/{len(BODY)}"
        handler.give(206, BODY[int(start) :], Content_Range=span, ETag='"one"')
    else:
        good(handler)


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", who="a test")


@pytest.fixture
def source() -> Source:
    return Source.model_validate(
        {
            "id": "small",
            "title": "A small source",
            "provider": "Nobody",
            "homepage": "https://data.example.org",
            "licence": "CC BY 4.0",
            "terms": "cite Nobody",
            "may_redistribute": True,
            "cadence": "never",
            "vintage": "2026",
            "citation": "Nobody (2026)",
            "stale_after_days": 30,
            "tables": [
                {
                    "id": "table",
                    "title": "A small table",
                    "url": URL,
                    "format": "csv",
                    "max_bytes": 1_000_000,
                    "key": ["code", "year"],
                    "rows": [1, 10_000],
                    "columns": [
                        {"name": "code", "dtype": "text"},
                        {"name": "year", "dtype": "year", "min": 1900},
                        {"name": "value", "dtype": "number", "min": 0},
                    ],
                }
            ],
        }
    )
