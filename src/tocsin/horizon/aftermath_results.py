"""The study as it was computed: our counts, rates and intervals, with what they mean and where they come from.

The numbers live in ``data/aftermath.toml``, which ``benchmarks/aftermath/study.py`` writes. Verdicts are not stored:
they are made from the numbers, by the rule, whenever the file is read.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from tocsin.core.errors import PanelError
from tocsin.horizon.aftermath import Aftermath
from tocsin.horizon.aftermath_matching import Matched
from tocsin.horizon.aftermath_placebo import Placebo
from tocsin.horizon.aftermath_verdict import verdict

SAME_OR_NEXT, NEXT = "onset_same_or_next", "onset_next"
"""Keys of the two outcomes of which the second is the part of the first whose order is certain."""


@dataclass(frozen=True)
class Defined:
    """A kind of event or an outcome: key, title for a person, definition in full, what to beware of (may be empty)."""

    key: str
    title: str
    definition: str
    caution: str = ""


@dataclass(frozen=True)
class Origin:
    """A source of the study: fact sheet, title, vintage, licence, terms and citation as they were."""

    id: str
    title: str
    vintage: str
    licence: str
    terms: str
    citation: str


@dataclass(frozen=True)
class Comparison:
    """One event and one outcome.

    unit: ``country-year`` or ``country-month``. first, last: of the periods, as years or ``YYYY-MM``. given: events
    listed between them; set_aside: those in no period that counts (no panel, no deaths table, outcome not known).
    """

    event: Defined
    outcome: Defined
    unit: str
    first: str
    last: str
    given: int
    set_aside: int
    numbers: Aftermath


@dataclass(frozen=True)
class Study:
    """All comparisons, with the method and the day on which they were computed (ISO 8601).

    licence, citation: of these results; what they were made from is in ``sources``. level: of the intervals.
    """

    method_version: str
    computed: str
    draws: int
    shifts: int
    level: float
    licence: str
    citation: str
    sources: tuple[Origin, ...]
    comparisons: tuple[Comparison, ...]

    def one(self, event: str, outcome: str) -> Comparison:
        """The comparison of these keys.

        Errors: PanelError where there is none.
        """
        for comparison in self.comparisons:
            if (comparison.event.key, comparison.outcome.key) == (event, outcome):
                return comparison
        keys = sorted({f"{c.event.key}/{c.outcome.key}" for c in self.comparisons})
        raise PanelError(f"the study has no comparison {event}/{outcome}", remedy=f"Use one of {', '.join(keys)}")

    def beware(self, comparison: Comparison) -> tuple[str, ...]:
        """What a reader must know beside the verdict: sentences, the one on order made from the counts."""
        said = [comparison.event.caution, comparison.outcome.caution]
        if comparison.outcome.key == SAME_OR_NEXT:
            later = self.one(comparison.event.key, NEXT).numbers
            both = comparison.numbers
            if later.events == both.events:
                before = both.followed - later.followed
                said.append(
                    f"Of the {both.followed} events, {before} had an onset in their own calendar year only, which may "
                    f"have come before them; {later.followed} had one in the year after."
                )
        return tuple(one for one in said if one)


@cache
def study() -> Study:
    """The study that this version of Tocsin carries."""
    return read_study(files("tocsin.data").joinpath("aftermath.toml").read_text("utf-8"))


def read_study(text: str) -> Study:
    """A study from its TOML text.

    Errors: PanelError where a part is lacking.
    """
    try:
        raw = tomllib.loads(text)
        events = {key: Defined(key, **given) for key, given in raw["events"].items()}
        outcomes = {key: Defined(key, **given) for key, given in raw["outcomes"].items()}
        tried = len(raw["comparisons"])
        return Study(
            raw["method_version"],
            raw["computed"],
            raw["draws"],
            raw["shifts"],
            raw["level"],
            raw["licence"],
            raw["citation"],
            tuple(Origin(**source) for source in raw["sources"]),
            tuple(_comparison(row, events, outcomes, tried) for row in raw["comparisons"]),
        )
    except (KeyError, TypeError, tomllib.TOMLDecodeError) as error:
        raise PanelError(
            f"the study cannot be read: {error}",
            where="aftermath.toml",
            remedy="Run benchmarks/aftermath/study.py again",
        ) from error


def table(numbers: Aftermath) -> dict[str, Any]:
    """The numbers as plain values, as they are stored; what is not defined (NaN, infinite) is left out."""
    return _plain(
        {
            "periods": numbers.periods,
            "outcomes": numbers.outcomes,
            "base_rate": numbers.base_rate,
            "countries": numbers.countries,
            "events": numbers.events,
            "followed": numbers.followed,
            "rate": numbers.rate,
            "rate_interval": numbers.rate_interval,
            "unmatched": numbers.unmatched,
            "same_country": vars(numbers.same_country) | {"difference_interval": numbers.same_country_interval},
            "matched": vars(numbers.matched)
            | {
                "difference_interval": numbers.difference_interval,
                "ratio_interval": numbers.ratio_interval,
                "wide_interval": numbers.wide_interval,
            },
            "placebo": vars(numbers.placebo),
        }
    )


def _comparison(
    row: Mapping[str, Any], events: Mapping[str, Defined], outcomes: Mapping[str, Defined], tried: int
) -> Comparison:
    return Comparison(
        events[row["event"]],
        outcomes[row["outcome"]],
        row["unit"],
        row["first"],
        row["last"],
        row["given"],
        row["set_aside"],
        numbers(row, tried),
    )


def numbers(row: Mapping[str, Any], tried: int) -> Aftermath:
    """The numbers from plain values as ``table`` gives them, with the verdict that the rule makes of them."""
    alike, home, dates = row["matched"], row["same_country"], Placebo(**row["placebo"])
    found = _matched(alike)
    difference, wide = _ends(alike, "difference_interval"), _ends(alike, "wide_interval")
    return Aftermath(
        row["periods"],
        row["outcomes"],
        row["base_rate"],
        row["countries"],
        row["events"],
        row["followed"],
        row["rate"],
        _ends(row, "rate_interval"),
        _matched(home),
        _ends(home, "difference_interval"),
        found,
        row["unmatched"],
        difference,
        _ends(alike, "ratio_interval"),
        wide,
        dates,
        tried,
        verdict(found, difference, wide, dates, tried),
    )


def _matched(row: Mapping[str, Any]) -> Matched:
    unknown = float("nan")
    return Matched(
        row["events"],
        row["places"],
        row["followed"],
        row["comparisons"],
        *(row.get(name, unknown) for name in ("rate", "expected", "difference", "ratio")),
    )


def _ends(row: Mapping[str, Any], name: str) -> tuple[float, float]:
    low, high = row.get(name, (float("nan"), float("nan")))
    return float(low), float(high)


def _plain(value: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for key, one in value.items():
        if isinstance(one, Mapping):
            plain[key] = _plain(one)
        elif isinstance(one, tuple):
            if all(math.isfinite(end) for end in one):
                plain[key] = [round(end, 5) for end in one]
        elif isinstance(one, int):
            plain[key] = one
        elif math.isfinite(one):
            plain[key] = round(one, 5)
    return plain
