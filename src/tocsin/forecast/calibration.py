"""Walk-forward calibration in the large: one shift of the log-odds, learned from our own earlier forecasts.

The world's rate of onsets drifts, and a model trained on sixty years lags behind. The shift d is the posterior mode of

    sum_i w_i [y_i (z_i + d) - log(1 + exp(z_i + d))] - d^2 / (2 s^2),

z_i the uncalibrated log-odds of an earlier forecast, y_i its outcome, w_i = overlap * 0.5^(age_i / half_life), s the
prior standard deviation. Only forecasts whose both years were over when the new one is made are used. Source: the
logistic recalibration of Cox (1958) with slope 1, discounted as in West and Harrison (1997), section 2.3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tocsin.forecast.method import Calibration

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Shift:
    """The shift of the log-odds and the standard deviation of its posterior (normal approximation)."""

    value: float
    sd: float


def sigmoid(z: Floats) -> Floats:
    """1 / (1 + exp(-z)), without overflow."""
    return np.asarray(np.where(z >= 0, 1 / (1 + np.exp(-np.abs(z))), np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z)))))


def fit_shift(z: Floats, y: Floats, age: Floats, rule: Calibration) -> Shift:
    """The shift from earlier forecasts. z: (n,) log-odds; y: (n,) 0 or 1; age: (n,) years since their outcome closed.

    With no earlier forecast the shift is 0 and its sd the prior's.
    """
    weight = rule.overlap * 0.5 ** (age / rule.half_life)
    prior = 1 / rule.prior_sd**2
    shift = 0.0
    for _ in range(100):
        p = sigmoid(z + shift)
        step = (weight @ (y - p) - prior * shift) / (weight @ (p * (1 - p)) + prior)
        shift += float(step)
        if abs(step) < 1e-12:
            break
    p = sigmoid(z + shift)
    return Shift(shift, float((weight @ (p * (1 - p)) + prior) ** -0.5))
