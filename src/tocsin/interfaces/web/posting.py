"""What an address that takes what somebody typed is, and what was sent to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from jinja2 import Environment
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from tocsin.desk.visit import Visit


@dataclass(frozen=True)
class Form:
    """An address with its methods, and what answers there, in a thread and with the visitor known.

    handler: given the request, the visit and the templates. What was sent is ``posted(request)``; that it came from one
    of our own pages has been checked by the field ``csrf``, which every form carries: the template has it as ``csrf``.
    A page is shown with ``rendering.shown``. A form may carry two more hidden fields, for a session that runs out
    while somebody types: ``draft``, the name under which its fields are kept, and ``back``, the page to open again.
    """

    path: str
    methods: tuple[str, ...]
    handler: Callable[[Request, Visit, Environment], Response]


def posted(request: Request) -> FormData:
    """The fields that were sent to a form, without ``csrf``; none if it was only opened."""
    fields: FormData = request.state.posted
    return fields
