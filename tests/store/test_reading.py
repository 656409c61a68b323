import json
import random
import re
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.store.made import note, recall_of
from tocsin.core.instant import NEVER
from tocsin.core.marking import Marking
from tocsin.core.seeing import Actor, Affiliation, may_see, reach
from tocsin.store.opening import open_store
from tocsin.store.reading import Scope

MARKINGS = (
    {"tlp": "TLP:CLEAR", "audience": [["everyone"]]},
    {"tlp": "TLP:GREEN", "audience": [["community"]]},
    {"tlp": "TLP:AMBER", "audience": [["org:aa"]]},
    {"tlp": "TLP:AMBER", "audience": [["group:g"]]},
    {"tlp": "TLP:AMBER", "audience": [["group:g"], ["group:h", "org:bb"]]},
    {"tlp": "TLP:AMBER+STRICT", "audience": [["org:bb", "group:h"]]},
    {"tlp": "TLP:RED", "audience": [["person:ana", "person:bo"]]},
    {"tlp": "TLP:RED", "audience": []},
)
AUTHORS = (("aa", "ana"), ("bb", "bo"), ("bb", None))
SUBJECTS = ("place:SDN", "place:MLI", "period:2026")
WORDS = ("river", "camp", "élection", "don't", "NOT", "village")
STATEMENTS = 150
INSTANTS = st.integers(0, STATEMENTS * 2500)

actors = st.builds(
    Actor,
    person=st.sampled_from(["ana", "bo", "cy"]),
    organisation=st.sampled_from(["aa", "bb", "cc"]),
    affiliation=st.sampled_from(Affiliation),
    groups=st.dictionaries(st.sampled_from("gh"), INSTANTS),
)


@pytest.fixture
def world(database, tmp_path):
    """A store of statements under every marking, by several authors, some of them withdrawn later."""
    store = open_store(database, tmp_path / "store", clock=count(1000, 1000).__next__)
    dice = random.Random(14)
    made = []
    for _ in range(STATEMENTS):
        organisation, person = dice.choice(AUTHORS)
        kind, _, id = dice.choice(SUBJECTS).partition(":")
        made.append(
            note(
                " ".join(dice.choices(WORDS, k=dice.randint(1, 4))),
                marking=dice.choice(MARKINGS),
                author={"organisation": organisation, "person": person},
                subject={"type": kind, "id": id},
            )
        )
    for one in made:
        with store.writing() as writer:
            writer.add(one)
            if dice.random() < 0.1:
                writer.add(recall_of(dice.choice(made[: made.index(one) + 1])))
    yield store
    store.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    actor=actors,
    subject=st.sampled_from([None, *SUBJECTS]),
    kind=st.sampled_from([None, "note", "recall"]),
    after=INSTANTS,
    before=st.sampled_from([NEVER]) | INSTANTS,
    limit=st.integers(1, 300),
    words=st.lists(st.sampled_from([*WORDS, "nowhere"]), min_size=1, max_size=2),
)
def test_a_question_finds_exactly_what_a_plain_filter_over_everything_finds(
    world, actor, subject, kind, after, before, limit, words
):
    asked = {"subject": subject, "kind": kind, "before": before, "after": after, "limit": limit}
    with world.reading() as reader:
        ids = reader.connection.exec_driver_sql("SELECT id FROM statement").scalars().all()
        fits = [
            head
            for head in sorted(reader.find(ids).values(), key=lambda head: -head.recorded_at)
            if subject in (None, head.subject) and kind in (None, head.kind) and after <= head.recorded_at < before
        ]
        reached = ((number, reach(actor, one)) for number, one in reader.markings.items())
        allowed = tuple((number, since) for number, since in reached if since is not None)
        scope = Scope(allowed, actor.organisation, actor.person)
        # Of what is recalled the database knows nothing here: it looks at audiences and authors, may_see at the rest.
        within = [head for head in fits if in_scope(head, actor)]
        assert {head.id for head in fits if may_see(actor, head).allow} <= {head.id for head in within}
        assert reader.heads(scope, **asked) == within[:limit]

        wanted = {part for word in words for part in word.lower().split("'")}
        said = spoken(reader, within)
        hits = [head.id for head in reader.search(scope, words, **asked) if may_see(actor, head).allow]
        # A page of the index may hold what may_see then shuts out, so that fewer are left, but never others.
        expected = [head.id for head in within if wanted <= said[head.id] and may_see(actor, head).allow]
        assert hits == expected[: len(hits)]
        if limit >= len(fits):
            assert hits == expected


def in_scope(head, actor) -> bool:
    since = reach(actor, head.marking)
    own = (head.organisation, head.person) == (actor.organisation, actor.person)
    return own or (since is not None and head.opened_at >= since)


def spoken(reader, heads) -> dict[str, set[str]]:
    """The words of each statement, taken from its parts."""
    found = {}
    for id, (shown, _) in reader.parts(heads).items():
        body = json.loads(shown)["body"]
        text = " ".join(str(body.get(name, "")) for name in ("title", "text", "reason"))
        found[id] = set(re.findall(r"\w+", text.lower()))
    return found


def test_markings_of_a_store_are_those_that_were_recorded(store):
    with store.writing() as writer:
        for marking in MARKINGS:
            writer.add(note(marking=marking))
            writer.add(note(marking=marking))
    with store.reading() as reader:
        assert list(reader.markings) == list(range(1, len(MARKINGS) + 1))
        assert list(reader.markings.values()) == [Marking.model_validate(one) for one in MARKINGS]
