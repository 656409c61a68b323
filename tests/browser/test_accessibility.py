"""Every page that can be reached by following links passes an automated audit against WCAG 2.2 AA, light and dark.

The pages are found by following links, so a new page is audited without anybody adding it here. The audit is that of
axe-core.
"""

from __future__ import annotations

import re
from collections import deque
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import Workbench
from tocsin.desk import making, sessions
from tocsin.desk.horizon import calendar, feeds
from tocsin.desk.rounds import answering, registering, showing

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}

TWINS = re.compile(r"\.(json|csv|pdf|docx|md|ics|ttl|jsonld|svg|css|js)$|^/api/|/brief/|/file\.|/attachments/")
"""Addresses that are no pages."""

MOST = 120
"""Pages of one walk."""


def shape(path: str) -> str:
    """The address without what names one thing: pages that differ in that alone have one template."""
    path = re.sub(r"[0-9a-f]{64}", "{id}", path)
    path = re.sub(r"/(country|assess|brief)/[^/]+", r"/\1/{place}", path)
    return re.sub(r"place:[A-Z]{3}", "place:{place}", path)


def audited(page, workbench: Workbench, start: str, within: str = "/") -> list[str]:
    """What axe-core finds on the pages, of those whose address begins so, that are reached from one address."""
    from axe_playwright_python.sync_playwright import Axe

    axe, found, met, edge = Axe(), [], set(), deque([start])
    while edge and len(met) < MOST:
        address = edge.popleft()
        parts = urlsplit(address)
        key = shape(parts.path) + ("?" + re.sub(r"=[^&]*", "", parts.query) if parts.query else "")
        if key in met:
            continue
        met.add(key)
        answer = page.goto(workbench.address + address)
        assert answer is not None
        assert answer.status < 400, f"{address} answers {answer.status}"
        for entry in axe.run(page, options=RULES).response["violations"]:
            where = "; ".join(str(node["target"][0]) for node in entry["nodes"][:3])
            found.append(f"{address}: {entry['id']} ({entry['help']}) at {where}")
        for link in page.eval_on_selector_all(
            "a[href]", "all => all.map(one => new URL(one.getAttribute('href'), location).href)"
        ):
            if link.startswith(workbench.address + "/"):
                there = link.removeprefix(workbench.address).partition("#")[0]
                if there.startswith(within) and not TWINS.search(urlsplit(there).path) and "lang=" not in there:
                    edge.append(there)
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_a_node_pass_the_audit(real, page, scheme):
    page.emulate_media(color_scheme=scheme)
    assert audited(page, real, "/") == []


def test_pages_of_a_node_with_accounts_pass_the_audit(team, page):
    page.goto(team.address + "/sign-in")
    assert audited(page, team, "/sign-in", within="/sign-in") == []
    with team.node.store.writing() as writer:
        word = sessions.start(writer, "anna", sessions.Stage.OPEN)
    page.context.add_cookies([{"name": "tocsin-session", "value": word, "url": team.address}])
    for address in ("/groups", "/organisations", "/account", "/audit", "/rounds", "/rounds/register"):
        assert audited(page, team, address, within=address) == []


def test_a_page_with_names_in_arabic_passes_the_audit(real, page):
    from axe_playwright_python.sync_playwright import Axe

    for address in (
        "/world?lang=ar",
        "/country/SDN?lang=ar",
        "/lexicon/terms?lang=ar",
        "/lexicon/un-framework-2014?to=us-araf&lang=ar",
    ):
        answer = page.goto(real.address + address)
        assert answer is not None
        assert answer.status == 200, f"{address} answers {answer.status}"
        assert Axe().run(page, options=RULES).response["violations"] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("stage", ["registered", "first", "second", "closing", "finished"])
def test_pages_of_a_round_pass_the_audit_in_every_stage(exercise, page, stage, scheme):
    page.emulate_media(color_scheme=scheme)
    me = exercise.node.local("cli")
    (waiting,) = showing.listed(me)
    steps = ("open", "share", "pool", "finish")
    for step in steps[: ("registered", "first", "second", "closing", "finished").index(stage)]:
        registering.step(me, waiting.view.id, step)
        if step == "open":
            answering.declare(me, waiting.view.id, False)
    assert audited(page, exercise, f"/round/{waiting.view.id}", within="/round") == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_horizon_and_its_forms_pass_the_audit(real, page, scheme):
    from tests.foreseen_team import GREEN, a_moment, an_instrument, day

    page.emulate_media(color_scheme=scheme)
    me, ahead = real.node.local("web"), day(real.node.store.clock, 60).isoformat()
    put = calendar.put(me, a_moment(marking=GREEN, when=ahead))
    calendar.put(me, a_moment(marking=GREEN, title="Collapse", timing="undated", condition="The talks fail"))
    made = making.make(me, an_instrument(marking=GREEN))
    feeds.new(me, "Telephone", "TLP:GREEN")
    for address in ("/horizon", "/horizon/moment?subject=place:SDN", f"/horizon/moment?supersedes={put.id}"):
        assert audited(page, real, address, within="/horizon") == []
    assert audited(page, real, f"/horizon/instrument?supersedes={made.id}", within="/horizon/instrument") == []
    # A form that was refused: every fault is told at the top and at its box.
    page.goto(real.address + "/horizon/moment?subject=place:SDN")
    page.fill("#when", "soon")
    page.fill("#title", "Vote")
    page.fill("#source", "Press")
    page.click(".buttons button[value=preview]")
    page.wait_for_selector("#told")
    assert audited_here(page) == []


def audited_here(page) -> list[str]:
    """What axe-core finds on the page that is open."""
    from axe_playwright_python.sync_playwright import Axe

    return [entry["id"] for entry in Axe().run(page, options=RULES).response["violations"]]
