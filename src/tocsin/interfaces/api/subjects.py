"""Subjects: all that was ever said of one, and what changed between two moments."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from tocsin.core.instant import parse
from tocsin.desk import views
from tocsin.interfaces.api.answers import answer, over
from tocsin.interfaces.api.asking import AsOf, Cursor, Limit, Moment, SubjectPath, before, cursor_of, instant_of
from tocsin.interfaces.api.description import problems
from tocsin.interfaces.api.served import ServedDifferences, ServedPage, item
from tocsin.interfaces.web.doors import visitor

router = APIRouter(tags=["subjects"])


@router.get("/subjects/{key}/history", response_model=ServedPage, responses=problems())
def history_of_subject(
    request: Request, key: SubjectPath, as_of: AsOf = None, cursor: Cursor = None, limit: Limit = 50
) -> Response:
    """Everything said of a subject, also what was superseded since, newest first."""
    visit = visitor(request)
    found = views.history(visit, key, as_of=instant_of(as_of), before=before(cursor), limit=limit)
    items = [item(view) for view in found.views]
    return answer(request, {"items": items, "next": cursor_of(found.more)}, over(visit, found.views))


@router.get("/subjects/{key}/differences", response_model=ServedDifferences, responses=problems())
def differences_of_subject(
    request: Request,
    key: SubjectPath,
    since: Annotated[Moment, Query(description="The earlier moment, or day.")],
    until: Annotated[Moment | None, Query(description="The later one; now if it is not given.")] = None,
) -> Response:
    """What changed about a subject between two moments, within what whoever asks may see today."""
    visit = visitor(request)
    found = views.differences(visit, key, since=parse(since), until=instant_of(until))
    content = {
        "added": [item(view) for view in found.added],
        "gone": [item(view) for view in found.gone],
        "replaced": [{"old": item(old), "new": item(new)} for old, new in found.replaced],
        "complete": found.complete,
    }
    shown = [*found.added, *found.gone, *(view for pair in found.replaced for view in pair)]
    return answer(request, content, over(visit, shown))
