"""Long work in pieces that survive an interruption: each piece's arrays are kept in a file and not made again."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tocsin.core.work import Map

Piece = dict[str, NDArray[Any]]


def resumable(
    function: Callable[[Any], Piece], items: Sequence[Any], name: str, folder: Path | None, map_: Map = map
) -> Iterator[Piece]:
    """Results of ``function`` over ``items``, in order; those already in ``folder`` are read, the rest made and kept.

    folder: must belong to these data and this method alone; None = keep nothing. A damaged file is made again.
    """
    kept: dict[int, Piece] = {}
    for i, item in enumerate(items):
        piece = _read(folder / f"{name}-{item}.npz") if folder else None
        if piece is not None:
            kept[i] = piece
    fresh = iter(map_(function, [item for i, item in enumerate(items) if i not in kept]))
    for i, item in enumerate(items):
        if i in kept:
            yield kept[i]
            continue
        piece = next(fresh)
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
            # The number keeps two commands that run at the same time apart.
            part = folder / f"{name}-{item}.{os.getpid()}.part.npz"
            try:
                np.savez(part, **piece)
                part.replace(folder / f"{name}-{item}.npz")
            finally:
                part.unlink(missing_ok=True)
        yield piece


def _read(path: Path) -> Piece | None:
    try:
        with np.load(path) as archive:
            return dict(archive)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):
        return None
