"""What several files of these tests look at: one finished round, and its readout in each language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.readouts import LANGUAGES, told
from tests.round_team import by

from tocsin.desk.document import Readout
from tocsin.desk.node import Node
from tocsin.desk.rounds.readout import readout


@pytest.fixture(scope="session")
def round_(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Node, str]]:
    node, id = told(tmp_path_factory.mktemp("round"))
    yield node, id
    node.store.close()


@pytest.fixture(scope="session")
def readouts(round_: tuple[Node, str]) -> dict[str, Readout]:
    node, id = round_
    return {language: readout(by(node, "bb-one"), id, "pdf", language=language) for language in LANGUAGES}
