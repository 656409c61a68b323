"""The ways to pool estimates, each with its formula, its source and what to know before using it.

Every aggregator here is, but for the performance-weighted one, the mean of the middle estimates on some scale, times a
factor:

    pool = h^-1( a * mean of h(x_(g+1)), ..., h(x_(n-g)) )

x_(1) <= ... <= x_(n) are the estimates in order, g of which are cut at each end; h is the identity or the log-odds. The
median is the trimmed mean that cuts all but the middle one or two.

Which aggregator serves must be said before the estimates are seen: among six there is always one that suits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tocsin.assess.estimates import Kind
from tocsin.core.errors import AssessmentError


@dataclass(frozen=True)
class Parameters:
    """The constants that aggregators take; a result that states them can be computed again.

    trim: share of the estimates cut at each end by the trimmed mean, in [0, 0.5); floor(n * trim) are cut, as R's
    mean(trim=) does, so with the default nothing is cut from fewer than ten.
    factor: of the extremised log-odds. 2.5 is the value that Baron et al. (2014) draw in their figure 1; the values
    that did best in geopolitical tournaments run from 1.16 to 3.92 (Satopaa et al. 2014). None was fitted to
    atrocities. 1 does nothing.
    clip: log-odds are taken of probabilities no nearer than this to 0 and 1, because the log-odds of 0 are infinite
    and one participant would decide for all. 0.001 is our choice: one in a thousand is about as far as anybody's
    judgement reaches unaided.

    Errors: AssessmentError if one is out of range.
    """

    trim: float = 0.1
    factor: float = 2.5
    clip: float = 0.001

    def __post_init__(self) -> None:
        for name, fits, remedy in (
            ("trim", 0 <= self.trim < 0.5, "Give a share from 0 to below 0.5"),
            ("factor", 0 < self.factor <= 100, "Give a number above 0, at most 100"),
            ("clip", 0 < self.clip < 0.5, "Give a probability above 0 and below 0.5"),
        ):
            if not fits:
                raise AssessmentError(f"{name} is {getattr(self, name)}", where=name, remedy=remedy)


DEFAULT = Parameters()


@dataclass(frozen=True)
class Aggregator:
    """A way to pool, as a reader is told of it.

    cut: from the number of estimates and the parameters, how many are cut at each end. log_odds, extremised, weighted:
    whether it works on the log-odds, multiplies them by the factor, takes weights. caution: what to know before using.
    """

    name: str
    formula: str
    source: str
    caution: str
    kinds: tuple[Kind, ...]
    cut: Callable[[int, Parameters], int]
    log_odds: bool = False
    extremised: bool = False
    weighted: bool = False


def _none(n: int, parameters: Parameters) -> int:
    return 0


def _all_but_the_middle(n: int, parameters: Parameters) -> int:
    return (n - 1) // 2


def _trimmed(n: int, parameters: Parameters) -> int:
    return math.floor(n * parameters.trim)


_NUMBERS: tuple[Kind, ...] = ("probability", "numeric")

AGGREGATORS: Mapping[str, Aggregator] = MappingProxyType(
    {
        one.name: one
        for one in (
            Aggregator(
                name="median",
                formula="x_((n+1)/2) if n is odd, (x_(n/2) + x_(n/2+1)) / 2 if even; of an ordinal question, x_(n/2)",
                source="Galton (1907), Nature 75:414 and 75:450-451",
                caution="Deaf to how far out the others are, even where they know something.",
                kinds=("probability", "numeric", "ordinal"),
                cut=_all_but_the_middle,
            ),
            Aggregator(
                name="trimmed mean",
                formula="mean of x_(g+1), ..., x_(n-g) with g = floor(n * trim)",
                source="Tukey (1962), Annals of Mathematical Statistics 33(1):1-67; the rule for g is R's mean(trim=)",
                caution="With fewer than 1 / trim estimates nothing is cut and it is the mean.",
                kinds=_NUMBERS,
                cut=_trimmed,
            ),
            Aggregator(
                name="mean",
                formula="(x_1 + ... + x_n) / n",
                source="Stone (1961), Annals of Mathematical Statistics 32(4):1339-1342 (the linear opinion pool)",
                caution="One estimate far out moves it far; of rare events the highest estimates decide it.",
                kinds=_NUMBERS,
                cut=_none,
            ),
            Aggregator(
                name="mean log-odds",
                formula="logit^-1( mean of logit(x_i) ), logit(x) = log(x / (1 - x)): the geometric mean of the odds",
                source="Genest and Zidek (1986), Statistical Science 1(1):114-135; Satopaa et al. (2014), "
                "International Journal of Forecasting 30(2):344-356",
                caution="Near 0 and 1 small differences weigh much; probabilities are first kept within the clip.",
                kinds=("probability",),
                cut=_none,
                log_odds=True,
            ),
            Aggregator(
                name="extremised log-odds",
                formula="logit^-1( factor * mean of logit(x_i) )",
                source="Baron et al. (2014), Decision Analysis 11(2):133-145; Satopaa et al. (2014), "
                "International Journal of Forecasting 30(2):344-356",
                caution="It pushes away from 50 %: with the factor 2.5 a shared 10 % becomes 0.41 %. That helps where "
                "participants know different things, and harms where they share sources or the event is rare. "
                "No factor was fitted to atrocities; do not brief on it alone.",
                kinds=("probability",),
                cut=_none,
                log_odds=True,
                extremised=True,
            ),
            Aggregator(
                name="performance-weighted",
                formula="sum of w_i x_i / sum of w_i over those who answered",
                source="Cooke (1991), Experts in Uncertainty, Oxford; weights after Bates and Granger (1969), "
                "Operational Research Quarterly 20(4):451-468",
                caution="Only where every contributor has enough scored questions; past scores on easier questions "
                "flatter.",
                kinds=("probability",),
                cut=_none,
                weighted=True,
            ),
        )
    }
)
"""Every aggregator by its name."""


def aggregator(method: str, kind: Kind) -> Aggregator:
    """The aggregator of this name, for a question of this kind.

    Errors: AssessmentError if there is none, or if it does not take such questions; it names those that do.
    """
    fitting = [one.name for one in AGGREGATORS.values() if kind in one.kinds]
    if method not in AGGREGATORS:
        raise AssessmentError(f"no way to pool is called {method!r}", remedy=f"Choose one of: {', '.join(fitting)}")
    if method not in fitting:
        raise AssessmentError(
            f"the {method} does not pool answers of the kind {kind!r}", remedy=f"Choose one of: {', '.join(fitting)}"
        )
    return AGGREGATORS[method]
