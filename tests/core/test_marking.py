from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tocsin.core.marking import COMMUNITY, EVERYONE, TLP, Audience, Caveat, Marking, misfit, strictest

TOKENS = ("org:aa", "org:bb", "group:sahel", "group:lakes", "person:p1", "person:p2", COMMUNITY, EVERYONE)
clauses = st.lists(st.sampled_from(TOKENS), max_size=3).map(tuple)
audiences = st.lists(clauses, max_size=3).map(lambda some: Audience(tuple(some)))


@st.composite
def markings(draw):
    audience = draw(audiences)
    fitting = [label for label in TLP if not misfit(label, audience)]
    return Marking(
        tlp=draw(st.sampled_from(fitting)), caveats=draw(st.frozensets(st.sampled_from(Caveat))), audience=audience
    )


def holders(audience: Audience) -> set[frozenset[str]]:
    """Every set of names that somebody could bear and be let in by: the meaning of an audience, spelled out."""
    named = [token for token in TOKENS if token not in (COMMUNITY, EVERYONE)]
    everybody = [
        frozenset({EVERYONE, *([COMMUNITY] if account else []), *(n for i, n in enumerate(named) if bits >> i & 1)})
        for bits in range(2 ** len(named))
        for account in (True, False)
        if account or not bits  # whoever is in an organisation or a group has an account
    ]
    if not audience.root:
        return set()
    return {who for who in everybody if all(who & set(clause) for clause in audience.root)}


@given(audiences)
def test_the_normal_form_keeps_the_meaning_and_is_found_again(audience):
    assert Audience(audience.root) == audience
    assert Audience.model_validate_json(audience.model_dump_json()) == audience


@given(st.lists(clauses, max_size=3))
def test_writing_an_audience_otherwise_lets_in_the_same_people(written):
    audience = Audience(tuple(written))
    raw = [set(clause) for clause in written]
    for who in holders(Audience.of(EVERYONE)):
        let_in = bool(raw) and all(who & clause for clause in raw)
        assert (who in holders(audience)) == let_in


@given(audiences, audiences)
def test_joining_lets_in_exactly_those_whom_both_let_in(one, other):
    assert holders(one.join(other)) == holders(one) & holders(other)


@given(audiences, audiences)
def test_within_is_exactly_fewer_people(one, other):
    assert one.within(other) == (holders(one) <= holders(other))


@given(markings(), markings(), markings())
def test_markings_join_as_a_semilattice(a, b, c):
    assert a.join(a) == a
    assert a.join(b) == b.join(a)
    assert a.join(b.join(c)) == a.join(b).join(c)
    assert strictest(a, b, c) == a.join(b).join(c)


@given(markings(), markings())
def test_a_join_never_loosens_and_is_the_least_that_does_not(a, b):
    joined = a.join(b)
    assert joined.at_least_as_strict_as(a)
    assert joined.at_least_as_strict_as(b)
    assert a.at_least_as_strict_as(b) == (a.join(b) == a)


@given(markings(), markings())
def test_looser_says_in_words_what_the_order_says(a, b):
    assert bool(a.looser_than(b)) != a.at_least_as_strict_as(b)


def test_labels_have_the_exact_wording_and_order():
    assert [label.label for label in TLP] == ["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"]
    assert [label.rank for label in TLP] == [0, 1, 2, 3, 4]
    assert [label.colour for label in TLP] == ["#FFFFFF", "#33FF00", "#FFC000", "#FFC000", "#FF2B2B"]


@pytest.mark.parametrize(
    ("label", "audience", "why"),
    [
        ("GREEN", [["everyone"]], "stays in the community"),
        ("AMBER", [["community"]], "named organisations"),
        ("AMBER+STRICT", [["org:aa", "everyone"]], "named organisations"),
        ("RED", [["org:aa", "person:p1"]], "named persons only"),
    ],
)
def test_an_audience_too_wide_for_its_label_is_refused_with_the_remedy(label, audience, why):
    with pytest.raises(ValidationError, match=why):
        Marking.model_validate({"tlp": label, "audience": audience})


@pytest.mark.parametrize("label", list(TLP))
def test_nobody_is_an_audience_for_every_label(label):
    assert Marking(tlp=label, audience=Audience.nobody()).audience.root == ()
    assert Marking(tlp=label, audience=Audience((("org:aa",), ()))).audience == Audience.nobody()


@pytest.mark.parametrize("token", ["org:", "org:AA", "group:a b", "person:../x", "anyone", "org:aa\n", "ORG:aa", ""])
def test_a_name_that_is_none_is_refused(token):
    with pytest.raises(ValidationError, match="names nobody"):
        Audience.of(token)


@given(st.lists(markings(), min_size=1, max_size=5))
def test_the_join_of_many_is_the_join_of_one_after_the_other(several):
    assert strictest(*several) == reduce(Marking.join, several)
