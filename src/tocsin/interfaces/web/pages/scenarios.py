"""Scenarios: the trees that stand, and one with the chance of every path and the signposts that were seen since."""

from __future__ import annotations

from typing import Any

from tocsin.core.errors import NotFound, StatementError
from tocsin.desk import scenarios, views
from tocsin.desk.reading import facts, read
from tocsin.desk.scenarios import Seen
from tocsin.desk.visit import Visit
from tocsin.interfaces.web import asked
from tocsin.interfaces.web.items import called, item, markings, statements, twin
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.naming import names_of
from tocsin.interfaces.web.page import Elsewhere, Page, Params, table

_PATHS = ("branch", "parent", "title", "depth", "probability", "path_probability", "signposts", "seen")


def scenarios_page(visit: Visit, params: Params) -> Page:
    """``/scenarios?subject=``: those that stand, newest first."""
    labels, names = Labels.read(params), names_of(visit)
    subject = asked.subject(visit, params["subject"]).key if params.get("subject", "").strip() else None
    found = scenarios.listed(visit, subject)
    return Page(
        stem="/scenarios",
        title="Scenarios" + (f" for {called(subject, labels)}" if subject else ""),
        facts=facts(read(visit.settings)),
        content={
            "labels": labels,
            "name": called(subject, labels) if subject else "",
            "found": [(one, item(one.view, names, labels)) for one in found],
        },
        twin={"subject": subject, "scenarios": [_twin(one) for one in found]},
        tables={"scenarios": statements("Scenarios that stand, newest first", [one.view for one in found], visit)},
        marking=markings(view for one in found for view in one.views),
        query={"subject": subject} if subject else {},
    )


def scenario_page(visit: Visit, params: Params) -> Page | Elsewhere:
    """``/scenario/{id}``; anything else is shown as the statement that it is.

    Errors: NotFound, which reads the same whether there is none or it is not for the visitor.
    """
    id, labels = params["id"].strip().lower(), Labels.read(params)
    try:
        found = scenarios.seen(visit, id)
    except NotFound:
        if withdrawn := views.recall_of(visit, id):
            return Elsewhere(f"/statement/{withdrawn}")
        raise
    except StatementError:
        return Elsewhere(f"/statement/{id}")
    names, marking = names_of(visit), markings(found.views)
    return Page(
        stem=f"/scenario/{id}",
        title=found.body.title,
        facts=facts(read(visit.settings)),
        content={
            "labels": labels,
            "told": item(found.view, names, labels),
            "found": found,
            "body": found.body,
            "signs": [item(one, names, labels) for one in found.signs],
            "moments": {key: item(one, names, labels) for key, one in found.moments.items()},
        },
        twin=_twin(found),
        tables={
            "paths": table("Branches, each before those that go on from it", _PATHS, _paths(found), marking),
            "statements": statements("The scenario and what was said of it", found.views, visit),
        },
        marking=marking,
    )


def _twin(found: Seen) -> dict[str, Any]:
    return twin(found.view) | {
        "paths": _paths(found),
        "signs": [twin(one) for one in found.signs],
        "moments": {key: twin(one) for key, one in found.moments.items()},
    }


def _paths(found: Seen) -> list[dict[str, Any]]:
    return [
        {
            "branch": one.branch.key,
            "parent": one.branch.parent,
            "title": one.branch.title,
            "depth": one.depth,
            "probability": one.branch.probability,
            "path_probability": one.probability,
            "signposts": one.signposts,
            "seen": len(one.lit),
        }
        for one in found.paths
    ]
