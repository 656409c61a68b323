from dataclasses import dataclass, replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.core.test_marking import markings
from tocsin.core.marking import Caveat, Marking
from tocsin.core.seeing import Actor, Affiliation, Role, may_see

NOW = 100


@dataclass(frozen=True)
class Stated:
    marking: Marking
    person: str | None = "author"
    organisation: str = "oo"
    opened_at: int = NOW
    recalled: bool = False
    attributed: bool = True


def marked(tlp: str, *clauses: tuple[str, ...], caveats: tuple[str, ...] = ()) -> Marking:
    return Marking.model_validate({"tlp": tlp, "audience": clauses, "caveats": caveats})


ANNA = Actor("anna", "aa", groups={"sahel": 50})


@pytest.mark.parametrize(
    ("marking", "allowed"),
    [
        (marked("CLEAR", ("everyone",)), True),
        (marked("GREEN", ("community",)), True),
        (marked("AMBER", ("org:aa",)), True),
        (marked("AMBER", ("org:bb",)), False),
        (marked("AMBER", ("group:sahel",)), True),
        (marked("AMBER", ("group:lakes", "org:bb")), False),
        (marked("AMBER", ("group:sahel",), ("org:bb",)), False),
        (marked("AMBER", ("group:sahel",), ("org:aa",)), True),
        (marked("RED", ("person:anna",)), True),
        (marked("RED", ("person:bert",)), False),
        (marked("RED", ("person:anna",), ("org:bb",)), False),
        (marked("RED"), False),
        (marked("CLEAR"), False),
    ],
)
def test_only_the_audience_sees(marking, allowed):
    assert may_see(ANNA, Stated(marking)).allow is allowed


def test_a_new_member_sees_what_came_before_only_by_a_back_fill():
    older = Stated(marked("AMBER", ("group:sahel",)), opened_at=49)
    assert may_see(ANNA, older).reason == "it is older than their membership and was not back-filled"
    assert may_see(replace(ANNA, groups={"sahel": 40}), older).allow


def test_naming_the_organisation_too_opens_older_statements():
    both = marked("AMBER", ("group:sahel", "org:aa"))
    assert may_see(ANNA, Stated(both, opened_at=1)).allow


def test_amber_strict_stops_at_the_organisation_and_amber_reaches_its_clients():
    client = replace(ANNA, affiliation=Affiliation.CLIENT)
    assert may_see(client, Stated(marked("AMBER", ("org:aa",)))).allow
    assert not may_see(client, Stated(marked("AMBER+STRICT", ("org:aa",)))).allow
    assert not may_see(client, Stated(marked("AMBER+STRICT", ("group:sahel",)))).allow
    assert may_see(client, Stated(marked("AMBER+STRICT", ("person:anna",)))).allow


@pytest.mark.parametrize("role", list(Role))
def test_no_role_opens_anything(role):
    assert not may_see(replace(ANNA, roles=frozenset({role})), Stated(marked("AMBER", ("org:bb",)))).allow


def test_an_author_sees_their_own_even_when_nobody_else_does():
    own = Stated(marked("RED"), person="anna", organisation="aa", recalled=True)
    assert may_see(ANNA, own).allow
    assert not may_see(replace(ANNA, organisation="bb"), own).allow


def test_what_is_recalled_stays_with_its_originator():
    recalled = Stated(marked("AMBER", ("org:aa", "org:oo")), recalled=True)
    assert not may_see(ANNA, recalled).allow
    assert may_see(Actor("otto", "oo"), recalled).allow
    assert not may_see(Actor("olga", "oo", affiliation=Affiliation.CLIENT), recalled).allow
    # A colleague who still saw it would learn that it came from their own organisation.
    assert not may_see(Actor("otto", "oo"), replace(recalled, attributed=False)).allow
    assert may_see(Actor("author", "oo"), replace(recalled, attributed=False)).allow


def test_a_closed_account_sees_nothing():
    assert not may_see(replace(ANNA, active=False), Stated(marked("CLEAR", ("everyone",)))).allow


def test_exercise_and_real_do_not_cross():
    real, exercise = marked("CLEAR", ("everyone",)), marked("CLEAR", ("everyone",), caveats=(Caveat.EXERCISE,))
    assert not may_see(ANNA, Stated(exercise)).allow
    assert not may_see(replace(ANNA, world="exercise"), Stated(real)).allow
    assert may_see(replace(ANNA, world="exercise"), Stated(exercise)).allow


actors = st.builds(
    Actor,
    person=st.sampled_from(["p1", "p2", "author"]),
    organisation=st.sampled_from(["aa", "bb", "oo", ""]),
    affiliation=st.sampled_from(Affiliation),
    roles=st.frozensets(st.sampled_from(Role)),
    groups=st.dictionaries(st.sampled_from(["sahel", "lakes"]), st.integers(0, 200)),
    active=st.booleans(),
    world=st.sampled_from(["real", "exercise"]),
)
stated = st.builds(
    Stated,
    marking=markings(),
    person=st.sampled_from(["author", None]),
    organisation=st.sampled_from(["oo", "aa"]),
    opened_at=st.integers(0, 200),
    recalled=st.booleans(),
)


@given(actors, stated, markings())
def test_what_is_made_from_a_statement_is_seen_by_nobody_who_may_not_see_that(actor, source, other):
    # A store holds statements of one world only.
    assume((Caveat.EXERCISE in source.marking.caveats) == (Caveat.EXERCISE in other.caveats))
    derived = replace(source, marking=source.marking.join(other), person="somebody else")
    if may_see(actor, derived).allow:
        assert may_see(actor, replace(source, person="somebody else")).allow


@given(actors, stated)
def test_every_question_gets_an_answer_with_a_reason(actor, statement):
    verdict = may_see(actor, statement)
    assert verdict.reason
    assert verdict == may_see(actor, statement)
