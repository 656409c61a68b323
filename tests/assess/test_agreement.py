"""Alpha and kappa against published tables, an independent slow alpha, scikit-learn, and R's irr where it is."""

import math
import shutil
import subprocess

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from tocsin.assess.agreement import alpha, alpha_interval
from tocsin.assess.kappa import kappa, mean_pairwise_kappa
from tocsin.core.errors import AssessmentError

LEVELS = ["nominal", "ordinal", "interval", "ratio"]
N = None

# Four observers and twelve units with missing values (Krippendorff 2011).
FOUR = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3],
    [N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N],
]
# Three coders and fifteen units with missing values (Wikipedia, Krippendorff's alpha).
THREE = [
    [N, N, N, N, N, 3, 4, 1, 2, 1, 1, 3, 3, N, 3],
    [1, N, 2, 1, 3, 3, 4, 3, N, N, N, N, N, N, N],
    [N, N, 2, 1, 3, 4, 4, N, 2, 1, 1, 3, 3, N, 4],
]


def slow_alpha(ratings, level: str) -> float | None:
    """Alpha from its definition: every pair of values, one after the other."""
    units = [
        [float(row[u]) for row in ratings if row[u] is not None and row[u] == row[u]] for u in range(len(ratings[0]))
    ]
    units = [unit for unit in units if len(unit) > 1]
    everything = [value for unit in units for value in unit]
    n = len(everything)

    def difference(c: float, k: float) -> float:
        if c == k:
            return 0.0
        if level == "nominal":
            return 1.0
        if level == "interval":
            return (c - k) ** 2
        if level == "ratio":
            return ((c - k) / (c + k)) ** 2
        low, high = min(c, k), max(c, k)
        between = sum(1 for g in everything if low <= g <= high)
        ends = sum(1 for g in everything if g in (c, k))
        return (between - ends / 2) ** 2

    observed = 0.0
    for unit in units:
        for i, one in enumerate(unit):
            for j, other in enumerate(unit):
                if i != j:
                    observed += difference(one, other) / (len(unit) - 1)
    expected = 0.0
    for i, one in enumerate(everything):
        for j, other in enumerate(everything):
            if i != j:
                expected += difference(one, other)
    return 1 - (observed / n) / (expected / (n * (n - 1))) if expected else None


def ratings(seed: int, raters: int, units: int, most: int, missing: float) -> list[list[int | None]]:
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, most + 1, units)
    noise = rng.integers(-1, 2, (raters, units)) * (rng.random((raters, units)) < 0.6)
    gone = rng.random((raters, units)) < missing
    return [
        [None if gone[r, u] else int(np.clip(truth[u] + noise[r, u], 0, most)) for u in range(units)]
        for r in range(raters)
    ]


@pytest.mark.parametrize(
    ("level", "printed"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_alpha_of_the_four_observers_is_as_printed(level, printed):
    told = alpha(FOUR, level)
    assert round(told.value, 3) == printed
    assert (told.units, told.judgements) == (11, 40)


@pytest.mark.parametrize(("level", "printed"), [("nominal", 0.691), ("interval", 0.811)])
def test_alpha_of_the_three_coders_is_as_printed(level, printed):
    assert round(alpha(THREE, level).value, 3) == printed


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    "shape", [(2, 9, 3, 0.0), (3, 12, 4, 0.2), (6, 8, 6, 0.5), (9, 5, 12, 0.3), (2, 6, 1, 0.1), (7, 20, 40, 0.4)]
)
def test_alpha_agrees_with_every_pair_written_out(level, shape):
    given_ = ratings(sum(shape[:3]), *shape)
    expected = slow_alpha(given_, level)
    assert expected is not None
    assert alpha(given_, level).value == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("level", ["ordinal", "interval", "ratio"])
def test_alpha_of_continuous_judgements_agrees_with_every_pair_written_out(level):
    rng = np.random.default_rng(2)
    given_ = rng.beta(1, 4, 12) + 0.1 * rng.random((5, 12))
    given_[rng.random(given_.shape) < 0.2] = np.nan
    assert alpha(given_, level).value == pytest.approx(slow_alpha(given_.tolist(), level), abs=1e-9)
    assert alpha(1e6 + given_, "interval").value == pytest.approx(alpha(given_, "interval").value, abs=1e-8)


def test_alpha_agrees_with_r_s_irr(tmp_path):
    """With a value missing: without any, irr counts the judgements of more than two raters too often."""
    if shutil.which("Rscript") is None:
        pytest.skip("Rscript is not installed")
    if subprocess.run(["Rscript", "-e", "library(irr)"], capture_output=True, check=False).returncode:
        pytest.skip("R has no irr")
    given_ = [[1 if cell == 0 else cell for cell in row] for row in ratings(4, 5, 15, 6, 0.3)]
    rows = "\n".join(",".join("NA" if cell is None else str(cell) for cell in row) for row in given_)
    (tmp_path / "ratings.csv").write_text(rows)
    script = (
        f"library(irr); x <- as.matrix(read.csv('{tmp_path}/ratings.csv', header = FALSE)); "
        "for (m in c('nominal', 'ordinal', 'interval', 'ratio')) "
        "cat(format(kripp.alpha(x, m)$value, digits = 17), '\\n')"
    )
    told = subprocess.run(["Rscript", "-e", script], check=True, capture_output=True, text=True).stdout
    theirs = [float(line) for line in told.split()]
    assert [alpha(given_, level).value for level in LEVELS] == pytest.approx(theirs, abs=1e-9)


tables = st.integers(2, 5).flatmap(
    lambda raters: st.lists(
        st.lists(st.one_of(st.none(), st.integers(0, 5)), min_size=raters, max_size=raters), min_size=2, max_size=10
    ).map(lambda units: [list(row) for row in zip(*units, strict=True)])
)


@settings(max_examples=60, deadline=None)
@given(tables, st.sampled_from(LEVELS), st.randoms(use_true_random=False))
def test_neither_the_order_of_raters_nor_that_of_units_changes_alpha(table, level, random):
    told = alpha(table, level)
    assert alpha(random.sample(table, len(table)), level) == told
    order = random.sample(range(len(table[0])), len(table[0]))
    turned = alpha([[row[u] for u in order] for row in table], level)
    assert turned.reason == told.reason
    if told.value is not None:
        assert turned.value == pytest.approx(told.value, abs=1e-12)
        assert told.value == pytest.approx(slow_alpha(table, level), abs=1e-9)
        assert told.value <= 1 + 1e-12


@settings(deadline=None)
@given(tables, st.lists(st.floats(0.01, 1000), min_size=6, max_size=6, unique=True).map(sorted))
def test_ordinal_alpha_knows_only_the_order_of_the_scale(table, scale):
    recoded = [[None if cell is None else scale[cell] for cell in row] for row in table]
    assert alpha(recoded, "ordinal") == alpha(table, "ordinal")


@settings(deadline=None)
@given(tables, st.permutations("abcdef"))
def test_nominal_alpha_knows_only_which_are_the_same(table, names):
    recoded = [[None if cell is None else names[cell] for cell in row] for row in table]
    told, named = alpha(table, "nominal"), alpha(recoded, "nominal")
    assert named.reason == told.reason
    assert named.value == (told.value if told.value is None else pytest.approx(told.value, abs=1e-12))


def test_perfect_agreement_is_one_and_swapped_answers_are_below_chance():
    for level in LEVELS:
        assert alpha([[1, 2, 3], [1, 2, 3], [1, 2, N]], level).value == pytest.approx(1, abs=1e-15)
        assert alpha([[1, 2, 1, 2], [2, 1, 2, 1]], level).value < 0


@pytest.mark.parametrize("level", LEVELS)
def test_where_alpha_is_not_defined_there_is_none_and_the_reason(level):
    same = alpha([[2, 2, 2], [2, 2, N]], level)
    assert (same.value, same.units, same.judgements) == (None, 2, 4)
    assert "all judgements are the same" in same.reason
    alone = alpha([[1, N, 3], [N, 2, N]], level)
    assert (alone.value, alone.units) == (None, 0)
    assert "no unit was judged by two" in alone.reason
    assert alpha([[N, N]], level).value is None
    assert alpha([[], []], level).value is None


def test_values_of_units_that_one_alone_judged_do_not_count():
    assert alpha([[1, 2, 9], [1, 3, N]], "interval") == alpha([[1, 2], [1, 3]], "interval")


@pytest.mark.parametrize(
    ("given_", "level", "match"),
    [
        ([[1, 2], [1]], "ordinal", "differ in length"),
        ([["a", "b"], ["a"]], "nominal", "differ in length"),
        ([["a", "b"]], "ordinal", "not a number"),
        ([[-1, 2], [1, 2]], "ratio", "-1 is below 0"),
        ([[1, 2]], "metric", "no level of measurement"),
    ],
)
def test_what_cannot_be_compared_is_refused(given_, level, match):
    with pytest.raises(AssessmentError, match=match):
        alpha(given_, level)


@pytest.mark.parametrize("level", LEVELS)
def test_an_interval_of_alpha_is_that_of_units_drawn_and_written_out(level):
    given_ = ratings(7, 4, 10, 3, 0.2)
    given_ = [[cell if cell is None else cell + 1 for cell in row] for row in given_]
    found = alpha_interval(given_, level, draws=60, coverage=0.8, seed=3)
    columns = sorted(map(unit_key(given_), range(10)))
    units = [list(column) for column in columns if sum(column) > 1]
    taken = np.random.default_rng([3, len(units)]).multinomial(len(units), [1 / len(units)] * len(units), size=60)
    values = []
    for times in taken:
        drawn = [unit for unit, n in zip(units, times, strict=True) for _ in range(n)]
        widest = max(sum(unit) for unit in drawn)
        rows = [[value + 1 for value, n in enumerate(unit) for _ in range(n)] for unit in drawn]
        table = [list(row) for row in zip(*(row + [None] * (widest - len(row)) for row in rows), strict=True)]
        if (value := slow_alpha(table, level)) is not None:
            values.append(value)
    assert found.undefined == 60 - len(values)
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(values, [0.1, 0.9])), abs=1e-9)


def unit_key(table):
    """A unit as how often each of the values 1 to 4 was given, the last value leading, as units are put in order."""

    class Counts(tuple):
        def __lt__(self, other):
            return self[::-1] < other[::-1]

    return lambda u: Counts(sum(1 for row in table if row[u] == value) for value in (1, 2, 3, 4))


def test_an_interval_of_alpha_depends_on_the_order_of_neither_raters_nor_units():
    given_ = ratings(8, 5, 14, 4, 0.3)
    told = alpha_interval(given_, "ordinal", seed=5)
    assert alpha_interval(given_[::-1], "ordinal", seed=5) == told
    assert alpha_interval([row[::-1] for row in given_], "ordinal", seed=5) == told
    assert alpha_interval(given_, "ordinal", seed=6) != told
    assert told.low < alpha(given_, "ordinal").value < told.high


def test_draws_in_which_nothing_varies_are_left_out_and_counted():
    told = alpha_interval([[1, 1, 1, 2], [1, 1, 1, 2]], "nominal", draws=500)
    assert 0.2 < told.undefined / 500 < 0.45  # (3/4)^4, and all four the last
    assert (told.low, told.high) == pytest.approx((1, 1), abs=1e-12)
    never = alpha_interval([[1, 1, 1], [1, 1, 1]], "nominal", draws=50)
    assert (never.low, never.undefined) == (None, 50)
    assert never.reason
    assert "fewer than two units" in alpha_interval([[1, 2], [1, N]], "nominal").reason
    with pytest.raises(AssessmentError, match="cannot be used together"):
        alpha_interval(FOUR, "nominal", draws=0)


# Cohen (1968), table 1: 200 cases, three diagnoses; his disagreement weights.
COHEN = np.array([[88, 14, 18], [10, 40, 10], [2, 6, 12]])
GRAVE = [[0, 1, 3], [1, 0, 6], [3, 6, 0]]


def test_kappa_of_cohen_s_table_is_as_printed():
    first, second = zip(*((i, j) for i in range(3) for j in range(3) for _ in range(COHEN[i, j])), strict=True)
    assert round(kappa(first, second, range(3), "none").value, 3) == 0.492
    assert round(kappa(first, second, range(3), GRAVE).value, 3) == 0.348


@pytest.mark.parametrize("weights", ["none", "linear", "quadratic"])
@pytest.mark.parametrize("seed", range(6))
def test_kappa_agrees_with_scikit_learn_also_where_a_category_is_not_used(weights, seed):
    rng = np.random.default_rng(seed)
    first = rng.choice([1, 2, 4, 5], 60)
    second = np.where(rng.random(60) < 0.5, first, rng.choice([1, 2, 4, 5], 60))
    theirs = cohen_kappa_score(first, second, labels=[1, 2, 3, 4, 5], weights=None if weights == "none" else weights)
    assert kappa(first, second, [1, 2, 3, 4, 5], weights).value == pytest.approx(theirs, abs=1e-9)


def test_weights_need_not_be_the_same_both_ways():
    first, second, grave = [0, 0, 1, 1, 0], [0, 1, 1, 0, 0], [[0, 5], [1, 0]]
    observed = (5 + 1) / 5
    expected = 5 * (3 / 5) * (2 / 5) + 1 * (2 / 5) * (3 / 5)
    assert kappa(first, second, [0, 1], grave).value == pytest.approx(1 - observed / expected, abs=1e-12)
    skewed = kappa([0, 0, 0, 1], [0, 0, 1, 1], [0, 1], grave).value
    assert skewed == pytest.approx(1 - (5 / 4) / (5 * (3 / 4) * (2 / 4) + (1 / 4) * (2 / 4)), abs=1e-12)


def test_cases_that_one_rater_left_out_are_counted_and_do_not_count():
    told = kappa([1, 2, N, 3, 1], [1, 2, 2, 3, math.nan], [1, 2, 3])
    assert (told.value, told.n, told.missing) == (1.0, 3, 2)


def test_where_kappa_is_not_defined_there_is_none_and_the_reason():
    assert "one and the same category" in kappa([2, 2], [2, 2], [1, 2]).reason
    assert kappa([2, 2], [2, 2], [1, 2]).value is None
    assert "no case" in kappa([1, N], [N, 2], [1, 2]).reason
    assert kappa([1, 1], [2, 2], [1, 2]).value == 0


def test_the_mean_over_pairs_is_that_of_scikit_learn_s_pairs():
    rng = np.random.default_rng(1)
    given_ = rng.integers(1, 5, (4, 30))
    pairs = [
        cohen_kappa_score(given_[i], given_[j], labels=[1, 2, 3, 4], weights="linear")
        for i in range(4)
        for j in range(i)
    ]
    told = mean_pairwise_kappa(given_, [1, 2, 3, 4], "linear")
    assert told.value == pytest.approx(float(np.mean(pairs)), abs=1e-9)
    assert (told.pairs, told.undefined) == (6, 0)
    part = mean_pairwise_kappa([[1, 2, N], [1, 2, N], [N, N, 1]], [1, 2])
    assert (part.value, part.pairs, part.undefined) == (1.0, 1, 2)
    assert mean_pairwise_kappa([[1, 2]], [1, 2]).value is None


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        (([1, 7], [1, 1], [1, 2]), "case 2: 7 is not on the scale"),
        (([1], [1, 1], [1, 2]), "1 cases and the other 2"),
        (([1], [1], [1, 1]), "stands twice"),
        (([1], [1], [1, 2], "cubic"), "no weights are called 'cubic'"),
        (([1], [1], [1, 2], [[0, 1], [0, 0]]), "do not fit the scale"),
        (([1], [1], [1, 2], [[0, 1, 2], [1, 0, 1], [2, 1, 0]]), "do not fit the scale"),
    ],
)
def test_ratings_that_are_not_on_the_scale_are_refused(arguments, match):
    with pytest.raises(AssessmentError, match=match):
        kappa(*arguments)
