import json
import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import text
from tests.team_node import note, team_node

from tocsin.core.errors import AccessError, NotFound, RegisterError, StatementError
from tocsin.desk import auditing, making, people, views
from tocsin.store.auditing import verify
from tocsin.store.chain import Line, sealed


@pytest.fixture
def node(tmp_path, database):
    with team_node(tmp_path, database) as node:
        people.join_group(node.visit("aa-convenor", "web"), "sahel", "bb")
        yield node


def at(node, person, door="web"):
    return node.visit(person, door)


def readers(answer):
    return [one.person for one in answer.lines]


def acts(answer):
    return [one.act for one in answer.lines]


def named(answer):
    return {id for one in answer.lines for id in one.objects}


def tamper(node, *orders):
    """Change the log as somebody would who holds the machine, past the triggers and references."""
    if node.store.sqlite:
        with closing(sqlite3.connect(node.store.engine.url.database)) as connection:
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                connection.execute(f'DROP TRIGGER "{name}"')
            for order in orders:
                connection.execute(order)
            connection.commit()
        return
    with node.store.engine.connect() as connection, connection.begin():
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for order in orders:
            connection.execute(text(order))


# Whether the log is whole --------------------------------------------------------------------------------------------


def test_a_log_as_it_was_written_is_whole_and_its_head_moves_on(node):
    steward = at(node, "aa-steward")
    first = auditing.verify(steward)
    note(node, "aa-analyst", "group:sahel")
    second = auditing.verify(steward)

    assert first.broken is None
    assert second.broken is None
    assert second.lines > first.lines
    assert second.head != first.head


def test_only_a_steward_has_the_log_verified_and_that_is_on_record(node):
    with pytest.raises(AccessError):
        auditing.verify(at(node, "aa-convenor"))
    auditing.verify(at(node, "aa-steward"))

    assert "verified the audit log" in acts(auditing.by_person(at(node, "bb-steward"), "aa-steward"))


def test_progress_reaches_the_end(node):
    told = []
    found = auditing.verify(at(node, "aa-steward"), lambda done, total, what: told.append((done, total)))

    assert told[-1] == (found.lines, found.lines)


@pytest.mark.parametrize(
    ("order", "broken"),
    [
        ("UPDATE audit SET person = 'bb-reader' WHERE seq = 9", 9),
        ("UPDATE audit SET at = at + 1 WHERE seq = 9", 9),
        ("UPDATE audit SET detail = '{}' WHERE seq = 9", 9),
        ("UPDATE audit SET hash = previous WHERE seq = 9", 9),
        ("UPDATE audit SET previous = hash WHERE seq = 9", 9),
        ("DELETE FROM audit WHERE seq = 9", 9),
        ("UPDATE audit SET seq = 0 WHERE seq = 1", 1),
    ],
)
def test_a_line_changed_or_taken_out_is_found(node, order, broken):
    tamper(node, order)
    found = verify(node.store)

    assert (found.lines, found.broken.seq) == (broken - 1, broken)


def test_a_line_put_in_place_with_a_hash_of_its_own_breaks_the_next(node):
    with node.store.reading() as reader:
        row = reader.connection.execute(text("SELECT * FROM audit WHERE seq = 9")).one()
    line = Line("bb-reader", "bb", row.door, row.act, tuple(json.loads(row.objects)), json.loads(row.detail))
    forged = sealed(row.seq, row.at, line, row.previous)["hash"]
    tamper(node, f"UPDATE audit SET person = 'bb-reader', organisation = 'bb', hash = '{forged}' WHERE seq = 9")

    assert verify(node.store).broken.seq == 10


@pytest.mark.parametrize(
    "order",
    [
        "DELETE FROM audit_object WHERE object = '{id}'",
        "UPDATE audit_object SET object = '{other}' WHERE object = '{id}' AND seq = {seq}",
        "INSERT INTO audit_object (object, seq) VALUES ('{other}', {seq})",
        "INSERT INTO audit_object (object, seq) VALUES ('{other}', {before})",
    ],
)
def test_an_index_that_does_not_fit_the_lines_is_found(node, order):
    id = note(node, "aa-analyst", "group:sahel").id
    with node.store.reading() as reader:
        seq = reader.connection.execute(text("SELECT min(seq) FROM audit_object")).scalar()
    tamper(node, order.format(id=id, other="0" * 64, seq=seq, before=seq - 1))
    found = verify(node.store)

    assert found.broken.seq in (seq, seq - 1)
    assert "index" in found.broken.why


def test_an_index_of_lines_that_are_not_there_is_found(node):
    id = note(node, "aa-analyst", "group:sahel").id
    whole = verify(node.store).lines
    tamper(node, f"DELETE FROM audit WHERE seq = {whole}", f"DELETE FROM audit_object WHERE seq = {whole}")
    assert verify(node.store).broken is None  # cut off at its end: only an earlier number and hash would tell
    tamper(node, f"INSERT INTO audit_object (object, seq) VALUES ('{id}', {whole + 7})")

    assert "not there" in verify(node.store).broken.why


def test_what_cannot_be_read_is_a_broken_line_and_no_failure(tmp_path):
    with team_node(tmp_path, "") as node:
        tamper(node, "UPDATE audit SET detail = CAST(x'ff00ff' AS TEXT) WHERE seq = 9")
        found = verify(node.store)

    assert found.broken is not None
    assert found.broken.seq <= 9


# Who saw a statement -------------------------------------------------------------------------------------------------


def test_everybody_who_read_it_is_named_with_door_and_time(node):
    sent = note(node, "aa-analyst", "group:sahel")
    views.statement(at(node, "aa-reader"), sent.id)
    views.current(at(node, "bb-analyst", "api"))
    views.current(at(node, "cc-reader"))

    for asker in ("aa-desk-officer", "aa-convenor", "aa-steward", "bb-steward"):
        found = auditing.who_saw(at(node, asker), sent.id)
        assert [(one.person, one.organisation, one.door) for one in found.lines] == [
            ("bb-analyst", "bb", "api"),
            ("aa-reader", "aa", "web"),
        ]
        assert found.lines[0].at > found.lines[1].at > sent.head.recorded_at
        assert found.more is None
    assert found.lines[0].name == "Bb-Analyst"


def test_asking_is_on_record(node):
    sent = note(node, "aa-analyst", "group:sahel")
    auditing.who_saw(at(node, "aa-convenor"), sent.id)

    (asked,) = [
        one for one in auditing.by_person(at(node, "aa-steward"), "aa-convenor").lines if one.act == "asked who saw"
    ]
    assert asked.objects == (sent.id,)


def test_who_may_see_a_statement_but_is_not_of_its_originator_is_refused(node):
    sent = note(node, "aa-analyst", "group:sahel")
    for asker in ("aa-reader", "aa-analyst", "bb-reader", "bb-desk-officer", "bb-convenor"):
        with pytest.raises(AccessError):
            auditing.who_saw(at(node, asker), sent.id)


def test_who_may_not_see_a_statement_is_told_what_they_would_be_of_none(node):
    sent = note(node, "aa-analyst", "org:aa")

    def told(asker, id):
        with pytest.raises(NotFound) as error:
            auditing.who_saw(at(node, asker), id)
        return str(error.value).replace(id, "X")

    for asker in ("cc-steward", "cc-desk-officer", "bb-steward"):
        assert told(asker, sent.id) == told(asker, "0" * 64)


def test_readers_one_may_not_know_of_appear_by_their_organisation(node):
    sent = note(node, "aa-analyst", "org:cc", "org:aa")
    views.current(at(node, "cc-reader"))

    (one,) = auditing.who_saw(at(node, "aa-convenor"), sent.id).lines
    assert (one.person, one.name, one.organisation) == (None, None, "cc")
    (one,) = auditing.who_saw(at(node, "aa-steward"), sent.id).lines
    assert one.person == "cc-reader"


def test_nothing_tells_who_wrote_what_is_not_attributed(node):
    sent = note(node, "aa-analyst", "group:sahel", caveats=["CHATHAM HOUSE RULE"])
    views.current(at(node, "aa-analyst"))
    views.current(at(node, "bb-reader"))
    steward = at(node, "bb-steward")

    # Whoever is missing from the readers would be the author, so none is named, and no reading is left out.
    assert readers(auditing.who_saw(steward, sent.id)) == [None, None, None]
    assert {one.door for one in auditing.who_saw(steward, sent.id).lines} == {""}
    assert sent.id not in named(auditing.by_person(steward, "aa-analyst"))
    assert sent.id not in named(auditing.by_person(steward, "bb-reader"))
    assert sent.id in named(auditing.by_person(at(node, "aa-analyst"), "aa-analyst"))
    with pytest.raises(AccessError):
        auditing.who_saw(at(node, "aa-desk-officer"), sent.id)


def test_what_is_attributed_to_an_organisation_does_not_tell_its_person(node):
    sent = note(node, "aa-analyst", "group:sahel", attribution="organisation")
    making.recall(at(node, "aa-desk-officer"), sent.id, "The source is at risk")

    assert not named(auditing.by_person(at(node, "bb-steward"), "aa-analyst"))
    assert sent.id not in named(auditing.by_person(at(node, "bb-steward"), "aa-desk-officer"))


def test_pages_follow_each_other_without_gap_or_overlap(node):
    sent = note(node, "aa-analyst", "group:sahel")
    for _ in range(7):
        views.statement(at(node, "bb-reader"), sent.id)
    asker = at(node, "aa-convenor")
    whole = auditing.who_saw(asker, sent.id)
    pages, after = [], None
    while True:
        page = auditing.who_saw(asker, sent.id, after=after, limit=3)
        pages.append(page.lines)
        after = page.more
        if after is None:
            break

    assert [len(page) for page in pages] == [3, 3, 1]
    assert [one for page in pages for one in page] == list(whole.lines)
    with pytest.raises(StatementError):
        auditing.who_saw(asker, sent.id, after="0" * 64)


# What a person did ---------------------------------------------------------------------------------------------------


def test_a_steward_asks_about_anybody_and_everybody_about_themselves(node):
    note(node, "aa-analyst", "group:sahel")
    assert acts(auditing.by_person(at(node, "aa-analyst"), "aa-analyst"))[-2:] == ["read", "wrote"]
    assert acts(auditing.by_person(at(node, "bb-steward"), "aa-analyst"))[-2:] == ["read", "wrote"]
    for asker in ("aa-convenor", "aa-desk-officer", "bb-reader"):
        with pytest.raises(AccessError):
            auditing.by_person(at(node, asker), "aa-analyst")


def test_a_steward_is_told_if_nobody_has_that_name(node):
    with pytest.raises(RegisterError):
        auditing.by_person(at(node, "aa-steward"), "nobody")
    assert acts(auditing.by_person(at(node, "aa-steward"), "operator"))


def test_a_line_about_what_the_asker_may_not_see_is_left_out(node):
    hidden = note(node, "aa-analyst", "org:aa")
    shared = note(node, "aa-analyst", "group:sahel")
    views.current(at(node, "aa-reader"))  # one line about both
    views.statement(at(node, "aa-reader"), hidden.id)  # one line about the hidden one

    steward = auditing.by_person(at(node, "bb-steward"), "aa-reader")

    assert acts(steward) == ["read"]
    assert named(steward) == {shared.id}
    assert hidden.id not in str(auditing.by_person(at(node, "bb-steward"), "aa-analyst"))
    assert len(auditing.by_person(at(node, "aa-steward"), "aa-reader").lines) == 2


def test_what_one_read_and_may_see_no_longer_is_left_out_for_oneself_too(node):
    sent = note(node, "aa-analyst", "group:sahel")
    views.current(at(node, "bb-reader"))
    assert named(auditing.by_person(at(node, "bb-reader"), "bb-reader")) == {sent.id}

    people.leave_group(at(node, "aa-convenor"), "sahel", "bb")
    assert "read" not in acts(auditing.by_person(at(node, "bb-reader"), "bb-reader"))


def test_a_denial_tells_nothing_of_what_was_asked_for(node):
    hidden = note(node, "aa-analyst", "org:aa")
    steps = []
    for id in (hidden.id, "0" * 64):
        with pytest.raises(NotFound):
            views.statement(at(node, "cc-reader"), id)
        told = [auditing.by_person(at(node, asker), "cc-reader").lines for asker in ("cc-reader", "bb-steward")]
        denials = [next(one for one in lines if one.act == "denied") for lines in told]
        steps.append([(one.objects, dict(one.detail)) for one in denials])

    assert steps[0] == steps[1] == [((), {}), ((), {})]


def test_why_somebody_was_denied_is_for_those_who_see_the_statement_and_not_for_them(node):
    hidden = note(node, "aa-analyst", "group:sahel")
    with pytest.raises(NotFound):
        views.statement(at(node, "cc-reader"), hidden.id)
    assert auditing.by_person(at(node, "aa-steward"), "cc-reader").lines[0].detail == {
        "why": "they are not in its audience"
    }

    people.join_group(at(node, "aa-convenor"), "sahel", "cc")
    people.back_fill(at(node, "aa-convenor"), "sahel", "cc", opened=0)
    mine = [one for one in auditing.by_person(at(node, "cc-reader"), "cc-reader").lines if one.act == "denied"]
    assert [(one.objects, dict(one.detail)) for one in mine] == [((hidden.id,), {})]


def test_who_may_no_longer_know_of_a_group_is_not_reminded_of_it(node):
    # As stewards once could, for the group of another organisation.
    at(node, "bb-steward").note("registered", detail={"entry": "group added", "id": "private", "keeper": "cc"})
    assert "private" in str(auditing.by_person(at(node, "bb-steward"), "bb-steward"))

    people.change_person(at(node, "cc-steward"), "bb-steward", roles=["reader"])

    mine = auditing.by_person(at(node, "bb-steward"), "bb-steward")
    assert "private" not in str(mine)
    assert "registered" not in acts(mine)
    assert "private" in str(auditing.by_person(at(node, "aa-steward"), "bb-steward"))


def test_pages_of_a_person_follow_each_other_though_asking_adds_lines(node):
    for number in range(5):
        note(node, "aa-analyst", "group:sahel", text=f"note {number}")
    asker = at(node, "aa-analyst")
    whole = auditing.by_person(asker, "aa-analyst").lines
    found, after = [], None
    while True:
        page = auditing.by_person(asker, "aa-analyst", after=after, limit=4)
        found += page.lines
        after = page.more
        if after is None:
            break

    told = [one for one in found if one.act != "asked what a person did"]
    assert told == [one for one in whole if one.act != "asked what a person did"]
    assert len(told) == 10
