"""A statement as a node holds it: what ``may_see`` asks of it, without its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tocsin.core.instant import Instant
from tocsin.core.marking import Marking
from tocsin.core.statement import Attribution


@dataclass(frozen=True, slots=True)
class Held:
    """The head of a stored statement.

    recorded_at: when this node recorded it, which also orders statements: no two have the same.
    opened_at: from when its audience is counted (see ``core.seeing.Visible``).
    subject: its key, as ``place:SDN``; that of the statement it is about, if it is about one.
    """

    id: str
    recorded_at: Instant
    opened_at: Instant
    kind: str
    subject: str
    organisation: str
    person: str | None
    attribution: Attribution
    marking: Marking
    recalled: bool

    @property
    def attributed(self) -> bool:
        """Whether whoever sees it is told at least the organisation that it comes from."""
        return self.attribution is not Attribution.NONE


HEAD = (
    "s.recorded_at, s.id, s.opened_at, s.kind, s.subject, s.organisation, s.person, s.attribution, s.marking, "
    "EXISTS (SELECT 1 FROM link r WHERE r.target = s.id AND r.relation = 'recalls') AS recalled"
)
"""The columns of a head, of a statement called ``s``."""

COLUMNS = 10
"""How many these are."""

_ATTRIBUTIONS = {one.value: one for one in Attribution}


def held(row: Any, markings: Mapping[int, Marking]) -> Held:
    """A head from a row of ``HEAD``."""
    recorded_at, id, opened_at, kind, subject, organisation, person, attribution, marking, recalled = row[:COLUMNS]
    return Held(
        id,
        recorded_at,
        opened_at,
        kind,
        subject,
        organisation,
        person,
        _ATTRIBUTIONS[attribution],
        markings[marking],
        bool(recalled),
    )
