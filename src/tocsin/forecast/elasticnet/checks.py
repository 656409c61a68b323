"""The door of the elastic net: what is checked once, so that later code can trust it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tocsin.core.errors import FitError

Array = NDArray[Any]


class InputError(FitError, ValueError, TypeError):
    """Predictors, outcome, weights or parameters that cannot be used.

    A ValueError and a TypeError too, as callers of an estimator expect.
    """


def checked_matrix(X: Any) -> tuple[Array, list[str]]:
    """The predictors as a float matrix (n, p), and their names (``column 0``, ... where X has none).

    Errors: InputError names the first column that holds a missing or infinite value.
    """
    if hasattr(X, "toarray"):
        raise InputError("sparse input is not supported", where="X", remedy="Give a dense table: X.toarray()")
    given = np.asarray(X)
    if given.dtype.kind == "c":
        raise InputError("Complex data not supported", where="X", remedy="Give real numbers")
    try:
        matrix = given.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"the predictors are not numbers ({error})", where="X", remedy="Give numbers only") from None
    if matrix.ndim != 2:
        raise InputError(
            f"the predictors have shape {matrix.shape}, not rows x predictors",
            where="X",
            remedy="Reshape your data, for example with X.reshape(1, -1) for a single row",
        )
    for size, what in zip(matrix.shape, ("sample", "feature"), strict=True):
        if not size:
            raise InputError(
                f"found 0 {what}(s) (shape={matrix.shape}) while a minimum of 1 is required",
                where="X",
                remedy="Give at least one row and one predictor",
            )
    names = [str(name) for name in getattr(X, "columns", ())] or [f"column {j}" for j in range(matrix.shape[1])]
    bad = ~np.isfinite(matrix)
    if bad.any():
        row, column = (int(i) for i in np.argwhere(bad)[0])
        kind = "NaN" if np.isnan(matrix[row, column]) else "inf"
        raise InputError(
            f"{names[column]} is {kind} in row {row} ({int(bad[:, column].sum())} such rows)",
            where="X",
            remedy="Leave out, or fill, rows with missing or infinite predictors first",
        )
    return matrix, names


def checked_outcome(y: Any, rows: int) -> Array:
    """The outcome as 0.0 and 1.0, (n,).

    Errors: InputError if the length is wrong or a value is neither 0 nor 1.
    """
    outcome = _per_row(y, rows, "y", "outcome")
    odd = ~np.isin(outcome, (0.0, 1.0))
    if odd.any():
        raise InputError(
            f"the outcome of row {int(odd.argmax())} is {outcome[odd][0]:g}, neither 0 nor 1",
            where="y",
            remedy="Leave out rows whose outcome is not known; an unknown outcome is not 0",
        )
    return outcome


def checked_weights(weights: Any, rows: int) -> Array:
    """Observation weights (n,), 1 for every row if none are given.

    Errors: InputError if a weight is negative, missing or infinite, or all are zero.
    """
    if weights is None:
        return np.ones(rows)
    given = _per_row(weights, rows, "weights", "weight")
    wrong = ~(np.isfinite(given) & (given >= 0))
    if wrong.any():
        raise InputError(
            f"the weight of row {int(wrong.argmax())} is {given[wrong][0]:g}",
            where="weights",
            remedy="Give finite weights of zero or more",
        )
    if not given.any():
        raise InputError("every weight is zero", where="weights", remedy="Give some row a weight above zero")
    return given


def checked_groups(labels: Any, rows: int, where: str) -> tuple[Array, int]:
    """Labels of folds or clusters (n,) as numbers from 0, and how many there are.

    Errors: InputError if the length is wrong or all labels are the same.
    """
    given = np.asarray(labels)
    if given.shape != (rows,):
        raise InputError(
            f"the labels have shape {given.shape}, the predictors {rows} rows",
            where=where,
            remedy="Give one label a row",
        )
    values, numbers = np.unique(given, return_inverse=True)
    if len(values) < 2:
        raise InputError("all rows have the same label", where=where, remedy="Give at least two different labels")
    return numbers, len(values)


def checked_alpha(alpha: float) -> float:
    """The mixing parameter, above 0 (a pure ridge penalty has no largest lambda) and at most 1."""
    if not 0 < alpha <= 1:
        raise InputError(f"alpha is {alpha}", where="alpha", remedy="Give a number above 0 and at most 1")
    return float(alpha)


def checked_lambdas(lambdas: Any) -> Array:
    """Values of lambda above zero, from the largest to the smallest."""
    values = np.sort(np.asarray(lambdas, dtype=np.float64).ravel())[::-1]
    if not len(values) or not np.isfinite(values).all() or values[-1] <= 0:
        raise InputError("lambda must be finite and above zero", where="lambda", remedy="Give values above zero")
    return values


def _per_row(values: Any, rows: int, where: str, what: str) -> Array:
    try:
        given = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"not numbers ({error})", where=where, remedy="Give numbers only") from None
    if given.shape != (rows,):
        raise InputError(
            f"the shape is {given.shape}, the predictors have {rows} rows", where=where, remedy=f"Give one {what} a row"
        )
    return given
