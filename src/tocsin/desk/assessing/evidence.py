"""The evidence of an assessment as far as a reader may know it."""

from __future__ import annotations

from tocsin.core.assessing import Assessment
from tocsin.core.statement import Evidence, Statement
from tocsin.desk.views import View, shown
from tocsin.desk.visit import Visit


def known(view: View, made: Statement) -> dict[str, Evidence | None]:
    """Every item by its key, in the order given; None for one that is cited and is not for this reader.

    A statement that an assessment rests on is known to whoever may see that statement; of any other a cited key is all
    that they know.
    """
    visible = set(view.derived_from)
    found: dict[str, Evidence | None] = {
        item.key: item for item in made.evidence if item.key and (item.type != "statement" or item.reference in visible)
    }
    cited = view.body.cited if isinstance(view.body, Assessment) else frozenset[str]()
    return found | dict.fromkeys(sorted(cited - found.keys()))


def of(visit: Visit, id: str) -> dict[str, Evidence | None]:
    """The evidence of a statement by its key.

    Errors: NotFound.
    """
    with visit.reading() as sight:
        head = sight.find(id)
        (view,) = shown(sight, [head])
        return known(view, sight.reader.statements([head])[id][1])
