"""The read-only workbench: server-rendered pages, each with a .json twin and a CSV for every table."""

from tocsin.interfaces.web.app import create_app
from tocsin.interfaces.web.server import serve

__all__ = ["create_app", "serve"]
