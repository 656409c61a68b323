import unicodedata
from collections import Counter, defaultdict

import pytest

from tocsin.core.place import place, places
from tocsin.core.place_table import CODE_SCHEMES, table

CURRENT = places(2026)
EVERY = places()
OPEN_END = 2040


def test_the_states_of_today_are_the_un_members_two_observers_kosovo_and_taiwan() -> None:
    assert len(CURRENT) == 193 + 4
    assert {"XKX", "TWN", "PSE", "VAT"} <= {state.id for state in CURRENT}


def test_states_that_ended_have_no_tile_and_states_of_today_have_one_each() -> None:
    tiles = Counter(state.tile for state in CURRENT)
    assert None not in tiles
    assert max(tiles.values()) == 1
    assert all(state.tile is None for state in EVERY if state not in CURRENT)


@pytest.mark.parametrize(
    ("north", "south"), [("PRK", "KOR"), ("SDN", "SSD"), ("CAN", "USA"), ("USA", "MEX"), ("SYR", "JOR"), ("CUB", "JAM")]
)
def test_the_tile_grid_has_neighbours_north_above_south(north: str, south: str) -> None:
    above, below = place(north).tile, place(south).tile
    assert above is not None
    assert below is not None
    assert below[0] == above[0] + 1
    assert above[1] == below[1]


def test_the_tile_grid_keeps_the_continents_apart() -> None:
    columns = defaultdict(list)
    for state in CURRENT:
        assert state.tile is not None
        columns[state.region].append(state.tile[1])
    west = max(max(columns[r]) for r in ("Northern America", "Central America", "South America", "Caribbean"))
    assert west < min(columns["Western Africa"])
    assert max(columns["Western Africa"]) < min(columns["Central Asia"])
    assert max(columns["Southern Asia"]) < min(columns["Melanesia"])


def test_every_place_has_a_well_formed_label_in_three_languages() -> None:
    for state in EVERY:
        assert set(state.names) == {"en", "fr", "ar"}
        for language, label in state.names.items():
            assert label == unicodedata.normalize("NFC", label).strip()
            scripts = {unicodedata.name(letter).split()[0] for letter in label if letter.isalpha()}
            assert scripts == ({"ARABIC"} if language == "ar" else {"LATIN"}), label


@pytest.mark.parametrize(
    ("id", "en", "fr", "ar"),
    [
        ("CIV", "Côte d'Ivoire", "Côte d'Ivoire", "كوت ديفوار"),
        ("MMR", "Myanmar", "Myanmar", "ميانمار"),
        ("COD", "Democratic Republic of the Congo", "République démocratique du Congo", "جمهورية الكونغو الديمقراطية"),
        ("SSD", "South Sudan", "Soudan du Sud", "جنوب السودان"),
        ("TUR", "Türkiye", "Turquie", "تركيا"),
    ],
)
def test_labels_of_states_that_are_often_misspelt(id: str, en: str, fr: str, ar: str) -> None:
    assert dict(place(id).names) == {"en": en, "fr": fr, "ar": ar}


def test_regions_have_one_name_a_code() -> None:
    assert len({state.region_code for state in EVERY}) == len({(s.region_code, s.region) for s in EVERY}) == 22


def test_dates_are_in_order_and_predecessors_known() -> None:
    for state in EVERY:
        assert state.recorded_from <= state.valid_from <= (state.valid_to or OPEN_END)
        for id in state.predecessors:
            before = place(id)
            assert before.valid_from <= state.valid_from or before.valid_to is not None
            assert before.id != state.id


def test_a_code_stands_for_one_place_at_a_time() -> None:
    for (scheme, code), readings in table().codes.items():
        for year in range(1800, OPEN_END):
            meant = {reading.place.id for reading in readings if reading.holds(year)}
            assert len(meant) < 2, (scheme, code, year, meant)


def test_only_declared_names_are_ambiguous() -> None:
    ambiguous: dict[str, set[int]] = defaultdict(set)
    for name, readings in table().names.items():
        for year in range(1900, OPEN_END):
            if len({r.place.id for r in readings if r.holds(year) and not r.schemes}) > 1:
                ambiguous[name].add(year)
    assert {name: (min(years), max(years)) for name, years in ambiguous.items()} == {
        "congo": (1960, OPEN_END - 1),
        "korea": (1948, OPEN_END - 1),
        "yemen": (1967, 1989),
        "اليمن": (1967, 1989),
        "vietnam": (1954, 1974),
        "viet nam": (1954, 1974),
        "yugoslavia": (1992, 1992),
        "yougoslavie": (1992, 1992),
    }


def test_a_name_read_in_one_scheme_only_means_one_place_there() -> None:
    for name, readings in table().names.items():
        for scheme in {scheme for reading in readings for scheme in reading.schemes}:
            for year in range(1900, OPEN_END):
                meant = {r.place.id for r in readings if scheme in r.schemes and r.holds(year)}
                assert len(meant) < 2, (name, scheme, year)


def test_every_scheme_of_codes_has_codes() -> None:
    for scheme in CODE_SCHEMES:
        assert sum(scheme in state.codes for state in CURRENT) > 170
