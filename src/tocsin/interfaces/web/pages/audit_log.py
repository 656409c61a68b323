"""What the audit log answers: what a person did, who saw a statement, and whether the log is whole."""

from __future__ import annotations

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import Response

from tocsin.core.instant import moment, written
from tocsin.core.seeing import Role
from tocsin.desk import auditing
from tocsin.desk.people import directory
from tocsin.desk.reading import facts, read
from tocsin.desk.visit import Visit
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.naming import named
from tocsin.interfaces.web.page import Page, Params, over, table
from tocsin.interfaces.web.pages.groups import internal
from tocsin.interfaces.web.rendering import shown

SHOWN = 50
"""Lines on one page."""


def audit_page(visit: Visit, params: Params) -> Page:
    """``/audit?person=`` or ``/audit?statement=``: what somebody did (oneself, if nobody is named), or who saw it."""
    return built(visit, params, None)


def verified(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /audit/verify``: go through the whole log."""
    page = built(visit, request.query_params, auditing.verify(visit))
    return shown(templates, "audit.html", request, page)


def built(visit: Visit, params: Params, whole: auditing.Verified | None) -> Page:
    """The page, with the result of a verification if there is one."""
    header, register, marking = facts(read(visit.settings)), directory(visit), internal(visit)
    id, after = params.get("statement", "").strip().lower(), params.get("after", "").strip() or None
    person = "" if id else params.get("person", "").strip() or visit.actor.person
    seen = auditing.who_saw(visit, id, after=after, limit=SHOWN) if id else None
    done = None if id else auditing.by_person(visit, person, after=after, limit=SHOWN)
    query = {"statement": id} if id else {"person": person}
    more = (seen.more if seen else None) or (done.more if done else None)
    rows = [
        {"line": line.line, "at": written(line.at), "person": line.person, "name": line.name}
        | {"organisation": line.organisation, "door": line.door, "act": line.act, "objects": id, "detail": None}
        for line in (seen.lines if seen else ())
    ]
    rows += [
        {"line": line.line, "at": written(line.at), "person": person, "name": None}
        | {"organisation": None, "door": line.door, "act": line.act, "objects": " ".join(line.objects)}
        | {"detail": "; ".join(f"{name}: {value}" for name, value in sorted(line.detail.items())) or None}
        for line in (done.lines if done else ())
    ]
    columns = ("line", "at", "person", "name", "organisation", "door", "act", "objects", "detail")
    return Page(
        stem="/audit",
        title="Audit",
        facts=header,
        content={
            "labels": Labels.read(params),
            "names": named(register),
            "persons": sorted(register.persons.values(), key=lambda one: (one.organisation, one.name)),
            "steward": Role.STEWARD in visit.roles,
            "person": person,
            "statement": id,
            "seen": [(moment(line.at), line) for line in seen.lines] if seen else None,
            "done": [(moment(line.at), line) for line in done.lines] if done else None,
            "more": query | {"after": more} if more else None,
            "whole": whole,
        },
        twin={**query, "next": more},
        tables={"lines": table("Lines of the audit log, newest first", columns, rows, over(header, marking))},
        marking=marking,
        query=query | ({"after": after} if after else {}),
    )
