import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.errors import LexiconError
from tocsin.lexicon.yardstick import Band, Yardstick, words, yardstick, yardsticks

KEYS = tuple(yardsticks())


@pytest.mark.parametrize(
    ("key", "bands"),
    [
        (
            "icd203",
            {
                "almost no chance": (1, 5),
                "very unlikely": (5, 20),
                "unlikely": (20, 45),
                "roughly even chance": (45, 55),
                "likely": (55, 80),
                "very likely": (80, 95),
                "almost certain": (95, 99),
            },
        ),
        (
            "phia",
            {
                "remote chance": (0, 5),
                "highly unlikely": (10, 20),
                "unlikely": (25, 35),
                "realistic possibility": (40, 50),
                "likely": (55, 75),
                "highly likely": (80, 90),
                "almost certain": (95, 100),
            },
        ),
        (
            "scrc",  # 7 ± 5, 30 ± 10, 50 ± 10, 75 ± 12, 93 ± 6
            {
                "presque aucune chance": (2, 12),
                "probablement pas": (20, 40),
                "chances à peu près égales": (40, 60),
                "probable": (63, 87),
                "quasi certaine": (87, 99),
            },
        ),
        (
            "ipcc",
            {
                "exceptionally unlikely": (0, 1),
                "extremely unlikely": (0, 5),
                "very unlikely": (0, 10),
                "unlikely": (0, 33),
                "about as likely as not": (33, 66),
                "more likely than not": (50, 100),
                "likely": (66, 100),
                "very likely": (90, 100),
                "extremely likely": (95, 100),
                "virtually certain": (99, 100),
            },
        ),
    ],
)
def test_bands_are_those_that_the_owner_published(key: str, bands: dict[str, tuple[int, int]]) -> None:
    held = {band.term: (round(100 * band.low), round(100 * band.high)) for band in yardstick(key).bands}
    assert held == bands


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
        ("scrc", 0.05, "presque aucune chance"),
        ("scrc", 0.40, "chances à peu près égales"),
        ("scrc", 0.87, "quasi certaine"),
        ("ipcc", 0.0, "exceptionally unlikely"),
        ("ipcc", 0.01, "exceptionally unlikely"),
        ("ipcc", 0.03, "extremely unlikely"),
        ("ipcc", 0.10, "very unlikely"),
        ("ipcc", 0.20, "unlikely"),
        ("ipcc", 0.33, "about as likely as not"),
        ("ipcc", 0.50, "about as likely as not"),
        ("ipcc", 0.60, "about as likely as not"),
        ("ipcc", 0.66, "likely"),
        ("ipcc", 0.90, "very likely"),
        ("ipcc", 0.96, "extremely likely"),
        ("ipcc", 0.99, "virtually certain"),
        ("ipcc", 1.0, "virtually certain"),
    ],
)
def test_a_probability_gets_its_owner_s_word(key: str, probability: float, expected: str) -> None:
    assert words(probability, key) == expected


def test_the_same_word_means_different_things_to_different_owners() -> None:
    assert words(0.22, "icd203") == "unlikely"
    assert words(0.22, "phia") == "between 'highly unlikely' and 'unlikely'"
    assert words(0.22, "ipcc") == "unlikely"
    assert words(0.40, "icd203") == "unlikely"
    assert words(0.40, "ipcc") == "about as likely as not"


@pytest.mark.parametrize(
    ("key", "probability", "expected"),
    [
        ("icd203", 0.009, "below the scale, which starts at 1 %"),
        ("icd203", 0.995, "above the scale, which ends at 99 %"),
        ("phia", 0.0, "below the scale, which starts above 0 %"),
        ("phia", 1.0, "above the scale, which ends below 100 %"),
        ("phia", 0.07, "between 'remote chance' and 'highly unlikely'"),
        ("phia", 0.5, "between 'realistic possibility' and 'likely'"),
        ("scrc", 0.01, "below the scale, which starts at 2 %"),
        ("scrc", 0.61, "between 'chances à peu près égales' and 'probable'"),
    ],
)
def test_what_has_no_word_is_said_to_have_none(key: str, probability: float, expected: str) -> None:
    assert yardstick(key).band(probability) is None
    assert words(probability, key) == expected


@given(st.floats(0, 1), st.sampled_from(KEYS))
def test_every_probability_gets_a_word_that_holds_it_or_a_phrase(probability: float, key: str) -> None:
    scale = yardstick(key)
    said = scale.words(probability)
    if band := scale.band(probability):
        assert said == band.term
        assert band.holds(probability)
    else:
        assert not any(band.holds(probability) for band in scale.bands)
        assert said.startswith(("between ", "below the scale", "above the scale"))


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from(KEYS))
def test_a_higher_probability_never_gets_a_lower_band(first: float, second: float, key: str) -> None:
    scale = yardstick(key)
    low, high = (scale.band(probability) for probability in sorted((first, second)))
    if low and high:
        assert scale.bands.index(low) <= scale.bands.index(high)


@given(st.floats(0, 1))
def test_no_narrower_band_would_do_unless_a_higher_one_begins_there(probability: float) -> None:
    """The rule for bands that overlap, on the yardstick that has them."""
    scale = yardstick("ipcc")
    held = [band for band in scale.bands if band.holds(probability)]
    chosen = scale.band(probability)
    assert chosen is not None
    narrower = [band for band in held if band.width < chosen.width]
    assert all(band.high == probability and any(other.low == probability for other in held) for band in narrower)


def test_a_term_that_is_never_the_narrowest_is_given_to_no_number_but_can_be_read() -> None:
    scale = yardstick("ipcc")
    assert "more likely than not" not in {scale.words(n / 1000) for n in range(1001)}
    assert scale.named("more likely than not").low == 0.5


@pytest.mark.parametrize(
    ("key", "word", "term"),
    [
        ("icd203", "Remote", "almost no chance"),
        ("scrc", "TRES PEU PROBABLE", "presque aucune chance"),
        ("scrc", "chances  à peu près égales", "chances à peu près égales"),
    ],
)
def test_a_word_is_found_however_it_is_typed(key: str, word: str, term: str) -> None:
    assert yardstick(key).named(word).term == term


def test_an_unknown_word_is_answered_with_the_known_ones() -> None:
    with pytest.raises(LexiconError, match="ICD 203 has no word 'maybe'") as caught:
        yardstick("icd203").named("maybe")
    assert "almost no chance, remote, very unlikely" in str(caught.value)


@pytest.mark.parametrize("probability", [-0.1, 1.2, float("nan"), float("inf")])
def test_a_number_that_is_no_probability_is_refused(probability: float) -> None:
    with pytest.raises(LexiconError, match="not a probability"):
        words(probability, "icd203")


def test_an_unknown_yardstick_is_answered_with_the_known_ones() -> None:
    with pytest.raises(LexiconError) as caught:
        yardstick("kent")
    assert "icd203, phia, scrc, ipcc" in str(caught.value)


def test_every_yardstick_names_its_source_and_every_foreign_word_has_a_gloss() -> None:
    for key, scale in yardsticks().items():
        assert scale.key == key
        assert scale.owner
        assert scale.source
        assert scale.paragraph
        assert scale.note
        assert scale.url.startswith("https://")
        assert all(bool(band.gloss) == (scale.lang != "en") for band in scale.bands)


def scale(*bands: Band) -> Yardstick:
    return Yardstick("k", "t", "en", "o", "s", "p", "https://example.org", "n", bands)


@pytest.mark.parametrize(
    ("bands", "told"),
    [
        ((), "not in order"),
        ((Band("b", 0.5, 0.6), Band("a", 0.1, 0.2)), "not in order"),
        ((Band("a", 0.1, 0.2), Band("A", 0.3, 0.4)), "stands for two bands"),
        ((Band("a", 0.1, 0.2, also=("é",)), Band("E", 0.3, 0.4)), "stands for two bands"),
    ],
)
def test_a_scale_that_cannot_be_read_one_way_is_refused(bands: tuple[Band, ...], told: str) -> None:
    with pytest.raises(LexiconError, match=told):
        scale(*bands)


@pytest.mark.parametrize(("low", "high"), [(0.4, 0.2), (0.2, 0.2), (-0.1, 0.2), (0.9, 1.1)])
def test_a_band_that_is_none_is_refused(low: float, high: float) -> None:
    with pytest.raises(LexiconError, match="not one of probabilities"):
        Band("a", low, high)
