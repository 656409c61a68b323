"""The trigger board: every trigger with where it stands, who is on duty, and what is late."""

from __future__ import annotations

from typing import Any

from tocsin.core.instant import moment, written
from tocsin.core.triggering import Trigger
from tocsin.desk.reading import facts, read
from tocsin.desk.triggers import standing, worded
from tocsin.desk.triggers.standing import Agreed
from tocsin.desk.visit import Visit
from tocsin.interfaces.web import asked
from tocsin.interfaces.web.items import called, item, markings, twin
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.naming import names_of
from tocsin.interfaces.web.page import Page, Params, table

_COLUMNS = ("trigger", "title", "subject", "stands", "in_force", "alarm", "late", "vacant", "duty", "next", "tlp")


def triggers_page(visit: Visit, params: Params) -> Page:
    """``/triggers?subject=``: those with an open alarm first, then those in force, then the others."""
    labels, names = Labels.read(params), names_of(visit)
    subject = asked.subject(visit, params["subject"]).key if params.get("subject", "").strip() else None
    found = standing.listed(visit, subject)
    marking = markings(view for one in found for view in one.views)
    groups = (
        ("Alarms that are open", [one for one in found if one.alarm and one.in_force]),
        (
            "In force, no alarm is open; what the rule says now stands with each",
            [one for one in found if one.in_force and not one.alarm],
        ),
        ("Not in force", [one for one in found if not one.in_force]),
    )
    return Page(
        stem="/triggers",
        title="Triggers" + (f" for {called(subject, labels)}" if subject else ""),
        facts=facts(read(visit.settings)),
        content={
            "labels": labels,
            "name": called(subject, labels) if subject else "",
            "groups": [
                (title, [(one, item(one.view, names, labels), rows(one)) for one in some]) for title, some in groups
            ],
            "duty": worded.duty,
            "rule": worded.rule,
            "found": found,
            "moment": moment,
        },
        twin={"subject": subject, "triggers": [as_twin(one) for one in found]},
        tables={"triggers": table("Triggers that stand", _COLUMNS, [_row(one) for one in found], marking)},
        marking=marking,
        query={"subject": subject} if subject else {},
    )


def as_twin(one: Agreed) -> dict[str, Any]:
    """A trigger as JSON, with where it stands."""
    return twin(one.view) | {
        "stands": one.words,
        "in_force": one.in_force,
        "vacant": [field for field, _ in one.vacant],
        "alarm": None if one.alarm is None else one.alarm.month,
        "tasks": rows(one),
    }


def rows(one: Agreed) -> list[dict[str, Any]]:
    """What has to be done under the open alarm, done or not; none where no alarm is open."""
    return [
        {
            "key": task.key or "",
            "what": task.what,
            "by": worded.duty(task.by),
            "until": written(task.until),
            "done": None if task.done is None else written(task.done),
            "late": task.late,
            "now_with": None if task.escalated is None else worded.duty(task.escalated),
        }
        for task in (one.alarm.tasks if one.alarm else ())
    ]


def _row(one: Agreed) -> dict[str, Any]:
    body: Trigger = one.body
    open_ = [task.until for task in (one.alarm.tasks if one.alarm else ()) if task.done is None]
    return {
        "trigger": one.view.id,
        "title": body.title,
        "subject": one.view.head.subject,
        "stands": one.words,
        "in_force": one.in_force,
        "alarm": None if one.alarm is None else one.alarm.month,
        "late": len(one.alarm.late) if one.alarm else 0,
        "vacant": len(one.vacant),
        "duty": worded.duty(body.duty),
        "next": written(min(open_)) if open_ else None,
        "tlp": one.view.head.marking.tlp.label,
    }
