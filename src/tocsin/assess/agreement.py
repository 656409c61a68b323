"""Krippendorff's alpha: how far judges agree beyond what chance would bring about, whoever left out what.

    alpha = 1 - D_o / D_e

D_o is the mean squared difference between two judgements of the same unit, D_e that between any two judgements:

    D_o = 1/n sum over units u of 1/(m_u - 1) sum over pairs i != j in u of d(x_i, x_j)
    D_e = 1/(n (n - 1)) sum over all pairs i != j of d(x_i, x_j)

over the n judgements of units that m_u >= 2 judged. In terms of the coincidences o_ck = sum of (pairs c, k in u) /
(m_u - 1) and their margins n_c this is Krippendorff's 1 - (n - 1) sum o_ck d_ck / sum n_c n_k d_ck. The difference d is
that of the level of measurement:

    nominal   1 if c and k differ, else 0
    ordinal   (r_c - r_k)^2 with the mid-rank r_c = sum of n_g below c + n_c / 2
    interval  (c - k)^2
    ratio     ((c - k) / (c + k))^2, and 0 where both are 0

Ordinal is thus interval on ranks. The coincidence matrix, of as many rows as there are values, is never built: sums by
unit give the same and can be weighted, which makes a draw of units one matrix product.

Source: Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, University of Pennsylvania, asc_papers/43.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from tocsin.assess.estimates import Floats, checked
from tocsin.core.errors import AssessmentError

Level = Literal["nominal", "ordinal", "interval", "ratio"]
"""Level of measurement: whether only sameness, order, distance, or proportion of judgements means anything."""

_CELLS = 2_000_000  # of draws by values held at a time, some tens of megabytes


@dataclass(frozen=True)
class Alpha:
    """Krippendorff's alpha of some ratings.

    value: at most 1; 0 is chance, below 0 worse than chance. None where it is not defined, with the ``reason``: that is
    neither agreement nor its absence. units: those that two or more judged; judgements: of these units.
    """

    value: float | None
    level: Level
    units: int
    judgements: int
    reason: str = ""


@dataclass(frozen=True)
class AlphaInterval:
    """A bootstrap interval of alpha over units.

    low, high: None where there is none, with the ``reason``. undefined: draws, of ``draws``, in which alpha was not
    defined and which are left out.
    """

    low: float | None
    high: float | None
    coverage: float
    draws: int
    undefined: int
    reason: str = ""


@dataclass(frozen=True)
class _Counted:
    """How often each unit that two or more judged was given each value: counts (units, values), values (values,)."""

    counts: NDArray[np.int64]
    values: Floats


def alpha(ratings: Sequence[Sequence[Any]] | NDArray[Any], level: Level) -> Alpha:
    """Krippendorff's alpha.

    ratings: (raters, units), None or NaN where a rater did not judge a unit. Numbers, or for the nominal level any
    labels.

    Errors: AssessmentError if the level is unknown, rows differ in length, a rating is not a number (or negative, for
    the ratio level).

    >>> round(alpha([[1, 2, 3, 3, 2, None], [1, 2, 3, 4, 2, 5]], "interval").value, 3)
    0.889
    >>> alpha([[1, 1], [1, 1]], "nominal").reason
    'all judgements are the same, so chance would agree as well'
    """
    found = _count(ratings, level)
    units, judgements = len(found.counts), int(found.counts.sum())
    if units == 0:
        return Alpha(None, level, 0, 0, "no unit was judged by two")
    value = float(_alphas(found, level, np.ones((1, units), dtype=np.int64))[0])
    if math.isnan(value):
        reason = "all judgements are the same, so chance would agree as well"
        return Alpha(None, level, units, judgements, reason)
    return Alpha(value, level, units, judgements)


def alpha_interval(
    ratings: Sequence[Sequence[Any]] | NDArray[Any],
    level: Level,
    *,
    draws: int = 1000,
    coverage: float = 0.9,
    seed: int = 0,
) -> AlphaInterval:
    """A percentile bootstrap interval of alpha, drawing whole units with replacement and computing all of alpha anew.

    Judgements of one unit depend on one another, so the unit is what is drawn, as in Zapf et al. (2016), BMC Medical
    Research Methodology 16:93. Krippendorff's own algorithm draws single coincidences and holds D_e fixed, which takes
    them for independent. With few units the interval is too narrow (Hughes 2022, arXiv:2210.13265; our own figures are
    in the method card). It depends on the order of neither raters nor units.

    Errors: AssessmentError as ``alpha``, or if draws, coverage or seed are out of range.

    >>> told = alpha_interval([[1, 2, 3, 3, 2, None], [1, 2, 3, 4, 2, 5]], "interval")
    >>> told.low < 0.889 <= told.high, told.reason
    (True, '')
    """
    if draws < 1 or not 0 < coverage < 1 or seed < 0:
        raise AssessmentError(
            f"{draws} draws, coverage {coverage} and seed {seed} cannot be used together",
            remedy="Give at least one draw, a coverage between 0 and 1, and a seed of 0 or more",
        )
    found = _count(ratings, level)
    units = len(found.counts)
    if units < 2:
        return AlphaInterval(None, None, coverage, draws, draws, "fewer than two units were judged by two")
    found = _Counted(found.counts[np.lexsort(found.counts.T)], found.values)
    taken = np.random.default_rng([seed, units]).multinomial(units, np.full(units, 1 / units), size=draws)
    step = max(1, _CELLS // found.values.size)
    drawn = np.concatenate([_alphas(found, level, taken[i : i + step]) for i in range(0, draws, step)])
    defined = drawn[~np.isnan(drawn)]
    undefined = draws - defined.size
    if defined.size == 0:
        return AlphaInterval(None, None, coverage, draws, undefined, "alpha was defined in no draw")
    low, high = np.quantile(defined, [(1 - coverage) / 2, (1 + coverage) / 2])
    return AlphaInterval(float(low), float(high), coverage, draws, undefined)


def _count(ratings: Sequence[Sequence[Any]] | NDArray[Any], level: Level) -> _Counted:
    if level not in get_args(Level):
        raise AssessmentError(
            f"no level of measurement is called {level!r}", remedy=f"Choose one of: {', '.join(get_args(Level))}"
        )
    if level == "nominal":
        given, values = _labelled(ratings)
    else:
        given = checked(ratings, "numeric", dimensions=2)
        values = np.unique(given[~np.isnan(given)])
        if level == "ratio" and values.size and values[0] < 0:
            raise AssessmentError(f"{values[0]:g} is below 0", remedy="Use the interval level, or ratings from 0 up")
    there = ~np.isnan(given)
    unit = np.broadcast_to(np.arange(given.shape[1]), given.shape)[there]
    cells = unit * values.size + np.searchsorted(values, given[there])
    counts = np.bincount(cells, minlength=given.shape[1] * values.size).reshape(given.shape[1], values.size)
    counts = counts[counts.sum(axis=1) >= 2]
    seen = counts.any(axis=0)
    return _Counted(counts[:, seen], values[seen])


def _labelled(ratings: Sequence[Sequence[Any]] | NDArray[Any]) -> tuple[Floats, Floats]:
    """Labels as places in their alphabet, (raters, units) with NaN where there is none; and the places."""
    rows = [[None if one is None or one != one else one for one in row] for row in ratings]
    if len({len(row) for row in rows}) > 1:
        raise AssessmentError("the rows of ratings differ in length", remedy="Give None where a rater did not judge")
    labels = sorted({one for row in rows for one in row if one is not None}, key=repr)
    place = {label: float(i) for i, label in enumerate(labels)}
    coded = [[math.nan if one is None else place[one] for one in row] for row in rows]
    units = len(rows[0]) if rows else 0
    return np.array(coded, dtype=float).reshape(len(rows), units), np.arange(len(labels), dtype=float)


def _alphas(found: _Counted, level: Level, taken: NDArray[np.int64]) -> Floats:
    """Alpha of the units, each counted as often as taken; taken: (draws, units); NaN where all values are the same."""
    counts, x = found.counts.astype(float), found.values
    w = taken.astype(float)
    m = counts.sum(axis=1)
    n, margins = w @ m, w @ counts
    if level == "nominal":
        within, all_ = m**2 - (counts**2).sum(axis=1), n**2 - (margins**2).sum(axis=1)
    elif level == "interval":
        centred = x - counts.sum(axis=0) @ x / m.sum()
        means = (counts @ centred / m)[:, None]
        within = 2 * m * (counts * (centred - means) ** 2).sum(axis=1)
        all_ = 2 * (n * (margins @ centred**2) - (margins @ centred) ** 2)
    elif level == "ordinal":
        # Mid-ranks are those of the draw, less their mean n / 2.
        ranks = np.cumsum(margins, axis=1) - margins / 2 - n[:, None] / 2
        within = 2 * (m * (ranks**2 @ counts.T) - (ranks @ counts.T) ** 2)
        all_ = 2 * n * (margins * ranks**2).sum(axis=1)
    else:
        across = _ratio_differences(counts, x)
        within, all_ = np.diag(across), np.einsum("du,uv,dv->d", w, across, w, optimize=True)
    observed = (w * (within / (m - 1))).sum(axis=1) / n
    expected = all_ / (n * (n - 1))
    varies = (margins > 0).sum(axis=1) > 1
    return np.where(varies, 1 - observed / np.where(varies, expected, 1.0), np.nan)


def _ratio_differences(counts: Floats, x: Floats) -> Floats:
    """Sums of the ratio difference over pairs of one judgement of unit u and one of unit v: (units, units)."""
    across = np.zeros((len(counts), len(counts)))
    for first in range(0, x.size, 256):
        some = slice(first, first + 256)
        total = x[some, None] + x
        difference = ((x[some, None] - x) / np.where(total == 0, 1.0, total)) ** 2
        across += counts[:, some] @ (difference @ counts.T)
    return across
