"""The forms for a moment and for an instrument as they open: empty, or filled in with what is to be corrected."""

from __future__ import annotations

from typing import Any

from tocsin.core.foreseeing import Instrument, Moment
from tocsin.desk.views import View
from tocsin.desk.visit import Visit
from tocsin.interfaces.web.composing import Typed
from tocsin.interfaces.web.pages.horizon_boxes import DAYS
from tocsin.interfaces.web.pages.horizon_typed import Kind, timing


def blank(visit: Visit, kind: Kind) -> Typed:
    """A form as it opens: for the visitor's own organisation, until they choose."""
    fields = {"tlp": ["TLP:AMBER"], "audience": [f"org:{visit.actor.organisation}"]}
    more = {"sort": ["election"], "certainty": ["expected"]} if kind == "moment" else {"in_use": ["yes"]}
    return Typed(fields | more)


def from_view(view: View) -> Typed:
    """The form filled in with a statement that is to be corrected."""
    body = view.body
    first, *others = view.head.marking.audience.root or ((),)
    fields = _of_moment(body) if isinstance(body, Moment) else _of_instrument(body, view.head.subject)
    return Typed(
        {name: [value] for name, value in fields.items() if value}
        | {
            "attribution": [view.shown["attribution"]],
            "tlp": [view.head.marking.tlp.label],
            "caveat": sorted(view.head.marking.caveats),
            "audience": list(first),
            "within": [" ".join(clause) for clause in others],
        }
    )


def _of_moment(body: Moment) -> dict[str, str]:
    clock = body.clock
    as_dated = body.timing == timing(body.when or "", body.condition, body.recurrence)
    return {
        **{name: str(getattr(body, name)) for name in ("title", "text", "condition", "recurrence", "source")},
        "sort": body.sort.value,
        "certainty": body.certainty.value,
        "when": body.when or "",
        "timing": "" if as_dated else body.timing.value,
        "skipped": " ".join(body.skipped),
        "factors": " ".join(body.factors),
        "starts": clock.starts if clock else "",
        "minutes": str(clock.minutes) if clock else "",
        "zone": clock.zone if clock else "",
    }


def _of_instrument(body: Any, subject: str) -> dict[str, str]:
    assert isinstance(body, Instrument)
    kind, _, id = subject.partition(":")
    parts = {"deciding-{}": body.deciding, "effect-{}": body.effect}
    parts |= {f"{{}}-{row}": one.days for row, one in enumerate(body.approvals)}
    return {
        "where": subject if kind == "place" else id,
        **{name: str(getattr(body, name)) for name in ("name", "text", "owner", "source")},
        "in_use": "yes" if body.in_use else "no",
        **{pattern.format(box): str(getattr(days, box)) for pattern, days in parts.items() for box in DAYS},
        **{f"who-{row}": one.who for row, one in enumerate(body.approvals)},
    }
