import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.forecast.elasticnet.quadratic import minimise


def value(Q, c, penalty, b):
    return 0.5 * b @ Q @ b + c @ b + penalty @ np.abs(b)


def by_enumeration(Q, c, penalty):
    """The lowest of the minimisers over all patterns of signs."""
    best = np.zeros(len(c))
    for signs in itertools.product((-1, 0, 1), repeat=len(c)):
        s = np.array(signs, float)
        inside = s != 0
        b = np.zeros(len(c))
        if inside.any():
            b[inside] = np.linalg.solve(Q[np.ix_(inside, inside)], -(c + penalty * s)[inside])
        if value(Q, c, penalty, b) < value(Q, c, penalty, best):
            best = b
    return best


def problem(seed, m, correlated=1.0):
    rng = np.random.default_rng(seed)
    A = rng.normal(size=(m + 2, m)) + correlated * rng.normal(size=(m + 2, 1))
    penalty = rng.uniform(0.1, 3, m)
    penalty[0] = 0
    return A.T @ A + 0.01 * np.eye(m), 5 * rng.normal(size=m), penalty, rng.normal(size=m) * (rng.random(m) < 0.5)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 5))
def test_finds_the_lowest_of_all_sign_patterns(seed, m):
    problems = [problem(seed + k, m) for k in range(3)]
    Q, c, penalty, start = (np.stack(parts) for parts in zip(*problems, strict=True))
    found = minimise(Q, c, penalty, start)
    for k in range(3):
        np.testing.assert_allclose(found[k], by_enumeration(Q[k], c[k], penalty[k]), atol=1e-9)


def test_many_strongly_correlated_columns_from_a_start_with_every_sign_wrong():
    parts = [problem(seed, 40, correlated=10.0) for seed in range(11)]
    Q, c, penalty, _ = (np.stack(part) for part in zip(*parts, strict=True))
    found = minimise(Q, c, penalty, np.sign(c) * 100)
    slope = (Q @ found[..., None])[..., 0] + c
    broken = np.where(found != 0, np.abs(slope + penalty * np.sign(found)), np.abs(slope) - penalty)
    assert broken.max() < 1e-8
    assert (found[:, 1:] == 0).any()


def test_single_precision_stays_single():
    Q, c, penalty, start = (part[None].astype(np.float32) for part in problem(1, 6))
    found = minimise(Q, c, penalty, start)
    assert found.dtype == np.float32
    double = minimise(*(part.astype(float) for part in (Q, c, penalty, start)))
    np.testing.assert_allclose(found, double, atol=1e-3)
