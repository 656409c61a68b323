"""Every page of the workbench: where it is and what builds it. The HTML, JSON and CSV addresses all follow from this."""

from __future__ import annotations

from tocsin.interfaces.web.page import Route
from tocsin.interfaces.web.pages.country import country
from tocsin.interfaces.web.pages.data import data
from tocsin.interfaces.web.pages.find import find_country
from tocsin.interfaces.web.pages.method import method
from tocsin.interfaces.web.pages.monday import monday
from tocsin.interfaces.web.pages.scorecard import scorecard
from tocsin.interfaces.web.pages.world import world

ROUTES = (
    Route("/", "/monday", "monday.html", monday),
    Route("/world", "/world", "world.html", world),
    Route("/scorecard", "/scorecard", "scorecard.html", scorecard),
    Route("/method", "/method", "method.html", method),
    Route("/data", "/data", "data.html", data),
    Route("/find", "/find", "find.html", find_country),
    # Last: its stem holds a name, which may hold anything.
    Route("/country/{query:path}", "/country/{query:path}", "country.html", country),
)

SECTIONS = (("/", "Monday"), ("/world", "World"), ("/scorecard", "Scorecard"), ("/method", "Method"), ("/data", "Data"))
"""The navigation, in order."""
