import json
from dataclasses import astuple
from datetime import date
from pathlib import Path

import pytest
from tests.made_up_release import CAVEATS, DEFINITION, REASON, TRICKY, contributions, made_up_home

from tocsin.core.errors import UnknownPlace
from tocsin.core.settings import Settings
from tocsin.desk.brief_depth import depths
from tocsin.desk.briefing import brief_content
from tocsin.desk.document import Audience, Block, Brief, Heading, KeyFigure, SmallPrint, Table

DAY = date(2026, 11, 23)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return made_up_home(tmp_path)


def words(*blocks: Block) -> str:
    return " ".join(_flat(astuple(block)) for block in blocks)


def _flat(value: object) -> str:
    return " ".join(map(_flat, value)) if isinstance(value, tuple) else str(value)


def section(brief: Brief, title: str) -> str:
    """The text under the heading that begins so, up to the next heading."""
    found: list[Block] = []
    inside = False
    for block in brief.blocks:
        if isinstance(block, Heading | SmallPrint):
            inside = isinstance(block, Heading) and block.text.startswith(title)
        elif inside:
            found.append(block)
    assert found, f"no section {title!r}"
    return words(*found)


@pytest.mark.parametrize("audience", Audience)
def test_every_audience_gets_number_interval_definition_caveat_and_terms(
    settings: Settings, audience: Audience
) -> None:
    brief = brief_content(settings, "Sudan", audience, prepared=DAY)
    figure = next(block for block in brief.blocks if isinstance(block, KeyFigure))
    assert figure.figure == "1 in 8"
    for needed in ("12 %", "6.2 %", "25 %", "6.2 times", "2.0 %", "1 in 50", "ICD 203", "PHIA", "already under way"):
        assert needed in words(figure)
    text = words(*brief.blocks)
    for needed in (DEFINITION, "Made-up source", "made-up vintage", "made-up terms", "made-up licence", "TLP:CLEAR"):
        assert needed in text + brief.subtitle
    assert "nothing later" in section(brief, "Read with care")


def test_the_minister_gets_the_shortest_page(settings: Settings) -> None:
    lengths = {
        audience: len(words(*brief_content(settings, "Sudan", audience, prepared=DAY).blocks)) for audience in Audience
    }
    assert min(lengths, key=lengths.__getitem__) is Audience.MINISTER


def test_the_post_gets_every_driver_and_the_history_of_the_country(settings: Settings) -> None:
    brief = brief_content(settings, "Sudan", Audience.POST, prepared=DAY)
    told = section(brief, "What drives it")
    for part in contributions(1.0):
        assert part.label in told
    assert "+1.00" in told
    assert "−0.20" in told
    past = section(brief, "How we have done here")
    assert "2022 (forecast then 8.0 %)" in past
    assert "not yet known" in past


def test_the_limits_of_an_audience_hold(settings: Settings) -> None:
    minister = brief_content(settings, "Sudan", Audience.MINISTER, prepared=DAY)
    council = brief_content(settings, "Sudan", Audience.COUNCIL, prepared=DAY)
    assert depths()["minister"].caveats == 2
    assert CAVEATS[0] not in section(minister, "Read with care")
    assert all(caveat in section(council, "Read with care") for caveat in CAVEATS)


def test_the_public_reads_no_term_of_art(settings: Settings) -> None:
    brief = brief_content(settings, "Sudan", Audience.PUBLIC, prepared=DAY)
    text = words(*(block for block in brief.blocks if not isinstance(block, SmallPrint))).lower()
    for term in ("log-odds", "odds", "onset", "base rate", "predictor", "vintage", "horizon"):
        assert term not in text
    assert DEFINITION in section(brief, "What the number means")


def test_a_change_is_told_with_its_cause_or_called_none(settings: Settings) -> None:
    def told(country: str, audience: Audience = Audience.MINISTER) -> str:
        return section(brief_content(settings, country, audience, prepared=DAY), "What changed")

    assert told("Sudan").startswith("Up from 3.0 % (rank 7)")
    assert "mainly new data" in told("Sudan")
    assert told("Chad").startswith("No meaningful change")
    assert "no earlier forecast" in told("Mali")


def test_a_revision_that_is_not_known_is_not_zero(settings: Settings) -> None:
    def told(country: str) -> str:
        return section(brief_content(settings, country, Audience.POST, prepared=DAY), "What changed")

    assert "revision not known" in told("Sudan")
    assert "revision 0.00" in told("Chad")


def test_a_state_without_a_forecast_gets_a_page_that_says_why(settings: Settings) -> None:
    for audience in Audience:
        brief = brief_content(settings, "North Korea", audience, prepared=DAY)
        figure = next(block for block in brief.blocks if isinstance(block, KeyFigure))
        assert figure.figure == "No forecast"
        assert figure.lines[0] == REASON
        assert "not a low risk" in words(figure)
        assert figure.scale is None
        assert DEFINITION in words(*brief.blocks)
        assert "1.1 %" in section(brief, "How we have done here")


def test_past_cases_say_what_followed(settings: Settings) -> None:
    told = section(brief_content(settings, "Sudan", Audience.COUNCIL, prepared=DAY), "What looked like this")
    assert "Rwanda 1992 (1 under way, onset in 1994)" in told
    assert "Zambia 1999 (no onset)" in told


def test_published_numbers_that_are_not_here_are_said_to_be_absent(settings: Settings) -> None:
    told = section(brief_content(settings, "Sudan", Audience.MINISTER, prepared=DAY), "What others say")
    assert "Early Warning Project: no number here" in told
    assert "not been fetched" in told


def test_published_numbers_stand_beside_ours_where_they_are_here(tmp_path: Path, mirror: Path) -> None:
    settings = made_up_home(tmp_path, mirror=mirror)
    brief = brief_content(settings, "Sudan", Audience.MINISTER, prepared=DAY)
    told = section(brief, "What others say")
    assert "of 168" in told
    assert "no number here" not in told
    assert "do not redistribute" in words(brief.blocks[-1])


def test_a_country_nobody_knows_is_an_error_with_a_remedy(settings: Settings) -> None:
    with pytest.raises(UnknownPlace) as caught:
        brief_content(settings, "Atlantis", Audience.POST)
    assert caught.value.remedy


def test_the_machine_twin_holds_every_block(settings: Settings) -> None:
    brief = brief_content(settings, "SDN", Audience.POST, prepared=DAY)
    twin = json.loads(json.dumps(brief.as_dict()))
    assert twin["marking"] == "TLP:CLEAR"
    assert [block["kind"] for block in twin["blocks"]] == [block.kind for block in brief.blocks]
    assert TRICKY in json.dumps(twin, ensure_ascii=False).replace("\\\\", "\\")


def test_every_row_of_a_table_has_a_cell_for_each_column(settings: Settings) -> None:
    tables = [
        block
        for country in ("SDN", "PRK")
        for block in brief_content(settings, country, Audience.POST, prepared=DAY).blocks
        if isinstance(block, Table)
    ]
    assert len(tables) == 3
    for table in tables:
        assert {len(row) for row in table.rows} == {len(table.columns)}
        assert max(table.numeric) < len(table.columns)
