"""``/horizon/feeds``: secret addresses at which a calendar program or a feed reader takes what one may see."""

from __future__ import annotations

from typing import Any

from tocsin.core.errors import StatementError, TocsinError
from tocsin.core.instant import NEVER, moment, written
from tocsin.desk.horizon import feeds
from tocsin.desk.horizon.feeds import CEILINGS, LONGEST_DAYS
from tocsin.desk.reading import facts, read
from tocsin.desk.visit import Visit
from tocsin.interfaces.web import words
from tocsin.interfaces.web.items import called
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.page import Page, Params, table

_COLUMNS = ("id", "name", "ceiling", "subject", "created_at", "ends_at", "state")


def feeds_page(visit: Visit, params: Params) -> Page:
    """``/horizon/feeds``: the visitor's own feeds, never their secrets, and the form that makes one."""
    return built(visit, Labels.read(params))


def built(
    visit: Visit,
    labels: Labels,
    typed: dict[str, str] | None = None,
    problem: TocsinError | None = None,
    addresses: list[tuple[str, str]] | None = None,
) -> Page:
    """The page; typed, problem: of a feed that was refused. addresses: of one that was just made, by form."""
    listed = feeds.listed(visit)
    rows: list[dict[str, Any]] = [
        {
            "id": one.id,
            "name": one.name,
            "ceiling": one.ceiling.label,
            "subject": one.subject,
            "created_at": written(one.created),
            "ends_at": None if one.expires == NEVER else written(one.expires),
            "state": one.state,
        }
        for one in listed
    ]
    return Page(
        stem="/horizon/feeds",
        title="The horizon in your calendar program",
        facts=facts(read(visit.settings)),
        content={
            "labels": labels,
            "feeds": [(one, called(one.subject, labels) if one.subject else "all places") for one in listed],
            "on": lambda at: "never" if at == NEVER else words.day(moment(at).date()),
            "ceilings": [(one, words.LABELS[one]) for one in CEILINGS],
            "longest": LONGEST_DAYS,
            "typed": typed or {"ceiling": "TLP:GREEN", "days": str(LONGEST_DAYS)},
            "problem": problem,
            "field": problem.field if isinstance(problem, StatementError) else "",
            "addresses": addresses or [],
        },
        twin={"feeds": rows},
        tables={"feeds": table("Your newest feeds", _COLUMNS, rows, of_model=False)},
    )
