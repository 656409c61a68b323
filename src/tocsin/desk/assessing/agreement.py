"""How far all assessments of a place that stand agree, factor by factor, in the frame in which they were made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from tocsin.assess.agreement import Alpha, AlphaInterval, alpha, alpha_interval
from tocsin.assess.kappa import Kappa, MeanKappa, kappa, mean_pairwise_kappa
from tocsin.assess.spread import Spread, spread
from tocsin.core.assessing import Assessment, Level, Rated, Status
from tocsin.core.errors import LexiconError, StatementError
from tocsin.core.marking import Marking, strictest
from tocsin.desk import views
from tocsin.desk.assessing import frames
from tocsin.desk.assessing.frames import Concept
from tocsin.desk.views import View
from tocsin.desk.visit import Visit

FEWEST = 2
"""Assessments below which agreement is no question."""

STEPS = ("absent", *(level.value for level in Level))
"""The ordinal scale of a finding, from 0."""


Measured = Literal["nominal", "ordinal", "interval"]
"""How the steps are taken: only as the same or not, in order, or as equally far apart. They have no ratio."""


@dataclass(frozen=True)
class OfFactor:
    """How far apart one factor was rated. findings: how many found each step of ``STEPS``, the rest being missing."""

    factor: Concept
    spread: Spread
    findings: tuple[int, ...]


@dataclass(frozen=True)
class Agreement:
    """Agreement in one frame.

    alpha, interval: Krippendorff's, with a 90 % bootstrap interval over factors; both None below ``FEWEST``
    assessments, with the ``reason``. No information and not applicable are missing, not a finding.
    level: of measurement, of alpha. kappa: the mean of Cohen's over pairs, with quadratic weights, whatever the level.
    factors: those that two or more rated, furthest apart first. others: assessments in other frames, not counted in.
    """

    place: str
    frame: str
    views: tuple[View, ...]
    alpha: Alpha | None
    interval: AlphaInterval | None
    factors: tuple[OfFactor, ...]
    others: int
    reason: str
    level: Measured = "ordinal"
    kappa: MeanKappa | None = None

    @property
    def marking(self) -> Marking | None:
        """The join of the markings of what was counted; None where there was nothing."""
        return strictest(*(view.head.marking for view in self.views)) if self.views else None

    @property
    def caution(self) -> str:
        """How little so few factors tell; empty where there is no number."""
        if self.alpha is None or self.alpha.value is None:
            return ""
        return (
            f"It rests on {self.alpha.units} factors that two or more rated. Even the 14 of a whole frame are few: "
            "one of them rated otherwise can move either number far, and no threshold is meant for so few. Read the "
            "interval, and each factor."
        )


def agreement(visit: Visit, place: str, frame: str = "", level: str = "ordinal") -> Agreement:
    """How far the assessments of a place that this person may see, and that stand, agree in one frame.

    place: its code. frame: the one in which most were made, if none is named. level: one of ``Measured``.

    Errors: StatementError if there is no such frame or level.
    """
    measured = _measured(level)
    found = list(views.every(visit, subject=f"place:{place}", kind="assessment"))
    if frame:
        try:
            frames.frame(frame)
        except LexiconError as error:
            raise StatementError(error.what, field="frame", remedy=error.remedy) from None
    frame = frame or _most(found)
    counted = [view for view in found if _body(view).frame == frame]
    others = len(found) - len(counted)
    if len(counted) < FEWEST:
        reason = "fewer than two assessments in this frame stand that you may see"
        return Agreement(place, frame, tuple(counted), None, None, (), others, reason, measured)
    concepts = [one for one in frames.frame(frame).concepts if _rated_by(counted, one)]
    ratings = [[_step(_body(view), one.notation) for one in concepts] for view in counted]
    value = alpha(ratings, measured)
    told = [
        OfFactor(one, spread(column, "ordinal"), tuple(column.count(step) for step in range(len(STEPS))))
        for one, column in zip(concepts, map(list, zip(*ratings, strict=True)), strict=True)
    ]
    apart = [one for one in told if one.spread.n >= FEWEST]
    return Agreement(
        place=place,
        frame=frame,
        views=tuple(counted),
        alpha=value,
        interval=alpha_interval(ratings, measured) if value.value is not None else None,
        factors=tuple(sorted(apart, key=lambda one: -(one.spread.apart or 0.0))),
        others=others,
        reason=value.reason,
        level=measured,
        kappa=mean_pairwise_kappa(ratings, range(len(STEPS))),
    )


def of_pair(one: Assessment, other: Assessment) -> Kappa | None:
    """Cohen's kappa, with quadratic weights, of the findings of two assessments; None unless both are in one frame."""
    if one.frame != other.frame:
        return None
    factors = sorted({rating.factor for body in (one, other) for rating in body.ratings})
    first, second = ([_step(body, factor) for factor in factors] for body in (one, other))
    return kappa(first, second, range(len(STEPS)))


def _measured(level: str) -> Measured:
    known: tuple[Measured, ...] = get_args(Measured)
    for one in known:
        if level == one:
            return one
    raise StatementError(
        f"there is no level of measurement {level[:40]!r}", field="level", remedy=f"Choose one of: {', '.join(known)}"
    )


def _body(view: View) -> Assessment:
    assert isinstance(view.body, Assessment)
    return view.body


def _most(found: list[View]) -> str:
    """The frame of most assessments; of equal ones the first that is offered."""
    used = [_body(view).frame for view in found]
    known = [one.key for one in frames.offered()]
    return max(known, key=used.count) if any(one in known for one in used) else (used[0] if used else known[0])


def _rated_by(counted: list[View], factor: Concept) -> bool:
    return any(_step(_body(view), factor.notation) is not None for view in counted)


def _step(body: Assessment, factor: str) -> int | None:
    """The finding as a step of the scale; None where there is none."""
    rated: Rated | None = next((one for one in body.ratings if one.factor == factor), None)
    if rated is None or rated.status in (Status.NO_INFORMATION, Status.NOT_APPLICABLE):
        return None
    return 0 if rated.level is None else STEPS.index(rated.level.value)
