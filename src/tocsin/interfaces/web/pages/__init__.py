"""Every page of the workbench: where it is and what builds it. HTML, JSON and CSV addresses all follow from this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps

from tocsin.core.marking import TLP, Audience, Caveat, Marking
from tocsin.desk import fiction
from tocsin.desk.visit import Visit
from tocsin.interfaces.web.page import Elsewhere, Page, Params, Route, stricter
from tocsin.interfaces.web.pages.audit_log import audit_page
from tocsin.interfaces.web.pages.compose import compose_page
from tocsin.interfaces.web.pages.country import country_page
from tocsin.interfaces.web.pages.data import data_page
from tocsin.interfaces.web.pages.find import find_page
from tocsin.interfaces.web.pages.groups import groups_page
from tocsin.interfaces.web.pages.history import history_page
from tocsin.interfaces.web.pages.method import method_page
from tocsin.interfaces.web.pages.monday import monday_page
from tocsin.interfaces.web.pages.organisations import organisations_page
from tocsin.interfaces.web.pages.releasing import derive_page, lineage_page, proposal_page, proposals_page
from tocsin.interfaces.web.pages.scorecard import scorecard_page
from tocsin.interfaces.web.pages.statement import statement_page
from tocsin.interfaces.web.pages.statements import statements_page
from tocsin.interfaces.web.pages.world import world_page

FICTIONAL = Marking(tlp=TLP.CLEAR, caveats=frozenset({Caveat.EXERCISE}), audience=Audience.of("everyone"))

Build = Callable[[Visit, Params], Page | Elsewhere]


def watermarked(build: Build, stem: str) -> Build:
    """The build of a page which in an exercise carries the caveat, with its twin and every table.

    Pages about the model's release speak of real states, so an exercise has none: they lead to what is said in it.
    """

    @wraps(build)
    def marked(visit: Visit, params: Params) -> Page | Elsewhere:
        if visit.store.world == "exercise" and stem in _REAL:
            named = (params.get("query") or params.get("q") or "").strip().casefold()
            meant = [one for one in fiction.states().values() if named in (one.id.casefold(), one.name.casefold())]
            return Elsewhere(f"/history/place:{meant[0].id}" if meant else "/statements")
        page = build(visit, params)
        return stricter(page, FICTIONAL) if isinstance(page, Page) and visit.store.world == "exercise" else page

    return marked


_REAL = ("/monday", "/world", "/scorecard", "/method", "/data", "/find", "/country/{query:path}")
"""The stems of the pages about the model's release and the real states."""

_ROUTES = (
    Route("/", "/monday", "monday.html", monday_page),
    Route("/world", "/world", "world.html", world_page),
    Route("/scorecard", "/scorecard", "scorecard.html", scorecard_page),
    Route("/method", "/method", "method.html", method_page),
    Route("/data", "/data", "data.html", data_page),
    Route("/find", "/find", "find.html", find_page),
    Route("/statements", "/statements", "statements.html", statements_page, as_of=True),
    Route("/compose", "/compose", "compose.html", compose_page),
    Route("/statement/{id}", "/statement/{id}", "statement.html", statement_page),
    Route("/proposals", "/proposals", "proposals.html", proposals_page),
    Route("/proposal/{id}", "/proposal/{id}", "proposal.html", proposal_page),
    Route("/derive/{id}", "/derive/{id}", "derive.html", derive_page),
    Route("/lineage/{id}", "/lineage/{id}", "lineage.html", lineage_page),
    Route("/groups", "/groups", "groups.html", groups_page),
    Route("/organisations", "/organisations", "organisations.html", organisations_page),
    Route("/audit", "/audit", "audit.html", audit_page),
    Route("/history/{subject}", "/history/{subject}", "history.html", history_page, as_of=True),
    # Last: its stem holds a name, which may hold anything.
    Route("/country/{query:path}", "/country/{query:path}", "country.html", country_page, as_of=True),
)

ROUTES = tuple(replace(route, build=watermarked(route.build, route.stem)) for route in _ROUTES)

SECTIONS = (
    ("/", "Monday"),
    ("/world", "World"),
    ("/statements", "Statements"),
    ("/scorecard", "Scorecard"),
    ("/method", "Method"),
    ("/data", "Data"),
    ("/proposals", "Releases"),
    ("/groups", "Groups"),
)
"""The navigation, in order; groups are for nodes on which people sign in."""

FICTIONAL_SECTIONS = tuple(section for section in SECTIONS if section[0] in ("/statements", "/proposals", "/groups"))
"""The navigation of an exercise."""
