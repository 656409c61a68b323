"""Every channel, in random worlds: nothing that the oracle refuses is shown, counted or hinted at.

``make leak`` asks for 10,000 worlds; TOCSIN_LEAK_WORLDS says how many, TOCSIN_LEAK_SEED where they begin.
"""

import collections
import os
import random
import re
import shutil
from difflib import unified_diff

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.leak.channels import addresses, asks, stage, told
from tests.leak.worlds import build, empty, make_template, plans, without_hidden

WORLDS = int(os.environ.get("TOCSIN_LEAK_WORLDS", "12"))
SEED = int(os.environ.get("TOCSIN_LEAK_SEED", "1"))
LONG = WORLDS >= 100
PARTS = 50 if LONG else 1
"""A long run is cut into parts, which processors share."""
SHARE = 0.1 if LONG else 1.0
"""In a long run each world is asked a random tenth of all addresses: each address then a thousand times."""

NEVER_FOUND = {
    # No world of these has a proposal or a file in it yet.
    "/proposal/{id}",
    "/proposal/{id}.json",
    "/proposal/{id}/{table}.csv",
    "/api/v1/proposals/{id}",
    "/api/v1/attachments/{id}",
    # These forms have no tables.
    "/compose/{table}.csv",
    "/derive/{id}/{table}.csv",
}


@pytest.fixture(scope="module")
def theatre(tmp_path_factory):
    folder = tmp_path_factory.mktemp("leak")
    template = make_template(folder / "template")
    node, client = stage(empty(folder / "first", template))
    return folder, template, node, client


def hidden_words(world, person):
    """What must not be told to a person: words and identities of every statement that they may not see."""
    seen = world.seen_by(person)
    recalled = {one.recalls for one in world.stored if one.recalls in {*seen} or one.id in seen}
    for one in world.statements():
        if one.id not in seen:
            yield from re.findall(r"canary\d+x", one.open_bytes.decode())
            if one.id not in recalled:
                yield one.id
                yield one.id[:12]


def test_every_address_is_asked(theatre):
    client = theatre[3]
    found = {path for method, path in addresses(client.app) if method == "GET"}
    assert {"/", "/country/{query:path}", "/country/{query:path}.json"} <= found


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_hidden_is_told_or_makes_a_difference_at_any_address(theatre, part, tmp_path_factory):
    _, template, node, client = theatre
    statuses = collections.defaultdict(set)

    @seed(SEED * 1000 + part)
    @settings(
        max_examples=WORLDS // PARTS,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(plan=plans())
    def nothing_leaks(plan):
        here = tmp_path_factory.mktemp("world")
        world = build(plan, empty(here / "w", template))
        person = world.persons[plan["asker"] % len(world.persons)]
        other = without_hidden(world, person, empty(here / "v", template))
        pick = random.Random(repr(plan))
        requests = [ask for ask in asks(client.app, world, pick) if pick.random() < SHARE]
        secrets = set(hidden_words(world, person))
        known = {one.id for one in world.statements()}

        answers = []
        for shown in (world, other):
            node.show(shown, person)
            answers.append([told(client, ask) for ask in requests])

        for ask, here_told, there_told in zip(requests, *answers, strict=True):
            asked = " ".join([ask.path, *(value for _, value in ask.query)])
            status, headers, body = here_told
            statuses[ask.route].add(status)
            assert status < 500, (ask, body)
            for secret in secrets:
                if secret not in asked:
                    assert secret not in body, (ask, secret)
                    assert secret not in str(headers), (ask, secret)
            here_told, there_told = _without_chain(here_told, known), _without_chain(there_told, known)
            if here_told != there_told:
                differing = unified_diff(_lines(there_told), _lines(here_told), n=2, lineterm="")
                pytest.fail("\n".join([str(ask), *differing]))
        world.node.store.close()
        other.node.store.close()
        shutil.rmtree(here)

    nothing_leaks()
    if not LONG:
        # An address that never showed anything would have been tested for nothing.
        assert sorted({route for route, seen in statuses.items() if not seen & {200, 307}} - NEVER_FOUND) == []


def _without_chain(answer, known):
    """The answer without digests of the audit chain, which tell nothing of what they were made from."""
    status, headers, body = answer
    told = re.sub(r"\b[0-9a-f]{64}\b", lambda found: found[0] if found[0] in known else "-", body)
    # An entity tag is made from the body, and so from those digests too.
    return status, {name: value for name, value in headers.items() if name != "etag" or told == body}, told


def _lines(answer):
    """An answer in lines, to be compared by a person."""
    status, headers, body = answer
    return [str(status), *(f"{name}: {value}" for name, value in headers.items()), *re.split(r"\n|(?<=,)", body)]
