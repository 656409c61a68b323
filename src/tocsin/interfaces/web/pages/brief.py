"""The brief of a country as a file, from the country's page."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response

from tocsin.core.errors import BriefError
from tocsin.desk.briefing import brief_content
from tocsin.desk.document import Audience
from tocsin.desk.visit import Visit
from tocsin.interfaces.briefs import Format, file_name, render

PATH = "/country/{query}/brief.{form}"
FORMS = ((Format.PDF, "PDF"), (Format.DOCX, "Word"), (Format.MD, "Markdown"))
"""Formats in the order in which a page offers them, with what a reader calls them."""

Choice = TypeVar("Choice", bound=StrEnum)


def brief_file(visit: Visit, request: Request) -> Response:
    """``/country/{code or name}/brief.{form}?audience=``: the same file that `tocsin brief` writes.

    Errors: BriefError for an audience or a form that there is not; UnknownPlace or AmbiguousPlace.
    """
    form = _choice(Format, request.path_params["form"], "the ending of the address")
    audience = _choice(Audience, request.query_params.get("audience") or Audience.MINISTER, "audience")
    if visit.store.world == "exercise":
        raise BriefError(
            "an exercise speaks of fictional states, for which there is no forecast to brief on",
            remedy="Open the workbench without --exercise",
        )
    brief = brief_content(visit.settings, request.path_params["query"], audience)
    return Response(
        render(brief, form),
        media_type=form.media_type,
        headers={
            "cache-control": "no-cache",
            "content-disposition": f'attachment; filename="{file_name(brief, form)}"',
        },
    )


def _choice(kind: type[Choice], value: str, where: str) -> Choice:
    try:
        return kind(value)
    except ValueError:
        remedy = f"Choose one of: {', '.join(kind)}"
        raise BriefError(f"{value!r} is not one of what briefs come in", where=where, remedy=remedy) from None
