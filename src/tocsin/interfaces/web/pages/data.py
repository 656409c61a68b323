"""What the numbers were made from, what is at hand here, on what terms, how old, and what was set aside."""

from __future__ import annotations

from tocsin.desk.reading import facts, read
from tocsin.desk.visit import Visit
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.page import Page, Params, table


def data_page(visit: Visit, params: Params) -> Page:
    """``/data``: receipts of the release, sources with terms and staleness, quarantined rows."""
    # Sources bring table readers along that no other page needs.
    from tocsin.desk.fetching import list_sources

    header, sources = facts(read(visit.settings)), list_sources(visit.settings)
    sheets = [
        {
            "source": source.id,
            "title": source.title,
            "provider": source.provider,
            "homepage": source.homepage,
            "licence": source.licence,
            "terms": source.terms,
            "may_redistribute": source.may_redistribute,
            "cadence": source.cadence,
            "vintage": source.vintage,
            "citation": source.citation,
            "stale_after_days": source.stale_after_days,
            "here": source.have,
            "stale": source.stale,
        }
        for source in sources
    ]
    files = [
        {
            "source": source.id,
            "table": entry.id,
            "title": entry.title,
            "url": entry.url,
            "at": entry.at,
            "received": entry.receipt.time if entry.receipt else None,
            "sha256": entry.receipt.sha256 if entry.receipt else None,
            "bytes": entry.receipt.bytes if entry.receipt else None,
            "age_days": entry.age_days,
            "stale": entry.stale,
            "rows": entry.rows,
            "quarantined": entry.quarantined,
            "problem": entry.problem,
        }
        for source in sources
        for entry in source.tables
    ]
    set_aside = [
        {"source": source.id, "table": entry.id, "rule": b.rule, "column": b.column, "rows": b.rows, "sample": str(b)}
        for source in sources
        for entry in source.tables
        for b in entry.breaches
    ]
    return Page(
        stem="/data",
        title="Data",
        facts=header,
        of_model=True,
        content={"sources": sources, "set_aside": set_aside, "labels": Labels.read(params)},
        tables={
            "receipts": table(
                "Files the release was made from",
                ("source", "url", "sha256", "bytes", "vintage", "terms"),
                [receipt.model_dump() for receipt in header.receipts],
            ),
            "sources": table("Sources", tuple(sheets[0]) if sheets else (), sheets),
            "files": table("Files on this machine", tuple(files[0]) if files else (), files),
            "quarantine": table(
                "Rows set aside, by rule", ("source", "table", "rule", "column", "rows", "sample"), set_aside
            ),
        },
    )
