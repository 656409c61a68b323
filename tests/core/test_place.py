import re
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.errors import AmbiguousPlace, PlaceError, UnknownPlace, UnresolvedPlaces
from tocsin.core.place import Place, place, places, resolve, resolve_many
from tocsin.core.place_table import spelling

TODAY = 2026
CURRENT = places(TODAY)
EVERY = places()
OPEN_END = 2040

# --- codes and names through time ------------------------------------------------------------------------------------

HARD = [
    # value, scheme, year, place
    (365, "cow", 1990, "SUN"),
    (365, "cow", 1991, "RUS"),
    (365, "gw", 2022, "RUS"),
    ("Russia", None, 1975, "SUN"),
    ("Soviet Union", None, 1975, "SUN"),
    ("Russia (Soviet Union)", None, 1999, "RUS"),
    (345, "cow", 1980, "YUG"),
    (345, "cow", 1999, "SCG"),
    (345, "cow", 2024, "SRB"),
    (340, "cow", 1998, "SCG"),
    (340, "gw", 2010, "SRB"),
    (345, "gw", 2006, "SCG"),
    ("Serbia", None, 1960, "YUG"),
    ("Serbia", None, 2000, "SCG"),
    ("Serbia", None, 2006, "SRB"),
    ("Yugoslavia", None, 1999, "SCG"),
    ("YUG", None, 1999, "SCG"),
    ("YUG", "iso3", 1985, "YUG"),
    (315, "cow", 1992, "CSK"),
    (316, "cow", 1993, "CZE"),
    (317, "gw", 1993, "SVK"),
    ("Czechia", "vdem", 1968, "CSK"),
    (255, "cow", 1960, "DEU"),
    (260, "cow", 1980, "DEU"),
    (260, "gw", 2020, "DEU"),
    (265, "cow", 1989, "DDR"),
    ("West Germany", None, 1970, "DEU"),
    ("Germany", None, 1970, "DEU"),
    (678, "cow", 1989, "YAR"),
    (679, "cow", 1990, "YEM"),
    (678, "gw", 1989, "YAR"),
    (678, "gw", 1990, "YEM"),
    (680, "gw", 1989, "YMD"),
    ("Yemen", None, 1962, "YAR"),
    ("Yemen", None, 1990, "YEM"),
    ("YEM", None, 1980, "YAR"),
    (816, "cow", 1965, "VNM"),
    (817, "cow", 1965, "RVN"),
    (817, "cow", 1975, "RVN"),
    ("Vietnam", None, 1975, "VNM"),
    ("Vietnam", "vdem", 1960, "VNM"),
    ("VDR", None, 1965, "VNM"),
    (625, "cow", 2000, "SDN"),
    (625, "cow", 2020, "SDN"),
    (59, "views", 2005, "SDN"),
    (245, "views", 2015, "SDN"),
    (626, "cow", 2011, "SSD"),
    (736, "m49", 2005, "SDN"),
    (729, "m49", 2005, "SDN"),
    (530, "gw", 1985, "ETH"),
    (191, "views", 1992, "ETH"),
    (57, "views", 1994, "ETH"),
    (531, "cow", 1993, "ERI"),
    (770, "cow", 1965, "PAK"),
    (770, "cow", 1972, "PAK"),
    (771, "cow", 1971, "BGD"),
    (484, "cow", 1980, "COG"),
    (490, "cow", 1980, "COD"),
    ("Zaire", None, 1980, "COD"),
    ("ZAR", None, 1980, "COD"),
    ("Congo", "views", 2020, "COG"),
    ("Congo", "pace", 2026, "COG"),
    ("Congo, DRC", "views", 2020, "COD"),
    (347, "cow", 2010, "XKX"),
    (232, "views", 2010, "XKX"),
    ("XKX", "worldbank", 2020, "XKX"),
    (511, "gw", 1964, "ZAN"),
    ("Tanganyika", None, 1962, "TZA"),
    (711, "gw", 1948, "TBT"),
    (713, "cow", 1980, "TWN"),
    (970, "cow", 2000, "NRU"),  # the two lists number the Pacific differently
    (970, "gw", 2000, "KIR"),
    (946, "cow", 2000, "KIR"),
    (971, "gw", 2000, "NRU"),
    (955, "cow", 2000, "TON"),
    (166, "vdem", 1950, "GUY"),  # V-Dem follows colonies
    ("Guyana", "vdem", 1950, "GUY"),
    ("004", "m49", 2000, "AFG"),
    ("Upper Volta", None, 1970, "BFA"),
    ("Burma/Myanmar", None, 2024, "MMR"),
    ("Macedonia, FYR", None, 2001, "MKD"),
    ("eSwatini", None, 2026, "SWZ"),
]


@pytest.mark.parametrize(("value", "scheme", "year", "expected"), HARD)
def test_codes_and_names_that_changed_hands(value: str | int, scheme: str | None, year: int, expected: str) -> None:
    assert resolve(value, scheme=scheme, year=year).id == expected


@pytest.mark.parametrize(
    ("value", "scheme", "expected"),
    [
        ("Russia", None, "RUS"),
        ("Yemen", None, "YEM"),
        ("Vietnam", None, "VNM"),
        ("YUG", None, "YUG"),
        ("Soviet Union", None, "SUN"),
        (365, "cow", "RUS"),
        (345, "cow", "SRB"),
        (678, "cow", "YAR"),
        (817, "gw", "RVN"),
    ],
)
def test_without_a_year_the_state_of_today_is_meant_or_the_only_one_there_was(
    value: str | int, scheme: str | None, expected: str
) -> None:
    assert resolve(value, scheme=scheme).id == expected


@pytest.mark.parametrize(
    ("value", "year", "candidates"),
    [
        ("Congo", 2020, {"COD", "COG"}),
        ("Congo", None, {"COD", "COG"}),
        ("Korea", 1980, {"PRK", "KOR"}),
        ("Yemen", 1980, {"YAR", "YMD"}),
        ("Vietnam", 1965, {"VNM", "RVN"}),
        ("Yugoslavia", 1992, {"YUG", "SCG"}),
        ("Yugoslavia", None, {"YUG", "SCG"}),
        (100, 2020, {"COL", "UKR", "HUN", "BGR"}),
        ("365", 1980, {"SUN"}),
    ],
)
def test_what_cannot_be_told_apart_lists_the_candidates(
    value: str | int, year: int | None, candidates: set[str]
) -> None:
    with pytest.raises(AmbiguousPlace) as caught:
        resolve(value, year=year)
    assert set(re.findall(r"\((\w+)\)", caught.value.what)) == candidates
    assert caught.value.remedy


def test_only_a_year_that_helps_is_asked_for() -> None:
    with pytest.raises(AmbiguousPlace, match="year"):
        resolve("Yugoslavia")
    with pytest.raises(AmbiguousPlace) as caught:
        resolve("Congo")
    assert "year" not in caught.value.remedy


@pytest.mark.parametrize(
    ("value", "scheme", "year", "instead"),
    [
        ("South Sudan", None, 2000, "SDN"),
        (626, "cow", 2010, "SDN"),
        ("Kosovo", None, 1990, "YUG"),
        ("Eritrea", None, 1980, "ETH"),
        ("Bangladesh", None, 1965, "PAK"),
        ("DDR", None, 2000, "DEU"),
        (265, "cow", 2000, "DEU"),
        (817, "cow", 1980, "VNM"),
        (680, "gw", 1995, "YEM"),
        ("Ukraine", None, 1970, "SUN"),
        ("SUN", "iso3", 2000, "RUS"),
    ],
)
def test_a_code_at_a_date_without_that_state_is_an_error_that_names_the_one_to_look_for(
    value: str | int, scheme: str | None, year: int, instead: str
) -> None:
    with pytest.raises(UnknownPlace) as caught:
        resolve(value, scheme=scheme, year=year)
    assert str(year) in caught.value.what
    assert f"({instead})" in caught.value.remedy


def test_a_state_that_was_taken_in_later_is_not_what_came_before() -> None:
    with pytest.raises(UnknownPlace) as caught:
        resolve("Germany", year=1947)
    assert "DDR" not in caught.value.remedy


@pytest.mark.parametrize(
    ("value", "scheme", "near"),
    [
        ("Kyrgistan", None, "KGZ"),
        ("Untied Kingdom", None, "GBR"),
        ("Phillipines", None, "PHL"),
        ("Birmanei", None, "MMR"),
        ("DEX", "iso3", "DEU"),
    ],
)
def test_an_unknown_name_comes_back_with_suggestions(value: str, scheme: str | None, near: str) -> None:
    with pytest.raises(UnknownPlace) as caught:
        resolve(value, scheme=scheme)
    assert f"({near})" in caught.value.remedy


@pytest.mark.parametrize(
    ("value", "scheme"), [("Atlantis", None), ("", None), ("  ", "cow"), ("--", "name"), (999, "cow"), (99999, None)]
)
def test_what_means_nothing_is_an_error_with_a_remedy(value: str | int, scheme: str | None) -> None:
    with pytest.raises(UnknownPlace) as caught:
        resolve(value, scheme=scheme)
    assert caught.value.remedy


def test_letters_are_no_un_number() -> None:
    with pytest.raises(UnknownPlace, match="not a number"):
        resolve("Chad", scheme="m49")


def test_a_name_is_no_iso_code() -> None:
    with pytest.raises(UnknownPlace):
        resolve("Chad", scheme="iso3")


def test_a_scheme_nobody_knows_is_an_error_that_lists_the_schemes() -> None:
    with pytest.raises(PlaceError, match="worldbank"):
        resolve("Chad", scheme="fips")


def test_place_takes_exact_ids_only() -> None:
    assert place("XKX").names["en"] == "Kosovo"
    with pytest.raises(UnknownPlace):
        place("Kosovo")


def test_places_of_a_year_are_the_states_that_existed_in_it() -> None:
    assert {"SUN", "YUG", "CSK", "DDR", "YAR", "YMD"} <= {state.id for state in places(1989)}
    assert not {"RUS", "SSD", "XKX", "YEM"} & {state.id for state in places(1989)}
    assert {"SUN", "RUS"} <= {state.id for state in places(1991)}
    assert "GUY" not in {state.id for state in places(1965)}  # recorded, not yet a state


# --- laws ------------------------------------------------------------------------------------------------------------


@st.composite
def place_and_year(draw: st.DrawFn) -> tuple[Place, int]:
    state = draw(st.sampled_from(EVERY))
    return state, draw(st.integers(state.recorded_from, state.valid_to or OPEN_END))


@given(place_and_year())
def test_an_id_leads_back_to_its_place_in_every_year_of_its_record(drawn: tuple[Place, int]) -> None:
    state, year = drawn
    assert resolve(state.id, year=year) == state
    assert resolve(state.id.lower()) == state


@given(st.sampled_from(EVERY), st.data())
def test_every_code_leads_back_to_its_place_in_every_year_it_holds(state: Place, data: st.DataObject) -> None:
    scheme = data.draw(st.sampled_from(sorted(state.codes)))
    code = data.draw(st.sampled_from(state.codes[scheme]))
    year = data.draw(st.integers(code.first, code.last or OPEN_END))
    assert resolve(code.code, scheme=scheme, year=year) == state


@given(place_and_year(), st.sampled_from(["en", "fr", "ar"]))
def test_a_label_leads_back_to_its_place_or_is_declared_ambiguous(drawn: tuple[Place, int], language: str) -> None:
    state, year = drawn
    try:
        assert resolve(state.names[language], scheme="name", year=year) == state
    except AmbiguousPlace:
        assert state.id in {"VNM", "YUG"}


@given(st.sampled_from(EVERY))
def test_case_accents_and_punctuation_make_no_difference(state: Place) -> None:
    name, year = state.names["fr"], (state.valid_to or TODAY + 1) - 1
    bare = "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
    shouted = bare.upper().replace("-", " - ").replace("'", " ’ ")
    assert spelling(shouted) == spelling(name)
    assert resolve(shouted, scheme="name", year=year) == state


# --- many rows -------------------------------------------------------------------------------------------------------


def test_many_rows_resolve_in_order() -> None:
    assert resolve_many(["Russia", "Russia"], [1980, 2000]) == ["SUN", "RUS"]
    assert resolve_many([2, "20"], scheme="cow") == ["USA", "CAN"]
    assert resolve_many([], []) == []


def test_every_row_that_fails_is_named_at_once_and_can_be_set_aside() -> None:
    values = ["Chad", "Atlantis", None, "Congo", "Kosovo", "Mali"]
    with pytest.raises(UnresolvedPlaces) as caught:
        resolve_many(values, [1990] * 6)
    error = caught.value
    assert sorted(error.failures) == [1, 2, 3, 4]
    assert isinstance(error.failures[3], AmbiguousPlace)
    assert "4 of 6 rows" in error.what
    assert "Atlantis" in error.what
    good = [value for row, value in enumerate(values) if row not in error.failures]
    assert resolve_many(good, [1990, 1990]) == ["TCD", "MLI"]


def test_one_failure_repeated_is_told_once() -> None:
    with pytest.raises(UnresolvedPlaces) as caught:
        resolve_many(["Atlantis"] * 100)
    assert caught.value.what.count("Atlantis") == 1
    assert len(caught.value.failures) == 100


def test_rows_and_years_must_match() -> None:
    with pytest.raises(ValueError, match="shorter"):
        resolve_many(["Chad", "Mali"], [1990])


def test_a_frame_of_ten_thousand_rows_takes_well_under_a_second() -> None:
    numbers = [code for state in CURRENT for code in state.codes.get("cow", ()) if code.last is None]
    cells = [(code.code, year) for code in numbers for year in range(max(code.first, 1960), 2025)]
    assert len(cells) > 9_000
    start = time.process_time()
    resolve_many([code for code, _ in cells], [year for _, year in cells], "cow")
    assert time.process_time() - start < 1.0
