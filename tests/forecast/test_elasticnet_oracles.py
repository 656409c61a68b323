"""The elastic net against independent solvers: scikit-learn's saga and R's glmnet."""

import shutil
import subprocess

import numpy as np
import polars as pl
import pytest
from sklearn.linear_model import LogisticRegression

from tests.forecast.elasticnet_naive import invented, kkt, objective, spread
from tocsin.forecast.elasticnet import cross_validate, fit_at, fit_path, random_folds

SCRIPT = """
suppressMessages(library(glmnet))
folder <- commandArgs(trailingOnly = TRUE)[1]
file <- function(name) file.path(folder, name)
data <- as.matrix(read.csv(file("data.csv"), header = FALSE))
y <- data[, 1]; w <- data[, 2]; fold <- data[, 3]; x <- data[, -(1:3)]
lambda <- scan(file("lambda.csv"), quiet = TRUE)
own <- glmnet(x, y, family = "binomial", alpha = 0.5, weights = w)
fit <- cv.glmnet(x, y, family = "binomial", alpha = 0.5, weights = w, foldid = fold, lambda = lambda,
                 thresh = 1e-14, maxit = 1e8)
full <- fit$glmnet.fit
show <- function(values, name) write.table(format(values, digits = 17), file(name), quote = FALSE, row.names = FALSE,
                                           col.names = FALSE)
show(cbind(full$lambda, fit$cvm, fit$cvsd, full$a0, t(as.matrix(full$beta))), "fits.txt")
show(cbind(fit$lambda.min, fit$lambda.1se, own$lambda[1], own$lambda[2]), "chosen.txt")
"""


@pytest.mark.parametrize("alpha", [0.3, 1.0])
@pytest.mark.parametrize("lambda_", [0.1, 0.02, 0.002])
def test_against_saga(alpha, lambda_):
    X, y = invented(250, 6)
    w = np.random.default_rng(0).uniform(0.5, 2, 250)
    mean, sd = spread(X, w)
    peer = LogisticRegression(C=1 / (lambda_ * w.sum()), l1_ratio=alpha, solver="saga", tol=1e-13, max_iter=200_000)
    peer.fit((X - mean) / sd, y, sample_weight=w)
    coefs = peer.coef_[0] / sd
    intercept = peer.intercept_[0] - coefs @ mean
    fit = fit_at(X, y, lambda_, weights=w, alpha=alpha)
    ours, theirs = (
        objective(X, y, lambda_, *pair, alpha, w) for pair in ((fit.intercept, fit.coefs), (intercept, coefs))
    )
    assert ours == pytest.approx(theirs, rel=1e-8)
    assert ours <= theirs * (1 + 1e-14)
    assert kkt(X, y, lambda_, fit.intercept, fit.coefs, alpha, w) <= 1e-9
    np.testing.assert_allclose(fit.probability(X), peer.predict_proba((X - mean) / sd)[:, 1], atol=1e-6)


def glmnet(folder, X, y, w, folds, lambdas):
    if shutil.which("Rscript") is None:
        pytest.skip("Rscript is not installed")
    if subprocess.run(["Rscript", "-e", "library(glmnet)"], capture_output=True, check=False).returncode:
        pytest.skip("R has no glmnet")
    np.savetxt(folder / "data.csv", np.column_stack([y, w, folds + 1, X]), fmt="%.17g", delimiter=",")
    np.savetxt(folder / "lambda.csv", lambdas, fmt="%.17g")
    (folder / "fit.R").write_text(SCRIPT)
    subprocess.run(["Rscript", str(folder / "fit.R"), str(folder)], check=True, capture_output=True)
    return np.loadtxt(folder / "fits.txt"), np.loadtxt(folder / "chosen.txt")


def compare(X, y, w, folds, found, fits, chosen):
    np.testing.assert_allclose(found.lambdas[:2], chosen[2:], rtol=1e-9)
    np.testing.assert_allclose(found.lambda_min, chosen[0], rtol=1e-9)
    np.testing.assert_allclose(found.lambda_1se, chosen[1], rtol=1e-9)
    np.testing.assert_allclose(found.cvm, fits[:, 1], rtol=1e-6)
    np.testing.assert_allclose(found.cvsd, fits[:, 2], rtol=1e-5)
    for i, lambda_ in enumerate(found.lambdas):
        fit = found.path.fit(i)
        intercept, coefs = fits[i, 3], fits[i, 4:]
        ours, theirs = (
            objective(X, y, lambda_, *pair, w=w) for pair in ((fit.intercept, fit.coefs), (intercept, coefs))
        )
        assert ours == pytest.approx(theirs, rel=1e-8)
        assert kkt(X, y, lambda_, fit.intercept, fit.coefs, w=w) <= 1e-9
        np.testing.assert_allclose(fit.probability(X), 1 / (1 + np.exp(-(intercept + X @ coefs))), atol=1e-6)


def test_against_glmnet_with_weights(tmp_path):
    X, y = invented(300, 8)
    w = np.random.default_rng(0).integers(1, 4, 300).astype(float)
    folds = random_folds(300, 5, 0)
    found = cross_validate(X, y, folds, weights=w, patience=None, lambdas=fit_path(X, y, weights=w).lambdas[:70])
    compare(X, y, w, folds, found, *glmnet(tmp_path, X, y, w, folds, found.lambdas))


def test_against_glmnet_on_the_onset_panel(tmp_path, mirror):
    folder = mirror / "raw.githubusercontent.com/EarlyWarningProject/2025-Statistical-Risk-Assessment/main/3.Modeling"
    path = folder / "prepared2024predictors-2025-09-03.csv"
    if not path.is_file():
        pytest.skip("the mirror does not hold the EWP panel")
    frame = pl.read_csv(path, null_values=["NA", ""], infer_schema_length=None)
    first, last = (frame.columns.index(name) for name in ("widetargeting", "includesnonstate"))
    predictors = [*frame.columns[first : last + 1], "year"]
    frame = (
        frame.with_columns(pl.col(predictors).cast(pl.Float64)).drop_nulls(predictors).filter(pl.col("year") <= 1995)
    )
    X, y = frame.select(predictors).to_numpy(), frame["mk_onset_1or2"].to_numpy().astype(float)
    folds = random_folds(len(y), 5, 0)
    found = cross_validate(X, y, folds)
    compare(X, y, np.ones(len(y)), folds, found, *glmnet(tmp_path, X, y, np.ones(len(y)), folds, found.lambdas))
