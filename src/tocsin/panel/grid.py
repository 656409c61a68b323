"""PRIO-GRID months from checked events: a short table of the cells that have events, and a full one on demand.

The grid has 259,200 half-degree cells; months of all of them would be mostly zeros. The full array is made for the
cells, months and type that somebody asks for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from tocsin.core.errors import PanelError
from tocsin.panel.events import Events
from tocsin.panel.events_country import TYPE, TYPES
from tocsin.panel.events_place import span
from tocsin.panel.events_rules import CELLS, CELLS_A_ROW
from tocsin.panel.spreading import SUMS, summed


def cell_of(latitude: float, longitude: float) -> int:
    """The number of the PRIO-GRID cell that holds a point (degrees); a point on an edge goes north and east.

    Errors: PanelError where the point is not on Earth.

    >>> cell_of(-89.9, -179.9), cell_of(0.1, 0.1), cell_of(89.9, 179.9)
    (1, 129961, 259200)
    """
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise PanelError(f"{latitude}, {longitude} is no point on Earth", remedy="Give degrees: latitude, longitude")
    row, column = min(int((latitude + 90) * 2), CELLS // CELLS_A_ROW - 1), int((longitude + 180) * 2) % CELLS_A_ROW
    return row * CELLS_A_ROW + column + 1


@dataclass(frozen=True, eq=False)
class CellMonths:
    """Deaths and events by cell, month and type, only where there are events; sorted by cell, month and type.

    frame columns: cell (Int32, 1 to 259,200), month (Int32, VIEWS number), type (one of ``TYPES``), and the five sums
    as in ``panel.events_country``. A cell and month of ``covers`` that has no row is zero. A month outside has no rows
    and is not known. Cells, unlike countries, are taken to be covered everywhere: the source does not say where it does
    not look.
    """

    frame: pl.DataFrame
    covers: tuple[int, int]
    rule: str
    vintage: str


@dataclass(frozen=True, eq=False)
class Dense:
    """One measure of one type as a full array: ``values`` (cells x months), NaN in months that are not covered.

    cells: the cells of the rows. months: first and last month, of the first and last column. left_out: the measure's
    sum, in these months, over events in cells that were not asked for, such as coasts and islands outside a land mask.
    """

    values: np.ndarray
    cells: np.ndarray
    months: tuple[int, int]
    left_out: float


def cell_months(events: Events, *, rule: str = "days") -> CellMonths:
    """Add the events up by PRIO-GRID cell, month and type.

    rule: how events of several months are brought to months, one of ``panel.spreading.RULES``.

    Errors: PanelError where there is no such rule.
    """
    frame = (
        summed(events.frame, "cell", "type", rule=rule)
        .with_columns(pl.col("type").replace_strict(dict(enumerate(TYPES, start=1)), return_dtype=TYPE))
        .select("cell", "month", "type", *SUMS)
        .sort("cell", "month", "type")
    )
    return CellMonths(frame, events.covers, rule, events.vintage)


def dense(
    table: CellMonths,
    *,
    type: str,
    measure: str = "best",
    cells: Sequence[int] | np.ndarray | None = None,
    months: tuple[int, int] | None = None,
) -> Dense:
    """The full array of one type and measure, in single precision (4 bytes a cell and month).

    Parameters
    ----------
    type: one of ``TYPES``. measure: one of ``panel.spreading.SUMS``.
    cells: the n cells of the rows, each once; None takes those that have events of any type.
    months: first and last month of the columns; may go beyond what is covered. None: what is covered.

    Returns n x (number of months) values, zero where nothing happened and NaN where the release does not reach.

    Errors: PanelError for an unknown type, measure or cell, or a cell given twice; PeriodError where ``months`` is no
    span.
    """
    if type not in TYPES or measure not in SUMS:
        raise PanelError(
            f"there is no {measure!r} of {type!r}",
            remedy=f"Take one of {', '.join(SUMS)} and one of {', '.join(TYPES)}",
        )
    first, last = span(months or table.covers)
    rows = _checked(table.frame["cell"].unique().sort().to_numpy() if cells is None else np.asarray(cells))
    position = np.full(CELLS + 1, -1, dtype=np.int32)
    position[rows] = np.arange(len(rows), dtype=np.int32)
    own = table.frame.filter(pl.col("type") == type, pl.col("month").is_between(first, last))
    at, value = position[own["cell"].to_numpy()], own[measure].to_numpy()
    values = np.zeros((len(rows), last - first + 1), dtype=np.float32)
    values[at[at >= 0], own["month"].to_numpy()[at >= 0] - first] = value[at >= 0]
    number = np.arange(first, last + 1)
    values[:, (number < table.covers[0]) | (number > table.covers[1])] = np.nan
    return Dense(values, rows, (first, last), float(value[at < 0].sum()))


def _checked(cells: np.ndarray) -> np.ndarray:
    if cells.ndim != 1 or not np.issubdtype(cells.dtype, np.integer) or not np.all((cells >= 1) & (cells <= CELLS)):
        raise PanelError(f"cells are whole numbers from 1 to {CELLS}", remedy="Give PRIO-GRID numbers in one row")
    if len(np.unique(cells)) < len(cells):
        raise PanelError("a cell is given twice", remedy="Give each cell once")
    return cells.astype(np.int32)
