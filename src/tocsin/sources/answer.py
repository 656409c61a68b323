"""What a server's answer means before its body is read: status, type, length, where a body goes on."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from tocsin.core.errors import ContentError, FetchError, NotAdmitted, SourceError

if TYPE_CHECKING:
    import httpx

_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_TYPES = {
    "csv": ("text/plain", "text/csv", "application/csv", "application/octet-stream", "binary/octet-stream"),
    "xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/octet-stream",
        "binary/octet-stream",
        "application/zip",
    ),
    "zip": (
        "application/zip",
        "application/x-zip-compressed",
        "application/octet-stream",
        "binary/octet-stream",
    ),
    "json": ("application/json", "text/json"),
}


class PassingError(Exception):
    """A fault that may pass: try again, after so many seconds if the server said so."""

    def __init__(self, error: SourceError, after: float | None = None) -> None:
        self.error, self.after = error, after
        super().__init__(str(error))


@dataclass(frozen=True)
class Partial:
    """What the first answer said of a body that has come only in part."""

    url: str
    validator: str
    encoding: str
    length: int | None


def continues(response: httpx.Response, known: Partial | None, offset: int) -> bool:
    """Whether a partial answer (206) goes on exactly where the part file ends."""
    first, _, rest = response.headers.get("Content-Range", "").removeprefix("bytes ").partition("-")
    same = known is not None and _encoding(response) == known.encoding and offset > 0
    return same and first == str(offset) and rest.partition("/")[2].isdigit()


def announced(response: httpx.Response, known: Partial | None, url: str) -> Partial:
    """What the server says of the whole body: how to ask for the rest of it, its encoding, its length."""
    headers, encoding = response.headers, _encoding(response)
    if encoding not in ("", "identity", "gzip"):
        raise ContentError(f"the server uses the encoding {encoding!r}, which we did not ask for", where=url)
    if response.status_code == 206 and known:
        total = headers["Content-Range"].rpartition("/")[2]
        return Partial(url, known.validator, encoding, int(total))
    # A weak entity tag does not promise the same bytes: a body under one is never continued
    # (RFC 9110, section 13.1.5).
    tag = headers.get("ETag", "")
    validator = headers.get("Last-Modified", "") if not tag else "" if tag.startswith("W/") else tag
    length = headers.get("Content-Length", "")
    return Partial(url, validator, encoding, int(length) if length.isdigit() else None)


def _encoding(response: httpx.Response) -> str:
    return str(response.headers.get("Content-Encoding", "")).strip().lower()


def check_status(response: httpx.Response, where: str) -> None:
    """Let only good answers through. Errors: PassingError for what may pass, FetchError for what will not."""
    status = response.status_code
    if status in (200, 206):
        return
    if status in _PASSING:
        what = "we ask too often" if status == 429 else "it has trouble at the moment"
        error = FetchError(f"the server says {what} (status {status})", where=where, remedy="Try again later")
        raise PassingError(error, _retry_after(response))
    meaning = {
        401: "wants an account",
        403: "refuses us",
        404: "has no such file",
        410: "has removed this file",
    }
    raise (NotAdmitted if status in (401, 403) else FetchError)(
        f"the server {meaning.get(status, 'gives an unexpected answer')} (status {status})",
        where=where,
        remedy="Check on the provider's site whether the file has moved or its terms have changed",
    )


def check_type(response: httpx.Response, format: str, where: str) -> None:
    """Refuse a body that says of itself that it is something else. Errors: ContentError."""
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind and kind not in _TYPES[format]:
        raise ContentError(
            f"the server sends {kind}, not {format}",
            where=where,
            remedy="A sign-in page or a proxy may stand between; open the address in a browser and look",
        )


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds to wait; a date is read against the server's own, so that no clock here matters."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isdigit():
        return float(value)
    try:
        until, now = parsedate_to_datetime(value), parsedate_to_datetime(response.headers.get("Date", ""))
        return max(0.0, (until - now).total_seconds())
    except (ValueError, TypeError):
        return None


def too_large(where: str, max_bytes: int) -> FetchError:
    """The error for a body that outgrows its fact sheet."""
    return FetchError(
        f"the file is larger than the {max_bytes:,} bytes its fact sheet allows",
        where=where,
        remedy="Check on the provider's site what it is; if it is right, raise max_bytes in the fact sheet",
    )
