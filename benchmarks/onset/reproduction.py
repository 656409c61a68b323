"""Reproduce the Early Warning Project's published model: its 2025-26 forecasts and its walk-forward scores.

The published penalty is not stated. It is recovered as the value with which our elastic net, on EWP's rows, comes
nearest to the published forecasts; what is reproduced is then every one of the 168 forecasts and which predictors
stay. The walk-forward draws its own folds, as theirs are not known, so it is compared in scores.
"""

import numpy as np
import polars as pl
from scipy.optimize import minimize_scalar

from benchmarks.panel import panel, settings
from tocsin.desk.fetching import published_ewp, published_walk_forward
from tocsin.forecast import elasticnet, score
from tocsin.forecast.backtest import reproduced
from tocsin.forecast.evaluate import LISTS, onset_year_unit, two_year_unit
from tocsin.forecast.table import Table

LAST = 2022
"""The last year whose two following years were over when the model was fitted."""


def main() -> None:
    """Print both reproductions."""
    table = Table.of(panel())
    rows = table.whole & (table.year <= LAST)
    X, y, now = table.X[rows], table.as_published[rows], table.at(2024)
    published = published_ewp(settings())
    walk = published_walk_forward(settings())
    if published is None or walk is None:
        print("EWP's published forecasts are not at hand: nothing to compare with.")
        return
    said = dict(zip(published["place"], published["probability"], strict=True))
    p = np.array([said[place] for place in table.place[now]])

    def apart(log_penalty: float) -> float:
        fit = elasticnet.fit_at(X, y, float(np.exp(log_penalty)))
        return float(np.abs(fit.probability(table.X[now]) - p).max())

    found = minimize_scalar(apart, bounds=np.log([0.002, 0.0035]), method="bounded", options={"xatol": 1e-7})
    penalty = float(np.exp(found.x))
    kept = int((elasticnet.fit_at(X, y, penalty).coefs != 0).sum())
    print(
        f"2025-26: {p.size} forecasts, largest difference {found.fun:.1e} at penalty {penalty:.6f}; {kept} of 39 kept"
    )

    folds = walk_forward_archive(table)
    theirs = walk.filter(pl.col("from_year_before").is_not_null()).select(
        "place",
        (pl.col("year") - 1).cast(pl.Int32).alias("predictor_year"),
        pl.col("from_year_before").alias("ewp_published"),
    )
    both = folds.join(theirs, on=["place", "predictor_year"], how="inner")
    models = ("ewp_published", "ewp_reproduced")
    single, pair = onset_year_unit(both, models, 1994, 2024), two_year_unit(both, models, 1993, 2022)
    print("onset years 1994-2024:")
    for model in models:
        onsets = single.y.sum()
        recall = "/".join(f"{single.y @ single.listed[model, k] / onsets:.3f}" for k in LISTS)
        area = score.auc(single.p[model], single.y)
        ratio = score.expected_observed(pair.p[model], pair.y)
        print(
            f"  {model:15s} n {single.y.size}, onsets {int(onsets)}, AUC {area:.4f}, recall at 10/20/30 {recall}, "
            f"two-year expected/observed {ratio:.2f}"
        )


def walk_forward_archive(table: Table) -> pl.DataFrame:
    """Our walk-forward of EWP's specification, with outcomes."""
    by_year = reproduced(table, range(1991, 2022))
    frames = []
    for year, p in by_year.items():
        rows = table.at(year)
        columns = {
            "place": table.place[rows],
            "country": table.country[rows],
            "predictor_year": np.full(rows.sum(), year),
            "ewp_reproduced": p,
            "onset_1": table.onset_1[rows],
            "onset_2": table.onset_2[rows],
            "outcome": table.outcome[rows],
        }
        frames.append(pl.DataFrame(columns, nan_to_null=True))
    return pl.concat(frames).cast(
        {"predictor_year": pl.Int32, "onset_1": pl.Int8, "onset_2": pl.Int8, "outcome": pl.Int8}
    )


if __name__ == "__main__":
    main()
