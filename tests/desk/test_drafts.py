import pytest

from tocsin.core.errors import AccessError, StatementError
from tocsin.core.register import OrganisationAdded, PersonAdded, PersonChanged
from tocsin.core.settings import Settings
from tocsin.desk import drafts
from tocsin.desk.node import open_node
from tocsin.store.drafts import KEPT


@pytest.fixture
def node(tmp_path):
    node = open_node(Settings(home=tmp_path, offline=True), team=True)
    with node.store.writing() as writer:
        writer.enter(OrganisationAdded(id="north", name="North"), None)
        for id in ("ada", "ben"):
            writer.enter(PersonAdded(id=id, name=id, organisation="north"), None)
    yield node
    node.store.close()


def test_what_was_typed_comes_back_as_it_was_typed(node):
    ada = node.visit("ada", "web")
    typed = {
        "title": ["  A note "],
        "text": ["عربي\r\nsecond line"],
        "audience": ["org:north", "group:x"],
        "about": [""],
    }

    drafts.save(ada, "compose:place:SDN", typed)

    assert drafts.load(ada, "compose:place:SDN").fields == typed


def test_a_later_save_takes_the_place_of_the_earlier(node):
    ada = node.visit("ada", "web")

    first = drafts.save(ada, "f", {"title": ["one"]})
    second = drafts.save(ada, "f", {"title": ["two"]})

    assert drafts.load(ada, "f") == second
    assert second.saved > first.saved


def test_a_draft_is_its_author_s_alone(node):
    drafts.save(node.visit("ada", "web"), "f", {"title": ["mine"]})

    assert drafts.load(node.visit("ben", "web"), "f") is None
    drafts.clear(node.visit("ben", "web"), "f")
    assert drafts.load(node.visit("ada", "web"), "f").fields == {"title": ["mine"]}


def test_a_form_does_not_show_what_was_typed_into_another(node):
    ada = node.visit("ada", "web")
    drafts.save(ada, "compose:place:SDN", {"title": ["one"]})

    assert drafts.load(ada, "compose:place:TCD") is None


def test_what_is_cleared_is_gone(node):
    ada = node.visit("ada", "web")
    drafts.save(ada, "f", {"title": ["one"]})

    drafts.clear(ada, "f")

    assert drafts.load(ada, "f") is None


def test_what_is_longer_than_a_statement_may_be_is_refused_and_the_last_one_stays(node):
    ada = node.visit("ada", "web")
    drafts.save(ada, "f", {"text": ["short"]})

    with pytest.raises(StatementError, match="256 KiB"):
        drafts.save(ada, "f", {"text": ["x" * 300_000]})

    assert drafts.load(ada, "f").fields == {"text": ["short"]}


def test_a_name_of_a_form_that_is_too_long_is_refused(node):
    with pytest.raises(StatementError, match="too long"):
        drafts.save(node.visit("ada", "web"), "f" * 121, {})


def test_only_so_many_are_kept_and_the_oldest_go(node):
    ada = node.visit("ada", "web")
    for number in range(KEPT + 2):
        drafts.save(ada, f"f{number}", {"title": [str(number)]})

    assert drafts.load(ada, "f0") is None
    assert drafts.load(ada, "f1") is None
    assert drafts.load(ada, "f2").fields == {"title": ["2"]}
    assert drafts.load(ada, f"f{KEPT + 1}").fields == {"title": [str(KEPT + 1)]}


def test_a_closed_account_keeps_nothing_and_sees_nothing(node):
    drafts.save(node.visit("ada", "web"), "f", {"title": ["one"]})
    with node.store.writing() as writer:
        writer.enter(PersonChanged(id="ada", active=False), None)
    closed = node.visit("ada", "web")

    assert drafts.load(closed, "f") is None
    with pytest.raises(AccessError):
        drafts.save(closed, "f", {"title": ["two"]})
