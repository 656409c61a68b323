import pytest
from tests.team_node import note, team_node

from tocsin.core.errors import AccessError, RegisterError, StatementError
from tocsin.core.instant import NEVER
from tocsin.core.seeing import Affiliation, Role
from tocsin.core.settings import Settings
from tocsin.desk import making, people, views
from tocsin.desk.node import open_node

HOUR = 3_600_000_000


@pytest.fixture
def node(tmp_path, database):
    with team_node(tmp_path, database) as node:
        yield node


def at(node, person):
    return node.visit(person, "web")


def refused(act, field):
    with pytest.raises(RegisterError) as told:
        act()
    assert told.value.field == field
    assert told.value.remedy
    return str(told.value)


def lines(node):
    with node.store.reading() as reader:
        return reader.connection.exec_driver_sql("SELECT count(*) FROM audit WHERE person IS NOT NULL").scalar()


# Who may know of whom ------------------------------------------------------------------------------------------------


def test_everybody_knows_all_organisations_but_only_groups_of_their_own(node):
    known = people.directory(at(node, "bb-convenor"))

    assert {"aa", "bb", "cc"} < set(known.organisations)
    assert not known.groups
    assert {person.organisation for person in known.persons.values()} == {"bb"}


def test_parties_to_a_group_know_each_other_without_roles_or_email(node):
    people.join_group(at(node, "aa-convenor"), "sahel", "bb")
    operator = node.operator("cli")
    people.add_person(operator, id="aa-new", name="New", organisation="aa", roles=["analyst"], email="new@aa.example")

    known = people.directory(at(node, "bb-reader"))

    assert set(known.groups) == {"sahel"}
    assert {person.organisation for person in known.persons.values()} == {"aa", "bb"}
    assert known.persons["aa-new"].roles == frozenset()
    assert known.persons["aa-new"].email == ""
    assert Role.ANALYST in known.persons["bb-analyst"].roles


def test_an_email_is_known_to_stewards_and_its_owner(node):
    people.add_person(at(node, "aa-steward"), id="aa-new", name="New", organisation="aa", email="new@aa.example")

    assert people.directory(at(node, "bb-steward")).persons["aa-new"].email == "new@aa.example"
    assert people.directory(at(node, "aa-new")).persons["aa-new"].email == "new@aa.example"
    assert people.directory(at(node, "aa-reader")).persons["aa-new"].email == ""


def test_an_organisation_expected_in_a_group_knows_of_it_and_one_that_left_does_not(node):
    convenor = at(node, "aa-convenor")
    people.join_group(convenor, "sahel", "bb", since=node.store.clock() + HOUR)
    assert "sahel" in people.directory(at(node, "bb-reader")).groups

    people.leave_group(convenor, "sahel", "bb")
    assert "sahel" not in people.directory(at(node, "bb-reader")).groups


def test_a_closed_account_is_known_to_its_own_organisation_only(node):
    people.join_group(at(node, "aa-convenor"), "sahel", "bb")
    people.change_person(at(node, "aa-steward"), "aa-reader", active=False)

    assert "aa-reader" not in people.directory(at(node, "bb-reader")).persons
    assert not people.directory(at(node, "aa-analyst")).persons["aa-reader"].active


def test_whoever_is_closed_out_knows_nobody(node):
    people.change_person(at(node, "aa-steward"), "aa-reader", active=False)

    assert people.directory(at(node, "aa-reader")).organisations == {}


def test_a_group_one_is_not_in_reads_like_one_that_is_not_there(node):
    analyst, convenor = at(node, "bb-analyst"), at(node, "bb-convenor")

    def told(group):
        given = {"tlp": "AMBER", "audience": [[f"group:{group}"]]}
        body = {"kind": "note", "title": "A", "text": "B"}
        whole = {"body": body, "subject": {"type": "place", "id": "SDN"}, "marking": given}
        found = []
        for act in (
            lambda: making.preview(analyst, given),
            lambda: making.check(analyst, whole),
            lambda: making.make(analyst, whole),
            lambda: people.join_group(convenor, group, "bb"),
            lambda: people.leave_group(convenor, group, "bb"),
            lambda: people.back_fill(convenor, group, "bb", opened=0),
        ):
            before = lines(node)
            with pytest.raises((StatementError, RegisterError)) as error:
                act()
            found.append((type(error.value), str(error.value).replace(group, "X"), lines(node) - before))
        return found

    assert told("private") == told("nothing")


def test_a_preview_counts_everybody_but_names_only_those_one_may_know(node):
    told = making.preview(at(node, "bb-analyst"), {"tlp": "AMBER", "audience": [["org:aa", "org:bb"]]})

    assert told.organisations == {"aa": 5, "bb": 5}
    assert {id[:2] for id in told.persons} == {"bb"}


def test_what_was_sent_to_a_group_can_be_recalled_after_leaving_it(node):
    people.join_group(at(node, "aa-convenor"), "sahel", "bb")
    sent = note(node, "bb-desk-officer", "group:sahel")
    people.leave_group(at(node, "aa-convenor"), "sahel", "bb")

    making.recall(at(node, "bb-desk-officer"), sent.id, "The source is at risk")

    with pytest.raises(Exception, match="no such statement"):
        views.statement(at(node, "aa-analyst"), sent.id)


# Changes -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["reader", "analyst", "desk-officer", "convenor"])
def test_only_stewards_add_organisations_persons_and_groups(node, role):
    visit = at(node, f"aa-{role}")
    for act in (
        lambda: people.add_organisation(visit, id="dd", name="D"),
        lambda: people.add_person(visit, id="dd", name="D", organisation="aa"),
        lambda: people.change_person(visit, "aa-reader", name="D"),
        lambda: people.add_group(visit, id="dd", name="D"),
    ):
        with pytest.raises(AccessError):
            act()


def test_an_identifier_that_is_taken_or_malformed_is_refused(node):
    steward = at(node, "aa-steward")
    refused(lambda: people.add_organisation(steward, id="aa", name="A"), "id")
    refused(lambda: people.add_person(steward, id="bb-reader", name="A", organisation="aa"), "id")
    refused(lambda: people.add_person(steward, id="operator", name="A", organisation="aa"), "id")
    refused(lambda: people.add_group(steward, id="private", name="A"), "id")
    for bad in ("", "A", "a b", "-a", "a" * 64, "é", "a\n"):
        refused(lambda bad=bad: people.add_organisation(steward, id=bad, name="A"), "id")


def test_a_name_is_one_visible_line(node):
    steward = at(node, "aa-steward")
    for bad in ("", " ", "a\nb", "a\x1b[2J", "a\u202eb", "x" * 201):
        refused(lambda bad=bad: people.add_organisation(steward, id="dd", name=bad), "name")
    assert people.add_organisation(steward, id="dd", name=" منظمة ").name == "منظمة"


def test_a_person_belongs_to_a_known_organisation_with_known_roles(node):
    steward = at(node, "aa-steward")
    refused(lambda: people.add_person(steward, id="x", name="X", organisation="zz"), "organisation")
    refused(lambda: people.add_person(steward, id="x", name="X", organisation="aa", roles=["boss"]), "roles")
    refused(lambda: people.add_person(steward, id="x", name="X", organisation="aa", roles=[]), "roles")
    refused(
        lambda: people.add_person(steward, id="x", name="X", organisation="aa", affiliation="friend"), "affiliation"
    )
    refused(lambda: people.change_person(steward, "nobody", name="X"), "id")


def test_an_email_address_leads_to_one_account(node):
    steward = at(node, "aa-steward")
    people.add_person(steward, id="x", name="X", organisation="aa", email="x@aa.example")

    refused(lambda: people.add_person(steward, id="y", name="Y", organisation="aa", email="X@AA.example"), "email")
    refused(lambda: people.add_person(steward, id="y", name="Y", organisation="aa", email="no address"), "email")


def test_a_steward_lets_nobody_into_another_organisation(node):
    steward = at(node, "bb-steward")
    people.change_person(steward, "aa-reader", active=False)
    for act in (
        lambda: people.add_person(steward, id="x", name="X", organisation="aa", email="x@bb.example"),
        lambda: people.change_person(steward, "aa-reader", active=True),
        lambda: people.change_person(steward, "aa-analyst", roles=["analyst", "steward"]),
    ):
        with pytest.raises(AccessError):
            act()
    assert people.change_person(node.operator("cli"), "aa-reader", active=True).active


def test_only_what_differs_is_recorded(node):
    before = lines(node)
    people.change_person(at(node, "aa-steward"), "aa-reader", active=True, roles=["reader"])
    assert lines(node) == before

    changed = people.change_person(at(node, "aa-steward"), "aa-reader", name="Renamed", affiliation="client")
    assert (changed.name, changed.affiliation, changed.roles) == ("Renamed", Affiliation.CLIENT, {Role.READER})
    assert lines(node) == before + 1


def test_the_last_steward_stays(node):
    steward = at(node, "aa-steward")
    people.change_person(steward, "bb-steward", active=False)
    people.change_person(steward, "cc-steward", roles=["reader"])

    refused(lambda: people.change_person(steward, "aa-steward", active=False), "active")
    refused(lambda: people.change_person(steward, "aa-steward", roles=["reader"]), "roles")
    assert people.change_person(steward, "aa-steward", name="Renamed").active


def test_whoever_is_closed_out_sees_nothing(node):
    sent = note(node, "aa-analyst", "org:aa")
    people.change_person(at(node, "aa-steward"), "aa-reader", active=False)

    assert views.count(at(node, "aa-reader")).number == 0
    assert views.statement(at(node, "aa-convenor"), sent.id)


def test_only_the_keeper_manages_its_group(node):
    people.join_group(at(node, "aa-convenor"), "sahel", "bb")
    for visit in (at(node, "bb-convenor"), at(node, "bb-steward")):
        for act in (
            lambda visit=visit: people.join_group(visit, "sahel", "cc"),
            lambda visit=visit: people.leave_group(visit, "sahel", "aa"),
            lambda visit=visit: people.back_fill(visit, "sahel", "bb", opened=0),
        ):
            with pytest.raises(AccessError):
                act()
    assert "cc" in people.join_group(at(node, "aa-steward"), "sahel", "cc").members(node.store.clock())


def test_joining_is_now_or_later_and_once(node):
    convenor = at(node, "aa-convenor")
    refused(lambda: people.join_group(convenor, "sahel", "bb", since=node.store.clock() - 1), "since")
    refused(lambda: people.join_group(convenor, "sahel", "bb", since=NEVER), "since")
    refused(lambda: people.join_group(convenor, "sahel", "zz"), "organisation")

    people.join_group(convenor, "sahel", "bb", since=node.store.clock() + HOUR)
    refused(lambda: people.join_group(convenor, "sahel", "bb"), "organisation")
    refused(lambda: people.join_group(convenor, "sahel", "aa"), "organisation")


def test_leaving_is_now_or_later_and_after_joining(node):
    convenor = at(node, "aa-convenor")
    soon = node.store.clock() + HOUR
    refused(lambda: people.leave_group(convenor, "sahel", "bb"), "organisation")
    people.join_group(convenor, "sahel", "bb", since=soon)
    refused(lambda: people.leave_group(convenor, "sahel", "bb", until=soon - 1), "until")
    refused(lambda: people.leave_group(convenor, "sahel", "aa", until=node.store.clock() - 1), "until")

    people.leave_group(convenor, "sahel", "bb")
    group = people.join_group(convenor, "sahel", "bb")
    assert "bb" in group.members(node.store.clock())


def test_who_joins_sees_what_is_shared_from_then_on_and_who_leaves_nothing(node):
    older = note(node, "aa-analyst", "group:sahel")
    people.join_group(at(node, "aa-convenor"), "sahel", "bb")
    newer = note(node, "aa-analyst", "group:sahel")

    def seen():
        return [view.id for view in views.current(at(node, "bb-reader")).views]

    assert seen() == [newer.id]
    people.back_fill(at(node, "aa-convenor"), "sahel", "bb", opened=0)
    assert seen() == [newer.id, older.id]
    people.leave_group(at(node, "aa-convenor"), "sahel", "bb")
    assert seen() == []


# Back-fill -----------------------------------------------------------------------------------------------------------


def test_a_back_fill_says_what_it_opens_before_it_does(node):
    convenor = at(node, "aa-convenor")
    for _ in range(3):
        note(node, "aa-analyst", "group:sahel")
    note(node, "aa-analyst", "group:sahel", "org:bb")
    note(node, "aa-analyst", "org:aa")
    people.join_group(convenor, "sahel", "bb")
    note(node, "aa-analyst", "group:sahel")

    told = people.back_fill(convenor, "sahel", "bb", opened=0, dry_run=True)

    assert (told.statements, told.more, told.organisation, told.people, told.done) == (3, False, "bb", 5, False)
    assert views.count(at(node, "bb-reader")).number == 2
    done = people.back_fill(convenor, "sahel", "bb", opened=0)
    assert (done.statements, done.done) == (3, True)
    assert views.count(at(node, "bb-reader")).number == 5


def test_a_back_fill_counts_also_what_was_said_later_about_something_older(node):
    older = note(node, "aa-analyst", "group:sahel")
    people.join_group(at(node, "aa-convenor"), "sahel", "bb")
    about = {"subject": {"type": "statement", "id": older.id}}
    note(node, "aa-analyst", "group:sahel", **about)

    assert views.count(at(node, "bb-reader")).number == 0
    assert people.back_fill(at(node, "aa-convenor"), "sahel", "bb", opened=0).statements == 2
    assert views.count(at(node, "bb-reader")).number == 2


def test_a_back_fill_counts_nothing_that_the_asker_may_not_see(node):
    private = at(node, "cc-convenor")
    note(node, "cc-analyst", "group:private", "group:private")
    people.join_group(private, "private", "aa")
    named = {"tlp": "RED", "audience": [["person:cc-analyst"], ["group:private"]]}
    body = {"kind": "note", "title": "A", "text": "B"}
    making.make(at(node, "cc-analyst"), {"body": body, "subject": {"type": "place", "id": "SDN"}, "marking": named})

    assert people.back_fill(private, "private", "aa", opened=0, dry_run=True).statements == 1


def test_a_back_fill_only_opens(node):
    convenor = at(node, "aa-convenor")
    refused(lambda: people.back_fill(convenor, "sahel", "bb", opened=0), "organisation")
    joined = people.join_group(convenor, "sahel", "bb").spells[-1].since

    for opened in (joined, joined + 1, -1):
        refused(lambda opened=opened: people.back_fill(convenor, "sahel", "bb", opened=opened), "opened")


def test_whoever_holds_the_machine_manages_members_but_opens_nothing(node):
    operator = node.operator("cli")
    people.join_group(operator, "sahel", "bb")

    with pytest.raises(AccessError):
        people.back_fill(operator, "sahel", "bb", opened=0)


# A node without accounts ---------------------------------------------------------------------------------------------


def test_the_one_person_of_a_node_does_all_of_it_and_cannot_be_closed_out(tmp_path):
    node = open_node(Settings(home=tmp_path, offline=True))
    local = node.local("web")
    people.add_organisation(local, id="dd", name="D")
    people.add_person(local, id="d", name="D", organisation="dd", roles=["analyst"], email="d@dd.example")
    people.add_group(local, id="mine", name="Mine")
    people.join_group(local, "mine", "this-node")
    people.join_group(node.local("web"), "mine", "dd")
    assert not people.back_fill(node.local("web"), "mine", "dd", opened=0).statements

    people.change_person(local, "d", roles=["analyst", "steward"])
    refused(lambda: people.change_person(local, "local", active=False), "active")
    refused(lambda: people.change_person(local, "local", roles=["reader"]), "roles")
    node.store.close()
