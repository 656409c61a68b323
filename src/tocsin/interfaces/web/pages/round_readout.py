"""The readout of a finished round as a file, from the round's page."""

from __future__ import annotations

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import Response

from tocsin.core.errors import BriefError
from tocsin.desk.rounds.readout import readout
from tocsin.desk.visit import Visit
from tocsin.interfaces.briefs import RecordFormat, file_name, render_record

PATH = "/round/{id}/readout.{form}"
FORMS = (
    (RecordFormat.PDF, "PDF"),
    (RecordFormat.DOCX, "Word"),
    (RecordFormat.MD, "Markdown"),
    (RecordFormat.JSON, "JSON"),
)
"""Formats in the order in which a page offers them, with what a reader calls them."""


def taken(request: Request, visit: Visit, templates: Environment) -> Response:
    """``/round/{id}/readout.{form}?lang=&yardstick=``: the same file that `tocsin round readout` writes.

    Errors: NotFound; BriefError for a form or language that there is not, or a round that is not finished; LexiconError
    for a yardstick that there is not; AccessError if it may not be taken away.
    """
    try:
        form = RecordFormat(request.path_params["form"])
    except ValueError:
        raise BriefError(
            "this is not one of what readouts come in",
            where="the ending of the address",
            remedy=f"Choose one of: {', '.join(RecordFormat)}",
        ) from None
    asked = request.query_params
    made = readout(
        visit,
        str(request.path_params["id"]).strip().lower(),
        form.value,
        language=asked.get("lang") or "en",
        scale=asked.get("yardstick") or "icd203",
    )
    return Response(
        render_record(made, form),
        media_type=form.media_type,
        headers={
            "cache-control": "no-store",
            "content-disposition": f'attachment; filename="{file_name(made, form)}"',
        },
    )
