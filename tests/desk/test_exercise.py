"""An exercise lives in a store of its own, speaks of fictional states only, and nothing crosses."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.interfaces.test_export_bytes import pages_of
from tests.three_organisations import furnished, note, visit

from tocsin.core.errors import NotFound, StatementError, StoreError
from tocsin.core.marking import Caveat
from tocsin.core.place import places
from tocsin.core.settings import Settings
from tocsin.desk import fiction, making, views
from tocsin.desk.exercise import furnish
from tocsin.desk.exporting import export
from tocsin.desk.keeping import back_up, restore
from tocsin.desk.modelled import enter_release
from tocsin.desk.node import Node, open_node
from tocsin.desk.proposals import proposals
from tocsin.desk.releasing import approve
from tocsin.interfaces.briefs import RecordFormat, render_record
from tocsin.interfaces.web import create_app


@pytest.fixture
def exercise(tmp_path: Path) -> Iterator[Node]:
    node = open_node(Settings(home=tmp_path), exercise=True)
    yield node
    node.store.close()


def test_an_exercise_is_furnished_once_with_fictional_statements(exercise: Node) -> None:
    assert furnish(exercise) > 5
    assert furnish(exercise) == 0
    local = exercise.local("cli")
    found = [view for id in fiction.states() for view in views.history(local, f"place:{id}").views]
    assert {view.head.kind for view in found} == {"assessment", "contribution", "note", "proposal", "request", "round"}
    assert {view.state for view in found} == {"current", "superseded"}
    assert all(Caveat.EXERCISE in view.head.marking.caveats for view in found)
    with exercise.store.reading() as reader:
        names = [one.name for one in reader.register.organisations.values() if one.id != "this-node"]
        names += [one.name for one in reader.register.persons.values() if one.id != "local"]
        names += [one.name for one in reader.register.groups.values()]
    assert len(names) >= 9
    assert all("fictional" in name for name in names)


def test_whoever_runs_it_has_a_proposal_to_decide_and_something_they_may_not_see(exercise: Node) -> None:
    furnish(exercise)
    local = exercise.local("cli")
    (waiting,) = proposals(local, waiting=True)
    (mine,) = [one.view.id for one in waiting.sources if one.yours]
    assert approve(local, waiting.view.id, mine, "Agreed.").head.kind == "downgrade"
    desks = views.current(exercise.visit("hestmark-desk", "cli"), subject="place:XXA").views
    hidden = {view.id for view in desks} - {view.id for view in views.current(local, subject="place:XXA").views}
    assert len(hidden) == 1
    with pytest.raises(NotFound):
        views.statement(local, hidden.pop())


def test_a_team_exercise_is_furnished_without_its_one_person(tmp_path: Path) -> None:
    node = open_node(Settings(home=tmp_path), team=True, exercise=True)
    assert furnish(node) > 4
    assert proposals(node.visit("watch-desk", "cli")) == ()
    node.store.close()


def test_a_real_node_is_never_furnished(tmp_path: Path) -> None:
    node = open_node(Settings(home=tmp_path))
    assert furnish(node) == 0
    assert list(views.every(node.local("cli"))) == []
    node.store.close()


def test_codes_of_fictional_states_are_those_that_iso_leaves_to_its_users() -> None:
    real = {place.id for place in places()}
    assert real.isdisjoint(fiction.states())
    assert all(len(id) == 3 and "XXA" <= id <= "XXZ" for id in fiction.states())
    assert {place.names["en"] for place in places()}.isdisjoint(one.name for one in fiction.states().values())


@pytest.mark.parametrize("real", ["SDN", "FRA", "VNM"])
def test_no_real_state_is_the_subject_of_an_exercise(exercise: Node, real: str) -> None:
    given = {
        "body": {"kind": "note", "title": "T", "text": "t"},
        "subject": {"type": "place", "id": real},
        "marking": {"tlp": "CLEAR", "caveats": ["EXERCISE"], "audience": [["everyone"]]},
    }
    with pytest.raises(StatementError) as refused:
        making.make(exercise.local("cli"), given)
    assert refused.value.field == "subject.id"
    assert "Valdria" in refused.value.remedy
    assert making.make(exercise.local("cli"), given | {"subject": {"type": "place", "id": "XXA"}}).id


def test_what_was_said_in_an_exercise_cannot_be_said_again_in_a_real_store(exercise: Node, tmp_path: Path) -> None:
    furnish(exercise)
    real = furnished(tmp_path)
    for view in views.current(exercise.local("cli"), kind="note").views:
        given = {name: view.shown[name] for name in ("body", "subject", "evidence")}
        marking = view.shown["marking"] | {"audience": [["everyone"]], "tlp": "CLEAR"}
        with pytest.raises(StatementError) as refused:
            making.make(visit(real, "aa-desk"), given | {"marking": marking})
        assert refused.value.field in ("marking.caveats", "attribution", "statement")
        bare = marking | {"caveats": []}
        with pytest.raises(StatementError) as refused:
            making.make(visit(real, "aa-desk"), given | {"marking": bare})
        assert refused.value.field == "subject.id"
    assert list(views.every(visit(real, "aa-desk"))) == []
    real.store.close()


def test_a_real_statement_and_its_identity_mean_nothing_in_an_exercise(exercise: Node, tmp_path: Path) -> None:
    real = furnished(tmp_path)
    made = note(real, "aa-desk", "A camp was attacked.", tlp="CLEAR", audience=["everyone"])
    given = {name: made.shown[name] for name in ("body", "subject", "marking")}
    with pytest.raises(StatementError, match="exercise"):
        making.make(exercise.local("cli"), given)
    with pytest.raises(NotFound):
        views.statement(exercise.local("cli"), made.id)
    with pytest.raises(StatementError, match="no such statement"):
        making.make(
            exercise.local("cli"),
            given
            | {
                "subject": {"type": "place", "id": "XXA"},
                "marking": made.shown["marking"] | {"caveats": ["EXERCISE"]},
                "derived_from": [made.id],
            },
        )
    real.store.close()


def test_an_attachment_of_one_world_cannot_be_cited_in_the_other(exercise: Node, tmp_path: Path) -> None:
    with exercise.store.writing() as writer:
        file = writer.keep(b"map of Valdria", "text/plain", "this-node", "local")
    real = open_node(Settings(home=tmp_path))
    assert not real.store.blobs.path(file).exists()
    evidence = [{"type": "attachment", "reference": file, "reliability": "A", "credibility": "1"}]
    with pytest.raises(StatementError, match="no such attachment"):
        making.make(
            real.local("cli"),
            {
                "body": {"kind": "note", "title": "T", "text": "t"},
                "subject": {"type": "place", "id": "SDN"},
                "marking": {"tlp": "CLEAR", "audience": [["everyone"]]},
                "evidence": evidence,
            },
        )
    real.store.close()


def test_a_release_of_the_model_stays_out_of_an_exercise(exercise: Node) -> None:
    assert enter_release(exercise) == 0


@pytest.mark.parametrize("exercise_first", [True, False])
def test_a_store_of_one_world_is_refused_as_the_other(tmp_path: Path, exercise_first: bool) -> None:
    settings = Settings(home=tmp_path)
    open_node(settings, exercise=exercise_first).store.close()
    folders = [tmp_path / "exercise", tmp_path / "store"]
    source, target = folders if exercise_first else reversed(folders)
    assert not target.exists()
    shutil.copytree(source, target)
    with pytest.raises(StoreError, match="exercise"):
        open_node(settings, exercise=not exercise_first)


@pytest.mark.parametrize("from_exercise", [True, False])
def test_a_backup_of_one_world_is_refused_by_the_other(tmp_path: Path, from_exercise: bool) -> None:
    settings, file = Settings(home=tmp_path / "one"), tmp_path / "backup"
    node = open_node(settings, exercise=from_exercise)
    furnish(node)
    node.store.close()
    back_up(settings, file, exercise=from_exercise)
    other = Settings(home=tmp_path / "other")
    with pytest.raises(StoreError, match="exercise"):
        restore(other, file, exercise=not from_exercise)
    assert restore(other, file, exercise=from_exercise)


def test_an_exercise_never_touches_the_database_that_the_settings_name(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database="postgresql://nobody@127.0.0.1:1/none")
    node = open_node(settings, exercise=True)
    assert furnish(node) > 5
    assert node.store.sqlite
    assert (tmp_path / "exercise" / "node.db").exists()
    node.store.close()


@pytest.mark.parametrize("form", RecordFormat)
def test_every_file_of_an_exercise_is_watermarked(exercise: Node, form: RecordFormat) -> None:
    furnish(exercise)
    local = exercise.local("cli")
    (view,) = views.current(local, subject="place:XXB").views
    made = render_record(export(local, view.id, form.value), form)
    if form is RecordFormat.JSON:
        told = json.loads(made)
        assert told["watermark"] == fiction.WATERMARK
        assert told["statement"]["marking"]["caveats"] == ["EXERCISE"]
        return
    for page in pages_of(made, form):
        assert fiction.WATERMARK in page
    if form is RecordFormat.DOCX:
        with zipfile.ZipFile(io.BytesIO(made)) as archive:
            header = archive.read("word/header1.xml").decode()
        across = header[header.index("<v:shape ") :]
        assert f'string="{fiction.WATERMARK}"' in across


def test_an_exercise_has_no_page_and_no_brief_about_a_real_state(exercise: Node) -> None:
    client = TestClient(create_app(exercise), base_url="http://127.0.0.1:8420", follow_redirects=False)
    refused = client.get("/country/SDN/brief.md")
    assert refused.status_code == 400
    assert "fictional states" in refused.text
    for address in ("/", "/world", "/scorecard", "/method", "/data", "/country/SDN", "/find?q=Sudan", "/world.json"):
        assert client.get(address).headers["location"].startswith("/statements")
    for address in ("/country/XXA", "/country/Valdria", "/find?q=valdria"):
        assert client.get(address).headers["location"] == "/history/place%3AXXA"
