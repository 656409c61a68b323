"""When a form about organisations, persons or groups is sent: the change is made, or the page says what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

from jinja2 import Environment
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tocsin.core.errors import RegisterError
from tocsin.core.instant import Instant, instant, parse
from tocsin.desk import people
from tocsin.desk.visit import Visit
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.pages import groups, organisations
from tocsin.interfaces.web.pages.groups import Try
from tocsin.interfaces.web.posting import posted
from tocsin.interfaces.web.rendering import shown

_ACCOUNT = {"open": True, "closed": False}


def group_added(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /groups``: add a group."""

    def change(sent: FormData) -> None:
        people.add_group(
            visit,
            id=_one(sent, "id"),
            name=_one(sent, "name"),
            purpose=_one(sent, "purpose"),
            keeper=_one(sent, "keeper") or None,
        )

    return _changed(request, visit, templates, "add", change)


def joined(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /groups/{id}/join``: an organisation becomes a member, now or from the beginning of a day."""
    id = request.path_params["id"]

    def change(sent: FormData) -> None:
        people.join_group(visit, id, _one(sent, "organisation"), since=_day(sent, "since"))

    return _changed(request, visit, templates, f"join {id}", change)


def left(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /groups/{id}/leave``: a member leaves, now or at the end of a day."""
    id = request.path_params["id"]

    def change(sent: FormData) -> None:
        people.leave_group(visit, id, _one(sent, "organisation"), until=_day(sent, "until", end=True))

    return _changed(request, visit, templates, f"leave {id}", change)


def back_filled(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /groups/{id}/back-fill``: say what it would open (action preview), or open it (action open)."""
    id, sent = request.path_params["id"], posted(request)
    part = f"back-fill {id}"
    try:
        organisation, opened = _one(sent, "organisation"), _day(sent, "opened")
        if opened is None:
            raise RegisterError("there is no day", field="opened", remedy="Give the first day that is to be opened")
        tells = people.back_fill(visit, id, organisation, opened=opened, dry_run=True)
        # What was previewed is what is opened: anything else is looked at again.
        if _one(sent, "action") == "open" and _one(sent, "previewed") == groups.seal(tells):
            people.back_fill(visit, id, organisation, opened=opened)
            return RedirectResponse("/groups", 303)
        tried = Try(part, _typed(sent), opens=tells)
    except RegisterError as error:
        tried = Try(part, _typed(sent), error)
    page = groups.built(visit, Labels(), tried)
    return shown(templates, "groups.html", request, page, status=422 if tried.problem else 200)


def organisation_added(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /organisations``: add an organisation."""

    def change(sent: FormData) -> None:
        people.add_organisation(visit, id=_one(sent, "id"), name=_one(sent, "name"))

    return _changed(request, visit, templates, "organisation", change)


def person_added(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /organisations/persons``: open an account."""

    def change(sent: FormData) -> None:
        people.add_person(
            visit,
            id=_one(sent, "id"),
            name=_one(sent, "name"),
            organisation=_one(sent, "organisation"),
            roles=_all(sent, "role"),
            affiliation=_one(sent, "affiliation"),
            email=_one(sent, "email"),
        )

    return _changed(request, visit, templates, "person", change)


def person_changed(request: Request, visit: Visit, templates: Environment) -> Response:
    """``POST /organisations/persons/change``: roles, affiliation, name, or closing and opening the account."""

    def change(sent: FormData) -> None:
        people.change_person(
            visit,
            _one(sent, "id"),
            name=_one(sent, "name") or None,
            roles=_all(sent, "role") or None,
            affiliation=_one(sent, "affiliation") or None,
            active=_ACCOUNT.get(_one(sent, "account")),
        )

    return _changed(request, visit, templates, "change", change)


def _changed(
    request: Request, visit: Visit, templates: Environment, part: str, change: Callable[[FormData], None]
) -> Response:
    sent, about = posted(request), "/groups" if request.url.path.startswith("/groups") else "/organisations"
    try:
        change(sent)
    except RegisterError as error:
        tried = Try(part, _typed(sent), error)
        page = (groups if about == "/groups" else organisations).built(visit, Labels(), tried)
        return shown(templates, f"{about[1:]}.html", request, page, status=422)
    return RedirectResponse(about, 303)


def _one(sent: FormData, name: str) -> str:
    value = sent.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def _all(sent: FormData, name: str) -> list[str]:
    return [value for value in sent.getlist(name) if isinstance(value, str)]


def _typed(sent: FormData) -> dict[str, list[str]]:
    return {name: _all(sent, name) for name in sent}


def _day(sent: FormData, field: str, *, end: bool = False) -> Instant | None:
    """The beginning of a day in UTC, or its end; None if none is given.

    Errors: RegisterError if it is no day.
    """
    text = _one(sent, field)
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
        return parse(day.isoformat()) if end else instant(datetime(day.year, day.month, day.day, tzinfo=UTC))
    except (ValueError, OverflowError):
        raise RegisterError(
            f"{text[:40]!r} is no day", field=field, remedy="Write year, month and day, as in 2026-11-23"
        ) from None
