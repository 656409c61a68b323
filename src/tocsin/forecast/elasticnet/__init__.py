"""Our own logistic elastic net: path, cross-validation, walk-forward, cluster bootstrap, estimator.

Method card: docs/methods/elastic-net.md.
"""

from tocsin.forecast.elasticnet.bootstrap import Bootstrap, bootstrap_at
from tocsin.forecast.elasticnet.checks import InputError
from tocsin.forecast.elasticnet.crossval import CrossValidation, cross_validate
from tocsin.forecast.elasticnet.estimator import ElasticNetLogistic
from tocsin.forecast.elasticnet.path import Fit, Path, fit_at, fit_path
from tocsin.forecast.elasticnet.problem import random_folds
from tocsin.forecast.elasticnet.walkforward import Origin, walk_forward

__all__ = [
    "Bootstrap",
    "CrossValidation",
    "ElasticNetLogistic",
    "Fit",
    "InputError",
    "Origin",
    "Path",
    "bootstrap_at",
    "cross_validate",
    "fit_at",
    "fit_path",
    "random_folds",
    "walk_forward",
]
