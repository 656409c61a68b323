"""Events made up for tests, one row each, with the columns of UCDP GED that we read."""

import polars as pl

from tocsin.panel.events import Events, check_events
from tocsin.panel.grid import cell_of

COVERS = (109, 540)
"""January 1989 to December 2024."""


def row(id: int = 1, /, **values: object) -> dict[str, object]:
    """A good event: two dead in Sudan on 15 May 2004."""
    base: dict[str, object] = {
        "id": id,
        "year": 2004,
        "type_of_violence": 1,
        "latitude": 13.6,
        "longitude": 25.3,
        "priogrid_gid": cell_of(13.6, 25.3),
        "country_id": 625,
        "date_prec": 1,
        "date_start": "2004-05-15 00:00:00.000",
        "date_end": "2004-05-15 00:00:00.000",
        "low": 1,
        "best": 2,
        "high": 4,
    }
    return base | values


def texts(*rows: dict[str, object]) -> pl.DataFrame:
    """The rows as a file would write them; None is an empty field."""
    return pl.DataFrame([{k: None if v is None else str(v) for k, v in one.items()} for one in rows])


def checked(*rows: dict[str, object], covers: tuple[int, int] = COVERS, **options: object) -> Events:
    """The rows through the contract."""
    return check_events(texts(*rows), covers=covers, **options)
