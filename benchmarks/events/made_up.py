"""A made-up file of the shape of UCDP GED: 49 columns, texts about as long as real ones, and some broken rows.

Nothing in it is real: names are syllables, places are random points. What is like the real thing is what costs time and
memory: lengths of texts, quotes and commas inside them, the share of events that last longer than a day or a month,
and deaths with a long tail.
"""

import sys
from pathlib import Path

import numpy as np
import polars as pl

from tocsin.core.place import places
from tocsin.sources.ged import COLUMNS

ROWS, SEED = 400_000, 20261125
BROKEN = 50
"""Rows broken in each of the ways of ``_break``."""

_SYLLABLES = np.array([c + v for v in "ao" for c in "bdfghklmnprstvyz"])


def write(path: Path, rows: int = ROWS, seed: int = SEED) -> None:
    """Write the file; the same seed gives the same bytes."""
    rng = np.random.default_rng(seed)
    table = _break(_events(rng, rows), rng)
    table.select(COLUMNS).write_csv(path, quote_style="necessary")


def _events(rng: np.random.Generator, rows: int) -> pl.DataFrame:
    codes = [int(p.codes["gw"][0].code) for p in places() if p.valid_to is None and p.valid_from < 1989 and _one(p)]
    weights = rng.pareto(0.6, len(codes)) + 0.01
    place = rng.choice(len(codes), rows, p=weights / weights.sum())
    start = np.datetime64("1989-01-01") + rng.integers(0, 13_149, rows).astype("timedelta64[D]")
    lasting = rng.choice(4, rows, p=[0.82, 0.13, 0.04, 0.01])
    days = np.choose(
        lasting, [np.zeros(rows), rng.integers(1, 7, rows), rng.integers(7, 31, rows), rng.integers(31, 300, rows)]
    )
    end = np.minimum(start + days.astype("timedelta64[D]"), np.datetime64("2024-12-31"))
    latitude, longitude = np.round(rng.uniform(-35, 45, rows), 6), np.round(rng.uniform(-18, 120, rows), 6)
    best = np.floor(rng.pareto(1.1, rows) * 1.5).clip(0, 60_000).astype(np.int64)
    parts = rng.multinomial(best, [0.3, 0.3, 0.3, 0.1])
    year = start.astype("datetime64[Y]").astype(int) + 1970
    side = rng.integers(0, 900, (2, rows))
    known = {
        "id": rng.permutation(rows) + 1000,
        "relid": _texts(rng, rows, 14),
        "year": year,
        "active_year": rng.integers(0, 2, rows),
        "code_status": np.full(rows, "Clear"),
        "type_of_violence": rng.choice([1, 2, 3], rows, p=[0.72, 0.13, 0.15]),
        "conflict_name": _texts(rng, rows, 26),
        "dyad_name": _texts(rng, rows, 44),
        "side_a": _texts(rng, rows, 24),
        "side_b": _texts(rng, rows, 18),
        "number_of_sources": rng.integers(-1, 9, rows),
        "source_article": _texts(rng, rows, 190, quoted=True),
        "source_office": _texts(rng, rows, 24),
        "source_date": np.datetime_as_string(start + np.timedelta64(1, "D")),
        "source_headline": _texts(rng, rows, 70),
        "source_original": _texts(rng, rows, 40),
        "where_prec": rng.integers(1, 7, rows),
        "where_coordinates": _texts(rng, rows, 18),
        "where_description": _texts(rng, rows, 60),
        "adm_1": _texts(rng, rows, 18),
        "adm_2": _texts(rng, rows, 18),
        "latitude": latitude,
        "longitude": longitude,
        "geom_wkt": [f"POINT ({x} {y})" for x, y in zip(longitude, latitude, strict=True)],
        "priogrid_gid": (np.floor((latitude + 90) * 2) * 720 + np.floor((longitude + 180) * 2) + 1).astype(np.int64),
        "country": np.array([f"Country {code}" for code in codes])[place],
        "country_id": np.array(codes)[place],
        "region": rng.choice(["Africa", "Americas", "Asia", "Europe", "Middle East"], rows),
        "event_clarity": rng.integers(1, 3, rows),
        "date_prec": lasting + 1,
        "date_start": _instants(start),
        "date_end": _instants(end),
        "deaths_a": parts[:, 0],
        "deaths_b": parts[:, 1],
        "deaths_civilians": parts[:, 2],
        "deaths_unknown": parts[:, 3],
        "best": best,
        "high": best + rng.poisson(0.6, rows),
        "low": np.maximum(best - rng.poisson(0.3, rows), 0),
        "gwnoa": np.array(codes)[place],
        "gwnob": np.full(rows, ""),
    }
    sides = {name: side[0 if "_a" in name else 1] for name in COLUMNS if name not in known}
    return pl.DataFrame({**known, **sides}).with_columns(pl.all().cast(pl.String))


def _one(place: object) -> bool:
    """Whether the state has had one Gleditsch-Ward number all the time."""
    codes = place.codes.get("gw", ())  # type: ignore[attr-defined]
    return len(codes) == 1 and codes[0].last is None and codes[0].first < 1989


def _texts(rng: np.random.Generator, rows: int, length: int, *, quoted: bool = False) -> pl.Series:
    """Names or sentences of about this length; 5,000 different ones, every one with a comma, some with quotes."""
    words = []
    for _ in range(5000):
        letters = _SYLLABLES[rng.integers(0, len(_SYLLABLES), max(length // 2, 2))]
        text = "".join(letters)
        pieces = [text[at : at + 8].capitalize() for at in range(0, len(text), 9)]
        sentence = " ".join(pieces) if length < 30 else ", ".join(pieces)
        words.append(f'"{sentence}"; {sentence[:9]}' if quoted and rng.random() < 0.5 else sentence)
    return pl.Series(words)[rng.integers(0, 5000, rows)]


def _instants(days: np.ndarray) -> pl.Series:
    return pl.Series(np.datetime_as_string(days)) + " 00:00:00.000"


def _break(table: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Break some rows in each way that the contract has a rule for."""
    ways: list[tuple[str, str]] = [
        ("latitude", "123.4"),
        ("longitude", "n/a"),
        ("type_of_violence", "4"),
        ("best", "-5"),
        ("low", "999999"),
        ("country_id", "9999"),
        ("date_end", "1989-01-01 00:00:00.000"),
        ("date_start", "2019-02-30 00:00:00.000"),
        ("year", "2031"),
        ("priogrid_gid", "259201"),
        ("id", "77"),
        ("date_prec", ""),
    ]
    at = rng.choice(table.height, BROKEN * len(ways), replace=False).reshape(len(ways), BROKEN)
    where = np.full(table.height, -1)
    for way, rows in enumerate(at):
        where[rows] = way
    broken = pl.Series("way", where)
    return table.with_columns(
        pl.when(broken == way).then(pl.lit(text)).otherwise(pl.col(column)).alias(column)
        for way, (column, text) in enumerate(ways)
    )


if __name__ == "__main__":
    write(Path(sys.argv[1]))
