"""What is sealed in a round is found by nobody who has everything but the node's key: bytes, views and pages."""

import base64
import json
import logging
import random
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select, text
from tests.account_team import Clock
from tests.leak import rounds
from tests.leak.channels import UNTOLD, addresses, asked, stage, told
from tests.leak.sending import sent
from tests.leak.worlds import empty, make_template
from tests.round_team import ANALYSTS, CONVENOR, answer, begun, by, given, opened, wanted
from tests.searching import holding, numbers

from tocsin.core.errors import SealError, StatementError, TocsinError
from tocsin.core.register import GroupAdded, MemberJoined, OrganisationAdded, PersonAdded
from tocsin.core.seeing import Role
from tocsin.desk import auditing, drafts, keeping, making, views
from tocsin.desk.node import open_node
from tocsin.desk.rounds import answering, registering, showing
from tocsin.desk.rounds.case import context
from tocsin.interfaces.web import create_app, pace
from tocsin.store import tables
from tocsin.store.sealing import MARK

BEST = dict(zip(ANALYSTS, (0.037184629531, 0.058391746285, 0.071659382746, 0.093728461537), strict=True))
"""Numbers that stand nowhere by chance."""

REASONS = {person: f"Kalamandra zwölf {person} umspannt den Hafen." for person in ANALYSTS}
DRAFT = "Barkensteg entwurf einundvierzig"
REFUSED = "Querholm abgewiesen neunzehn"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def node(tmp_path, clock, database):
    node = opened(tmp_path / "home", clock, database)
    yield node
    node.store.close()


def needles():
    """All that nobody is to find: words, numbers in digits, and numbers as a machine keeps them."""
    found = {person: reason.split(" umspannt")[0].encode() for person, reason in REASONS.items()}
    words = {"draft": DRAFT.encode(), "refused": REFUSED.encode()}
    return found | words | {f"{name}": one for best in BEST.values() for name, one in numbers(best).items()}


@pytest.fixture
def under_way(node, clock, caplog):
    """A round in which four have sealed; one changed theirs, one took theirs back, one is typing, one was refused."""
    caplog.set_level(logging.DEBUG)
    id = begun(node, clock)
    for person, best in BEST.items():
        answering.estimate(by(node, person), id, "onset", given(best, REASONS[person]))
    answering.estimate(by(node, "bb-two"), id, "onset", given(BEST["bb-two"], REASONS["bb-two"] + " Wirklich."))
    answering.take_back(by(node, "cc-one"), id, "onset")
    answering.estimate(by(node, "cc-one"), id, "onset", given(BEST["cc-one"], REASONS["cc-one"]))
    drafts.save(by(node, "bb-one"), f"round:{id}:onset", {"reason": [DRAFT], "best": [str(BEST["bb-one"])]})
    wrong = given(BEST["bb-one"], REFUSED, lowest=0.9, highest=BEST["bb-two"])
    with pytest.raises(StatementError):
        answering.estimate(by(node, "bb-one"), id, "onset", wrong)
    return id


def rows(node):
    """Every row of every table, as the database hands them out."""
    with node.store.reading() as reader:
        for table in tables.metadata.sorted_tables:
            for row in reader.connection.execute(select(table)):
                yield " ".join(str(bytes(v), "latin-1") if isinstance(v, (bytes, memoryview)) else str(v) for v in row)
        yield from (str(tuple(row)) for row in reader.connection.execute(text("SELECT * FROM search")))


def files(node):
    """Every file that a thief could take away but the key; of a database server, its own as well."""
    home = node.settings.home
    found = [path for path in home.rglob("*") if path.is_file() and path != node.store.seal.path]
    if node.settings.database:
        with node.store.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("CHECKPOINT"))
            oid = connection.execute(text("SELECT oid FROM pg_database WHERE datname = current_database()")).scalar()
        (host,) = parse_qs(urlsplit(node.settings.database).query).get("host", [""])
        data = Path(host) / "data"
        if (data / "base").is_dir():
            found += [path for path in (data / "base" / str(oid)).iterdir() if path.is_file()]
            found += [path for path in (data / "pg_wal").iterdir() if path.is_file()]
            found += [path for path in (Path(host) / "log", data / "current_logfiles") if path.is_file()]
    return found


def found_in(contents):
    """The names of the needles that are somewhere in these."""
    return {name for content in contents for name in holding(content, needles())}


def test_nothing_that_is_sealed_is_in_database_backup_logs_or_any_file(node, under_way, tmp_path, caplog):
    backup = tmp_path / "backup.tocsin"
    keeping.back_up(node.settings, backup)
    with open_node(node.settings, exercise=True).store.reading():
        pass  # an exercise lies beside, and tells no more
    lines = "\n".join([*(record.getMessage() for record in caplog.records), caplog.text])
    everything = files(node)
    assert {backup.name, "node.db"} <= {path.name for path in [*everything, backup]}
    assert found_in(path.read_bytes() for path in [*everything, backup]) == set()
    assert found_in(["\n".join(rows(node)).encode("latin-1", "replace"), lines.encode()]) == set()
    # The envelopes are there, or the search would have had nothing to find.
    assert "\n".join(rows(node)).count('"kind":"envelope"') == 6


def test_with_the_key_the_same_search_finds_everything_that_was_kept(node, under_way):
    contents = []
    with node.store.reading() as reader:
        for row in reader.connection.execute(select(tables.statement).where(tables.statement.c.kind == "envelope")):
            body = json.loads(bytes(row.open))["body"]
            bound = context(under_way, body["stage"], body["question"], row.organisation, row.person)
            contents.append(node.store.seal.open(bound, body["sealed"]))
        for row in reader.connection.execute(select(tables.draft)):
            contents.append(node.store.seal.open({"draft": row.form, "person": row.person}, row.fields))
    missing = needles().keys() - found_in(contents)
    assert all(name == "refused" or "as a double" in name for name in missing)


def test_what_is_opened_is_found_so_that_the_search_can_find_it(node, under_way):
    registering.step(by(node, CONVENOR), under_way, "share")
    found = found_in(["\n".join(rows(node)).encode("latin-1")])
    assert set(ANALYSTS) <= found
    assert {f"{best} in digits" for best in BEST.values()} <= found


@pytest.mark.parametrize(
    "wrap",
    [
        lambda one: one,
        lambda one: one.decode().encode("utf-16-le"),
        lambda one: one.decode().encode("utf-16-be"),
        lambda one: b"x" + base64.b64encode(one),
        lambda one: b"xy" + base64.b64encode(b"a" + one),
        lambda one: base64.urlsafe_b64encode(b"ab" + one),
        lambda one: one.hex().encode(),
        lambda one: json.dumps(one.decode()).encode(),
        lambda one: json.dumps(json.dumps(one.decode())).encode(),
        lambda one: "".join(f"\\u{ord(letter):04x}" for letter in one.decode()).encode(),
        lambda one: b"before" + __import__("zlib").compress(one * 3) + b"after",
        lambda one: __import__("gzip").compress(base64.b64encode(one)),
    ],
)
def test_the_search_sees_through_every_wrapping(wrap):
    one = "Kalamandra zwölf umspannt den Hafen.".encode()
    assert holding(b"\x00noise " + wrap(one) + b" noise" if wrap(one)[:2] != b"\x1f\x8b" else wrap(one), {"it": one})
    assert not holding(b"\x00noise " + b" noise", {"it": one})


def test_the_search_knows_a_number_however_it_is_kept():
    import struct

    (best,) = {0.037184629531}
    for kept in (b"0.037184629531", b"3.7184629531e-2", struct.pack("<d", best), struct.pack(">d", best)):
        assert holding(b"before" + kept, numbers(best)), kept


# Doors ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def theatre(tmp_path):
    """A round under way in which four have sealed, in an application whose visitor can be changed.

    sam is steward and convenor of the organisation that convenes; con convenes; the others answer.
    """
    world = empty(tmp_path / "world", make_template(tmp_path / "template"))
    for id in ("aa", "bb"):
        world.enter(OrganisationAdded(id=id, name=f"Organisation {id}"))
    everything = frozenset(Role)
    for id, organisation, roles in (
        ("sam", "aa", everything),
        ("con", "aa", frozenset({Role.CONVENOR, Role.DESK_OFFICER, Role.ANALYST})),
        ("sue", "bb", everything),
        ("ann", "bb", frozenset({Role.ANALYST})),
    ):
        world.enter(PersonAdded(id=id, name=id.title(), organisation=organisation, roles=roles))
    for group in ("sahel", "lakes"):
        world.enter(GroupAdded(id=group, name=group.title(), keeper="aa"))
        for id in ("aa", "bb"):
            world.enter(MemberJoined(group=group, organisation=id, since=world.clock()))
    rounds.convene(world, 1, {"tlp": "AMBER", "caveats": [], "audience": [["group:sahel"]]}, 3)
    (id,) = [one.id for one in world.statements() if one.kind == "round"]
    sealed = {}
    for person, best, reason in zip(world.persons, BEST.values(), REASONS.values(), strict=True):
        visit = world.visit(person)
        answering.declare(visit, id, False)
        for question in ("onset", "spread"):
            answering.estimate(visit, id, question, given(best, reason))
        drafts.save(visit, f"round:{id}:onset", {"reason": [reason], "best": [str(best)]})
        sealed[person] = [reason.split(" umspannt")[0], *re.findall(r"\d{6,}", f"{best!r} {best / 2!r} {best * 2!r}")]
        world.clock.at += 1_000_000
    world.caught_up()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pace, "BURST", float("inf"))
        node, client = stage(world, patch)
        with client:
            yield world, node, client, sealed


@pytest.mark.parametrize("person", ["sam", "con", "sue", "operator"])
def test_no_door_shows_a_first_estimate_to_convenor_steward_or_operator(theatre, person, monkeypatch):
    world, node, client, sealed = theatre
    node.show(world, person)
    if person == "operator":
        monkeypatch.setattr(node.__class__, "seated", lambda self, door: self.operator(door))
    secrets = {one for other, words in sealed.items() if other != person for one in words}
    secrets -= set(sealed.get(person, ()))
    pick, shown = random.Random(7), 0
    for method, path in addresses(client.app):
        if (method, path) in UNTOLD or path.endswith(("/sign-out", "/step")):
            continue
        for _ in range(25 if "{" in path or "statements" in path else 4):
            ask = asked(method, path, world, pick) if method == "GET" else sent(method, path, world, pick)
            status, headers, body = told(client, ask)
            shown += status == 200
            leaked = [one for one in secrets if one in body or one in str(headers)]
            assert not leaked, (ask, leaked)
    assert shown > 20


@pytest.mark.parametrize("person", ["sam", "con", "sue", "operator"])
def test_no_view_of_the_desk_shows_a_first_estimate_to_convenor_steward_or_operator(theatre, person):
    world, _, _, sealed = theatre
    visit = world.node.operator("cli") if person == "operator" else world.visit(person)
    seen = []

    def ask(view, *given, **named):
        try:
            seen.append(repr(view(*given, **named)))
        except TocsinError as error:
            seen.append(repr(error) + str(error))

    (id,) = [one.id for one in world.statements() if one.kind == "round"]
    for kind in (None, "envelope", "estimate", "declaration", "round"):
        ask(views.current, visit, kind=kind)
        ask(views.count, visit, kind=kind)
    for words in REASONS.values():
        ask(views.search, visit, words)
    ask(showing.told, visit, id)
    ask(showing.listed, visit)
    for one in world.statements():
        for view in (views.statement, views.chain_of, views.beside, views.recall_of, auditing.who_saw):
            ask(view, visit, one.id)
        ask(making.recall, visit, one.id, "to see what is said")
    ask(views.history, visit, "place:TCD")
    for other in (*world.persons, "operator"):
        ask(auditing.by_person, visit, other, limit=200)
        for form in (f"round:{id}:onset", f"compose:statement:{id}"):
            ask(drafts.load, visit, form)
    secrets = {one for other, words in sealed.items() if other != person for one in words}
    told_all = " ".join(seen)
    assert not [one for one in secrets if one in told_all]
    if person != "operator":
        assert sealed[person][0] in told_all  # they see their own


def test_a_refused_estimate_stands_in_no_log_line_of_any_door(node, under_way, caplog):
    caplog.clear()
    visit = by(node, "bb-one")
    for changes in ({"lowest": 0.9}, {"confidence": 0.2}, {"highest": 1.5}, {"reason": REFUSED + "\x07"}):
        with pytest.raises(TocsinError):
            answering.estimate(visit, under_way, "onset", given(BEST["bb-one"], REFUSED) | changes)
    create_app(node)
    assert found_in([caplog.text.encode(), "\n".join(rows(node)).encode("latin-1", "replace")]) == set()


# Another place, another key ------------------------------------------------------------------------------------------


def envelope(node, person, at=-1):
    """The sealed text that a person sent last."""
    return [one for one in views.every(by(node, person), kind="envelope") if one.person == person][at].body.sealed


def test_an_envelope_under_another_name_question_stage_or_round_does_not_open(node, under_way):
    sealed = envelope(node, "bb-one")
    mine = context(under_way, "first", "onset", "bb", "bb-one")
    assert json.loads(node.store.seal.open(mine, sealed))["best"] == BEST["bb-one"]
    for changes in (
        {"person": "bb-two"},
        {"organisation": "cc"},
        {"question": "spread"},
        {"question": ""},
        {"stage": "second"},
        {"round": "0" * 64},
    ):
        with pytest.raises(SealError):
            node.store.seal.open(mine | changes, sealed)
    with pytest.raises(SealError):
        node.store.seal.open({"draft": f"round:{under_way}:onset", "person": "bb-one"}, sealed)


def test_somebody_who_writes_another_persons_envelope_as_their_own_stops_the_stage_from_closing(node, under_way):
    # Whoever holds the machine could: what is then opened must not be one person's answer under another's name.
    stolen = envelope(node, "cc-one")
    visit = by(node, "bb-one")
    body = {"kind": "envelope", "stage": "first", "question": "onset", "sealed": stolen}
    own = next(one for one in views.every(visit, kind="envelope") if one.person == "bb-one")
    forged = making.stated(
        visit, Role.ANALYST, body=body, about=under_way, attribution="non-attributed", marking=own.head.marking
    )
    with node.store.writing() as writer:
        writer.add(forged)
    with pytest.raises(SealError, match="belongs elsewhere"):
        registering.step(by(node, CONVENOR), under_way, "share")
    assert showing.told(by(node, CONVENOR), under_way).stage == "first"
    assert not list(views.every(by(node, CONVENOR), kind="estimate"))


def test_a_stage_is_not_closed_with_the_key_gone_and_closes_when_it_is_back(node, under_way, clock):
    key = node.store.seal.path.read_bytes()
    node.store.seal.path.unlink()
    node.store.seal._key = None  # as after a restart
    with pytest.raises(SealError, match="is not there") as refused:
        registering.step(by(node, CONVENOR), under_way, "share")
    assert refused.value.remedy
    with pytest.raises(SealError):
        answering.estimate(by(node, "bb-one"), under_way, "onset", given(0.2))
    # What they have sealed is told of as such, not as if it were nothing, and the round is shown without it.
    found = showing.told(by(node, "bb-one"), under_way)
    assert (found.unreadable, found.put[0].mine) == ({"onset"}, None)
    assert not node.store.seal.path.exists()
    # Whoever has sealed nothing, and everything else, goes on.
    assert showing.told(by(node, CONVENOR), under_way).answered == 3  # of four: it goes up by threes
    note = {"body": {"kind": "note", "title": "t", "text": "x"}, "subject": {"type": "place", "id": "SDN"}}
    making.make(by(node, "bb-one"), note | {"marking": {"tlp": "CLEAR", "audience": [["everyone"]]}})
    node.store.seal.path.write_bytes(key)
    registering.step(by(node, CONVENOR), under_way, "share")
    assert len(showing.told(by(node, "bb-one"), under_way).put[0].first) == 4


@pytest.mark.parametrize("kept", [True, False])
def test_a_round_put_back_from_a_backup_closes_with_the_key_alone(node, under_way, tmp_path, clock, kept):
    backup, home = tmp_path / "backup.tocsin", tmp_path / "elsewhere"
    keeping.back_up(node.settings, backup)
    settings = type(node.settings)(home=home)
    keeping.restore(settings, backup)
    if kept:
        (home / "store.key").write_bytes(node.store.seal.path.read_bytes())
    other = opened_again(settings, clock)
    try:
        if kept:
            registering.step(by(other, CONVENOR), under_way, "share")
            values = sorted(one.given.best for one in showing.told(by(other, "bb-one"), under_way).put[0].first)
            assert values == sorted(BEST.values())
            assert drafts.load(by(other, "bb-one"), f"round:{under_way}:onset").fields["reason"] == [DRAFT]
        else:
            with pytest.raises(SealError):
                registering.step(by(other, CONVENOR), under_way, "share")
            draft = drafts.load(by(other, "bb-one"), f"round:{under_way}:onset")
            assert (draft.lost, draft.fields) == (True, {})
            assert showing.told(by(other, CONVENOR), under_way).round.title == "Outlook"
            registering.step(by(other, CONVENOR), under_way, "cancel", "The key is lost.")
            assert showing.told(by(other, "bb-one"), under_way).stage == "cancelled"
        areas = keeping.examine_store(settings)
        assert not [one for area in areas for one in area.findings if one.state == "fail"]
    finally:
        other.store.close()


def opened_again(settings, clock):
    from unittest import mock

    with mock.patch("tocsin.desk.node.clock", clock):
        return open_node(settings)


def test_a_finished_round_can_be_read_when_the_key_is_gone(node, clock):
    id = begun(node, clock)
    answer(node, id, BEST)
    registering.step(by(node, CONVENOR), id, "share")
    answer(node, id, BEST)
    registering.step(by(node, CONVENOR), id, "pool")
    answering.close(by(node, "bb-one"), id, {"dissents": {"onset": "It is far likelier."}})
    registering.step(by(node, CONVENOR), id, "finish")
    node.store.seal.path.unlink()
    node.store.seal._key = None
    done = showing.told(by(node, "bb-one"), id)
    assert [one.text for one in done.put[0].result.dissents] == ["It is far likelier."]


def test_whoever_is_invited_answers_also_where_they_do_not_know_everybody_in_the_audience(node, clock):
    with node.store.writing() as writer:
        writer.enter(OrganisationAdded(id="dd", name="Organisation dd"), None)
        writer.enter(GroupAdded(id="pair", name="Pair", keeper="aa"), None)
        for id in ("aa", "dd"):
            writer.enter(MemberJoined(group="pair", organisation=id, since=clock()), None)
    whole = wanted(clock) | {"marking": {"tlp": "AMBER", "audience": [["group:basin", "group:pair"]]}}
    id = registering.register(by(node, CONVENOR), whole).id
    registering.step(by(node, CONVENOR), id, "open")
    for person in ANALYSTS:
        answering.declare(by(node, person), id, False)
    answer(node, id, BEST)
    registering.step(by(node, CONVENOR), id, "share")
    assert len(showing.told(by(node, "cc-one"), id).put[0].first) == 4


# What lengths, letters and sizes tell --------------------------------------------------------------------------------


def test_reasons_up_to_900_bytes_and_estimates_of_any_form_are_of_one_length(node, clock):
    id = begun(node, clock)
    visit = by(node, "bb-one")
    for number, reason in enumerate(("A.", "b" * 90, "c" * 450, "ü" * 450, "d " * 449 + "d", "e" * 900)):
        answering.estimate(visit, id, "onset", given(0.1 + number / 1e9, reason))
    answering.take_back(visit, id, "onset")
    assert len(set(_lengths(node))) == 1
    answering.estimate(visit, id, "onset", given(0.1, "f" * 1100))
    assert len(set(_lengths(node))) == 2


def _lengths(node):
    with node.store.reading() as reader:
        kept = reader.connection.execute(select(tables.statement.c.open).where(tables.statement.c.kind == "envelope"))
        return [len(json.loads(bytes(row.open))["body"]["sealed"]) for row in kept]


@pytest.mark.parametrize(
    ("reason", "said"),
    [("bell \x07", "control"), ("nul \x00", "control"), ("\U0001f600" * 20_000, "sealed together")],
)
def test_what_could_not_be_opened_later_is_refused_when_it_is_sealed(node, clock, reason, said):
    id = begun(node, clock)
    with pytest.raises(StatementError, match=said) as refused:
        answering.estimate(by(node, "bb-one"), id, "onset", given(0.2, reason))
    assert refused.value.field == "reason"
    registering.step(by(node, CONVENOR), id, "share")
    for field, ask in (
        ("recommendations.1", lambda: answering.wish(by(node, "bb-one"), id, {"recommendations": ["Go.", reason]})),
        ("dissents.onset", lambda: answering.close(by(node, "bb-one"), id, {"dissents": {"onset": reason}})),
    ):
        with pytest.raises(StatementError, match=said) as refused:
            ask()
        assert refused.value.field.partition(".")[0] == field.partition(".")[0]
        registering.step(by(node, CONVENOR), id, {"r": "pool", "d": "finish"}[field[0]])


def test_the_longest_reason_that_is_taken_is_opened_whole(node, clock):
    id = begun(node, clock, attributed="named")
    longest = "\u4e00" * 20_000
    answering.estimate(by(node, "bb-one"), id, "onset", given(0.2, longest))
    registering.step(by(node, CONVENOR), id, "share")
    (only,) = showing.told(by(node, "cc-one"), id).put[0].first
    assert only.given.reason == longest


def test_what_is_sealed_begins_with_its_mark_in_drafts_alone(node, under_way):
    with node.store.reading() as reader:
        kept = reader.connection.execute(select(tables.draft.c.fields)).scalars().all()
    assert [one.startswith(MARK) for one in kept] == [True]
