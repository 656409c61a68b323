"""The newest statements, or those that hold some words."""

from __future__ import annotations

from tocsin.core.instant import NEVER
from tocsin.core.kinds import KINDS
from tocsin.desk import fiction, views
from tocsin.desk.reading import facts, read
from tocsin.desk.visit import Visit
from tocsin.interfaces.web import asked
from tocsin.interfaces.web.items import item, markings, may_say, statements, twin
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.naming import names_of
from tocsin.interfaces.web.page import Page, Params

SHOWN = 25
"""Statements on one page."""


def statements_page(visit: Visit, params: Params) -> Page:
    """``/statements?q=&kind=&as_of=&before=``: what stands, newest first."""
    labels, words = Labels.read(params), params.get("q", "").strip()
    kind, as_of, before = asked.kind(params), asked.until_day(params, "as_of"), asked.cursor(params)
    if words:
        listing = views.search(visit, words, kind=kind, as_of=as_of, before=before, limit=SHOWN)
    else:
        listing = views.current(visit, kind=kind, as_of=as_of, before=before, limit=SHOWN, parts=bool(kind))
    # A search is not counted: how common a word is would have to be looked up beyond this page.
    count = None if words else views.count(visit, kind=kind, as_of=as_of, parts=bool(kind))
    names = names_of(visit)
    query = {name: params[name] for name in ("q", "kind", "as_of", "before") if params.get(name, "").strip()}
    return Page(
        stem="/statements",
        title="Statements",
        facts=facts(read(visit.settings)),
        content={
            "labels": labels,
            "items": [item(view, names, labels) for view in listing.views],
            "count": count,
            "more": query | {"before": str(listing.more)} if listing.more is not None else None,
            "first": {name: value for name, value in query.items() if name != "before"} if before != NEVER else None,
            "words": words,
            "kind": kind,
            "kinds": tuple(KINDS),
            "as_of": params.get("as_of", "").strip(),
            "may_say": may_say(visit),
            "fictional": tuple(fiction.states().values()) if visit.store.world == "exercise" else (),
        },
        twin={
            "query": words or None,
            "kind": kind,
            "as_of": params.get("as_of", "").strip() or None,
            "count": {"number": count.number, "at_least": count.more} if count else None,
            "next": listing.more,
            "statements": [twin(view) for view in listing.views],
        },
        tables={"statements": statements("Statements that stand, newest first", listing.views, visit)},
        marking=markings(listing.views),
        query=query,
    )
