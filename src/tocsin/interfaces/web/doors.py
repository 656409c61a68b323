"""Who is at the door: every request becomes a visit before anything is looked up."""

from __future__ import annotations

from starlette.requests import Request

from tocsin.core.errors import SignInNeeded
from tocsin.desk.node import Node
from tocsin.desk.visit import Visit


def visitor(request: Request) -> Visit:
    """The visit of whoever makes this request.

    Errors: SignInNeeded if people have accounts on this node and nobody is signed in.
    """
    node: Node = request.app.state.node
    door = "api" if request.url.path.startswith("/api/") else "web"
    if not node.team:
        return node.local(door)
    raise SignInNeeded("nobody is signed in", remedy="Sign in, or send an API token")
