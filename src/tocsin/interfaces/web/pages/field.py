"""What came from the field, what became of each contribution, and telling its contributor."""

from __future__ import annotations

from typing import Any

from tocsin.core.errors import NotFound, StatementError
from tocsin.core.fielding import Fate, Reply
from tocsin.core.instant import NEVER, moment
from tocsin.core.marking import Caveat
from tocsin.core.statement import Attribution
from tocsin.desk import drafts, fiction, field_fates, views
from tocsin.desk.field_fates import Became
from tocsin.desk.reading import facts, read
from tocsin.desk.visit import Visit
from tocsin.interfaces.web import asked, lost, words
from tocsin.interfaces.web.composing import Typed
from tocsin.interfaces.web.items import called, item, markings, may_say, statements, twin
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.naming import Names, names_of
from tocsin.interfaces.web.page import Elsewhere, Page, Params
from tocsin.interfaces.web.pages.field_typed import BOUND, PRECISION, PROVENANCE
from tocsin.interfaces.web.pages.statement import may_correct

SHOWN = 25
"""Contributions on one page."""

FATES = {
    Fate.RECEIVED: "we have it, and thank you; nothing is done with it yet",
    Fate.USED: "we used it; say in what",
    Fate.PASSED_ON: "we gave it to others who may see it; say to whom",
    Fate.NOT_USED: "we will not use it; say why",
}
"""What each fate tells a contributor, in words."""

REPLY = ("fate", "text", "attribution")
"""The fields of a reply."""


def contributions_page(visit: Visit, params: Params) -> Page:
    """``/contributions?subject=&before=``: those that the visitor may see, each with what became of it."""
    labels, names = Labels.read(params), names_of(visit)
    subject = asked.subject(visit, params["subject"]).key if params.get("subject", "").strip() else None
    before = asked.cursor(params)
    listing = field_fates.contributions(visit, subject=subject, before=before, limit=SHOWN)
    query = {"subject": subject} if subject else {}
    return Page(
        stem="/contributions",
        title="Field input" + (f" on {called(subject, labels)}" if subject else ""),
        facts=facts(read(visit.settings)),
        content={
            "labels": labels,
            "found": [_row(visit, one, names, labels) for one in listing.found],
            "name": called(subject, labels) if subject else "",
            "may_say": may_say(visit),
            "states": tuple(fiction.states().values()) if visit.store.world == "exercise" else (),
            "more": query | {"before": str(listing.more)} if listing.more is not None else None,
            "first": query if before != NEVER else None,
        },
        twin={
            "subject": subject,
            "next": listing.more,
            "contributions": [_twin(one) | {"summary": summary(one, names)} for one in listing.found],
        },
        tables={
            "contributions": statements(
                "Contributions that stand, newest first", [one.contribution for one in listing.found], visit
            )
        },
        marking=markings(view for one in listing.found for view in one.views),
        query=query | ({"before": params["before"]} if before != NEVER else {}),
    )


def _row(visit: Visit, one: Became, names: Names, labels: Labels) -> dict[str, Any]:
    return {
        "told": item(one.contribution, names, labels),
        "became": one,
        "summary": summary(one, names),
        "mine": field_fates.mine(visit, one.contribution),
    }


def contribution_page(visit: Visit, params: Params) -> Page | Elsewhere:
    """``/contribution/{id}``; anything else is shown as the statement that it is.

    Errors: NotFound, which reads the same whether there is none or it is not for the visitor.
    """
    id = params["id"].strip().lower()
    try:
        draft = drafts.load(visit, draft_name(id))
        kept = lost.readable(draft)
        typed = Typed(kept.fields if kept else {"attribution": [_shown_as(visit, id)]})
        page = built(visit, id, Labels.read(params), typed, saved=words.day(moment(kept.saved)) if kept else "")
        return lost.told(page, draft, "reply")
    except NotFound:
        if withdrawn := views.recall_of(visit, id):
            return Elsewhere(f"/statement/{withdrawn}")
        raise
    except StatementError:
        return Elsewhere(f"/statement/{id}")


def built(
    visit: Visit, id: str, labels: Labels, typed: Typed, *, saved: str = "", problem: StatementError | None = None
) -> Page:
    """The page; typed, problem: of a reply that is being written or was refused.

    Errors: NotFound; StatementError if it is no contribution.
    """
    found, names = field_fates.became(visit, id), names_of(visit)
    told, body = item(found.contribution, names, labels), found.body
    open_ = found.contribution.state == "current"
    return Page(
        stem=f"/contribution/{id}",
        title=told.headline,
        facts=facts(read(visit.settings)),
        content={
            "labels": labels,
            "told": told,
            "found": found,
            "body": body,
            "provenance": PROVENANCE[body.provenance],
            "consent": BOUND[body.consent],
            "precision": PRECISION[body.precision],
            "reliability": words.RELIABILITY[body.reliability],
            "credibility": words.CREDIBILITY[body.credibility],
            "mine": field_fates.mine(visit, found.contribution),
            "summary": summary(found, names),
            "replies": [(item(one, names, labels), one.body) for one in found.replies],
            "groups": [
                (title, [item(one, names, labels) for one in group])
                for title, group in (("Used in", found.uses), ("Released from it", found.released))
                if group
            ],
            "answers": [item(one, names, labels) for one in found.answers],
            # Whoever passed it on may have typed it in for somebody else, and on a node of one person always has: what
            # they did with it is worth a line as well. The command line has the same rule.
            "may_reply": may_say(visit) and open_,
            "may_correct": may_correct(visit, found.contribution),
            "fates": list(FATES.items()),
            "attributions": list(words.ATTRIBUTIONS.items()),
            "typed": typed,
            "draft": draft_name(id),
            "saved": saved,
            "problem": problem,
            "field": _box(problem) if problem else "",
        },
        twin=_twin(found) | {"summary": summary(found, names)},
        tables={"statements": statements("The contribution and what became of it", found.views, visit)},
        marking=markings(found.views),
    )


def summary(found: Became, names: Names) -> str:
    """What became of a contribution, in a line."""
    if found.nothing_yet:
        return f"Nothing yet that you may see, {words.counted(found.days, 'day', 'days')} after it came".replace(
            "no days", "less than a day"
        )
    told = []
    if found.replies:
        last = found.replies[-1]
        assert isinstance(last.body, Reply)
        by = last.shown["author"].get("organisation")
        told.append(f"{last.body.fate}, says {names.organisation(by) if by else 'somebody unnamed'}")
    if found.uses:
        told.append(f"used in {words.counted(len(found.uses), 'statement', 'statements')}")
    if found.released:
        told.append(f"{words.counted(len(found.released), 'text', 'texts')} released from it")
    line = "; ".join(told)
    return line[:1].upper() + line[1:]


def _shown_as(visit: Visit, id: str) -> str:
    """As whom a reply is shown unless its author chooses otherwise."""
    hidden = Caveat.CHATHAM_HOUSE in views.statement(visit, id).head.marking.caveats
    return Attribution.NONE.value if hidden else Attribution.ORGANISATION.value


def draft_name(id: str) -> str:
    """Under which name a reply is kept."""
    return f"reply:{id[:64]}"


def _box(problem: StatementError) -> str:
    last = problem.field.rpartition(".")[2]
    return last if last in REPLY else "text"


def _twin(found: Became) -> dict[str, Any]:
    return twin(found.contribution) | {
        **{name: [twin(one) for one in getattr(found, name)] for name in ("replies", "uses", "released", "answers")},
        "days": found.days,
        "nothing_yet": found.nothing_yet,
    }
