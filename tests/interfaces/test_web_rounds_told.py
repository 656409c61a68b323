"""What the pages of rounds tell: what waits, what a number is and is not, where to go on, what a chart says."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest
from tests.account_team import Clock
from tests.round_team import CONVENOR, DAY, QUESTION, begun, by, finished, opened, wanted
from tests.signed_in import browser, send

from tocsin.core.belief import typed_number
from tocsin.core.convening import Flags, Given, Question, Result
from tocsin.core.errors import ForecastError
from tocsin.desk import wording
from tocsin.desk.rounds import registering, showing
from tocsin.desk.yardsticks import Reader
from tocsin.interfaces.web.charts.spread import Pooled, spread_chart
from tocsin.interfaces.web.pages import rounds_telling

NUMBERS = {
    "key": "displaced",
    "answer": "numeric",
    "text": "How many will be displaced?",
    "outcome": "displaced people",
    "horizon": "2027",
    "criteria": "As counted.",
    "examples": ["Twice displaced counts once."],
    "unit": "people",
    "least": 0,
}
SCALE = QUESTION | {
    "key": "access",
    "answer": "ordinal",
    "scale": ["open", "with escort only", "closed"],
    "base_rate": None,
}
FORM = "/rounds/register"
SHEET = {
    "subject": "Sudan",
    "title": "Outlook",
    "purpose": "A common picture.",
    "questions": "1",
    "invitations": "1",
    "text-0": "Will it begin?",
    "answer-0": "probability",
    "outcome-0": "onset",
    "horizon-0": "2027",
    "criteria-0": "As listed.",
    "examples-0": "One.",
    "organisation-0": "cc",
    "attributed": "non-attributed",
    "method": "median",
    "first_until": "2026-11-30T18:00",
    "second_until": "2026-12-07T18:00",
    "closing_until": "2026-12-14T18:00",
    "tlp": "TLP:AMBER",
    "audience": ["group:basin"],
}


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def node(tmp_path, clock):
    node = replace(opened(tmp_path, clock), team=True)
    yield node
    node.store.close()


def page(client, address):
    found = client.get(address)
    assert found.status_code == 200, found.text
    return found.text


def words(text):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def given(low, best, high):
    return Given(lowest=low, best=best, highest=high, confidence=0.8, reason="r")


def test_the_interval_over_participants_is_not_told_as_a_range_of_the_probability(node, clock):
    put = showing.told(by(node, "bb-one"), finished(node, clock)).put[0]
    body = put.result.body
    assert body.low is not None
    told = rounds_telling.in_words(body, Reader("icd203"))
    assert told.startswith("ICD 203: 'very unlikely' (5 to 20 %).")
    assert "between" not in told
    # Four times the base rate and the same word: the word must not be given alone.
    low = body.model_copy(update={"value": 0.049, "low": 0.04, "high": 0.06})
    assert "Do not give the word alone" in rounds_telling.in_words(low, Reader("icd203"))


def test_what_must_be_known_of_both_stages_is_said_once():
    both = {stage: Flags(question="onset", estimates=5, interest=True) for stage in ("first", "second")}
    put = showing.Put(Question.model_validate(QUESTION), None, (), (), both, None, None)
    (told,) = rounds_telling.warnings(put)
    assert told.startswith("Of both stages of estimates: somebody who takes part has declared an interest")
    apart = both | {"second": Flags(question="onset", estimates=5, interest=True, late=True)}
    assert len(rounds_telling.warnings(replace(put, flags=apart))) == 2


def test_what_waits_for_a_step_comes_first_for_its_convenor_alone(node, clock):
    id = registering.register(by(node, CONVENOR), wanted(clock)).id
    text = page(browser(node, CONVENOR), "/rounds")
    assert text.index("Yours to take on") < text.index(f'href="/round/{id}#lead"') < text.index("Awaiting your answer")
    assert "Yours to take on" not in page(browser(node, "bb-one"), "/rounds")
    registering.step(by(node, CONVENOR), id, "open")
    assert "Yours to take on" not in page(browser(node, CONVENOR), "/rounds")
    clock.turn(DAY + 1)
    assert "Its stage is over: the next step" in page(browser(node, CONVENOR), "/rounds")
    assert 'href="#lead"' in page(browser(node, CONVENOR), f"/round/{id}")
    assert 'href="#lead"' not in page(browser(node, "bb-one"), f"/round/{id}")


def test_a_statement_of_a_round_leads_to_it_and_so_does_its_headline_in_a_list(node, clock):
    id = finished(node, clock, {"cc-one": "Far likelier."})
    client = browser(node, "bb-one")
    assert f'<a href="/round/{id}">Open the round</a>' in page(client, f"/statement/{id}")
    told = showing.told(by(node, "bb-one"), id)
    put = told.put[0]
    parts = [told.steps[0][0].id, put.first[0].view.id, put.result.id, put.result.dissents[0].id]
    for one in parts:
        assert f'<a href="/round/{id}">Open the round that it' in page(client, f"/statement/{one}")
    assert f'<a href="/round/{id}">Outlook</a>' in page(client, "/statements?kind=round")


def test_too_few_invited_for_anything_to_be_told_is_said_in_the_preview(node):
    client = browser(node, CONVENOR)
    few = send(client, FORM, FORM, SHEET | {"action": "preview"})
    assert few.status_code == 200
    assert "Too few. One person with an account is invited and can see it." in words(few.text)
    assert "Too few." in words(send(client, FORM, f"{FORM}/preview", SHEET).text)
    for enough in (
        {"attributed": "organisation"},
        {"invitations": "2", "organisation-1": "bb", "organisation-0": "aa"},
    ):
        assert "Too few" not in send(client, FORM, FORM, SHEET | enough | {"action": "preview"}).text


def test_the_sense_of_an_outcome_is_chosen_from_the_lexicon_and_leads_back_to_it(node, clock):
    assert '<option value="terms:mass-killing.ewp">' in page(browser(node, CONVENOR), FORM)
    id = begun(node, clock, questions=[QUESTION | {"term": "terms:mass-killing.ewp"}])
    address, label = re.search(
        r"In the sense of</dt><dd[^>]*><a href=\"([^\"]+)\">([^<]+)<", page_of(node, id)
    ).groups()
    assert label.startswith("mass killing")
    there, anchor = address.split("#")
    assert f'id="{anchor}"' in page(browser(node, "bb-one"), there)
    assert rounds_telling.sense_of("terms:gone") == rounds_telling.Sense("terms:gone", "")


def page_of(node, id):
    return page(browser(node, "bb-one"), f"/round/{id}")


def test_the_next_question_says_that_the_one_before_is_sealed(node, clock):
    id = begun(node, clock, questions=[NUMBERS, SCALE])
    client, where = browser(node, "bb-one"), f"/round/{id}/answer/displaced"
    typed = {"lowest": "1200", "highest": "9000", "best": "20,000", "confidence": "80", "reason": "r", "action": "next"}
    refused = send(client, where, where, typed)
    assert '<span class="problem" id="problem-best">' in refused.text
    assert "Write it without commas: 20000" in words(refused.text)
    sent = send(client, where, where, typed | {"best": "3000"})
    there = page(client, sent.headers["location"])
    assert "Sealed: your answer to “ How many will be displaced? ”" in words(there)
    assert "marked TLP:RED because it shows what only you may read" in there
    assert "as far towards “closed” as is plausible" in there
    # Whoever types the address themselves is told nothing that is not so.
    other = browser(node, "cc-one")
    assert "Sealed:" not in words(page(other, sent.headers["location"]))


@pytest.mark.parametrize(("text", "remedy"), [("20,000", "20000"), ("1,234,567", None), ("-1,200", "-1200")])
def test_a_comma_that_may_part_thousands_is_refused_with_the_number_meant(text, remedy):
    with pytest.raises(ForecastError) as refused:
        typed_number(text)
    if remedy:
        assert refused.value.remedy == f"Write it without commas: {remedy}"


def test_once_a_result_is_there_first_reasons_are_closed_and_readouts_keep_the_yardstick(node, clock):
    id = finished(node, clock)
    text = page(browser(node, "bb-one"), f"/round/{id}?yardstick=phia")
    first, second = (
        re.search(rf"<details([^>]*)>\s*<summary>4 reasons with {name}", text)[1] for name in ("first", "second")
    )
    assert (first, second.strip()) == ("", "open")
    for form in ("pdf", "docx"):
        for language in ("fr", "ar"):
            assert f"readout.{form}?lang={language}&amp;yardstick=phia" in text
    assert "How the questions are settled is not recorded by this version" in text


def test_a_value_that_is_both_ends_is_said_once():
    question = Question.model_validate(SCALE)
    assert wording.answered(given(2, 2, 2), question) == "with escort only and nothing else; 80 % sure of it."
    assert "between open and closed" in wording.answered(given(1, 2, 3), question)


def test_a_chart_of_numbers_tells_its_unit_and_one_of_words_its_words():
    some = [given(100, 200, 400), given(150, 300, 800)]
    assert ">in people</text>" in spread_chart("k", Question.model_validate(NUMBERS), some, width=600)
    scale = spread_chart("k", Question.model_validate(SCALE), [given(1, 2, 3)], width=600)
    assert all(f">{line}</text>" in scale for line in ("open", "with escort", "only", "closed"))
    long = Question.model_validate(SCALE | {"scale": ["open", "closed to whoever has not asked for it in writing"]})
    assert ">2</text>" in spread_chart("k", long, [given(1, 2, 2)], width=600)


def test_the_line_of_the_base_rate_runs_through_no_words(node, clock):
    put = showing.told(by(node, "bb-one"), finished(node, clock)).put[0]
    first, second = ([one.given for one in found] for found in (put.first, put.second))
    assert isinstance(put.result.body, Result)
    drawn = spread_chart("k", put.question, first, second, Pooled(put.result.body, ()), width=600)
    lines = [line for line in re.findall(r"<line[^>]*>", drawn) if "base-rate" in line]
    spans = [tuple(float(re.search(rf'{end}="([^"]+)"', line)[1]) for end in ("y1", "y2")) for line in lines]
    heads = [float(y) for y in re.findall(r'<text[^>]* y="([^"]+)"[^>]*class="soft halo"', drawn)]
    assert (len(spans), len(heads)) == (3, 3)
    assert not any(top < head < end for top, end in spans for head in heads)


def test_people_are_counted_as_people(node, clock):
    id = registering.register(by(node, CONVENOR), wanted(clock, invitations=[{"organisation": "cc"}])).id
    assert "1 person with an account is invited and can see it." in words(page_of(node, id))
    assert "5 people with an account are invited" in words(page_of(node, begun(node, clock)))
