"""``tocsin account``: letting people in on a node with accounts, and looking after one's own API tokens.

Whoever holds the machine acts as its operator; with TOCSIN_TOKEN set, its owner acts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.interfaces.cli.console import Json, remark, say, table, write_json
from tocsin.interfaces.cli.visiting import Exercise, visiting

if TYPE_CHECKING:
    from tocsin.desk.accounts import Invitation
    from tocsin.desk.visit import Visit

PersonName = Annotated[str, typer.Argument(metavar="PERSON", help="The person's name on this node, as ana-alvarez.")]


def invite(person: PersonName, exercise: Exercise = False, json: Json = False) -> None:
    """Make a code with which somebody sets their password and second factor, printed this one time."""
    from tocsin.desk import accounts

    with visiting(exercise=exercise, administers=True) as visit:
        _tell(visit, accounts.invite(visit, person), json)


def reset(person: PersonName, exercise: Exercise = False, json: Json = False) -> None:
    """Take password, second factor, sessions and tokens from an account, and make a new code."""
    from tocsin.desk import accounts

    with visiting(exercise=exercise, administers=True) as visit:
        _tell(visit, accounts.reset(visit, person), json)


def tokens(exercise: Exercise = False, json: Json = False) -> None:
    """List your newest API tokens (with TOCSIN_TOKEN set)."""
    from tocsin.core.instant import moment
    from tocsin.desk import accounts

    with visiting(exercise=exercise) as visit:
        found = accounts.tokens(visit)
    if json:
        write_json(
            [
                {
                    "id": one.id,
                    "name": one.name,
                    "scope": one.scope.value,
                    "created": moment(one.created),
                    "expires": moment(one.expires),
                    "state": one.state,
                }
                for one in found
            ]
        )
        return
    rows = [(one.id, one.name, one.scope.value, f"{moment(one.expires):%Y-%m-%d}", one.state) for one in found]
    table(("id", "for", "may", "until", "state"), rows)


def revoke(
    id: Annotated[str, typer.Argument(metavar="TOKEN", help="The token's id, from `tocsin account tokens`.")],
    exercise: Exercise = False,
) -> None:
    """End one of your API tokens (with TOCSIN_TOKEN set)."""
    from tocsin.desk import accounts

    with visiting(exercise=exercise) as visit:
        accounts.revoke_token(visit, id)
    remark(f"The token {id} is revoked.")


def _tell(visit: Visit, made: Invitation, json: bool) -> None:
    from tocsin.core.instant import moment

    settings = visit.settings
    address = f"{settings.origin or f'http://{settings.host}:{settings.port}'}/sign-in/invitation"
    if json:
        write_json({"person": made.person, "code": made.code, "until": moment(made.until), "address": address})
        return
    say(made.code)
    remark(
        f"The invitation of {made.person}: shown this one time, used once, until {moment(made.until):%d %b %H:%M} UTC."
    )
    remark(f"Give it to them in person or by telephone; they open {address}")
