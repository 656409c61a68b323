"""A month is classed by the year before the origin and by what came; what nobody saw is unknown."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.errors import ScoreError
from tocsin.forecast.phases import PHASES, phases

ZERO = [0.0] * 12


def test_the_table():
    one = [0.0] * 11 + [24.0]
    history = [ZERO, ZERO, one, one, one, one]
    assert phases(history, [0, 1, 0, 1, 4, 4.5]).tolist() == [
        "quiet",
        "onset",
        "end",
        "continuation",
        "continuation",
        "escalation",
    ]


def test_a_month_that_is_not_covered_makes_the_phase_unknown():
    gap = [np.nan, *ZERO[1:]]
    assert phases([gap, ZERO, [np.nan] + [5.0] * 11], [3, np.nan, 0]).tolist() == ["unknown"] * 3


@given(st.lists(st.integers(0, 9), min_size=12, max_size=12), st.integers(0, 200), st.randoms())
def test_every_covered_month_has_one_phase_whatever_the_order_of_the_year(history, observed, random):
    (phase,) = phases([history], [observed])
    assert phase in PHASES[:-1]
    assert (phase in ("quiet", "onset")) == (sum(history) == 0)
    assert (phase in ("quiet", "end")) == (observed == 0)
    random.shuffle(history)
    assert phases([history], [observed]).tolist() == [phase]


@pytest.mark.parametrize(
    ("history", "observed"),
    [([[0] * 11], [0]), ([ZERO], [0, 1]), (ZERO, [0]), ([[-1.0, *ZERO[1:]]], [0]), ([ZERO], [-1])],
)
def test_what_cannot_be_classed_is_refused(history, observed):
    with pytest.raises(ScoreError):
        phases(history, observed)


def test_no_forecasts_have_no_phases():
    assert phases(np.empty((0, 12)), []).tolist() == []
