"""UCDP's interface: a version's events page by page, each page kept until all are there.

A version's answer never changes, so a pull that broke off goes on where it stopped. The server's own totals are what it
is held to: as many pages as it announced, as many events as it counts, no page twice. The access token goes into a
header of the request and nowhere else; the address of the next page is read as a sign and never followed.
"""

from __future__ import annotations

import csv
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from tocsin.core.errors import ContentError, ContractError, FetchError, NotAdmitted, SourceError
from tocsin.core.settings import Settings
from tocsin.core.work import Progress, silent
from tocsin.sources.catalogue import Table, catalogue
from tocsin.sources.client import Client
from tocsin.sources.ged import API, COLUMNS, Taken, address, check_columns, goal_of, keep, kept, sound, stand_in
from tocsin.sources.receipts import disk_error, unreadable
from tocsin.sources.ucdp_page import LATER, Page, read_page, text_of

PAGE_SIZE = 1000
_VERSION = re.compile(r"\d\d\.(1|0\.\d{1,2}|\d\d\.\d\d\.\d\d)", re.ASCII)
_HOW = "Ask UCDP for an access token (https://ucdp.uu.se/apidocs/) and set TOCSIN_UCDP_TOKEN; the yearly archive"
_HOW += " needs none: `tocsin pull ucdp-ged`"


def take_release(
    settings: Settings,
    version: str = "",
    *,
    now: datetime,
    client: Client | None = None,
    offline: bool = False,
    progress: Progress = silent,
    page_size: int = PAGE_SIZE,
) -> Taken:
    """Have one version of UCDP GED at hand through the interface, whole and counted.

    Parameters
    ----------
    version: such as ``25.1`` (yearly) or ``26.0.7`` (a monthly candidate); empty: the fact sheet's.

    Errors: FetchError (network, no token: NotAdmitted), ContentError (cut off, no JSON), ContractError (columns,
    shrank), where it cannot be had or used and no release is kept here.
    """
    source = catalogue()[API[0]]
    table, version = source.table(API[1]), version or source.vintage
    if not _VERSION.fullmatch(version):
        remedy = "Write a yearly release as 25.1, a monthly candidate as 26.0.7"
        raise FetchError(f"{version[:20]!r} is no version of UCDP GED", where=source.id, remedy=remedy)
    for release in kept(settings):
        if (release.version, release.source) == (version, source.id) and sound(release):
            return Taken(release, "cache")
    try:
        pages = _Pages(settings, table, version, client or Client(), offline or settings.offline, page_size)
        part = goal_of(settings, table, version)
        part = part.with_name(f"{part.name}.{os.getpid()}.new")
        try:
            warnings = _write(pages, part, progress)
            release, _ = keep(settings, source, table, part, version=version, now=now, origin="network")
        except SourceError as error:
            error.where = error.where.replace(str(part), pages.url)
            if isinstance(error, ContractError):  # pages that are whole and wrong must not serve again
                pages.forget()
            raise
        finally:
            part.unlink(missing_ok=True)
    except SourceError as error:
        return stand_in(settings, version, error, now)
    pages.forget()
    return Taken(release, "network", warnings)


class _Pages:
    """The pages of one version, from the kept ones or the network, each checked against the others."""

    def __init__(
        self, settings: Settings, table: Table, version: str, client: Client, offline: bool, size: int
    ) -> None:
        self.url, self._token, self._size = address(table, version), settings.ucdp_token, size
        self._table, self._client, self._offline = table, client, offline
        goal = goal_of(settings, table, version)
        self.folder = goal.with_name(f"{version}.pages-{size}")

    def __iter__(self) -> Iterator[Page]:
        first, number, come = None, 0, 0
        seen: dict[str, int] = {}
        while first is None or number < first.pages:
            page = self._page(number)
            first = first or page
            if (page.total, page.pages) != (first.total, first.pages):
                self.forget()
                what = f"the release changed while it was read: {first.total} events, then {page.total}"
                raise ContractError(what, where=self.url, remedy="Run the pull again; it begins anew")
            self._check(page, first, number)
            mark = hashlib.sha256("\n".join(str(row.get("id")) for row in page.rows).encode()).hexdigest()
            if page.rows and seen.setdefault(mark, number) != number:
                self._drop(number)
                what = f"page {number} is page {seen[mark]} once more"
                raise ContentError(what, where=self.url, remedy=LATER)
            come += len(page.rows)
            number += 1
            yield page
        if come != first.total:
            self.forget()
            what = f"the answer is cut off: {come:,} of {first.total:,} events came"
            raise ContentError(what, where=self.url, remedy="Run the pull again; it begins anew")

    def forget(self) -> None:
        """Begin anew next time."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _check(self, page: Page, first: Page, number: int) -> None:
        size, last = len(first.rows), number == first.pages - 1
        want = first.total - size * (first.pages - 1) if last else size
        fault = ""
        if first.total and (not size or -(-first.total // size) != first.pages):
            fault = f"{first.pages} pages of {size} events cannot hold the {first.total:,} that are counted"
        elif len(page.rows) != want:
            fault = f"page {number} has {len(page.rows)} events where {want} are expected"
        elif not page.more and not last and first.total:
            fault = f"page {number} says that it is the last of {first.pages}"
        if fault:
            self._drop(number)
            self._drop(0)  # the page that the others are measured by may be the one that is short
            raise ContentError(f"the answer is cut off: {fault}", where=self.url, remedy=LATER)

    def _page(self, number: int) -> Page:
        """One page: the kept one if its bytes are those that came, else asked for, read and only then kept."""
        for path in self.folder.glob(f"{number:05d}.*.json"):
            body = self._read(path)
            if path.name == _name(number, body):
                return read_page(body, where=self.url)
            path.unlink(missing_ok=True)
        path = self._ask(number)
        body = self._read(path)
        try:
            page = read_page(body, where=f"{self.url}, page {number}")
        except SourceError:
            path.unlink(missing_ok=True)
            raise
        path.replace(self.folder / _name(number, body))
        return page

    def _ask(self, number: int) -> Path:
        if self._offline:
            what, remedy = "not all of it is here, and the network is switched off", "Pull it with the network allowed"
            raise FetchError(what, where=self.url, remedy=remedy)
        if not self._token:
            raise NotAdmitted("UCDP's interface wants an access token, and none is set", where=self.url, remedy=_HOW)
        goal = self.folder / f"{number:05d}.new"
        query = f"{self.url}?pagesize={self._size}&page={number}"
        secret = {"x-ucdp-access-token": self._token}
        try:
            self._client.download(query, goal, format="json", max_bytes=self._table.max_bytes, secret=secret)
        except NotAdmitted as error:
            what = f"UCDP's interface does not accept the access token: {error.what}"
            raise NotAdmitted(what, where=self.url, remedy=_HOW) from None
        except FetchError as error:
            raise FetchError(error.what, where=f"{self.url}, page {number}", remedy=LATER) from None
        return goal

    def _read(self, path: Path) -> bytes:
        try:
            return path.read_bytes()
        except OSError as error:
            raise unreadable(path, error) from None

    def _drop(self, number: int) -> None:
        for path in self.folder.glob(f"{number:05d}.*.json"):
            path.unlink(missing_ok=True)


def _write(pages: _Pages, goal: Path, progress: Progress) -> tuple[str, ...]:
    """Write the pages below one another as CSV, a page in memory at a time; what is null is empty."""
    warnings: tuple[str, ...] = ()
    columns: set[str] | None = None
    try:
        goal.parent.mkdir(parents=True, exist_ok=True)
        with goal.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            for number, page in enumerate(pages):
                progress(number, page.pages, f"page {number + 1} of {page.pages}")
                for row in page.rows:
                    if row.keys() != columns:
                        if columns is not None:
                            lacking = ", ".join(sorted(columns ^ row.keys()))
                            raise ContractError(f"page {number} has other columns: {lacking}", where=pages.url)
                        columns = set(row)
                        warnings = check_columns(list(row), where=pages.url)
                    writer.writerow([text_of(row[name], name, pages.url) for name in COLUMNS])
    except OSError as error:
        raise disk_error(goal, error) from None
    return warnings


def _name(number: int, body: bytes) -> str:
    return f"{number:05d}.{hashlib.sha256(body).hexdigest()[:16]}.json"
