"""A scheme as a file for other tools: SKOS as Turtle or JSON-LD."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import Response

from tocsin.core.errors import LexiconError, NotFound
from tocsin.desk.lexicon import export_scheme
from tocsin.desk.visit import Visit

FILES = {"turtle": ("ttl", "text/turtle; charset=utf-8"), "json-ld": ("jsonld", "application/ld+json")}
"""The ending and media type of each form."""


@cache
def scheme_bytes(key: str, form: str) -> bytes:
    """A scheme, or ``crosswalks``, in a form of ``FILES``. Written once a process: the package does not change.

    Errors: LexiconError if there is no such scheme.
    """
    return export_scheme(key, form).encode()


def as_turtle(request: Request, visit: Visit, templates: Environment) -> Response:
    """``GET /lexicon/{scheme}.ttl``."""
    return _taken(request, "turtle")


def as_json_ld(request: Request, visit: Visit, templates: Environment) -> Response:
    """``GET /lexicon/{scheme}.jsonld``."""
    return _taken(request, "json-ld")


def _taken(request: Request, form: str) -> Response:
    key, (ending, media_type) = request.path_params["scheme"], FILES[form]
    try:
        content = scheme_bytes(key, form)
    except LexiconError as error:
        raise NotFound("the lexicon has no scheme of this name", remedy=error.remedy) from None
    named = {"cache-control": "no-cache", "content-disposition": f'inline; filename="tocsin-{key}.{ending}"'}
    return Response(content, headers=named, media_type=media_type)
