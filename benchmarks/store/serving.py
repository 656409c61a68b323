"""The servers that are measured, each a process of its own: a team node, and a bare FastAPI "hello" as its peer."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tocsin.core.settings import Settings
from tocsin.core.statement import digest
from tocsin.desk import sessions
from tocsin.desk.node import Node, open_node
from tocsin.store import accounts

NODE = """
import sys
from pathlib import Path
from tocsin.core.settings import Settings
from tocsin.desk.node import open_node
from tocsin.interfaces.web.server import serve
settings = Settings(home=Path(sys.argv[1]), offline=True, port=int(sys.argv[2]), database=sys.argv[3])
serve(open_node(settings, team=True), lambda address: print(address, flush=True))
"""

HELLO = """
import sys
import uvicorn
from fastapi import FastAPI
app = FastAPI()
@app.get("/")
def hello() -> dict[str, str]:
    return {"hello": "world"}
class Announced(uvicorn.Server):
    async def startup(self, sockets=None):
        await super().startup(sockets)
        print("up", flush=True)
Announced(
    uvicorn.Config(app, port=int(sys.argv[1]), loop="asyncio", http="h11", log_level="warning", access_log=False)
).run()
"""

YEAR = 365 * 24 * 3600 * 1_000_000


@contextmanager
def served(home: Path, port: int, database: str = "") -> Iterator[None]:
    """A team node at a port of this machine."""
    with _process(NODE, str(home), str(port), database):
        yield


@contextmanager
def hello(port: int) -> Iterator[None]:
    """A bare FastAPI application that says hello, under the same server with the same settings."""
    with _process(HELLO, str(port)):
        yield


@contextmanager
def _process(program: str, *arguments: str) -> Iterator[None]:
    process = subprocess.Popen([sys.executable, "-c", program, *arguments], stdout=subprocess.PIPE, text=True)
    try:
        if not process.stdout or not process.stdout.readline():
            raise SystemExit("the server did not start")
        yield
    finally:
        process.terminate()
        process.wait()


def signed_in(home: Path, people: list[str], database: str = "") -> list[dict[str, str]]:
    """For each person the headers of a signed-in browser and, beside them, those of a token that may write."""
    node: Node = open_node(Settings(home=home, offline=True, database=database), team=True)
    headers = []
    with node.store.writing() as writer:
        now = node.store.clock()
        for person in people:
            cookie = sessions.start(writer, person, sessions.Stage.OPEN)
            token = sessions.PREFIX + digest(f"{person} {now}".encode())[:43]
            made = accounts.Token(
                digest(token.encode()), digest(token.encode())[:8], person, "load", "write", now, now + YEAR, None
            )
            accounts.add_token(writer.connection, made)
            headers.append({"cookie": f"tocsin-session={cookie}", "authorization": f"Bearer {token}"})
    node.store.close()
    return headers
