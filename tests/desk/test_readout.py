"""The content of a readout: what is told of whom, that dissents are with every number, and who may take it away."""

from __future__ import annotations

import json
from datetime import date
from itertools import pairwise

import pytest
from tests import round_team
from tests.account_team import Clock
from tests.assessments import assessed, overall
from tests.round_team import ANALYSTS, CONVENOR, QUESTION, answer, begun, by, finished, given, opened, wanted

from tocsin.core.convening import Question, Result
from tocsin.core.errors import AccessError, BriefError, LexiconError, NotFound
from tocsin.core.marking import TLP
from tocsin.core.register import PersonAdded
from tocsin.core.seeing import Role
from tocsin.desk import making
from tocsin.desk.document import (
    Dissents,
    Facts,
    Heading,
    KeyFigure,
    Paragraph,
    Pooled,
    Readout,
    Saying,
    Sayings,
    SmallPrint,
    Table,
    readable,
)
from tocsin.desk.rounds import answering, registering, showing
from tocsin.desk.rounds.plotting import axis
from tocsin.desk.rounds.readout import languages, readout
from tocsin.desk.rounds.readout_words import Words

DISSENT = {"cc-one": "It is far likelier."}
NAMES = ("aa-one", "Aa-One", "bb-one", "Bb-One", "Bb-Two", "Cc-One", "Organisation", "org:", "aa-convenor", "Convenor")


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def node(tmp_path, clock, database):
    node = opened(tmp_path, clock, database)
    yield node
    node.store.close()


def made(node, id, person="bb-one", **how):
    return readout(by(node, person), id, "pdf", **how)


def everything(document):
    return json.dumps(document.as_dict(), ensure_ascii=False)


def pooled(document):
    (block,) = (block for block in document.blocks if isinstance(block, Pooled))
    return block


def test_the_number_has_its_interval_frequency_ratio_word_and_dissents(node, clock):
    document = made(node, finished(node, clock, DISSENT))
    block = pooled(document)
    assert block.figure == "1 in 12"
    lines = [line.replace("\u00a0", " ") for line in block.lines]
    assert lines[0] == "Median of 4 second estimates: 8.0 %."
    assert lines[1].endswith("interval over draws of participants: 4.0 % to 20 %.")
    assert lines[2] == "6.2 times the base rate of 1.3 %."
    assert block.dissents == Dissents(1, "Dissents from this result: 1", (Saying("It is far likelier."),))
    after = document.blocks[document.blocks.index(block) + 1]
    assert isinstance(after, Facts)
    assert after.entries[0] == ("In words", "ICD 203: “very unlikely” (5 to 20 %).")


def test_the_model_stands_beside_with_all_that_belongs_to_its_number(node, clock):
    id = finished(node, clock)
    for language in languages():
        document = made(node, id, language=language)
        words = Words(language)
        place = document.blocks.index(Heading(words("model")))
        told, entries = document.twin["model"], dict(document.blocks[place + 2].entries)
        assert entries[words("outcome")] == told["title"]
        assert entries[words("horizon")] == told["horizon"]
        assert entries[words("model_vintage")] == told["vintage"]
        assert words.percent(told["probability"]) in entries[words("model_number")]
        assert words.percent(told["low"]) in entries[words("model_interval", coverage=words.percent(told["coverage"]))]
        assert words.percent(told["base_rate"]) in entries[words("base_rate")]
        assert entries[words("model_licence")] == told["licence"]


def test_a_yardstick_and_a_language_can_be_chosen(node, clock):
    id = finished(node, clock)
    assert "PHIA yardstick" in everything(made(node, id, scale="phia"))
    french = made(node, id, language="fr")
    assert french.language == "fr"
    assert pooled(french).figure == "1 sur 12"
    assert "8,0" in pooled(french).lines[0]
    arabic = made(node, id, language="ar")
    assert (arabic.right_to_left, french.right_to_left) == (True, False)
    with pytest.raises(BriefError, match="no readout in 'xx'") as refused:
        made(node, id, language="xx")
    assert "en, fr, ar" in refused.value.remedy
    with pytest.raises(LexiconError):
        made(node, id, scale="none")


def test_every_language_has_every_word():
    keys = [set(Words(language).phrases) for language in languages()]
    assert all(first == second for first, second in pairwise(keys))
    for table in ("methods", "causes"):
        assert len({frozenset(Words(one).phrases[table]) for one in languages()}) == 1


def test_a_result_cannot_be_shown_without_its_dissents():
    with pytest.raises(TypeError):
        Pooled("1 in 12", ("Median.",))  # type: ignore[call-arg]
    with pytest.raises(BriefError, match="1 dissents travel with this result, and 0"):
        Dissents(1, "Dissents from this result: 1", ())
    whole = Pooled("1 in 12", (), Dissents(0, "Dissents from this result: 0", ()))
    parts = {
        "title": "t",
        "subtitle": "s",
        "marking": TLP.AMBER,
        "prepared": date(2026, 11, 25),
        "id": "0" * 64,
        "twin": {},
    }
    assert Readout(blocks=(whole,), **parts).blocks == (whole,)
    with pytest.raises(BriefError, match="without its dissents"):
        Readout(blocks=(whole, KeyFigure("1 in 12", ())), **parts)
    with pytest.raises(BriefError, match="without a result"):
        Readout(blocks=(Paragraph("1 in 12"),), **parts)


def test_the_json_has_the_dissents_with_each_result(node, clock):
    told = made(node, finished(node, clock, DISSENT)).as_dict()
    (one,) = told["results"]
    assert one["dissents"]["number"] == 1
    assert one["dissents"]["items"][0]["text"] == "It is far likelier."
    assert (one["estimates"], one["value"]) == (4, pytest.approx(0.08))
    assert one["first"] == [0.02, 0.05, 0.1, 0.3]
    assert one["told"]["word"] == "very unlikely"


def test_a_withdrawn_dissent_stays_counted(node, clock):
    id = finished(node, clock, DISSENT)
    (dissent,) = showing.told(by(node, "cc-one"), id).put[0].result.dissents
    making.recall(by(node, "cc-one"), dissent.id, "Changed my mind.")
    block = pooled(made(node, id))
    assert (block.dissents.number, block.dissents.items) == (1, (Saying("(withdrawn by its author)"),))


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_where_nothing_is_attributed_no_name_and_no_moment_is_told(node, clock, language):
    id = begun(node, clock)
    for stage, step in (("first", "share"), ("second", "pool")):
        for number, person in enumerate(ANALYSTS):
            answering.estimate(by(node, person), id, "onset", given(0.05 + number / 50, f"Said {number}, {stage}."))
        registering.step(by(node, CONVENOR), id, step)
    answering.close(by(node, "cc-one"), id, {"dissents": {"onset": "I do not share it."}})
    registering.step(by(node, CONVENOR), id, "finish")
    for person in (*ANALYSTS, CONVENOR):
        text = everything(made(node, id, person, language=language))
        assert [name for name in NAMES if name in text] == []
        assert "T0" not in text.replace("TLP", "")
        assert "recorded" not in text
    documents = [made(node, id, person, language=language) for person in (*ANALYSTS, CONVENOR)]
    assert len({everything(one) for one in documents}) == 1


def test_reasons_stand_in_an_order_that_tells_nothing(tmp_path):
    orders = set()
    for number in range(12):
        clock = Clock()
        node = opened(tmp_path / str(number), clock)
        document = made(node, finished(node, clock))
        node.store.close()
        said = [block for block in document.blocks if isinstance(block, Sayings)]
        orders.add(tuple(item.text for item in said[0].items))
        assert {item.text for item in said[0].items} == {f"Reason of {person}." for person in ANALYSTS}
    # Of 24 orders, twelve draws hit fewer than three with a chance below one in ten million.
    assert len(orders) > 2


def entries(document, title):
    return next(
        dict(document.blocks[number + 1].entries)
        for number, block in enumerate(document.blocks)
        if isinstance(block, Heading) and block.text == title
    )


def test_participants_are_told_as_the_round_agreed(node, clock):
    named = entries(made(node, finished(node, clock, DISSENT, attributed="named")), "Who took part")
    assert named["Invited"] == "5 people of 3 organisations"
    assert named["Took part"].split("; ")[0] == "Aa-One, Organisation aa"
    by_organisation = entries(made(node, finished(node, clock, attributed="organisation")), "Who took part")
    assert by_organisation["Took part"] == "Organisation aa; Organisation bb; Organisation cc"
    nobody = entries(made(node, finished(node, clock)), "Who took part")
    assert nobody["Invited"] == "5 people"
    assert "Took part" not in nobody


def test_how_many_organisations_is_told_only_where_each_has_three(node, clock):
    with node.store.writing() as writer:
        for id in ("aa-two", "bb-three", "cc-two", "cc-three"):
            roles = frozenset({Role.READER, Role.ANALYST})
            writer.enter(PersonAdded(id=id, name=id.title(), organisation=id[:2], roles=roles), None)
    document = made(node, finished(node, clock))
    assert entries(document, "Who took part")["Invited"] == "9 people of 3 organisations"
    assert document.as_dict()["participants"] == {"invited": 9, "organisations": 3, "named": []}


def test_reasons_carry_names_and_numbers_only_where_the_round_is_attributed(node, clock):
    document = made(node, finished(node, clock, attributed="named"))
    said = [item for block in document.blocks if isinstance(block, Sayings) for item in block.items]
    assert Saying("Reason of bb-two.", "Bb-Two, Organisation bb · 10\u00a0%") in said


def with_recommendations(node, clock, votes, **changes):
    id = begun(node, clock, **changes)
    answer(node, id, dict.fromkeys(ANALYSTS, 0.05))
    registering.step(by(node, CONVENOR), id, "share")
    answer(node, id, dict.fromkeys(ANALYSTS, 0.05))
    for person in ANALYSTS[:3]:
        answering.wish(by(node, person), id, {"recommendations": ["Send an envoy."] if person == "aa-one" else []})
    registering.step(by(node, CONVENOR), id, "pool")
    (one,) = showing.told(by(node, "aa-one"), id).advice
    for person, vote in zip(ANALYSTS, votes, strict=True):
        answering.close(by(node, person), id, {"support": {one.view.id: vote}})
    registering.step(by(node, CONVENOR), id, "finish")
    return id


@pytest.mark.parametrize(
    ("changes", "votes", "told"),
    [
        ({}, ("support",) * 4, "Support is not told: fewer than three support it, or too few voted."),
        (
            {"attributed": "organisation"},
            ("support",) * 4,
            "Organisation aa · Supported by 4; opposed or without a view: 0.",
        ),
        (
            {"attributed": "named"},
            ("support", "oppose", "oppose", "no view"),
            "Aa-One, Organisation aa · Supported by 1; opposed or without a view: 3.",
        ),
    ],
)
def test_support_is_told_as_far_as_it_may_be(node, clock, changes, votes, told):
    document = made(node, with_recommendations(node, clock, votes, **changes))
    last = [block for block in document.blocks if isinstance(block, Sayings)][-1]
    assert last.items == (Saying("Send an envoy.", told),)


def test_too_few_estimates_have_no_number_and_no_reason(node, clock):
    id = begun(node, clock)
    for step in ("share", "pool"):
        answer(node, id, {"aa-one": 0.1, "bb-one": 0.2})
        registering.step(by(node, CONVENOR), id, step)
    registering.step(by(node, CONVENOR), id, "finish")
    document = made(node, id)
    block = pooled(document)
    assert (block.figure, block.lines, block.plot) == (
        "No result",
        ("Fewer than three answered, so nothing is told.",),
        None,
    )
    assert "Reason of" not in everything(document)
    (one,) = document.as_dict()["results"]
    assert (one["first"], one["second"], one["estimates"], one["value"]) == ([], [], None, None)


def test_the_plot_says_the_same_in_words(node, clock):
    plot = pooled(made(node, finished(node, clock))).plot
    assert plot is not None
    text = plot.text.replace("\u00a0", " ")
    assert "First estimates: 2.0 %, 5.0 %, 10 %, 30 %." in text
    assert "Pooled: 8.0 %." in text
    assert [len(row.at) for row in plot.rows] == [4, 4]
    assert all(0 <= place <= 1 for row in plot.rows for place, _ in row.at)
    assert plot.ticks[0] == (0.0, "0\u00a0%")
    assert plot.low is not None
    assert plot.high is not None
    assert plot.low <= plot.pooled <= plot.high


QUESTIONS = {
    "probability": Question.model_validate(QUESTION | {"base_rate": None, "base_rate_source": ""}),
    "numeric": Question.model_validate(
        QUESTION | {"answer": "numeric", "unit": "people", "base_rate": None, "base_rate_source": ""}
    ),
    "ordinal": Question.model_validate(
        QUESTION | {"answer": "ordinal", "scale": ["a", "b", "c"], "base_rate": None, "base_rate_source": ""}
    ),
}


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("probability", [0.0, 0.0]),
        ("probability", [1.0]),
        ("probability", [0.0004, 0.0009]),
        ("probability", [0.31, 0.96]),
        ("numeric", [5.0, 5.0]),
        ("numeric", [-300.0, 1200.0]),
        ("numeric", [101.0, 104.5]),
        ("numeric", [0.0, 0.0]),
        ("ordinal", [1.0, 3.0]),
    ],
)
def test_an_axis_holds_its_values_between_few_round_marks(kind, values):
    line = axis(QUESTIONS[kind], values)
    assert line.least <= min(values) <= max(values) <= line.most
    marks = list(line.marks())
    assert 2 <= len(marks) <= 8
    assert marks[0] == pytest.approx(line.least)
    assert marks[-1] == pytest.approx(line.most)
    if kind == "probability":
        assert (line.least, line.most <= 1) == (0.0, True)


def test_the_identities_are_there_to_be_checked(node, clock):
    id = finished(node, clock, DISSENT)
    document = made(node, id)
    result = showing.told(by(node, "bb-one"), id).put[0].result
    assert isinstance(result.body, Result)
    (small,) = (block for block in document.blocks if isinstance(block, SmallPrint))
    told = dict(small.entries)
    assert (told["Round"], told["Result of question 1"], told["It rests on"]) == (id, result.id, result.body.rests_on)
    assert told["Handling"].startswith("TLP:AMBER · CHATHAM HOUSE RULE")
    assert document.banner == "TLP:AMBER · CHATHAM HOUSE RULE"


def test_only_a_finished_round_has_a_readout(node, clock):
    id = begun(node, clock)
    with pytest.raises(BriefError, match="open for first estimates") as refused:
        made(node, id)
    assert refused.value.remedy
    registering.step(by(node, CONVENOR), id, "cancel", "Nobody came.")
    with pytest.raises(BriefError, match="cancelled"):
        made(node, id)
    with pytest.raises(NotFound):
        made(node, "0" * 64)


def test_taking_it_is_on_record(node, clock):
    id = finished(node, clock)
    made(node, id)
    with node.store.reading() as reader:
        rows = reader.connection.exec_driver_sql("SELECT person, objects FROM audit WHERE act = 'exported'").all()
    assert [(row.person, id in row.objects) for row in rows] == [("bb-one", True)]


def finished_under(node, clock, monkeypatch, marking):
    monkeypatch.setattr(round_team, "wanted", lambda *_, **how: wanted(*_, **how) | {"marking": marking})
    return finished(node, clock)


def test_under_originator_control_only_the_convenor_takes_it(node, clock, monkeypatch):
    marking = {"tlp": "AMBER", "audience": [["group:basin"]], "caveats": ["ORIGINATOR CONTROL"]}
    id = finished_under(node, clock, monkeypatch, marking)
    with pytest.raises(AccessError, match="originator's control"):
        made(node, id, "bb-one")
    assert made(node, id, CONVENOR).banner == "TLP:AMBER · CHATHAM HOUSE RULE · ORIGINATOR CONTROL"


def test_what_is_red_is_not_made_into_a_file(node, clock, monkeypatch):
    everybody = [f"person:{id}" for id in (*ANALYSTS, CONVENOR)]
    id = finished_under(node, clock, monkeypatch, {"tlp": "RED", "audience": [everybody]})
    with pytest.raises(AccessError, match="TLP:RED"):
        made(node, id)


def test_assessments_are_compared_where_whoever_sees_the_round_sees_them(node, clock):
    id = finished(node, clock, attributed="named")
    assert "Fewer than two assessments" in everything(made(node, id))
    assessed(node, "aa-one", overall=overall(0.05))
    assessed(node, "bb-one", to="org:bb", overall=overall(0.2))
    # Its author sees both, and yet a file for the round does not tell of what the others may not see.
    assert "Fewer than two assessments" in everything(made(node, id, "bb-one"))
    assessed(node, "cc-one", overall=overall(0.2))
    document = made(node, id)
    (pair,) = document.as_dict()["differences"]
    assert abs(pair["gap"]) == pytest.approx(abs(sum(pair["shares"].values())))
    headings = [block.text for block in document.blocks if isinstance(block, Heading)]
    assert any("Organisation aa" in text and "Organisation cc" in text for text in headings)
    unnamed = everything(made(node, finished(node, clock)))
    assert "Assessment A" in unnamed
    assert "Organisation" not in unnamed


def test_the_spread_of_both_stages_stands_in_a_table(node, clock):
    (table,) = (block for block in made(node, finished(node, clock)).blocks if isinstance(block, Table))
    (row,) = table.rows
    assert [cell.replace("\u00a0", " ") for cell in row[:3]] == ["Question 1", "2.0 % to 30 %", "4.0 % to 20 %"]


def test_letters_that_command_a_machine_are_taken_out():
    assert readable(Sayings((Saying("a\u202eb\x07"),))) == Sayings((Saying("a\ufffdb\ufffd"),))
