"""The peers: the same contract, spreading rule, panel and report in plain pandas.

Like ours they read texts, because a row that is set aside is shown as the file writes it. They give the same output:
the panel, what each rule caught, and the rows set aside. Three degrees of care: ``loop`` spreads event by event, as the
rule is written; without it all is done on whole columns; ``narrow`` moreover reads the thirteen columns needed instead
of all 49.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from tocsin.panel.events import NEEDED
from tocsin.panel.events_place import states, years_of
from tocsin.panel.events_rules import LONGEST, MOST

TYPES = {1: "state-based", 2: "non-state", 3: "one-sided"}
DEATHS = ["low", "best", "high"]
VALUES = ["events", *DEATHS, "across"]
DATES = {"date_start": "start", "date_end": "end"}
WHOLE = [name for name in NEEDED if name not in (*DATES, "latitude", "longitude")]


def panel(
    path: Path, covers: tuple[int, int], *, narrow: bool = False, loop: bool = False
) -> tuple[pd.DataFrame, dict[tuple[str, str], int], pd.DataFrame]:
    """The panel by place, month and type; rows caught by each rule; the rows set aside."""
    texts = pd.read_csv(path, dtype=str, usecols=list(NEEDED) if narrow else None, keep_default_na=False)
    known = pd.DataFrame(states(*years_of(covers)).to_dict(as_series=False))
    table = _typed(texts)
    rules = {rule: mask for rule, mask in _rules(texts, table, covers, known).items() if mask.any()}
    bad = np.logical_or.reduce(list(rules.values()))
    held = texts.loc[bad, list(NEEDED)].assign(row=np.flatnonzero(bad) + 2, rules="")
    for (rule, column), mask in rules.items():
        held.loc[mask[bad], "rules"] += f"{rule} in {column}; "
    counts = {rule: int(mask.sum()) for rule, mask in rules.items()}
    lost = table[bad & ~rules.get(("repeated row", "id"), np.zeros(len(table), bool))]
    months = (_event_by_event if loop else _months)(table[~bad])
    return _panel(months, lost, covers, known), counts, held


def _typed(texts: pd.DataFrame) -> pd.DataFrame:
    table = pd.DataFrame({name: pd.to_numeric(texts[name], errors="coerce") for name in NEEDED if name not in DATES})
    for name in WHOLE:
        table.loc[table[name] != table[name].round(), name] = np.nan
    for name, ours in DATES.items():
        table[ours] = pd.to_datetime(texts[name].str[:10], format="%Y-%m-%d", errors="coerce")
    return table


def _rules(
    texts: pd.DataFrame, table: pd.DataFrame, covers: tuple[int, int], known: pd.DataFrame
) -> dict[tuple[str, str], np.ndarray]:
    rules: dict[tuple[str, str], pd.Series] = {}
    for name in NEEDED:
        missing = texts[name] == ""
        rules["missing value", name] = missing
        rules["unreadable value", name] = table[DATES.get(name, name)].isna() & ~missing
    low, best, high = table["low"], table["best"], table["high"]
    latitude, longitude, cell = table["latitude"], table["longitude"], table["priogrid_gid"]
    start, end, year = table["start"], table["end"], table["year"]
    kind, precision = table["type_of_violence"], table["date_prec"]
    rules["unknown type of violence", "type_of_violence"] = kind.notna() & ~kind.isin([1, 2, 3])
    rules["unknown date precision", "date_prec"] = precision.notna() & ~precision.between(1, 5)
    rules["out of range", "latitude"] = latitude.notna() & ~latitude.between(-90, 90)
    rules["out of range", "longitude"] = longitude.notna() & ~longitude.between(-180, 180)
    rules["coordinates are zero", "latitude, longitude"] = (latitude == 0) & (longitude == 0)
    rules["no such cell", "priogrid_gid"] = cell.notna() & ~cell.between(1, 259_200)
    row, column = np.divmod(cell - 1, 720)
    up = (np.floor((latitude + 90) * 2) - row).abs()
    across = (np.floor((longitude + 180) * 2) - column).abs()
    there = latitude.between(-90, 90) & longitude.between(-180, 180) & cell.between(1, 259_200)
    rules["cell away from the coordinates", "priogrid_gid, latitude, longitude"] = there & (
        (up > 1) | across.between(2, 718)
    )
    for name in DEATHS:
        rules["negative deaths", name] = table[name] < 0
        rules["out of range", name] = table[name] > MOST
    rules["deaths out of order", "low, best, high"] = (low > best) | (best > high)
    rules["end before start", "date_start, date_end"] = start > end
    rules["lasts too long", "date_start, date_end"] = (end - start).dt.days >= LONGEST
    table["first"] = (start.dt.year - 1980) * 12 + start.dt.month
    table["last"] = (end.dt.year - 1980) * 12 + end.dt.month
    orderly = start <= end
    rules["year outside the dates", "year, date_start, date_end"] = (
        orderly & year.notna() & ~year.between(start.dt.year, end.dt.year)
    )
    inside = (table["first"] >= covers[0]) & (table["last"] <= covers[1])
    rules["outside the release", "date_start, date_end"] = orderly & ~inside
    pairs = known["country"] * 10_000 + known["year"]
    found = (table["country_id"] * 10_000 + start.dt.year).isin(pairs) & (
        table["country_id"] * 10_000 + end.dt.year
    ).isin(pairs)
    rules["unknown country", "country_id, date_start, date_end"] = (
        orderly & inside & table["country_id"].notna() & ~found
    )
    shared = table["id"].duplicated(keep=False) & table["id"].notna()
    twins = texts.loc[shared, list(NEEDED)]
    first = ~twins.duplicated()
    several = twins[first]["id"][twins[first]["id"].duplicated(keep=False)]
    rules["repeated row", "id"] = shared & ~first.reindex(texts.index, fill_value=True)
    rules["duplicate key", "id"] = shared & texts["id"].isin(several)
    return {rule: mask.to_numpy(bool) for rule, mask in rules.items()}


def _event_by_event(good: pd.DataFrame) -> pd.DataFrame:
    """One row an event and month; the rule as it is written, for the events that have several months."""
    several = good["first"] != good["last"]
    rows = []
    for event in good[several].itertuples():
        days = (event.end - event.start).days + 1
        for month in pd.period_range(event.start, event.end, freq="M"):
            begin, stop = max(event.start, month.start_time), min(event.end, month.end_time.normalize())
            share = ((stop - begin).days + 1) / days
            deaths = {name: getattr(event, name) * share for name in DEATHS}
            number = (month.year - 1980) * 12 + month.month
            keys = {"country": int(event.country_id), "type": TYPES[event.type_of_violence], "month": number}
            counted = {"events": int(begin == event.start), "across": deaths["best"]}
            rows.append({**keys, "year": month.year, **counted, **deaths})
    return pd.concat([_months(good[~several]), pd.DataFrame(rows)], ignore_index=True)


def _months(good: pd.DataFrame) -> pd.DataFrame:
    """One row an event and month; deaths in proportion to days."""
    touched = (good["last"] - good["first"] + 1).astype(int)
    long = good.loc[good.index.repeat(touched)]
    nth = long.groupby(level=0).cumcount()
    month = (long["first"] + nth).astype(int)
    begin = pd.to_datetime({"year": 1980 + (month - 1) // 12, "month": (month - 1) % 12 + 1, "day": 1})
    stop = begin + pd.offsets.MonthEnd(0)
    days = (np.minimum(long["end"], stop) - np.maximum(long["start"], begin)).dt.days + 1
    share = days / ((long["end"] - long["start"]).dt.days + 1)
    several = touched.loc[long.index] > 1
    return pd.DataFrame(
        {
            "country": long["country_id"].astype(int),
            "type": long["type_of_violence"].map(TYPES),
            "month": month,
            "year": 1980 + (month - 1) // 12,
            "events": (nth == 0).astype(int),
            **{name: long[name] * share for name in DEATHS},
            "across": (long["best"] * share).where(several, 0.0),
        }
    )


def _panel(months: pd.DataFrame, lost: pd.DataFrame, covers: tuple[int, int], known: pd.DataFrame) -> pd.DataFrame:
    summed = months.merge(known, on=["country", "year"]).groupby(["place", "month", "type"])[VALUES].sum()
    places, every = sorted(known["place"].unique()), range(covers[0], covers[1] + 1)
    index = pd.MultiIndex.from_product([places, every, TYPES.values()], names=["place", "month", "type"])
    full = summed.reindex(index, fill_value=0).reset_index()
    full["year"] = 1980 + (full["month"] - 1) // 12
    there = known[["place", "year"]].drop_duplicates().assign(covered=True)
    full = full.merge(there, on=["place", "year"], how="left")
    full["covered"] = full["covered"].eq(True)
    lost = pd.DataFrame({"country": lost["country_id"], "month": lost["first"]}).dropna()
    aside = lost.assign(year=1980 + (lost["month"] - 1) // 12).merge(known, on=["country", "year"])
    counted = aside.groupby(["place", "month"]).size().rename("set_aside").reset_index()
    full = full.merge(counted, on=["place", "month"], how="left").fillna({"set_aside": 0})
    full.loc[~full["covered"], [*VALUES, "set_aside"]] = np.nan
    return full[["place", "month", "type", "covered", *VALUES, "set_aside"]]
