"""The elastic net's formulas written out plainly, row by row as on paper, to hold the package against."""

import numpy as np


def invented(n=300, p=8, seed=0, rate=0.0):
    """Predictors of mixed kind and an outcome that follows three of them."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p)) * 10.0 ** (np.arange(p) % 3) + np.arange(p)
    X[:, 1] = X[:, 1] > 1
    z = (X - X.mean(axis=0)) / X.std(axis=0)
    y = (rng.random(n) < 1 / (1 + np.exp(-(rate + z[:, 0] - 0.8 * z[:, 1] + 0.5 * z[:, 2])))).astype(float)
    return X, y


def spread(X, w):
    mean = np.average(X, axis=0, weights=w)
    return mean, np.sqrt(np.average((X - mean) ** 2, axis=0, weights=w))


def objective(X, y, lambda_, intercept, coefs, alpha=0.5, w=None):
    w = np.ones(len(y)) if w is None else w
    eta = intercept + X @ coefs
    b = coefs * spread(X, w)[1]
    loss = np.average(np.logaddexp(0, eta) - y * eta, weights=w)
    return loss + lambda_ * ((1 - alpha) / 2 * b @ b + alpha * np.abs(b).sum())


def kkt(X, y, lambda_, intercept, coefs, alpha=0.5, w=None):
    w = np.ones(len(y)) if w is None else w
    mean, sd = spread(X, w)
    varies = sd > 1e-12 * (1 + np.abs(mean))
    assert not coefs[~varies].any()
    Z, b = (X - mean)[:, varies] / sd[varies], (coefs * sd)[varies]
    rest = 1 / (1 + np.exp(-(intercept + X @ coefs))) - y
    slope = np.average(Z * rest[:, None], axis=0, weights=w) + lambda_ * (1 - alpha) * b
    at_zero, kept = np.abs(slope) - lambda_ * alpha, np.abs(slope + lambda_ * alpha * np.sign(b))
    return max(abs(np.average(rest, weights=w)), np.where(b != 0, kept, at_zero).max(initial=0))
