import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.errors import FetchError
from tocsin.sources.receipts import Receipt, append_receipt, public_url, read_receipts

ONE = Receipt(
    url="https://example.org/a.csv",
    time="2026-11-23T09:00:00+00:00",
    sha256="0" * 64,
    bytes=12,
    terms="cite",
    origin="network",
    who="a test",
    source="small",
    table="table",
)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    book = tmp_path / "new" / "receipts.jsonl"
    two = replace(ONE, url="https://example.org/b.csv", who="Zoë\nwith a line break")
    append_receipt(book, ONE)
    append_receipt(book, two)
    assert read_receipts(book).entries == (ONE, two)
    assert read_receipts(book).of(two.url) == (two,)
    assert len(book.read_text().splitlines()) == 2


def test_no_file_is_no_receipts(tmp_path: Path) -> None:
    assert read_receipts(tmp_path / "none").entries == ()


def test_half_a_line_is_numbered_and_swallows_no_later_receipt(tmp_path: Path) -> None:
    book = tmp_path / "receipts.jsonl"
    append_receipt(book, ONE)
    with book.open("ab") as file:
        file.write(b'{"url": "https://exa')
    append_receipt(book, ONE)
    read = read_receipts(book)
    assert read.entries == (ONE, ONE)
    assert read.unreadable == (2,)


@pytest.mark.parametrize(
    "change", [{"time": "yesterday"}, {"time": "2026-01-01"}, {"origin": "post"}, {"bytes": "many"}]
)
def test_a_line_that_is_no_receipt_is_numbered(tmp_path: Path, change: dict[str, str]) -> None:
    book = tmp_path / "receipts.jsonl"
    book.write_text(json.dumps({**ONE.__dict__, **change}) + "\n")
    assert read_receipts(book).unreadable == (1,)


def test_many_writers_do_not_mix_their_lines(tmp_path: Path) -> None:
    book = tmp_path / "receipts.jsonl"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: append_receipt(book, replace(ONE, bytes=n)), range(200)))
    assert sorted(entry.bytes for entry in read_receipts(book).entries) == list(range(200))


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full, a device that is always full")
def test_a_full_disk_is_named(tmp_path: Path) -> None:
    book = tmp_path / "receipts.jsonl"
    book.symlink_to("/dev/full")
    with pytest.raises(FetchError, match="No space left") as caught:
        append_receipt(book, ONE)
    assert caught.value.where == str(book)


@given(
    user=st.text("abcxyz", min_size=1),
    secret=st.text("SECRET", min_size=6, max_size=12),
    path=st.text("abc/", max_size=10),
)
def test_an_address_is_written_without_its_secrets(user: str, secret: str, path: str) -> None:
    shown = public_url(f"https://{user}:{secret}@example.org/{path}?key={secret}&email=a#{secret}")
    assert secret not in shown
    assert shown == f"https://example.org/{path}"
