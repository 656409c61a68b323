import csv
import json
import pickle
from pathlib import Path

import pytest
from benchmarks.events import made_up, work

from tocsin.sources.ged import COLUMNS


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("events") / "ged.csv"
    made_up.write(path, rows=4_000)
    return path


def test_the_made_up_file_has_the_shape_of_the_real_one_and_the_same_bytes_each_time(
    file: Path, tmp_path: Path
) -> None:
    with file.open(newline="") as opened:
        rows = list(csv.reader(opened))
    assert rows[0] == list(COLUMNS)
    assert len(rows) == 4_001
    assert {len(row) for row in rows} == {49}
    made_up.write(tmp_path / "again.csv", rows=4_000)
    assert (tmp_path / "again.csv").read_bytes() == file.read_bytes()


@pytest.mark.parametrize("options", [{}, {"narrow": True}, {"loop": True}])
def test_ours_and_pandas_give_the_same_panel_the_same_counts_and_the_same_rows_set_aside(
    file: Path, tmp_path: Path, options: dict[str, bool]
) -> None:
    work.ours(file, tmp_path / "ours")
    work.pandas(file, tmp_path / "pandas", **options)
    found = work.same(tmp_path, "pandas")
    assert found.pop("largest difference") < 1e-9
    assert found.pop("set aside") == 12 * made_up.BROKEN
    assert all(found.values()), json.dumps(found)


@pytest.mark.parametrize(
    ("name", "change", "seen"),
    [("best", 1e-6, "same numbers"), ("set_aside", 1, "same numbers"), ("covered", True, "same cells")],
)
def test_a_difference_in_one_cell_is_seen(file: Path, tmp_path: Path, name: str, change: float, seen: str) -> None:
    work.ours(file, tmp_path / "ours")
    frame, *others = pickle.loads((tmp_path / "ours").read_bytes())
    at = frame["covered"].index(False) if name == "covered" else frame["covered"].index(True)
    frame[name][at] += change
    (tmp_path / "pandas").write_bytes(pickle.dumps((frame, *others)))
    found = work.same(tmp_path, "pandas")
    assert found[seen] is False
    assert found["same rows set aside"] is True
