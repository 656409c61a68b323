from dataclasses import replace

import pytest
from tests.tiny_release import change, country, node, tiny_release

from tocsin.core.errors import UnknownPlace
from tocsin.core.place import places
from tocsin.desk.monday import MOST_ITEMS, cause, monday_view
from tocsin.desk.scorecard import scorecard_view
from tocsin.desk.search import find, near
from tocsin.desk.world import world_view


def test_every_state_of_the_year_is_there_and_none_twice(tmp_path):
    view = world_view(node(tmp_path))

    ids = [standing.place.id for standing in view.standings]
    assert sorted(ids) == sorted(place.id for place in places(2024))
    assert ids[:3] == ["SDN", "RWA", "NOR"]


def test_a_state_without_a_forecast_has_a_reason_and_no_shade(tmp_path):
    missing = {s.place.id: s for s in world_view(node(tmp_path)).unranked}

    assert missing["ISL"].reason == "The test has no row for it."
    assert missing["FRA"].reason
    assert missing["ISL"].band is None


def test_shades_rise_with_probability(tmp_path):
    bands = [standing.band for standing in world_view(node(tmp_path)).ranked]

    assert bands == sorted(bands, reverse=True)
    assert bands[0] == 5


def test_a_region_keeps_the_grid_whole(tmp_path):
    settings = node(tmp_path)
    region = next(s.place.region for s in world_view(settings).grid if s.place.id == "SDN")

    view = world_view(settings, region)

    assert {s.place.region for s in view.standings} == {region}
    assert len(view.grid) == len(world_view(settings).grid)


def test_a_region_nobody_knows_is_an_error_with_the_regions(tmp_path):
    with pytest.raises(UnknownPlace, match="Northern Africa"):
        world_view(node(tmp_path), "Atlantis")


def test_monday_lists_what_moved_beyond_noise_and_counts_the_rest(tmp_path):
    view = monday_view(node(tmp_path))

    assert [item.place.id for item in view.items] == ["SDN"]
    assert (view.moved, view.quiet, view.unknown) == (1, 1, 1)
    assert view.items[0].change.total == 0.7
    assert view.items[0].cause == "data"


def test_monday_never_has_more_than_ten_items_and_takes_the_largest(tmp_path):
    ids = [place.id for place in places(2024)][:15]
    countries = tuple(
        country(id, rank / 100, rank, change=change(3.0 / rank, True).model_copy(update={"previous_probability": 0.0}))
        for rank, id in enumerate(ids, start=1)
    )
    view = monday_view(node(tmp_path, tiny_release(countries=countries, not_forecast=())))

    assert len(view.items) == MOST_ITEMS
    assert view.moved == 15
    assert [item.belief.probability for item in view.items] == [rank / 100 for rank in range(15, 5, -1)]


@pytest.mark.parametrize(
    ("data", "model", "revision", "expected"),
    [
        (0.5, 0.1, None, "data"),
        (-0.1, 0.5, None, "model"),
        (0.3, -0.2, None, "data and model"),
        (0.1, 0.1, -0.6, "revision"),
    ],
)
def test_the_cause_is_the_larger_part_either_way(data, model, revision, expected):
    parts = {"data": data, "model": model, "revision": revision}

    assert cause(change(0.5, True).model_copy(update=parts)) == expected


def test_a_name_leads_to_one_state_and_a_fragment_to_several(tmp_path):
    settings = node(tmp_path)

    assert [place.id for place in find(settings, " Sudan ")] == ["SDN"]
    assert {"SDN", "SSD"} <= {place.id for place in find(settings, "suda")}
    assert "COD" in {place.id for place in find(settings, "congo")}
    assert find(settings, "  ") == ()
    assert find(settings, "qqqqqqqq") == ()


def test_a_slip_of_the_pen_still_finds_the_state(tmp_path):
    settings = node(tmp_path)

    assert "RWA" in {place.id for place in find(settings, "Rwnada")}
    assert near(settings, "Icelnad")[0].id == "ISL"


def test_the_scorecard_without_published_forecasts_says_so(tmp_path):
    view = scorecard_view(node(tmp_path))

    assert view.beside == ()
    assert "not been fetched" in view.published_absence
    assert view.blocks == tiny_release().scores


def test_published_forecasts_stand_beside_ours(tmp_path, mirror):
    view = scorecard_view(replace(node(tmp_path), mirror=mirror))

    assert {entry.place.id for entry in view.beside} == {"SDN", "RWA", "NOR"}
    assert view.published_absence == ""


def test_a_misspelling_finds_the_same_state_at_every_door(tmp_path):
    settings = node(tmp_path)

    assert near(settings, "Birma")[0].id == "MMR"
    assert find(settings, "Gaza")[0].id == "PSE"


def test_the_scorecard_begins_with_what_the_scores_say(tmp_path):
    said = scorecard_view(node(tmp_path)).verdict

    assert said == "In 2009-2024, by log score, our procedure cannot be told apart from “Two variables”."
