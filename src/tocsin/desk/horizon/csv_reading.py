"""Reading moments from a table: CSV with a header, one moment a row; what cannot be taken is refused row by row."""

from __future__ import annotations

import csv
import io

from tocsin.core.errors import ContentError
from tocsin.core.foreseeing import Certainty, Sort, Timing
from tocsin.desk.horizon.taken import MOST, Content, Refused, Taken

COLUMNS = (
    "place",
    "when",
    "title",
    "sort",
    "timing",
    "certainty",
    "condition",
    "recurrence",
    "source",
    "text",
    "factors",
    "uid",
)
"""The columns that are read; the first three must be there."""


def read_csv(content: bytes, *, source: str, sort: Sort = Sort.OTHER) -> Content:
    """The moments of a table in UTF-8 with commas.

    source, sort: as for ``read_ics``. A row without ``timing`` is fixed if ``when`` is a day, recurring if there is a
    rule, and windowed otherwise; one without ``uid`` is known by place, title and date.

    Errors: ContentError if it cannot be read, or one of the columns place, when and title is missing.
    """
    try:
        table = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        rows = list(table)
    except (UnicodeDecodeError, csv.Error) as error:
        raise ContentError(
            f"this cannot be read as CSV in UTF-8 ({error})", where=source, remedy="Save it as CSV, UTF-8"
        ) from None
    header = [name.strip().casefold() for name in rows[0]] if rows else []
    if missing := [name for name in COLUMNS[:3] if name not in header]:
        raise ContentError(
            f"the column {missing[0]} is missing", where=source, remedy=f"Name the columns {', '.join(COLUMNS)}"
        )
    if len(set(header)) < len(header):
        raise ContentError("two columns have the same name", where=source, remedy="Give each a name of its own")
    taken: list[Taken] = []
    refused: list[Refused] = []
    for number, fields in enumerate(rows[1:], 2):
        if not any(field.strip() for field in fields):
            continue
        row = dict(zip(header, (field.strip() for field in fields), strict=False))
        called = f"row {number}" + (f", {row['title'][:100]}" if row.get("title") else "")
        if len(fields) != len(header):
            refused.append(Refused(called, f"it has {len(fields)} fields; the header has {len(header)}"))
        elif len(taken) >= MOST:
            refused.append(Refused(called, f"there are more than {MOST} rows; put them into several files"))
        else:
            taken.append(_row(called, row, source, sort))
    return Content(tuple(taken), tuple(refused))


def _row(called: str, row: dict[str, str], source: str, sort: Sort) -> Taken:
    when = row.get("when", "")
    body = {
        "title": row.get("title", ""),
        "text": row.get("text", ""),
        "sort": row.get("sort") or sort.value,
        "timing": row.get("timing") or _timing(when, row.get("recurrence", "")),
        "when": when or None,
        "condition": row.get("condition", ""),
        "recurrence": row.get("recurrence", ""),
        "certainty": row.get("certainty") or Certainty.EXPECTED.value,
        "source": row.get("source") or source,
        "factors": row.get("factors", "").split(),
        "uid": row.get("uid") or f"{row.get('place', '')} {row.get('title', '')} {when}"[:300],
    }
    return Taken(called, None, body, None, row.get("place", ""))


def _timing(when: str, rule: str) -> str:
    if rule:
        return Timing.RECURRING.value
    if not when:
        return Timing.UNDATED.value
    # Only a whole day has ten letters without a blank digit or an interval; what is wrong is said when it is checked.
    day = len(when.rstrip("?~%")) == 10 and "X" not in when and "/" not in when
    return Timing.FIXED.value if day else Timing.WINDOWED.value
