import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import ValidationError

from tocsin.core.kinds import KINDS, json_schema
from tocsin.core.statement import Attribution, Statement, Subject, canonical, digest

SALT = "0123456789abcdef" * 2
OTHER = "ab" * 32


def made(**changes) -> Statement:
    given = {
        "body": {"kind": "note", "title": "A camp", "text": "The camp by the river was left."},
        "subject": {"type": "place", "id": "SDN"},
        "author": {"organisation": "aa", "person": "anna", "role": "analyst"},
        "made_at": datetime(2026, 11, 23, 9, 0, tzinfo=UTC),
        "marking": {"tlp": "AMBER", "audience": [["org:aa", "group:sahel"]]},
        "salt": SALT,
    }
    return Statement.model_validate(given | changes)


def test_the_identity_is_the_digest_of_the_canonical_open_part():
    statement = made()
    assert statement.id == hashlib.sha256(statement.open_bytes).hexdigest()
    # RFC 8785, section 3.2.3: members sorted, no space; here all names are ASCII, so json can say the same.
    again = json.dumps(json.loads(statement.open_bytes), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert statement.open_bytes == again.encode()


def test_the_same_claim_has_the_same_identity_however_it_is_written():
    elsewhere = datetime(2026, 11, 23, 12, 0, tzinfo=timezone(timedelta(hours=3)))
    reordered = {"audience": [["group:sahel", "org:aa", "org:aa"]], "tlp": "TLP:AMBER", "caveats": []}
    assert made(made_at=elsewhere, marking=reordered).id == made().id


@pytest.mark.parametrize(
    "change",
    [
        {"body": {"kind": "note", "title": "A camp", "text": "The camp by the river was left!"}},
        {"subject": {"type": "place", "id": "TCD"}},
        {"author": {"organisation": "aa", "person": "bert", "role": "analyst"}},
        {"author": {"organisation": "aa", "person": "anna", "role": "desk officer"}},
        {"attribution": "organisation"},
        {"made_at": datetime(2026, 11, 23, 9, 0, 0, 1, tzinfo=UTC)},
        {"about": "2026"},
        {"as_of": "2026-11-22"},
        {"standing": "desk"},
        {"origin": "import"},
        {"evidence": [{"type": "source", "reference": "a report", "reliability": "B", "credibility": "2"}]},
        {"evidence": [{"type": "statement", "reference": OTHER, "reliability": "B", "credibility": "2"}]},
        {"vocabulary": "1"},
        {"method": "1"},
        {"marking": {"tlp": "AMBER", "audience": [["org:aa"]]}},
        {"supersedes": [OTHER]},
        {"derived_from": [OTHER]},
        {"salt": "f" * 32},
    ],
)
def test_anything_that_differs_changes_the_identity(change):
    assert made(**change).id != made().id


def test_the_open_part_tells_nothing_of_links_and_withheld_authors():
    linked = made(
        attribution="non-attributed",
        supersedes=["cd" * 32],
        derived_from=["ef" * 32],
        evidence=[{"type": "statement", "reference": OTHER, "reliability": "A", "credibility": "1"}],
    )
    for hidden in ("cd" * 32, "ef" * 32, OTHER, "anna", '"organisation"', SALT):
        assert hidden not in linked.open_bytes.decode()
    assert json.loads(made(attribution="organisation").open_bytes)["author"] == {"organisation": "aa"}


def test_the_sealed_part_cannot_be_guessed_without_its_salt():
    one, other = made(attribution="non-attributed"), made(attribution="non-attributed", salt="f" * 32)
    assert json.loads(one.open_bytes)["sealed"] != json.loads(other.open_bytes)["sealed"]
    assert len({Statement.model_validate(made().model_dump(exclude={"salt"})).salt for _ in range(3)}) == 3


@pytest.mark.parametrize("attribution", list(Attribution))
def test_a_statement_is_found_again_in_its_two_parts(attribution):
    statement = made(
        attribution=attribution,
        supersedes=[OTHER],
        evidence=[
            {"type": "source", "reference": "a report", "reliability": "B", "credibility": "2"},
            {"type": "attachment", "reference": "cd" * 32, "reliability": "F", "credibility": "6"},
        ],
    )
    again = Statement.from_parts(statement.open_bytes, statement.sealed_bytes)
    assert again.id == statement.id
    assert again == statement


def test_parts_that_do_not_belong_together_are_refused():
    with pytest.raises(ValueError, match="do not belong together"):
        Statement.from_parts(made().open_bytes, made(supersedes=[OTHER]).sealed_bytes)


def test_nothing_of_a_statement_can_be_changed():
    statement = made()
    with pytest.raises(ValidationError):
        statement.standing = "desk"
    with pytest.raises(ValidationError):
        statement.body.text = "otherwise"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"body": {"kind": "rumour", "text": "x"}}, "body"),
        ({"body": {"kind": "note", "title": "x", "text": " "}}, "body"),
        ({"body": {"kind": "note", "title": "x", "text": "y", "more": 1}}, "body"),
        ({"subject": {"type": "person", "id": "x"}}, "subject"),
        ({"made_at": "2026-11-23T09:00:00"}, "made_at"),
        ({"author": {"organisation": "A A"}}, "author"),
        ({"salt": "short"}, "salt"),
        (
            {"evidence": [{"type": "statement", "reference": "x", "reliability": "A", "credibility": "1"}]},
            "evidence",
        ),
        (
            {"evidence": [{"type": "source", "reference": "x", "reliability": "G", "credibility": "1"}]},
            "evidence",
        ),
    ],
)
def test_what_breaks_the_schema_is_refused_at_its_field(change, field):
    with pytest.raises(ValidationError) as refused:
        made(**change)
    assert {str(error["loc"][0]) for error in refused.value.errors()} == {field}


def test_under_the_chatham_house_rule_nobody_is_named():
    marking = {"tlp": "AMBER", "caveats": ["CHATHAM HOUSE RULE"], "audience": [["org:aa"]]}
    with pytest.raises(ValidationError, match="not attributed"):
        made(marking=marking)
    assert made(marking=marking, attribution="non-attributed").author.person == "anna"


def test_every_kind_publishes_a_schema_that_names_it():
    for kind in KINDS:
        schema = json_schema(kind)
        assert schema["properties"]["kind"]["const"] == kind
        assert schema["additionalProperties"] is False


def test_canonical_numbers_are_written_as_rfc_8785_says():
    # Section 3.2.2.3 and appendix B.
    assert canonical([1.0, 1e21, 1e-7, 0.1, -0.0]) == b"[1,1e+21,1e-7,0.1,0]"
    assert digest(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_a_subject_is_read_from_its_key():
    assert Subject.read("place:SDN").key == "place:SDN"
    assert Subject.read("period:2025-2026").id == "2025-2026"
