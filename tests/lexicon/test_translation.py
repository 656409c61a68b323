import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.errors import LexiconError
from tocsin.lexicon.translation import loss, shift, table, translate
from tocsin.lexicon.yardstick import Band, yardstick, yardsticks

KEYS = tuple(yardsticks())
PAIRS = [(source, target) for source in KEYS for target in KEYS]


@st.composite
def bands(draw: st.DrawFn) -> Band:
    low = draw(st.integers(0, 99))
    return Band("a", low / 100, draw(st.integers(low + 1, 100)) / 100)


def test_a_word_is_split_among_the_words_of_the_other_yardstick() -> None:
    found = translate("unlikely", "icd203", "phia")
    shares = {one.term: round(one.share, 9) for one in found.shares if one.share}
    assert shares == {"unlikely": 0.4, "realistic possibility": 0.2}  # 25 to 35 and 40 to 45, of 20 to 45
    assert found.uncovered == pytest.approx(0.4)
    assert found.nearest == "unlikely"
    assert found.loss == pytest.approx(0.6)
    assert found.shift == pytest.approx(1 / 24)  # from 20 to 25 at one end, from 45 to 35 at the other
    assert found.sentence == (
        "ICD 203 'unlikely' (20 to 45 %) comes nearest to PHIA yardstick 'unlikely' (25 to 35 %). For the numbers it "
        "may stand for, PHIA yardstick has 'unlikely' for 40 %, 'realistic possibility' for 20 % and no word for 40 %. "
        "Heard as that word, the number moves by 4.2 points on average; loss 0.60 of 1."
    )


def test_overlapping_bands_share_out_by_the_narrowest_word() -> None:
    found = translate("very unlikely", "icd203", "ipcc")
    shares = {one.term: one.share for one in found.shares if one.share}
    assert shares == {"very unlikely": pytest.approx(1 / 3), "unlikely": pytest.approx(2 / 3)}
    assert found.nearest == "unlikely"


def test_a_word_beyond_the_other_scale_has_no_counterpart() -> None:
    found = translate("exceptionally unlikely", "ipcc", "icd203")
    assert (found.nearest, found.shift, found.loss, found.uncovered) == (None, None, 1.0, 1.0)
    assert "no counterpart on ICD 203" in found.sentence
    assert table("ipcc", "icd203").wordless == ("exceptionally unlikely", "virtually certain")


def test_words_that_look_alike_are_not_the_same() -> None:
    """ "improbable" is at most 12 % to the one, and 20 to 45 % to the other."""
    assert translate("improbable", "scrc", "icd203").nearest == "almost no chance"
    assert translate("improbable", "icd203", "scrc").nearest == "probablement pas"


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_shares_and_what_is_not_covered_sum_to_one(source: str, target: str) -> None:
    for row in table(source, target).rows:
        assert sum(one.share for one in row.shares) + row.uncovered == pytest.approx(1, abs=1e-12)
        assert [one.term for one in row.shares] == [band.term for band in yardstick(target).bands]


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_shares_are_those_of_numbers_told_one_by_one(source: str, target: str) -> None:
    """An independent count: many numbers, evenly over the band, each given the target's word."""
    scale = yardstick(target)
    for row in table(source, target).rows:
        numbers = row.low + (row.high - row.low) * (np.arange(2000) + 0.5) / 2000
        said = [band.term if (band := scale.band(float(number))) else None for number in numbers]
        for one in row.shares:
            assert said.count(one.term) / 2000 == pytest.approx(one.share, abs=0.002)


@pytest.mark.parametrize("key", KEYS)
def test_translating_a_yardstick_into_itself_loses_nothing(key: str) -> None:
    whole = table(key, key)
    assert whole.loss == 0
    assert whole.wordless == whole.unused == ()
    for row in whole.rows:
        assert (row.nearest, row.loss, row.shift, row.uncovered) == (row.term, 0, 0, 0)


@pytest.mark.parametrize(("source", "target"), [pair for pair in PAIRS if pair[0] != pair[1]])
def test_between_owners_something_is_lost(source: str, target: str) -> None:
    whole = table(source, target)
    assert 0 < whole.loss < 1
    assert whole.loss == pytest.approx(sum(row.loss for row in whole.rows) / len(whole.rows))
    assert set(whole.unused) == {band.term for band in yardstick(target).bands} - {row.nearest for row in whole.rows}


@given(bands(), bands())
def test_loss_and_shift_are_distances_between_even_spreads(one: Band, other: Band) -> None:
    """Against sums over a fine grid: half the absolute difference of densities, and of quantiles."""
    cell = 1e-4
    middles = (np.arange(10_000) + 0.5) * cell
    densities = [((middles > band.low) & (middles < band.high)) / band.width for band in (one, other)]
    assert loss(one, other) == pytest.approx(np.abs(densities[0] - densities[1]).sum() * cell / 2, abs=1e-9)
    quantiles = [band.low + band.width * middles for band in (one, other)]
    assert shift(one, other) == pytest.approx(np.abs(quantiles[0] - quantiles[1]).mean(), abs=1e-6)
    assert loss(one, other) == loss(other, one)
    assert (loss(one, other) == 0) == (shift(one, other) == 0) == (one.span == other.span)


def test_a_loss_is_whole_exactly_where_nothing_is_shared() -> None:
    assert loss(Band("a", 0.1, 0.2), Band("b", 0.2, 0.3)) == 1
    assert loss(Band("a", 0.1, 0.2), Band("b", 0.19, 0.3)) < 1


@pytest.mark.parametrize(
    ("word", "source", "target", "choices"),
    [
        ("maybe", "icd203", "phia", "roughly even chance"),
        ("unlikely", "kent", "phia", "icd203, phia"),
        ("unlikely", "icd203", "kent", "icd203, phia"),
    ],
)
def test_what_is_not_known_is_answered_with_what_is(word: str, source: str, target: str, choices: str) -> None:
    with pytest.raises(LexiconError) as caught:
        translate(word, source, target)
    assert choices in str(caught.value)
