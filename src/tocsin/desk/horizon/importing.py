"""Taking moments in from calendars, tables and REIGN: one command, its provenance with every moment, nothing twice.

What comes in is of the origin *import*. A moment is known again by the name that its calendar gives it (UID): taken in
anew it is left alone if nothing changed, and superseded if it was moved there. Whoever moved it here since is not
overruled by a file that says what it said before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from tocsin.core.errors import FetchError, PlaceError, StatementError, TocsinError
from tocsin.core.foreseeing import Certainty, Moment, Sort
from tocsin.core.place import resolve
from tocsin.core.seeing import originates
from tocsin.core.statement import Origin, Statement
from tocsin.desk import fetching, fiction, making
from tocsin.desk.horizon import looking
from tocsin.desk.horizon.calendar import today
from tocsin.desk.horizon.csv_reading import read_csv
from tocsin.desk.horizon.feeds import uid
from tocsin.desk.horizon.ics_reading import read_ics
from tocsin.desk.horizon.taken import LARGEST, Content, Refused, Taken
from tocsin.desk.shape import in_words
from tocsin.desk.visit import Visit
from tocsin.sources import reign
from tocsin.sources.catalogue import catalogue
from tocsin.store.held import Held

PUBLIC = {"tlp": "TLP:CLEAR", "caveats": [], "audience": [["everyone"]]}
"""The marking of what anybody can read."""


@dataclass(frozen=True)
class Imported:
    """What became of a file. new, moved: identities of what was stored; unchanged: how many were here already."""

    new: tuple[str, ...]
    moved: tuple[str, ...]
    unchanged: int
    refused: tuple[Refused, ...]


@dataclass(frozen=True)
class _Known:
    """A moment that is here. last: the body of its newest version that an import made; None if none did."""

    head: Held
    body: Moment
    last: Moment | None


def import_file(
    visit: Visit,
    content: bytes,
    form: str,
    *,
    source: str,
    marking: Mapping[str, Any],
    place: str | None = None,
    sort: Sort = Sort.OTHER,
    attribution: str | None = None,
    dry: bool = False,
) -> Imported:
    """Take in the moments of a file.

    form: ``ics`` or ``csv``. source: where the file comes from, in words. marking: of every moment. place: the key of
    the place of those whose own place is not known, as ``place:SDN``. sort: of those that say none. dry: only tell what
    would become of it; nothing is stored then, and ``new`` and ``moved`` hold what the moments are called in the file.

    Errors: ContentError if it is no such file; StatementError names a field; AccessError if the role does not suffice.
    """
    if len(content) > LARGEST:
        raise StatementError(
            f"the file is larger than {LARGEST // 2**20} MiB", field="file", remedy="Put it into several files"
        )
    if not source.strip():
        raise StatementError("it is not said where the file comes from", field="source", remedy="Say it in words")
    read = {"ics": read_ics, "csv": read_csv}[form]
    return store(visit, read(content, source=source.strip()[:300], sort=sort), marking, place, attribution, dry)


def elections(visit: Visit, *, since: int = 1946, dry: bool = False) -> Imported:
    """Take in the elections that REIGN records as held, marked TLP:CLEAR for everyone, so that what followed them can
    be looked up; and those that it has as scheduled for a day or month that is not over, as expected.

    since: the first year. Votes that were scheduled for a day that is over, or announced, due, delayed or voided, are
    not taken in: REIGN ended in 2021 and knows no more of them.

    Errors: FetchError if REIGN is not at hand; AccessError if the role does not suffice.
    """
    source = catalogue()[reign.ELECTIONS[0]]
    frame = fetching.reign_elections(visit.settings)
    if frame is None:
        raise FetchError("REIGN's list of elections is not here", remedy=f"Run `tocsin pull {source.id}`")
    said = f"{source.citation} {source.vintage}; {source.licence}"
    now = today(visit)
    taken = [
        _election(row, said)
        for row in frame.iter_rows(named=True)
        if row["year"] >= since and (row["state"] in reign.HELD or to_come(row, now))
    ]
    return store(visit, Content(tuple(taken), ()), PUBLIC, None, "organisation", dry)


def store(
    visit: Visit,
    content: Content,
    marking: Mapping[str, Any],
    place: str | None,
    attribution: str | None,
    dry: bool,
) -> Imported:
    """Store what is new or was moved, in one transaction."""
    label = making.read_marking(marking).tlp
    known = _known(visit)
    refused = list(content.refused)
    wanted: list[tuple[Taken, dict[str, Any], bool]] = []
    met: Counter[str] = Counter()
    unchanged = 0
    for one in content.taken:
        try:
            if one.least and label.rank < one.least.rank:
                raise _unfit(f"it was handed out as {one.least.label}; take it in under that or a stricter label")
            subject = one.subject or _subject(visit, one.named, place)
            body = _body(one)
        except TocsinError as error:
            refused.append(Refused(one.called, error.what))
            continue
        before = known.get((subject, body.uid)) if body.uid else None
        met[f"{subject} {body.uid}"] += 1
        if body.uid and met[f"{subject} {body.uid}"] > 1:
            refused.append(Refused(one.called, "an event of the same UID stands above it in the file"))
        elif before and _same(before, body):
            unchanged += 1
        else:
            wanted.append((one, _given(subject, body, marking, attribution, before), before is not None))
    if dry:
        called = [(one.called, moved) for one, _, moved in wanted]
        return Imported(
            tuple(one for one, moved in called if not moved),
            tuple(one for one, moved in called if moved),
            unchanged,
            tuple(refused),
        )
    done = making.make_all(visit, [given for _, given, _ in wanted]) if wanted else {}
    new: list[str] = []
    moved_ids: list[str] = []
    for number, (one, _, moved) in enumerate(wanted):
        became = done[number]
        if isinstance(became, str):
            (moved_ids if moved else new).append(became)
        else:
            refused.append(Refused(one.called, became.what))
    return Imported(tuple(new), tuple(moved_ids), unchanged, tuple(refused))


def _known(visit: Visit) -> dict[tuple[str, str], _Known]:
    """The moments of the visitor's organisation, by place and by every name under which a calendar may know them."""
    found: dict[tuple[str, str], _Known] = {}
    with visit.reading() as sight:
        for head, made in looking.standing(sight, "moment"):
            body = made.body
            if not isinstance(body, Moment) or not originates(visit.actor, head):
                continue
            chain = looking.versions(sight, head) if made.supersedes else [(head, made)]
            one = _Known(head, body, _last_import(each for _, each in chain))
            found[head.subject, uid(chain[0][0].id)] = one
            if body.uid:
                found[head.subject, body.uid] = one
    return found


def _last_import(chain: Iterable[Statement]) -> Moment | None:
    last = None
    for made in chain:
        if made.origin is Origin.IMPORT and isinstance(made.body, Moment):
            last = made.body
    return last


def _same(before: _Known, body: Moment) -> bool:
    """Whether a file says nothing new: what it said when it was last taken in, or what stands here."""
    return any(one is not None and _told(one) == _told(body) for one in (before.body, before.last))


def _told(body: Moment) -> dict[str, Any]:
    """What a moment says, without the name that a calendar gives it; a calendar knows one kind of line end only."""
    plain = body.model_dump(mode="json", exclude={"uid", "dissents"})
    return {name: _lines(value) if isinstance(value, str) else value for name, value in plain.items()}


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _body(one: Taken) -> Moment:
    try:
        return Moment.model_validate({**one.body, "kind": "moment"})
    except ValidationError as error:
        told = in_words(error)
        where = "" if told.field == "statement" else f"{told.field}: "
        raise _unfit(f"{where}{told.what}") from None


def _subject(visit: Visit, named: str, place: str | None) -> str:
    """The key of the place that a file names, or of the one given for those that name none that is known."""
    try:
        if visit.store.world == "exercise":
            by_name = {one.name.casefold(): id for id, one in fiction.states().items()}
            return f"place:{fiction.state(by_name.get(named.casefold(), named.upper())).id}"
        return f"place:{resolve(named).id}"
    except PlaceError as error:
        # A name that fits several states is doubtful, and not the place that was given for what has none.
        if place and "fits more than one" not in error.what:
            return place
        raise _unfit(error.what if named else "it names no place; give one for those that name none") from None


def _given(
    subject: str, body: Moment, marking: Mapping[str, Any], attribution: str | None, before: _Known | None
) -> dict[str, Any]:
    kind, _, id = subject.partition(":")
    name = before.body.uid if before else body.uid
    return {
        "body": body.model_copy(update={"uid": name}).model_dump(mode="json"),
        "subject": {"type": kind, "id": id},
        "marking": marking,
        "attribution": attribution,
        "origin": Origin.IMPORT,
        "supersedes": [before.head.id] if before else [],
    }


def to_come(row: Mapping[str, Any], now: date) -> bool:
    """Whether a vote was scheduled for a day or month that is not over."""
    when = str(row["when"])
    return bool(row["state"] == reign.SCHEDULED and when >= now.isoformat()[: len(when)])


def _election(row: Mapping[str, Any], source: str) -> Taken:
    kind = str(row["kind"])
    title = "Referendum" if kind == "referendum" else f"{kind.capitalize()} election"
    early = ", held early" if row["state"] == "held early" else ""
    scheduled = row["state"] == reign.SCHEDULED
    day = row["precision"] == "day"
    body = {
        "title": f"{title}, {row['name']}{early}{', as scheduled in 2021' if scheduled else ''}",
        "sort": (Sort.REFERENDUM if kind == "referendum" else Sort.ELECTION).value,
        "timing": "fixed" if day else "windowed",
        "when": row["when"],
        "certainty": (Certainty.EXPECTED if scheduled else Certainty.CONFIRMED).value,
        "source": source[:300],
        "uid": f"reign-{row['election']}-{row['sequence']}",
    }
    return Taken(f"election {row['election']}.{row['sequence']}", f"place:{row['place']}", body)


def _unfit(what: str) -> StatementError:
    return StatementError(what, field="file")


def sort_of(text: str) -> Sort:
    """A kind of moment from what was typed.

    Errors: StatementError names those there are.
    """
    try:
        return Sort(text.strip().casefold())
    except ValueError:
        raise StatementError("there is no such kind", field="sort", remedy="Write one of " + ", ".join(Sort)) from None
