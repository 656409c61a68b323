"""A number of a round is the same on its page, as a statement, and in every form of the readout."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.readouts import squeezed, text_of
from tests.signed_in import HOME

from tocsin.core.convening import Answer, Question, Result
from tocsin.core.settings import Settings
from tocsin.desk import wording
from tocsin.desk.exercise import furnish
from tocsin.desk.node import Node, open_node
from tocsin.desk.rounds import answering, registering, showing
from tocsin.desk.rounds.plotting import plot
from tocsin.desk.rounds.readout import readout
from tocsin.desk.rounds.readout_words import Words
from tocsin.interfaces.briefs import RecordFormat
from tocsin.interfaces.web import create_app

TYPED = {"killing": (0.01, 0.04, 0.1), "displaced": (45, 225, 300.5), "access": (1, 2, 3)}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Node, str]]:
    node = open_node(Settings(home=tmp_path_factory.mktemp("exercise")), exercise=True)
    furnish(node)
    me = node.local("cli")
    (waiting,) = showing.listed(me)
    id = waiting.view.id
    registering.step(me, id, "open")
    answering.declare(me, id, False)
    for step in ("share", "pool"):
        for key, (low, best, high) in TYPED.items():
            given = {"lowest": low, "best": best, "highest": high, "confidence": 0.8, "reason": "My own reading."}
            answering.estimate(me, id, key, given)
        registering.step(me, id, step)
    registering.step(me, id, "finish")
    yield node, id
    node.store.close()


def figures(question: Question, body: Result) -> list[str]:
    """The pooled value and the ends of its interval as digits or words, without the unit that may stand once."""
    assert body.value is not None
    assert body.low is not None
    assert body.high is not None
    words = [Words("en").value(question, number) for number in (body.value, body.low, body.high)]
    return [squeezed(one.removesuffix(question.unit)) for one in words]


def test_a_number_is_the_same_wherever_it_is_read(finished: tuple[Node, str]) -> None:
    node, id = finished
    client = TestClient(create_app(node), base_url=HOME)
    told = showing.told(node.local("web"), id)
    document = readout(node.local("web"), id, "pdf")
    places = {form.value: text_of(document, form) for form in RecordFormat if form is not RecordFormat.JSON}
    places["blocks"] = str(document.as_dict()["blocks"]).replace("\\xa0", " ")
    places["page"] = client.get(f"/round/{id}").text
    for put in told.put:
        assert put.result is not None
        body: Any = put.result.body
        read = {**places, "statement": client.get(f"/statement/{put.result.id}").text}
        for where, text in read.items():
            missing = [figure for figure in figures(put.question, body) if figure not in squeezed(text)]
            assert missing == [], (where, put.question.key)


def untagged(page: str) -> str:
    """A page without its tags."""
    return re.sub(r"<[^>]*>", "", page)


def test_what_somebody_typed_is_printed_as_they_typed_it(finished: tuple[Node, str]) -> None:
    node, id = finished
    page = squeezed(TestClient(create_app(node), base_url=HOME).get(f"/round/{id}").text)
    assert squeezed("225 thousand people from 45 thousand people to 300.5 thousand people") in untagged(page)
    assert "45.0" not in page
    put = next(one for one in showing.told(node.local("web"), id).put if one.question.key == "displaced")
    body: Any = put.result.body if put.result else None
    drawn = plot(put.question, [225, 300.5], [45], body, Words("en"))
    assert "First estimates: 225 thousand people, 300.5 thousand people." in drawn.text.replace("\u00a0", " ")
    assert drawn.unit == "thousand people"


@pytest.mark.parametrize(
    ("number", "typed", "written"),
    [
        (45.0, True, "45"),
        (225.0, False, "225"),
        (224.5, False, "225"),
        (276_480.0, False, "276 000"),
        (2764.8, True, "2765"),
        (0.15000000000000002, True, "0.15"),
        (999.5, False, "1000"),
        (-0.5, False, "-0.5"),
        (0.0, True, "0"),
    ],
)
def test_a_number_in_a_unit_has_few_figures_and_no_empty_ones(number: float, typed: bool, written: str) -> None:
    question = Question(
        key="a",
        answer=Answer.NUMERIC,
        text="?",
        outcome="o",
        horizon="h",
        criteria="c",
        examples=("e",),
        unit="days",
    )
    for read in (wording.value(question, number, typed=typed), Words("en").value(question, number, typed=typed)):
        assert read.replace("\u00a0", " ") == f"{written} days"
