"""A workbench that runs, and Debian's Chromium to look at it with; skipped, with the reason, where there is none."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace as changed
from pathlib import Path

import pytest

from tocsin.core.register import GroupAdded, MemberJoined, OrganisationAdded, PersonAdded
from tocsin.core.seeing import Role
from tocsin.core.settings import Settings
from tocsin.desk.exercise import furnish
from tocsin.desk.node import Node, open_node
from tocsin.interfaces.web import pace


@dataclass(frozen=True)
class Workbench:
    """A node, and the address at which it is served."""

    node: Node
    address: str


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    """A browser without windows."""
    found = next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), ""
    )
    if not found:
        pytest.skip("no Chromium here (Debian: chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium):
    """A page that fails the test when a script on it fails."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    yield page
    context.close()
    assert failures == []


def served(node: Node) -> Iterator[Workbench]:
    """The workbench of a node, served by a thread until the test is over."""
    import uvicorn

    from tocsin.interfaces.web.app import create_app
    from tocsin.interfaces.web.server import _listen

    listening = _listen(changed(node.settings, port=0))
    port = listening.getsockname()[1]
    node = changed(node, settings=changed(node.settings, port=port))
    config = uvicorn.Config(create_app(node), lifespan="off", log_level="error", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    yield Workbench(node, f"http://127.0.0.1:{port}")
    server.should_exit = True
    thread.join(10)
    listening.close()


@pytest.fixture
def exercise(tmp_path: Path, monkeypatch) -> Iterator[Workbench]:
    """The workbench of an exercise."""
    monkeypatch.setattr(pace, "BURST", 10_000)
    node = open_node(Settings(home=tmp_path), exercise=True)
    furnish(node)
    yield from served(node)
    node.store.close()


@pytest.fixture
def real(tmp_path: Path, monkeypatch) -> Iterator[Workbench]:
    """The workbench of a node of one's own."""
    monkeypatch.setattr(pace, "BURST", 10_000)
    node = open_node(Settings(home=tmp_path))
    yield from served(node)
    node.store.close()


@pytest.fixture
def team(tmp_path: Path, monkeypatch) -> Iterator[Workbench]:
    """The workbench of a node with accounts, and one account, anna, with every role."""
    monkeypatch.setattr(pace, "BURST", 10_000)
    node = open_node(Settings(home=tmp_path), team=True)
    with node.store.writing() as writer:
        writer.enter(OrganisationAdded(id="aa", name="Organisation A"), None)
        writer.enter(PersonAdded(id="anna", name="Anna", organisation="aa", roles=frozenset(Role)), None)
        writer.enter(GroupAdded(id="basin", name="Basin", keeper="aa"), None)
        writer.enter(MemberJoined(group="basin", organisation="aa", since=node.store.clock()), None)
    yield from served(node)
    node.store.close()
