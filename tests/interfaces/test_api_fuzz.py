"""Every operation of the API against its own description: all phases of schemathesis, with all of its checks.

``make fuzz`` asks for many more examples; TOCSIN_FUZZ_EXAMPLES says how many for each operation.
"""

import os

import pytest
import schemathesis
import schemathesis.engine
from schemathesis.config import (
    ChecksConfig,
    GenerationConfig,
    PhasesConfig,
    PositiveDataAcceptanceConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
    StatefulPhaseConfig,
)
from schemathesis.engine import events
from tests.api_node import API, a_note, api_node

from tocsin.interfaces.web import pace

EXAMPLES = int(os.environ.get("TOCSIN_FUZZ_EXAMPLES", "0"))
SEED = int(os.environ.get("TOCSIN_FUZZ_SEED", "1"))

# What fits the schema may still break a rule (a state that does not exist, a cursor that nobody was given), which is
# said as such; and everything may be refused to a person.
EXPECTED = ["2xx", "400", "401", "403", "404", "422"]


@pytest.fixture
def node(tmp_path_factory):
    """A node of its own for each test: with time somebody closes the account through which it is asked."""
    with pytest.MonkeyPatch.context() as patch:
        # One caller asks thousands of times; before the first, because what is left of a burst is kept.
        patch.setattr(pace, "BURST", float("inf"))
        made = api_node(tmp_path_factory.mktemp("fuzz"))
        client = made.client("ana")
        assert client.post("/statements", json=a_note()).status_code == 201
        assert client.post("/statements", json=a_note("Open.", tlp="GREEN", to="community")).status_code == 201
        yield made


def config(node, known):
    project = ProjectConfig(
        parameters=known,
        headers=node.bearer("ana") | {"Host": "127.0.0.1:8420"},
        continue_on_failure=True,
        generation=GenerationConfig(max_examples=max(EXAMPLES, 1), deterministic=not EXAMPLES, no_shrink=not EXAMPLES),
        checks=ChecksConfig(positive_data_acceptance=PositiveDataAcceptanceConfig(expected_statuses=EXPECTED)),
        phases=PhasesConfig(stateful=StatefulPhaseConfig(enabled=EXAMPLES > 0)),
    )
    return SchemathesisConfig(seed=SEED, projects=ProjectsConfig(default=project))


@pytest.mark.parametrize("known", [False, True], ids=["any", "known"])
def test_every_answer_is_as_described_and_none_is_an_error_of_ours(node, known):
    """Once with identities as they are made up, and once with that of a statement that is there."""
    listed = node.client("ana").get("/statements", params={"limit": 1})
    assert listed.status_code == 200, listed.text
    stored = listed.json()["items"][0]["id"]
    whole = config(node, {"id": stored} if known else {})
    headers = dict(whole.projects.default.headers)
    schema = schemathesis.openapi.from_asgi(f"{API}/openapi.json", node.app, config=whole, headers=headers)

    asked, found = 0, {}
    for event in schemathesis.engine.from_schema(schema).execute():
        if isinstance(event, (events.NonFatalError, events.FatalError)):
            raise AssertionError(f"{getattr(event, 'label', '')}: {event.value if hasattr(event, 'value') else event}")
        if isinstance(event, events.ScenarioFinished):
            asked += len(event.recorder.interactions)
            for case, checks in event.recorder.checks.items():
                for check in checks:
                    if check.failure_info:
                        told = f"{check.failure_info.failure}\n{check.failure_info.code_sample}"
                        found.setdefault((event.label, check.name), (case, told))

    assert asked > 500
    assert not found, "\n\n".join(f"{label}: {name}\n{told}" for (label, name), (_, told) in found.items())
