"""What must hold of what comes from the field: consent binds, places protect sources, nobody is asked twice unawares.

Every statement passes here on its way into the record, whichever door it came through.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date

from tocsin.core.errors import StatementError
from tocsin.core.fielding import Contribution, Fate, Reply, Request
from tocsin.core.instant import NEVER, Instant, moment
from tocsin.core.kinds import spelled
from tocsin.core.marking import TLP, Caveat
from tocsin.core.seeing import reach
from tocsin.core.statement import Attribution, Statement
from tocsin.desk import field_consent
from tocsin.desk.views import MOST
from tocsin.desk.visit import Sight
from tocsin.store.held import Held

SHARE = 2 / 3
"""Of the words of the shorter name, how many must stand in the longer one for two communities to be alike."""

_LITTLE = frozenset(
    word
    for words in ("a an and at by for from in of on the to", "au aux d de des du en et l la le les", "al el")
    for word in words.split()
)
"""Words that no community is told apart by."""


def check(statement: Statement, inputs: Collection[Held], subject: Held | None, sight: Sight, now: Instant) -> None:
    """Whether a statement keeps the rules for field input. inputs, subject: what it was made from, and is about.

    Errors: StatementError names the field, the rule and the remedy.
    """
    field_consent.check(statement, inputs, sight)
    match statement.body:
        case Contribution():
            _protected(statement.body, statement)
            _within_reach(statement, sight)
        case Request():
            _asked_knowingly(statement.body, statement, sight, now)
        case Reply():
            _told_to_contributor(statement.body, statement, subject)


def _protected(body: Contribution, statement: Statement) -> None:
    """A place finer than a district can lead to those who spoke, so it stays with those whom somebody has named."""
    if body.precision.finer_than_district and statement.marking.tlp in (TLP.CLEAR, TLP.GREEN):
        raise StatementError(
            f"the place is given to the {body.precision}, and {statement.marking.tlp.label} goes to people whom nobody "
            "has chosen; it could lead to the source",
            field="body.precision",
            remedy="Give the place to the district or coarser, also in the text, or mark it TLP:AMBER or stricter",
        )


def _within_reach(statement: Statement, sight: Sight) -> None:
    """What becomes of a contribution is told under its own marking, so its contributor must be in its audience."""
    if reach(sight.visit.actor, statement.marking) is None:
        raise StatementError(
            "you are not in its audience, so nobody could tell you what became of it",
            field="marking.audience",
            remedy="Name your organisation, a group that it is in, or yourself as well",
        )


def _asked_knowingly(body: Request, statement: Statement, sight: Sight, now: Instant) -> None:
    today = moment(now).date()
    if body.until < today:
        raise StatementError(f"{body.until} is over", field="body.until", remedy="Give today or a later day")
    found = alike(sight, statement.subject.key, body.community, today, statement.supersedes)
    if found and not body.instead.strip():
        raise StatementError(
            f"the same community is being asked already: {', '.join(head.id for head in found)}",
            field="body.instead",
            remedy="Use what they are asked there, or say why you ask them all the same",
        )


def _told_to_contributor(body: Reply, statement: Statement, subject: Held | None) -> None:
    if subject is None or subject.kind != "contribution":
        raise StatementError(
            "a reply is about a contribution", field="subject", remedy="Name the contribution by its identity"
        )
    if statement.marking != subject.marking:
        raise StatementError(
            "a reply carries the marking of its contribution, so that its contributor can see it and nobody else can",
            field="marking",
            remedy=f"Mark it {subject.marking.label} for the same audience",
        )
    hidden = statement.attribution is Attribution.NONE and Caveat.CHATHAM_HOUSE not in statement.marking.caveats
    if hidden and body.fate in (Fate.USED, Fate.PASSED_ON):
        raise StatementError(
            f"whoever has {body.fate} a contribution says who they are",
            field="attribution",
            remedy="Attribute it to your organisation, or by name",
        )


def alike(sight: Sight, place: str, community: str, today: date, but: Iterable[str] = ()) -> list[Held]:
    """The requests that stand, of those that the visitor may see, to a community alike at the same place.

    place: the key of the subject. but: identities of requests that do not count, because this one takes their place.
    """
    skipped = set(but)
    return [
        head
        for head, body in requests(sight, place)
        if body.until >= today and head.id not in skipped and same(body.community, community)
    ]


def requests(sight: Sight, place: str | None = None) -> list[tuple[Held, Request]]:
    """All requests that were neither superseded nor recalled, newest first, of those that the visitor may see."""
    found: list[tuple[Held, Request]] = []
    before, full = NEVER, True
    while full:
        batch = sight.reader.heads(sight.scope, subject=place, kind="request", before=before, limit=MOST)
        full = len(batch) == MOST
        before = batch[-1].recorded_at if batch else before
        heads = _standing(sight, sight.only(batch))
        for head, (_, made) in zip(heads, sight.reader.statements(heads).values(), strict=True):
            assert isinstance(made.body, Request)
            found.append((head, made.body))
    return found


def _standing(sight: Sight, heads: Collection[Held]) -> list[Held]:
    """Those that stand, as every view has it: what the visitor may not see supersedes nothing for them."""
    links = sight.reader.links_to((head.id for head in heads), "supersedes")
    gone = {link.target for link in links if sight.sees(replace(link.source, recalled=False))}
    return [head for head in heads if not head.recalled and head.id not in gone]


def same(first: str, second: str) -> bool:
    """Whether two names may mean the same community.

    Words are compared as they are searched (without case and accents), little words left out. Two words count as one
    where they are equal, or where one is the other with one or two letters more at its end, from four letters on
    (*farmer*, *farmers*). Alike are names of which the longer has at least two thirds of the words of the shorter.
    A warning too many costs a sentence; one too few costs people who have been asked often enough.

    >>> same("Market women of Bintana", "women, Bintana"), same("Teachers of Bintana", "Women of Bintana")
    (True, False)
    """
    shorter, longer = sorted((_telling(first), _telling(second)), key=len)
    met = sum(any(_one_word(word, other) for other in longer) for word in shorter)
    return bool(shorter) and met >= SHARE * len(shorter)


def _telling(name: str) -> frozenset[str]:
    words = frozenset(spelled(name))
    return words - _LITTLE or words


def _one_word(first: str, second: str) -> bool:
    shorter, longer = sorted((first, second), key=len)
    return shorter == longer or (len(shorter) >= 4 and longer.startswith(shorter) and len(longer) - len(shorter) <= 2)
