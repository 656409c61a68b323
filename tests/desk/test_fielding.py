from __future__ import annotations

import pytest
from tests.account_team import Clock
from tests.round_team import CONVENOR, DAY, by, opened

from tocsin.core.errors import AccessError, NotFound, StatementError
from tocsin.core.fielding import Consent, Fate
from tocsin.core.instant import moment
from tocsin.core.register import PersonChanged
from tocsin.core.seeing import Role
from tocsin.desk import field_fates, fielding, making, proposing, releasing
from tocsin.desk.field_rules import same

BASIN = {"tlp": "AMBER", "audience": [["group:basin"]]}
SUDAN = {"type": "place", "id": "SDN"}


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def node(tmp_path, clock, database):
    node = opened(tmp_path, clock, database)
    yield node
    node.store.close()


def passed_on(node, person="bb-one", *, request="", marking=BASIN, more=None, **body):
    whole = {
        "title": "Water point closed",
        "text": "The water point is guarded by armed men.",
        "provenance": "witness",
        "consent": "given",
        "reliability": "B",
        "credibility": "3",
    }
    given = {"body": whole | body, "subject": SUDAN, "marking": marking} | (more or {})
    return fielding.contribute(by(node, person), given, request)


def wish(clock, community="Market women of Bintana", *, marking=BASIN, place="SDN", days=10, **body):
    until = moment(clock() + days * DAY * 1_000_000).date().isoformat()
    whole = {"community": community, "asks": "Who left, and when?", "purpose": "A monthly report.", "until": until}
    return {"body": whole | body, "subject": {"type": "place", "id": place}, "marking": marking}


def used(node, person, id, *, note="", marking=BASIN, cite=True, consent=None):
    """A note made from a contribution."""
    item = {"type": "statement", "reference": id, "reliability": "B", "credibility": "3", "note": note}
    more = {"evidence": [item | ({"consent": consent} if consent else {})]} if cite else {"derived_from": [id]}
    body = {"kind": "note", "title": "Water", "text": "Access to water is being cut."}
    return making.make(by(node, person), {"body": body, "subject": SUDAN, "marking": marking} | more)


def told(node, person, id):
    return field_fates.became(by(node, person), id)


# What became of a contribution --------------------------------------------------------------------------------------


def test_nothing_yet_is_told_as_such_with_the_days_since(node, clock):
    made = passed_on(node)
    assert (told(node, "bb-one", made.id).nothing_yet, told(node, "bb-one", made.id).days) == (True, 0)
    clock.turn(3 * DAY + 5)
    assert told(node, "cc-one", made.id).days == 3


def test_the_contributor_sees_replies_and_uses(node, clock):
    made = passed_on(node)
    clock.turn(60)
    fielding.reply(by(node, "aa-one"), made.id, "used", "It is in our monthly report.")
    use = used(node, "cc-one", made.id)
    found = told(node, "bb-one", made.id)
    assert not found.nothing_yet
    assert [(one.body.fate, one.organisation) for one in found.replies] == [(Fate.USED, "aa")]
    assert [one.id for one in found.uses] == [use.id]


def test_a_use_that_is_not_for_the_contributor_is_nothing_yet_for_them(node):
    made = passed_on(node)
    inside = {"tlp": "AMBER", "audience": [["group:basin"], ["org:aa"]]}
    use = used(node, "aa-one", made.id, marking=inside)
    assert told(node, "bb-one", made.id).nothing_yet
    assert [one.id for one in told(node, "aa-one", made.id).uses] == [use.id]


def test_what_was_released_from_it_is_shown(node):
    made = passed_on(node)
    with node.store.writing() as writer:
        writer.enter(PersonChanged(id="bb-two", roles=frozenset({Role.DESK_OFFICER})), None)
    wanted = {
        "title": "Access to water",
        "text": "Access to water is restricted.",
        "subject": "place:SDN",
        "marking": {"tlp": "GREEN", "audience": [["community"]]},
        "reason": "For the bulletin.",
    }
    proposal = proposing.propose(by(node, CONVENOR), [made.id], wanted)
    releasing.approve(by(node, "bb-two"), proposal.id, made.id, "Agreed.")
    assert told(node, "bb-one", made.id).released == ()
    out = releasing.release(by(node, CONVENOR), proposal.id)
    assert [one.id for one in told(node, "bb-one", made.id).released] == [out.id]


def test_what_became_of_it_stays_with_its_correction(node, clock):
    first = passed_on(node)
    fielding.reply(by(node, "aa-one"), first.id, "received", "Thank you.")
    clock.turn(DAY + 5)
    second = passed_on(node, title="Water point closed since Monday", more={"supersedes": [first.id]})
    found = told(node, "bb-one", second.id)
    assert (len(found.replies), found.days) == (1, 1)
    assert [one.contribution.id for one in field_fates.contributions(by(node, "cc-one")).found] == [second.id]


def test_a_reply_that_was_withdrawn_is_nothing(node):
    made = passed_on(node)
    answer = fielding.reply(by(node, "aa-one"), made.id, "received", "Thank you.")
    making.recall(by(node, "aa-one"), answer.id, "Wrong one.")
    assert told(node, "bb-one", made.id).nothing_yet


def test_an_unattributed_contributor_still_sees_what_became_of_it(node):
    made = passed_on(node, more={"attribution": "non-attributed"})
    fielding.reply(by(node, "cc-one"), made.id, "not used", "We could not confirm it.")
    found = field_fates.contributions(by(node, "bb-one")).found[0]
    assert len(found.replies) == 1
    assert field_fates.mine(by(node, "bb-one"), found.contribution)
    assert not field_fates.mine(by(node, "bb-two"), found.contribution)


# Replies ------------------------------------------------------------------------------------------------------------


def test_only_whoever_may_see_a_contribution_replies_to_it(node):
    made = passed_on(node, marking={"tlp": "AMBER", "audience": [["org:aa", "org:bb"]]})
    with pytest.raises(NotFound):
        fielding.reply(by(node, "cc-one"), made.id, "used", "We used it.")
    with pytest.raises(StatementError, match="no contribution"):
        fielding.reply(by(node, "aa-one"), used(node, "aa-one", passed_on(node).id).id, "used", "We used it.")


def test_a_reply_under_another_marking_is_refused_at_every_door(node):
    made = passed_on(node)
    given = {
        "body": {"kind": "reply", "fate": "received", "text": "Thank you."},
        "subject": {"type": "statement", "id": made.id},
        "marking": {"tlp": "AMBER", "audience": [["group:basin"], ["org:aa"]]},
    }
    with pytest.raises(StatementError, match="marking of its contribution") as refused:
        making.make(by(node, "aa-one"), given)
    assert refused.value.field == "marking"


def test_whoever_used_it_says_who_they_are(node):
    made = passed_on(node)
    with pytest.raises(StatementError, match="says who they are"):
        fielding.reply(by(node, "aa-one"), made.id, "used", "It was used.", attribution="non-attributed")
    fielding.reply(by(node, "aa-one"), made.id, "not used", "It was not.", attribution="non-attributed")


def test_a_reader_does_not_contribute_or_reply(node):
    made = passed_on(node)
    with node.store.writing() as writer:
        writer.enter(PersonChanged(id="aa-one", roles=frozenset({Role.READER})), None)
    with pytest.raises(AccessError):
        passed_on(node, "aa-one")
    with pytest.raises(AccessError):
        fielding.reply(by(node, "aa-one"), made.id, "received", "Thank you.")


def test_a_contributor_outside_the_audience_is_refused(node):
    with pytest.raises(StatementError, match="nobody could tell you") as refused:
        passed_on(node, marking={"tlp": "AMBER", "audience": [["org:aa"]]})
    assert refused.value.field == "marking.audience"


# Consent ------------------------------------------------------------------------------------------------------------

LIMITED = {"consent": "given for this use only", "consent_note": "The monthly report."}


@pytest.mark.parametrize(
    ("person", "note", "cite", "allowed"),
    [
        ("aa-one", "", True, False),
        ("aa-one", "", False, False),
        ("aa-one", "We think it is fine.", True, False),
        ("aa-one", "As agreed:", True, False),
        ("aa-one", "As agreed: the monthly report of January.", True, True),
        ("bb-two", "", False, True),
    ],
)
def test_what_was_given_for_one_use_is_used_by_its_organisation_or_as_agreed(node, person, note, cite, allowed):
    made = passed_on(node, **LIMITED)
    if allowed:
        assert used(node, person, made.id, note=note, cite=cite).derived_from == (made.id,)
        return
    with pytest.raises(StatementError, match="one use only: The monthly report") as refused:
        used(node, person, made.id, note=note, cite=cite)
    assert refused.value.field == ("evidence" if cite else "derived_from")


def test_a_colleague_of_an_unattributed_contributor_is_like_anybody_else(node):
    made = passed_on(node, **LIMITED, more={"attribution": "non-attributed"})
    with pytest.raises(StatementError, match="one use only"):
        used(node, "bb-two", made.id)
    assert used(node, "bb-one", made.id)


def test_where_nobody_was_asked_nothing_less_restricted_is_released(node):
    made = passed_on(node, "aa-one", consent="not asked")
    wanted = {
        "title": "Water",
        "text": "Access to water is restricted.",
        "subject": "place:SDN",
        "marking": {"tlp": "GREEN", "audience": [["community"]]},
        "reason": "For the bulletin.",
    }
    with pytest.raises(StatementError, match="were not asked"):
        proposing.propose(by(node, CONVENOR), [made.id], wanted)
    with pytest.raises(StatementError, match="looser"):
        used(node, "cc-one", made.id, marking={"tlp": "GREEN", "audience": [["community"]]})
    use = used(node, "cc-one", made.id)
    assert field_fates.unasked(by(node, "cc-one"), use.derived_from) == {made.id: Consent.NOT_ASKED}


def test_consent_that_was_given_is_not_flagged_and_none_is_told_of_what_is_hidden(node):
    open_ = passed_on(node)
    hidden = passed_on(node, consent="not asked", marking={"tlp": "AMBER", "audience": [["org:bb"]]})
    assert field_fates.unasked(by(node, "cc-one"), [open_.id, hidden.id]) == {}


RELEASE = {
    "title": "Water",
    "text": "Access to water is restricted.",
    "subject": "place:SDN",
    "marking": {"tlp": "GREEN", "audience": [["community"]]},
    "reason": "For the bulletin.",
}


def test_what_was_given_for_one_use_binds_whoever_uses_a_text_that_rests_on_it(node):
    made = passed_on(node, **LIMITED)
    first = used(node, "aa-one", made.id, note="As agreed: the monthly report of January.")
    with pytest.raises(StatementError, match="one use only: The monthly report") as refused:
        used(node, "cc-one", first.id)
    assert first.id in refused.value.remedy
    second = used(node, "cc-one", first.id, note="As agreed: our part of the monthly report.")
    with pytest.raises(StatementError, match="one use only"):
        used(node, "aa-one", second.id, cite=False)
    with pytest.raises(StatementError, match="one use only"):
        proposing.propose(by(node, CONVENOR), [second.id], RELEASE)
    assert used(node, "bb-one", second.id)


def test_a_correction_without_its_sources_still_rests_on_what_was_given_for_one_use(node, clock):
    made = passed_on(node, **LIMITED)
    first = used(node, "aa-one", made.id, note="As agreed: the monthly report of January.")
    clock.turn(60)
    body = {"kind": "note", "title": "Water", "text": "Access to water is cut."}
    given = {"body": body, "subject": SUDAN, "marking": BASIN, "supersedes": [first.id]}
    bare = making.make(by(node, "aa-one"), given)
    with pytest.raises(StatementError, match="one use only"):
        used(node, "cc-one", bare.id)


def test_where_nobody_was_asked_nothing_is_released_at_any_remove_until_they_are(node, clock):
    made = passed_on(node, "aa-one", consent="not asked")
    second = used(node, "aa-one", used(node, "bb-one", made.id).id)
    with pytest.raises(StatementError, match="were not asked") as refused:
        proposing.propose(by(node, CONVENOR), [second.id], RELEASE)
    assert made.id in refused.value.what
    assert field_fates.unasked(by(node, "aa-one"), [second.id]) == {second.id: Consent.NOT_ASKED}
    clock.turn(60)
    passed_on(node, "aa-one", consent="given", more={"supersedes": [made.id]})
    assert field_fates.unasked(by(node, "aa-one"), [second.id]) == {}
    assert proposing.propose(by(node, CONVENOR), [second.id], RELEASE)


def test_what_was_released_is_free_of_what_it_was_drafted_from(node, clock):
    made = passed_on(node, **LIMITED)
    with node.store.writing() as writer:
        writer.enter(PersonChanged(id="bb-two", roles=frozenset({Role.DESK_OFFICER})), None)
    proposal = proposing.propose(by(node, "bb-two"), [made.id], RELEASE)
    releasing.approve(by(node, "bb-two"), proposal.id, made.id, "They agreed to this.")
    out = releasing.release(by(node, "bb-two"), proposal.id)
    assert used(node, "cc-one", out.id)


@pytest.mark.parametrize("note", ["as agreed: .", "As agreed: - 2027", "as agreed: \u2026"])
def test_marks_alone_do_not_say_what_was_agreed(node, note):
    made = passed_on(node, **LIMITED)
    with pytest.raises(StatementError, match="one use only"):
        used(node, "aa-one", made.id, note=note)


def test_evidence_does_not_claim_another_consent_than_its_contributor_gave(node):
    made = passed_on(node, consent="not asked")
    with pytest.raises(StatementError, match="its contributor says 'not asked'"):
        used(node, "cc-one", made.id, consent="given")
    assert used(node, "cc-one", made.id, consent="not asked")


# Places -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tlp", ["GREEN", "CLEAR"])
@pytest.mark.parametrize("precision", ["district", "settlement", "site"])
def test_a_place_finer_than_a_district_does_not_go_wide(node, tlp, precision):
    wide = {"tlp": tlp, "audience": [["community" if tlp == "GREEN" else "everyone"]]}
    if precision == "district":
        assert passed_on(node, marking=wide, precision=precision, within="Bintana")
        return
    with pytest.raises(StatementError, match="could lead to the source") as refused:
        passed_on(node, marking=wide, precision=precision, within="Bintana")
    assert refused.value.field == "body.precision"
    assert passed_on(node, precision=precision, within="Bintana")


# Requests -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "alike"),
    [
        ("Market women of Bintana", "market WOMEN, Bintana", True),
        ("Women of Bintana", "Market women of Bintana", True),
        ("Farmers of Côte", "farmer, cote", True),
        ("Teachers of Bintana", "Women of Bintana", False),
        ("Youth of Bintana", "Youth of Karsala", False),
        ("مزارعو بنتانا", "مزارعو بنتانا", True),
        ("The of", "Women", False),
        ("!", "!", False),
    ],
)
def test_communities_are_alike_by_their_words(first, second, alike):
    assert same(first, second) is alike
    assert same(second, first) is alike


def test_a_second_request_is_refused_until_it_says_why(node, clock):
    first = fielding.request(by(node, "aa-one"), wish(clock))
    again = wish(clock, "Women, Bintana")
    assert [one.id for one in fielding.check_request(by(node, "bb-one"), again).alike] == [first.id]
    with pytest.raises(StatementError, match=first.id) as refused:
        fielding.request(by(node, "bb-one"), again)
    assert refused.value.field == "body.instead"
    second = fielding.request(by(node, "bb-one"), wish(clock, "Women, Bintana", instead="We ask of health alone."))
    rows = {one.view.id: one.alike for one in fielding.register(by(node, "cc-one"))}
    assert rows == {first.id: (second.id,), second.id: (first.id,)}


def test_a_request_that_may_not_be_seen_is_not_hinted_at(node, clock):
    fielding.request(by(node, "aa-one"), wish(clock, marking={"tlp": "AMBER", "audience": [["org:aa"]]}))
    assert fielding.check_request(by(node, "bb-one"), wish(clock)).alike == ()
    fielding.request(by(node, "bb-one"), wish(clock))
    assert [one.alike for one in fielding.register(by(node, "bb-one"))] == [()]


def test_what_is_over_or_elsewhere_or_withdrawn_is_no_duplicate(node, clock):
    first = fielding.request(by(node, "aa-one"), wish(clock, days=2))
    assert fielding.check_request(by(node, "bb-one"), wish(clock, place="TCD")).alike == ()
    clock.turn(2 * DAY)
    assert len(fielding.check_request(by(node, "bb-one"), wish(clock)).alike) == 1
    clock.turn(DAY)
    assert fielding.check_request(by(node, "bb-one"), wish(clock)).alike == ()
    assert fielding.register(by(node, "bb-one")) == ()
    third = fielding.request(by(node, "aa-one"), wish(clock))
    making.recall(by(node, "aa-one"), third.id, "Not needed.")
    assert fielding.check_request(by(node, "bb-one"), wish(clock)).alike == ()
    with pytest.raises(StatementError, match="is over"):
        fielding.request(by(node, "aa-one"), wish(clock, days=-1))
    assert first.id != third.id


def test_a_request_may_be_corrected_without_being_its_own_duplicate(node, clock):
    first = fielding.request(by(node, "aa-one"), wish(clock))
    longer = wish(clock, days=20) | {"supersedes": [first.id]}
    assert fielding.check_request(by(node, "aa-one"), longer).alike == ()
    second = fielding.request(by(node, "aa-one"), longer)
    assert [one.view.id for one in fielding.register(by(node, "bb-one"), "place:SDN")] == [second.id]


def test_an_answer_is_as_strict_as_the_request_and_counted_with_it(node, clock):
    asked = fielding.request(by(node, "aa-one"), wish(clock))
    ours = {"tlp": "GREEN", "audience": [["org:bb"]]}
    made = passed_on(node, request=asked.id, marking=ours)
    assert made.head.marking.label == "TLP:AMBER"
    assert made.head.marking.audience.root == (("group:basin",), ("org:bb",))
    assert [one.id for one in told(node, "bb-one", made.id).answers] == [asked.id]
    assert [one.answers for one in fielding.register(by(node, "bb-one"))] == [1]
    assert [one.answers for one in fielding.register(by(node, "aa-one"))] == [0]


def test_an_answer_does_not_tell_those_who_may_not_see_the_request_that_there_is_one(node, clock):
    asked = fielding.request(by(node, "aa-one"), wish(clock))
    made = passed_on(node, request=asked.id)
    assert asked.id not in made.open_part.decode()


def test_an_answer_names_a_request_that_the_contributor_may_see(node, clock):
    closed = fielding.request(by(node, "aa-one"), wish(clock, marking={"tlp": "AMBER", "audience": [["org:aa"]]}))
    with pytest.raises(NotFound):
        passed_on(node, request=closed.id)
    with pytest.raises(StatementError, match="answers a request"):
        passed_on(node, request=passed_on(node).id)


def test_whoever_passed_it_on_may_say_what_they_did_with_it(node):
    made = passed_on(node)
    fielding.reply(by(node, made.person), made.id, "passed on", "To the envoy.")
    assert field_fates.became(by(node, made.person), made.id).replies
