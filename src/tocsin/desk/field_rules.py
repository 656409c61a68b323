"""What must hold of what comes from the field: consent binds, places protect sources, nobody is asked twice unawares.

Every statement passes here on its way into the record, whichever door it came through.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date

from tocsin.core.errors import StatementError
from tocsin.core.fielding import Consent, Contribution, Fate, Reply, Request
from tocsin.core.instant import NEVER, Instant, moment
from tocsin.core.kinds import Proposal, spelled
from tocsin.core.marking import TLP, Caveat
from tocsin.core.seeing import originates, reach
from tocsin.core.statement import Attribution, Statement
from tocsin.desk.views import MOST
from tocsin.desk.visit import Sight
from tocsin.store.held import Held

AGREED = "as agreed:"
"""How the note of an evidence item begins that uses what was given for one use only, before it says for which."""

SHARE = 2 / 3
"""Of the words of the shorter name, how many must stand in the longer one for two communities to be alike."""

OWN = "this is your own contribution; what became of it is told by others, to whoever passed it on"
"""Why nobody replies to what they have passed on themselves."""

_LITTLE = frozenset(
    word
    for words in ("a an and at by for from in of on the to", "au aux d de des du en et l la le les", "al el")
    for word in words.split()
)
"""Words that no community is told apart by."""

_OF_THE_RECORD = ("recall", "downgrade", "lineage")
"""Kinds that say what happened to a statement and use nothing of it."""


def check(statement: Statement, inputs: Collection[Held], subject: Held | None, sight: Sight, now: Instant) -> None:
    """Whether a statement keeps the rules for field input. inputs, subject: what it was made from, and is about.

    Errors: StatementError names the field, the rule and the remedy.
    """
    consented(statement, inputs, sight)
    match statement.body:
        case Contribution():
            _protected(statement.body, statement)
            _within_reach(statement, sight)
        case Request():
            _asked_knowingly(statement.body, statement, sight, now)
        case Reply():
            _told_to_contributor(statement.body, statement, subject)


def consented(statement: Statement, inputs: Collection[Held], sight: Sight) -> None:
    """Whether the consent behind every contribution that a statement is made from allows it.

    *Given for this use only*: its contributor's organisation may use it (what is attributed to nobody, its contributor
    alone); anybody else cites it as evidence with a note that begins ``as agreed:`` and says that this is the use that
    was agreed to. *Not asked*: it is used under a marking at least as strict, as everything is, and nothing less
    restricted is released from it. An item of evidence does not claim another consent than the contribution has.

    Errors: StatementError says which contribution and what to do; the refusal is written down.
    """
    used = [head for head in inputs if head.kind == "contribution"]
    if not used or statement.kind in _OF_THE_RECORD:
        return
    for head, (_, made) in zip(used, sight.reader.statements(used).values(), strict=True):
        assert isinstance(made.body, Contribution)
        consent, cited = made.body.consent, [one for one in statement.evidence if one.reference == head.id]
        wrong = next((one.consent for one in cited if one.consent not in (None, consent)), None)
        if wrong is not None:
            raise StatementError(
                f"the evidence says that consent was {wrong.value!r}; its contributor says {consent.value!r}",
                field="evidence",
                remedy="Write what its contributor says, or leave the consent out",
            )
        agreed = any(_as_agreed(one.note) for one in cited)
        if consent is Consent.LIMITED and not agreed and not originates(sight.visit.actor, head):
            sight.visit.note("denied", [head.id], {"to": "use it beyond the consent given"})
            raise StatementError(
                f"consent to a contribution was given for one use only: {made.body.consent_note.strip()[:300]}",
                field="evidence" if cited else "derived_from",
                remedy=f"If this is that use, cite it as evidence with a note that begins {AGREED!r} and says so; "
                "otherwise ask its contributor",
            )
        freed = isinstance(statement.body, Proposal) and statement.body.to.looser_than(head.marking)
        if consent is Consent.NOT_ASKED and freed:
            sight.visit.note("denied", [head.id], {"to": "release what nobody was asked about"})
            raise StatementError(
                "those from whom a contribution comes were not asked, so nothing less restricted is released from it",
                field="sources",
                remedy="Have them asked and the contribution corrected, or draft the text without it",
            )


def _as_agreed(note: str) -> bool:
    said = note.strip().casefold()
    return said.startswith(AGREED) and bool(said.removeprefix(AGREED).strip())


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
    if (subject.person, subject.organisation) == (statement.author.person, statement.author.organisation):
        raise StatementError(OWN, field="subject", remedy="Correct or withdraw it, or use it in a statement")
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
