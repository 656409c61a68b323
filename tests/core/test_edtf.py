from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.edtf import GROUPS, in_words, read
from tocsin.core.errors import PeriodError


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2027", "2027-01-01", "2027-12-31"),
        ("2028-02", "2028-02-01", "2028-02-29"),
        ("2027-05-14", "2027-05-14", "2027-05-14"),
        ("2027-21", "2027-03-01", "2027-05-31"),
        ("2027-24", "2027-12-01", "2028-02-29"),
        ("2027-32", "2027-06-01", "2027-08-31"),
        ("2027-36", "2027-10-01", "2027-12-31"),
        ("2027-41", "2027-07-01", "2027-12-31"),
        ("202X", "2020-01-01", "2029-12-31"),
        ("2027-XX", "2027-01-01", "2027-12-31"),
        ("2027-1X", "2027-10-01", "2027-12-31"),
        ("2027-05-XX", "2027-05-01", "2027-05-31"),
        ("2027-XX-31", "2027-01-31", "2027-12-31"),
        ("202X-02-29", "2020-02-29", "2028-02-29"),
        ("2027-03/2027-05", "2027-03-01", "2027-05-31"),
        ("2027-03/..", "2027-03-01", None),
        ("../2027-03", None, "2027-03-31"),
        ("2027-03/", "2027-03-01", None),
        ("2027-03-05/2027-03", "2027-03-05", "2027-03-31"),
        ("9999-24", "9999-12-01", "9999-12-31"),
    ],
)
def test_a_date_means_the_days_that_fit(text, earliest, latest):
    found = read(text)
    assert (found.earliest and found.earliest.isoformat(), found.latest and found.latest.isoformat()) == (
        earliest,
        latest,
    )
    assert found.text == text


@pytest.mark.parametrize(
    ("text", "approximate", "uncertain"),
    [("2027", False, False), ("2027~", True, False), ("2027-05?", False, True), ("2027-05-14%", True, True)],
)
def test_what_is_doubtful_is_kept(text, approximate, uncertain):
    assert (read(text).approximate, read(text).uncertain) == (approximate, uncertain)
    assert (read(f"{text}/..").approximate, read(f"{text}/..").uncertain) == (approximate, uncertain)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2027-02-30", "February 2027 has 28 days"),
        ("2027-13", "there is no month 13"),
        ("2027-00", "there is no month 00"),
        ("2027-05-00", "there is no day 00"),
        ("0000", "no year 0000"),
        ("2027-21-03", "spring has no numbered days"),
        ("2027-05/2027-03", "ends before it begins"),
        ("../..", "neither end"),
        ("/", "neither end"),
        ("2027/2028/2029", "one beginning and one end"),
        ("X027", "is no date"),
        ("2X27", "is no date"),
        ("14 May 2027", "is no date"),
        ("２０２７", "is no date"),
        ("2027-05-14T10:00", "is no date"),
        ("", "is no date"),
        ("2" * 100, "at most 60 letters"),
    ],
)
def test_what_is_no_date_is_refused_with_what_to_write(text, why):
    with pytest.raises(PeriodError, match=why) as refused:
        read(text)
    assert refused.value.remedy


def test_words_say_what_is_doubtful():
    said = [in_words(read(text)) for text in ("2027-05-14%", "2027-22", "2027-03/..", "../2027", "2027-01/2027-03~")]
    assert said == [
        "about 14 May 2027 (uncertain)",
        "summer 2027",
        "from March 2027 on",
        "up to 2027",
        "about January 2027 to March 2027",
    ]


@given(st.dates())
def test_a_day_that_is_in_the_calendar_is_read_back(day: date):
    assert read(day.isoformat()).day == day


@given(st.integers(1, 9998), st.sampled_from(sorted(GROUPS)))
def test_a_grouping_has_whole_months(year: int, group: int):
    found = read(f"{year:04d}-{group}")
    assert found.earliest.day == 1
    assert (found.latest + timedelta(1)).day == 1


@given(st.text("0123456789X-/.~?%", max_size=22))
def test_whatever_is_written_is_read_or_refused_and_never_ends_before_it_begins(text: str):
    try:
        found = read(text)
    except PeriodError:
        return
    assert found.earliest is None or found.latest is None or found.earliest <= found.latest


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 900))
def test_an_interval_is_within_a_window_as_its_days_are(first: date, window: date, length: int):
    last = first + timedelta(length)
    met = read(f"{first}/{last}").within(window, window + timedelta(30))
    days = (window + timedelta(one) for one in range(31))
    assert met == any(first <= day <= last for day in days)
