"""Every channel, in random worlds: nothing that the oracle refuses is shown, counted or hinted at.

``make leak`` asks for 10,000 worlds; TOCSIN_LEAK_WORLDS says how many, TOCSIN_LEAK_SEED where they begin. A long run is
cut into parts, which processors share; a part that is done leaves what it counted in TOCSIN_LEAK_DONE and is not done
again, so the run can be interrupted and goes on.
"""

import collections
import hashlib
import json
import os
import random
import re
import shutil
from difflib import unified_diff
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

import tocsin
from tests.leak.channels import UNTOLD, addresses, asked, stage, told
from tests.leak.happenings import FULL, build, email, plans, purpose
from tests.leak.sending import sent
from tests.leak.worlds import GROUPS, empty, make_template, without_hidden
from tocsin.interfaces.web import pace

WORLDS = int(os.environ.get("TOCSIN_LEAK_WORLDS", "12"))
SEED = int(os.environ.get("TOCSIN_LEAK_SEED", "1"))
LONG = WORLDS >= 100
PARTS = 100 if LONG else 1

COSTLY = re.compile(
    r"/world|/monday|/$|/scorecard|/method|/data|/country/\{query\}/brief|/find|/api/v1/openapi|/api/v1/problems"
    r"|/lexicon|/yardsticks|/api/v1/(lexicon|crosswalks|yardsticks)|/sign-in"
)
"""Addresses that take most of the time and tell of the release alone, or of nobody: a long run asks them in fewer
worlds.
"""

SHARES = (0.15, 0.015) if LONG else (1.0, 1.0)
"""In how many worlds each address is asked in a long run, and each of the costly ones."""

EMPTY = {
    # These forms have no tables.
    "/assess/{place}/{table}.csv",
    "/compose/{table}.csv",
    "/derive/{id}/{table}.csv",
    "/horizon/instrument/{table}.csv",
    "/horizon/moment/{table}.csv",
    # Nobody has begun to sign in, and no identity provider is set.
    "/sign-in/code",
    "/sign-in/key",
    "/oidc/start",
    "/oidc/callback",
}
"""Addresses at which there is nothing to be found in any of these worlds."""

SHOWN = {200, 201, 303, 307}


@pytest.fixture(scope="module")
def theatre(tmp_path_factory):
    folder = tmp_path_factory.mktemp("leak")
    template = make_template(folder / "template")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pace, "BURST", float("inf"))  # one person asks without end
        node, client = stage(empty(folder / "first", template), patch)
        with client:
            yield template, node, client


def requests(app, world, pick):
    """One request to every address, those that change something last; in a long run, to some addresses only."""
    found = [one for one in addresses(app) if one not in UNTOLD]
    reading = [asked(method, path, world, pick) for method, path in found if method == "GET"]
    writing = [sent(method, path, world, pick) for method, path in found if method != "GET"]
    pick.shuffle(writing)
    return [ask for ask in (*reading, *writing) if pick.random() < SHARES[bool(COSTLY.match(ask.route))]]


def hidden_words(world, person):
    """What must not be told to a person: words and identities of every statement, file and draft that is not theirs,
    addresses of others, and what groups are for that are none of theirs.
    """
    seen, files = world.seen_by(person), world.files_of(person)
    recalled = {one.recalls for one in world.stored if one.recalls in {*seen} or one.id in seen}
    texts = {one.id: one.open_bytes.decode() for one in world.statements()}
    texts |= {one.id: one.content.decode() for one in world.files()}
    shown = " ".join(text for id, text in texts.items() if id in seen | files)
    shown += " ".join(one.text for one in world.drafts() if one.person == person)
    hidden = " ".join(text for id, text in texts.items() if id not in seen | files)
    hidden += " ".join(one.text for one in world.drafts() if one.person != person)
    yield from set(re.findall(r"canary\d+x", hidden)) - set(re.findall(r"canary\d+x", shown))
    for id in texts.keys() - seen - files - recalled:
        yield from (id, id[:12])
    with world.node.store.reading() as reader:
        register = reader.register
    me = register.persons[person]
    if "steward" not in me.roles or not me.active:
        yield from (email(one) for one in world.persons if one != person)
        parties = {group: register.groups[group].parties(world.clock()) for group in GROUPS}
        yield from (purpose(group) for group in GROUPS if me.organisation not in parties[group] or not me.active)


def test_everybody_with_every_role_finds_something_at_every_address(theatre, tmp_path):
    # An address that never shows anything would be tested for nothing.
    template, node, client = theatre
    world = build(FULL, empty(tmp_path, template))
    assert world.refused == 0
    node.show(world, world.persons[FULL["asker"]])
    pick, missing = random.Random(1), set()
    for method, path in addresses(client.app):
        if method == "GET" and (method, path) not in UNTOLD and path not in EMPTY:
            asks = (asked(method, path, world, pick) for _ in range(600))
            if not any(told(client, ask)[0] in SHOWN for ask in asks):
                missing.add(path)
    assert missing == set()


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_hidden_is_told_or_makes_a_difference_at_any_address(theatre, part, tmp_path_factory):
    template, node, client = theatre
    done = _done(part)
    if done and done.exists():
        return
    counted = {"asked": collections.Counter(), "shown": collections.Counter()}

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
        asks = requests(client.app, world, random.Random(repr(plan)))
        secrets = set(hidden_words(world, person))
        known = {one.id for one in world.statements()} | {one.id for one in world.files()}

        answers = []
        for shown in (world, other):
            node.show(shown, person)
            answers.append([told(client, ask) for ask in asks])

        for ask, here_told, there_told in zip(asks, *answers, strict=True):
            said = " ".join([ask.path, str(ask.query), str(ask.sent)])
            status, headers, body = here_told
            counted["asked"][f"{ask.method} {ask.route}"] += 1
            counted["shown"][f"{ask.method} {ask.route}"] += status in SHOWN
            assert status < 500, (ask, body)
            for secret in secrets:
                if secret not in said:
                    assert secret not in body, (ask, secret)
                    assert secret not in str(headers), (ask, secret)
            here_told, there_told = _same(here_told, known), _same(there_told, known)
            if here_told != there_told:
                differing = unified_diff(_lines(there_told), _lines(here_told), n=2, lineterm="")
                pytest.fail("\n".join([str(ask), *differing]))
        world.node.store.close()
        other.node.store.close()
        shutil.rmtree(here)

    nothing_leaks()
    if done:
        done.parent.mkdir(parents=True, exist_ok=True)
        done.write_text(json.dumps(counted))


def _done(part):
    """Where a part of a long run leaves what it counted: of this code, these worlds."""
    folder = os.environ.get("TOCSIN_LEAK_DONE")
    if not folder:
        return None
    roots = (Path(tocsin.__file__).parent, Path(__file__).parent)
    files = sorted(path for root in roots for path in root.rglob("*") if path.suffix in (".py", ".html", ".toml"))
    code = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]
    return Path(folder) / f"{code}-{SEED}-{WORLDS}" / f"{part:03}.json"


def _same(answer, known):
    """The answer without what is drawn at random: salts, digests, and so identities of what was just made; and what a
    seal hides, of which the length is left.
    """
    status, headers, body = answer

    def masked(text):
        text = re.sub(r'(?<="sealed":")[A-Za-z0-9+/=]+', lambda found: f"{len(found[0])} letters", text)
        return re.sub(r"\b[0-9a-f]{32,64}\b", lambda found: found[0] if found[0] in known else "-", text)

    told = masked(body)
    # An entity tag is made from the body, and so from those too.
    kept = {name: masked(value) for name, value in headers.items() if name != "etag" or told == body}
    return status, kept, told


def _lines(answer):
    """An answer in lines, to be compared by a person."""
    status, headers, body = answer
    return [str(status), *(f"{name}: {value}" for name, value in headers.items()), *re.split(r"\n|(?<=,)", body)]
