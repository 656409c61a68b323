"""Corrections and recalls tell nobody where a statement comes from and wash nothing off; previews keep their word."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.three_organisations import furnished, note, visit, wanted
from tests.tiny_release import node as released_home
from tests.tiny_release import tiny_release

from tocsin.core.errors import AccessError, NotFound, StatementError
from tocsin.core.register import MemberJoined
from tocsin.desk import files, making, views
from tocsin.desk.modelled import enter_release
from tocsin.desk.node import THIS_NODE, Node, open_node
from tocsin.desk.proposing import propose
from tocsin.desk.releasing import approve, release

SAHEL = {"tlp": "AMBER", "audience": [["group:sahel"]]}


@pytest.fixture
def node(tmp_path: Path, database: str) -> Iterator[Node]:
    made = furnished(tmp_path, database)
    yield made
    made.store.close()


def correction(of: str, **given: Any) -> dict[str, Any]:
    whole = {"body": {"kind": "note", "title": "Camp", "text": "Again."}, "subject": {"type": "place", "id": "SDN"}}
    return whole | {"marking": SAHEL, "supersedes": [of]} | given


def refusal(node: Node, person: str, given: dict[str, Any]) -> str:
    with pytest.raises(StatementError) as refused:
        making.make(visit(node, person), given)
    return str(refused.value)


def join(node: Node, organisation: str) -> None:
    with node.store.writing() as writer:
        writer.enter(MemberJoined(group="sahel", organisation=organisation, since=node.store.clock()), None)


def test_a_colleague_and_a_stranger_are_told_the_same_of_what_is_not_attributed(node):
    made = note(node, "aa-analyst", "Who said this?", attribution="non-attributed")
    instead = correction(made.id, attribution="non-attributed")
    told = {refusal(node, person, instead) for person in ("aa-desk", "bb-desk")}
    assert len(told) == 1
    for person in ("aa-desk", "bb-desk"):
        with pytest.raises(StatementError, match="only its originator recalls"):
            making.recall(visit(node, person), made.id, "No.")
    assert making.make(visit(node, "aa-analyst"), correction(made.id, attribution="non-attributed"))


def test_a_recalled_statement_without_an_author_is_open_to_its_author_alone(node):
    made = note(node, "aa-analyst", "Who said this?", attribution="non-attributed")
    making.recall(visit(node, "aa-analyst"), made.id, "At risk.")
    assert views.statement(visit(node, "aa-analyst"), made.id).state == "recalled"
    for person in ("aa-desk", "bb-desk"):
        with pytest.raises(NotFound):
            views.statement(visit(node, person), made.id)


def test_a_correction_is_attributed_no_more_openly_than_what_it_corrects(node):
    made = note(node, "aa-analyst", "Quietly.", attribution="non-attributed")
    assert refusal(node, "aa-analyst", correction(made.id, attribution="named")).startswith("attribution")


def test_a_note_takes_no_institutions_position_away(node):
    made = note(node, "aa-desk", "Our position.", standing="institution")
    assert "standing" in refusal(node, "aa-analyst", correction(made.id))
    assert making.make(visit(node, "aa-desk"), correction(made.id, standing="institution"))


@pytest.mark.parametrize("steps", [1, 2])
def test_a_correction_without_its_sources_is_marked_no_looser_than_they_were(node, steps):
    source = note(node, "bb-analyst", "What bb said.", caveats=["ORIGINATOR CONTROL"])
    strict = SAHEL | {"caveats": ["ORIGINATOR CONTROL"]}
    ours = note(node, "aa-analyst", "Drawn from it.", caveats=["ORIGINATOR CONTROL"], derived_from=[source.id])
    for _ in range(steps - 1):
        ours = making.make(visit(node, "aa-analyst"), correction(ours.id, marking=strict))
    open_to_all = {"tlp": "CLEAR", "audience": [["everyone"]]}
    assert "looser" in refusal(node, "aa-desk", correction(ours.id, marking=open_to_all))
    last = making.make(visit(node, "aa-desk"), correction(ours.id, marking=strict))
    # Nor does it go out by a release to which only aa agreed.
    proposal = propose(visit(node, "aa-desk"), [last.id], wanted()).id
    with pytest.raises(StatementError, match="rests on something stricter"):
        approve(visit(node, "aa-desk"), proposal, last.id, "Ours.")
    with pytest.raises(StatementError, match="have not agreed"):
        release(visit(node, "aa-desk"), proposal)


def test_an_organisation_loosens_what_rests_on_nobody_else(node):
    ours = note(node, "aa-analyst", "Ours alone.")
    wide = making.make(
        visit(node, "aa-desk"), correction(ours.id, marking={"tlp": "CLEAR", "audience": [["everyone"]]})
    )
    assert views.statement(visit(node, "cc-desk"), wide.id)


def test_what_a_withdrawn_correction_took_the_place_of_does_not_come_back(node):
    first = note(node, "aa-analyst", "Names the village.")
    second = making.make(visit(node, "aa-analyst"), correction(first.id))
    making.recall(visit(node, "aa-analyst"), second.id, "Wrong too.")
    for person in ("aa-desk", "bb-desk"):
        standing = [view.id for view in views.current(visit(node, person), subject="place:SDN").views]
        assert not {first.id, second.id} & set(standing)


def test_the_preview_of_a_note_about_a_statement_promises_it_to_nobody_who_came_later(node):
    made = note(node, "aa-analyst", "Before cc came.")
    join(node, "cc")
    about = {"body": {"kind": "note", "title": "On it", "text": "."}, "subject": {"type": "statement", "id": made.id}}
    told = making.check(visit(node, "aa-analyst"), about | {"marking": SAHEL})
    assert (dict(told.organisations), dict(told.later)) == ({"aa": 2, "bb": 2}, {"cc": 1})
    said = making.make(visit(node, "aa-analyst"), about | {"marking": SAHEL})
    with pytest.raises(NotFound):
        views.statement(visit(node, "cc-desk"), said.id)


def test_origin_says_machine_text_but_never_a_model(node):
    made = note(node, "aa-analyst", "A translation.", origin="machine text")
    assert made.shown["origin"] == "machine text"
    whole = correction(made.id, origin="model")
    assert refusal(node, "aa-analyst", whole).startswith("origin")


@pytest.mark.parametrize("period", ["2026-13", "2026-02-30", "2026-99-99", "2030-2020", "2026-2026"])
def test_a_period_is_one_of_the_calendar(node, period):
    given = correction("0" * 64, subject={"type": "period", "id": period}) | {"supersedes": []}
    assert "no period" in refusal(node, "aa-analyst", given)


def test_a_label_that_does_not_fit_its_audience_is_told_at_the_audience(node):
    with pytest.raises(StatementError) as refused:
        making.preview(visit(node, "aa-analyst"), {"tlp": "RED", "audience": [["org:aa"]]})
    assert refused.value.field == "marking.audience"


def test_an_audience_of_very_many_clauses_is_refused(node):
    clauses = [[f"person:p{number}"] for number in range(17)]
    with pytest.raises(StatementError, match="16"):
        making.preview(visit(node, "aa-analyst"), {"tlp": "AMBER", "audience": clauses})


@pytest.mark.parametrize("word", ["tutsi", "HUTU", "example", "report", "ivoire", "cote", "election", "Élection"])
def test_a_word_is_found_however_it_is_written_and_wherever_it_is_kept(node, word):
    text = "Hutu/Tutsi lists, example.org/report, Côte d’Ivoire, élection"
    made = note(node, "aa-analyst", text)
    assert [view.id for view in views.search(visit(node, "bb-desk"), word).views] == [made.id]


@pytest.mark.parametrize(
    ("tlp", "caveats", "audience"), [("RED", [], "person:bb-desk"), ("AMBER", ["ORIGINATOR CONTROL"], "org:bb")]
)
def test_a_file_of_what_makes_no_files_is_not_handed_out(node, tlp, caveats, audience):
    id = files.put(visit(node, "aa-analyst"), "", "text/plain", b"Names")
    cited = {"type": "attachment", "reference": id, "reliability": "B", "credibility": "2"}
    note(node, "aa-analyst", "See the file.", tlp=tlp, caveats=caveats, audience=[audience], evidence=[cited])
    with pytest.raises(AccessError):
        files.get(visit(node, "bb-desk"), id)
    assert files.get(visit(node, "aa-analyst"), id).content == b"Names"


def test_who_brings_the_same_bytes_does_not_learn_that_they_were_there(node):
    first = files.put(visit(node, "aa-analyst"), "", "application/json", b"{}")
    assert files.put(visit(node, "bb-analyst"), "", "text/plain", b"{}") == first
    assert files.get(visit(node, "bb-analyst"), first).media_type == "text/plain"
    assert files.get(visit(node, "aa-analyst"), first).media_type == "application/json"


def test_the_models_statements_follow_the_release_that_serves(tmp_path):
    one = tiny_release()
    less = one.model_copy(update={"countries": one.countries[1:]})
    counts = []
    for served in (one, less, one, one):
        node = open_node(released_home(tmp_path, served))
        counts.append(enter_release(node))
        standing = [view for view in views.every(node.operator("cli")) if view.head.organisation == THIS_NODE]
        assert sorted(view.head.subject for view in standing if view.head.kind == "forecast") == sorted(
            f"place:{state.place}" for state in served.countries
        )
        assert len([view for view in standing if view.head.kind == "release"]) == 1
        node.store.close()
    assert counts[2] == counts[0] > counts[1] > counts[3] == 0
