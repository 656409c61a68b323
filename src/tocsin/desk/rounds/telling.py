"""What may be told of a finished round in a file that leaves the node, whoever takes it.

Of a round that is not attributed no name is told and no organisation, support only where three or more stand behind it,
and everything that was said comes in an order that tells nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tocsin.core.convening import FEWEST, Question, Result
from tocsin.core.place import place
from tocsin.core.register import Register
from tocsin.core.statement import Subject, digest
from tocsin.desk import fiction
from tocsin.desk.dissents import Dissenting
from tocsin.desk.rounds.readout_words import Words
from tocsin.desk.rounds.showing import Advice, Opinion, Put, Told
from tocsin.desk.yardsticks import Reader, tell
from tocsin.desk.yardsticks import Told as InWords
from tocsin.desk.yardsticks import languages as spoken

One = TypeVar("One", Opinion, Dissenting, Advice)


@dataclass(frozen=True)
class Members:
    """Who took part, as far as it may be told.

    invited: how many; organisations: of how many; None where it is not told. named: their names, where the round is
    attributed.
    """

    invited: int | None
    organisations: int | None
    named: tuple[str, ...]


@dataclass(frozen=True)
class Telling:
    """A round, the words it is told in, the yardstick, and the names that may be known."""

    found: Told
    words: Words
    scale: str
    register: Register

    @property
    def unattributed(self) -> bool:
        """Whether nothing that was said is attributed to anybody."""
        return self.found.round.attributed == "non-attributed"

    def members(self, invited: Counter[str]) -> Members:
        """Who took part. invited: how many of each organisation."""
        number = invited.total()
        if not self.unattributed:
            told = {self.name(by) for put in self.found.put for by in _who(put) if by}
            return Members(number, len(invited), tuple(sorted(told)))
        # Where an organisation has one or two, its number with the whole would say who they are.
        wide = len(invited) >= FEWEST and min(invited.values()) >= FEWEST
        return Members(number if number >= FEWEST else None, len(invited) if wide else None, ())

    def name(self, by: Sequence[str]) -> str:
        """What an organisation is called, or a person with theirs. by: their identifiers."""
        organisation, person = by[0], by[1] if len(by) > 1 else None
        known = self.register.organisations.get(organisation)
        named = known.name if known else organisation
        if person is None:
            return named
        account = self.register.persons.get(person)
        return self.words("of", person=account.name if account else person, organisation=named)

    def subject(self) -> str:
        """What the round is about."""
        subject = Subject.read(self.found.view.head.subject)
        if subject.type != "place":
            return subject.id
        if subject.id in fiction.states():
            return f"{fiction.state(subject.id).name} ({subject.id}, {self.words('fictional')})"
        names = place(subject.id).names
        return f"{names.get(self.words.language) or names['en']} ({subject.id})"

    def opinions(self, found: Sequence[Opinion]) -> tuple[Opinion, ...]:
        """The estimates that may be told: where so many were withdrawn since that fewer than three are left, none."""
        return () if self.unattributed and len(found) < FEWEST else mixed(found)

    def best(self, found: Sequence[Opinion]) -> list[float]:
        """Their numbers, in the order of the numbers."""
        return sorted(one.given.best for one in self.opinions(found))

    def advice(self) -> tuple[Advice, ...]:
        """The recommendations, in an order that tells neither whose they are nor how many support them."""
        return mixed(self.found.advice)

    def in_words(self, question: Question, value: float) -> InWords:
        """A probability on the yardstick; in English where it has no phrases in this language."""
        language = self.words.language if self.words.language in spoken() else "en"
        return tell(value, Reader(self.scale, language), base_rate=question.base_rate)


def result_of(put: Put) -> Result | None:
    """The body of a question's result; None if its originator has withdrawn it."""
    body = put.result.body if put.result else None
    return body if isinstance(body, Result) else None


def mixed(found: Iterable[One]) -> tuple[One, ...]:
    """In the order of digests of identities, which is as good as chance: neither of numbers nor of the record."""

    def place_of(one: One) -> str:
        return digest((one.id if isinstance(one, Dissenting) else one.view.id).encode())

    return tuple(sorted(found, key=place_of))


def _who(put: Put) -> Iterable[tuple[str, ...]]:
    """Who gave an estimate or dissents, as attributed."""
    yield from (one.by for one in (*put.first, *put.second))
    yield from (one.by for one in (put.result.dissents if put.result else ()))
