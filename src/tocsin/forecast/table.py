"""The numbers of an onset panel, ready for fitting: arrays that agree in length, unknown outcomes as NaN."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tocsin.core.errors import PanelError

if TYPE_CHECKING:
    from tocsin.panel.onset import OnsetPanel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Table:
    """Country-years as arrays of one length n.

    country: (n,) the source's country number, which stays one through a state's changes of name: the cluster of a
    bootstrap draw. X: (n, p) predictors, NaN where the source has none. outcome: (n,) 1 or 0 where an onset in the two
    following years is known to have come or not, NaN where either year is not yet known (censored) or the state ended.
    onset, onset_1, onset_2: (n,) onset in the year itself, the next and the one after; NaN where unknown.
    as_published: (n,) the outcome as the source writes it, 0 where unknown; only for reproducing published models.
    """

    features: tuple[str, ...]
    X: Floats
    year: Ints
    country: Ints
    place: NDArray[np.str_]
    name: NDArray[np.str_]
    outcome: Floats
    onset: Floats
    onset_1: Floats
    onset_2: Floats
    as_published: Floats

    @classmethod
    def of(cls, panel: OnsetPanel) -> Table:
        """Take the arrays out of a panel; the outcome counts only where both years are known."""
        frame = panel.frame

        def floats(column: str) -> Floats:
            return frame[column].cast(float).fill_null(float("nan")).to_numpy().astype(float)

        outcome = floats("outcome")
        outcome[~frame["complete"].to_numpy()] = np.nan
        return cls(
            features=panel.features,
            X=np.column_stack([floats(feature) for feature in panel.features]),
            year=frame["year"].to_numpy().astype(np.int64),
            country=frame["ccode"].to_numpy().astype(np.int64),
            place=frame["place"].to_numpy().astype(str),
            name=frame["name"].to_numpy().astype(str),
            outcome=outcome,
            onset=floats("onset"),
            onset_1=floats("onset_1"),
            onset_2=floats("onset_2"),
            as_published=floats("ewp_outcome"),
        )

    @property
    def whole(self) -> Bools:
        """Rows that lack no predictor."""
        return np.asarray(~np.isnan(self.X).any(axis=1))

    def training(self, last: int) -> Bools:
        """Whole rows of years up to ``last`` with a known outcome: what a model of that date may be fitted on.

        Errors: PanelError if there are none, or if they hold no onset.
        """
        rows = (self.year <= last) & self.whole & ~np.isnan(self.outcome)
        if not self.outcome[rows].sum() > 0:
            raise PanelError(f"no onset is known in the rows up to {last}", remedy="Start the walk-forward later")
        return np.asarray(rows)

    def at(self, year: int) -> Bools:
        """Whole rows of one year: what can be forecast from it."""
        return np.asarray((self.year == year) & self.whole)

    def columns(self, features: tuple[str, ...]) -> list[int]:
        """Where these predictors stand in ``X``.

        Errors: PanelError names the predictor that the panel does not have.
        """
        missing = [feature for feature in features if feature not in self.features]
        if missing:
            raise PanelError(
                f"the panel has no predictor {missing[0]!r}", remedy="Check the method file against the source"
            )
        return [self.features.index(feature) for feature in features]
