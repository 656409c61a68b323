"""What somebody typed into the search box, as a country or as a choice of countries."""

from __future__ import annotations

from tocsin.desk.reading import facts, read
from tocsin.desk.search import find
from tocsin.desk.visit import Visit
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.page import Elsewhere, Page, Params, table


def find_page(visit: Visit, params: Params) -> Page | Elsewhere:
    """``/find?q=``: straight to the country where there is no doubt, otherwise what it might be."""
    text, labels = params.get("q", "").strip(), Labels.read(params)
    found = find(visit.settings, text)
    if len(found) == 1:
        return Elsewhere(f"/country/{found[0].id}")
    rows = [{"place": place.id, "name": labels.of(place), "region": place.region} for place in found]
    return Page(
        stem="/find",
        title="Find a country",
        facts=facts(read(visit.settings)),
        of_model=True,
        content={"text": text, "found": found, "labels": labels},
        twin={"query": text},
        tables={"found": table("States that may be meant", ("place", "name", "region"), rows)},
    )
