"""What waits for somebody under the triggers that concern them: alarms to look at, steps to do, what was missed."""

from __future__ import annotations

from tocsin.core.instant import Instant
from tocsin.core.marking import Marking
from tocsin.desk.triggers.standing import Agreed, Alarm, Task, concerns, listed
from tocsin.desk.triggers.worded import duty
from tocsin.desk.visit import Visit

Waiting = tuple[str, str, str, Instant | None, Marking]
"""A trigger's identity and title, what waits, until when, and its marking."""


def waiting(visit: Visit) -> tuple[Waiting, ...]:
    """What waits under every trigger in force that concerns the visitor: one line a task that is not done.

    What is late stays, and says with whom it is now.
    """
    return tuple(
        (one.view.id, one.body.title, what, until, one.view.head.marking)
        for one in listed(visit, asked=False)
        if one.in_force and one.alarm and concerns(visit, one)
        for what, until in _lines(one, one.alarm)
    )


def _lines(one: Agreed, alarm: Alarm) -> list[tuple[str, Instant | None]]:
    told: list[tuple[str, Instant | None]] = [
        (_task(alarm, task), task.until) for task in alarm.tasks if task.done is None
    ]
    if alarm.where == "acknowledged":
        return [*told, (f"confirm or dismiss the alarm of {alarm.month}: {duty(one.body.duty)}", None)]
    return told or [(f"the steps are done; stand the alarm of {alarm.month} down", None)]


def _task(alarm: Alarm, task: Task) -> str:
    what = f"alarm of {alarm.month}: {task.what[:1].lower()}{task.what[1:].rstrip('.')} ({duty(task.by)})"
    if not task.late:
        return what
    return f"MISSED, {what}" + (f"; now with {duty(task.escalated)}" if task.escalated else "")
