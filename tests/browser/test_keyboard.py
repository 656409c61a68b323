"""With a keyboard alone: a round from its opening to a sealed estimate, and a contribution. No test here clicks."""

from __future__ import annotations

import pytest

from tocsin.core.fielding import Contribution
from tocsin.desk import views
from tocsin.desk.rounds import showing

MOST = 400
"""Presses of Tab within which everything on a page is reached."""

FOCUS = """() => {
    const at = document.activeElement;
    const label = at.labels && at.labels.length ? at.labels[0].innerText : at.innerText;
    return { name: at.name || "", value: at.value || "", type: at.type || "", href: at.getAttribute("href") || "",
             tag: at.tagName, words: (label || "").trim() };
}"""


def reach(page, **wanted: str) -> dict[str, str]:
    """Press Tab until what is wanted has the focus: its attributes equal, its words begin so."""
    for _ in range(MOST):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUS)
        if all(at[key].startswith(value) if key == "words" else at[key] == value for key, value in wanted.items()):
            seen = page.evaluate("() => document.activeElement.matches(':focus-visible')")
            assert seen, f"{wanted} has the focus and does not show it"
            return at
    pytest.fail(f"{wanted} is not reached with Tab")


def press(page, key: str) -> None:
    """A key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(key)


def choose(page, name: str, value: str) -> None:
    """Go to a group of radio buttons and along it with the arrows, until this one is chosen."""
    at = reach(page, name=name)
    # Nothing is chosen before: an arrow would go past the first, so Space takes it.
    page.keyboard.press("Space")
    for _ in range(12):
        if at["value"] == value:
            return
        page.keyboard.press("ArrowDown")
        at = page.evaluate(FOCUS)
    pytest.fail(f"{value} of {name} is not reached with the arrows")


def pick(page, name: str, words: str) -> None:
    """Go to a list and type the beginning of a choice."""
    reach(page, name=name)
    page.keyboard.type(words)
    chosen = page.evaluate("() => document.activeElement.selectedOptions[0].text")
    assert chosen.startswith(words), f"{name} has {chosen!r}"


def test_a_round_is_opened_and_an_estimate_sealed_with_the_keyboard_alone(exercise, page):
    me = exercise.node.local("cli")
    (waiting,) = showing.listed(me)
    id = waiting.view.id
    page.goto(exercise.address + "/rounds")
    reach(page, href=f"/round/{id}")
    press(page, "Enter")
    reach(page, name="confirmed")
    page.keyboard.press("Space")
    reach(page, tag="BUTTON", words="Open the round")
    press(page, "Enter")
    choose(page, "interest", "no")
    reach(page, tag="BUTTON", words="Declare")
    press(page, "Enter")
    reach(page, href=f"/round/{id}/answer/killing")
    press(page, "Enter")
    typed = {"lowest": "1 %", "highest": "1 in 10", "best": "4 %", "confidence": "80 %", "reason": "What I read."}
    for name, text in typed.items():
        reach(page, name=name)
        page.keyboard.type(text)
    reach(page, name="action", value="seal")
    press(page, "Enter")
    page.wait_for_load_state()
    given = next(put.mine for put in showing.told(me, id).put if put.question.key == "killing")
    assert (given.lowest, given.best, given.highest, given.reason) == (0.01, 0.04, 0.1, "What I read.")


def test_a_contribution_is_passed_on_with_the_keyboard_alone(exercise, page):
    me = exercise.node.local("cli")
    before = {view.id for view in views.every(me, kind="contribution")}
    page.goto(exercise.address + "/contribute?subject=place:XXA")
    for name, text in {"title": "Boats at night", "text": "Four boats crossed after dusk."}.items():
        reach(page, name=name)
        page.keyboard.type(text)
    pick(page, "provenance", "I saw")
    choose(page, "consent", "not needed")
    pick(page, "reliability", "B")
    pick(page, "credibility", "2")
    choose(page, "tlp", "TLP:AMBER")
    reach(page, name="audience", value="group:sorrel-basin")
    page.keyboard.press("Space")
    reach(page, name="action", value="preview")
    press(page, "Enter")
    reach(page, name="action", value="store")
    press(page, "Enter")
    page.wait_for_load_state()
    (made,) = [view for view in views.every(me, kind="contribution") if view.id not in before]
    assert isinstance(made.body, Contribution)
    assert (made.body.text, made.body.consent) == ("Four boats crossed after dusk.", "not needed")
