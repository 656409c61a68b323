"""The catalogue of sources: one fact sheet a file under ``data/sources``, read into frozen models.

A fact sheet says who provides the data, on what terms, how they are to be cited, how often they change, and, for
each table, where it lives and the contract its rows must keep.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from tocsin.core.errors import SourceError, UnknownSource
from tocsin.core.place import SCHEMES


class _Sheet(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Column(_Sheet):
    """What a column must hold.

    dtype: ``text``, ``whole`` (a whole number), ``number``, ``year`` (a whole number, not in the future) or ``month``
    (written ``2026-06``, read as its VIEWS number). min, max: inclusive bounds. missing: whether a row may lack the
    value. required: whether the file must have it. among: the words that may stand here; none = any.
    """

    name: str
    dtype: Literal["text", "whole", "number", "year", "month"]
    min: float | None = None
    max: float | None = None
    missing: bool = False
    required: bool = True
    among: tuple[str, ...] = ()


class Located(_Sheet):
    """How a row names its state: a column, the scheme its codes follow, and the year they are meant in.

    The year is either a column or, where the table has none, one year for all rows.
    """

    column: str
    scheme: str
    year: str | None = None
    at: int | None = None

    @model_validator(mode="after")
    def _one_scheme_one_year(self) -> Located:
        if self.scheme not in SCHEMES:
            raise ValueError(f"the scheme is one of {', '.join(SCHEMES)}")
        if (self.year is None) == (self.at is None):
            raise ValueError("give either year (a column) or at (one year for all rows)")
        return self


class Dated(_Sheet):
    """Columns that together say when: they must be a day, a month or a year that there is.

    name: the column made of them, a text of ISO 8601 as precise as the row is: ``1988-04-06``, ``1987-11``, ``1987``.
    A blank day is a day that is not known, never the first of the month.
    """

    name: str
    year: str
    month: str
    day: str | None = None


class NumberedMonth(_Sheet):
    """Columns that say a month twice: its VIEWS number, and year and month, which must agree."""

    number: str
    year: str
    month: str


class Wide(_Sheet):
    """A file with a column a state, read as a row a state: ``keep`` stays, names go to ``name``, cells to ``value``."""

    keep: tuple[str, ...]
    name: str
    value: str


class Published(_Sheet):
    """What a publisher's forecast is of, in our words, and where its publisher says so.

    outcome: short, as a column heading. interval: what ``low`` and ``high`` are, or that there are none.
    """

    outcome: str
    definition: str
    definition_source: str
    horizon: str
    interval: str


class Table(_Sheet):
    """One file of a source and its contract.

    key: columns that together name a row. rows: fewest and most rows a sound file has. ignore: columns known and
    not read. missing: how the file writes a missing value. quarantine_limit: share of rows that may be set aside
    before the table counts as unusable. max_bytes: larger than this is not the file we ask for. format: ``zip`` is one
    CSV in an archive, called ``member`` (``*`` stands for anything) and of at most ``unpacked_max_bytes``; ``api`` is
    asked for page by page. encoding: ``latin-1`` where a column that we do not read holds bytes that are not UTF-8.
    wide, dates, month: see ``Wide``, ``Dated`` and ``NumberedMonth``.
    """

    id: str
    title: str
    url: str
    format: Literal["csv", "xlsx", "zip", "api"]
    sheet: str | None = None
    encoding: Literal["utf-8", "latin-1"] = "utf-8"
    max_bytes: int = Field(default=50_000_000, gt=0)
    unpacked_max_bytes: int = Field(default=2_000_000_000, gt=0)
    member: str = "*.csv"
    key: tuple[str, ...]
    rows: tuple[int, int]
    ignore: tuple[str, ...] = ()
    missing: tuple[str, ...] = ("",)
    quarantine_limit: float = Field(default=0.05, ge=0, le=1)
    place: Located | None = None
    wide: Wide | None = None
    dates: tuple[Dated, ...] = ()
    month: NumberedMonth | None = None
    columns: tuple[Column, ...]

    @field_validator("url")
    @classmethod
    def _plain_https(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme != "https" or not parts.hostname:
            raise ValueError("the address must begin with https://")
        if parts.query or parts.fragment or parts.username or parts.password:
            raise ValueError("the address may hold no query, fragment, user name or password")
        return url

    @model_validator(mode="after")
    def _known_columns(self) -> Table:
        names = [column.name for column in self.columns]
        if len(set(names)) != len(names):
            raise ValueError("a column is described twice")
        named = (*self.key, *((self.place.column,) if self.place else ()))
        named += (self.place.year,) if self.place and self.place.year else ()
        named += (*self.wide.keep, self.wide.name, self.wide.value) if self.wide else ()
        named += (self.month.number, self.month.year, self.month.month) if self.month else ()
        for dated in self.dates:
            named += (dated.year, dated.month, *((dated.day,) if dated.day else ()))
        if absent := [name for name in named if name not in names]:
            raise ValueError(f"the table names columns that are not described: {', '.join(absent)}")
        if (self.format == "xlsx") != (self.sheet is not None):
            raise ValueError("a sheet is named for xlsx, and only there")
        return self


class Source(_Sheet):
    """A provider's data set: what it is, on what terms, in which vintage.

    on_request: large, or with an access of one's own: pulled only when it is named. forecast: what it says of the
    future, if it does.
    """

    id: str
    title: str
    provider: str
    homepage: str
    licence: str
    terms: str
    may_redistribute: bool
    cadence: str
    vintage: str
    citation: str
    stale_after_days: int = Field(gt=0)
    on_request: bool = False
    forecast: Published | None = None
    tables: tuple[Table, ...] = Field(min_length=1)

    def table(self, name: str) -> Table:
        """The table with this id. Errors: UnknownSource lists the tables there are."""
        for table in self.tables:
            if table.id == name:
                return table
        raise UnknownSource(
            f"{self.id} has no table {name!r}",
            remedy=f"Ask for one of {', '.join(t.id for t in self.tables)}",
        )


def read_fact_sheet(sheet: Traversable) -> Source:
    """Read one fact sheet.

    Errors: SourceError names the file and the field.
    """
    where = sheet.name
    remedy = "Correct the fact sheet; docs/reference/sources.md describes its fields"
    try:
        source = Source.model_validate(tomllib.loads(sheet.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SourceError(f"this is not TOML ({error})", where=where, remedy=remedy) from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "the whole file"
        raise SourceError(f"{field}: {first['msg']}", where=where, remedy=remedy) from None
    if where != f"{source.id}.toml":
        raise SourceError(f"id: {source.id!r} is not the name of the file", where=where, remedy=remedy)
    return source


def read_catalogue(folder: Traversable) -> dict[str, Source]:
    """Every fact sheet of a folder, by id. Errors: SourceError names the file and the field."""
    sheets = sorted((s for s in folder.iterdir() if s.name.endswith(".toml")), key=lambda s: s.name)
    sources = [read_fact_sheet(sheet) for sheet in sheets]
    return {source.id: source for source in sources}


@cache
def _packaged() -> tuple[Source, ...]:
    return tuple(read_catalogue(files("tocsin") / "data" / "sources").values())


def catalogue() -> dict[str, Source]:
    """The sources Tocsin knows, by id."""
    return {source.id: source for source in _packaged()}


def chosen(names: Sequence[str] = ()) -> tuple[Source, ...]:
    """The sources with these ids, or all of them but those that are pulled only on request.

    Errors: UnknownSource names the nearest ids.
    """
    known = catalogue()
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=3) or list(known)
            raise UnknownSource(f"there is no source {name!r}", remedy=f"Did you mean {', '.join(near)}?")
    every = tuple(source for source in known.values() if not source.on_request)
    return tuple(known[name] for name in dict.fromkeys(names)) or every
