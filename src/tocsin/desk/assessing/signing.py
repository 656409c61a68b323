"""Signing off: an assessment is taken over as it is, with a higher standing."""

from __future__ import annotations

from tocsin.core.errors import StatementError
from tocsin.core.statement import Standing
from tocsin.desk import making
from tocsin.desk.assessing import frames
from tocsin.desk.rules import MAY_ISSUE
from tocsin.desk.views import View
from tocsin.desk.visit import Visit


def next_standing(view: View) -> Standing | None:
    """The standing above that of a statement; None at the top."""
    ranks = list(Standing)
    above = ranks.index(Standing(view.shown["standing"])) + 1
    return ranks[above] if above < len(ranks) else None


def may_sign(visit: Visit, view: View) -> bool:
    """Whether to offer a sign-off: to those who may issue the next standing and whose organisation is shown to have
    made it. As attributed: an offer to a colleague of a non-attributed author would tell whose it is.
    """
    above = next_standing(view)
    return (
        view.head.kind == "assessment"
        and view.state == "current"
        and above is not None
        and view.organisation == visit.actor.organisation
        and any(role in visit.roles for role in MAY_ISSUE[above])
    )


def sign_off(visit: Visit, id: str, standing: str | None = None) -> View:
    """Take an assessment over as it is, under a higher standing, the next one if none is named; what was stored.

    Errors: NotFound; StatementError if it is no assessment, does not stand, is that high already, was made with other
    words than the lexicon's of today, or rests on what the visitor may not see; AccessError.
    """
    with visit.reading() as sight:
        head = sight.find(id)
        _, made = sight.reader.statements([head])[head.id]
        seen = {one.id for one in sight.only(sight.reader.find(made.inputs).values())}
        sight.reads([head])
    if made.kind != "assessment":
        raise StatementError("only an assessment is signed off", field="id", remedy="Make a statement of your own")
    ranks, wanted = list(Standing), _wanted(made.standing, standing)
    if ranks.index(wanted) <= ranks.index(made.standing):
        raise StatementError(
            f"it has the standing {made.standing.value} already",
            field="standing",
            remedy="A sign-off raises it; to change what it says, correct it",
        )
    if not seen.issuperset(made.inputs):
        raise StatementError(
            "it rests on something that you may not see, so you cannot vouch for it",
            field="evidence",
            remedy="Ask somebody to sign it off who sees all of it, its author to begin with",
        )
    if made.vocabulary != frames.version():
        raise StatementError(
            "the lexicon has changed since it was made, and its factors may mean something else now",
            field="vocabulary",
            remedy="Correct it first: look through its factors and store it again in the words of today",
        )
    given = made.model_dump(mode="json", include=set(making.AUTHORS_FIELDS) - {"made_at", "supersedes"})
    return making.make(visit, {**given, "standing": wanted, "supersedes": [id]})


def _wanted(now: Standing, standing: str | None) -> Standing:
    if standing is None:
        ranks = list(Standing)
        return ranks[min(ranks.index(now) + 1, len(ranks) - 1)]
    try:
        return Standing(standing)
    except ValueError:
        raise StatementError(
            "there is no such standing", field="standing", remedy="Write one of " + ", ".join(Standing)
        ) from None
