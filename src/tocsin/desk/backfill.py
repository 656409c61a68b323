"""What a back-fill opens: the statements that an organisation's people could not see before it and can after it."""

from __future__ import annotations

from dataclasses import replace

from tocsin.core.instant import NEVER, Instant
from tocsin.core.register import Register
from tocsin.core.seeing import Actor, reach
from tocsin.desk.views import COUNTED
from tocsin.desk.visit import Sight


def opens(sight: Sight, organisation: str, before: Register, after: Register, at: Instant) -> tuple[int, bool]:
    """How many statements, of those that the visitor may see, counted to ``COUNTED``; and whether there are more.

    before, after: the register without and with the back-fill. at: the instant at which the organisation is a member.
    """
    people = [one.id for one in before.persons.values() if one.organisation == organisation and one.active]
    pairs = [(before.actor(id, at), after.actor(id, at)) for id in people]
    # Whoever is given an account later sees it as well.
    member = Actor("", organisation)
    pairs.append(
        (
            replace(member, groups=before.groups_of(organisation, at)),
            replace(member, groups=after.groups_of(organisation, at)),
        )
    )
    found: set[Instant] = set()
    for number, marking in sight.reader.markings.items():
        if not any(token.startswith("group:") for token in marking.audience.tokens):
            continue
        # Two people of one organisation may reach differently far: as clients, or named beside the group.
        spans = set()
        for old, new in pairs:
            closed, since = reach(old, marking), reach(new, marking)
            if since is not None and (closed is None or since < closed):
                spans.add((since, NEVER if closed is None else closed))
        for since, until in spans:
            edge = NEVER
            while len(found) <= COUNTED:
                heads = sight.reader.opened(number, since, until, before=edge, limit=COUNTED + 1)
                found.update(head.recorded_at for head in sight.only(heads) if not head.recalled)
                if len(heads) <= COUNTED:
                    break
                edge = heads[-1].recorded_at
    return min(len(found), COUNTED), len(found) > COUNTED
