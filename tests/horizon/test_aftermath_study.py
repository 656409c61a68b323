"""The shipped counts, made again from the real files by a plain program that shares nothing with the study."""

import csv
from collections import defaultdict

import pytest
from benchmarks.aftermath.study import DRAWS, SHIFTS, compare
from benchmarks.aftermath.tables import periods_of, tables

from tocsin.horizon.aftermath import aftermath
from tocsin.horizon.aftermath_results import study
from tocsin.sources import coups, ewp, views
from tocsin.sources.catalogue import catalogue
from tocsin.sources.fetch import place_in


@pytest.fixture(scope="module")
def at_hand(mirror):
    return tables(mirror)


@pytest.fixture(scope="module")
def rows(mirror):
    def read(names):
        path = place_in(mirror, catalogue()[names[0]].table(names[1]).url)
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    return read


@pytest.mark.parametrize(("event", "outcome"), [("coup", "onset_next"), ("jump", "escalation_12")])
def test_the_study_gives_the_shipped_numbers_again(at_hand, event, outcome):
    row, found = compare(at_hand, event, outcome)
    shipped = study().one(event, outcome)
    assert (row["given"], row["set_aside"]) == (shipped.given, shipped.set_aside)
    assert found.verdict == shipped.numbers.verdict
    assert found.difference_interval == pytest.approx(shipped.numbers.difference_interval, abs=1e-5)


def test_a_verdict_near_the_edge_does_not_hang_on_the_seed(at_hand):
    periods, _ = periods_of(at_hand, "jump", "onset_same_or_next")
    for seed in (2, 3, 4):
        again = aftermath(periods, tried=16, draws=DRAWS, shifts=SHIFTS, seed=seed)
        assert again.verdict.strength == study().one("jump", "onset_same_or_next").numbers.verdict.strength


def test_onsets_after_coups_are_counted_alike_by_correlates_of_war_numbers(rows):
    """The panel's first year of a state with new borders has no year before: Russia 1991 and two rows of Yugoslavia."""
    panel = {(int(r["ccode"]), int(r["year"])): r for r in rows(ewp.PANEL)}
    attempted = {(int(r["ccode"]), int(r["year"])) for r in rows(coups.ATTEMPTS)} - {(365, 1991)}
    counted = followed = 0
    for (code, year), row in panel.items():
        if 1961 <= year <= 2021 and (code, year - 1) in panel and (code, year) in attempted:
            counted += 1
            followed += row["mk_onset"] == "1" or row["mk_onset_1"] == "1"
    shipped = study().one("coup", "onset_same_or_next").numbers
    assert (counted, followed) == (shipped.events, shipped.followed)


def test_escalation_after_jumps_is_counted_alike_by_a_plain_loop(rows):
    """Without the panel three more jumps count; none of them escalated."""
    deaths = defaultdict(lambda: defaultdict(float))
    for row in rows(views.MONTHS):
        deaths[row["gwcode"]][int(row["month_id"])] += float(row["ucdp_ged_sb_best_sum"])
    counted = followed = 0
    for series in deaths.values():
        jumped = [
            m for m in range(156, 493) if _holds(series, m) and not any(_holds(series, m - k) for k in range(1, 13))
        ]
        for month in jumped:
            before, after = _sum(series, month - 12, month), _sum(series, month + 1, month + 13)
            if after is not None and min(series) <= month - 35:
                counted += 1
                followed += after >= 25 and after >= 2 * before
    shipped = study().one("jump", "escalation_12").numbers
    assert followed == shipped.followed
    assert 0 <= counted - shipped.events <= 3


def _sum(series, first, beyond):
    return sum(series[m] for m in range(first, beyond)) if all(m in series for m in range(first, beyond)) else None


def _holds(series, month):
    last, before = _sum(series, month - 11, month + 1), _sum(series, month - 23, month - 11)
    return last is not None and before is not None and last >= 25 and last > 3 * before
