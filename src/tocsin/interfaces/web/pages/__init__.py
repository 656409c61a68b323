"""Every page of the workbench: where it is and what builds it. HTML, JSON and CSV addresses all follow from this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps

from tocsin.core.marking import TLP, Audience, Caveat, Marking
from tocsin.desk import fiction
from tocsin.desk.visit import Visit
from tocsin.interfaces.web.page import Elsewhere, Page, Params, Route, stricter
from tocsin.interfaces.web.pages.assess import assess_page
from tocsin.interfaces.web.pages.assess_differ import differ_page
from tocsin.interfaces.web.pages.assess_shown import assessment_page
from tocsin.interfaces.web.pages.audit_log import audit_page
from tocsin.interfaces.web.pages.compose import compose_page
from tocsin.interfaces.web.pages.country import country_page
from tocsin.interfaces.web.pages.data import data_page
from tocsin.interfaces.web.pages.does_it_matter import matter_page
from tocsin.interfaces.web.pages.field import contribution_page, contributions_page
from tocsin.interfaces.web.pages.field_forms import contribute_page, requests_page
from tocsin.interfaces.web.pages.find import find_page
from tocsin.interfaces.web.pages.groups import groups_page
from tocsin.interfaces.web.pages.history import history_page
from tocsin.interfaces.web.pages.horizon import horizon_page
from tocsin.interfaces.web.pages.horizon_feeds import feeds_page
from tocsin.interfaces.web.pages.horizon_forms import instrument_page, moment_page
from tocsin.interfaces.web.pages.lexicon import lexicon_page
from tocsin.interfaces.web.pages.lexicon_scheme import scheme_page
from tocsin.interfaces.web.pages.lexicon_yardsticks import yardsticks_page
from tocsin.interfaces.web.pages.method import method_page
from tocsin.interfaces.web.pages.monday import monday_page
from tocsin.interfaces.web.pages.organisations import organisations_page
from tocsin.interfaces.web.pages.releasing import derive_page, lineage_page, proposal_page, proposals_page
from tocsin.interfaces.web.pages.rounds import rounds_page
from tocsin.interfaces.web.pages.rounds_answer import answer_page
from tocsin.interfaces.web.pages.rounds_closing import close_page, wishes_page
from tocsin.interfaces.web.pages.rounds_one import round_page
from tocsin.interfaces.web.pages.rounds_register import register_page
from tocsin.interfaces.web.pages.scenarios import scenario_page, scenarios_page
from tocsin.interfaces.web.pages.scorecard import scorecard_page
from tocsin.interfaces.web.pages.signals import signals_page
from tocsin.interfaces.web.pages.statement import statement_page
from tocsin.interfaces.web.pages.statements import statements_page
from tocsin.interfaces.web.pages.triggers import triggers_page
from tocsin.interfaces.web.pages.triggers_one import trigger_page
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


_REAL = (
    "/monday",
    "/world",
    "/signals",
    "/does-it-matter",
    "/scorecard",
    "/method",
    "/data",
    "/find",
    "/country/{query:path}",
)
"""The stems of the pages about the model's release and the real states."""

_ROUTES = (
    Route("/", "/monday", "monday.html", monday_page),
    Route("/world", "/world", "world.html", world_page),
    Route("/horizon", "/horizon", "horizon.html", horizon_page, as_of=True),
    Route("/horizon/moment", "/horizon/moment", "moment_form.html", moment_page),
    Route("/horizon/instrument", "/horizon/instrument", "instrument_form.html", instrument_page),
    Route("/horizon/feeds", "/horizon/feeds", "horizon_feeds.html", feeds_page),
    Route("/signals", "/signals", "signals.html", signals_page),
    Route("/does-it-matter", "/does-it-matter", "does_it_matter.html", matter_page),
    Route("/scorecard", "/scorecard", "scorecard.html", scorecard_page),
    Route("/method", "/method", "method.html", method_page),
    Route("/data", "/data", "data.html", data_page),
    Route("/lexicon", "/lexicon", "lexicon.html", lexicon_page),
    Route("/lexicon/{scheme}", "/lexicon/{scheme}", "lexicon_scheme.html", scheme_page),
    Route("/yardsticks", "/yardsticks", "yardsticks.html", yardsticks_page),
    Route("/find", "/find", "find.html", find_page),
    Route("/statements", "/statements", "statements.html", statements_page, as_of=True),
    Route("/compose", "/compose", "compose.html", compose_page),
    Route("/statement/{id}", "/statement/{id}", "statement.html", statement_page),
    Route("/assess/{place}", "/assess/{place}", "assess.html", assess_page),
    Route("/assessment/{id}", "/assessment/{id}", "assessment.html", assessment_page),
    Route("/differ", "/differ", "differ.html", differ_page),
    Route("/contributions", "/contributions", "field_contributions.html", contributions_page),
    Route("/contribution/{id}", "/contribution/{id}", "field_contribution.html", contribution_page),
    Route("/contribute", "/contribute", "field_contribute.html", contribute_page),
    Route("/requests", "/requests", "field_requests.html", requests_page),
    Route("/rounds", "/rounds", "rounds.html", rounds_page),
    Route("/rounds/register", "/rounds/register", "round_register.html", register_page),
    Route("/round/{id}", "/round/{id}", "round.html", round_page),
    Route("/round/{id}/answer/{question}", "/round/{id}/answer/{question}", "round_answer.html", answer_page),
    Route("/round/{id}/wishes", "/round/{id}/wishes", "round_wishes.html", wishes_page),
    Route("/round/{id}/close", "/round/{id}/close", "round_close.html", close_page),
    Route("/triggers", "/triggers", "triggers.html", triggers_page),
    Route("/trigger/{id}", "/trigger/{id}", "trigger.html", trigger_page),
    Route("/scenarios", "/scenarios", "scenarios.html", scenarios_page),
    Route("/scenario/{id}", "/scenario/{id}", "scenario.html", scenario_page),
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
    ("/horizon", "Horizon"),
    ("/statements", "Statements"),
    ("/contributions", "Field"),
    ("/rounds", "Rounds"),
    ("/triggers", "Triggers"),
    ("/scorecard", "Scorecard"),
    ("/method", "Method"),
    ("/lexicon", "Lexicon"),
    ("/data", "Data"),
    ("/proposals", "Releases"),
    ("/groups", "Groups"),
)
"""The navigation, in order; groups are for nodes on which people sign in."""

FICTIONAL_SECTIONS = tuple(
    section
    for section in SECTIONS
    if section[0]
    in ("/horizon", "/statements", "/contributions", "/rounds", "/triggers", "/lexicon", "/proposals", "/groups")
)
"""The navigation of an exercise."""
