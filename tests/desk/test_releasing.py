"""A text goes out less marked only as its sources' originators agreed to, and tells nothing of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.three_organisations import furnished, note, visit, wanted

from tocsin.core.errors import AccessError, NotFound, StatementError
from tocsin.core.instant import NEVER
from tocsin.core.register import MemberJoined
from tocsin.core.statement import Statement
from tocsin.desk import making, views
from tocsin.desk.lineage import lineage
from tocsin.desk.node import Node
from tocsin.desk.proposals import proposals, proposed
from tocsin.desk.proposing import outline, propose
from tocsin.desk.releasing import approve, release
from tocsin.desk.visit import Sight


@pytest.fixture
def node(tmp_path: Path, database: str) -> Iterator[Node]:
    made = furnished(tmp_path, database)
    yield made
    made.store.close()


@pytest.fixture
def source(node: Node) -> str:
    return note(node, "bb-analyst", "A camp was attacked. The witness lives by the mill.").id


def released(node: Node, source: str) -> str:
    id = propose(visit(node, "aa-desk"), [source], wanted()).id
    approve(visit(node, "bb-desk"), id, source, "Agreed.")
    return release(visit(node, "aa-desk"), id).id


def stored(node: Node, id: str) -> tuple[bytes, bytes]:
    with node.store.reading() as reader:
        return next(iter(reader.parts(reader.find([id]).values()).values()))


def test_a_text_goes_out_once_its_sources_originator_agreed(node: Node, source: str) -> None:
    desk = visit(node, "aa-desk")
    proposal = propose(desk, [source], wanted())
    assert not proposed(desk, proposal.id).ready
    with pytest.raises(StatementError, match="have not agreed") as refused:
        release(desk, proposal.id)
    assert source in refused.value.what
    approval = approve(visit(node, "bb-desk"), proposal.id, source, "Agreed.")
    assert approval.head.marking == views.statement(desk, source).head.marking
    assert proposed(desk, proposal.id).ready
    out = release(desk, proposal.id)
    assert (out.head.marking.tlp.label, out.organisation, out.person) == ("TLP:CLEAR", "aa", "aa-desk")
    assert views.statement(visit(node, "cc-desk"), out.id).body.text == "A camp was attacked."
    assert views.statement(visit(node, "cc-desk"), out.id).person is None


def test_the_released_note_holds_no_link_to_where_it_came_from(node: Node, source: str) -> None:
    id = released(node, source)
    made = Statement.from_parts(*stored(node, id))
    assert (made.derived_from, made.evidence, made.supersedes) == ((), (), ())
    with node.store.reading() as reader:
        everything = b"".join(part for part in reader.parts(reader.find([id]).values())[id])
    assert source.encode() not in everything
    other = visit(node, "cc-desk")
    found = lineage(other, id)
    assert (found.sources, found.approvals, found.redactions, found.proposals) == ((), (), (), ())
    assert [view.head.kind for view in views.current(other, kind="lineage").views] == []
    assert views.history(other, "place:SDN").views[0].id == id
    assert len(views.history(other, "place:SDN").views) == 1


def test_those_allowed_see_the_lineage_in_both_directions(node: Node, source: str) -> None:
    id = released(node, source)
    for person in ("aa-desk", "bb-analyst"):
        back = lineage(visit(node, person), id)
        assert [view.id for view in back.sources] == [source]
        assert [view.head.organisation for view in back.approvals] == ["bb"]
        assert not back.source_recalled
        lines = [line for redaction in back.redactions for line in redaction.lines]
        assert ("-", "The witness lives by the mill.") in lines
        assert (" ", "A camp was attacked.") in lines
        assert ("+", "Attack on a camp") in lines
        onward = lineage(visit(node, person), source)
        assert [view.id for view in onward.released] == [id]
        assert len(onward.proposals) == 1


def test_what_was_taken_out_is_stored_nowhere_but_in_the_source(node: Node, source: str) -> None:
    released(node, source)
    with node.store.reading() as reader:
        heads = reader.heads(Sight(visit(node, "aa-desk"), reader).scope, limit=100)
        holding = [id for id, parts in reader.parts(heads).items() if b"mill" in b"".join(parts)]
    assert len(heads) == 5
    assert holding == [source]


def test_an_approval_fits_one_text_under_one_marking_alone(node: Node, source: str) -> None:
    desk = visit(node, "aa-desk")
    first = propose(desk, [source], wanted())
    approve(visit(node, "bb-desk"), first.id, source, "Agreed.")
    for change in ({}, {"text": "A camp was attacked by the mill."}, {"subject": "place:TCD"}):
        second = propose(desk, [source], wanted(**change))
        with pytest.raises(StatementError, match="have not agreed"):
            release(desk, second.id)


def test_an_approval_that_is_withdrawn_counts_no_more(node: Node, source: str) -> None:
    desk, owner = visit(node, "aa-desk"), visit(node, "bb-desk")
    id = propose(desk, [source], wanted()).id
    approval = approve(owner, id, source, "Agreed.")
    with pytest.raises(StatementError, match="approved already"):
        approve(owner, id, source, "Again.")
    making.recall(owner, approval.id, "On second thoughts.")
    with pytest.raises(StatementError, match="have not agreed"):
        release(desk, id)
    approve(owner, id, source, "After all.")
    assert release(desk, id).state == "current"
    with pytest.raises(StatementError, match="has been released"):
        release(desk, id)


def test_only_a_desk_officer_of_the_originator_approves(node: Node, source: str) -> None:
    id = propose(visit(node, "aa-desk"), [source], wanted()).id
    for person, error in (("aa-desk", StatementError), ("bb-analyst", StatementError), ("cc-desk", NotFound)):
        with pytest.raises(error):
            approve(visit(node, person), id, source, "Agreed.")
    assert [one.view.id for one in proposals(visit(node, "bb-desk"), waiting=True)] == [id]
    assert proposals(visit(node, "aa-desk"), waiting=True) == ()
    assert proposals(visit(node, "cc-desk")) == ()


def test_only_the_proposing_organisation_releases(node: Node, source: str) -> None:
    id = propose(visit(node, "aa-analyst"), [source], wanted()).id
    approve(visit(node, "bb-desk"), id, source, "Agreed.")
    with pytest.raises(StatementError, match="organisation that proposed"):
        release(visit(node, "bb-desk"), id)
    with pytest.raises(AccessError, match="desk officer"):
        release(visit(node, "aa-analyst"), id)
    assert release(visit(node, "aa-desk"), id).organisation == "aa"


def test_every_stricter_source_needs_its_own_originators_approval(node: Node, source: str) -> None:
    mine = note(node, "aa-analyst", "Two trucks were seen.").id
    open_one = note(node, "aa-analyst", "A camp was attacked.", tlp="CLEAR", audience=["everyone"]).id
    desk = visit(node, "aa-desk")
    id = propose(desk, [source, mine, open_one], wanted()).id
    approve(visit(node, "bb-desk"), id, source, "Agreed.")
    with pytest.raises(StatementError, match="have not agreed") as refused:
        release(desk, id)
    assert mine in refused.value.what
    assert source not in refused.value.what
    with pytest.raises(StatementError, match="needs no approval"):
        approve(desk, id, open_one, "Agreed.")
    approve(desk, id, mine, "Agreed.")
    assert release(desk, id).state == "current"


def test_what_rests_on_another_originators_statement_cannot_be_approved_around_it(node: Node, source: str) -> None:
    built = note(node, "aa-analyst", "The witness by the mill is credible.", derived_from=[source]).id
    desk = visit(node, "aa-desk")
    id = propose(desk, [built], wanted()).id
    with pytest.raises(StatementError, match="rests on something stricter"):
        approve(desk, id, built, "Agreed.")
    both = propose(desk, [built, source], wanted()).id
    approve(visit(node, "bb-desk"), both, source, "Agreed.")
    approve(desk, both, built, "Agreed.")
    assert release(desk, both).state == "current"


def test_an_ordinary_note_stays_bound_by_its_sources_even_when_a_release_is_approved(node: Node, source: str) -> None:
    id = propose(visit(node, "aa-desk"), [source], wanted()).id
    approve(visit(node, "bb-desk"), id, source, "Agreed.")
    with pytest.raises(StatementError, match="looser"):
        note(node, "aa-desk", "A camp was attacked.", tlp="CLEAR", audience=["everyone"], derived_from=[source])
    for kind in ("downgrade", "lineage", "proposal"):
        with pytest.raises(StatementError, match="does not make a statement of this kind"):
            note(node, "aa-desk", "x", body={"kind": kind})


def test_a_recalled_source_stops_a_release_and_is_flagged_after_one(node: Node, source: str) -> None:
    desk, owner = visit(node, "aa-desk"), visit(node, "bb-desk")
    out = released(node, source)
    late = propose(desk, [source], wanted()).id
    approve(owner, late, source, "Agreed.")
    making.recall(owner, source, "The witness is in danger.")
    with pytest.raises(StatementError, match="recalled"):
        release(desk, late)
    found = lineage(desk, out)
    assert found.statement.state == "current"
    assert found.source_recalled
    assert found.sources == ()
    assert [view.body.reason for view in found.recalls] == ["The witness is in danger."]
    assert "mill" not in json.dumps([redaction.lines for redaction in found.redactions])
    hidden = lineage(visit(node, "cc-desk"), out)
    assert not hidden.source_recalled
    assert not hidden.recalls


def test_a_lineage_cannot_be_recalled(node: Node, source: str) -> None:
    released(node, source)
    desk = visit(node, "aa-desk")
    (kept,) = views.current(desk, kind="lineage").views
    with pytest.raises(StatementError, match="lineage stays"):
        making.recall(desk, kept.id, "Forget it.")


def test_a_later_member_of_the_group_sees_neither_source_nor_proposal_nor_lineage(node: Node, source: str) -> None:
    with node.store.writing() as writer:
        writer.enter(MemberJoined(group="sahel", organisation="cc", since=writer.store.clock()), None)
    out = released(node, source)
    late = visit(node, "cc-desk")
    assert [view.id for view in views.history(late, "place:SDN", before=NEVER).views] == [out]
    assert lineage(late, out).approvals == ()
    assert proposals(late) == ()


def test_nobody_learns_where_an_unattributed_source_came_from(node: Node) -> None:
    caveats = ["CHATHAM HOUSE RULE"]
    said = note(node, "bb-desk", "One view was that the camp is next.", caveats=caveats).id
    desk = visit(node, "aa-desk")
    id = propose(desk, [said], wanted()).id
    colleague = note(node, "bb-analyst", "Another view.", caveats=caveats).id
    other = propose(desk, [colleague], wanted()).id
    assert [one.view.id for one in proposals(visit(node, "bb-desk"), waiting=True)] == [id]
    with pytest.raises(StatementError, match="or its author"):
        approve(visit(node, "bb-desk"), other, colleague, "Agreed.")
    approval = approve(visit(node, "bb-desk"), id, said, "Agreed.")
    shown = views.statement(desk, approval.id)
    assert (shown.organisation, shown.person) == (None, None)
    assert json.loads(stored(node, approval.id)[0])["author"] == {}
    assert approve(visit(node, "bb-analyst"), other, colleague, "Agreed.").id
    assert release(desk, id).body.title == "Attack on a camp"


def test_an_approval_gives_no_digest_against_which_a_text_could_be_guessed(node: Node, source: str) -> None:
    desk, owner = visit(node, "aa-desk"), visit(node, "bb-desk")
    ids = [propose(desk, [source], wanted()).id for _ in range(2)]
    assert len({approve(owner, id, source, "Agreed.").body.derived for id in ids}) == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": ""}, "title"),
        ({"subject": "place:XYZ"}, "subject.id"),
        ({"subject": "statement:" + "0" * 64}, "about"),
        ({"subject": "Sudan"}, "subject"),
        ({"reason": ""}, "reason"),
        ({"attribution": "named"}, "attribution"),
        ({"marking": {"tlp": "AMBER", "audience": [["group:sahel"]]}}, "marking"),
        ({"marking": {"tlp": "GREEN", "audience": [["org:cc"]]}}, "marking"),
        ({"marking": {"tlp": "GREEN", "audience": [["org:nope", "group:sahel"]]}}, "marking.audience"),
        ({"marking": {"tlp": "GREEN", "audience": [["community"]], "caveats": ["EXERCISE"]}}, "marking.caveats"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_proposal_that_breaks_a_rule_is_refused_by_field(node: Node, source: str, change: dict, field: str) -> None:
    desk = visit(node, "aa-desk")
    for act in (outline, propose):
        with pytest.raises(StatementError) as refused:
            act(desk, [source], wanted(**change))
        assert refused.value.field == field
        assert refused.value.remedy


def test_a_source_that_is_not_there_reads_like_one_that_is_not_for_them(node: Node, source: str) -> None:
    told = []
    for id in (source, "0" * 64):
        with pytest.raises(NotFound) as refused:
            propose(visit(node, "cc-desk"), [id], wanted())
        told.append(refused.value.what)
    assert told[0] == told[1]


def test_a_proposal_that_no_approver_could_see_is_refused_at_once(node: Node) -> None:
    theirs = note(node, "bb-analyst", "For two.", audience=["org:bb", "person:aa-desk"]).id
    mine = note(node, "aa-desk", "For us.", audience=["org:aa"]).id
    with pytest.raises(StatementError, match="no desk officer of bb"):
        propose(visit(node, "aa-desk"), [theirs, mine], wanted())
    assert views.current(visit(node, "aa-desk"), kind="proposal").views == ()


def test_an_outline_shows_what_is_left_out_and_stores_nothing(node: Node, source: str) -> None:
    desk = visit(node, "aa-desk")
    body, left_out = outline(desk, [source], wanted())
    assert body.by == "aa"
    assert ("-", "The witness lives by the mill.") in left_out[0].lines
    assert views.current(desk, kind="proposal").views == ()
