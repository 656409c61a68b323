import pytest
from benchmarks.kill import GIVEN, Lost, trial

from tocsin.desk import making
from tocsin.desk.node import open_node


def test_writers_that_are_killed_lose_nothing_that_was_acknowledged_to_them():
    with trial("sqlite", seed=5) as one:
        one.run(3)
        assert sum(one.counts.values()) == 3
        # On a machine so busy that nobody came to write, a few more.
        for _ in range(20):
            if not one.acknowledged:
                one.run(1)
        assert one.acknowledged


def test_a_statement_that_was_acknowledged_and_is_gone_would_be_noticed():
    with trial("sqlite", seed=5) as one:
        node = open_node(one.settings)
        making.make(node.local("kill"), {**GIVEN, "body": {"kind": "note", "title": "Seen", "text": "here"}})
        node.store.close()
        (one.settings.home / "acknowledged-0").write_text("0" * 64 + "\n")
        with pytest.raises(Lost, match="gone"):
            one.run(1)
