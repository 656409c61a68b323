"""A line that breaks while somebody types: nothing is lost, and nothing is sent twice."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Workbench
from tocsin.desk import views
from tocsin.desk.rounds import answering, registering, showing

TEXT = "Eleven trucks went north before dawn."


def typed(page, address: str) -> None:
    page.goto(f"{address}/compose?subject=place:SDN")
    page.fill("[name=title]", "Trucks")
    page.check("input[name=tlp][value='TLP:GREEN']")
    page.check("input[name=audience][value='community']")


def answered(workbench: Workbench) -> str:
    """The form of a question of the exercise's round, in its first stage."""
    me = workbench.node.local("cli")
    (waiting,) = showing.listed(me)
    registering.step(me, waiting.view.id, "open")
    answering.declare(me, waiting.view.id, False)
    return f"/round/{waiting.view.id}/answer/killing"


FORMS = {
    "compose": ("/compose?subject=place:XXA", "title", "text"),
    "answer": (answered, "best", "reason"),
    "assess": ("/assess/XXA", "title", "summary"),
    "contribute": ("/contribute?subject=place:XXA", "title", "text"),
    "requests": ("/requests?subject=place:XXA", "community", "asks"),
    "register": ("/rounds/register", "title", "purpose"),
}
"""The address of each form that keeps what is typed, a box filled before the line breaks and one filled after."""


@pytest.mark.parametrize("form", FORMS)
def test_what_is_typed_while_the_line_is_down_is_kept_when_it_is_up_again(exercise, page, form):
    where, before, after = FORMS[form]
    address = exercise.address + (where if isinstance(where, str) else where(exercise))
    page.goto(address)
    page.fill(f"form[data-draft] [name={before}]", "Before")
    page.context.set_offline(True)
    page.fill(f"form[data-draft] [name={after}]", TEXT)
    expect(page.locator("#saved")).to_contain_text("Not kept yet", timeout=15_000)
    page.context.set_offline(False)
    expect(page.locator("#saved")).to_contain_text("Kept as your draft", timeout=15_000)
    page.goto("about:blank")
    page.goto(address)
    assert page.input_value(f"form[data-draft] [name={before}]") == "Before"
    assert page.input_value(f"form[data-draft] [name={after}]") == TEXT


def test_a_form_sent_while_the_line_is_down_stays_on_the_page(real, page):
    typed(page, real.address)
    page.fill("[name=text]", TEXT)
    page.context.set_offline(True)
    page.click(".buttons button[value=preview]")
    expect(page.locator("#saved")).to_contain_text("Not sent", timeout=15_000)
    assert page.input_value("[name=text]") == TEXT
    page.context.set_offline(False)
    page.click(".buttons button[value=preview]")
    page.wait_for_load_state()
    page.wait_for_selector("button[value=store]")
    page.click("button[value=store]")
    page.wait_for_url("**/statement/*")
    assert TEXT in page.inner_text("main")
    assert len(tuple(views.every(real.node.local("cli"), kind="note"))) == 1


def test_a_draft_outlives_the_server(real, page):
    typed(page, real.address)
    page.fill("[name=text]", TEXT)
    expect(page.locator("#saved")).to_contain_text("Kept as your draft", timeout=15_000)
    page.reload()
    assert page.input_value("[name=text]") == TEXT
