"""The views of ``desk`` against the oracle, in random worlds."""

from hypothesis import HealthCheck, given, settings

from tests.leak.happenings import build, canary, plans
from tests.leak.worlds import START, empty, make_template, without_hidden
from tocsin.core.instant import NEVER
from tocsin.desk import views

KEYS = ("place:SDN", "place:TCD", "period:2000-2100")
KEPT = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def everything(visit):
    """Whatever the views tell one person, by what was asked."""
    told = {}
    for key in (None, *KEYS):
        for as_of in (START + 13_500_000, NEVER):
            told["current", key, as_of] = views.current(visit, subject=key, as_of=as_of, limit=3)
            told["count", key, as_of] = views.count(visit, subject=key, as_of=as_of)
            told["search", key, as_of] = views.search(visit, "common", subject=key, as_of=as_of)
    for key in KEYS:
        told["history", key] = views.history(visit, key)
        told["differences", key] = views.differences(visit, key, since=START + 13_500_000)
    for view in told["history", KEYS[0]].views:
        told["chain", view.id] = views.chain_of(visit, view.id)
    return told


def ids(listing):
    return {view.id for view in listing.views}


@KEPT
@given(plan=plans())
def test_everybody_sees_exactly_what_the_oracle_lets_them(plan, tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    world = build(plan, empty(folder / "w", make_template(folder / "t")))
    for person in world.persons:
        visit, allowed = world.visit(person), world.seen_by(person)
        told = everything(visit)
        assert set().union(*(ids(told["history", key]) for key in KEYS)) == allowed
        for statement in world.statements():
            found = views.search(visit, canary(0)[:6] + statement.open_bytes.decode().partition("canary")[2][:4])
            assert ids(found) <= allowed
    world.node.store.close()


@KEPT
@given(plan=plans())
def test_what_a_person_may_not_see_makes_no_difference_to_any_view(plan, tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    template = make_template(folder / "t")
    world = build(plan, empty(folder / "w", template))
    person = world.persons[plan["asker"] % len(world.persons)]
    other = without_hidden(world, person, empty(folder / "v", template))
    assert other.seen_by(person) == world.seen_by(person)
    assert everything(world.visit(person)) == everything(other.visit(person))
    world.node.store.close()
    other.node.store.close()
