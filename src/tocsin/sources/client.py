"""The one HTTP client: a download that survives poor lines and does not trust the other end.

A download goes to ``NAME.part`` beside its goal, in the encoding in which it travels, and is continued from there
after a break, in this run or a later one. Only a whole body is unpacked to the goal.
"""

from __future__ import annotations

import json
import random
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tocsin import __version__
from tocsin.core.errors import ContentError, FetchError
from tocsin.sources.answer import (
    Partial,
    PassingError,
    announced,
    check_status,
    check_type,
    continues,
    too_large,
)
from tocsin.sources.receipts import disk_error, public_url

if TYPE_CHECKING:
    import httpx

_CHUNK = 65_536


@dataclass(frozen=True)
class Patience:
    """How long to try: attempts; seconds to connect, for each read and in all; the pauses between attempts."""

    attempts: int = 4
    connect: float = 10.0
    read: float = 30.0
    total: float = 900.0
    first_pause: float = 0.5
    longest_pause: float = 60.0


@dataclass(frozen=True)
class _Order:
    """What is to be fetched: public address, goal, what it must be, when patience ends, whether it needs a secret."""

    url: str
    goal: Path
    format: str
    max_bytes: int
    deadline: float
    secret: bool

    @property
    def host(self) -> str:
        """Whose file it is."""
        return urlsplit(self.url).hostname or ""

    @property
    def part(self) -> Path:
        """The body as far as it has come, in the encoding in which it travels."""
        return self.goal.with_name(self.goal.name + ".part")

    @property
    def note(self) -> Path:
        """What the server said of the body in ``part``."""
        return self.goal.with_name(self.goal.name + ".part.json")

    def begun(self) -> Partial | None:
        """What is known of a body begun earlier; None unless it can be continued."""
        try:
            known = Partial(**json.loads(self.note.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return known if known.url == self.url and known.validator and self.part.is_file() else None

    def forget(self) -> None:
        """Begin anew next time."""
        self.part.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)


class Client:
    """Fetches one address into one file.

    transport: an ``httpx.BaseTransport`` in place of the network. address: turns a public address into the one
    that is asked. pause, jitter: how to wait, and a number in [0, 1) that spreads waiting clients apart.
    """

    def __init__(
        self,
        *,
        transport: httpx.BaseTransport | None = None,
        address: Callable[[str], str] = str,
        patience: Patience | None = None,
        pause: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._transport, self._address, self._pause, self._jitter = transport, address, pause, jitter
        self._patience = patience or Patience()
        self._out_of_reach: set[str] = set()

    def download(
        self, url: str, goal: Path, *, format: str, max_bytes: int, secret: Mapping[str, str] | None = None
    ) -> None:
        """Bring the body of ``url`` into ``goal``, whole or not at all.

        secret: headers for this address alone; they are sent nowhere else and written nowhere.

        Errors: FetchError (network, status, size, disk) and ContentError (wrong type, cut off).
        """
        import httpx

        patience = self._patience
        order = _Order(public_url(url), goal, format, max_bytes, time.monotonic() + patience.total, bool(secret))
        timeout = httpx.Timeout(patience.read, connect=patience.connect)
        headers = {**(secret or {}), "User-Agent": f"tocsin/{__version__}", "Accept-Encoding": "gzip"}
        try:
            session = httpx.Client(transport=self._transport, timeout=timeout, headers=headers)
        except (ValueError, httpx.InvalidURL, OSError, ImportError) as error:
            remedy = "Check HTTPS_PROXY, ALL_PROXY, NO_PROXY, SSL_CERT_FILE and SSL_CERT_DIR"
            what = f"the proxy or the certificates that the environment names cannot be used ({error})"
            raise FetchError(what, where=order.url, remedy=remedy) from None
        with session as http:
            # Without a network every file would wait for all its attempts; a host that was out of reach gets one.
            left = 1 if order.host in self._out_of_reach else patience.attempts
            pause = patience.first_pause
            while True:
                try:
                    encoding = self._attempt(http, order, self._address(url))
                    break
                except PassingError as fault:
                    left -= 1
                    self._wait_or_give_up(fault, left, pause, order.deadline)
                    pause *= 2
        _unpack(order, encoding)

    def _wait_or_give_up(self, fault: PassingError, left: int, pause: float, deadline: float) -> None:
        longest = self._patience.longest_pause
        wait = min(pause * (1 + self._jitter()), longest) if fault.after is None else fault.after
        if left == 0 or wait > longest or time.monotonic() + wait > deadline:
            raise fault.error from None
        self._pause(wait)

    def _attempt(self, http: httpx.Client, order: _Order, address: str) -> str:
        """One try; returns the encoding of the body that now lies whole in the part file."""
        import httpx

        known, where = order.begun(), order.url
        offset = order.part.stat().st_size if known else 0
        headers = {"Range": f"bytes={offset}-", "If-Range": known.validator} if known and offset else {}
        try:
            response = self._open(http, address, headers, where, order.secret)
            self._out_of_reach.discard(order.host)
            try:
                whole = response.status_code != 206
                if response.status_code == 416 or not (whole or continues(response, known, offset)):
                    order.forget()
                    fault = ContentError("the server does not go on where we left off", where=where)
                    raise PassingError(fault, after=0.0)
                check_status(response, where)
                check_type(response, order.format, where)
                partial = announced(response, known, where)
                if partial.length is not None and partial.length > order.max_bytes:
                    raise too_large(where, order.max_bytes)
                _store(response, order, partial, 0 if whole else offset)
            finally:
                response.close()
        except httpx.TimeoutException:
            error = FetchError("the server does not answer in time", where=where, remedy="Try again later")
            raise PassingError(error) from None
        except httpx.RemoteProtocolError as problem:
            what = f"the line broke off before the end ({problem})"
            raise PassingError(ContentError(what, where=where, remedy="Try again later")) from None
        except (httpx.TransportError, httpx.InvalidURL) as problem:
            if isinstance(problem, httpx.ConnectError):
                self._out_of_reach.add(order.host)
            remedy = "Check the connection, or set TOCSIN_MIRROR to a folder that holds the file"
            what = f"the server cannot be reached ({problem})"
            raise PassingError(FetchError(what, where=where, remedy=remedy)) from None
        return partial.encoding

    def _open(
        self, http: httpx.Client, address: str, headers: dict[str, str], where: str, secret: bool
    ) -> httpx.Response:
        request = http.build_request("GET", address, headers=headers)
        for _ in range(6):
            response = http.send(request, stream=True)
            if response.next_request is None:
                return response
            response.close()
            here, there = request.url, response.next_request.url
            if there.host != here.host or (here.scheme == "https" and there.scheme != "https"):
                raise FetchError(
                    f"the server sends us on to {there.scheme}://{there.host}, which we do not follow",
                    where=where,
                    remedy="Check on the provider's site whether the file has moved; correct the fact sheet",
                )
            if here.port != there.port and secret:
                raise FetchError("the server sends us on to another port, where our token must not go", where=where)
            request = response.next_request
        raise FetchError("the server sends us round in circles", where=where, remedy="Try again later")


def _store(response: httpx.Response, order: _Order, partial: Partial, offset: int) -> None:
    """Write the body behind the ``offset`` bytes that are there already."""
    size = offset
    try:
        order.part.parent.mkdir(parents=True, exist_ok=True)
        order.note.write_text(json.dumps(asdict(partial)), encoding="utf-8")
        with order.part.open("ab" if offset else "wb") as file:
            for chunk in response.iter_raw():
                size += len(chunk)
                if size > order.max_bytes:
                    order.forget()
                    raise too_large(order.url, order.max_bytes)
                file.write(chunk)
                if time.monotonic() > order.deadline:
                    what, remedy = "the file comes too slowly", "Run `tocsin pull` again to go on from here"
                    raise FetchError(what, where=order.url, remedy=remedy)
        size = order.part.stat().st_size
    except OSError as error:
        raise disk_error(order.part, error) from None
    if partial.length is not None and size != partial.length:
        if size > partial.length:  # somebody else wrote here too: never to be continued
            order.forget()
        what, remedy = f"{size} of {partial.length} bytes came", "Run `tocsin pull` again to go on from here"
        raise PassingError(ContentError(what, where=order.url, remedy=remedy))


def _unpack(order: _Order, encoding: str) -> None:
    """Turn a whole body into the file itself."""
    try:
        if encoding == "gzip":
            _gunzip(order)
            order.part.unlink()
        else:
            order.part.replace(order.goal)
        order.note.unlink(missing_ok=True)
    except zlib.error as error:
        order.forget()
        what = f"the compressed body is damaged ({error})"
        raise ContentError(what, where=order.url, remedy="Run `tocsin pull` again") from None
    except OSError as error:
        raise disk_error(order.goal, error) from None


def _gunzip(order: _Order) -> None:
    stream, size = zlib.decompressobj(wbits=31), 0
    with order.part.open("rb") as packed, order.goal.open("wb") as plain:
        while not stream.eof and (chunk := stream.unconsumed_tail or packed.read(_CHUNK)):
            piece = stream.decompress(chunk, _CHUNK)
            size += len(piece)
            if size > order.max_bytes:
                order.forget()
                raise too_large(order.url, order.max_bytes)
            plain.write(piece)
    if not stream.eof:
        order.forget()
        raise ContentError("the compressed body is cut off", where=order.url, remedy="Run `tocsin pull` again")
