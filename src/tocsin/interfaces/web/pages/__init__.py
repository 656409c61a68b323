"""Every page of the workbench: where it is and what builds it. HTML, JSON and CSV addresses all follow from this."""

from __future__ import annotations

from tocsin.interfaces.web.page import Route
from tocsin.interfaces.web.pages.country import country_page
from tocsin.interfaces.web.pages.data import data_page
from tocsin.interfaces.web.pages.find import find_page
from tocsin.interfaces.web.pages.method import method_page
from tocsin.interfaces.web.pages.monday import monday_page
from tocsin.interfaces.web.pages.scorecard import scorecard_page
from tocsin.interfaces.web.pages.world import world_page

ROUTES = (
    Route("/", "/monday", "monday.html", monday_page),
    Route("/world", "/world", "world.html", world_page),
    Route("/scorecard", "/scorecard", "scorecard.html", scorecard_page),
    Route("/method", "/method", "method.html", method_page),
    Route("/data", "/data", "data.html", data_page),
    Route("/find", "/find", "find.html", find_page),
    # Last: its stem holds a name, which may hold anything.
    Route("/country/{query:path}", "/country/{query:path}", "country.html", country_page),
)

SECTIONS = (("/", "Monday"), ("/world", "World"), ("/scorecard", "Scorecard"), ("/method", "Method"), ("/data", "Data"))
"""The navigation, in order."""
