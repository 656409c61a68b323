import html
import json
import re

import pytest
from tests.account_team import account_team, word
from tests.assessments import EU, UN, US, assessed, body, item, overall, present
from tests.signed_in import browser, hidden, send
from tests.team_node import note, team_node

from tocsin.desk import drafts
from tocsin.desk.assessing import changes, frames
from tocsin.desk.assessing.model import draft_name
from tocsin.desk.exercise import furnish
from tocsin.desk.node import open_node
from tocsin.interfaces.web.composing import Typed
from tocsin.interfaces.web.pages import assess_typed

FORM = "/assess/SDN"
TYPED = {
    "frame": UN,
    "supersedes": "",
    "title": "Outlook for the season",
    "evidence-0-key": "e1",
    "evidence-0-reference": "Evening news",
    "evidence-0-reliability": "B",
    "evidence-0-credibility": "2",
    "evidence-0-provenance": "media",
    "evidence-0-consent": "not needed",
    "evidence-0-label": "TLP:CLEAR",
    "evidence-1-key": "e2",
    "un.1-found": "medium",
    "un.1-direction": "worsening",
    "un.1-confidence": "moderate",
    "un.1-importance": "major",
    "un.1-cites": "e1:high",
    "un.7.8-found": "low",
    "un.7.8-confidence": "low",
    "un.7.8-judged": "yes",
    "un.7.8-reason": "Long\r\nacquaintance.",
    "un.9-found": "no information",
    "resilience-0-what": "Market committees",
    "resilience-0-found": "high",
    "resilience-0-confidence": "high",
    "resilience-0-cites": "e1",
    "no_protectors": "None is known to us.",
    "perpetrator-0-group": "Militia of the north",
    "perpetrator-0-motive": "Land.",
    "perpetrator-0-means": "Trucks.",
    "perpetrator-0-cites": "e1",
    "target-0-group": "الرعاة",
    "target-0-why": "Seen as allied with rebels.",
    "outcome": "terms:mass-killing.ewp",
    "horizon": "24",
    "low": "1 in 40",
    "probability": "5 %",
    "high": "0.1",
    "confidence": "moderate",
    "base_rate": "",
    "would_change": "Payment of the arrears.\r\nA truce.",
    "assumptions": "One\r\nof two lines.\r\n\r\nAnother.",
    "summary": "Tension grows.",
    "as_of": "2026-01-05",
    "standing": "analyst",
    "attribution": "named",
    "tlp": "TLP:AMBER",
    "audience": ["org:aa", "org:bb"],
}


@pytest.fixture
def node(tmp_path):
    with team_node(tmp_path, "") as node:
        yield node


def without(*names):
    return {name: value for name, value in TYPED.items() if name not in names}


def store(client, typed, page=FORM, address=FORM):
    """Preview, then store just what was previewed."""
    shown = send(client, page, address, typed | {"action": "preview"})
    return send(client, page, address, typed | {"action": "store", "previewed": hidden(shown.text, "previewed")})


def words(text):
    return " ".join(re.sub(r"<[^>]+>", " ", html.unescape(text)).split())


def boxes(text):
    """Every box of the form as a browser would send it."""
    form = text[text.index('id="assess"') : text.rindex("</form>")]
    found = {}
    for tag in re.findall(r"<input [^>]*>", form):
        cells = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if cells.get("type") in ("checkbox", "radio") and " checked" not in tag:
            continue
        found.setdefault(cells["name"], []).append(html.unescape(cells.get("value", "on")))
    for name, options in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        listed = re.findall(r"<option([^>]*)>([^<]*)", options)
        chosen = next((one for one in listed if " selected" in one[0]), listed[0])
        value = re.search(r'value="([^"]*)"', chosen[0])
        found.setdefault(name, []).append(html.unescape(value[1] if value else chosen[1]))
    for name, value in re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>\n(.*?)</textarea>', form, re.DOTALL):
        # A browser sends line ends as CR LF, whichever the page has.
        found.setdefault(name, []).append(re.sub("\r?\n", "\r\n", html.unescape(value)))
    return found


def test_what_is_typed_previewed_and_stored_is_the_assessment(node):
    client = browser(node, "aa-analyst")

    answer = store(client, TYPED)

    assert answer.status_code == 303
    page = client.get(answer.headers["location"])
    assert page.status_code == 200
    said = client.get(answer.headers["location"] + ".json").json()["statement"]
    claimed = said["body"]
    assert [(one["factor"], one["status"], one["level"]) for one in claimed["ratings"]] == [
        ("1", "present", "medium"),
        ("7.8", "present", "low"),
        ("9", "no information", None),
    ]
    assert claimed["ratings"][0]["evidence"] == [{"item": "e1", "points_to": "high"}]
    assert claimed["ratings"][1]["reason"] == "Long\nacquaintance."
    assert claimed["ratings"][1]["importance"] == "none"
    assert claimed["overall"]["low"] == 0.025
    assert (claimed["overall"]["probability"], claimed["overall"]["high"]) == (0.05, 0.1)
    assert claimed["assumptions"] == ["One\nof two lines.", "Another."]
    assert claimed["would_change"] == ["Payment of the arrears.", "A truce."]
    assert claimed["targets"][0]["group"] == "الرعاة"
    assert claimed["saw_model"] is None
    assert "did not say that they had seen the model's number" in words(page.text)
    assert "12 of 14 factors not rated" in words(page.text)
    (evidence,) = said["evidence"]
    assert (evidence["key"], evidence["tlp"], evidence["consent"]) == ("e1", "TLP:CLEAR", "not needed")
    assert said["vocabulary"] == frames.version()
    assert said["standing"] == "analyst"


def test_the_form_of_a_correction_says_what_was_stored(node):
    client = browser(node, "aa-analyst")
    closed = note(node, "aa-analyst", "org:aa")
    evidence = [item("radio", "Evening news"), item("field", closed.id, type="statement")]
    ratings = sorted(body()["ratings"], key=lambda one: float(one["factor"]))
    judged = overall(0.0875, base_rate=1.0)
    made = assessed(node, "aa-analyst", to="org:aa", evidence=evidence, ratings=ratings, overall=judged)

    again = f"{FORM}?supersedes={made.id}"
    fields = boxes(client.get(again).text)
    answer = store(client, fields, again)

    assert answer.status_code == 303
    said = client.get(answer.headers["location"] + ".json").json()
    assert said["supersedes"] == [made.id]
    assert changes.differences(made.shown, said["statement"]) == ()
    assert said["derived_from"] == [closed.id]


def test_the_models_number_is_not_on_the_form_and_is_beside_it_afterwards(node):
    client = browser(node, "aa-analyst")
    facts = client.get("/country/SDN.json").json()["forecast"]
    sealed = {f"{facts['probability']:.6f}"[:5], f"{100 * facts['probability']:.0f} %"}

    page = client.get(FORM).text
    assert not any(one in words(page.split("<footer")[0]) for one in sealed)
    made = store(client, TYPED).headers["location"]

    beside = client.get(made + ".json").json()["model"]
    assert beside["forecast"]["probability"] == facts["probability"]
    assert beside["outcome"]["key"]
    drafts.save(node.visit("aa-analyst", "web"), draft_name("place:SDN"), {"title": ["Next"]})
    hidden_page = client.get(made)
    assert "in the middle of assessing" in hidden_page.text
    assert client.get(made + ".json").json()["model"]["forecast"] is None


WRONG = [
    ({"title": " "}, "title"),
    ({"un.1-confidence": ""}, "un.1-confidence"),
    ({"un.1-found": ""}, "un.1-found"),
    ({"un.1-cites": ""}, "un.1-cites"),
    ({"un.1-cites": "e9"}, "un.1-cites"),
    ({"un.1-cites": "e1:huge"}, "un.1-cites"),
    ({"un.7.8-reason": ""}, "un.7.8-cites"),
    ({"evidence-0-consent": ""}, "evidence-0-consent"),
    ({"evidence-0-label": ""}, "evidence-0-label"),
    ({"evidence-0-label": "TLP:RED"}, "tlp"),
    (
        {f"evidence-1-{cell}": TYPED[f"evidence-0-{cell}"] for cell in ("provenance", "consent", "label")}
        | {"evidence-1-reference": "Again", "evidence-1-key": "e1"},
        "evidence-1-key",
    ),
    ({"evidence-0-reference": "0" * 64}, "evidence-0-reference"),
    ({"resilience-0-what": ""}, "resilience-0-what"),
    ({"no_protectors": ""}, "no_protectors"),
    ({"target-0-why": ""}, "target-0-why"),
    ({"perpetrator-0-cites": "e9"}, "perpetrator-0-cites"),
    ({"horizon": "two years"}, "horizon"),
    ({"horizon": "900"}, "horizon"),
    ({"probability": "5"}, "probability"),
    ({"low": "30 %"}, "probability"),
    ({"high": "120 %"}, "high"),
    ({"base_rate": "rare"}, "base_rate"),
    ({"confidence": ""}, "confidence"),
    ({"outcome": "terms:none"}, "outcome"),
    ({"would_change": ""}, "would_change"),
    ({"summary": ""}, "summary"),
    ({"as_of": "2999-01-01"}, "as_of"),
    ({"audience": ["everyone"]}, "audience"),
]


@pytest.mark.parametrize(("change", "box"), WRONG)
def test_an_error_stands_at_its_box_and_what_was_typed_is_kept(node, change, box):
    client = browser(node, "aa-analyst")

    answer = send(client, FORM, FORM, TYPED | change | {"action": "preview"})

    assert answer.status_code == 422
    assert f'href="#{box}"' in answer.text, words(answer.text[answer.text.index('id="told"') :])[:200]
    assert f'id="{box}"' in answer.text
    assert f'id="problem-{box}"' in answer.text or box in ("tlp", "audience")
    # What one sees again is what one sent, and the same is kept.
    fields = boxes(answer.text)
    for name, value in (TYPED | change).items():
        if value:
            assert fields.get(name, []) == (value if isinstance(value, list) else [value]), name
    kept = drafts.load(node.visit("aa-analyst", "web"), draft_name("place:SDN"))
    assert kept.fields["un.7.8-found"] == ["low"]


def test_nothing_is_stored_without_a_preview(node):
    client = browser(node, "aa-analyst")
    answer = send(client, FORM, FORM, TYPED | {"action": "store"})
    assert "Not stored yet" in answer.text
    assert not client.get("/statements.json").json()["statements"]


def test_a_row_is_added_without_a_script_and_nothing_is_lost(node):
    client = browser(node, "aa-analyst")
    before = boxes(client.get(FORM).text)
    assert "evidence-3-key" not in before

    answer = send(client, FORM, FORM, TYPED | {"rows-evidence": "3", "action": "add-evidence"})

    fields = boxes(answer.text)
    assert fields["evidence-3-key"] == ["e4"]
    assert "evidence-4-key" not in fields
    assert fields["evidence-0-reference"] == ["Evening news"]
    again = boxes(client.get(FORM).text)
    assert "evidence-3-key" in again


def test_another_frame_keeps_what_was_typed_in_the_first(node):
    client = browser(node, "aa-analyst")
    other = boxes(send(client, FORM, FORM, TYPED | {"frame": US, "action": "frame"}).text)
    assert other["frame"] == [US]
    assert "us.3.1-found" in other
    assert other["un.1-found"] == ["medium"]  # carried along unseen

    back = boxes(send(client, FORM, FORM, other | {"frame": UN, "action": "frame"}).text)
    assert back["un.1-found"] == ["medium"]
    assert back["un.7.8-reason"] == ["Long\r\nacquaintance."]


def test_every_factor_of_every_frame_is_on_its_form(node):
    client = browser(node, "aa-analyst")
    for key in (UN, US, EU):
        fields = boxes(client.get(f"{FORM}?frame={key}").text)
        frame = frames.frame(key)
        sections = [one for one in frame.concepts if one in frame.tops]
        asked = {
            top.id
            for top in sections
            if any(frames.sign(one) for one in frame.concepts if one.notation.partition(".")[0] == top.notation)
        }
        rated = [
            one
            for one in frame.concepts
            if (frames.sign(one) or not one.narrower) and f"{key}:{one.notation.partition('.')[0]}" in asked
        ]
        assert [one.notation for one in rated if f"{assess_typed.prefix(frame, one)}-found" not in fields] == []
        assert len({name for name in fields if name.endswith("-found")}) == len(rated) + 1


def test_what_is_no_factor_is_not_asked_for(node):
    client = browser(node, "aa-analyst")
    for key, absent, there in ((US, "us.5.1-found", "us.1.1-found"), (EU, "eu.8.1-found", "eu.1.1-found")):
        fields = boxes(client.get(f"{FORM}?frame={key}").text)
        assert absent not in fields
        assert there in fields


def test_the_form_opens_with_one_row_of_evidence_and_factors_collapsed_to_what_was_found(node):
    client = browser(node, "aa-analyst")
    text = client.get(FORM).text
    assert "evidence-0-key" in boxes(text)
    assert "evidence-1-key" not in boxes(text)
    factor = text[text.index('id="group-1"') : text.index('id="group-2"')]
    assert factor.index('id="un.1-found"') < factor.index("<details>") < factor.index('id="un.1-confidence"')

    used = send(client, FORM, FORM, TYPED | {"action": "preview"}).text
    factor = used[used.index('id="group-1"') : used.index('id="group-2"')]
    assert "<details open>" in factor


@pytest.mark.parametrize(
    ("typed", "kept", "told"),
    [
        ("yes", True, "The assessor had seen the model's number."),
        ("no", False, "The assessor said that they had not seen the model's number."),
        ("", None, "The assessor did not say that they had seen the model's number."),
    ],
)
def test_only_what_was_said_of_the_models_number_is_told(node, typed, kept, told):
    client = browser(node, "aa-analyst")
    made = store(client, TYPED | {"saw_model": typed}).headers["location"]
    assert client.get(f"{made}.json").json()["statement"]["body"]["saw_model"] is kept
    assert told in words(client.get(made).text)
    again = client.get(f"{FORM}?supersedes={made.rpartition('/')[2]}").text
    assert boxes(again)["saw_model"] == [typed]
    assert 'href="#saw_model"' in again


def test_every_wrong_box_is_named_by_its_label_and_marked(node):
    client = browser(node, "aa-analyst")
    shown = send(client, FORM, FORM, TYPED | {"would_change": "", "summary": " ", "title": "", "action": "preview"})
    told = words(shown.text)
    assert "What would change my mind: give at least one." in told
    assert "Summary: it is empty." in told
    assert "Title: it is empty." in told
    assert "/api/v1" not in told[: told.index("Frame")]
    for box in ("would_change", "summary", "title"):
        assert f'href="#{box}"' in shown.text
        assert re.search(rf'id="{box}"[^>]* required[^>]*aria-invalid="true"', shown.text), box


def test_estimates_out_of_order_are_told_as_percentages(node):
    shown = send(browser(node, "aa-analyst"), FORM, FORM, TYPED | {"low": "40 %", "action": "preview"})
    assert "lowest 40 %, best 5 % and highest 10 % are not in order" in words(shown.text)


def test_two_assessments_are_chosen_from_menus_of_what_one_may_see(node):
    one, two = assessed(node, "aa-analyst"), assessed(node, "aa-analyst", title="Another view")
    hidden_one = assessed(node, "bb-analyst", to="org:bb", title="Not for cc")
    page = browser(node, "cc-reader").get("/differ")
    for made in (one, two):
        assert page.text.count(f'<option value="{made.id}"') == 2
    assert "Another view · " in page.text
    assert hidden_one.id not in page.text
    assert "Not for cc" not in page.text
    found = browser(node, "cc-reader").get(f"/differ?a={one.id}&b={two.id}").text
    assert "<select" not in found[found.index("<main") :]
    assert "The odds of Another view are" in words(found)


def test_what_is_typed_when_the_session_runs_out_is_there_again(tmp_path):
    team = account_team(tmp_path)
    client = browser(team.node, "ana")
    page = client.get(FORM).text
    fields = boxes(page) | TYPED | {"audience": ["org:aa"]}
    team.clock.turn(3601)

    answer = client.post(FORM, data=fields | {"csrf": word(page), "action": "preview"})

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")
    again = boxes(browser(team.node, "ana").get(FORM).text)
    assert again["title"] == ["Outlook for the season"]
    assert again["un.1-cites"] == ["e1:high"]
    team.node.store.close()


def test_a_draft_is_kept_by_the_script_and_discarded(node):
    client = browser(node, "aa-analyst")
    assert send(client, FORM, f"{FORM}/draft", {"title": "Half", "un.1-found": "low", "evil": "x"}).status_code == 200
    kept = drafts.load(node.visit("aa-analyst", "web"), draft_name("place:SDN"))
    assert set(kept.fields) == {"title", "un.1-found"}
    assert boxes(client.get(FORM).text)["title"] == ["Half"]
    assert send(client, FORM, FORM, {"action": "discard"}).status_code == 303
    assert boxes(client.get(FORM).text)["title"] == [""]


def test_who_makes_no_statements_and_an_unknown_place_or_frame_are_refused(node):
    assert browser(node, "aa-reader").get(FORM).status_code == 403
    client = browser(node, "aa-analyst")
    assert client.get("/assess/Nowhere").status_code == 404
    assert client.get("/assess/Sudan").headers["location"] == "/assess/SDN"
    assert client.get(f"{FORM}?frame=none").status_code == 400
    assert client.get(f"{FORM}?supersedes={note(node, 'aa-analyst', 'org:aa').id}").status_code == 400
    assert client.get(f"/compose?subject=place:SDN&supersedes={assessed(node, 'aa-analyst').id}").status_code == 400


def test_a_page_shows_sign_off_to_those_who_may_and_it_works(node):
    made = assessed(node, "aa-analyst")
    address = f"/assessment/{made.id}"
    assert "Sign off as" not in browser(node, "aa-analyst").get(address).text
    assert "Sign off as" not in browser(node, "bb-desk-officer").get(address).text
    officer = browser(node, "aa-desk-officer")
    assert "Sign off as desk" in officer.get(address).text

    answer = send(officer, address, f"{address}/sign-off", {"standing": "desk"})

    assert answer.status_code == 303
    page = officer.get(answer.headers["location"])
    assert '<b class="badge">desk</b>' in page.text
    assert "<code>standing</code>" in page.text
    refused = send(officer, address, f"{address}/sign-off", {"standing": "note"})
    assert refused.status_code == 422
    assert "already" in refused.text


def test_the_page_reads_in_another_frame_and_lists_what_is_left_over(node):
    client, made = browser(node, "bb-reader"), assessed(node, "aa-analyst")
    address = f"/assessment/{made.id}"

    shown = words(client.get(f"{address}?frame={US}").text)

    assert "Rated here, without a counterpart there" in shown
    assert "3.1 Armed conflict and political instability" in shown
    assert "turned round here" in shown
    table = client.get(f"{address}/rendered.csv?frame={US}").text
    assert "3.1" in table
    assert client.get(f"{address}/rendered.csv").status_code == 404
    assert client.get(f"{address}?frame=terms").status_code == 400


def test_differing_understandings_as_page_json_and_csv(node):
    one = assessed(node, "aa-analyst")
    two = assessed(
        node, "bb-analyst", frame=US, ratings=[present("3.1", "high", "decisive", "radio")], overall=overall(0.3, 36)
    )
    client, address = browser(node, "cc-reader"), f"/differ?a={one.id}&b={two.id}"

    page = client.get(address)
    told = client.get(address.replace("/differ", "/differ.json")).json()

    assert page.status_code == 200
    assert "<title" in page.text[page.text.index('class="shares"') :][:400] or 'id="shares-title"' in page.text
    assert told["gap"] == pytest.approx(sum(told["shares"].values()), abs=1e-12)
    assert told["exchange"]["words"] in html.unescape(page.text)
    rows = told["tables"]["reasons"]["rows"]
    assert {row["cause"] for row in rows} >= {"definition", "weight"}
    csv = client.get(address.replace("/differ", "/differ/reasons.csv")).text
    assert csv.count("\n") == len(rows) + 1
    assert f"/differ?a={one.id}&amp;b={two.id}" in client.get(f"/assessment/{one.id}").text
    assert client.get(f"/differ?a={one.id}&b={'0' * 64}").status_code == 404
    same = client.get(f"/differ?a={one.id}&b={one.id}")
    assert "same assessment" in same.text


def test_certainty_is_told_in_words_on_the_page(node):
    one, two = assessed(node, "aa-analyst", overall=overall(0.0)), assessed(node, "bb-analyst")
    assert "certainty has no odds" in browser(node, "cc-reader").get(f"/differ?a={one.id}&b={two.id}").text


def test_a_table_of_what_may_not_leave_is_refused(node):
    marking = {"tlp": "AMBER", "caveats": ["ORIGINATOR CONTROL"], "audience": [["org:aa", "org:bb"]]}
    one = assessed(node, "aa-analyst", marking=marking)
    two = assessed(node, "bb-analyst")
    client = browser(node, "bb-reader")
    assert client.get(f"/assessment/{one.id}").status_code == 200
    assert client.get(f"/assessment/{one.id}/ratings.csv").status_code == 403
    assert client.get(f"/differ/shares.csv?a={one.id}&b={two.id}").status_code == 403


def test_the_page_of_a_country_and_of_a_statement_lead_there(node):
    one, two = assessed(node, "aa-analyst"), assessed(node, "bb-analyst", overall=overall(0.3))
    client = browser(node, "aa-analyst")
    country = client.get("/country/SDN").text
    assert f'href="/assessment/{one.id}"' in country
    assert f"/differ?a={two.id}&amp;b={one.id}" in country
    assert 'href="/assess/SDN"' in country
    assert f'href="/assessment/{one.id}"' in client.get(f"/statement/{one.id}").text
    assert f"/assess/SDN?supersedes={one.id}" in client.get(f"/statement/{one.id}").text
    assert "/differ?a=" not in browser(node, "bb-analyst").get("/country/TCD").text


def test_an_exercise_assesses_its_own_states(tmp_path):
    from tocsin.core.settings import Settings

    node = open_node(Settings(home=tmp_path, offline=True), exercise=True)
    furnish(node)
    client = browser(node)

    answer = store(client, TYPED | {"audience": ["org:this-node"]}, "/assess/XXA", "/assess/XXA")

    assert answer.status_code == 303, words(answer.text)[:600]
    page = client.get(answer.headers["location"])
    assert "no model&#39;s forecast of a fictional state" in page.text or "fictional state" in page.text
    assert client.get("/assess/SDN").status_code == 404
    assert 'href="/assess/XXA"' in client.get("/history/place:XXA").text
    node.store.close()


def test_the_twin_of_the_form_lists_the_frame_and_what_is_typed(node):
    client = browser(node, "aa-analyst")
    send(client, FORM, f"{FORM}/draft", {"title": "Half"})
    twin = client.get(f"{FORM}.json").json()
    assert [one["key"] for one in twin["frames"]] == [UN, EU, US]
    assert twin["typed"] == {"title": ["Half"]}
    assert json.dumps(twin["factors"]).count('"sign"') == len(frames.frame(UN).concepts)


def test_texts_come_back_from_the_boxes_as_they_were():
    for texts in (["a"], ["a", "b"], ["a\nb", "c"], ["one", "two", "three\nfour"]):
        typed = Typed({"assumptions": [assess_typed._joined(texts)]})
        assert assess_typed._several(typed, "assumptions") == texts
