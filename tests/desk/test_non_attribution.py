"""Nobody in a round that is not attributed can tell who said what better than by chance.

Two ways. A round is played twice, the second time with the words of two participants exchanged: whoever is told
anything else can tell the two apart (no difference is let pass, so everything that is not drawn by chance is covered).
And what is drawn by chance, the order of the record and the identities, is guessed from over many rounds.
"""

import itertools
import random
import re
import sys
from collections import Counter
from types import SimpleNamespace

import pytest
from scipy.stats import binomtest
from tests.account_team import Clock
from tests.authorship import APART, INVITED, PEOPLE, TOGETHER, Transcript, attempt, differing, play
from tests.leak.channels import UNTOLD, Ask, addresses, asked, stage, told
from tests.leak.sending import sent
from tests.leak.test_channels import COSTLY
from tests.leak.worlds import empty, make_template
from tests.round_team import ANALYSTS, CONVENOR, QUESTION, answer, begun, by, given, opened, wanted

from tocsin.core.convening import FEWEST, Result
from tocsin.core.register import PersonAdded
from tocsin.core.seeing import Role
from tocsin.core.statement import canonical, digest
from tocsin.desk import auditing, making, proposing, releasing, views
from tocsin.desk.rounds import answering, opening, registering, showing
from tocsin.desk.rounds.case import ANSWERING
from tocsin.interfaces.web import pace

K = (3, 4, 6)


# A round played twice ------------------------------------------------------------------------------------------------


def by_words(found):
    """In place of chance: an order that is the same whoever said what."""
    return tuple(sorted(found, key=lambda one: canonical(one.body.model_dump(mode="json"))))


@pytest.fixture
def both(tmp_path, monkeypatch):
    """Plays a round twice, with the words of a pair exchanged, and shows it to one application."""
    monkeypatch.setattr(opening, "_shuffled", by_words)
    monkeypatch.setattr(pace, "BURST", float("inf"))
    template = make_template(tmp_path / "template")
    worlds = []

    def played(k, pair):
        for exchanged in (False, True):
            folder = tmp_path / f"{k}-{pair[0]}-{exchanged}"
            worlds.append(play(folder, template, k, pair, exchanged=exchanged))
        labels = {id: label for one in worlds for id, label in one.labels.items()}
        # What is put in the order of digests of identities, which are drawn by chance: in that of what they stand for.
        for name, module in list(sys.modules.items()):
            if name.startswith("tocsin.desk.rounds") and hasattr(module, "digest"):
                known = {id.encode(): label.encode() for id, label in labels.items()}
                monkeypatch.setattr(module, "digest", lambda content, known=known: digest(known.get(content, content)))
        return worlds[-2:]

    yield played
    for one in worlds:
        one.world.node.store.close()


@pytest.fixture
def house(tmp_path, monkeypatch):
    """An application whose world and visitor can be changed."""
    node, client = stage(empty(tmp_path / "first", make_template(tmp_path / "house")), monkeypatch)
    with client:
        yield node, client


ASKED = (
    "<estimate first onset Reason a",
    "<estimate first onset Reason b",
    "<estimate second spread Reason b",
    "<dissent",
    "<recommendation",
    "<result onset",
    "<round",
)
"""Of what was opened: what the two said, the result and the round."""


def reading(app, played, world, pick):
    """Requests to every address that is read from: of what was opened, of each person, and at random."""
    ids = [id for id in played.opened if played.labels[id].startswith(ASKED)]
    for method, path in addresses(app):
        if method != "GET" or (method, path) in UNTOLD or COSTLY.match(path):
            continue
        blanks = set(re.findall(r"\{(\w+)(?::\w+)?\}", path))
        ways = [{}]
        if "id" in blanks and not path.startswith("/groups"):
            ways = [{"id": one} for one in ids]
        elif "person" in blanks:
            ways = [{"person": one} for one in PEOPLE]
        if "form" in blanks:
            ways = [way | {"form": form} for way in ways for form in ("md", "json")] + [ways[0] | {"form": "docx"}]
        for way in ways:
            filled = path
            for name, value in way.items():
                filled = re.sub(rf"\{{{name}(?::\w+)?\}}", value, filled)
            yield asked(method, filled, world, pick)
            if "audit" in path:
                yield from (Ask(path, "GET", filled, (("statement", one),)) for one in ids)
                yield from (Ask(path, "GET", filled, (("person", one),)) for one in PEOPLE)


def heard(house, played, attacker, *, writes=False):
    """Everything that somebody is told at every address."""
    node, client = house
    node.show(played.world, attacker)
    found, pick = Transcript(played), random.Random(11)
    world = played.known_to(attacker)
    asks = list(reading(client.app, played, world, pick))
    if writes:
        routes = [one for one in addresses(client.app) if one[0] != "GET" and one not in UNTOLD]
        asks += [sent(method, path, world, pick) for method, path in routes for _ in range(3)]
    for ask in asks:
        status, headers, body = told(client, ask)
        found.add(f"{ask.method} {ask.path} {ask.query} {ask.sent}", f"{status}\n{headers}\n{body}")
    return found


def alike(found):
    """Whether two transcripts are the same; if not, the first differences, to be read by a person."""
    lines = []
    for asked_, here, there in itertools.islice(differing(*found), 3):
        parts = [
            (one, other)
            for one, other in itertools.zip_longest(here.split("\n"), there.split("\n"), fillvalue="")
            if one != other
        ]
        lines.append(f"{asked_}\n" + "\n".join(f"  - {one[:400]}\n  + {other[:400]}" for one, other in parts[:6]))
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("k", "pair", "attackers"),
    [
        (3, APART, ("aon", "red")),
        (4, APART, ("sam", "con")),
        (4, TOGETHER, ("aon", "bst")),
        (6, TOGETHER, ("cin", "bst")),
    ],
    ids=["3 apart", "4 apart", "4 together", "6 together"],
)
def test_whose_words_are_exchanged_makes_no_difference_at_any_address(both, house, k, pair, attackers):
    one, other = both(k, pair)
    for attacker in attackers:
        found = [heard(house, played, attacker, writes=k == 4) for played in (one, other)]
        assert sum(answer_.startswith("200") for _, answer_ in found[0].told) > 50
        if apart := alike(found):
            pytest.fail(f"{attacker} is told apart:\n{apart}", pytrace=False)


def names_everybody(head, organisation):
    return True


@pytest.mark.parametrize(
    ("where", "name", "fault"),
    [
        (auditing, "_tells_nobody", names_everybody),
        (auditing, "ANSWERING", frozenset()),
        (opening, "_shuffled", tuple),
        (showing, "LISTED", 99),
    ],
    ids=["readers are named", "who has answered is told", "recorded as they were sealed", "nothing is wrong"],
)
def test_a_difference_would_be_noticed(both, house, monkeypatch, where, name, fault):
    monkeypatch.setattr(where, name, fault)
    found = [heard(house, played, "bst") for played in both(4, TOGETHER)]
    assert bool(alike(found)) == (where is not showing)


# What somebody may try with what was opened --------------------------------------------------------------------------


def tried(played, attacker):
    """What comes of using each opened estimate in every way that compares where statements come from."""
    found = Transcript(played)
    world = played.world
    visit = world.visit(attacker)
    marking = {"tlp": "AMBER", "caveats": ["CHATHAM HOUSE RULE"], "audience": [["group:sahel"]]}
    wide = {"tlp": "GREEN", "caveats": ["CHATHAM HOUSE RULE"], "audience": [["community"]]}
    note = {"body": {"kind": "note", "title": "Mine", "text": "Mine."}, "subject": {"type": "place", "id": "SDN"}}
    release = {"title": "t", "text": "x", "subject": "place:SDN", "reason": "r"}
    for id in [one for one in played.opened if one not in _heads(visit, "round", "step")]:
        word = str(id)
        ways = {
            "recall": lambda id=id: making.recall(visit, id, "to see").id and "",
            "who saw": lambda id=id: [(one.at, one.door, one.line) for one in auditing.who_saw(visit, id).lines],
        }
        for name, act in ways.items():
            found.add(f"{name} {word}", attempt(act))
        derived = attempt(lambda id=id: making.make(visit, note | {"marking": marking, "derived_from": [id]}).id)
        found.add(f"derived {word}", derived)
        if derived.startswith("done"):
            mine = derived.removeprefix("done ")
            looser = note | {"marking": wide, "supersedes": [mine], "attribution": "non-attributed"}
            found.add(f"washed {word}", attempt(lambda again=looser: making.make(visit, again).id and ""))
            for source in (mine, id):
                wanted_ = release | {"marking": {"tlp": "CLEAR", "caveats": ["CHATHAM HOUSE RULE"]}}
                wanted_["marking"] |= {"audience": [["everyone"]]}
                found.add(f"proposed {word}", attempt(lambda s=source, w=wanted_: _approved(visit, s, w)))
        for group in ("lakes", "sahel"):
            to = {"tlp": "AMBER", "audience": [["group:sahel", f"group:{group}"]]}
            found.add(
                f"outlined {word} {group}",
                attempt(lambda i=id, t=to: proposing.outline(visit, [i], release | {"marking": t}) and ""),
            )
    return found


def _heads(visit, *kinds):
    return {one.id for kind in kinds for one in views.every(visit, kind=kind)}


def _approved(visit, source, wanted_):
    made = proposing.propose(visit, [source], wanted_)
    return releasing.approve(visit, made.id, source, "yes") and ""


@pytest.mark.parametrize("attacker", ["bth", "bon", "con", "bst"])
def test_nothing_that_can_be_tried_with_an_estimate_tells_of_which_organisation_it_is(both, attacker):
    one, other = both(6 if attacker == "bth" else 4, APART)
    found = [tried(played, attacker) for played in (one, other)]
    assert not alike(found)


def test_the_names_of_participants_stand_beside_nothing_that_was_opened(both, house):
    one, _ = both(4, APART)
    looked_at = 0
    for asked_, body in heard(house, one, "bst").told:
        if re.match(r"GET /(api/v1/)?statements?/<(estimate|dissent|recommendation)", asked_):
            # But who was named in the question, which stands in the links to other languages.
            names = set(INVITED[4, APART]) - set(re.findall(r"\w+", asked_))
            assert not names & set(re.findall(r"\w+", body)), asked_
            looked_at += body.startswith("200")
    assert looked_at > 5


# What is drawn by chance, guessed over many rounds -------------------------------------------------------------------

ROUNDS = 216
LEVEL = 1e-4
"""How often the whole test may fail though nothing can be told apart; shared among all guessers and group sizes."""

SIX = ("aa-one", "aa-two", "bb-one", "bb-two", "cc-one", "cc-two")
STEWARD = "aa-steward"


@pytest.fixture
def assembly(tmp_path):
    """A node with six analysts and a steward, and its clock."""
    clock = Clock()
    node = opened(tmp_path, clock)
    with node.store.writing() as writer:
        for id in {*SIX} - {*ANALYSTS}:
            roles = frozenset({Role.READER, Role.ANALYST})
            writer.enter(PersonAdded(id=id, name=id.title(), organisation=id[:2], roles=roles), None)
        everything = frozenset(Role)
        writer.enter(PersonAdded(id=STEWARD, name="Steward", organisation="aa", roles=everything), None)
    yield node, clock
    node.store.close()


def one_round(node, clock, seed):
    """A round of first estimates, and everything that a guesser may know of it but who said what.

    The worst is assumed: that somebody knows the order in which the participants answered, when each looked at what,
    and what each is used to write (a confidence of their own).
    """
    dice = random.Random(seed)
    k = K[seed % len(K)]
    who = dice.sample(SIX, k)
    clock.turn(60)
    invited = [{"organisation": one, "persons": [w for w in who if w[:2] == one]} for one in {w[:2] for w in who}]
    id = registering.register(by(node, CONVENOR), wanted(clock, invitations=invited)).id
    registering.step(by(node, CONVENOR), id, "open")
    for person in who:
        answering.declare(by(node, person), id, False)
    values = dict(zip(who, dice.sample(range(10, 900), k), strict=True))
    sealed = []
    for person in who:
        clock.turn(dice.uniform(5, 600))
        answering.estimate(by(node, person), id, "onset", given(values[person] / 1000))
        sealed.append((person, clock()))
    registering.step(by(node, CONVENOR), id, "share")
    return dice, k, who, id, {person: value / 1000 for person, value in values.items()}, sealed


def observed(node, id, person):
    """The estimates as one person is told of them, in the order of the record."""
    found = [one for one in views.every(by(node, person), kind="estimate") if one.shown["subject"]["id"] == id]
    return sorted(found, key=lambda one: one.head.recorded_at)


def in_order(seen, who):
    return dict(zip((one.id for one in seen), who, strict=True))


GUESSERS = {
    "recorded as sealed": lambda seen, who: in_order(seen, who),
    "recorded the other way round": lambda seen, who: in_order(seen[::-1], who),
    "recorded one further on": lambda seen, who: in_order([*seen[1:], seen[0]], who),
    "recorded by name": lambda seen, who: in_order(seen, sorted(who)),
    "identities as sealed": lambda seen, who: in_order(sorted(seen, key=lambda one: one.id), who),
    "identities by name": lambda seen, who: in_order(sorted(seen, key=lambda one: one.id), sorted(who)),
    "digests as sealed": lambda seen, who: in_order(sorted(seen, key=lambda one: one.shown["sealed"]), who),
    "instants to instants": lambda seen, who: in_order(sorted(seen, key=lambda one: one.shown["made_at"]), who),
    "listed as sealed": lambda seen, who: in_order(sorted(seen, key=lambda one: -one.head.recorded_at), who),
    "identities by digest of the name": lambda seen, who: in_order(
        sorted(seen, key=lambda one: one.id), sorted(who, key=lambda name: digest(name.encode()))
    ),
}


def guessed(assembly, rounds):
    """Hits and tries of every guesser, for a participant who knows their own and for the convenor, by group size."""
    node, clock = assembly
    hits, tries = Counter(), Counter()
    for seed in range(rounds):
        dice, k, who, id, values, _ = one_round(node, clock, seed)
        attacker = who[0]
        for knows in (True, False):
            asker = attacker if knows else CONVENOR
            seen = observed(node, id, asker)
            assert len(seen) == k
            assert {one.shown["made_at"] for one in seen} == {seen[0].shown["made_at"]}
            others = [one for one in seen if not knows or one.body.given.best != values[attacker]]
            names = [one for one in who if not knows or one != attacker]
            target = dice.choice(others)
            for name, guess in GUESSERS.items():
                told_ = guess(others, names)
                tries[name, k, knows] += 1
                hits[name, k, knows] += values[told_[target.id]] == target.body.given.best
    return hits, tries


def better_than_chance(hits, tries):
    """Those guessers whose hits chance does not explain: two-sided exact binomial tests, corrected for their number."""
    found = {}
    for key, number in tries.items():
        _, k, knows = key
        p = binomtest(hits[key], number, 1 / (k - 1) if knows else 1 / k).pvalue
        if p < LEVEL / len(tries):
            found[key] = (hits[key], number, p)
    return found


def test_no_guesser_is_better_than_chance(assembly):
    hits, tries = guessed(assembly, ROUNDS)
    assert set(tries.values()) == {ROUNDS // len(K)}
    assert better_than_chance(hits, tries) == {}


def test_a_guesser_who_has_something_to_go_by_is_better_than_chance(assembly, monkeypatch):
    monkeypatch.setattr(opening, "_shuffled", tuple)
    found = better_than_chance(*guessed(assembly, 75))
    caught = {key: value for key, value in found.items() if key[0] == "recorded as sealed"}
    assert len(caught) == 2 * len(K)
    assert all(hits == number for hits, number, _ in caught.values())


# Small cells ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def node(tmp_path):
    clock = Clock()
    node = opened(tmp_path, clock)
    yield node, clock
    node.store.close()


@pytest.mark.parametrize("number", range(5))
def test_no_count_of_one_or_two_is_told_of_answers(node, number):
    node, clock = node
    id = begun(node, clock, questions=[QUESTION, QUESTION | {"key": "spread"}])
    counts = []
    for place in range(number):
        answer(node, id, {ANALYSTS[place]: 0.1 + place / 10})
        counts.append(showing.told(by(node, CONVENOR), id).answered)
    assert not {1, 2} & set(counts)
    if number:
        answering.take_back(by(node, ANALYSTS[0]), id, "onset")
        assert showing.told(by(node, CONVENOR), id).answered not in (1, 2)
        answer(node, id, {ANALYSTS[0]: 0.15})
    registering.step(by(node, CONVENOR), id, "share")
    answer(node, id, dict.fromkeys(ANALYSTS[:number], 0.1))
    registering.step(by(node, CONVENOR), id, "pool")
    for person in ANALYSTS[:number]:
        answering.close(by(node, person), id, {})
    assert showing.told(by(node, CONVENOR), id).answered not in (1, 2)
    registering.step(by(node, CONVENOR), id, "finish")
    for person in (*ANALYSTS, CONVENOR):
        found = showing.told(by(node, person), id)
        for put in found.put:
            flags = [*put.flags.values(), *(one for _, step in found.steps for one in step.flags)]
            assert {one.estimates for one in flags} <= {None, 0} | set(range(FEWEST, 9)) - {1, 2}
            assert len(put.first) not in (1, 2)
            assert isinstance(put.result.body, Result)
            assert put.result.body.estimates not in (1, 2)
            if number < FEWEST:
                told_ = [(one.majority, one.estimates) for one in flags]
                assert set(told_) == {(False, None)}
                assert put.result.body.value is None


@pytest.mark.parametrize("number", [1, 2])
def test_that_everybody_has_answered_is_not_told_where_fewer_than_three_are_invited(node, number):
    node, clock = node
    who = ("bb-one", "cc-one")[:number]
    invited = [{"organisation": one[:2], "persons": [one]} for one in who]
    id = registering.register(by(node, CONVENOR), wanted(clock, invitations=invited)).id
    registering.step(by(node, CONVENOR), id, "open")
    for person in who:
        answering.declare(by(node, person), id, False)
        answer(node, id, {person: 0.1})
    assert showing.told(by(node, CONVENOR), id).answered is None


def test_results_before_and_after_a_recall_tell_nothing_of_fewer_than_three(node):
    node, clock = node
    id = begun(node, clock)
    registering.step(by(node, CONVENOR), id, "share")
    answer(node, id, dict(zip(ANALYSTS[:3], (0.1, 0.2, 0.3), strict=True)))
    registering.step(by(node, CONVENOR), id, "pool")
    mine = next(one.view.id for one in showing.told(by(node, "aa-one"), id).put[0].second if one.mine)
    making.recall(by(node, "aa-one"), mine, "I was mistaken.")
    for person in (*ANALYSTS, CONVENOR):
        put = showing.told(by(node, person), id).put[0]
        assert put.preliminary.value is None
        assert put.preliminary.estimates is None
    registering.step(by(node, CONVENOR), id, "finish")
    assert showing.told(by(node, "bb-one"), id).put[0].result.body.estimates is None


def test_an_interest_does_not_tell_to_which_questions_its_holder_answered(node):
    node, clock = node
    id = begun(node, clock, questions=[QUESTION, QUESTION | {"key": "spread"}])
    answering.declare(by(node, "bb-two"), id, True, "My sister works there.")
    for person in ANALYSTS:
        answering.estimate(by(node, person), id, "onset", given(0.1))
        if person != "bb-two":
            answering.estimate(by(node, person), id, "spread", given(0.1))
    registering.step(by(node, CONVENOR), id, "share")
    flags = [put.flags["first"] for put in showing.told(by(node, CONVENOR), id).put]
    assert [(one.estimates, one.interest) for one in flags] == [(4, True), (3, True)]


def test_what_the_convenor_recommends_is_said_by_their_organisation(node):
    node, clock = node
    id = begun(node, clock)
    made = registering.recommend(by(node, CONVENOR), id, "Meet again.")
    # Its date tells that a convenor said it, so it does not claim to be attributed to nobody.
    (advice,) = showing.told(by(node, "bb-one"), id).advice
    assert (advice.view.organisation, advice.view.person) == ("aa", None)
    assert made.head.marking == showing.told(by(node, "bb-one"), id).view.head.marking


@pytest.mark.parametrize("number", range(9))
def test_no_vote_can_be_worked_out_from_the_support_that_is_told(number):
    # Whoever votes knows their own vote, and the convenor how many voted: what is told must fit two votes of everybody.
    case = SimpleNamespace(unattributed=True)
    fitting = {}
    for votes in itertools.product(("support", "oppose"), repeat=number):
        said = opening._support(case, "0" * 64, [{"0" * 64: one} for one in votes])
        assert said.support not in range(FEWEST)
        assert said.others not in range(FEWEST)
        fitting.setdefault((said.support, said.others, said.at_least_three), []).append(votes)
    for found in fitting.values():
        for own, other in itertools.permutations(range(number), 2):
            for vote in {one[own] for one in found}:
                assert len({one[other] for one in found if one[own] == vote}) == 2, (own, other, vote)


def test_support_that_would_tell_votes_would_be_noticed():
    # Three who all support: "at least three" tells what each of them said.
    said = opening._support(SimpleNamespace(unattributed=False), "0" * 64, [{"0" * 64: "support"}] * 3)
    assert said.at_least_three
    assert (said.support, said.others) == (3, 0)


# Who reads, and who has answered -------------------------------------------------------------------------------------


def test_no_reading_is_missing_under_the_estimate_of_whoever_read(node):
    node, clock = node
    with node.store.writing() as writer:
        everything = frozenset(Role)
        writer.enter(PersonAdded(id="cc-steward", name="Steward", organisation="cc", roles=everything), None)
    id = begun(node, clock)
    answer(node, id, dict(zip(ANALYSTS, (0.1, 0.2, 0.3, 0.4), strict=True)))
    registering.step(by(node, CONVENOR), id, "share")
    for person in ANALYSTS:
        clock.turn(60)
        showing.told(by(node, person), id)
    steward = by(node, "cc-steward")
    estimates = [one.id for one in views.every(steward, kind="estimate")]
    read = [{one.line for one in auditing.who_saw(steward, one).lines} for one in estimates]
    assert read[0]
    assert all(one == read[0] for one in read)
    for one in estimates:
        assert {(seen.person, seen.organisation, seen.door) for seen in auditing.who_saw(steward, one).lines} == {
            (None, None, "")
        }


def test_who_has_answered_is_in_nobodys_log_but_their_own(node):
    node, clock = node
    with node.store.writing() as writer:
        everything = frozenset(Role)
        writer.enter(PersonAdded(id="aa-steward", name="Steward", organisation="aa", roles=everything), None)
    id = begun(node, clock)
    answer(node, id, {"bb-one": 0.1, "cc-one": 0.2})
    clock.turn(86_401)
    attempt(lambda: answering.estimate(by(node, "bb-two"), id, "onset", given(0.3)))

    def acts(asker, person):
        return {one.act for one in auditing.by_person(by(node, asker), person, limit=200).lines}

    assert not ANSWERING & {act for person in ANALYSTS for act in acts("aa-steward", person)}
    assert acts("bb-one", "bb-one") >= {"sealed an answer", "declared to a round"}
    assert "late for a round" in acts("bb-two", "bb-two")
