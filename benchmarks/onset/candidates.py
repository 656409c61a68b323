"""Every configuration that was tried while the onset procedure was chosen, as data, in the order it was tried.

A candidate is a member (climatology, a net, trees), the mean of members' log-odds, or one of these with a walk-forward
calibration. Nothing here is used by a forecast; the procedure that was chosen stands in ``data/methods/onset.toml``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import product

import numpy as np

from tocsin.forecast.method import onset_method
from tocsin.forecast.table import Floats, Ints, Table

S6 = ("popsize.log2", "un_imr_sqrt", "battledeaths.log2", "coup.try.5yr", "discrimpop", "pol_killing_approved")
S9 = (*S6, "mk_ever", "even_civilrights", "newcountry")
"""Small sets picked by hand by someone who knew what had mattered since 1982: tried, and refused for that."""

HINDSIGHT = ("s6", "s9")

ENGINEERED = {
    **dict.fromkeys(("bdmax5", "bdmax10", "bdmean10", "bdrise", "coup10", "kill5"), 1),
    **dict.fromkeys(("dfree5", "dses5", "gdp3"), -1),
    **dict.fromkeys(("onset10", "mkdecay"), 0),
}
"""Predictors made from a country's own past (``engineered``) and the way each may push; 0 = either way."""


def engineered(table: Table) -> Table:
    """The table with predictors from each country's own past beside the others; no value uses a later year.

    Largest and mean battle deaths of 5 and 10 years, their rise above the mean of 4; coup attempts of 6 years; killings
    approved and growth, means of 5 and 3; discussion and power by status, less their value 5 years before; onsets
    in 10 years, and 0.5^(years since the last / 8).
    """
    made = {name: np.zeros(table.year.size) for name in ENGINEERED}
    for country in np.unique(table.country):
        rows = np.flatnonzero(table.country == country)
        for i, row in enumerate(rows):
            past = rows[: i + 1]
            age = table.year[row] - table.year[past]

            def recent(feature: str, years: int, past: Ints = past, age: Ints = age) -> Floats:
                return np.asarray(table.X[past[age < years], table.features.index(feature)])

            deaths = partial(recent, "battledeaths.log2")
            made["bdmax5"][row], made["bdmax10"][row] = deaths(5).max(), deaths(10).max()
            made["bdmean10"][row], made["bdrise"][row] = deaths(10).mean(), deaths(1)[-1] - deaths(4).mean()
            made["coup10"][row] = recent("coup.try.5yr", 6).max()
            made["kill5"][row] = recent("pol_killing_approved", 5).mean()
            made["gdp3"][row] = recent("gdppcgrowth", 3).mean()
            for name, feature in (("dfree5", "freediscussion"), ("dses5", "ses_power_dist")):
                made[name][row] = recent(feature, 6)[-1] - recent(feature, 6)[0]
            since = age[table.onset[past] == 1]
            made["onset10"][row] = (since < 10).sum()
            made["mkdecay"][row] = 0.5 ** (since.min() / 8) if since.size else 0.0
    return replace(table, features=(*table.features, *made), X=np.column_stack([table.X, *made.values()]))


def predictors(name: str, table: Table) -> tuple[str, ...]:
    """The predictors of a named set, in the table's order; ``+`` adds the engineered ones."""
    method = onset_method()
    own = tuple(feature for feature in table.features if feature not in ENGINEERED)
    sets = {
        "all": own,
        "notime": method.linear(own),
        "noreg": tuple(feature for feature in method.linear(own) if not feature.startswith("reg.")),
        "mono": method.boosted(own),
        "s2": method.two_variable,
        "s3": method.three_variable,
        "s6": S6,
        "s9": S9,
    }
    return sets[name.removesuffix("+")] + (tuple(ENGINEERED) if name.endswith("+") else ())


@dataclass(frozen=True)
class Climatology:
    """The share of onsets in the trailing years, the same for every country."""

    years: int = 20

    def __str__(self) -> str:
        return f"climatology-{self.years}y"


@dataclass(frozen=True)
class Net:
    """A logistic elastic net; alpha 0 is a ridge. signed: coefficients may only have the agreed sign."""

    predictors: str
    penalty: float
    alpha: float
    half_life: int | None = None
    signed: bool = False

    def __str__(self) -> str:
        kind = "signed-net" if self.signed else "net"
        return f"{kind}-{self.predictors}-lambda{self.penalty:g}-alpha{self.alpha:g}-{_aged(self.half_life)}"


@dataclass(frozen=True)
class Trees:
    """Monotone trees of LightGBM, boosted, or (forest) drawn and averaged; ``seeds`` runs averaged in log-odds."""

    predictors: str
    half_life: int | None = None
    trees: int = 150
    leaves: int = 3
    learning_rate: float = 0.03
    min_rows: int = 50
    ridge: float = 10.0
    predictor_share: float = 0.3
    row_share: float = 0.5
    seeds: int = 1
    forest: bool = False

    def __str__(self) -> str:
        kind = "forest" if self.forest else "boosting"
        sizes = f"trees{self.trees}-leaves{self.leaves}-rate{self.learning_rate:g}-rows{self.min_rows}"
        shares = f"ridge{self.ridge:g}-share{self.predictor_share:g}-{self.row_share:g}-seeds{self.seeds}"
        return f"{kind}-{self.predictors}-{sizes}-{shares}-{_aged(self.half_life)}"


Member = Climatology | Net | Trees


@dataclass(frozen=True)
class Mean:
    """The mean of members' log-odds; a member that stands twice counts twice."""

    parts: tuple[Member, ...]

    def __str__(self) -> str:
        return " + ".join(f"{self.parts.count(part)} x {part}" for part in dict.fromkeys(self.parts))


@dataclass(frozen=True)
class Calibrated:
    """Walk-forward calibration: a shift, and with ``slope_sd`` also a slope, learned from earlier forecasts."""

    of: Member | Mean
    half_life: float
    prior_sd: float
    slope_sd: float | None = None

    def __str__(self) -> str:
        slope = "" if self.slope_sd is None else f"-slope{self.slope_sd:g}"
        return f"{self.of} | calibrated-h{self.half_life:g}-sd{self.prior_sd:g}{slope}"


Spec = Member | Mean | Calibrated


@dataclass(frozen=True)
class Candidate:
    """One configuration: the step at which it was first tried, what it was part of, and why it was refused, if so."""

    step: int
    group: str
    spec: Spec
    note: str = ""


def _aged(half_life: int | None) -> str:
    return "equal" if half_life is None else f"h{half_life}"


HALF_LIVES = (None, 20, 10)
MISREAD = "misread as it was run: LightGBM gives a forest's log-odds as the sum over trees, not the mean; says nothing"

# The first boosting, its five-seed twin, and the nets and small logits that were combined with it.
GB = Trees("mono")
GB5 = replace(GB, seeds=5)
NET, NET20, NET12 = Net("notime", 0.006, 0.5), Net("notime", 0.006, 0.5, 20), Net("notime", 0.012, 0.5, 20)
RIDGE20, TWO, THREE = Net("notime", 0.1, 0, 20), Net("s2", 1e-4, 0), Net("s3", 1e-4, 0)
SIGNED, SIGNED_MONO = Net("notime", 0.006, 0.5, 20, signed=True), Net("mono", 0.006, 0.5, signed=True)

# Single-split trees and their neighbours; STUMPS is the one that was taken.
S500 = replace(GB, leaves=2, trees=500, seeds=3)
STUMPS = replace(S500, trees=800, ridge=50.0)
NARROW = replace(S500, predictor_share=0.15)
STEPS = (
    S500,
    replace(S500, trees=800),
    replace(S500, trees=1200),
    replace(S500, leaves=3, trees=400),
    replace(S500, leaves=3, trees=600),
    NARROW,
    STUMPS,
    replace(S500, trees=800, min_rows=150),
)
# In the throwaway script the engineered stumps were entered as "st500+" with the settings of STUMPS.
STUMPS_ENGINEERED = replace(STUMPS, predictors="mono+")

ENSEMBLE = Mean((STUMPS, STUMPS, NET20))
CHOSEN = Calibrated(ENSEMBLE, 2, 0.5)

FIRST_ENSEMBLES: tuple[Member | Mean, ...] = (
    NET20,
    GB5,
    Mean((GB5, NET20)),
    Mean((GB5, NET12, THREE)),
    Mean((GB5, NET20, THREE)),
    Mean((GB5, THREE)),
    Mean((GB5, TWO)),
    Mean((GB5, NET, TWO)),
    Mean((GB, replace(GB, predictors="notime"), NET20)),
    Mean((GB5, NET20, RIDGE20)),
    THREE,
    TWO,
)
STUMP_ENSEMBLES = (
    Mean((STUMPS, STUMPS_ENGINEERED)),
    Mean((STUMPS, NET20)),
    Mean((STUMPS, SIGNED)),
    Mean((STUMPS, TWO)),
    Mean((STUMPS, NET20, TWO)),
    ENSEMBLE,
    Mean((STUMPS, STUMPS, TWO)),
    Mean((STUMPS, STEPS[3])),
    Mean((STUMPS, SIGNED_MONO)),
    Mean((STUMPS, STUMPS_ENGINEERED, NET20)),
)
LAST_CALIBRATED: tuple[Member | Mean, ...] = (STUMPS, Mean((STUMPS, SIGNED)), ENSEMBLE, NET20, THREE, Climatology())
LAST_SHIFTS = ((2, 0.2), (2, 0.5), (2, 1), (4, 0.3), (4, 0.5), (4, 1), (8, 0.5), (8, 1), (15, 1))


def candidates() -> tuple[Candidate, ...]:
    """Every distinct configuration, at the step at which it was first tried."""
    first: dict[str, Candidate] = {}
    for candidate in _tried():
        first.setdefault(str(candidate.spec), candidate)
    return tuple(first.values())


def _tried() -> Iterator[Candidate]:
    yield Candidate(1, "climatology", Climatology())
    for age, name in product(HALF_LIVES, ("s2", "s3", *HINDSIGHT)):
        note = "refused: predictors picked with hindsight" if name in HINDSIGHT else ""
        yield Candidate(1, "small logits", Net(name, 1e-4, 0, age), note)
    grid: tuple[tuple[float, float], ...]
    grid = ((0.003, 0), (0.01, 0), (0.03, 0), (0.003, 0.5), (0.006, 0.5), (0.001, 0.5))
    for age, name, (penalty, alpha) in product(HALF_LIVES, ("all", "notime", "noreg"), grid):
        yield Candidate(1, "elastic nets", Net(name, penalty, alpha, age))

    grid = ((0.012, 0.5), (0.02, 0.5), (0.1, 0), (0.3, 0))
    for age, name, (penalty, alpha) in product(HALF_LIVES, ("notime", "noreg", "all", "mono"), grid):
        yield Candidate(2, "elastic nets", Net(name, penalty, alpha, age))
    forest = Trees("mono", trees=300, learning_rate=0.1, ridge=0.0, forest=True)
    for age, name in product(HALF_LIVES, ("notime", "mono")):
        whole = Trees(name, age, min_rows=100, predictor_share=1.0, row_share=1.0)
        for trees in (replace(whole, trees=100, leaves=4), replace(whole, trees=60, leaves=8), Trees(name, age)):
            yield Candidate(2, "boosting", trees)
        for leaves, min_rows in ((16, 50), (8, 100)):
            trees = replace(forest, predictors=name, half_life=age, leaves=leaves, min_rows=min_rows)
            yield Candidate(2, "forests", trees, MISREAD)

    for spec in FIRST_ENSEMBLES:
        yield Candidate(3, "boosting" if spec == GB5 else "first ensembles", spec)
        for half_life, prior_sd, slope_sd in product((4, 8, 15, 1000), (0.5, 1.0), (None, 0.25)):
            calibrated = Calibrated(spec, half_life, prior_sd, slope_sd)
            yield Candidate(3, "calibrations of the first ensembles", calibrated)

    refused = "refused: no gain over the same without the engineered predictors"
    for penalty, age in product((0.006, 0.009), (None, 20)):
        yield Candidate(4, "engineered predictors", Net("notime+", penalty, 0.5, age), refused)
    yield Candidate(4, "engineered predictors", replace(GB5, predictors="mono+"), refused)
    for trees in (
        replace(GB5, leaves=2, trees=250),
        replace(GB5, leaves=5, trees=100),
        replace(GB5, trees=250),
        replace(GB5, trees=300, learning_rate=0.015),
        replace(GB5, min_rows=100),
        replace(GB5, predictor_share=0.15),
        replace(GB5, predictor_share=0.15, trees=250),
        replace(GB5, half_life=30),
    ):
        yield Candidate(4, "boosting", trees)
    engineered = replace(GB5, predictors="mono+", predictor_share=0.15, trees=200)
    yield Candidate(4, "engineered predictors", engineered, refused)

    for trees in STEPS:
        yield Candidate(5, "boosting", trees)
    for trees in STEPS:
        yield Candidate(5, "engineered predictors", replace(trees, predictors="mono+"), refused)
    yield Candidate(5, "boosting", replace(S500, half_life=20))

    signs = ((0.0005, 0.5), (0.002, 0.5), (0.006, 0.5), (0.001, 0), (0.01, 0))
    for name, (penalty, alpha), age in product(("mono", "notime"), signs, (None, 20)):
        net = Net(name, penalty, alpha, age, signed=True)
        yield Candidate(6, "sign-constrained nets", net)

    for mean in STUMP_ENSEMBLES:
        yield Candidate(7, "ensembles with single-split trees", mean)
    shifted: tuple[Member | Mean, ...] = (STUMPS, Mean((STUMPS, NET20)), ENSEMBLE)
    for spec, half_life in product(shifted, (2, 4, 8)):
        for prior_sd, slope_sd in ((0.1, None), (0.2, None), (0.3, None), (0.5, None), (0.3, 0.15)):
            yield Candidate(7, "calibrations", Calibrated(spec, half_life, prior_sd, slope_sd))

    for spec, shift in product(LAST_CALIBRATED, LAST_SHIFTS):
        yield Candidate(8, "calibrations", Calibrated(spec, *shift))
