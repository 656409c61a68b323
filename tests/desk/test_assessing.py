from __future__ import annotations

import itertools
import math

import pytest
from tests.assessments import EU, OUTCOME, UN, US, assessed, body, given, item, overall, present, without
from tests.team_node import note, team_node

from tocsin.assess.agreement import alpha
from tocsin.assess.divergence import Factor
from tocsin.assess.kappa import kappa
from tocsin.core.assessing import Assessment
from tocsin.core.errors import AccessError, AssessmentError, NotFound, StatementError
from tocsin.core.statement import Evidence
from tocsin.desk import differing, drafts, making, views
from tocsin.desk.assessing import agreement, changes, frames, model, rendering, signing
from tocsin.desk.assessing.sides import Whole, joined, side


@pytest.fixture
def node(tmp_path, database):
    with team_node(tmp_path, database) as node:
        yield node


def refused(node, **changed):
    with pytest.raises(StatementError) as error:
        assessed(node, "aa-analyst", **changed)
    return error.value


def test_an_assessment_is_stored_with_the_lexicon_that_gave_its_words(node):
    made = assessed(node, "aa-analyst")

    assert made.shown["vocabulary"] == frames.version()
    assert made.body.cited == {"radio", "field"}
    assert [one["key"] for one in made.shown["evidence"]] == ["radio", "field"]


WRONG = {
    "an unknown frame": ({"frame": "no-frame"}, "body.frame", UN),
    "a scheme of terms": ({"frame": "terms"}, "body.frame", UN),
    "an unknown factor": ({"ratings": [present("7.88", "low")]}, "body.ratings.0.factor", "7.8"),
    "a factor of another frame": ({"ratings": [present("v2x", "low")]}, "body.ratings.0.factor", "1 to 14"),
    "an outcome that is no sense": (
        {"overall": overall(0.1, outcome="terms:mass-killing")},
        "body.overall.outcome",
        "terms:mass-killing.",
    ),
    "an outcome that is a factor": ({"overall": overall(0.1, outcome=f"{UN}:1")}, "body.overall.outcome", "terms:"),
    "a key that leads nowhere": (
        {"ratings": [present("1", "low", "minor", "rumour")]},
        "body.ratings.0.evidence",
        "radio",
    ),
    "a group's key that leads nowhere": (
        {"targets": [{"group": "Herders", "why": "Land.", "evidence": ["rumour"]}]},
        "body.targets.0.evidence",
        "radio",
    ),
    "evidence without consent": (
        {"evidence": [without(item("radio", "News"), "consent")]},
        "evidence.0.consent",
        "consent",
    ),
    "evidence without provenance": (
        {"evidence": [without(item("radio", "News"), "provenance")]},
        "evidence.0.provenance",
        "provenance",
    ),
    "evidence without a label": ({"evidence": [without(item("radio", "News"), "tlp")]}, "evidence.0.tlp", "label"),
    "evidence without a key": ({"evidence": [without(item("radio", "News"), "key")]}, "evidence.0.key", "key"),
    "two items with one key": ({"evidence": [item("radio", "A"), item("radio", "B")]}, "evidence.1.key", "of its own"),
    "a label looser than an item's": (
        {"tlp": "GREEN", "evidence": [item("radio", "News"), item("field", "Office", tlp="TLP:AMBER")]},
        "marking.tlp",
        "TLP:AMBER",
    ),
    "a period in place of a place": ({"subject": {"type": "period", "id": "2026"}}, "subject.type", "place"),
    "another vocabulary": ({"vocabulary": "lexicon-1999.1-000000000000"}, "vocabulary", "Leave it out"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_followed_is_refused_with_its_place_and_remedy(node, name):
    changed, field, remedy = WRONG[name]

    error = refused(node, **changed)

    assert error.field == field
    assert remedy in error.remedy
    assert not views.count(node.visit("aa-analyst", "cli"), kind="assessment").number


def test_an_item_under_the_label_of_the_assessment_is_no_obstacle(node):
    evidence = [item("radio", "News"), item("field", "Office", tlp="TLP:AMBER")]

    assert assessed(node, "aa-analyst", evidence=evidence).head.marking.tlp.label == "TLP:AMBER"


def test_a_cited_statement_binds_the_marking(node):
    closed = note(node, "aa-analyst", "org:aa")
    cited = [item("radio", "News"), item("field", closed.id, type="statement")]

    assert "looser" in str(refused(node, evidence=cited))
    assert assessed(node, "aa-analyst", to="org:aa", evidence=cited).derived_from == (closed.id,)


def test_a_sign_off_raises_the_standing_and_leaves_the_words(node):
    made = assessed(node, "aa-analyst")

    signed = signing.sign_off(node.visit("aa-desk-officer", "cli"), made.id)

    assert (signed.shown["standing"], signed.supersedes) == ("desk", (made.id,))
    assert signed.shown["body"] == made.shown["body"]
    assert signed.shown["evidence"] == made.shown["evidence"]
    top = signing.sign_off(node.visit("aa-desk-officer", "cli"), signed.id, "institution")
    assert top.shown["standing"] == "institution"
    changed = changes.differences(made.shown, top.shown)
    assert [(one.path, one.before, one.after) for one in changed] == [("standing", "analyst", "institution")]


def test_who_may_sign_off_and_what_is_refused(node):
    made = assessed(node, "aa-analyst")
    officer = node.visit("aa-desk-officer", "cli")
    assert signing.may_sign(officer, made)
    assert not signing.may_sign(node.visit("aa-analyst", "cli"), made)
    assert not signing.may_sign(node.visit("bb-desk-officer", "cli"), made)
    with pytest.raises(AccessError):
        signing.sign_off(node.visit("aa-analyst", "cli"), made.id)
    with pytest.raises(StatementError, match="only the organisation"):
        signing.sign_off(node.visit("bb-desk-officer", "cli"), made.id)
    with pytest.raises(StatementError, match="already"):
        signing.sign_off(officer, made.id, "note")
    with pytest.raises(StatementError, match="no such standing"):
        signing.sign_off(officer, made.id, "royal")
    with pytest.raises(StatementError, match="only an assessment"):
        signing.sign_off(officer, note(node, "aa-analyst", "org:aa").id)
    with pytest.raises(NotFound):
        signing.sign_off(officer, "0" * 64)


def test_nobody_vouches_for_what_they_may_not_see(node):
    own = note(node, "aa-analyst", "person:aa-analyst", tlp="RED")
    made = assessed(
        node,
        "aa-analyst",
        evidence=[item("radio", "News"), item("field", own.id, type="statement")],
        marking={"tlp": "RED", "audience": [["person:aa-analyst", "person:aa-desk-officer"], ["person:aa-analyst"]]},
    )
    with pytest.raises(NotFound):
        signing.sign_off(node.visit("aa-desk-officer", "cli"), made.id)


def test_a_sign_off_under_another_lexicon_is_refused(node, monkeypatch):
    made = assessed(node, "aa-analyst")
    monkeypatch.setattr(frames, "version", lambda: "lexicon-2099.1-000000000000")

    with pytest.raises(StatementError, match="lexicon has changed") as error:
        signing.sign_off(node.visit("aa-desk-officer", "cli"), made.id)

    assert error.value.field == "vocabulary"


def leaves(value, path=()):
    if isinstance(value, dict):
        for name, one in value.items():
            yield from leaves(one, (*path, name))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from leaves(one, (*path, number))
    else:
        yield path


def changed_at(value, path):
    """A copy in which the leaf at this path is another."""
    if not path:
        return "changed" if value != "changed" else "otherwise"
    first, *rest = path
    if isinstance(value, dict):
        return {**value, first: changed_at(value[first], rest)}
    return [changed_at(one, rest) if number == first else one for number, one in enumerate(value)]


def test_every_edit_of_every_field_shows(node):
    whole = assessed(node, "aa-analyst").shown
    said = {name: whole[name] for name in changes.COMPARED}

    assert changes.differences(whole, whole) == ()
    for path in leaves(said):
        found = changes.differences(said, changed_at(said, path))
        assert found, path
        assert all(one.path.startswith(str(path[0])) for one in found)


def test_an_edit_of_one_rating_is_told_by_its_factor():
    old = {"body": body(), "evidence": [item("radio", "News")]}
    new = {"body": body(), "evidence": [item("radio", "News"), item("field", "Office")]}
    new["body"]["ratings"][0] = present("1", "high", "major", "radio")
    del new["body"]["ratings"][3]

    found = {one.path: (one.before, one.after) for one in changes.differences(old, new)}

    assert found["body.ratings[1].level"] == ("medium", "high")
    assert found["body.ratings[6.2]"][1] is changes.NOTHING
    assert found["evidence[field]"][0] is changes.NOTHING
    assert len(found) == 3


def test_an_assessment_is_read_in_another_frame_and_nothing_is_lost(node):
    made = assessed(node, "aa-analyst")
    visit = node.visit("bb-analyst", "cli")

    for frame in (UN, US, EU, "model-variables"):
        found = rendering.rendered(visit, made.id, frame)
        shown = {lead.rating.factor for row in found.rows for lead in row.leads}
        left = {one.rating.factor for one in found.here}
        assert shown | left == {"1", "7.8", "9", "6.2"}
        assert not shown & left
        assert all(row.target.scheme == frame for row in found.rows)
        assert all(one.factor.scheme == frame for one in found.there)
        reached = {row.target.id for row in found.rows if row.leads[0].relation in ("exact", "close", "narrow")}
        assert not reached & {one.factor.id for one in found.there}


def test_a_rendering_keeps_relation_author_and_the_turning_round(node):
    found = rendering.rendered(node.visit("aa-analyst", "cli"), assessed(node, "aa-analyst").id, US)

    leads = {(lead.source.notation, row.target.notation): lead for row in found.rows for lead in row.leads}
    assert leads["1", "3.1"].relation == "close"
    assert leads["6.2", "3.9"].inverted
    assert leads["1", "3.1"].author
    assert leads["1", "3.1"].note


def test_what_is_no_assessment_or_no_frame_is_refused(node):
    visit = node.visit("aa-analyst", "cli")
    with pytest.raises(StatementError, match="this is a note"):
        rendering.rendered(visit, note(node, "aa-analyst", "org:aa").id, US)
    with pytest.raises(StatementError, match="no frame") as error:
        rendering.rendered(visit, assessed(node, "aa-analyst").id, "terms")
    assert error.value.field == "frame"


def side_of(common=UN, **changed):
    made = given(**changed)
    evidence = {one["key"]: Evidence.model_validate(one) for one in made["evidence"]}
    whole = Whole("a" * 64, "A", Assessment.model_validate(made["body"]), evidence)
    return side(whole, common, frozenset(one.id for one in frames.frame(common).concepts))


def test_a_side_says_what_the_assessment_said():
    found = side_of()

    by_key = found.by_key
    assert by_key[f"{UN}:1"].level == pytest.approx(2 / 3)
    assert by_key[f"{UN}:1"].weight == pytest.approx(math.log(3))
    assert by_key[f"{UN}:9"].level is None
    assert f"{UN}:6.2" not in by_key
    assert by_key["resilience:market committees"].sign == -1
    assert {one.identity for one in by_key[f"{UN}:7.8"].evidence} == {"source:evening news", "source:field office"}
    assert found.outcome == OUTCOME


def test_a_rating_whose_counterpart_is_its_opposite_is_turned_round():
    ratings = [present("7.1", "high", "major", "radio", evidence=[{"item": "radio", "points_to": "high"}])]

    found = side_of(UN, frame=EU, ratings=ratings)

    (factor,) = (one for key, one in found.by_key.items() if key.startswith(UN))
    assert frames.frame(UN).get(factor.key.partition(":")[2]).sign == "absence"
    assert (factor.sign, factor.level) == (1, 0.0)
    assert factor.evidence[0].reading == 0.0


def test_joined_factors_move_the_odds_as_far_as_before():
    levels, weights = (None, 0.0, 1 / 3, 1.0), (0.0, 0.4, 2.3)
    for parts in itertools.product(itertools.product(levels, weights), repeat=3):
        factors = [Factor(f"f{n}", level, weight, relation="close") for n, (level, weight) in enumerate(parts)]
        found = joined("k", factors, "K")
        before, after = (math.fsum(one.contribution for one in some) for some in (factors, found))
        assert after == pytest.approx(before, abs=1e-12)
        assert len(found) == 1
    apart = joined("k", [Factor("a", 1.0, 1.0), Factor("b", 1.0, 1.0, sign=-1)], "K")
    assert [one.key for one in apart] == ["k", "b"]
    assert apart[1].relation == "none"


ALIKE = {"resilience": [], "no_resilience": "None known.", "protectors": [], "no_protectors": "None known."}


def pair(node, first, second, **both):
    one = assessed(node, "aa-analyst", **(ALIKE | both | first))
    two = assessed(node, "bb-analyst", **(ALIKE | both | second))
    return differing.differing(node.visit("cc-analyst", "cli"), one.id, two.id)


RADIO, FIELD = [item("radio", "News")], [item("field", "Office")]

CAUSES = {
    "weight": (
        {"ratings": [present("1", "high", "major", "radio")], "overall": overall(0.05)},
        {
            "ratings": [present("1", "high", "decisive", "radio")],
            "overall": overall(0.05 * 10 / 3 / (1 + 0.05 * 7 / 3)),
        },
    ),
    "judgement": (
        {"ratings": [present("1", "low", "decisive", "radio")], "overall": overall(0.05)},
        {"ratings": [present("1", "high", "decisive", "radio")], "overall": overall(0.2)},
    ),
    "evidence": (
        {"ratings": [present("1", "low", "decisive", "radio")], "overall": overall(0.05), "evidence": RADIO},
        {"ratings": [present("1", "high", "decisive", "field")], "overall": overall(0.2), "evidence": FIELD},
    ),
    "definition": (
        {"overall": overall(0.05, 12)},
        {"overall": overall(1 - 0.95**2, 24)},
    ),
}


@pytest.mark.parametrize("cause", CAUSES)
def test_the_known_cause_of_a_difference_is_found(node, cause):
    found = pair(node, *CAUSES[cause]).found

    assert math.fsum(found.shares.values()) == found.gap
    largest = max(found.shares, key=lambda name: abs(found.shares[name]))
    assert largest == cause
    # What no rating explains stands in the start, which is told as weight.
    assert all(abs(share) < 1e-6 for name, share in found.shares.items() if name not in (cause, "weight"))


def test_names_are_organisations_and_the_marking_is_the_join(node):
    closed = assessed(node, "aa-analyst", tlp="AMBER+STRICT", to="org:aa")
    wide = assessed(node, "bb-analyst", overall=overall(0.3))
    visit = node.visit("aa-reader", "cli")

    told = differing.differing(visit, closed.id, wide.id)

    assert (told.found.a, told.found.b) == ("Organisation aa", "Organisation bb")
    assert told.marking == closed.head.marking.join(wide.head.marking)
    with pytest.raises(NotFound):
        differing.differing(node.visit("bb-reader", "cli"), closed.id, wide.id)


def test_two_frames_meet_in_the_first_one(node):
    us = [present("3.1", "high", "major", "radio"), present("3.9", "low", "minor", "field")]
    told = pair(
        node,
        {"ratings": [present("1", "high", "major", "radio"), present("6.2", "high", "minor", "field")]},
        {"frame": US, "ratings": us, "overall": overall(0.08)},
    )

    assert told.frame == UN
    assert told.found.gap == 0
    # 3.9 low is resilience that is weak; turned round it is two thirds of its absence.
    assert [one.about for one in told.found.reasons if one.cause == "judgement"] == [f"{UN}:6.2"]


def test_certainty_is_refused_in_words(node):
    with pytest.raises(AssessmentError, match="probability is 0") as error:
        pair(node, {"overall": overall(0.0)}, {})
    assert "no odds" in error.value.remedy


def test_what_cannot_be_compared_is_refused(node):
    one, elsewhere = assessed(node, "aa-analyst"), assessed(node, "aa-analyst", place="TCD")
    said = note(node, "aa-analyst", "org:aa")
    visit = node.visit("aa-analyst", "cli")
    for other, words in ((one, "same"), (elsewhere, "different places"), (said, "no assessment")):
        with pytest.raises(StatementError, match=words) as error:
            differing.differing(visit, one.id, other.id)
        assert error.value.field == "b"


def test_evidence_that_is_not_for_the_reader_is_nobodys_in_common(node):
    closed = note(node, "aa-analyst", "org:aa", "org:bb", tlp="AMBER")
    marking = {"tlp": "AMBER", "audience": [["org:aa", "org:bb"]]}
    cited = [item("radio", closed.id, type="statement"), item("field", "Office")]
    ids = [assessed(node, f"{one}-analyst", evidence=cited, marking=marking).id for one in ("aa", "bb")]

    told = differing.differing(node.visit("aa-reader", "cli"), *ids)
    assert not told.unseen
    making.recall(node.visit("aa-analyst", "cli"), closed.id, "Wrong.")
    told = differing.differing(node.visit("bb-reader", "cli"), *ids)
    assert told.unseen
    assert closed.id[:12] not in repr(told.found)


def test_agreement_needs_two_and_says_so(node):
    visit = node.visit("cc-analyst", "cli")
    for count, person in ((0, "aa-analyst"), (1, "bb-analyst")):
        found = agreement.agreement(visit, "SDN", UN)
        assert (found.alpha, found.factors, len(found.views)) == (None, (), count)
        assert "fewer than two" in found.reason
        assessed(node, person)
    found = agreement.agreement(visit, "SDN")
    assert found.alpha.value == 1.0
    assert found.frame == UN


def test_agreement_is_krippendorffs_alpha_of_findings(node):
    table = {"aa": ("low", "high", None), "bb": ("medium", "high", "low"), "cc": ("high", "medium", "low")}
    for one, levels in table.items():
        ratings = [
            present(factor, level, "minor", "radio")
            if level
            else {"factor": factor, "status": "no information", "confidence": "low"}
            for factor, level in zip(("1", "2", "3"), levels, strict=True)
        ]
        assessed(node, f"{one}-analyst", ratings=ratings)
    assessed(node, "aa-analyst", frame=US, ratings=[present("3.1", "low")])

    found = agreement.agreement(node.visit("bb-reader", "cli"), "SDN", UN)

    steps = {"low": 1, "medium": 2, "high": 3, None: None}
    assert found.alpha.value == alpha([[steps[one] for one in row] for row in table.values()], "ordinal").value
    assert found.interval.low <= found.alpha.value
    assert [one.factor.notation for one in found.factors] == ["1", "2", "3"]
    assert found.factors[0].findings == (0, 1, 1, 1)
    assert found.factors[2].spread.missing == 1
    assert found.others == 1
    assert found.kappa.pairs == 3
    assert "rests on 3 factors" in found.caution


def test_agreement_is_told_at_the_level_that_is_asked_for_and_at_none_that_steps_do_not_have(node):
    for person, levels in (("aa-analyst", ("low", "low", "high")), ("bb-analyst", ("low", "medium", "high"))):
        factors = zip(("1", "2", "3"), levels, strict=True)
        assessed(node, person, ratings=[present(factor, level, "minor", "radio") for factor, level in factors])
    visit = node.visit("aa-analyst", "cli")
    told = {one: agreement.agreement(visit, "SDN", UN, one) for one in ("nominal", "ordinal", "interval")}
    for level, found in told.items():
        assert found.alpha.value == alpha([[1, 1, 3], [1, 2, 3]], level).value
        assert found.level == level
        assert found.kappa.value == kappa([1, 1, 3], [1, 2, 3], range(4)).value
    assert len({found.alpha.value for found in told.values()}) == 3
    with pytest.raises(StatementError, match="no level of measurement"):
        agreement.agreement(visit, "SDN", UN, "ratio")


def test_kappa_of_two_is_told_in_one_frame_alone(node):
    one = assessed(node, "aa-analyst", ratings=[present("1", "low"), present("2", "high")])
    two = assessed(node, "bb-analyst", ratings=[present("1", "medium"), present("3", "low")])
    other = assessed(node, "cc-analyst", frame=US, ratings=[present("3.1", "low")])
    visit = node.visit("aa-analyst", "cli")
    told = differing.differing(visit, one.id, two.id).kappa
    assert (told.n, told.missing, told.value) == (1, 2, 0.0)
    assert differing.differing(visit, one.id, other.id).kappa is None


def test_only_what_the_reader_may_see_is_counted(node):
    assessed(node, "aa-analyst", to="org:aa")
    assessed(node, "bb-analyst")

    assert agreement.agreement(node.visit("bb-reader", "cli"), "SDN", UN).alpha is None
    assert agreement.agreement(node.visit("aa-reader", "cli"), "SDN", UN).alpha is not None


def test_the_models_number_waits_until_the_assessor_has_answered(node):
    visit = node.visit("aa-analyst", "web")
    assert model.beside(visit, "SDN").belief is not None
    drafts.save(visit, model.draft_name("place:SDN"), {"title": ["Half"]})

    hidden = model.beside(visit, "SDN")

    assert hidden.withheld
    assert hidden.belief is None
    assert model.beside(visit, "TCD").belief is not None
    assert model.beside(node.visit("bb-analyst", "web"), "SDN").belief is not None
    drafts.clear(visit, model.draft_name("place:SDN"))
    assert model.beside(visit, "SDN").belief is not None
