"""The frozen procedure as read from its data file: every number that moves a forecast, in one place."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from tocsin.core.errors import ForecastError
from tocsin.forecast.additive import Boosting


@dataclass(frozen=True)
class Calibration:
    """How the shift of the log-odds is learned; see ``forecast/calibration.py``."""

    half_life: float
    prior_sd: float
    overlap: float
    first_year: int


@dataclass(frozen=True)
class Method:
    """The procedure of ``data/methods/onset.toml``."""

    version: str
    boosting: Boosting
    boosting_weight: float
    penalty: float
    alpha: float
    half_life: float
    without: tuple[str, ...]
    elastic_net_weight: float
    calibration: Calibration
    climatology_years: int
    two_variable: tuple[str, ...]
    three_variable: tuple[str, ...]
    draws: int
    seed: int
    coverage: float

    def boosted(self, features: tuple[str, ...]) -> tuple[str, ...]:
        """The predictors offered to the boosting: those with an agreed direction, in the panel's order."""
        return tuple(feature for feature in features if feature in self.boosting.directions)

    def linear(self, features: tuple[str, ...]) -> tuple[str, ...]:
        """The predictors offered to the elastic net: all but the calendar."""
        return tuple(feature for feature in features if feature not in self.without)


@lru_cache(maxsize=1)
def onset_method() -> Method:
    """The procedure this version of Tocsin uses.

    Errors: ForecastError if the packaged file lacks an entry.
    """
    text = files("tocsin").joinpath("data/methods/onset.toml").read_text(encoding="utf-8")
    raw: dict[str, Any] = tomllib.loads(text)
    try:
        boosting, net, base = dict(raw["boosting"]), raw["elastic_net"], raw["baselines"]
        directions = dict.fromkeys(raw["directions"]["up"], 1) | dict.fromkeys(raw["directions"]["down"], -1)
        weight = boosting.pop("weight")
        return Method(
            version=raw["version"],
            boosting=Boosting(**{**boosting, "seeds": tuple(boosting["seeds"])}, directions=directions),
            boosting_weight=weight,
            penalty=net["lambda"],
            alpha=net["alpha"],
            half_life=net["half_life"],
            without=tuple(net["without"]),
            elastic_net_weight=net["weight"],
            calibration=Calibration(**raw["calibration"]),
            climatology_years=base["climatology_years"],
            two_variable=tuple(base["two_variable"]),
            three_variable=tuple(base["three_variable"]),
            **raw["bootstrap"],
        )
    except (KeyError, TypeError) as error:
        raise ForecastError(
            f"the method file lacks or misnames an entry ({error})",
            where="data/methods/onset.toml",
            remedy="Reinstall the package",
        ) from None
