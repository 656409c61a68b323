import doctest
import math
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations, permutations
from pathlib import Path
from random import Random
from typing import Literal

import pytest

from tests.assess.divergence_cases import anything, entangled, log_odds, mixed, pure
from tocsin.assess.divergence import CAUSES, Divergence, Factor, Item, Side, diverge
from tocsin.assess.divergence.shapley import shapley
from tocsin.core.errors import AssessmentError

EVERYTHING = range(400)


@pytest.mark.parametrize("cause", CAUSES)
def test_a_gap_with_a_single_cause_is_put_down_to_it_and_to_nothing_else(cause: str) -> None:
    for seed in range(100):
        case = pure(cause, seed)
        found = diverge(*case.sides())
        assert found.gap == pytest.approx(sum(case.truth.values()), abs=1e-9), seed
        assert found.shares == {**dict.fromkeys(CAUSES, 0.0), cause: found.gap}, seed
        assert {reason.cause for reason in found.reasons} <= {cause}, seed
        assert not found.untold, seed


def test_a_longer_horizon_alone_is_all_definition() -> None:
    for seed in range(50):
        rng = Random(seed)
        months, to, p = rng.uniform(3, 36), rng.uniform(3, 36), rng.uniform(0.005, 0.9)
        longer = 1 - (1 - p) ** (to / months)
        found = diverge(Side("A", p, "o", months), Side("B", longer, "o", to))
        assert found.shares == {**dict.fromkeys(CAUSES, 0.0), "definition": found.gap}
        assert found.exchange is not None
        assert found.exchange.probability_a == pytest.approx(found.exchange.probability_b, rel=1e-9)


def test_mixtures_of_causes_are_taken_apart_as_they_were_put_together() -> None:
    for seed in range(300):
        case = mixed(seed)
        found = diverge(*case.sides())
        assert found.shares == pytest.approx(case.truth, abs=1e-8), seed


def test_causes_that_meet_in_one_factor_share_as_the_mean_over_all_orders() -> None:
    for seed in range(400):
        case = entangled(seed)
        found = diverge(*case.sides())
        assert found.shares == pytest.approx(case.oracle(), abs=1e-8), seed


def test_the_cases_with_interactions_do_interact() -> None:
    alone = [entangled(seed) for seed in range(400)]
    first = [case.pulls[0] * ((case.levels[1] or 0) - (case.levels[0] or 0)) for case in alone]
    shares = [case.oracle() for case in alone]
    moved = [abs(s["evidence"] + s["judgement"] - f) > 0.05 for s, f in zip(shares, first, strict=True)]
    both = [abs(s["evidence"]) > 0.05 and abs(s["judgement"]) > 0.05 for s in shares]
    assert sum(moved) > 150
    assert sum(both) > 100


def test_shares_sum_to_the_gap_and_reasons_to_their_share_to_the_bit() -> None:
    for seed in EVERYTHING:
        a, b = anything(seed)
        found = diverge(a, b)
        assert math.fsum(found.shares.values()) == found.gap
        assert sum(found.shares.values()) == found.gap
        assert found.gap == pytest.approx(log_odds(b.probability) - log_odds(a.probability), abs=2**-32)
        for cause, share in found.shares.items():
            assert sum(one.share for one in found.reasons if one.cause == cause) == share
        sizes = [abs(one.share) for one in found.reasons]
        assert sizes == sorted(sizes, reverse=True)
        assert 0.0 not in sizes
        assert found.gross >= abs(found.gap)


def test_exchanging_the_sides_changes_every_sign_and_nothing_else() -> None:
    for seed in EVERYTHING:
        a, b = anything(seed)
        there, back = diverge(a, b), diverge(b, a)
        assert back.gap == -there.gap
        assert back.shares == {cause: -share for cause, share in there.shares.items()}
        assert pieces(back) == sorted((cause, about, -share, items) for cause, about, share, items in pieces(there))
        assert (there.exchange is None) == (back.exchange is None)
        if there.exchange and back.exchange:
            crossed = replace(
                back.exchange,
                probability_a=back.exchange.probability_b,
                probability_b=back.exchange.probability_a,
                words=there.exchange.words,
            )
            assert crossed == there.exchange


def test_the_order_of_factors_and_items_does_not_matter() -> None:
    for seed in EVERYTHING:
        a, b = anything(seed)
        rng = Random(seed)
        other_a, other_b = shuffled(a, rng), shuffled(b, rng)
        assert (other_a.start, other_b.start) == (a.start, b.start)
        assert diverge(other_a, other_b) == diverge(a, b)


def test_what_a_side_cites_elsewhere_it_has_seen_so_leaving_it_out_is_judgement() -> None:
    report = Item("report", 0.9)
    other = Factor("other", 0.5, 1.0, evidence=(report,))
    a = Side("A", 0.1, "o", 12, (Factor("f", 0.3, 1.0, evidence=(Item("cable", 0.3),)), other))
    b = Side("B", 0.1, "o", 12, (Factor("f", 0.6, 1.0, evidence=(Item("cable", 0.3), report)), other))
    told = [(one.cause, round(one.share, 9)) for one in diverge(a, b).reasons if one.about == "f"]
    assert told == [("judgement", 0.3)]
    without = replace(a, factors=a.factors[:1])
    told = [(one.cause, round(one.share, 9)) for one in diverge(without, b).reasons if one.about == "f"]
    assert told == [("evidence", 0.3)]
    mentioned = replace(without, also_saw=frozenset({"report"}))
    told = [(one.cause, round(one.share, 9)) for one in diverge(mentioned, b).reasons if one.about == "f"]
    assert told == [("judgement", 0.3)]


def test_without_readings_the_items_in_common_decide_the_split() -> None:
    a = one_factor("A", 0.2, items=("x", "y", "z"))
    b = one_factor("B", 0.6, items=("y", "z", "w"))
    found = diverge(a, b)
    assert (found.judgement, found.evidence) == pytest.approx((0.2, 0.2))
    assert {one.cause: one.items for one in found.reasons} == {"evidence": ("w", "x"), "judgement": ("y", "z")}


def test_no_information_is_not_absent() -> None:
    found = diverge(one_factor("A", None, items=("x", "y")), one_factor("B", 0.6, items=("x",)))
    assert (found.evidence, found.judgement) == (pytest.approx(0.6), 0)
    found = diverge(one_factor("A", 0.0, items=("x", "y")), one_factor("B", 0.6, items=("x",)))
    assert (found.evidence, found.judgement) == pytest.approx((0.3, 0.3))
    assert "absent for A" in found.reasons[0].words
    found = diverge(one_factor("A", None, items=("x",)), one_factor("B", 0.6, items=("x",)))
    assert (found.evidence, found.judgement) == (0, pytest.approx(0.6))
    assert "no information for A" in found.reasons[0].words
    assert diverge(one_factor("A", None), one_factor("B", 0.0)).reasons == ()


def test_a_factor_that_is_risk_to_one_and_resilience_to_the_other_differs_by_weight() -> None:
    a, b = one_factor("A", 1.0, weight=1.0), one_factor("B", 1.0, weight=1.0, sign=-1)
    found = diverge(a, b)
    assert found.shares == {"definition": 0, "evidence": 0, "weight": -2.0, "judgement": 0}
    assert found.reasons[0].words == ("For A “f” multiplies the odds by up to 2.7, for B it divides them by up to 2.7.")


@pytest.mark.parametrize("bases", [(None, None), (0.01, None), (None, 0.05)])
def test_without_base_rates_another_outcome_takes_all_that_no_factor_explains_and_says_so(
    bases: tuple[float | None, float | None],
) -> None:
    a = replace(one_factor("A", 0.5, weight=1.0, p=0.02), base_rate=bases[0])
    b = replace(one_factor("B", 0.5, weight=2.0, p=0.3), base_rate=bases[1], outcome="other", horizon=24)
    found = diverge(a, b)
    assert found.weight == pytest.approx(0.5)
    assert found.definition == pytest.approx(found.gap - 0.5)
    assert "without a base rate from" in found.untold
    assert ("from A or B" in found.untold) == (bases == (None, None))
    assert found.exchange is not None
    assert found.exchange.about == "horizon"
    told = diverge(replace(a, base_rate=0.01), replace(b, base_rate=0.05))
    assert told.untold == ""
    assert told.weight != pytest.approx(0.5)


def test_base_rates_of_one_outcome_do_not_matter() -> None:
    a, b = one_factor("A", 0.5, p=0.02), one_factor("B", 0.5, p=0.05)
    assert diverge(replace(a, base_rate=0.01), replace(b, base_rate=0.03)) == diverge(a, b)


def test_the_best_exchange_is_the_item_that_brings_the_two_nearest() -> None:
    low, high = Item("cable", 0.2), Item("report", 1.0, "the field report")
    a = one_factor("A", 0.2, weight=3.0, evidence=(low,), p=0.05)
    b = one_factor("B", 0.6, weight=3.0, evidence=(low, high), p=1 / (1 + 19 * math.exp(-1.2)))
    found = diverge(a, b)
    # A would read the report as B does, so its mean goes from 0.2 to 0.6, which is times 3 in log-odds.
    assert found.exchange is not None
    assert (found.exchange.kind, found.exchange.about, found.exchange.to) == ("evidence", "report", "A")
    assert found.exchange.closes == pytest.approx(1.2)
    assert found.exchange.probability_a == pytest.approx(b.probability)
    assert found.exchange.probability_b == b.probability
    assert found.exchange.words == (
        "Let A see “the field report”, seen so far by B alone: by the declared weights this would close all of the "
        "gap, with A at 15 % and B at 15 %."
    )


def test_an_item_counts_once_for_all_the_factors_it_bears_on_and_goes_part_of_the_way_without_readings() -> None:
    def side(name: str, level: float, items: tuple[str, ...]) -> Side:
        factors = tuple(Factor(key, level, 1.0, evidence=tuple(map(Item, items))) for key in "fg")
        return Side(name, 1 / (1 + math.exp(-2 * level)), "o", 12, factors)

    found = diverge(side("A", 0.1, ("x",)), side("B", 0.7, ("x", "y", "z")))
    assert found.exchange is not None
    assert found.exchange.about == "y"
    assert found.exchange.closes == pytest.approx(2 * 0.6 / 3)


def test_an_exchange_never_overshoots_into_a_level_above_one() -> None:
    a = one_factor("A", 0.9, weight=2.0, evidence=(Item("x", 0.1),), p=0.05)
    b = one_factor("B", 1.0, weight=2.0, evidence=(Item("x", 0.1), Item("y", 1.0)), p=0.5)
    found = diverge(a, b)
    assert found.exchange is not None
    assert found.exchange.about == "y"
    assert found.exchange.closes == pytest.approx(0.2)


def test_definitions_are_exchanged_too() -> None:
    a = Side("A", 0.05, "o", 12)
    odds = 3 / 19
    b = Side("B", odds / (1 + odds), "o", 12, (Factor("f", 1.0, math.log(3), label="flight"),))
    found = diverge(a, b).exchange
    assert found is not None
    assert (found.kind, found.about, found.to) == ("definition", "f", "A")
    assert found.closes == pytest.approx(math.log(3))
    assert "take in “flight”" in found.words
    narrow = replace(b, factors=(replace(b.factors[0], relation="narrow"),))
    found = diverge(replace(a, factors=(Factor("f", 0.0, math.log(3)),)), narrow).exchange
    assert found is not None
    assert found.to == "B"
    assert found.probability_b == pytest.approx(0.05)
    assert "for A" in found.words


def test_of_two_exchanges_that_close_as_much_the_same_is_named_whichever_side_is_first() -> None:
    a = Side("A", 0.02, "one-sided-violence", 12, base_rate=0.01)
    b = Side("B", 0.20, "mass-killing", 12, base_rate=0.06)
    there, back = diverge(a, b).exchange, diverge(b, a).exchange
    assert there is not None
    assert back is not None
    assert (there.to, back.to) == ("A", "A")
    assert "“mass-killing”" in there.words
    a, b = one_factor("A", 0.0, items=("y",)), one_factor("B", 0.5, items=("x",))
    there, back = diverge(a, b).exchange, diverge(b, a).exchange
    assert there is not None
    assert back is not None
    assert (there.about, there.to) == (back.about, back.to) == ("x", "A")


def test_a_factor_is_settled_on_the_side_that_has_the_common_sense_whatever_its_name() -> None:
    for first, second in (("A", "B"), ("B", "A")):
        a = Side(first, 0.05, "o", 12, (Factor("f", 0.0, 1.0),))
        b = Side(second, 0.10, "o", 12, (Factor("f", 0.5, 1.0, relation="broad"),))
        found = diverge(a, b).exchange
        assert found is not None
        assert found.to == second


def test_settling_on_an_outcome_closes_what_the_base_rates_say() -> None:
    a = Side("A", 0.02, "mass-killing", 12, base_rate=0.01)
    b = Side("B", 0.20, "one-sided-violence", 12, base_rate=0.06, outcome_label="one-sided violence")
    found = diverge(a, b)
    assert found.exchange is not None
    assert found.exchange.about == "outcome"
    assert found.exchange.closes == pytest.approx(log_odds(0.06) - log_odds(0.01))
    assert found.reasons[0].words == (
        "Outcome: “mass-killing” (base rate 1.0 % over 12 months) for A, “one-sided violence” (base rate 6.0 % over "
        "12 months) for B."
    )


def test_every_exchange_does_what_it_says() -> None:
    kinds = set()
    for seed in EVERYTHING:
        found = diverge(*anything(seed))
        if found.exchange is None:
            continue
        after = log_odds(found.exchange.probability_b) - log_odds(found.exchange.probability_a)
        assert abs(found.gap) - abs(after) == pytest.approx(found.exchange.closes, abs=1e-8)
        assert found.exchange.closes > 0
        stays = (
            found.exchange.probability_a == found.probability_a,
            found.exchange.probability_b == found.probability_b,
        )
        assert stays == (found.exchange.to == found.b, found.exchange.to == found.a)
        kinds.add((found.exchange.kind, found.exchange.about[0]))
    assert {("evidence", "i"), ("definition", "f"), ("definition", "h"), ("definition", "o")} <= kinds


def test_where_only_weights_and_judgements_differ_no_exchange_helps() -> None:
    a, b = one_factor("A", 0.2, weight=1.0, items=("x",)), one_factor("B", 0.9, weight=2.0, items=("x",), p=0.4)
    assert diverge(a, b).gap != 0
    assert diverge(a, b).exchange is None


def test_the_same_assessment_twice_has_no_gap_and_no_reasons() -> None:
    a = one_factor("A", 0.4, items=("x",))
    found = diverge(a, replace(a, name="B"))
    assert (found.gap, found.gross, found.reasons, found.exchange, found.untold) == (0, 0, (), None, "")


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Factor("f", 1.1, 1.0), "f: the level is 1.1"),
        (lambda: Factor("f", -0.1, 1.0), "f: the level is -0.1"),
        (lambda: Factor("f", math.nan, 1.0), "f: the level is nan"),
        (lambda: Factor("f", 0.5, -0.1), "f: the weight is -0.1"),
        (lambda: Factor("f", 0.5, math.nan), "f: the weight is nan"),
        (lambda: Factor("f", 0.5, math.inf), "f: the weight is inf"),
        (lambda: Factor("f", 0.5, 30.0), "Give it in log-odds"),
        (lambda: Factor("f", 0.5, 1.0, sign=0), "the sign is 0"),  # type: ignore[arg-type]
        (lambda: Factor("f", 0.5, 1.0, relation="near"), "exact, close, broad"),  # type: ignore[arg-type]
        (lambda: Factor(" ", 0.5, 1.0), "a factor has no name"),
        (lambda: Factor("start", 0.5, 1.0), "no factor may be called 'start'"),
        (lambda: Factor("f", 0.5, 1.0, evidence=(Item("x"), Item("x"))), "f: the item x is there twice"),
        (lambda: Item("x", 1.2), "the reading of x is 1.2"),
        (lambda: Item("x", math.nan), "the reading of x is nan"),
        (lambda: Item(""), "has no name"),
        (lambda: Side("A", 0.0, "o", 12), "certainty has no odds"),
        (lambda: Side("A", 1.0, "o", 12), "certainty has no odds"),
        (lambda: Side("A", -0.2, "o", 12), "A: the probability is -0.2"),
        (lambda: Side("A", 1.2, "o", 12), "A: the probability is 1.2"),
        (lambda: Side("A", math.nan, "o", 12), "A: the probability is nan"),
        (lambda: Side("A", 0.5, "o", 0), "A: the horizon is 0"),
        (lambda: Side("A", 0.5, "o", math.nan), "A: the horizon is nan"),
        (lambda: Side("A", 0.5, "o", 12, base_rate=0.0), "Leave it out if it is not known"),
        (lambda: Side("A", 0.5, "", 12), "an outcome has no name"),
        (lambda: Side("A", 0.5, "o", 12, (Factor("f", 0.5, 1.0),) * 2), "A: the factor f is there twice"),
        (lambda: diverge(Side("A", 0.5, "o", 12), Side("A", 0.4, "o", 12)), "both sides are called A"),
    ],
)
def test_what_cannot_be_used_is_refused_with_place_and_reason(make: Callable[[], object], says: str) -> None:
    with pytest.raises(AssessmentError) as refused:
        make()
    assert says in str(refused.value)


def test_extremes_that_are_allowed_are_borne() -> None:
    edge = 1e-9
    a = Side("A", edge, "o", 0.25, tuple(Factor(f"f{i}", 1.0, 20.0) for i in range(200)), base_rate=edge)
    b = Side("B", 1 - edge, "p", 1200, tuple(Factor(f"f{i}", 1.0, 20.0, -1) for i in range(200)), base_rate=1 - edge)
    found = diverge(a, b)
    assert math.fsum(found.shares.values()) == found.gap
    assert all(math.isfinite(one.share) for one in found.reasons)


def test_shapley_is_the_mean_over_all_orders() -> None:
    rng = Random(1)
    worth: dict[frozenset[str], float] = {}
    shares = shapley(tuple("abcde"), lambda some: worth.setdefault(some, rng.random()))
    steps = dict.fromkeys("abcde", 0.0)
    for order in permutations("abcde"):
        for i, player in enumerate(order):
            steps[player] += worth[frozenset(order[: i + 1])] - worth[frozenset(order[:i])]
    assert shares == pytest.approx({player: total / 120 for player, total in steps.items()}, abs=1e-12)


def test_shapley_of_a_game_turned_round_changes_its_signs_and_not_a_bit_more() -> None:
    rng = Random(2)
    players = frozenset("abcd")
    for _ in range(200):
        worth = {frozenset(some): rng.random() for n in range(5) for some in combinations("abcd", n)}
        there = shapley(tuple("abcd"), lambda some, worth=worth: worth[some])
        back = shapley(tuple("dcba"), lambda some, worth=worth: worth[players - some])
        assert back == {player: -share for player, share in there.items()}


def test_shapley_of_the_glove_game() -> None:
    # One left glove and two right ones; a pair is worth 1: four sixths to the left, a sixth to each right.
    shares = shapley(("left", "right", "right too"), lambda s: float("left" in s and len(s) > 1))
    assert shares == pytest.approx({"left": 4 / 6, "right": 1 / 6, "right too": 1 / 6})


def test_the_worked_example_on_the_method_page_is_what_the_code_says() -> None:
    page = Path(__file__).resolve().parents[2] / "docs/methods/differing-understandings.md"
    assert page.read_text(encoding="utf-8").count(">>>") > 8
    assert doctest.testfile(str(page), module_relative=False).failed == 0


def one_factor(
    name: str,
    level: float | None,
    *,
    weight: float = 1.0,
    sign: Literal[1, -1] = 1,
    items: tuple[str, ...] = (),
    evidence: tuple[Item, ...] = (),
    p: float | None = None,
) -> Side:
    """A side with the one factor f; unless told otherwise it starts from even odds."""
    factor = Factor("f", level, weight, sign, evidence=evidence or tuple(map(Item, items)))
    return Side(name, p or 1 / (1 + math.exp(-factor.contribution)), "o", 12, (factor,))


def pieces(found: Divergence) -> list[tuple[str, str, float, tuple[str, ...]]]:
    return sorted((one.cause, one.about, one.share, one.items) for one in found.reasons)


def shuffled(side: Side, rng: Random) -> Side:
    factors = [replace(one, evidence=tuple(rng.sample(one.evidence, len(one.evidence)))) for one in side.factors]
    return replace(side, factors=tuple(rng.sample(factors, len(factors))))


def test_a_factor_that_is_asked_for_and_not_rated_is_a_difference_of_evidence() -> None:
    rated = Factor("militias", 1.0, math.log(3), evidence=(Item("report"),))
    for silent, cause, words in (
        (
            Side("A", 0.02, "o", 12, unrated=frozenset({"militias"})),
            "evidence",
            "A has not rated a factor that matches it",
        ),
        (Side("A", 0.02, "o", 12), "definition", "the frame of A has none that matches it closely"),
        (Side("A", 0.02, "o", 12, inapplicable=frozenset({"militias"})), "definition", "A says that it does not apply"),
    ):
        other = Side("B", 0.06, "o", 12, (rated,))
        found, turned = diverge(silent, other), diverge(other, silent)
        reason = next(one for one in found.reasons if one.about == "militias")
        assert (reason.cause, reason.share) == (cause, pytest.approx(math.log(3)))
        assert words in reason.words
        assert sum(found.shares.values()) == found.gap
        assert {name: -share for name, share in turned.shares.items()} == found.shares


def test_what_an_author_names_in_their_own_words_is_not_looked_for_in_a_frame() -> None:
    named = Factor("markets", 1.0, math.log(3), sign=-1, named=True)
    found = diverge(Side("A", 0.02, "o", 12, (named,)), Side("B", 0.06, "o", 12))
    assert any("B does not name it" in one.words for one in found.reasons)
