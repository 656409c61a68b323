"""The third file of the monthly release, ``signals.json``: what was noticed by the last month known, place by place.

It holds our results only: months at which a level changed, alarms, and where a month lay against what we had forecast
for it. The deaths that were recorded are the source's and stay with it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from tocsin.core.errors import ReleaseError
from tocsin.forecast.release import write_together

FILE = "signals.json"

RECENT = 12
"""Months up to the last one known whose alarms and departures are kept."""


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class LevelChange(_Kept):
    """A change of level. month: VIEWS number of the first month of the new level.

    before, after: mean deaths a month, None where no month of the stretch is covered. credibility: probability that a
    change happened at most ``either_side`` months from it.
    """

    month: int
    before: float | None
    after: float | None
    credibility: float
    either_side: int


class Beyond(_Kept):
    """A month beyond what was forecast for it a month before.

    edge: the percentile that it is beyond (the 95th above, the 5th below), deaths. chance: what the forecast gave to as
    many or more (above), as few or fewer (below); 0 where less than ``resolution``, the least that it can tell.
    """

    month: int
    side: Literal["above", "below"]
    edge: float
    chance: float
    resolution: float


class Alarm(_Kept):
    """An alarm. signal: ``rise`` or ``surprise``. score: what passed the threshold; threshold: in force that month."""

    month: int
    signal: Literal["rise", "surprise"]
    score: float
    threshold: float


class PlaceSignals(_Kept):
    """What was noticed in a place. rise: probability, as of the last month, that the level rose within three months."""

    place: str
    rise: float
    changes: tuple[LevelChange, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    beyond: tuple[Beyond, ...] = ()


class Measured(_Kept):
    """How many alarms there were and how many were false, over all places, in months whose outcome is known.

    first, last: VIEWS numbers. years: how long that is. false_low, false_high: 90 % interval of the number a year.
    """

    signal: Literal["rise", "surprise"]
    first: int
    last: int
    years: float
    alarms: int
    false: int
    false_low: float
    false_high: float


class SignalsRelease(_Kept):
    """What must be known of the signals, and those of every place that was covered in the last month.

    month: VIEWS number of the last month known. stated: false alarms a year, over all places, that each signal may
    raise. quiet: months between alarms of a place; ahead, before, factor, floor: what makes an alarm false.
    """

    format: int = 1
    method_version: str
    forecast_version: str
    outcome: str
    month: int
    vintage: str
    licence: str
    citation: str
    stated: float
    quiet: int
    ahead: int
    before: int
    factor: float
    floor: float
    measured: tuple[Measured, ...]
    places: tuple[PlaceSignals, ...]


def write_signals(folder: Path, release: SignalsRelease) -> None:
    """Write the file. Errors: ReleaseError where it cannot be written."""
    write_together(folder, {FILE: (release.model_dump_json(indent=1) + "\n").encode()})


def read_signals(folder: Path) -> SignalsRelease:
    """The file of a folder. Errors: ReleaseError if it is lacking or damaged."""
    try:
        return SignalsRelease.model_validate(json.loads((folder / FILE).read_bytes()))
    except (OSError, ValueError, ValidationError) as error:
        reason = getattr(error, "strerror", None) or "the file does not read"
        raise ReleaseError(
            f"there are no signals ({reason})",
            where=str(folder),
            remedy="Run `tocsin pull views-ged-months`, then `tocsin release months`",
        ) from None
