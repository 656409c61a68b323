from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.account_team import Clock
from tests.foreseen_team import BASIN, CLEAR, GREEN, OWN, a_moment, day
from tests.round_team import CONVENOR, DAY, by, opened

from tocsin.core.errors import AccessError, NotFound, StatementError
from tocsin.core.register import MemberLeft, PersonChanged
from tocsin.core.seeing import Role
from tocsin.core.statement import digest
from tocsin.desk import making
from tocsin.desk.horizon import calendar, feeds
from tocsin.interfaces.feeds.atom import atom
from tocsin.interfaces.feeds.ics import ics

RED = {"tlp": "RED", "audience": [["person:bb-one", "person:aa-one"]]}
STRICT = {"tlp": "AMBER+STRICT", "audience": [["org:aa", "org:bb"]]}


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def node(tmp_path, clock, database):
    node = opened(tmp_path, clock, database)
    yield node
    node.store.close()


def put(node, person, marking, title, when):
    return calendar.put(by(node, person), a_moment(marking=marking, title=title, when=when.isoformat()))


def titles(node, secret):
    return sorted(one.body.title for one in feeds.fetch(node, secret, "ics").items)


def lines(node, act):
    with node.store.reading() as reader:
        asked = "SELECT objects, detail FROM audit WHERE act = :act ORDER BY seq"
        from sqlalchemy import text

        return [tuple(row) for row in reader.connection.execute(text(asked), {"act": act})]


def test_a_feed_holds_what_its_owner_sees_up_to_its_ceiling(node, clock):
    for name, marking in (("clear", CLEAR), ("green", GREEN), ("amber", BASIN), ("strict", STRICT), ("red", RED)):
        put(node, "aa-one", marking, name, day(clock, 10))
    put(node, "aa-one", OWN, "of another organisation", day(clock, 10))
    secrets = {label: feeds.new(by(node, "bb-one"), "Phone", label)[0] for label in ("CLEAR", "GREEN", "AMBER")}
    assert {label: titles(node, secret) for label, secret in secrets.items()} == {
        "CLEAR": ["clear"],
        "GREEN": ["clear", "green"],
        "AMBER": ["amber", "clear", "green"],
    }


@pytest.mark.parametrize("label", ["RED", "AMBER+STRICT", "PINK", ""])
def test_a_feed_does_not_go_above_amber(node, label):
    with pytest.raises(StatementError, match="up to TLP:AMBER"):
        feeds.new(by(node, "bb-one"), "Phone", label)


def test_what_is_under_its_originators_control_is_in_nobody_elses_feed(node, clock):
    controlled = BASIN | {"caveats": ["ORIGINATOR CONTROL"]}
    put(node, "aa-one", controlled, "controlled", day(clock, 10))
    mine, _ = feeds.new(by(node, "aa-one"), "Phone", "AMBER")
    theirs, _ = feeds.new(by(node, "bb-one"), "Phone", "AMBER")
    assert (titles(node, mine), titles(node, theirs)) == (["controlled"], [])


def test_the_secret_is_not_kept(node):
    secret, made = feeds.new(by(node, "bb-one"), "Phone", "GREEN")
    with node.store.reading() as reader:
        (row,) = reader.connection.exec_driver_sql("SELECT * FROM feed").all()
    assert secret not in str(row)
    assert digest(secret.encode()) in row
    assert made.id in row


def test_a_feed_that_was_revoked_has_run_out_or_never_was_reads_alike(node, clock):
    revoked, made = feeds.new(by(node, "bb-one"), "Phone", "GREEN")
    feeds.revoke(by(node, "bb-one"), made.id)
    short, _ = feeds.new(by(node, "bb-one"), "Phone", "GREEN", days=1)
    clock.turn(DAY + 1)
    told = set()
    for secret in (revoked, short, "tocsin_feed_nobody", ""):
        with pytest.raises(NotFound) as refused:
            feeds.fetch(node, secret, "ics")
        told.add(str(refused.value))
    assert len(told) == 1
    assert [one.state for one in feeds.listed(by(node, "bb-one"))] == ["expired", "revoked"]


def test_nobody_revokes_another_persons_feed(node):
    _, made = feeds.new(by(node, "bb-one"), "Phone", "GREEN")
    with pytest.raises(NotFound):
        feeds.revoke(by(node, "bb-two"), made.id)


def test_a_closed_account_has_no_feeds_and_none_when_it_is_opened_again(node):
    secret, _ = feeds.new(by(node, "bb-one"), "Phone", "GREEN")
    for active in (False, True):
        with node.store.writing() as writer:
            writer.enter(PersonChanged(id="bb-one", active=active), None)
        with pytest.raises(NotFound):
            feeds.fetch(node, secret, "ics")


def test_whoever_left_a_group_loses_its_moments_from_the_feed_they_had(node, clock):
    put(node, "aa-one", BASIN, "of the group", day(clock, 10))
    secret, _ = feeds.new(by(node, "bb-one"), "Phone", "AMBER")
    assert titles(node, secret) == ["of the group"]
    with node.store.writing() as writer:
        writer.enter(MemberLeft(group="basin", organisation="bb", until=clock()), None)
    assert titles(node, secret) == []


def test_a_token_that_may_only_read_makes_no_feed(node):
    visit = node.visit("bb-one", "cli", frozenset({Role.READER}))
    with pytest.raises(AccessError, match="outlive"):
        feeds.new(visit, "Phone", "GREEN")


def test_every_fetch_goes_on_record_with_what_is_above_green_in_it(node, clock):
    made = put(node, "aa-one", BASIN, "amber", day(clock, 10))
    open_ = put(node, "aa-one", GREEN, "green", day(clock, 10))
    secret, feed = feeds.new(by(node, "bb-one"), "Phone", "AMBER")
    feeds.fetch(node, secret, "ics")
    feeds.fetch(node, secret, "atom")
    fetched = lines(node, "fetched a feed")
    assert [feed.id in detail and form in detail for (_, detail), form in zip(fetched, ("ics", "atom"), strict=True)]
    exported = [objects for objects, _ in lines(node, "exported")]
    assert [(made.id in objects, open_.id in objects) for objects in exported] == [(True, False)] * 2
    assert secret not in str(fetched)


def test_what_was_recalled_is_gone_and_does_not_bring_back_what_it_had_replaced(node, clock):
    made = put(node, "aa-one", GREEN, "green", day(clock, 10))
    secret, _ = feeds.new(by(node, "bb-one"), "Phone", "GREEN")
    moved = calendar.move(by(node, "aa-one"), made.id, {"when": day(clock, 20).isoformat()})
    making.recall(by(node, "aa-one"), moved.id, "It named a source.")
    assert titles(node, secret) == []


def test_a_stricter_version_leaves_the_older_one_standing_and_tells_nothing(node, clock):
    made = put(node, "aa-one", GREEN, "green", day(clock, 10))
    secret, _ = feeds.new(by(node, "bb-one"), "Phone", "GREEN")
    before = ics(feeds.fetch(node, secret, "ics"))
    given = calendar.moved_given(by(node, "aa-one"), made.id, {"when": day(clock, 20).isoformat()})
    making.make(by(node, "aa-one"), given | {"marking": BASIN})
    assert ics(feeds.fetch(node, secret, "ics")) == before


def test_a_move_is_told_once_under_the_same_name(node, clock):
    made = put(node, "aa-one", GREEN, "green", day(clock, 10))
    secret, _ = feeds.new(by(node, "bb-one"), "Phone", "GREEN")
    (before,) = feeds.fetch(node, secret, "ics").items
    clock.turn(60)
    calendar.move(by(node, "aa-one"), made.id, {"when": day(clock, 20).isoformat()})
    (after,) = feeds.fetch(node, secret, "ics").items
    assert (after.uid, after.version, before.version) == (before.uid, 1, 0)
    assert after.changed > before.changed
    assert feeds.fetch(node, secret, "ics").items == (after,)


def test_what_has_long_been_over_is_not_in_a_feed(node, clock):
    put(node, "aa-one", GREEN, "long ago", day(clock, -40))
    put(node, "aa-one", GREEN, "last week", day(clock, -7))
    secret, _ = feeds.new(by(node, "bb-one"), "Phone", "GREEN")
    assert titles(node, secret) == ["last week"]


def test_a_feed_of_one_place_holds_that_place_alone(node, clock):
    for place in ("SDN", "MLI"):
        calendar.put(by(node, "aa-one"), a_moment(place, GREEN, title=place, when=day(clock, 10).isoformat()))
    secret, _ = feeds.new(by(node, "bb-one"), "Phone", "GREEN", subject="place:MLI")
    assert titles(node, secret) == ["MLI"]


def test_there_are_only_so_many_feeds(node):
    for _ in range(feeds.MOST_FEEDS):
        feeds.new(by(node, "bb-one"), "Phone", "GREEN")
    with pytest.raises(StatementError, match="nobody has more"):
        feeds.new(by(node, "bb-one"), "Phone", "GREEN")


MARKINGS = st.sampled_from([CLEAR, GREEN, BASIN, OWN, STRICT, RED])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(MARKINGS, st.sampled_from(["aa-one", CONVENOR]), st.booleans()), min_size=1, max_size=5))
def test_what_is_above_a_ceiling_changes_not_a_byte(tmp_path_factory, hidden):
    """With and without what a feed may not show, the files are the same: not even a busy block."""
    made = []
    for with_hidden in (False, True):
        clock = Clock()
        node = opened(tmp_path_factory.mktemp("node"), clock)
        try:
            shown = put(node, "aa-one", GREEN, "shown", day(clock, 10))
            secret, _ = feeds.new(by(node, "cc-one"), "Phone", "GREEN")
            if with_hidden:
                for number, (marking, person, replaces) in enumerate(hidden):
                    if marking in (CLEAR, GREEN):
                        continue
                    given = a_moment(marking=marking, title=f"hidden {number}", when=day(clock, 5).isoformat())
                    making.make(
                        by(node, person),
                        given
                        | {"body": given["body"] | {"kind": "moment"}}
                        | ({"supersedes": [shown.id]} if replaces and person == "aa-one" else {}),
                    )
            clock.turn(60)
            found = feeds.fetch(node, secret, "ics")
            texts = [ics(found).decode(), atom(found).decode()]
            # The identity of the moment that is shown is drawn anew in each world.
            made.append(
                [
                    text.replace("\r\n ", "").replace(shown.id, "").replace(feeds.uid(shown.id)[:32], "")
                    for text in texts
                ]
            )
        finally:
            node.store.close()
    assert made[0] == made[1]


@pytest.mark.parametrize("name", ["a\x01b", "a\x00b", "a\ud800b", "a\ufffeb", "a\u202eb", " \n "])
def test_a_feed_is_named_with_letters_that_can_be_seen(node, name):
    with pytest.raises(StatementError) as refused:
        feeds.new(by(node, "bb-one"), name, "GREEN")
    assert refused.value.field == "name"


def test_a_moment_with_a_text_of_several_lines_leaves_every_feed_whole(node, clock):
    given = a_moment(marking=GREEN, title="Vote", text="First.\nSecond.\r\nThird.", when=day(clock, 10).isoformat())
    calendar.put(by(node, "aa-one"), given)
    put(node, "aa-one", GREEN, "Another", day(clock, 11))
    secret, _ = feeds.new(by(node, "bb-one"), "Phone", "GREEN")
    made = ics(feeds.fetch(node, secret, "ics"))
    assert made.count(b"BEGIN:VEVENT") == 2
    assert b"First.\\nSecond.\\nThird." in made.replace(b"\r\n ", b"")
