"""UCDP GED on this machine: which releases are kept, and which one is the last good.

Each release lies as one CSV with GED's 49 columns, however it came. A release that has fewer events than the one kept
before is refused: the last good one stays in use, with its age.
"""

from __future__ import annotations

import csv
import difflib
import json
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from tocsin.core.errors import ContentError, ContractError, SourceError
from tocsin.core.settings import Settings
from tocsin.sources.catalogue import Source, Table, catalogue
from tocsin.sources.fetch import place_in
from tocsin.sources.receipts import Origin, Receipt, append_receipt, digest, disk_error, public_url, unreadable

BULK = ("ucdp-ged", "events")
API = ("ucdp-ged-api", "events")

COLUMNS = (
    *("id", "relid", "year", "active_year", "code_status", "type_of_violence", "conflict_dset_id", "conflict_new_id"),
    *("conflict_name", "dyad_dset_id", "dyad_new_id", "dyad_name", "side_a_dset_id", "side_a_new_id", "side_a"),
    *("side_b_dset_id", "side_b_new_id", "side_b", "number_of_sources", "source_article", "source_office"),
    *("source_date", "source_headline", "source_original", "where_prec", "where_coordinates", "where_description"),
    *("adm_1", "adm_2", "latitude", "longitude", "geom_wkt", "priogrid_gid", "country", "country_id", "region"),
    *("event_clarity", "date_prec", "date_start", "date_end", "deaths_a", "deaths_b", "deaths_civilians"),
    *("deaths_unknown", "best", "high", "low", "gwnoa", "gwnob"),
)
"""The 49 columns of an event, in the order of UCDP's file."""

_NOTE, _REFUSED = ".kept.json", "refused.json"
_YEARLY = re.compile(r"\d\d\.1", re.ASCII)


@dataclass(frozen=True)
class Release:
    """A release of events that passed: its version, how many events, and where its CSV lies.

    came: ISO 8601 with zone. archive: SHA-256 of the archive it was unpacked from, if it was.
    """

    version: str
    rows: int
    bytes: int
    sha256: str
    came: str
    source: str
    path: Path
    archive: str = ""

    def age_in_days(self, now: datetime) -> int:
        """Whole days since it came."""
        return (now - datetime.fromisoformat(self.came)).days


@dataclass(frozen=True)
class Taken:
    """The release to work with. origin: ``cache`` where nothing new came. notes: what went wrong, or is new.

    stale: whether it stands in for one that could not be had or was refused; the notes say why and how old it is.
    """

    release: Release
    origin: Origin
    notes: tuple[str, ...] = ()
    stale: bool = False


def scan(path: Path) -> pl.LazyFrame:
    """The events of a release as texts, 49 columns, nothing yet believed and nothing yet read.

    Selecting a few columns before ``collect`` reads only these.
    """
    return pl.scan_csv(path, infer_schema=False, truncate_ragged_lines=True)


def kept(settings: Settings) -> tuple[Release, ...]:
    """The releases on this machine whose files are there in full length, the newest version first."""
    found = []
    for names in (BULK, API):
        folder = goal_of(settings, catalogue()[names[0]].table(names[1]), "0").parent
        found += [release for note in sorted(folder.glob(f"*{_NOTE}")) if (release := _read_note(note))]
    return tuple(sorted(found, key=lambda one: (_order(one.version), one.came), reverse=True))


def last_good(settings: Settings) -> Release | None:
    """The newest yearly release that is kept here and whose bytes are those that came; None where there is none."""
    yearly = (release for release in kept(settings) if _YEARLY.fullmatch(release.version))
    return next((release for release in yearly if sound(release)), None)


def sound(release: Release) -> bool:
    """Whether a kept file is, byte for byte, the one that came."""
    try:
        return digest(release.path) == release.sha256
    except OSError as error:
        raise unreadable(release.path, error) from None


def stand_in(settings: Settings, version: str, error: SourceError, now: datetime) -> Taken:
    """The last good release in place of one that could not be had or was refused; where there is none, the error."""
    release = last_good(settings)
    if release is None:
        raise error
    _mark(release, version, error, now)
    age = release.age_in_days(now)
    days = "today" if age == 0 else f"{age} day{'s' if age > 1 else ''} ago"
    stays = f"Release {release.version}, which came {days}, stays in use and is stale."
    return Taken(release, "cache", (f"Release {version} is not in use. {error}", stays), stale=True)


def refusal(release: Release) -> str:
    """Why a release stands in for another one that could not be had or was refused; empty where it does not."""
    try:
        said = json.loads(release.path.with_name(_REFUSED).read_text(encoding="utf-8"))
        return f"Release {said['version']} is not in use. {said['why']}" if said["when"] >= release.came else ""
    except (OSError, ValueError, TypeError, KeyError):
        return ""


def keep(
    settings: Settings,
    source: Source,
    table: Table,
    part: Path,
    *,
    version: str,
    now: datetime,
    origin: Origin | None,
    archive: str = "",
) -> tuple[Release, tuple[str, ...]]:
    """Put a checked release in its place; returns it, and sentences on what is new in it.

    origin: where its bytes came from, for a receipt; None where the archive has its receipt already.

    Errors: ContractError (columns lacking, too few or too many events, fewer than in the release kept before).
    """
    warnings = check_columns(_header(part), where=str(part))
    rows = _count(part)
    fewest, most = table.rows
    if not fewest <= rows <= most:
        what = f"release {version} has {rows:,} events where {fewest:,} to {most:,} are expected"
        raise ContractError(what, where=str(part), remedy="Compare it with the provider's site")
    _refuse_shrunk(settings, version, rows, str(part))
    goal = goal_of(settings, table, version)
    release = Release(
        version=version,
        rows=rows,
        bytes=part.stat().st_size,
        sha256=digest(part),
        came=now.isoformat(timespec="seconds"),
        source=source.id,
        path=goal,
        archive=archive,
    )
    if origin is not None:
        url = address(table, version)
        receipt = Receipt(
            url=public_url(url),
            time=release.came,
            sha256=release.sha256,
            bytes=release.bytes,
            terms=source.terms,
            origin=origin,
            who=settings.who,
            source=source.id,
            table=table.id,
        )
        append_receipt(settings.receipts, receipt)
    try:
        part.replace(goal)
        goal.with_name(_REFUSED).unlink(missing_ok=True)
        note = {name: value for name, value in asdict(release).items() if name != "path"}
        goal.with_name(goal.name + _NOTE).write_text(json.dumps(note, indent=1), encoding="utf-8")
    except OSError as error:
        raise disk_error(goal, error) from None
    return release, warnings


def check_columns(names: Sequence[str], *, where: str) -> tuple[str, ...]:
    """Hold a header against GED's columns; returns a sentence for each column that is new to us.

    Errors: ContractError names the first column that is lacking and its likely new name.
    """
    extra = [name for name in names if name not in COLUMNS]
    for column in COLUMNS:
        if column not in names:
            near = difflib.get_close_matches(column, extra, n=1)
            hint = f"Has it been renamed to {near[0]!r}? " if near else ""
            remedy = f"{hint}Compare the file with the columns of UCDP GED"
            raise ContractError(f"the column {column!r} is lacking", where=where, remedy=remedy)
    return tuple(f"The column {name!r} is new to us and is not read." for name in extra)


def address(table: Table, version: str) -> str:
    """Where a version is asked for, without any query."""
    return table.url if table.format == "zip" else f"{table.url.rpartition('/')[0]}/{version}"


def goal_of(settings: Settings, table: Table, version: str) -> Path:
    """Where the CSV of a version is kept."""
    return place_in(settings.cache, table.url).with_name(f"{version}.csv")


def _read_note(note: Path) -> Release | None:
    """The release that a note vouches for; None where the note is spoilt or the file is not there in full length."""
    path = note.with_name(note.name.removesuffix(_NOTE))
    try:
        release = Release(path=path, **json.loads(note.read_text(encoding="utf-8")))
        datetime.fromisoformat(release.came)
        return release if path.stat().st_size == release.bytes else None
    except (OSError, ValueError, TypeError):
        return None


def _mark(release: Release, version: str, error: SourceError, now: datetime) -> None:
    """Leave word beside the release that stays in use, so that it is shown as stale until a better one comes."""
    said = {"version": version, "why": str(error), "when": now.isoformat(timespec="seconds")}
    with suppress(OSError):
        release.path.with_name(_REFUSED).write_text(json.dumps(said, indent=1), encoding="utf-8")


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


def _refuse_shrunk(settings: Settings, version: str, rows: int, where: str) -> None:
    """A later yearly release holds all years of the one before, and a version never changes: neither may shrink."""
    for other in kept(settings):
        yearly = _YEARLY.fullmatch(version) and _YEARLY.fullmatch(other.version)
        if other.version != version and not (yearly and _order(other.version) < _order(version)):
            continue
        if rows < other.rows:
            raise ContractError(
                f"release {version} shrank: {rows:,} events where {other.version}, kept here, has {other.rows:,}",
                where=where,
                remedy=f"If UCDP says that this is right, remove {other.path} and pull again",
            )


def _header(path: Path) -> list[str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader(file), [])
    except (csv.Error, UnicodeDecodeError) as error:
        raise ContentError(f"this cannot be read as CSV in UTF-8 ({error})", where=str(path)) from None
    except OSError as error:
        raise unreadable(path, error) from None
    if header and header[0].lstrip().startswith("<"):
        raise ContentError("this is an HTML or XML page, not CSV", where=str(path))
    return header


def _count(path: Path) -> int:
    try:
        return int(scan(path).select(pl.len()).collect().item())
    except pl.exceptions.PolarsError as error:
        raise ContentError(f"this cannot be read as CSV ({error})", where=str(path)) from None
