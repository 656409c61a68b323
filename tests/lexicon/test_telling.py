import json
import tomllib
from dataclasses import asdict
from importlib.resources import files
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.belief import Belief
from tocsin.core.errors import LexiconError
from tocsin.lexicon.telling import APART, Reader, languages, tell, tell_belief
from tocsin.lexicon.yardstick import words, yardsticks

probabilities = st.floats(0, 1)
readers = st.builds(Reader, st.sampled_from(tuple(yardsticks())), st.sampled_from(languages()))


def test_a_word_that_hides_the_base_rate_is_flagged() -> None:
    told = tell(0.18, Reader("icd203"), low=0.1, high=0.3, base_rate=0.06)
    assert told.erased
    assert told.sentence == (
        "18 % (1 in 6, between 10 % and 30 %), 3.0 times the base rate of 6.0 %. ICD 203: 'very unlikely' (5 to 20 %). "
        "Do not give the word alone: the base rate of 6.0 % gets the same, though 18 % is 3.0 times as much."
    )


def test_a_word_that_tells_it_apart_is_not() -> None:
    told = tell(0.10, Reader("icd203"), base_rate=0.01)  # "almost no chance" begins at 1 %, "very unlikely" at 5 %
    assert told.times == "10 times"
    assert not told.erased
    assert told.warning == ""
    assert "Do not" not in told.sentence


@pytest.mark.parametrize(
    ("probability", "base_rate", "erased"),
    [
        (0.04, 0.02, True),  # exactly twice
        (0.039, 0.02, False),
        (0.01, 0.02, True),  # exactly half: that it is low is a signal too
        (0.011, 0.02, False),
        (0.008, 0.002, True),  # no word for either on ICD 203, so words tell nothing
        (0.02, 0.02, False),
        (0.0, 0.005, True),
    ],
)
def test_the_flag_needs_twice_or_half(probability: float, base_rate: float, erased: bool) -> None:
    assert tell(probability, Reader("icd203"), base_rate=base_rate).erased == erased


@given(probabilities, st.none() | probabilities, readers)
def test_the_flag_stands_only_where_the_words_are_the_same(
    probability: float, base_rate: float | None, reader: Reader
) -> None:
    told = tell(probability, reader, base_rate=base_rate)
    assert bool(told.warning) == told.erased
    assert told.warning in told.sentence
    if told.erased:
        assert base_rate is not None
        assert told.ratio is not None
        assert words(probability, reader.yardstick) == words(base_rate, reader.yardstick)
        assert told.ratio >= APART or told.ratio <= 1 / APART
    elif told.ratio is not None and base_rate is not None and (told.ratio >= APART or told.ratio <= 1 / APART):
        assert words(probability, reader.yardstick) != words(base_rate, reader.yardstick)


@given(probabilities, st.none() | probabilities, readers)
def test_any_probability_can_be_told_to_any_reader(probability: float, base_rate: float | None, reader: Reader) -> None:
    told = tell(probability, reader, base_rate=base_rate)
    assert told.word
    assert told.frequency
    assert told.percent in told.sentence
    assert "{" not in told.sentence
    json.dumps(asdict(told), allow_nan=False)


@pytest.mark.parametrize(
    ("probability", "frequency"),
    [
        (0.0, "never"),
        (1e-9, "less than 1 in 1 000 000"),
        (0.004, "1 in 250"),
        (0.081, "1 in 12"),
        (0.6, "6 in 10"),
        (0.96, "all but 1 in 25"),  # not "10 in 10"
        (1.0, "10 in 10"),
    ],
)
def test_frequencies(probability: float, frequency: str) -> None:
    assert tell(probability, Reader()).frequency == frequency


@pytest.mark.parametrize(
    ("probability", "base_rate", "times"),
    [(0.5, 0.0001, "more than 1000 times"), (0.00001, 0.5, "less than 0.001 times"), (0.0, 0.5, "0 times")],
)
def test_ratios_far_out_are_bounds(probability: float, base_rate: float, times: str) -> None:
    assert tell(probability, Reader(), base_rate=base_rate).times == times


def test_a_base_rate_of_zero_is_not_one_that_is_not_known() -> None:
    zero, absent = tell(0.1, Reader(), base_rate=0.0), tell(0.1, Reader())
    assert zero.ratio is absent.ratio is None
    assert "against a base rate of 0 %, too small for a ratio" in zero.sentence
    assert "base rate not given" in absent.sentence
    assert "no interval given" in absent.sentence


def test_a_french_reader_is_told_in_french_and_the_word_stays_its_owner_s() -> None:
    told = tell(0.081, Reader("icd203", "fr"), low=0.04, high=0.15, base_rate=0.0155)
    assert (told.word, told.word_lang, told.span) == ("very unlikely", "en", "5 à 20 %")
    assert told.sentence == (
        "8,1 % (1 sur 12, entre 4,0 % et 15 %), 5,2 fois le taux de base de 1,6 %. "
        "ICD 203 : « very unlikely » (5 à 20 %)."
    )


def test_an_english_reader_of_french_words_is_given_their_meaning() -> None:
    told = tell(0.081, Reader("scrc", "en"))
    assert (told.word, told.word_lang, told.gloss) == ("presque aucune chance", "fr", "almost no chance")
    assert "SCRC: 'presque aucune chance' (in English 'almost no chance', 2 to 12 %)." in told.sentence
    assert "anglais" not in tell(0.081, Reader("scrc", "fr")).sentence


@pytest.mark.parametrize(
    ("key", "probability", "phrase"),
    [
        ("phia", 0.07, "entre « remote chance » et « highly unlikely »"),
        ("icd203", 0.004, "au-dessous de « almost no chance », le plus bas"),
        ("icd203", 0.995, "au-dessus de « almost certain », le plus haut"),
    ],
)
def test_what_has_no_word_is_told_so_in_the_reader_s_language(key: str, probability: float, phrase: str) -> None:
    told = tell(probability, Reader(key, "fr"))
    assert (told.word, told.word_lang, told.span, told.gloss) == (phrase, "fr", "", "")
    assert f"pas de mot, {phrase}." in told.sentence


def test_a_belief_is_told_with_its_interval_and_base_rate() -> None:
    belief, reader = Belief(0.081, 0.04, 0.15, base_rate=0.0155), Reader("phia")
    assert tell_belief(belief, reader) == tell(0.081, reader, low=0.04, high=0.15, base_rate=0.0155)


def test_every_language_has_every_phrase_with_the_same_parts() -> None:
    phrases = tomllib.loads((files("tocsin") / "data" / "telling.toml").read_text(encoding="utf-8"))
    parts = [
        {key: {name for _, name, _, _ in Formatter().parse(text) if name} for key, text in language.items()}
        for language in phrases.values()
    ]
    assert len(parts) >= 2
    assert all(one == parts[0] for one in parts)


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ({"low": 0.1}, "one end only"),
        ({"low": 0.4, "high": 0.2}, "upside down"),
        ({"low": -0.1, "high": 0.2}, "low: -0.1 is not a probability"),
        ({"base_rate": 1.5}, "base rate: 1.5 is not a probability"),
        ({"base_rate": float("nan")}, "base rate: nan is not a probability"),
    ],
)
def test_numbers_that_cannot_be_are_refused(numbers: dict[str, float], told: str) -> None:
    with pytest.raises(LexiconError) as caught:
        tell(0.1, Reader(), **numbers)
    assert told in str(caught.value)


def test_a_reader_that_cannot_be_served_is_answered_with_the_choices() -> None:
    with pytest.raises(LexiconError) as caught:
        Reader("icd203", "tlh")
    assert "Choose one of: en, fr" in str(caught.value)
    with pytest.raises(LexiconError) as caught:
        Reader("kent")
    assert "icd203, phia, scrc, ipcc" in str(caught.value)
