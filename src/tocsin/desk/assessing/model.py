"""The model's forecast beside an assessment, for whoever is not about to give a number of their own.

The number is kept from an assessor until they have answered, or their answer would lean on it.
"""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.core.belief import Belief
from tocsin.desk import drafts
from tocsin.desk.reading import CountryForecast, Facts, belief, facts, read
from tocsin.desk.visit import Visit

WITHHELD = "You are in the middle of assessing this place. The model's number is here once you have stored yours."
FICTIONAL = "There is no model's forecast of a fictional state."


@dataclass(frozen=True)
class Beside:
    """The model's number with its own outcome and horizon, or why it is not here.

    belief: None where ``absence`` says why. facts: the release it is from.
    """

    facts: Facts
    belief: Belief | None
    absence: str = ""
    withheld: bool = False


def draft_name(subject: str, supersedes: str = "") -> str:
    """Under which name what somebody types into an assessment is kept."""
    return f"assess:{subject}" + (f":{supersedes[:12]}" if supersedes else "")


def beside(visit: Visit, place: str) -> Beside:
    """The model's forecast of a place, unless the visitor has an assessment of it half written.

    place: its code.
    """
    reading = read(visit.settings)
    header = facts(reading)
    if visit.store.world == "exercise":
        return Beside(header, None, FICTIONAL)
    if drafts.load(visit, draft_name(f"place:{place}")):
        return Beside(header, None, WITHHELD, withheld=True)
    entry = reading.release.country(place)
    if isinstance(entry, CountryForecast):
        return Beside(header, belief(entry, reading.release))
    return Beside(header, None, entry.reason if entry else "The release has no forecast of this state.")
