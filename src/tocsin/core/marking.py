"""Handling markings: a Traffic Light Protocol label, caveats and an audience, ordered from open to strict.

Sources: FIRST, Traffic Light Protocol (TLP) version 2.0, August 2022 (what each label allows); Chatham House Rule (2002
wording) for the caveat of that name.

A marking forms a join semilattice: ``a.join(b)`` is the least strict marking at least as strict as both. What is made
from several statements carries the join of their markings, so it can never be read by someone whom one of them shuts
out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    RootModel,
    WithJsonSchema,
    field_serializer,
    model_validator,
)

from tocsin.core.tlp import TLP

__all__ = [
    "COMMUNITY",
    "EVERYONE",
    "IDENTIFIER",
    "TLP",
    "Audience",
    "Caveat",
    "Label",
    "Marking",
    "misfit",
    "strictest",
]

IDENTIFIER = r"[a-z0-9][a-z0-9-]{0,62}"
"""How organisations, groups and persons are named in markings and addresses: lower case, digits, hyphens."""

EVERYONE, COMMUNITY = "everyone", "community"
_TOKEN = re.compile(rf"(?:(?:org|group|person):{IDENTIFIER}|{EVERYONE}|{COMMUNITY})", re.ASCII)


class Caveat(StrEnum):
    """What must be respected beside the label."""

    CHATHAM_HOUSE = "CHATHAM HOUSE RULE"
    ORIGINATOR_CONTROL = "ORIGINATOR CONTROL"
    EXERCISE = "EXERCISE"


def _token(text: str) -> str:
    if not _TOKEN.fullmatch(text):
        raise ValueError(
            f"{text[:80]!r} names nobody; write org:ID, group:ID, person:ID, {COMMUNITY} or {EVERYONE} (lower case)"
        )
    return text


Token = Annotated[str, AfterValidator(_token)]
"""Who is meant: ``org:ID``, ``group:ID``, ``person:ID``, ``community`` (everyone with an account) or ``everyone``."""


MOST_CLAUSES, MOST_NAMES = 16, 256
"""Clauses of an audience, and names of a clause, that a marking may be given; a join may have more."""

Clause = Annotated[tuple[Token, ...], Field(max_length=MOST_NAMES)]


class Audience(RootModel[Annotated[tuple[Clause, ...], Field(max_length=MOST_CLAUSES)]]):
    """Who may see something: every clause must hold, and a clause holds for whoever one of its tokens names.

    Most audiences have one clause; joining two gives both clauses. No clause at all is nobody.
    Kept in a normal form (sorted, without clauses that another one implies), so equal audiences compare equal.

    >>> Audience.of("org:aa", "group:sahel").join(Audience.of("group:sahel"))
    Audience(root=(('group:sahel',),))
    """

    model_config = ConfigDict(frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _unordered(cls, value: Any) -> Any:
        if isinstance(value, (set, frozenset)):
            return tuple(value)
        return value

    @model_validator(mode="after")
    def _normal(self) -> Self:
        # A frozen model is normalised in place once, before anybody holds it.
        object.__setattr__(self, "root", _normal_form(self.root))
        return self

    @classmethod
    def of(cls, *tokens: str) -> Audience:
        """One clause: whoever one of these names."""
        return cls((tokens,))

    @classmethod
    def nobody(cls) -> Audience:
        """The empty audience."""
        return cls(())

    def join(self, other: Audience) -> Audience:
        """Those who are in both audiences."""
        return Audience.joined((self, other))

    @classmethod
    def joined(cls, audiences: Iterable[Audience]) -> Audience:
        """Those who are in all of these audiences."""
        roots = [one.root for one in audiences]
        clauses = () if not all(roots) else tuple({clause for root in roots for clause in root})
        # Its parts were checked when they were given; together they may be more than one may give.
        return cls.model_construct(_normal_form(clauses))

    def within(self, other: Audience) -> bool:
        """Whether this audience lets in nobody whom the other shuts out, as far as the names alone can tell."""
        return not self.root or (
            bool(other.root) and all(any(_implies(mine, theirs) for mine in self.root) for theirs in other.root)
        )

    @property
    def tokens(self) -> frozenset[str]:
        """Every name in it."""
        return frozenset(token for clause in self.root for token in clause)


def _implies(narrow: tuple[str, ...], wide: tuple[str, ...]) -> bool:
    """Whether whoever is named by ``narrow`` is also named by ``wide``."""
    if EVERYONE in wide or not narrow:
        return True
    if COMMUNITY in wide:
        return EVERYONE not in narrow
    return set(narrow) <= set(wide)


def _normal_form(clauses: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    tidy: set[tuple[str, ...]] = set()
    for clause in clauses:
        if not clause:
            return ()
        widest = next((word for word in (EVERYONE, COMMUNITY) if word in clause), None)
        tidy.add((widest,) if widest else tuple(sorted(set(clause))))
    if len(tidy) == 1:
        return tuple(tidy)
    # A clause is implied by one that names fewer; what is kept is compared with what was kept before it.
    kept: list[tuple[tuple[str, ...], frozenset[str]]] = []
    for clause in sorted(tidy - {(EVERYONE,), (COMMUNITY,)}, key=lambda one: (len(one), one)):
        names = frozenset(clause)
        if not any(before <= names for _, before in kept):
            kept.append((clause, names))
    wide = next((one for one in ((COMMUNITY,), (EVERYONE,)) if one in tidy), None)
    return tuple(sorted(clause for clause, _ in kept)) or ((wide,) if wide else ())


Label = Annotated[
    TLP,
    BeforeValidator(TLP.read),
    PlainSerializer(lambda label: label.label, return_type=str),
    WithJsonSchema({"type": "string", "enum": [label.label for label in TLP]}),
]


class Marking(BaseModel):
    """A label, caveats and an audience.

    The label bounds the audience: GREEN stays in the community, AMBER names organisations or groups, RED names persons
    (FIRST TLP 2.0, section 3). An empty audience fits every label and is nobody.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    tlp: Label
    caveats: frozenset[Caveat] = frozenset()
    audience: Audience

    @model_validator(mode="after")
    def _audience_fits_label(self) -> Self:
        if trouble := misfit(self.tlp, self.audience):
            raise ValueError(trouble)
        return self

    @field_serializer("caveats")
    def _sorted(self, caveats: frozenset[Caveat]) -> list[str]:
        return sorted(caveats)

    @property
    def label(self) -> str:
        """The label and the caveats as they stand on a page, for example ``TLP:AMBER · CHATHAM HOUSE RULE``."""
        return " · ".join([self.tlp.label, *sorted(self.caveats)])

    @cached_property
    def fits(self) -> bool:
        """Whether the audience is within what the label allows and is somebody; asked for every row of every list."""
        return bool(self.audience.root) and not misfit(self.tlp, self.audience)

    def join(self, other: Marking) -> Marking:
        """The least strict marking that is at least as strict as both."""
        return strictest(self, other)

    def at_least_as_strict_as(self, other: Marking) -> bool:
        """Whether nothing is looser here than in the other: label, caveats and audience."""
        return not self.looser_than(other)

    def looser_than(self, other: Marking) -> tuple[str, ...]:
        """In what this marking is looser than the other, in words; empty if in nothing."""
        found = []
        if self.tlp.rank < other.tlp.rank:
            found.append(f"the label {self.tlp.label} is below {other.tlp.label}")
        if missing := sorted(other.caveats - self.caveats):
            found.append(f"the caveat {', '.join(missing)} is missing")
        if not self.audience.within(other.audience):
            found.append("the audience lets in others")
        return tuple(found)


def misfit(tlp: TLP, audience: Audience) -> str:
    """Why this audience is too wide for this label, and what to do; empty if it fits."""
    if not audience.root:
        return ""
    if tlp is TLP.GREEN and EVERYONE in audience.tokens:
        return f"TLP:GREEN stays in the community; name {COMMUNITY}, groups or organisations, or mark it TLP:CLEAR"
    if tlp in (TLP.AMBER, TLP.AMBER_STRICT) and audience.tokens & {EVERYONE, COMMUNITY}:
        return f"{tlp.label} goes to named organisations, groups or persons; name them, or mark it TLP:GREEN"
    if tlp is TLP.RED and not any(all(token.startswith("person:") for token in clause) for clause in audience.root):
        return "TLP:RED is for named persons only; name each as person:ID, or mark it TLP:AMBER+STRICT"
    return ""


def strictest(first: Marking, *others: Marking) -> Marking:
    """The join of all: what a thing made from all of them must carry at least."""
    markings = {first, *others}
    if len(markings) == 1:
        return first
    return Marking(
        tlp=max((one.tlp for one in markings), key=lambda label: label.rank),
        caveats=frozenset[Caveat]().union(*(one.caveats for one in markings)),
        audience=Audience.joined(one.audience for one in markings),
    )
