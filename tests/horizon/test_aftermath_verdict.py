"""The words are never stronger than the numbers."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.horizon.aftermath_matching import Matched
from tocsin.horizon.aftermath_placebo import Placebo
from tocsin.horizon.aftermath_verdict import STRENGTHS, verdict

TRIED = 16


def numbers(events=100, places=40, followed=30, expected=0.10, p=0.001, more=True) -> tuple[Matched, Placebo]:
    rate = followed / events
    found = Matched(events, places, followed, 5 * events, rate, expected, rate - expected, rate / expected)
    return found, Placebo(10.0 if more else -10.0, 0.0, -5.0, 5.0, p, 1999)


def said(difference=(0.1, 0.3), wide=(0.05, 0.35), **given):
    found, dates = numbers(**given)
    return verdict(found, difference, wide, dates, TRIED)


@pytest.mark.parametrize(
    ("changed", "strength", "because"),
    [
        ({}, "association", "no evidence of a cause"),
        ({"wide": (-0.01, 0.4)}, "weak", "allows for all of them holds zero"),
        ({"p": 0.02}, "weak", "p = 0.020"),
        ({"followed": 9, "expected": 0.01}, "weak", "only 9 events"),
        ({"difference": (-0.01, 0.2)}, "not distinguishable", "holds zero"),
        ({"difference": (0.0, 0.2)}, "not distinguishable", "holds zero"),
        ({"difference": (float("nan"), float("nan"))}, "not distinguishable", "holds zero"),
        ({"p": 0.11}, "not distinguishable", "random dates"),
        ({"more": False}, "not distinguishable", "opposite directions"),
        ({"events": 19, "followed": 15}, "too few", "19 matched events"),
        ({"places": 9}, "too few", "9 countries"),
        ({"followed": 2, "expected": 0.02}, "too few", "fewer than 5 outcomes"),
    ],
)
def test_each_doubt_lowers_the_verdict_and_is_named(changed, strength, because):
    found = said(**changed)
    assert found.strength == strength
    assert because in found.sentence
    assert (found.direction == 0) == (strength in ("too few", "not distinguishable"))


def test_fewer_than_at_other_times_is_said_as_such():
    found = said(difference=(-0.2, -0.1), wide=(-0.25, -0.05), followed=20, expected=0.4, more=False)
    assert (found.strength, found.direction) == ("association", -1)
    assert "less often" in found.sentence


ends = st.tuples(st.floats(-0.5, 0.5), st.floats(-0.5, 0.5)).map(lambda pair: (min(pair), max(pair)))


@given(
    st.integers(1, 300),
    st.integers(1, 60),
    st.floats(0, 1),
    st.floats(0.001, 1),
    st.floats(0.0005, 1),
    st.booleans(),
    ends,
    st.floats(0, 0.2),
)
def test_a_verdict_is_never_stronger_than_its_numbers(events, places, share, expected, p, more, difference, wider):
    followed = int(share * events)
    found, dates = numbers(events, places, followed, expected, p, more)
    wide = (difference[0] - wider, difference[1] + wider)
    given_ = verdict(found, difference, wide, dates, TRIED)
    if given_.strength in ("weak", "association"):
        assert not difference[0] <= 0 <= difference[1]
        assert p <= 0.10
        assert events >= 20
        assert places >= 10
        assert (given_.direction > 0) == (found.difference > 0) == more
    if given_.strength == "association":
        assert not wide[0] <= 0 <= wide[1]
        assert p <= 0.10 / TRIED
        assert followed >= 10
    assert "caus" not in given_.sentence.replace("no evidence of a cause", "")
    assert ("evidence" in given_.sentence.lower()) == (given_.strength in ("weak", "association"))


@given(ends, st.floats(0.0005, 1), st.floats(1, 4))
def test_a_worse_placebo_or_more_comparisons_never_strengthen_a_verdict(difference, p, times):
    def rank(p, tried):
        found, dates = numbers(p=p)
        return STRENGTHS.index(verdict(found, difference, difference, dates, tried).strength)

    assert rank(min(1.0, p * times), TRIED) <= rank(p, TRIED)
    assert rank(p, int(TRIED * times)) <= rank(p, TRIED)


def test_a_sentence_is_one_sentence_with_an_end():
    for changed in ({}, {"p": 0.02}, {"p": 0.2}, {"places": 3}):
        assert re.fullmatch(r"[A-Z].*\.", said(**changed).sentence)
