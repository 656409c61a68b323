import os
from pathlib import Path

import numpy as np
import pytest

from tocsin.forecast.resume import Piece, resumable


def made(item: int) -> Piece:
    return {"value": np.array([item, 10 * item])}


def values(folder: Path, asked: list[int]) -> list[int]:
    def make(item: int) -> Piece:
        asked.append(item)
        return made(item)

    return [int(piece["value"][1]) for piece in resumable(make, [1, 2, 3], "piece", folder)]


def test_what_is_finished_is_not_made_again(tmp_path: Path) -> None:
    asked: list[int] = []
    work = resumable(lambda item: made(item), [1, 2, 3], "piece", tmp_path)
    next(work)
    next(work)
    work.close()  # type: ignore[attr-defined]
    assert values(tmp_path, asked) == [10, 20, 30]
    assert asked == [3]


@pytest.mark.parametrize("damage", [b"", b"PK", b"<html>"])
def test_a_damaged_piece_is_made_again(tmp_path: Path, damage: bytes) -> None:
    values(tmp_path, [])
    (tmp_path / "piece-2.npz").write_bytes(damage)
    asked: list[int] = []
    assert values(tmp_path, asked) == [10, 20, 30]
    assert asked == [2]


def test_a_piece_cut_short_is_made_again(tmp_path: Path) -> None:
    values(tmp_path, [])
    whole = (tmp_path / "piece-1.npz").read_bytes()
    (tmp_path / "piece-1.npz").write_bytes(whole[: len(whole) // 2])
    asked: list[int] = []
    values(tmp_path, asked)
    assert asked == [1]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full, a device that is always full")
def test_a_full_disk_stops_the_work_and_leaves_nothing_half(tmp_path: Path) -> None:
    (tmp_path / f"piece-2.{os.getpid()}.part.npz").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        values(tmp_path, [])
    assert [path.name for path in tmp_path.iterdir()] == ["piece-1.npz"]
