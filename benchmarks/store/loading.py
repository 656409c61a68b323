"""A store of any size: organisations, people, groups, and notes about all countries under some 300 markings."""

import random
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tocsin.core.place import places
from tocsin.core.register import GroupAdded, MemberJoined, OrganisationAdded, PersonAdded
from tocsin.core.seeing import Role
from tocsin.core.settings import Settings
from tocsin.core.statement import Statement
from tocsin.core.work import Progress
from tocsin.desk.node import Node, open_node
from tocsin.store.chain import Line

ORGANISATIONS, PEOPLE, GROUPS = 40, 10, 60
BATCH = 5000
WORDS = [f"{a}{b}{c}" for a in ("ka", "mo", "te", "si", "ru", "na") for b in ("la", "ri", "so", "ve") for c in "ndsrm"]
"""Made-up words; how often each occurs falls as in a language (Zipf)."""


def furnish(node: Node, seed: int = 7) -> None:
    """The people: every organisation in six groups, ten persons each; all sees of p-0-0 is about a third."""
    pick = random.Random(seed)
    entries = [OrganisationAdded(id=f"o-{o}", name=f"Organisation {o}") for o in range(ORGANISATIONS)]
    entries += [
        PersonAdded(id=f"p-{o}-{p}", name=f"Person {o} {p}", organisation=f"o-{o}", roles=frozenset(Role))
        for o in range(ORGANISATIONS)
        for p in range(PEOPLE)
    ]
    entries += [GroupAdded(id=f"g-{g}", name=f"Group {g}", keeper=f"o-{g % ORGANISATIONS}") for g in range(GROUPS)]
    entries += [
        MemberJoined(group=f"g-{g}", organisation=f"o-{o}", since=0)
        for g in range(GROUPS)
        for o in sorted({g % ORGANISATIONS, *pick.sample(range(ORGANISATIONS), 5)})
    ]
    with node.store.writing() as writer:
        for entry in entries:
            writer.enter(entry, None)


def load(node: Node, number: int, progress: Progress, seed: int = 11) -> None:
    """So many notes, older ones first, straight into the store: what ``desk`` checks is not what is measured here."""
    pick = random.Random(seed)
    states = [place.id for place in places()]
    weights = [1 / (rank + 1) for rank in range(len(states))]
    frequencies = [1 / (rank + 1) for rank in range(len(WORDS))]
    start = datetime(2020, 1, 1, tzinfo=UTC)
    # A clock that stands: every instant is a microsecond after the one before.
    node_clock, now = node.store.clock, node.store.clock()
    node.store.clock = lambda: now
    done = 0
    while done < number:
        with node.store.writing() as writer:
            batch = min(BATCH, number - done)
            subjects = pick.choices(states, weights, k=batch)
            for place in subjects:
                organisation = pick.randrange(ORGANISATIONS)
                words = pick.choices(WORDS, frequencies, k=40)
                made = Statement.model_validate(
                    {
                        "body": {"kind": "note", "title": " ".join(words[:5]), "text": " ".join(words)},
                        "subject": {"type": "place", "id": place},
                        "author": {
                            "organisation": f"o-{organisation}",
                            "person": f"p-{organisation}-{pick.randrange(PEOPLE)}",
                            "role": "analyst",
                        },
                        "made_at": start + timedelta(seconds=done),
                        "marking": _marking(pick, organisation),
                        "salt": f"{pick.getrandbits(128):032x}",
                    }
                )
                head = writer.add(made)
                if head.recorded_at % 1000 == 0:
                    writer.note(Line(made.author.person, made.author.organisation, "load", "loaded", (made.id,)))
        done += batch
        progress(done, number, "statements")
    node.store.clock = node_clock


def _marking(pick: random.Random, organisation: int) -> dict[str, object]:
    kind = pick.random()
    if kind < 0.15:
        return {"tlp": "CLEAR", "audience": [["everyone"]]}
    if kind < 0.30:
        return {"tlp": "GREEN", "audience": [["community"]]}
    group = f"group:g-{pick.randrange(GROUPS)}"
    if kind < 0.80:
        return {"tlp": "AMBER", "audience": [[group]]}
    if kind < 0.97:
        return {"tlp": "AMBER+STRICT", "audience": [[f"org:o-{organisation}"]]}
    if kind < 0.99:
        return {"tlp": "AMBER", "audience": [[group, f"org:o-{organisation}"]]}
    return {"tlp": "RED", "audience": [[f"person:p-{organisation}-{pick.randrange(PEOPLE)}"]]}


def main() -> None:
    """``python -m benchmarks.store.loading FOLDER NUMBER``: a home with so many statements."""
    folder, number = Path(sys.argv[1]), int(sys.argv[2])
    node = open_node(Settings(home=folder, offline=True))
    furnish(node)
    load(node, number, lambda done, total, what: print(f"\r{done:,} of {total:,} {what}", end="", flush=True))
    print()


if __name__ == "__main__":
    main()
