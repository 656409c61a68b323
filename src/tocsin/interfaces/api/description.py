"""The description of the API: OpenAPI 3.1, with what is sent, every error, and how one proves who one is."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from tocsin import __version__
from tocsin.core.marking import Marking
from tocsin.desk.media import MEDIA
from tocsin.interfaces.api.given import SENT
from tocsin.interfaces.api.problems import KINDS, MEDIA_TYPE, PREFIX, Problem

_REF = "#/components/schemas/{model}"

_SUMMARY = """Statements under handling: typed, dated, owned, marked, never changed. Every answer carries the marking of
what it holds, in its body and in the header `Tocsin-Marking`, and an ETag over what is served. What is not for whoever
asks does not exist for them: not in lists, counts, cursors, ETags or errors."""

_HEADERS = {
    "Tocsin-Marking": {
        "description": "The label and caveats of what the answer holds.",
        "required": True,
        "schema": {"type": "string"},
    }
}


def taking(form: type) -> dict[str, Any]:
    """What an address says of the JSON that it takes."""
    schema = {"$ref": _REF.format(model=form.__name__)}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def taking_files() -> dict[str, Any]:
    """What the address says that takes files."""
    octets = {"type": "string", "format": "binary", "minLength": 1}
    content = {kind: {"schema": {} if kind.endswith("json") else octets} for kind in MEDIA}
    return {"requestBody": {"required": True, "content": content}}


def problems(*slugs: str) -> dict[int | str, dict[str, Any]]:
    """The errors that an address can answer with, beside those that every one can."""
    rare = ("too-many-attempts", "unavailable")
    every = ("malformed", "refused", "address-too-long", "headers-too-large", "too-large", "unsupported-media-type")
    schema = {"$ref": _REF.format(model="Problem")}
    return {
        KINDS[slug].status: {
            "description": KINDS[slug].title,
            "content": {MEDIA_TYPE: {"schema": schema}},
        }
        for slug in (*every, "sign-in-needed", "method-not-allowed", "rule-broken", *rare, *slugs)
    }


def described(app: FastAPI, *, team: bool) -> dict[str, Any]:
    """The whole description. team: whether people prove who they are."""
    whole = get_openapi(
        title="Tocsin",
        version=__version__,
        description=_SUMMARY,
        routes=app.routes,
        openapi_version="3.1.0",
        servers=[{"url": PREFIX}],
    )
    models = [(form, "validation") for form in (*SENT, Marking)]
    _, found = models_json_schema([*models, (Problem, "serialization")], ref_template=_REF)  # type: ignore[list-item]
    components = whole.setdefault("components", {})
    components["schemas"] = {**found["$defs"], **components.get("schemas", {})}
    for operations in whole["paths"].values():
        for operation in operations.values():
            for response in operation["responses"].values():
                response.setdefault("headers", {}).update(_HEADERS)
    if team:
        components["securitySchemes"] = {
            "token": {
                "type": "http",
                "scheme": "bearer",
                "description": "An API token, made on the account page; it may carry less than its owner's roles.",
            },
            "session": {
                "type": "apiKey",
                "in": "cookie",
                "name": "__Host-tocsin" if app.state.site.https else "tocsin-session",
                "description": "A browser's session; what changes something also needs the header X-CSRF-Token.",
            },
        }
        whole["security"] = [{"token": []}, {"session": []}]
    return whole
