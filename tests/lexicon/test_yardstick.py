import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.errors import TocsinError
from tocsin.lexicon.yardstick import words, yardstick, yardsticks


@pytest.mark.parametrize(
    ("key", "probability", "expected"),
    [
        ("icd203", 0.03, "almost no chance"),
        ("icd203", 0.104, "very unlikely"),
        ("icd203", 0.20, "unlikely"),
        ("icd203", 0.50, "roughly even chance"),
        ("icd203", 0.80, "very likely"),
        ("icd203", 0.99, "almost certain"),
        ("phia", 0.03, "remote chance"),
        ("phia", 0.05, "remote chance"),
        ("phia", 0.15, "highly unlikely"),
        ("phia", 0.30, "unlikely"),
        ("phia", 0.45, "realistic possibility"),
        ("phia", 0.75, "likely"),
        ("phia", 0.97, "almost certain"),
    ],
)
def test_a_probability_gets_its_owner_s_word(key: str, probability: float, expected: str) -> None:
    assert words(probability, key) == expected


def test_the_same_word_means_different_things_to_different_owners() -> None:
    assert words(0.22, "icd203") == "unlikely"
    assert words(0.22, "phia") == "between 'highly unlikely' and 'unlikely'"


@pytest.mark.parametrize(
    ("key", "probability", "expected"),
    [
        ("icd203", 0.009, "below the scale, which starts at 1 %"),
        ("icd203", 0.995, "above the scale, which ends at 99 %"),
        ("phia", 0.0, "below the scale, which starts above 0 %"),
        ("phia", 1.0, "above the scale, which ends below 100 %"),
        ("phia", 0.07, "between 'remote chance' and 'highly unlikely'"),
        ("phia", 0.5, "between 'realistic possibility' and 'likely'"),
    ],
)
def test_what_has_no_word_is_said_to_have_none(key: str, probability: float, expected: str) -> None:
    assert yardstick(key).band(probability) is None
    assert words(probability, key) == expected


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from(["icd203", "phia"]))
def test_a_higher_probability_never_gets_a_lower_band(first: float, second: float, key: str) -> None:
    scale = yardstick(key)
    low, high = (scale.band(probability) for probability in sorted((first, second)))
    if low and high:
        assert scale.bands.index(low) <= scale.bands.index(high)
    assert words(first, key)


@pytest.mark.parametrize("probability", [-0.1, 1.2, float("nan")])
def test_a_number_that_is_no_probability_is_refused(probability: float) -> None:
    with pytest.raises(TocsinError, match="not a probability"):
        words(probability, "icd203")


def test_an_unknown_yardstick_is_answered_with_the_known_ones() -> None:
    with pytest.raises(TocsinError, match="icd203, phia"):
        yardstick("kent")


def test_every_yardstick_names_its_source_and_has_ordered_bands() -> None:
    for key, scale in yardsticks().items():
        assert scale.key == key
        assert scale.owner
        assert scale.source
        assert scale.paragraph
        assert scale.url.startswith("https://")
        ends = [end for band in scale.bands for end in (band.low, band.high)]
        assert ends == sorted(ends)
