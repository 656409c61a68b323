"""Who acts on the command line: the one person of a node, the owner of a token, or whoever holds the machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.core.errors import AccessError
from tocsin.core.settings import Settings

if TYPE_CHECKING:
    from tocsin.desk.node import Node
    from tocsin.desk.visit import Visit

Exercise = Annotated[bool, typer.Option("--exercise", help="Act in the exercise, whose statements are fictional.")]


@contextmanager
def visiting(*, exercise: bool = False, administers: bool = False) -> Iterator[Visit]:
    """The visit of whoever runs this command, for as long as it runs.

    administers: without a token, whoever holds the machine of a team node may look after accounts and the log.

    Errors: AccessError on a team node without a token; SettingsError and StoreError if the store cannot be opened.
    """
    from tocsin.desk.exercise import furnish
    from tocsin.desk.node import open_node

    settings = Settings.read()
    node = open_node(settings, exercise=exercise)
    try:
        if exercise:
            furnish(node)
        yield _visit(node, settings.token, administers)
    finally:
        node.store.close()


def _visit(node: Node, token: str, administers: bool) -> Visit:
    if not node.team:
        return node.local("cli")
    if token:
        from tocsin.desk.sessions import by_token

        return by_token(node, token, "cli")
    if administers:
        return node.operator("cli")
    raise AccessError(
        "people have accounts on this node, and the command does not know who you are",
        where="TOCSIN_TOKEN",
        remedy="Make a token on your account page and set TOCSIN_TOKEN to it",
    )
