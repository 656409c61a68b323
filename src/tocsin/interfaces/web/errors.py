"""What a person or a machine reads when a page cannot be had: what is wrong, and what to do next."""

from __future__ import annotations

import difflib

from starlette.exceptions import HTTPException
from starlette.requests import Request

from tocsin.core.errors import (
    AccessError,
    AmbiguousPlace,
    NotFound,
    PlaceError,
    ProviderError,
    RegisterError,
    ReleaseError,
    SealError,
    SignInNeeded,
    StatementError,
    StoreError,
    TocsinError,
    TooManyAttempts,
)
from tocsin.core.settings import Settings
from tocsin.desk.search import find, near
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.pages import SECTIONS


def status_of(error: Exception) -> int:
    """The HTTP status of an error: of the first kind in ``_STATUS`` that it is, else 400; 500 if it is none of ours."""
    if isinstance(error, HTTPException):
        return error.status_code
    if isinstance(error, TocsinError):
        return next((status for kind, status in _STATUS if isinstance(error, kind)), 400)
    return 500


_STATUS: tuple[tuple[type[TocsinError], int], ...] = (
    (SignInNeeded, 401),
    (TooManyAttempts, 429),
    (AccessError, 403),
    (PlaceError, 404),
    (NotFound, 404),
    (ReleaseError, 503),
    (StoreError, 503),
    (SealError, 503),
    (ProviderError, 503),
)


def status_of_form(error: TocsinError | None) -> int:
    """The HTTP status of a form's page: 200 if nothing is wrong, 422 if a field breaks a rule, else the error's own."""
    if error is None:
        return 200
    return 422 if isinstance(error, (StatementError, RegisterError)) else status_of(error)


def described(error: Exception, path: str) -> dict[str, str]:
    """Kind, what, where and remedy, for every error alike; nothing of an unforeseen one leaves the server."""
    if isinstance(error, TocsinError):
        return error.as_dict()
    if isinstance(error, HTTPException) and error.status_code == 404:
        remedy = "Check the address, or find the country by name."
        return {"error": "NotFound", "what": "There is no page at this address.", "where": path, "remedy": remedy}
    if isinstance(error, HTTPException):
        return {"error": "Refused", "what": str(error.detail), "where": path, "remedy": "Read pages with GET."}
    what = "This page could not be made. Nothing was lost or changed."
    remedy = "Try again; if it stays, the terminal in which `tocsin up` runs says more."
    return {"error": "Unforeseen", "what": what, "where": path, "remedy": remedy}


def suggestions(error: Exception, request: Request, settings: Settings) -> list[dict[str, str]]:
    """Pages that may be meant: states like the name asked for, or sections like the address."""
    labels = Labels()
    if isinstance(error, PlaceError):
        text = request.path_params.get("query") or request.query_params.get("q") or ""
        found = find(settings, text) if isinstance(error, AmbiguousPlace) else near(settings, text)
        return [{"label": labels.of(place), "href": labels.country(place.id)} for place in found]
    if isinstance(error, HTTPException) and error.status_code == 404:
        asked = request.url.path.strip("/").casefold()
        names = {name.casefold(): (path, name) for path, name in SECTIONS}
        likely = [names[key] for key in difflib.get_close_matches(asked, names, n=2)]
        states = near(settings, asked.rpartition("/")[2])
        return [{"label": name, "href": path} for path, name in likely] + [
            {"label": labels.of(place), "href": labels.country(place.id)} for place in states
        ]
    return []
