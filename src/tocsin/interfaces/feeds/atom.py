"""The calendar as an Atom feed (RFC 4287): an entry a moment, which is told anew when the moment moves."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, tostring

from tocsin.core.instant import Instant, written
from tocsin.core.statement import digest
from tocsin.desk.horizon import foreseen
from tocsin.desk.horizon.feeds import Feed

MEDIA_TYPE = "application/atom+xml; charset=utf-8"
_ATOM = "http://www.w3.org/2005/Atom"


def atom(feed: Feed) -> bytes:
    """The feed as Atom, what changed last first. It names no address: its own is a secret."""
    root = Element("feed", xmlns=_ATOM)
    label = f"{'EXERCISE ' if feed.exercise else ''}{feed.marking.label}"
    _text(root, "id", f"urn:tocsin:feed:{digest(feed.name.encode())[:32]}")
    _text(root, "title", f"{label} {feed.name}")
    _text(root, "updated", _second(max((one.changed for one in feed.items), default=0)))
    _text(SubElement(root, "author"), "name", "Tocsin")
    for item in sorted(feed.items, key=lambda one: -one.changed):
        entry = SubElement(root, "entry")
        _text(entry, "id", f"urn:tocsin:{item.uid.partition('@')[0]}")
        _text(entry, "title", f"{item.marking.label} {item.where}: {foreseen.headline(item.body)}")
        _text(entry, "published", _second(item.first))
        _text(entry, "updated", _second(item.changed))
        SubElement(entry, "category", term=item.body.sort.value)
        said = [item.body.text, foreseen.condition(item.body), item.body.source]
        _text(entry, "summary", "\n".join([item.marking.label, *(one for one in said if one)]))
    written_out: str = tostring(root, encoding="unicode")
    return ('<?xml version="1.0" encoding="utf-8"?>\n' + written_out).encode()


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text


def _second(at: Instant) -> str:
    return written(at)[:19] + "Z"
