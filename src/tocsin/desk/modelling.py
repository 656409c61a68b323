"""Making forecasts: the walk-forward, the release, and whether the data have moved on since the release was made."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import tocsin
from tocsin.core.errors import ReleaseError, ScoreError, TocsinError
from tocsin.core.settings import Settings
from tocsin.core.work import Map, Progress, silent
from tocsin.desk.fetching import load_onset_panel
from tocsin.desk.reading import read
from tocsin.forecast.release import DataReceipt, Release, ScoreBlock, read_release, write_release
from tocsin.panel.onset import OnsetPanel
from tocsin.sources.catalogue import catalogue

PANEL_SOURCE = "ewp-2025-panel"


@dataclass(frozen=True)
class BuildReport:
    """What a build made: where, by which method, how long it took, and how it differs from the embedded release."""

    folder: Path
    method_version: str
    seconds: float
    differences: tuple[str, ...]


@contextmanager
def workers() -> Iterator[Map]:
    """A map over as many processes as there are processors; leaving it early cancels what has not begun."""
    # A fresh server process is forked from, not this one, which may hold threads of a running workbench.
    context = multiprocessing.get_context("forkserver")
    pool = ProcessPoolExecutor(os.cpu_count() or 1, mp_context=context, initializer=_end_with_parent)
    try:
        yield pool.map
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _end_with_parent() -> None:
    """End this worker when the command that started it is gone: killed, it can no longer tell its workers to stop."""

    def watch() -> None:
        if parent := multiprocessing.parent_process():
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def data_receipts(panel: OnsetPanel) -> tuple[DataReceipt, ...]:
    """The receipts of a panel's files without what differs from machine to machine."""
    sheets = catalogue()
    return tuple(
        DataReceipt(
            source=receipt.source,
            url=receipt.url,
            sha256=receipt.sha256,
            bytes=receipt.bytes,
            vintage=sheets[receipt.source].vintage,
            terms=sheets[receipt.source].terms,
        )
        for receipt in panel.receipts
    )


def _work_folder(settings: Settings, panel: OnsetPanel) -> Path:
    """Where pieces of long work on exactly these data, by exactly this code and these libraries, are kept."""
    key = hashlib.sha256()
    for receipt in panel.receipts:
        key.update(receipt.sha256.encode())
    key.update(files("tocsin").joinpath("data/methods/onset.toml").read_bytes())
    for code in sorted(Path(tocsin.__file__).parent.glob("forecast/**/*.py")):
        key.update(code.read_bytes())
    for library in ("lightgbm", "numpy", "scipy"):
        key.update(version(library).encode())
    return settings.home / "work" / key.hexdigest()[:16]


def backtest_onset(settings: Settings, origins: range, progress: Progress = silent) -> dict[str, Any]:
    """Walk forward over the origins (last training years) and score: ``{protocol, models, seconds, method_version}``.

    ``models`` maps a model's name to its blocks ``test``, ``all`` and ``delayed``, each with the metrics, ``n``,
    ``positives`` and the 90 % intervals. A block without a single onset among these origins is null.
    Errors: SourceError if the panel cannot be had; PeriodError if it does not reach the origins.
    """
    from tocsin.forecast import build
    from tocsin.forecast.backtest import LABEL_LAG, archive, walk_forward
    from tocsin.forecast.evaluate import EVERY, REPORTED, Years, score_block
    from tocsin.forecast.method import onset_method
    from tocsin.forecast.table import Table

    started = time.monotonic()
    panel = load_onset_panel(settings)
    table, method, folder = Table.of(panel), onset_method(), _work_folder(settings, panel)
    first, last = origins[0] + LABEL_LAG, origins[-1] + LABEL_LAG
    blocks: dict[str, ScoreBlock | None] = {}
    with workers() as pool:
        runs = {
            delay: archive(
                table,
                walk_forward(table, method, origins, delay=delay, folder=folder, map_=pool, progress=progress),
                delay,
            )
            for delay in (0, build.DELAY)
        }
        for key, delay, years in (
            ("test", 0, REPORTED),
            ("all", 0, EVERY),
            ("delayed", build.DELAY, REPORTED),
        ):
            within = Years(
                (max(first, years.predictor[0]), min(last, years.predictor[1])),
                (max(first + 1, years.onset[0]), min(last + 1, years.onset[1])),
            )
            try:
                blocks[key] = score_block(
                    runs[delay],
                    build.MODELS,
                    key=key,
                    title=key,
                    years=within,
                    map_=pool,
                    progress=progress,
                )
            except ScoreError:
                blocks[key] = None
    return {
        "protocol": {
            **build.protocol(table),
            "origins": f"{origins[0]}:{origins[-1]}",
            "outcome": build.OUTCOME.definition,
        },
        "models": {name: {key: _flat(block, name) for key, block in blocks.items()} for name in build.MODELS},
        "seconds": round(time.monotonic() - started, 1),
        "method_version": method.version,
    }


def _flat(block: ScoreBlock | None, name: str) -> dict[str, Any] | None:
    if block is None:
        return None
    scores = next(model for model in block.models if model.model == name)
    return {
        **{metric: value.value for metric, value in scores.metrics.items()},
        "n": block.n,
        "positives": block.positives,
        "years": block.years,
        "intervals": {metric: [value.low, value.high] for metric, value in scores.metrics.items()},
    }


def build_release(settings: Settings, folder: Path | None = None, progress: Progress = silent) -> BuildReport:
    """Make a release from the data at hand and write it; ``folder`` is this machine's release by default.

    An interrupted build goes on where it stopped. The release that serves is replaced only when the new one is whole.
    Errors: SourceError if the panel cannot be had; ForecastError if it cannot carry the method.
    """
    from tocsin.forecast.build import build

    started = time.monotonic()
    panel = load_onset_panel(settings)
    target = folder or settings.release
    with workers() as pool:
        built = build(
            panel,
            receipts=data_receipts(panel),
            folder=_work_folder(settings, panel),
            map_=pool,
            progress=progress,
        )
    write_release(target, built.release, built.archive)
    return BuildReport(
        folder=target,
        method_version=built.release.method_version,
        seconds=round(time.monotonic() - started, 1),
        differences=_against_embedded(built.release),
    )


def _against_embedded(release: Release) -> tuple[str, ...]:
    try:
        return differences(release, embedded_release())
    except ReleaseError as error:
        return (f"The embedded release cannot be read, so nothing was compared: {error}",)


def embedded_release() -> Release:
    """The release in the package.

    Errors: ReleaseError if it cannot be read.
    """
    return read_release(Path(str(files("tocsin") / "data" / "release")))


def differences(one: Release, other: Release, tolerance: float = 1e-9) -> tuple[str, ...]:
    """What differs between two releases, a sentence each; empty if every number agrees to ``tolerance``."""
    out: list[str] = []
    # The digest changes with the last digit of any number, which is the machine's.
    bare = {"archive_sha256"}
    _compare(one.model_dump(exclude=bare), other.model_dump(exclude=bare), "", tolerance, out)
    return tuple(out)


def _compare(one: Any, other: Any, where: str, tolerance: float, out: list[str]) -> None:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(one.keys() | other.keys()):
            _compare(one.get(key), other.get(key), f"{where}.{key}".lstrip("."), tolerance, out)
    elif isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)) and len(one) == len(other):
        for i, (left, right) in enumerate(zip(one, other, strict=True)):
            name = left.get("place") or left.get("model") or left.get("key") if isinstance(left, dict) else None
            _compare(left, right, f"{where}[{name or i}]", tolerance, out)
    elif isinstance(one, float) and isinstance(other, float):
        if abs(one - other) > tolerance * max(1.0, abs(other)):
            out.append(f"{where}: {one!r} here, {other!r} in the other")
    elif one != other:
        out.append(f"{where}: {str(one)[:80]!r} here, {str(other)[:80]!r} in the other")


def stale(settings: Settings) -> bool:
    """Whether the data at hand are not those that the serving release was made from, so that it should be built anew.

    False while no data can be had: the last good release keeps serving.
    """
    try:
        panel = load_onset_panel(settings)
    except TocsinError:
        return False
    made_from = {receipt.sha256 for receipt in read(settings).release.receipts}
    return any(receipt.sha256 not in made_from for receipt in panel.receipts)
