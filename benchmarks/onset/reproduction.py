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
    print(f"2025-26: {p.size} forecasts, largest difference {found.fun:.1e} at penalty {penalty:.6f}; {kept} of 39 kept")

    by_year = reproduced(table, range(1991, 2022))
    ours = pl.concat(
        pl.DataFrame(
            {"place": table.place[table.at(year)], "year": np.full(len(q), year + ahead), "probability": q},
            schema_overrides={"year": pl.Int32},
        )
        for year, q in by_year.items()
        for ahead in (1, 2)
    )
    known = pl.DataFrame({"place": table.place, "year": table.year, "onset": table.onset}).cast({"year": pl.Int32})
    theirs = walk.select("place", "year", pl.col("highest").alias("probability")).drop_nulls()
    print("onset years 1994-2024, the larger of the two forecasts that covered each year:")
    for name, frame in (("published", theirs), ("reproduced", ours)):
        largest = frame.group_by("place", "year").agg(pl.col("probability").max())
        unit = known.join(largest, on=["place", "year"]).filter(pl.col("year").is_between(1994, 2024)).sort("year", "place")
        q, z, year = (unit[c].to_numpy() for c in ("probability", "onset", "year"))
        print(
            f"  {name:10s} n {z.size}, onsets {int(z.sum())}, AUC {score.auc(q, z):.4f}, "
            f"recall at 30 {score.recall_at(q, z, year, 30):.3f}"
        )
    forecast = np.concatenate([q for _, q in sorted(by_year.items()) if _ <= LAST])
    outcome = np.concatenate([table.outcome[table.at(year)] for year in sorted(by_year) if year <= LAST])
    print(f"  reproduced, two-year unit: expected/observed {score.expected_observed(forecast, outcome):.2f}")


if __name__ == "__main__":
    main()
