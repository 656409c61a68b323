"""A small HTTP/1.1 client that keeps its connection, so that what is timed is the server."""

import asyncio
import time
from collections.abc import Sequence


class Connection:
    """One kept connection to a server on this machine."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self.port = port
        self.head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def ask(self, path: str, method: str = "GET", body: bytes = b"", more: str = "") -> tuple[int, bytes, float]:
        """Status, body and seconds of one request.

        As a browser does, it asks again over a new connection when the kept one was closed while it lay idle.
        """
        kept = self.writer is not None
        try:
            return await self._ask(path, method, body, more)
        except (ConnectionError, asyncio.IncompleteReadError):
            if not kept:
                raise
            self.writer = None
            return await self._ask(path, method, body, more)

    async def _ask(self, path: str, method: str, body: bytes, more: str) -> tuple[int, bytes, float]:
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        started = time.perf_counter()
        length = f"content-length: {len(body)}\r\n" if body else ""
        head = f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{self.port}\r\n{self.head}{more}{length}\r\n"
        self.writer.write(head.encode() + body)
        status, length_in, chunked, closing = 0, 0, False, False
        while (line := await self.reader.readline()) not in (b"\r\n", b""):
            name, _, value = line.decode("latin-1").partition(":")
            if not status:
                status = int(line.split()[1])
            elif name.lower() == "content-length":
                length_in = int(value)
            elif name.lower() == "transfer-encoding":
                chunked = True
            elif name.lower() == "connection" and value.strip() == "close":
                closing = True
        if not status:
            raise ConnectionResetError("closed while idle")
        if chunked:
            content = b""
            while size := int(await self.reader.readline(), 16):
                content += await self.reader.readexactly(size)
                await self.reader.readline()
            await self.reader.readline()
        else:
            content = await self.reader.readexactly(length_in)
        took = time.perf_counter() - started
        if closing:
            self.writer.close()
            self.writer = None
        return status, content, took


async def latencies(port: int, headers: dict[str, str], path: str, number: int) -> list[float]:
    """Seconds of so many requests, one after the other."""
    connection = Connection(port, headers)
    answers = [await connection.ask(path) for _ in range(number + 5)]
    wrong = {status for status, _, _ in answers if status != 200}
    if wrong:
        raise SystemExit(f"{path} answered {wrong}: {answers[0][1][:300]!r}")
    return [took for _, _, took in answers[5:]]


async def throughput(port: int, headers: Sequence[dict[str, str]], path: str, seconds: float) -> float:
    """Requests a second over as many connections as there are sets of headers."""
    done, ends = 0, time.perf_counter() + seconds

    async def reads(one: dict[str, str]) -> None:
        nonlocal done
        connection = Connection(port, one)
        while time.perf_counter() < ends:
            status, content, _ = await connection.ask(path)
            if status != 200:
                raise SystemExit(f"{path} answered {status}: {content[:300]!r}")
            done += 1

    started = time.perf_counter()
    await asyncio.gather(*(reads(one) for one in headers))
    return done / (time.perf_counter() - started)
