"""The page of yardsticks as people open it: what cannot be answered is told beside what was typed, which stays."""

from __future__ import annotations

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import Response

from tocsin.core.errors import StatementError
from tocsin.desk.visit import Visit
from tocsin.interfaces.web.errors import status_of_form
from tocsin.interfaces.web.pages.lexicon_yardsticks import Answers, answered, built
from tocsin.interfaces.web.rendering import shown


def asked(request: Request, visit: Visit, templates: Environment) -> Response:
    """``GET /yardsticks`` with a form's questions in its address. A twin is refused where this page tells and keeps."""
    params, problem, answers = request.query_params, None, Answers()
    if params.get("as_of"):
        raise StatementError("yardsticks have no earlier day", field="as_of", remedy="Ask without it")
    try:
        answers = answered(params)
    except StatementError as error:
        problem = error
    page = built(visit, params, answers, problem)
    return shown(templates, "yardsticks.html", request, page, status=status_of_form(problem))
