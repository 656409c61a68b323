from tocsin.core.instant import NEVER
from tocsin.core.marking import Marking
from tocsin.core.register import (
    BackFilled,
    GroupAdded,
    MemberJoined,
    MemberLeft,
    OrganisationAdded,
    PersonAdded,
    PersonChanged,
    Register,
)
from tocsin.core.seeing import Affiliation, Role

ENTRIES = [
    OrganisationAdded(id="aa", name="A"),
    OrganisationAdded(id="bb", name="B"),
    OrganisationAdded(id="cc", name="C"),
    PersonAdded(id="ada", name="Ada", organisation="aa", roles={Role.ANALYST}, email="ada@aa.example"),
    PersonAdded(id="ben", name="Ben", organisation="bb"),
    PersonAdded(id="bea", name="Bea", organisation="bb", affiliation=Affiliation.CLIENT),
    PersonAdded(id="cem", name="Cem", organisation="cc"),
    GroupAdded(id="g", name="G", keeper="aa"),
    MemberJoined(group="g", organisation="aa", since=10),
    MemberJoined(group="g", organisation="bb", since=20),
]
REGISTER = Register.fold(ENTRIES)


def after(*entries):
    return Register.fold(entries, REGISTER)


def known(register, person, at):
    return register.known_to(register.actor(person, at), at)


def test_folding_in_parts_is_folding_at_once():
    assert Register.fold(ENTRIES[5:], Register.fold(ENTRIES[:5])) == REGISTER


def test_a_member_is_one_from_its_joining_to_before_its_leaving():
    group = after(MemberLeft(group="g", organisation="bb", until=30)).groups["g"]

    assert [("bb" in group.members(at)) for at in (19, 20, 29, 30)] == [False, True, True, False]
    assert [("bb" in group.expected(at)) for at in (19, 20)] == [True, False]


def test_a_stay_called_off_before_it_begins_never_was_to_be():
    group = after(MemberLeft(group="g", organisation="bb", until=20)).groups["g"]

    assert not any("bb" in group.members(at) or "bb" in group.expected(at) for at in (0, 19, 20, 21, NEVER - 1))


def test_a_back_fill_opens_the_latest_stay_only():
    register = after(
        MemberLeft(group="g", organisation="bb", until=30),
        MemberJoined(group="g", organisation="bb", since=40),
        BackFilled(group="g", organisation="bb", opened=5),
    )

    assert [spell.opened for spell in register.groups["g"].spells if spell.organisation == "bb"] == [20, 5]


def test_nobody_knows_of_a_group_to_which_they_are_no_party():
    assert set(known(REGISTER, "ada", 15).groups) == {"g"}
    assert set(known(REGISTER, "ben", 15).groups) == {"g"}
    assert not known(REGISTER, "cem", 15).groups
    left = after(MemberLeft(group="g", organisation="bb", until=30))
    assert not known(left, "ben", 30).groups


def test_a_keeper_that_is_no_member_knows_its_group_and_is_known_in_it():
    register = after(MemberLeft(group="g", organisation="aa", until=30))

    assert set(known(register, "ada", 40).persons) == {"ada", "ben", "bea"}
    assert "ada" in known(register, "ben", 40).persons
    assert [spell.organisation for spell in known(register, "ada", 40).groups["g"].spells] == ["aa", "bb"]
    assert [spell.organisation for spell in known(register, "ben", 40).groups["g"].spells] == ["bb"]


def test_of_others_no_role_and_no_email_is_known():
    ada = known(REGISTER, "ben", 25).persons["ada"]

    assert (ada.name, ada.organisation, ada.roles, ada.email) == ("Ada", "aa", frozenset(), "")
    assert known(REGISTER, "ada", 25).persons["ada"].email == "ada@aa.example"


def test_who_has_no_account_or_a_closed_one_knows_nothing():
    closed = after(PersonChanged(id="ada", active=False))

    assert known(closed, "ada", 25) == Register()
    assert known(REGISTER, "nobody", 25) == Register()
    assert "ada" not in known(closed, "ben", 25).persons


def test_what_is_known_is_never_more_than_what_is():
    for person in REGISTER.persons:
        for at in (0, 15, 25):
            found = known(REGISTER, person, at)
            assert set(found.persons) <= set(REGISTER.persons)
            assert all(set(group.spells) <= set(REGISTER.groups[id].spells) for id, group in found.groups.items())


def test_a_preview_counts_all_and_names_those_who_are_known():
    marking = Marking.model_validate({"tlp": "AMBER", "audience": [["org:aa", "org:cc"]]})
    told = REGISTER.preview(marking, 25)

    assert told.persons == ("ada", "cem")
    named = told.naming(known(REGISTER, "ben", 25).persons)
    assert (named.persons, named.organisations) == (("ada",), {"aa": 1, "cc": 1})


def test_a_preview_tells_who_sees_it_only_by_a_later_back_fill():
    marking = Marking.model_validate({"tlp": "AMBER", "audience": [["group:g"]]})

    assert (REGISTER.preview(marking, 15).organisations, REGISTER.preview(marking, 15).later) == ({"aa": 1}, {"bb": 2})
    assert (REGISTER.preview(marking, 25).organisations, REGISTER.preview(marking, 25).later) == (
        {"aa": 1, "bb": 2},
        {},
    )
