"""The API as its users meet it: statements made, read, listed, searched, withdrawn, each under its marking."""

import hashlib

import pytest
from tests.api_node import API, a_note, api_node

from tocsin.core.statement import canonical
from tocsin.interfaces.api import audits, proposals, served


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    return api_node(tmp_path_factory.mktemp("api"))


@pytest.fixture(scope="module")
def ana(node):
    return node.client("ana")


@pytest.fixture(scope="module")
def bo(node):
    return node.client("bo")


@pytest.fixture(scope="module")
def cy(node):
    return node.client("cy")


def make(client, *args, **more):
    made = client.post("/statements", json=a_note(*args, **more))
    assert made.status_code == 201, made.text
    return made.json()


def refused(answer, status):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] in ("private, no-cache", "no-store")
    told = answer.json()
    assert told["status"] == status
    assert told["type"].startswith(f"{API}/problems/")
    return told


# Statements ----------------------------------------------------------------------------------------------------------


def test_a_statement_is_stored_and_its_address_told(ana):
    answer = ana.post("/statements", json=a_note())
    assert answer.status_code == 201
    assert answer.headers["location"] == f"{API}/statements/{answer.json()['id']}"
    assert answer.headers["tocsin-marking"] == "TLP:AMBER"
    assert ana.get(f"/statements/{answer.json()['id']}").json() == answer.json()


def test_what_is_served_can_be_checked_against_its_identity_and_holds_nothing_sealed(ana, bo):
    made = make(ana, attribution="organisation")
    found = bo.get(f"/statements/{made['id']}").json()
    assert hashlib.sha256(canonical(found["statement"])).hexdigest() == made["id"]
    assert found["statement"]["author"] == {"organisation": "aa"}
    assert "ana" not in bo.get(f"/statements/{made['id']}").text


def test_a_dry_run_says_who_would_see_it_and_stores_nothing(ana):
    before = ana.get("/count").json()["number"]
    answer = ana.post("/statements", params={"dry_run": "true"}, json=a_note())
    assert answer.status_code == 200
    assert answer.json()["organisations"] == {"aa": 2, "bb": 1}
    assert answer.json()["through"] == {"group:sahel": 3}
    assert ana.get("/count").json()["number"] == before
    assert ana.post("/preview", json=a_note()["marking"]).json() == answer.json()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"subject": {"type": "place", "id": "XYZ"}}, "subject.id"),
        ({"marking": {"tlp": "TLP:RED", "audience": [["org:aa"]]}}, "marking"),
        ({"marking": {"tlp": "TLP:AMBER", "audience": [["org:nobody"]]}}, "marking.audience"),
        ({"made_at": "2999-01-01T00:00:00Z"}, "made_at"),
        ({"made_at": "2025-01-01T00:00:00"}, "made_at"),
        ({"made_at": "0001-01-01T00:00:00+14:00"}, "made_at"),
        ({"made_at": 1700000000}, "made_at"),
        ({"supersedes": ["0" * 64]}, "supersedes"),
        ({"body": {"kind": "note", "title": "", "text": "x"}}, "body.title"),
        ({"body": {"kind": "release", "title": "x", "text": "x"}}, "body.kind"),
        (
            {"evidence": [{"type": "attachment", "reference": "0" * 64, "reliability": "A", "credibility": "1"}]},
            "evidence",
        ),
        ({"author": {"organisation": "bb"}}, "author"),
    ],
)
def test_a_broken_rule_names_field_rule_and_remedy(ana, change, field):
    told = refused(ana.post("/statements", json=a_note() | change), 422)
    assert told["field"] == field
    assert told["rule"]
    assert told["remedy"]


def test_a_date_of_the_first_century_is_kept_as_it_was_given(ana):
    made = make(ana, made_at="0033-04-03T12:00:00Z")
    assert made["statement"]["made_at"] == "0033-04-03T12:00:00.000000Z"
    assert ana.get(f"/statements/{made['id']}").json() == made


def test_a_chain_is_what_the_reader_may_see_of_it(ana, bo):
    first = make(ana)
    second = make(ana, "Corrected.", tlp="AMBER", to="org:aa", supersedes=[first["id"]])
    mine = ana.get(f"/statements/{first['id']}/chain").json()["items"]
    assert [(one["id"], one["state"]) for one in mine] == [(first["id"], "superseded"), (second["id"], "current")]
    theirs = bo.get(f"/statements/{first['id']}/chain").json()["items"]
    assert [(one["id"], one["state"], one["superseded_by"]) for one in theirs] == [(first["id"], "current", [])]


def test_a_recall_withdraws_from_everybody_but_its_originator(ana, bo):
    made = make(ana, "A word that is unique: quokka.")
    assert [one["id"] for one in bo.get("/statements", params={"q": "quokka"}).json()["items"]] == [made["id"]]
    answer = ana.post(f"/statements/{made['id']}/recall", json={"reason": "The source took it back."})
    assert answer.status_code == 201
    assert answer.json()["statement"]["body"] == {"kind": "recall", "reason": "The source took it back."}
    refused(bo.get(f"/statements/{made['id']}"), 404)
    assert bo.get("/statements", params={"q": "quokka"}).json()["items"] == []
    assert ana.get(f"/statements/{made['id']}").json()["state"] == "recalled"
    assert refused(ana.post(f"/statements/{made['id']}/recall", json={"reason": "Again."}), 422)["field"] == "subject"


def test_absent_and_denied_read_alike(ana, cy):
    made = make(ana)
    for path in ("/statements/{}", "/statements/{}/chain", "/audit/who-saw/{}", "/attachments/{}", "/proposals/{}"):
        denied, absent = (cy.get(path.format(id)) for id in (made["id"], "f" * 64))
        assert denied.status_code == absent.status_code == 404
        assert denied.text.replace(made["id"], "") == absent.text.replace("f" * 64, "")
        assert {**denied.headers, "content-length": ""} == {**absent.headers, "content-length": ""}


# Lists ---------------------------------------------------------------------------------------------------------------


def test_a_list_goes_on_where_its_page_ended_and_ends(ana):
    made = [
        make(ana, f"Number {number}.", to="org:aa", subject={"type": "place", "id": "TCD"})["id"] for number in range(5)
    ]
    found, cursor = [], None
    while True:
        asked = {"subject": "place:TCD", "limit": 2} | ({"cursor": cursor} if cursor else {})
        page = ana.get("/statements", params=asked).json()
        found += [one["id"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert found == made[::-1]
    assert ana.get("/count", params={"subject": "place:TCD"}).json()["number"] == 5


@pytest.mark.parametrize("cursor", ["", "x", "A" * 11, "_" * 11, "AAAAAAAAAAB", "é" * 11, "A" * 4000, "AAAAAAAAAA="])
def test_a_forged_cursor_is_refused_or_the_beginning_of_time_and_tells_nothing(ana, cursor):
    answer = ana.get("/statements", params={"cursor": cursor})
    if cursor == "A" * 11:
        assert answer.json()["items"] == []
    else:
        assert refused(answer, 400)["detail"] == "this is no cursor that was given out here"


@pytest.mark.parametrize("cursor", ["x", "0" * 64])
def test_a_forged_cursor_of_the_log_is_refused(ana, cursor):
    refused(ana.get("/audit/by/ana", params={"cursor": cursor}), 400)


def test_the_marking_of_a_list_is_the_join_of_what_is_in_it(ana):
    at = {"type": "place", "id": "MMR"}
    make(ana, tlp="GREEN", to="community", subject=at)
    assert ana.get("/statements?subject=place:MMR").headers["tocsin-marking"] == "TLP:GREEN"
    make(ana, tlp="AMBER", to="org:aa", subject=at)
    make(ana, tlp="AMBER", to="group:sahel", subject=at)
    answer = ana.get("/statements?subject=place:MMR")
    assert answer.headers["tocsin-marking"] == "TLP:AMBER"
    assert answer.json()["marking"]["audience"] == [["group:sahel"], ["org:aa"]]
    assert ana.get("/count?subject=place:MMR").json() == {
        "marking": answer.json()["marking"],
        "number": 3,
        "more": False,
    }


def test_a_list_can_be_asked_as_it_was_and_says_what_changed(ana):
    at = {"type": "place", "id": "COD"}
    first = make(ana, subject=at)
    then = first["recorded_at"]
    second = make(ana, "Later.", subject=at, supersedes=[first["id"]])
    third = make(ana, "New.", subject=at)
    ids = [one["id"] for one in ana.get("/statements", params={"subject": "place:COD", "as_of": then}).json()["items"]]
    assert ids == [first["id"]]
    history = ana.get("/subjects/place:COD/history").json()["items"]
    assert [one["id"] for one in history] == [third["id"], second["id"], first["id"]]
    found = ana.get("/subjects/place:COD/differences", params={"since": then}).json()
    assert [one["id"] for one in found["added"]] == [third["id"]]
    assert [(pair["old"]["id"], pair["new"]["id"]) for pair in found["replaced"]] == [(first["id"], second["id"])]
    assert found["gone"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=9" + "9" * 4000, "limit"),
        ("as_of=yesterday", "as_of"),
        ("as_of=9999-12-31", "as_of"),
        ("as_of=2025-02-30", "as_of"),
        ("kind=opinion", "kind"),
        ("subject=Sudan", "subject"),
        ("subject=place:S%20N", "subject"),
        ("q=%20", "q"),
    ],
)
def test_a_question_that_cannot_be_read_is_refused_with_its_field(ana, query, field):
    assert refused(ana.get(f"/statements?{query}"), 422)["field"] == field


def test_an_etag_spares_the_answer_and_changes_with_what_is_served_alone(ana, bo):
    at = {"type": "place", "id": "HTI"}
    make(ana, subject=at)
    answer = bo.get("/statements?subject=place:HTI")
    tag = answer.headers["etag"]
    assert not tag.startswith("W/")
    for wanted in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        again = bo.get("/statements?subject=place:HTI", headers={"if-none-match": wanted})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    make(ana, to="org:aa", subject=at)
    assert bo.get("/statements?subject=place:HTI").headers["etag"] == tag
    make(ana, subject=at)
    assert bo.get("/statements?subject=place:HTI", headers={"if-none-match": tag}).status_code == 200


# Who asks ------------------------------------------------------------------------------------------------------------


def test_nobody_gets_anything_without_a_token(node):
    stranger = node.client()
    for path in ("/statements", "/kinds", "/openapi.json", "/me", "/nothing"):
        told = refused(stranger.get(path), 401)
        assert told["type"].endswith("/sign-in-needed")
    assert stranger.get("/me").headers["www-authenticate"] == 'Bearer realm="tocsin"'


def test_a_role_that_does_not_suffice_is_told(node):
    ali = node.client("ali")
    refused(ali.post("/organisations", json={"id": "dd", "name": "D"}), 403)
    refused(ali.get("/audit/verify"), 403)
    assert ali.get("/me").json()["roles"] == ["analyst", "reader"]


def test_methods_that_an_address_does_not_take_are_told_with_those_that_it_takes(ana):
    answer = ana.put("/statements", json={})
    refused(answer, 405)
    assert answer.headers["allow"] == "GET, HEAD, POST"
    assert ana.head("/me").status_code == 200
    assert ana.head("/me").content == b""


def test_an_error_that_nobody_foresaw_tells_nothing(ana, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("the secret word is heron")

    monkeypatch.setattr("tocsin.desk.views.current", broken)
    told = refused(ana.get("/statements"), 500)
    assert "heron" not in str(told)
    assert told["type"].endswith("/unforeseen")


def test_every_problem_has_an_address_that_explains_it(ana):
    told = refused(ana.get("/statements/x"), 404)
    assert ana.get(told["type"].removeprefix(API)).json()["status"] == 404


# People --------------------------------------------------------------------------------------------------------------


def test_a_steward_adds_people_and_a_keeper_manages_its_group(ana):
    assert ana.post("/organisations", json={"id": "ee", "name": "Organisation ee"}).status_code == 201
    person = {"id": "eve", "name": "Eve", "organisation": "aa", "roles": ["reader", "analyst"]}
    # Who belongs to another organisation is that one's to say.
    refused(ana.post("/persons", json=person | {"organisation": "ee"}), 403)
    made = ana.post("/persons", json=person)
    assert made.status_code == 201
    assert made.json()["roles"] == ["analyst", "reader"]
    assert ana.patch("/persons/eve", json={"roles": ["reader"]}).json()["roles"] == ["reader"]
    assert ana.post("/groups", json={"id": "lakes", "name": "Lakes"}).json()["keeper"] == "aa"
    joined = ana.post("/groups/lakes/members", json={"organisation": "aa"}).json()
    assert [(stay["organisation"], stay["until"]) for stay in joined["stays"]] == [("aa", None)]

    note = a_note("Before ee came.", to="group:lakes")
    assert ana.post("/statements", json=note).status_code == 201
    ana.post("/groups/lakes/members", json={"organisation": "ee"})
    wanted = {"organisation": "ee", "opened": "2026-01-01"}
    dry = ana.post("/groups/lakes/back-fills?dry_run=true", json=wanted).json()
    assert (dry["statements"], dry["people"], dry["done"]) == (1, 0, False)
    assert ana.post("/groups/lakes/back-fills", json=wanted).json()["done"] is True

    left = ana.delete("/groups/lakes/members/ee").json()
    assert next(stay for stay in left["stays"] if stay["organisation"] == "ee")["until"]
    assert refused(ana.delete("/groups/lakes/members/ee"), 422)["field"] == "organisation"


def test_people_are_listed_as_far_as_whoever_asks_may_know(cy, ana):
    assert {one["id"] for one in cy.get("/persons").json()["items"]} == {"cy"}
    assert cy.get("/groups").json()["items"] == []
    assert {"ana", "bo", "cy"} <= {one["id"] for one in ana.get("/persons").json()["items"]}


def test_a_change_breaks_a_rule(ana):
    assert refused(ana.post("/organisations", json={"id": "aa", "name": "Again"}), 422)["field"] == "id"
    assert refused(ana.post("/organisations", json={"id": "A A", "name": "x"}), 422)["field"] == "id"
    assert refused(ana.patch("/persons/ana", json={"active": "no"}), 422)["field"] == "active"


# Audit ---------------------------------------------------------------------------------------------------------------


def test_who_saw_a_statement_is_told_and_the_log_is_whole(ana, bo):
    made = make(ana)
    bo.get(f"/statements/{made['id']}")
    seen = ana.get(f"/audit/who-saw/{made['id']}").json()["items"]
    assert [(one["person"], one["organisation"], one["door"], one["act"]) for one in seen] == [
        ("bo", "bb", "api", "read")
    ]
    verified = ana.get("/audit/verify").json()
    assert verified["broken"] is None
    assert verified["lines"] > 10
    page = bo.get("/audit/by/bo", params={"limit": 1}).json()
    assert len(page["items"]) == 1
    assert bo.get("/audit/by/bo", params={"limit": 1, "cursor": page["next"]}).json()["items"] != page["items"]


# Releases ------------------------------------------------------------------------------------------------------------


def test_a_text_is_proposed_approved_and_released(ana, bo, cy):
    source = make(bo, "Seen by a nurse in the river camp.")
    wanted = {
        "sources": [source["id"]],
        "title": "Camp",
        "text": "A camp was attacked.",
        "subject": "place:SDN",
        "marking": {"tlp": "TLP:GREEN", "audience": [["community"]]},
        "reason": "For the others.",
    }
    outline = ana.post("/proposals?dry_run=true", json=wanted)
    assert outline.headers["tocsin-marking"] == "TLP:AMBER"
    assert outline.json()["redactions"][0]["lines"][-1] == {"sign": "-", "text": "Seen by a nurse in the river camp."}
    proposal = ana.post("/proposals", json=wanted).json()
    assert refused(ana.post(f"/proposals/{proposal['id']}/release"), 422)["field"] == "proposal"
    assert [one["proposal"]["id"] for one in bo.get("/proposals?waiting=true").json()["items"]] == [proposal["id"]]
    approval = {"source": source["id"], "reason": "Safe."}
    assert bo.post(f"/proposals/{proposal['id']}/approvals", json=approval).status_code == 201
    assert ana.get(f"/proposals/{proposal['id']}").json()["ready"] is True
    released = ana.post(f"/proposals/{proposal['id']}/release")
    assert released.status_code == 201
    found = cy.get(f"/statements/{released.json()['id']}").json()
    assert found["derived_from"] == []
    assert "nurse" not in str(found)


# The description -----------------------------------------------------------------------------------------------------


def test_the_kinds_are_published_as_json_schema(ana):
    kinds = ana.get("/kinds").json()["items"]
    for one in kinds:
        schema = ana.get(one["schema_at"].removeprefix(API))
        assert schema.headers["content-type"] == "application/schema+json"
        assert schema.json()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    refused(ana.get("/kinds/opinion"), 404)


def test_what_is_served_fits_the_models_that_describe_it(ana, bo):
    make(bo, "For the table.", tlp="GREEN", to="community")
    id = make(ana)["id"]
    forms = {
        "/statements": served.ServedPage,
        f"/statements/{id}": served.ServedStatement,
        f"/statements/{id}/chain": served.ServedStatements,
        "/subjects/place:SDN/history": served.ServedPage,
        "/subjects/place:SDN/differences?since=2020-01-01": served.ServedDifferences,
        "/count": served.ServedCount,
        "/kinds": served.ServedKinds,
        "/me": served.ServedMe,
        "/organisations": served.ServedOrganisations,
        "/persons": served.ServedPersons,
        "/groups": served.ServedGroups,
        "/proposals": proposals.ServedProposals,
        "/audit/verify": audits.ServedVerified,
        f"/audit/who-saw/{id}": audits.ServedReadings,
        "/audit/by/ana": audits.ServedDeeds,
    }
    for path, form in forms.items():
        answer = ana.get(path)
        assert answer.headers["cache-control"] in ("private, no-cache", "private, no-store")
        form.model_validate_json(answer.text)


def test_the_description_names_every_address_its_errors_and_how_to_sign_in(ana):
    whole = ana.get("/openapi.json").json()
    assert whole["openapi"] == "3.1.0"
    assert set(whole["components"]["securitySchemes"]) == {"token", "session"}
    for path, operations in whole["paths"].items():
        for method, operation in operations.items():
            assert {"400", "401", "403", "405", "413", "415", "422", "503"} <= set(operation["responses"]), (
                method,
                path,
            )
            for status, response in operation["responses"].items():
                assert (set(response["content"]) == {"application/problem+json"}) == (status >= "400"), (method, path)


# Attachments ---------------------------------------------------------------------------------------------------------


def test_a_file_is_brought_cited_and_taken(ana, bo, cy):
    headers = {"content-type": "application/pdf", "x-file-name": "Carte%20du%20caf%C3%A9.pdf"}
    kept = ana.post("/attachments", content=b"%PDF-1.7 map", headers=headers)
    assert kept.status_code == 201
    id = kept.json()["id"]
    assert kept.headers["location"] == f"{API}/attachments/{id}"
    evidence = [{"type": "attachment", "reference": id, "reliability": "B", "credibility": "2"}]
    make(ana, evidence=evidence)
    answer = bo.get(f"/attachments/{id}")
    assert (answer.status_code, answer.content) == (200, b"%PDF-1.7 map")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == f'attachment; filename="{id[:16]}.pdf"'
    assert answer.headers["tocsin-marking"] == "TLP:AMBER"
    assert answer.headers["x-content-type-options"] == "nosniff"
    again = bo.get(f"/attachments/{id}", headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    refused(cy.get(f"/attachments/{id}"), 404)


def test_a_file_that_is_not_what_it_says_is_refused(ana):
    answer = ana.post("/attachments", content=b"<script>", headers={"content-type": "image/png"})
    assert refused(answer, 422)["field"] == "content"
