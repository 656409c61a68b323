"""A form whose draft cannot be read: it opens without it, and says so."""

from __future__ import annotations

from dataclasses import replace

from tocsin.core.instant import moment
from tocsin.desk.drafts import Draft
from tocsin.interfaces.web import words
from tocsin.interfaces.web.page import Page


def readable(draft: Draft | None) -> Draft | None:
    """The draft that a form is filled in with; None if none is kept or it cannot be read."""
    return None if draft is None or draft.lost else draft


def told(page: Page, draft: Draft | None, form: str) -> Page:
    """The page, which tells of a draft that cannot be read, if there is one.

    form: the ``id`` of the form, whose own button for it discards the draft.
    """
    if draft is None or not draft.lost:
        return page
    gone = {"form": form, "saved": words.day(moment(draft.saved))}
    return replace(page, content={**page.content, "lost_draft": gone}, twin={**page.twin, "draft_lost": True})
