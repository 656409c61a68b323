"""The pages of rounds: answers under seal, results with their dissents, nothing that tells who, typed words kept."""

from __future__ import annotations

import csv
import html
import io
import re
from dataclasses import replace

import pytest
from tests.account_team import Clock
from tests.round_team import ANALYSTS, CONVENOR, DAY, QUESTION, answer, begun, by, finished, opened, wanted
from tests.signed_in import browser, hidden, send

from tocsin.core.convening import Given, Question, Stage
from tocsin.core.errors import StatementError
from tocsin.desk import drafts
from tocsin.desk.rounds import answering, registering, showing
from tocsin.interfaces.web.charts.spread import Pooled, spread_chart
from tocsin.interfaces.web.composing import Typed
from tocsin.interfaces.web.pages.rounds_fields import draft_name, estimate, from_given

DISSENT = "It is far likelier than this."
TYPED = {
    "stage": "first",
    "lowest": "1 in 50",
    "highest": "10 %",
    "best": "0.05",
    "confidence": "80 %",
    "reason": "سبب",
}
NUMBERS = {
    "key": "displaced",
    "answer": "numeric",
    "text": "How many will be displaced?",
    "outcome": "displaced persons",
    "horizon": "2027",
    "criteria": "As counted.",
    "examples": ["Twice displaced counts once."],
    "unit": "persons",
    "least": 0,
}
SCALE = QUESTION | {"key": "access", "answer": "ordinal", "scale": ["none", "low", "high"], "base_rate": None}


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def node(tmp_path, clock):
    node = replace(opened(tmp_path, clock), team=True)
    yield node
    node.store.close()


def page(client, address, status=200):
    found = client.get(address)
    assert found.status_code == status, found.text
    return found.text


def words(text):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def rows(client, address):
    found = client.get(address)
    assert found.status_code == 200
    return list(csv.DictReader(io.StringIO(found.text.lstrip("\ufeff"))))


def act(client, id, what, **fields):
    return send(client, f"/round/{id}", f"/round/{id}/{what}", fields)


def test_my_open_questions_come_first_and_lead_to_their_forms(node, clock):
    id = begun(node, clock)
    client = browser(node, "bb-one")
    text = page(client, "/rounds")
    assert text.index(f'href="/round/{id}/answer/onset"') < text.index("First estimates, in private")
    assert "1 day left" in words(text)
    answer(node, id, {"bb-one": 0.2})
    assert "No question awaits your answer." in words(page(client, "/rounds"))
    assert rows(client, "/rounds/rounds.csv")[0]["round"] == id


def test_a_typed_estimate_is_sealed_and_only_its_author_reads_it(node, clock):
    id = begun(node, clock)
    client, where = browser(node, "bb-one"), f"/round/{id}/answer/onset"
    sent = send(client, where, where, TYPED | {"action": "seal"})
    assert (sent.status_code, sent.headers["location"]) == (303, f"/round/{id}#yours")
    mine = showing.told(by(node, "bb-one"), id).put[0].mine
    assert (mine.lowest, mine.best, mine.highest, mine.confidence, mine.reason) == (0.02, 0.05, 0.1, 0.8, "سبب")
    text = page(client, where)
    assert "Sealed." in words(text)
    assert "TLP:RED" in text
    assert 'value="5 %"' in text
    assert "سبب" not in page(browser(node, CONVENOR), f"/round/{id}")
    assert "سبب" not in page(browser(node, "bb-two"), f"/round/{id}.json")
    assert "sealed ; you can change it" in words(page(client, f"/round/{id}"))


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"best": "5"}, "best", "is no probability"),
        ({"lowest": "1 in 0"}, "lowest", "1 in 20"),
        ({"highest": ""}, "highest", "Highest: there is no probability"),
        ({"confidence": "30 %"}, "confidence", "from 50 % to 100 %"),
        ({"best": "50 %"}, "best", "best 50 % and highest"),
        ({"reason": " "}, "reason", "Reason: it is empty"),
    ],
)
def test_a_bad_estimate_comes_back_with_its_place_and_all_that_was_typed(node, clock, change, field, said):
    id = begun(node, clock)
    client, where = browser(node, "bb-one"), f"/round/{id}/answer/onset"
    typed = TYPED | change
    sent = send(client, where, where, typed | {"action": "seal"})
    assert sent.status_code == 422
    assert f'href="#{field}"' in sent.text
    assert re.search(rf'id="{field}"[^>]*aria-invalid="true"', sent.text)
    assert said in words(sent.text)
    kept = [typed[name] for name in ("lowest", "highest", "best", "confidence")]
    assert [hidden_value(sent.text, name) for name in ("lowest", "highest", "best", "confidence")] == kept
    assert showing.told(by(node, "bb-one"), id).put[0].mine is None
    # And it is there again when the page is opened anew.
    assert hidden_value(page(client, where), "best") == typed["best"]


def hidden_value(text, name):
    return html.unescape(re.search(rf'<input id="{name}"[^>]* value="([^"]*)"', text)[1])


def test_what_is_typed_is_kept_sealed_as_a_draft_of_its_stage(node, clock):
    id = begun(node, clock)
    client, where = browser(node, "bb-one"), f"/round/{id}/answer/onset"
    name = hidden(page(client, where), "draft")
    assert name == draft_name(id, "first", "onset")
    kept = send(client, where, "/rounds/draft", TYPED | {"draft": name, "back": where})
    assert kept.json()["saved"]
    assert drafts.load(by(node, "bb-one"), name).fields["best"] == ["0.05"]
    assert "back" not in drafts.load(by(node, "bb-one"), name).fields
    assert send(client, where, "/rounds/draft", {"draft": "compose:place:SDN"}).status_code == 400


def test_an_answer_typed_in_the_first_stage_does_not_become_a_second_estimate(node, clock):
    id = begun(node, clock)
    answer(node, id, dict(zip(ANALYSTS, (0.1, 0.2, 0.3, 0.4), strict=True)))
    client, where = browser(node, "bb-one"), f"/round/{id}/answer/onset"
    page(client, where)
    registering.step(by(node, CONVENOR), id, "share")
    sent = send(client, where, where, TYPED | {"action": "seal"})
    assert sent.status_code == 422
    assert "takes no answers of the stage 'first' now" in words(sent.text)
    assert "سبب" in sent.text
    assert showing.told(by(node, "bb-one"), id).put[0].mine is None


def test_nothing_of_the_model_is_on_a_page_where_somebody_still_answers(node, clock):
    id = begun(node, clock)
    client = browser(node, "bb-one")
    for address in (f"/round/{id}", f"/round/{id}/answer/onset", f"/round/{id}.json", f"/round/{id}/answer/onset.json"):
        text = page(client, address)
        assert "what the model says" not in text
        assert "/country/" not in text.partition("<main")[2]
    answer(node, id, {"bb-one": 0.2})
    # It could still be changed, so nothing is shown that could sway it.
    assert "what the model says" not in page(client, f"/round/{id}")
    for step in ("share", "pool"):
        assert "what the model says" not in page(client, f"/round/{id}")
        registering.step(by(node, CONVENOR), id, step)
    assert "what the model says" in page(client, f"/round/{id}")


def test_nobody_answers_before_a_declaration(node, clock):
    id = registering.register(by(node, CONVENOR), wanted(clock)).id
    registering.step(by(node, CONVENOR), id, "open")
    client = browser(node, "bb-one")
    assert 'name="lowest"' not in page(client, f"/round/{id}/answer/onset")
    refused = act(client, id, "declare", interest="yes", text=" ")
    assert refused.status_code == 422
    assert "say which" in words(refused.text)
    assert act(client, id, "declare", interest="yes", text="My sister works there.").status_code == 303
    assert showing.told(by(node, "bb-one"), id).declared.text == "My sister works there."
    assert "sister" not in page(browser(node, "cc-one"), f"/round/{id}")
    assert 'name="lowest"' in page(client, f"/round/{id}/answer/onset")


def test_numbers_and_words_of_a_scale_are_answered_in_their_own_boxes(node, clock):
    id = begun(node, clock, questions=[NUMBERS, SCALE])
    client = browser(node, "bb-one")
    where = f"/round/{id}/answer/displaced"
    typed = {"lowest": "1 200", "highest": "9000", "best": "3,5", "confidence": "0.9", "reason": "r", "action": "next"}
    refused = send(client, where, where, typed)
    assert "not in order" in words(refused.text)
    sent = send(client, where, where, typed | {"best": "3000"})
    assert sent.headers["location"] == f"/round/{id}/answer/access?sealed=displaced"
    where = f"/round/{id}/answer/access"
    assert '<option value="2">low (2 of 3)</option>' in page(client, where)
    sent = send(client, where, where, typed | {"lowest": "1", "highest": "3", "best": "2"})
    assert sent.headers["location"] == f"/round/{id}#yours"
    assert [put.mine.best for put in showing.told(by(node, "bb-one"), id).put] == [3000.0, 2.0]


def test_an_estimate_can_be_taken_back_from_its_page(node, clock):
    id = begun(node, clock)
    answer(node, id, {"bb-one": 0.2})
    client = browser(node, "bb-one")
    sent = send(client, f"/round/{id}/answer/onset", f"/round/{id}/take-back", {"question": "onset"})
    assert sent.status_code == 303
    assert showing.told(by(node, "bb-one"), id).put[0].mine is None


def test_after_sharing_reasons_stand_in_the_order_of_the_numbers_without_a_sign_of_who(node, clock):
    id = begun(node, clock)
    answer(node, id, dict(zip(ANALYSTS, (0.3, 0.02, 0.1, 0.05), strict=True)))
    registering.step(by(node, CONVENOR), id, "share")
    client = browser(node, "bb-one")
    text = page(client, f"/round/{id}")
    found = re.findall(r"Reason of ([\w-]+)\.", text)
    assert found == ["bb-one", "cc-one", "bb-two", "aa-one"]
    assert "Your first estimate:" in words(text)
    assert "<svg" in text
    twin = client.get(f"/round/{id}.json").json()
    assert all((one["organisation"], one["person"]) == (None, None) for one in twin["questions"][0]["first"])
    assert "mine" not in str(twin["questions"][0]["first"])
    for row in rows(client, f"/round/{id}/estimates.csv"):
        assert not row["organisation"] and not row["person"]  # noqa: PT018
        assert not {"made_at", "recorded_at"} & row.keys()
    # The second form begins with one's own first estimate, and says that it does not count by itself.
    assert hidden_value(page(client, f"/round/{id}/answer/onset"), "best") == "2 %"


def test_a_preliminary_result_says_that_dissents_are_still_taken_and_is_in_no_file(node, clock):
    id = begun(node, clock)
    for step in ("share", "pool"):
        answer(node, id, dict(zip(ANALYSTS, (0.02, 0.05, 0.1, 0.3), strict=True)))
        registering.step(by(node, CONVENOR), id, step)
    client = browser(node, "bb-one")
    text = words(page(client, f"/round/{id}"))
    assert "Preliminary. Dissents are still being taken" in text
    assert "1 in 13" in text
    twin = client.get(f"/round/{id}.json").json()["questions"][0]
    assert (twin["result"], twin["dissents_open"]) == (None, True)
    assert rows(client, f"/round/{id}/results.csv") == []
    assert "Dissents are still being taken" in words(page(client, f"/round/{id}/close"))


def test_a_result_never_stands_without_its_dissents(node, clock):
    id = finished(node, clock, {"cc-one": DISSENT})
    client = browser(node, "bb-one")
    text = page(client, f"/round/{id}?yardstick=phia")
    assert "1 in 12" in text
    assert "1 dissent from this result" in words(text)
    # Right under the number, and before anything else is said of it.
    assert re.search(rf'class="key".*?</div></div>\s*<div class="dissents">\s*<h3>.*?{DISSENT}', text, re.DOTALL)
    assert "times the base rate of 1.3 %" in words(text)
    assert "PHIA" in text
    assert DISSENT in re.search(r"<svg.*?</svg>", text, re.DOTALL)[0]
    twin = client.get(f"/round/{id}.json").json()["questions"][0]["result"]
    assert (twin["dissent_count"], [one["text"] for one in twin["dissents"]]) == (1, [DISSENT])
    (row,) = rows(client, f"/round/{id}/results.csv")
    assert (row["dissents"], row["dissent"]) == ("1", DISSENT)


def test_a_country_s_page_tells_what_its_rounds_came_to_with_every_dissent(node, clock):
    begun(node, clock)
    client = browser(node, "bb-one")
    assert client.get("/country/SDN.json").json()["results"] == []
    id = finished(node, clock, {"cc-one": DISSENT})
    told = client.get("/country/SDN.json").json()
    (result,) = told["results"]
    assert (result["round"], result["dissents"]) == (id, [DISSENT])
    assert result["value"] == pytest.approx(0.08, abs=0.001)
    assert told["marking"].startswith("TLP:AMBER")
    text = words(client.get("/country/SDN").text)
    assert "1 dissent:" in text
    assert DISSENT in text
    assert "% interval over draws of participants" in text


def test_files_about_a_round_do_not_carry_the_licence_of_the_model(node, clock):
    id = finished(node, clock, {"cc-one": DISSENT})
    client = browser(node, "bb-one")
    for address in (f"/round/{id}", "/rounds", "/statements"):
        told = client.get(address + ".json").json()
        assert told["marking"].startswith("TLP:AMBER")
        assert not {"licence", "outcome", "vintage", "release"} & set(told)
        for name in told["tables"]:
            head = client.get(f"{address}/{name}.csv").content.decode("utf-8-sig").splitlines()[0].split(",")
            assert "licence" not in head
            assert {"marking", "release_marking"} & set(head)
    said = client.get("/country/SDN/statements.csv").content.decode("utf-8-sig").splitlines()[0].split(",")
    assert "licence" not in said
    assert "licence" in client.get("/country/SDN/forecast.csv").text.splitlines()[0].split(",")


def test_what_may_not_leave_as_a_file_keeps_its_numbers_back_with_its_words(node, clock):
    marking = {"tlp": "AMBER", "caveats": ["ORIGINATOR CONTROL"], "audience": [["group:basin"]]}
    whole = wanted(clock) | {"marking": marking}
    id = registering.register(by(node, CONVENOR), whole).id
    registering.step(by(node, CONVENOR), id, "open")
    for person in ANALYSTS:
        answering.declare(by(node, person), id, False)
    for step in ("share", "pool"):
        answer(node, id, dict.fromkeys(ANALYSTS, 0.1))
        registering.step(by(node, CONVENOR), id, step)
    answering.close(by(node, "cc-one"), id, {"dissents": {"onset": DISSENT}})
    registering.step(by(node, CONVENOR), id, "finish")
    client = browser(node, "bb-one")
    (row,) = rows(client, f"/round/{id}/results.csv")
    assert (row["value"], row["dissents"]) == ("", "1")
    assert row["dissent"].startswith("(kept back")
    kept = [row for row in rows(client, f"/round/{id}/estimates.csv") if row["reason"].startswith("(kept back")]
    assert [row["best"] for row in kept if row["best"]] == []
    assert DISSENT in page(client, f"/round/{id}")


def test_dissents_and_support_are_sealed_on_one_page(node, clock):
    id = begun(node, clock)
    answer(node, id, dict.fromkeys(ANALYSTS, 0.1))
    registering.step(by(node, CONVENOR), id, "share")
    answer(node, id, dict.fromkeys(ANALYSTS, 0.1))
    for person in ANALYSTS[:3]:
        client, where = browser(node, person), f"/round/{id}/wishes"
        sent = send(client, where, where, {"recommendation": ["", f"Do it, {person}."], "action": "seal"})
        assert sent.status_code == 303
    registering.step(by(node, CONVENOR), id, "pool")
    client, where = browser(node, "bb-one"), f"/round/{id}/close"
    advice = showing.told(by(node, "bb-one"), id).advice
    assert len(advice) == 3
    sent = send(
        client, where, where, {"dissent-onset": DISSENT, f"support-{advice[0].view.id}": "oppose", "action": "seal"}
    )
    assert sent.status_code == 303
    told = showing.told(by(node, "bb-one"), id)
    assert told.closing.dissents == {"onset": DISSENT}
    assert told.closing.support[advice[0].view.id] == "oppose"
    assert DISSENT in page(client, where)
    assert DISSENT not in page(browser(node, CONVENOR), f"/round/{id}")


def test_a_step_is_taken_once_it_is_confirmed_and_says_what_it_opens(node, clock):
    id = begun(node, clock)
    answer(node, id, dict.fromkeys(ANALYSTS, 0.1))
    client = browser(node, CONVENOR)
    text = words(page(client, f"/round/{id}"))
    assert "It opens all first estimates with their reasons to everybody who sees this round, 5 people" in text
    assert "At least 3 of the 5 who are invited have answered" in text
    assert "The time of this stage is not over" in text
    refused = act(client, id, "step", step="share")
    assert refused.status_code == 422
    assert showing.told(by(node, CONVENOR), id).stage is Stage.FIRST
    assert act(client, id, "step", step="share", confirmed="yes").status_code == 303
    assert showing.told(by(node, CONVENOR), id).stage is Stage.SECOND
    assert act(client, id, "recommend", text="Send an envoy.").status_code == 303
    assert "Send an envoy." in page(browser(node, "bb-one"), f"/round/{id}")
    refused = act(client, id, "step", step="cancel", reason="", confirmed="yes")
    assert refused.status_code == 422
    assert act(client, id, "step", step="cancel", reason="Overtaken.", confirmed="yes").status_code == 303
    assert "Overtaken." in page(browser(node, "bb-one"), f"/round/{id}")


def test_whoever_does_not_convene_has_no_steps(node, clock):
    id = begun(node, clock)
    client = browser(node, "bb-one")
    text = page(client, f"/round/{id}")
    assert "For the convenor" not in text
    assert "have answered" not in text
    assert act(client, id, "step", step="share", confirmed="yes").status_code == 403


def test_a_stage_whose_time_is_over_says_so(node, clock):
    id = begun(node, clock)
    clock.turn(DAY + 1)
    text = words(page(browser(node, "bb-one"), f"/round/{id}"))
    assert "The time of this stage is over" in text


SHEET = {
    "subject": "Sudan",
    "title": "Outlook",
    "purpose": "A common picture.",
    "questions": "1",
    "invitations": "2",
    "text-0": "Will it begin?",
    "answer-0": "probability",
    "outcome-0": "onset",
    "horizon-0": "2027",
    "criteria-0": "As listed.",
    "examples-0": "One.\r\n\r\nAnother.",
    "base_rate-0": "1.3 %",
    "base_rate_source-0": "share of country-years",
    "organisation-0": "aa",
    "role-0": "analyst",
    "organisation-1": "bb",
    "attributed": "organisation",
    "method": "mean log-odds",
    "first_until": "2026-11-30T18:00",
    "second_until": "2026-12-07T18:00",
    "closing_until": "2026-12-14T18:00",
    "tlp": "TLP:AMBER",
    "audience": ["group:basin"],
    "reference-0": "Radio, evening news",
    "reliability-0": "B",
    "credibility-0": "2",
}
FORM = "/rounds/register"


def test_a_round_is_registered_as_it_was_previewed(node):
    client = browser(node, CONVENOR)
    shown = send(client, FORM, FORM, SHEET | {"action": "preview"})
    assert shown.status_code == 200, words(shown.text)
    assert "5 people with an account here now" in words(shown.text)
    unseen = send(client, FORM, FORM, SHEET | {"action": "store"})
    assert "Not registered yet" in unseen.text
    sealed = {"action": "store", "previewed": hidden(shown.text, "previewed")}
    stored = send(client, FORM, FORM, SHEET | sealed)
    assert stored.status_code == 303
    told = showing.told(by(node, CONVENOR), stored.headers["location"].removeprefix("/round/"))
    (question,) = told.round.questions
    assert (question.key, question.examples, question.base_rate) == ("q1", ("One.", "Another."), 0.013)
    assert [(one.organisation, one.role) for one in told.round.invitations] == [("aa", "analyst"), ("bb", None)]
    assert (told.round.attributed, told.round.method) == ("organisation", "mean log-odds")
    assert told.view.shown["evidence"][0]["reference"] == "Radio, evening news"


def test_another_question_brings_boxes_and_keeps_what_was_typed(node):
    client = browser(node, CONVENOR)
    more = send(client, FORM, FORM, SHEET | {"action": "question"})
    assert 'id="text-1"' in more.text
    assert "Will it begin?" in more.text
    assert 'id="text-1"' in page(client, FORM)


@pytest.mark.parametrize(
    ("change", "box"),
    [
        ({"first_until": ""}, "first_until"),
        ({"examples-0": " "}, "examples-0"),
        ({"base_rate-0": "5"}, "base_rate-0"),
        ({"subject": "Atlantis"}, "subject"),
        ({"organisation-1": "zz"}, "organisation-1"),
        ({"closing_until": "2026-11-30T17:00"}, "closing_until"),
        ({"audience": ["org:bb"]}, "audience"),
    ],
)
def test_a_round_that_cannot_be_held_comes_back_with_its_place(node, change, box):
    client = browser(node, CONVENOR)
    refused = send(client, FORM, FORM, SHEET | change | {"action": "preview"})
    assert refused.status_code == 422
    assert f'href="#{box}"' in refused.text
    assert f'id="{box}"' in refused.text
    assert "Will it begin?" in refused.text


def test_only_a_convenor_opens_the_form(node):
    assert browser(node, "bb-one").get(FORM).status_code == 403


def test_a_missing_key_stops_answers_in_words_and_keeps_what_was_typed(node, clock):
    id = begun(node, clock)
    answer(node, id, {"bb-two": 0.2})
    client, where = browser(node, "bb-one"), f"/round/{id}/answer/onset"
    page(client, where)
    node.store.seal.path.rename(node.store.seal.path.with_suffix(".away"))
    node.store.seal._key = None
    word = re.search(r'name="csrf" value="([^"]+)"', page(client, f"/round/{id}"))[1]
    sent = client.post(where, data=TYPED | {"action": "seal", "csrf": word})
    assert sent.status_code == 503
    assert "the key with which this node seals is not there" in words(sent.text).lower()
    assert "سبب" in sent.text


def given(best):
    return Given(lowest=best / 2, best=best, highest=min(1, 2 * best), confidence=0.8, reason="r")


def test_the_chart_tells_the_dissents_with_every_pooled_value(node, clock):
    id = finished(node, clock, {"cc-one": DISSENT})
    put = showing.told(by(node, "bb-one"), id).put[0]
    first, second = ([one.given for one in found] for found in (put.first, put.second))
    drawn = spread_chart("k", put.question, first, second, Pooled(put.result.body, (DISSENT,)), width=600)
    assert f"One dissent: {DISSENT}" in drawn
    assert "Pooled by the median · One dissent</text>" in drawn
    assert drawn.count("<circle") == 8
    assert 'viewBox="0 0 600' in drawn
    assert "%" not in re.sub(r">[^<]*<", "><", drawn)
    still = spread_chart("k", put.question, first, second, Pooled(put.result.body, None))
    assert "Dissents are still being taken" in still


def test_the_chart_is_the_same_in_whatever_order_estimates_come():
    question = Question.model_validate(QUESTION)
    some = [given(value) for value in (0.3, 0.02, 0.1)]
    assert spread_chart("k", question, some) == spread_chart("k", question, some[::-1])


def test_an_estimate_comes_back_from_its_form_as_the_same_numbers():
    question = Question.model_validate(QUESTION)
    for best in (0.05, 0.123456, 1 / 3, 0.007):
        one = given(best)
        again = estimate(question, from_given(question, one))
        assert again["best"] == pytest.approx(best, rel=1e-11)
    with pytest.raises(StatementError) as refused:
        estimate(question, Typed({"lowest": ["much"]}))
    assert (refused.value.field, refused.value.remedy) == ("lowest", "Write it as 5 %, 0.05 or 1 in 20")
