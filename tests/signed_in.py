"""A browser in which somebody is signed in, and forms sent from it as a page offers them."""

from __future__ import annotations

import re

from starlette.testclient import TestClient

from tocsin.desk import sessions
from tocsin.desk.node import Node
from tocsin.interfaces.web import create_app

HOME = "http://127.0.0.1:8420"


def browser(node: Node, person: str = "") -> TestClient:
    """A browser of this person; on a node without accounts nobody is named."""
    found = TestClient(create_app(node), base_url=HOME, follow_redirects=False)
    if person:
        with node.store.writing() as writer:
            found.cookies.set("tocsin-session", sessions.start(writer, person, sessions.Stage.OPEN))
    return found


def send(client: TestClient, page: str, address: str, fields: dict[str, object]):
    """Open a page and send a form to an address with the word that the page carries."""
    (word, *_) = re.findall(r'name="csrf" value="([^"]+)"', client.get(page).text)
    return client.post(address, data={"csrf": word, **fields})


def hidden(text: str, name: str) -> str:
    """The value of a hidden field on a page; empty if there is none."""
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    return found[1] if found else ""
