"""The machine door: ``/api/v1``."""

from __future__ import annotations

from fastapi import FastAPI

from tocsin.desk.node import Node


def mount(app: FastAPI, node: Node) -> None:
    """Add the addresses of the API to the application."""
    # The rooms of the web and of the API know of each other; only one of them can be imported first.
    from tocsin.interfaces.api.application import api
    from tocsin.interfaces.api.problems import PREFIX

    app.mount(PREFIX, api(app, node))
