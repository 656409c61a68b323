"""The model's forecast beside what a finished round came to: another voice with an outcome of its own, never merged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tocsin.core.belief import Belief
from tocsin.core.convening import Stage
from tocsin.core.statement import Subject
from tocsin.core.tlp import TLP
from tocsin.desk.document import Block, Facts, Heading, Paragraph
from tocsin.desk.reading import CountryForecast, belief, facts, read
from tocsin.desk.reading import Facts as Header
from tocsin.desk.rounds.readout_words import Words
from tocsin.desk.rounds.showing import Told
from tocsin.desk.visit import Visit


@dataclass(frozen=True)
class Modelled:
    """What the model says of the state that a round is about, and the release that it is from."""

    facts: Header
    belief: Belief


def beside(visit: Visit, found: Told) -> Modelled | None:
    """The model's forecast beside a round that is finished.

    None before that, because a number could sway answers or dissents; in an exercise, whose states are fictional; where
    the round is about no state, or the release has no forecast of it; and where the release is under a stricter label
    than the round, so that a readout never says more than its marking allows.
    """
    subject = Subject.read(found.view.head.subject)
    if found.stage is not Stage.FINISHED or visit.store.world == "exercise" or subject.type != "place":
        return None
    reading = read(visit.settings)
    header, entry = facts(reading), reading.release.country(subject.id)
    if not isinstance(entry, CountryForecast) or _above(header.marking, found.marking.tlp):
        return None
    return Modelled(header, belief(entry, reading.release))


def figures(found: Modelled | None) -> dict[str, Any] | None:
    """The same for a machine, with all that must stand beside the number."""
    if found is None:
        return None
    header, told = found.facts, found.belief
    return {
        "outcome": header.outcome.key,
        "title": header.outcome.title,
        "horizon": header.horizon,
        "vintage": header.vintage,
        "method_version": header.method_version,
        "probability": told.probability,
        "low": told.low,
        "high": told.high,
        "coverage": told.coverage,
        "base_rate": told.base_rate,
        "ratio": told.ratio,
        "licence": header.licence,
    }


def section(found: Modelled | None, words: Words) -> list[Block]:
    """The model's forecast as the last part of a readout."""
    if found is None:
        return []
    header, told = found.facts, found.belief
    number = words("bracketed", first=words.frequency(told.probability), second=words.percent(told.probability))
    coverage = words.percent(told.coverage)
    ends = words("range", low=words.percent(told.low), high=words.percent(told.high))
    entries = [
        (words("outcome"), header.outcome.title),
        (words("horizon"), header.horizon),
        (words("model_vintage"), header.vintage),
        (words("model_number"), number),
        (words("model_interval", coverage=coverage), ends),
    ]
    if told.base_rate and told.ratio is not None:
        times = words("times", number=words.number(told.ratio))
        entries.append((words("base_rate"), words("gist_ratio", times=times, base=words.percent(told.base_rate))))
    entries.append((words("model_licence"), header.licence))
    return [Heading(words("model")), Paragraph(words("model_note")), Facts(tuple(entries))]


def _above(one: TLP, other: TLP) -> bool:
    return one.rank > other.rank
