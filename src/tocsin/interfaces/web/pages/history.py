"""Everything said about a subject: as it stood on a day, what took the place of what, and what changed in between."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tocsin.core.errors import StatementError
from tocsin.core.instant import NEVER, parse
from tocsin.desk import views, wording
from tocsin.desk.reading import facts, read
from tocsin.desk.timeline import Timeline, timeline
from tocsin.desk.views import Differences, View
from tocsin.desk.visit import Visit
from tocsin.interfaces.web import asked
from tocsin.interfaces.web.differing import lines
from tocsin.interfaces.web.items import called, item, markings, may_say, statements, twin
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.naming import names_of
from tocsin.interfaces.web.page import Elsewhere, Page, Params, Table, table

SHOWN = 25
"""Statements on one page."""


def history_page(visit: Visit, params: Params) -> Page | Elsewhere:
    """``/history/{subject}?as_of=&day=&since=&until=&before=``.

    day: as ``as_of``, but counted from the first day of the timeline; it is what the slider sends.
    """
    found, labels = asked.subject(visit, params["subject"]), Labels.read(params)
    if params["subject"] != found.key:
        return Elsewhere(f"/history/{found.key}")
    days = timeline(visit, found.key)
    day = _day(params, days)
    as_of = NEVER if day is None else parse(day.isoformat())
    listing = views.history(visit, found.key, as_of=as_of, before=asked.cursor(params), limit=SHOWN)
    changed = _changed(visit, found.key, params)
    names, real = names_of(visit), visit.store.world == "real"
    shown = [*listing.views, *(_all(changed) if changed else [])]
    query = {name: params[name] for name in ("since", "until", "before") if params.get(name, "").strip()}
    query |= {"as_of": day.isoformat()} if day else {}
    return Page(
        stem=f"/history/{found.key}",
        title=f"History: {called(found.key, labels)}",
        facts=facts(read(visit.settings)),
        content={
            "labels": labels,
            "subject": found,
            "name": called(found.key, labels),
            "days": days,
            "day": day,
            "at": (day - days.first).days if day else days.span,
            "items": [item(view, names, labels) for view in listing.views],
            "more": query | {"before": str(listing.more)} if listing.more is not None else None,
            "first": {name: value for name, value in query.items() if name != "before"} if "before" in query else None,
            "may_say": may_say(visit),
            "page_of_state": labels.country(found.id) if found.type == "place" and real else None,
            "since": params.get("since", "").strip(),
            "until": params.get("until", "").strip(),
            "changed": changed,
            "added": [item(view, names, labels) for view in changed.added] if changed else [],
            "gone": [item(view, names, labels) for view in changed.gone] if changed else [],
            "replaced": [
                (item(old, names, labels), item(new, names, labels), lines(_text(old), _text(new)))
                for old, new in changed.replaced
            ]
            if changed
            else [],
        },
        twin={
            "subject": found.key,
            "as_of": day.isoformat() if day else None,
            "days": [one.isoformat() for one in days.days],
            "days_complete": days.complete,
            "next": listing.more,
            "statements": [twin(view) for view in listing.views],
            "differences": _twin(changed, params) if changed else None,
        },
        tables={
            "statements": statements("Everything said, newest first", listing.views, visit),
            **({"differences": _table(changed)} if changed else {}),
        },
        marking=markings(shown),
        query=query,
    )


def _day(params: Params, days: Timeline) -> date | None:
    """The day to go back to; None for now."""
    asked.until_day(params, "as_of")
    if text := params.get("as_of", "").strip():
        return date.fromisoformat(text)
    step = params.get("day", "").strip()
    if not step:
        return None
    if not (step.isascii() and step.isdecimal() and int(step[:6]) <= days.span):
        raise StatementError(
            "this is no day of the timeline", field="day", remedy=f"Give a number from 0 to {days.span}, or as_of"
        )
    chosen = days.first + timedelta(days=int(step))
    return None if chosen == days.today else chosen


def _changed(visit: Visit, subject: str, params: Params) -> Differences | None:
    since, until = asked.until_day(params, "since"), asked.until_day(params, "until")
    if since == NEVER:
        return None
    if since > until:
        raise StatementError("the first day is after the second", field="since", remedy="Give the earlier day first")
    return views.differences(visit, subject, since=since, until=until)


def _all(changed: Differences) -> list[View]:
    return [*changed.added, *changed.gone, *(view for pair in changed.replaced for view in pair)]


def _text(view: View) -> str:
    return f"{wording.headline(view.body)}\n{wording.text(view.body)}"


def _twin(changed: Differences, params: Params) -> dict[str, Any]:
    return {
        "since": params["since"],
        "until": params.get("until") or None,
        "complete": changed.complete,
        "added": [twin(view) for view in changed.added],
        "gone": [twin(view) for view in changed.gone],
        "replaced": [
            {
                "old": twin(old),
                "new": twin(new),
                "lines": [{"sign": line.sign, "text": line.text} for line in lines(_text(old), _text(new))],
            }
            for old, new in changed.replaced
        ],
    }


def _table(changed: Differences) -> Table:
    rows = [
        {"change": "added", "old": None, "new": view.id, "title": wording.headline(view.body)} for view in changed.added
    ]
    rows += [
        {"change": "gone", "old": view.id, "new": None, "title": wording.headline(view.body)} for view in changed.gone
    ]
    rows += [
        {"change": "replaced", "old": old.id, "new": new.id, "title": wording.headline(new.body)}
        for old, new in changed.replaced
    ]
    return table("What changed between the two days", ("change", "old", "new", "title"), rows, markings(_all(changed)))
