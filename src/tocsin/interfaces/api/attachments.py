"""Attachments: the bytes of a file as the body of a request or an answer."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import unquote

from fastapi import APIRouter, Header
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from tocsin.core.errors import StatementError
from tocsin.desk import files
from tocsin.desk.media import MEDIA
from tocsin.interfaces.api.answers import answer, tagged
from tocsin.interfaces.api.asking import Identity
from tocsin.interfaces.api.description import problems, taking_files
from tocsin.interfaces.api.problems import PREFIX
from tocsin.interfaces.api.served import ServedFile
from tocsin.interfaces.web.doors import visitor

router = APIRouter(tags=["attachments"])

_BYTES = {"description": "The file.", "content": {kind: {"schema": {}} for kind in MEDIA}}


@router.post(
    "/attachments",
    status_code=201,
    responses=problems() | {201: {"description": "Kept.", "model": ServedFile}},
    openapi_extra=taking_files(),
)
async def bring_file(
    request: Request,
    x_file_name: Annotated[
        str | None, Header(max_length=800, description="What the file is called, as %-encoded UTF-8; it is not kept.")
    ] = None,
) -> Response:
    """Bring a file, to be cited as evidence by its identity."""
    visit = await run_in_threadpool(visitor, request)
    try:
        name = unquote(x_file_name or "", errors="strict")
    except UnicodeDecodeError:
        raise StatementError(
            "the name is not %-encoded UTF-8", field="x-file-name", remedy="Encode it, or leave it out"
        ) from None
    media_type, content = files.medium(request.headers.get("content-type", "")), await request.body()
    id = await run_in_threadpool(files.put, visit, name, media_type, content)
    told = {"id": id, "media_type": media_type, "size": len(content)}
    location = {"location": f"{PREFIX}/attachments/{id}"}
    return answer(request, told, files.alone(visit), status=201, headers=location)


@router.get("/attachments/{id}", response_class=Response, responses=problems("not-found") | {200: _BYTES})
def take_file(request: Request, id: Identity) -> Response:
    """A file, which is on record before it is handed out if anything about it is above GREEN."""
    file = files.get(visitor(request), id)
    headers = {"content-disposition": f'attachment; filename="{file.name}"'}
    return tagged(request, file.content, f'"{file.id}"', file.marking, 200, file.media_type, headers)
