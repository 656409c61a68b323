import polars as pl
import pytest

from tocsin.core.errors import ReleaseError
from tocsin.forecast.build import build, overconfident
from tocsin.forecast.release import ARCHIVE_SCHEMA, read_archive, read_release, write_release
from tocsin.panel.onset import build_onset_panel

from .conftest import invented_frame


@pytest.fixture(scope="module")
def built(panel, quick):
    return build(panel, receipts=(), method=quick)


def test_contributions_sum_to_the_forecast(built):
    for country in built.release.countries:
        total = country.baseline_log_odds + sum(c.log_odds for c in country.contributions)
        assert total == pytest.approx(country.log_odds, abs=1e-9)


def test_the_parts_of_a_change_sum_to_it_and_revision_is_unknown_not_zero(built):
    for country in built.release.countries:
        change = country.change
        assert change.data + change.model == pytest.approx(change.total, abs=1e-12)
        assert change.revision is None
        assert change.meaningful == (abs(change.total - change.drift) > change.noise)


def test_intervals_ranks_and_ties_hold_together(built):
    countries = built.release.countries
    assert [c.rank for c in countries] == list(range(1, len(countries) + 1))
    for c in countries:
        assert 0 < c.low < c.high < 1
        assert c.tied_low <= c.rank <= c.tied_high
    assert built.release.expected_onsets == pytest.approx(sum(c.probability for c in countries))
    assert built.release.expected_low < built.release.expected_onsets < built.release.expected_high


def test_analogues_are_other_countries_with_a_known_sequel(built, table):
    onsets = {(p, y) for p, y, o in zip(table.place, table.year, table.onset, strict=True) if o == 1}
    counted = table.X[:, table.columns(("mk_ongoing_count_log2",))[0]]
    under_way = {(p, y): x for p, y, x in zip(table.place, table.year, counted, strict=True)}
    for country in built.release.countries:
        assert country.place not in {a.place for a in country.analogues}
        for a in country.analogues:
            came = {y for y in (a.year + 1, a.year + 2) if (a.place, y) in onsets}
            assert a.followed == ("onset" if came else "no onset")
            assert a.ongoing_episodes == round(2 ** under_way[a.place, a.year] - 1)
            assert a.onset_year == (min(came) if came else None)


def test_a_release_survives_being_written_and_read(built, tmp_path):
    write_release(tmp_path, built.release, built.archive)
    assert read_release(tmp_path).model_copy(update={"archive_sha256": ""}) == built.release
    assert read_archive(tmp_path).equals(built.archive.cast(ARCHIVE_SCHEMA))


def test_a_broken_release_says_where_it_is_broken(built, tmp_path):
    write_release(tmp_path, built.release, built.archive)
    text = (tmp_path / "release.json").read_text()
    (tmp_path / "release.json").write_text(text.replace('"data_year":', '"data_yaer":', 1))
    with pytest.raises(ReleaseError, match="data_year"):
        read_release(tmp_path)
    (tmp_path / "release.json").write_text(text[: len(text) // 2])
    with pytest.raises(ReleaseError, match="release build"):
        read_release(tmp_path)


def test_building_twice_gives_the_same_release(panel, quick, built):
    assert build(panel, receipts=(), method=quick).release == built.release


def test_a_row_that_lacks_a_predictor_gets_a_reason_not_a_number(quick):
    frame = invented_frame().with_columns(
        pl.when((pl.col("place") == "P03") & (pl.col("year") == 2024))
        .then(None)
        .otherwise(pl.col("gdppcgrowth"))
        .alias("gdppcgrowth")
    )
    release = build(build_onset_panel(frame, vintage="invented"), receipts=(), method=quick).release
    entry = release.country("P03")
    assert "gdppcgrowth" in entry.reason
    assert len(release.countries) == 39


def test_the_parts_of_the_brier_score_sum_to_it(built):
    for block in built.release.scores:
        for model in block.models:
            parts = model.brier_parts
            total = parts["reliability"] - parts["resolution"] + parts["uncertainty"] + parts["within"]
            assert total == pytest.approx(model.metrics["brier"].value, abs=1e-12)


def test_a_bin_that_came_true_too_seldom_is_said_in_a_caveat(built):
    blocks = {block.key: block for block in built.release.scores}

    def with_top(key, events, high):
        model = blocks[key].models[0]
        top = model.reliability[-1].model_copy(
            update={"lower": 0.07, "upper": 1.0, "forecasts": 50, "mean_forecast": 0.1, "events": events, "high": high}
        )
        changed = model.model_copy(update={"reliability": (top,)})
        return blocks[key].model_copy(update={"models": (changed, *blocks[key].models[1:])})

    (said,) = overconfident((with_top("test", 1, 0.08), with_top("all", 4, 0.2)))
    assert "of 50 in 2009-2024, 1 came true where 5.0 were expected; in 1994-2024, 4 of 50" in said
    assert overconfident((with_top("test", 5, 0.2), with_top("all", 4, 0.2))) == ()
