import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.errors import LexiconError
from tocsin.lexicon.crosswalk import INVERSE, inverse, mappings, render, stated
from tocsin.lexicon.scheme import concept, scheme

UN = "un-framework-2014"
FACTORS = [one.id for one in scheme(UN).tops]
OTHERS = ("us-araf", "eu-checklist", "model-variables")
ALL = [one.id for one in scheme(UN).concepts]


def leads(key: str, to: str) -> set[tuple[str, str, bool]]:
    return {(one.target.partition(":")[2], one.relation, one.inverted) for one in render([key], to).found}


def test_every_mapping_is_signed_dated_and_gives_a_reason() -> None:
    for one in stated():
        assert one.relation in INVERSE
        assert one.author
        assert one.date
        assert len(one.note) > 20
        assert not one.derived
        concept(one.source)
        if one.target is None:
            assert one.relation == "none"
            scheme(one.target_scheme)
        else:
            assert concept(one.target).scheme == one.target_scheme


@pytest.mark.parametrize("other", OTHERS)
def test_the_way_back_is_the_inverse_of_the_way_there(other: str) -> None:
    there = [one for one in mappings(UN, other) if one.target]
    back = {(one.source, one.target): one for one in mappings(other, UN) if one.target}
    assert len(there) == len(back)
    for one in there:
        turned = back[one.target, one.source]
        assert turned.relation == INVERSE[one.relation]
        assert turned.inverted == one.inverted
        assert turned.note == one.note
        assert turned.derived != one.derived
        assert inverse(turned) == one


def test_broad_means_that_the_target_is_broader() -> None:
    (one,) = (one for one in mappings(UN, "us-araf") if (one.source, one.target) == (f"{UN}:5.6", "us-araf:1.6"))
    assert one.relation == "broad"
    (back,) = (one for one in mappings("us-araf", UN) if (one.source, one.target) == ("us-araf:1.6", f"{UN}:5.6"))
    assert back.relation == "narrow"


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("factor", FACTORS)
def test_no_factor_is_passed_over_in_silence(factor: str, other: str) -> None:
    rendering = render([factor], other)
    assert rendering.found or rendering.unmapped[0].stated


@pytest.mark.parametrize("other", OTHERS)
def test_nothing_of_another_frame_is_passed_over_in_silence(other: str) -> None:
    rendering = render([one.id for one in scheme(other).concepts], UN)
    assert [gap.concept for gap in rendering.unmapped if not gap.stated] == []
    assert [gap.concept for gap in render(ALL, other).unreached if not gap.stated] == []


def test_what_no_variable_measures_is_said() -> None:
    rendering = render(FACTORS, "model-variables")
    assert {gap.concept for gap in rendering.unmapped} == {f"{UN}:{n}" for n in (4, 5, 7, 8, 12, 13, 14)}
    assert all(gap.stated and gap.note for gap in rendering.unmapped)


def test_every_model_variable_leads_somewhere_or_is_said_not_to() -> None:
    for one in scheme("model-variables").concepts:
        rendering = render([one.id], UN)
        assert bool(rendering.found) != bool(rendering.unmapped)


def test_a_mapping_of_its_own_is_used_as_it_stands() -> None:
    assert leads(f"{UN}:3.4", "eu-checklist") == {("2.3", "exact", False)}


def test_absence_in_one_frame_is_presence_in_the_other() -> None:
    assert leads(f"{UN}:6.2", "us-araf") == {("3.9", "close", True)}
    assert leads("us-araf:3.9", UN) == {("6.2", "close", True)}
    for one in stated():
        if one.inverted and one.target:
            signs = {concept(one.source).sign, concept(one.target).sign}
            assert len(signs) == 2, one
            assert signs & {"lowers", "unsigned"} or one.source.endswith("partyban.new.2"), one


def test_a_concept_without_a_mapping_takes_that_of_what_holds_it() -> None:
    (one,) = render([f"{UN}:4.1"], "us-araf").found
    assert (one.target, one.relation, one.via) == ("us-araf:1.2", "broad", f"{UN}:4")


def test_the_parts_of_a_concept_lead_on_too() -> None:
    found = {(one.target, one.relation, one.via) for one in render([f"{UN}:6"], "us-araf").found}
    assert ("us-araf:3.9", "narrow", f"{UN}:6.2") in found
    assert ("us-araf:3.10", "overlap", f"{UN}:6.4") in found


def test_a_stated_absence_is_not_overruled_by_what_holds_it() -> None:
    rendering = render([f"{UN}:6.8"], "us-araf")
    assert rendering.found == ()
    assert rendering.unmapped[0].stated
    assert "asked nowhere" in rendering.unmapped[0].note


def test_an_indicator_of_a_factor_without_counterpart_has_its_reason() -> None:
    (gap,) = render([f"{UN}:14.3"], "us-araf").unmapped
    assert gap.stated
    assert gap.note == render([f"{UN}:14"], "us-araf").unmapped[0].note


def test_where_nobody_has_said_anything_that_is_said() -> None:
    rendering = render(["us-araf:1.2"], "eu-checklist")
    assert [(gap.concept, gap.stated) for gap in rendering.unmapped] == [("us-araf:1.2", False)]
    assert {gap.concept for gap in rendering.unreached} == {one.id for one in scheme("eu-checklist").tops}


def test_what_is_left_of_the_other_frame_is_named_at_its_top() -> None:
    left = {gap.concept.partition(":")[2] for gap in render([f"{UN}:3"], "eu-checklist").unreached}
    assert left == {"1", "3", "4", "5", "6", "7", "8"}


def test_a_broader_target_is_not_answered_whole() -> None:
    left = {gap.concept for gap in render([f"{UN}:8"], "us-araf").unreached}
    assert "us-araf:4" not in left  # triggers are asked about there
    assert {"us-araf:4.1", "us-araf:4.4"} <= left  # accelerants and preparation too, and nobody has answered


def test_senses_of_terms_are_told_apart() -> None:
    among = {(one.source, one.target): one.relation for one in mappings("terms", "terms")}
    assert among["terms:genocide.convention", "terms:genocide.rome"] == "exact"
    assert among["terms:genocide.convention", "terms:mass-killing.ewp"] == "none"
    assert among["terms:mass-killing.ewp", "terms:genocide.convention"] == "none"
    assert among["terms:one-sided-violence.ucdp", "terms:mass-killing.ewp"] == "narrow"
    assert render(["terms:trigger.framework-2014"], "terms").found[0].target == "terms:trigger.us-araf"


def test_unknown_names_are_refused() -> None:
    with pytest.raises(LexiconError, match="no concept '99'"):
        render([f"{UN}:99"], "us-araf")
    with pytest.raises(LexiconError, match="no scheme is called 'nato'"):
        render([f"{UN}:1"], "nato")
    with pytest.raises(LexiconError, match="no scheme is called 'nato'"):
        mappings("nato", UN)


@given(st.lists(st.sampled_from(ALL), max_size=12), st.sampled_from(OTHERS))
def test_every_concept_is_found_or_left_over_and_never_both(keys: list[str], other: str) -> None:
    rendering = render(keys, other)
    found = {one.concept for one in rendering.found}
    left = [gap.concept for gap in rendering.unmapped]
    assert found | set(left) == set(keys)
    assert not found & set(left)
    assert len(left) == len(set(left))
    reached = {one.target for one in rendering.found}
    assert not reached & {gap.concept for gap in rendering.unreached}


@given(st.lists(st.sampled_from(ALL), max_size=8), st.lists(st.sampled_from(ALL), max_size=8), st.sampled_from(OTHERS))
def test_more_concepts_leave_no_more_over(keys: list[str], more: list[str], other: str) -> None:
    few = {gap.concept for gap in render(keys, other).unreached}
    many = {gap.concept for gap in render(keys + more, other).unreached}
    assert all(gap in few or set(concept(gap).broader) & few for gap in many)


@given(st.permutations(FACTORS[:6]), st.sampled_from(OTHERS))
def test_the_order_of_asking_changes_nothing(keys: list[str], other: str) -> None:
    first, second = render(FACTORS[:6], other), render(keys, other)
    assert set(first.found) == set(second.found)
    assert set(first.unmapped) == set(second.unmapped)
    assert first.unreached == second.unreached
