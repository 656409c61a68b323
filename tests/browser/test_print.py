"""A country's page on paper: one sheet that is useful by itself, and the months overleaf."""

from __future__ import annotations

import io
import re

import pypdf
import pytest

from tests.browser.conftest import Workbench
from tests.made_up_months import with_months


@pytest.mark.parametrize("place", ["SDN", "NOR"])
def test_the_number_is_on_the_first_sheet_with_its_terms_and_the_months_are_overleaf(real: Workbench, page, place):
    with_months(real.node.settings)
    page.goto(f"{real.address}/country/{place}")
    sheets = [one.extract_text() for one in pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages]
    first, second = (re.sub(r"\s+", " ", text) for text in sheets)
    assert "What drives it" in first
    assert "Caveats, sources and terms" in first
    assert "Vintage" in first
    assert "Overleaf: violence by month" in first
    assert "Violence by month" in second
    assert all(text.count("TLP:CLEAR") >= 2 for text in (first, second))


def test_what_is_for_paper_alone_is_not_on_the_screen(real: Workbench, page):
    with_months(real.node.settings)
    page.goto(f"{real.address}/country/SDN")
    assert not page.get_by_text("Overleaf").is_visible()


def test_the_chart_is_as_wide_as_its_place_on_a_telephone(real: Workbench, page):
    with_months(real.node.settings)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{real.address}/country/SDN")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.locator("svg.months").bounding_box()["width"] <= 360
