"""The summary of a readout counts the dissents of each result; recommendations come in an order that tells nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.account_team import Clock
from tests.round_team import ANALYSTS, CONVENOR, answer, begun, by, finished, opened

from tocsin.core.convening import Flags, Given, Question
from tocsin.core.errors import BriefError
from tocsin.desk.document import Gist, Pooled, Sayings, Summary
from tocsin.desk.rounds import answering, registering
from tocsin.desk.rounds.plotting import axis, plot
from tocsin.desk.rounds.readout import readout
from tocsin.desk.rounds.readout_summary import LONGEST, short
from tocsin.desk.rounds.readout_words import Words
from tocsin.desk.rounds.results import result


@pytest.fixture
def node(tmp_path):
    node = opened(tmp_path, Clock())
    yield node
    node.store.close()


def test_the_first_block_tells_the_number_its_interval_and_how_many_dissent(node):
    document = readout(by(node, "bb-one"), finished(node, Clock(), {"cc-one": "It is far likelier."}), "pdf")
    first = document.blocks[0]
    assert isinstance(first, Summary)
    (gist,) = first.gists
    assert gist.told.replace("\u00a0", " ") == (
        "Pooled: 8.0 % (1 in 12); 88 % interval over draws of participants: 4.0 % to 20 %; "
        "6.2 times the base rate of 1.3 %."
    )
    assert (gist.dissents, gist.title) == (1, "Dissents from this result: 1")


def test_a_summary_cannot_be_made_without_the_dissents(node):
    document = readout(by(node, "bb-one"), finished(node, Clock(), {"cc-one": "It is far likelier."}), "pdf")
    summary, *rest = document.blocks
    assert isinstance(summary, Summary)
    with pytest.raises(TypeError):
        Gist("?", "Pooled: 8.0 %.")  # type: ignore[call-arg]
    without = replace(summary, gists=(replace(summary.gists[0], dissents=0),))
    with pytest.raises(BriefError, match="does not count the dissents"):
        replace(document, blocks=(without, *rest))
    with pytest.raises(BriefError, match="does not count the dissents"):
        replace(document, blocks=(replace(summary, gists=()), *rest))
    assert any(isinstance(block, Pooled) for block in rest)


def test_recommendations_come_in_an_order_that_tells_nothing(tmp_path):
    orders = set()
    for number in range(12):
        clock = Clock()
        node = opened(tmp_path / str(number), clock)
        id = begun(node, clock)
        for step in ("share", "pool"):
            answer(node, id, dict.fromkeys(ANALYSTS, 0.05))
            if step == "pool":
                for person in ANALYSTS[:3]:
                    answering.wish(by(node, person), id, {"recommendations": [f"Wish of {person}."]})
            registering.step(by(node, CONVENOR), id, step)
        registering.step(by(node, CONVENOR), id, "finish")
        document = readout(by(node, "bb-one"), id, "pdf")
        node.store.close()
        summary = document.blocks[0]
        last = [block for block in document.blocks if isinstance(block, Sayings)][-1]
        assert isinstance(summary, Summary)
        assert [one.text for one in summary.advice] == [one.text for one in last.items]
        assert [one["text"] for one in document.as_dict()["recommendations"]] == [one.text for one in last.items]
        orders.add(tuple(one.text for one in last.items))
    # Of 6 orders, twelve draws hit only one with a chance below one in a hundred million.
    assert len(orders) > 1


def test_a_long_text_is_cut_after_a_word():
    cut = short("Send an envoy before the spring. " * 20)
    assert len(cut) <= LONGEST + 1
    assert cut.endswith("…")
    assert short("x" * 1000) == "x" * LONGEST + "…"
    assert short("Send an envoy.") == "Send an envoy."


@pytest.mark.parametrize(
    ("scale", "on_the_axis"),
    [
        (("none", "open by day", "with an armed escort only"), True),
        (("none", "inaccessible-without-permission"), False),
        (tuple("abcdefgh"), False),
    ],
)
def test_the_words_of_a_scale_are_on_its_axis_or_in_its_key(scale, on_the_axis):
    question = Question.model_validate(
        {
            "key": "a",
            "answer": "ordinal",
            "text": "?",
            "outcome": "o",
            "horizon": "h",
            "criteria": "c",
            "examples": ["e"],
            "scale": scale,
        }
    )
    given = [(str(n), Given(lowest=1, best=1, highest=2, confidence=0.8, reason="r")) for n in range(3)]
    body = result(question, given, "median", Flags(question="a", estimates=3))
    drawn = plot(question, [1, 1, 1], [1, 1, 1], body, Words("en"))
    labels = [label for _, label in drawn.ticks]
    assert len(labels) == len(list(axis(question, [1.0]).marks()))
    assert (labels == list(scale)) is on_the_axis
    if not on_the_axis:
        assert all(f"{place} {word}" in drawn.key for place, word in enumerate(scale, start=1))
