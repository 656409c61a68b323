import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from rdflib import Graph
from rdflib.compare import isomorphic
from typer.testing import CliRunner, Result

from tocsin.desk.lexicon import lexicon_view, scheme_view, terms_view
from tocsin.interfaces.cli import app

Run = Callable[..., Result]
PACKAGED = Path(__file__).resolve().parents[2] / "src" / "tocsin" / "data" / "schemes"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    environment = {"TOCSIN_HOME": str(tmp_path / "home"), "TOCSIN_OFFLINE": "1", "TOCSIN_MIRROR": ""}

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(app, ["lexicon", *words], env=environment)

    return invoke


def test_without_a_name_everything_there_is_is_listed(run: Run) -> None:
    told = run("show").stdout
    assert told.startswith(lexicon_view().version)
    for one in lexicon_view().schemes:
        (line,) = re.findall(rf"^{one.key} .*$", told, re.MULTILINE)
        assert line.split()[-3:] == [one.version, str(one.concepts), str(one.compared)]
    for view in terms_view():
        assert re.search(rf"^{view.term.key} .* {len(view.senses)} *$", told, re.MULTILINE)
    data = json.loads(run("show", "--json").stdout)
    assert data["version"] == lexicon_view().version
    assert [one["key"] for one in data["schemes"]] == [one.key for one in lexicon_view().schemes]


def test_a_scheme_is_shown_by_its_numbers_in_the_reader_s_language(run: Run) -> None:
    told = run("show", "un-framework-2014", "--language", "ar").stdout
    assert "\n6  غياب العوامل المخفِّفة\n  6.1  جماعات عاجزة عن حماية نفسها\n" in told
    data = json.loads(run("show", "un-framework-2014", "--json").stdout)
    assert len(data["concepts"]) == len(scheme_view("un-framework-2014").concepts)


def test_a_term_is_shown_with_each_owner_s_sense(run: Run) -> None:
    told = run("show", "mass-killing", "--language", "fr").stdout
    assert told.startswith("massacres de masse (mass-killing)")
    for needed in ("Deaths at least: 1,000", "Deaths at least: 50,000", "statistical sense", "Early Warning Project"):
        assert needed in told
    assert "has not been compared with the source's" in told
    senses = json.loads(run("show", "mass-killing", "--json").stdout)["senses"]
    assert {one["thresholds"].get("minimumDeaths") for one in senses} == {1000, 50_000, None}


def test_a_concept_is_shown_with_source_meaning_and_mappings(run: Run) -> None:
    told = run("show", "un-framework-2014:6.2", "--language", "fr").stdout
    assert told.startswith("Absence de société civile forte ou de médias libres (un-framework-2014:6.2)")
    for needed in (
        "en: No strong civil society",
        "Present means: more risk, because something protective is missing",
        "Indicator 6.2",
        "close, turned round: us-araf:3.9",
        "narrow: model-variables:v2mecenefm_binary",
        "(Tocsin, 2026-11-25)",
    ):
        assert needed in told
    data = json.loads(run("show", "un-framework-2014:6.2", "--json").stdout)
    assert data["concept"]["sign"] == "absence"
    assert data["rendering"] is None


def test_a_concept_is_read_in_another_frame(run: Run) -> None:
    told = run("show", "un-framework-2014:4.1", "--to", "us-araf").stdout
    assert "broad: us-araf:1.2" in told
    assert "said of un-framework-2014:4" in told
    told = run("show", "un-framework-2014:14.3", "--to", "us-araf").stdout
    assert "Nothing in us-araf: No question is about relief workers" in told
    told = run("show", "us-araf:1.2", "--to", "eu-checklist").stdout
    assert "nobody has said whether anything corresponds" in told


def test_a_frame_is_read_in_another_with_what_is_left_over_on_both_sides(run: Run) -> None:
    told = run("show", "un-framework-2014", "--to", "us-araf").stdout
    assert "Left over in un-framework-2014:" in told
    assert "Left over in us-araf:" in told
    assert re.search(r"^6\.2 .* close, turned round +3\.9 ", told, re.MULTILINE)
    assert re.search(r"^  1\.1  Possible perpetrators: Who the perpetrators may be", told, re.MULTILINE)
    data = json.loads(run("show", "un-framework-2014", "--to", "us-araf", "--json").stdout)
    assert all(one["author"] and one["date"] and one["note"] for one in data["mappings"])
    assert {gap["concept"] for gap in data["unmapped"]} >= {"un-framework-2014:13", "un-framework-2014:14"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("show", "nato"), "no scheme is called 'nato'"),
        (("show", "un-framework-2014:99"), "no concept '99'"),
        (("show", "un-framework-2014", "--to", "nato"), "no scheme is called 'nato'"),
        (("show", "us-araf:1.2", "--to", "nato"), "no scheme is called 'nato'"),
        (("export", "nato"), "no scheme is called 'nato'"),
        (("check", "nowhere.ttl"), "nowhere.ttl: there is no such file"),
    ],
)
def test_what_does_not_exist_is_answered_with_what_does(run: Run, words: tuple[str, ...], told: str) -> None:
    result = run(*words)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert told in result.stderr
    assert re.search("Choose one of|Did you mean|Name a", result.stderr)


def test_an_unknown_language_or_form_is_wrong_usage(run: Run) -> None:
    assert run("show", "--language", "sw").exit_code == 2
    assert run("export", "terms", "--form", "xml").exit_code == 2


def test_the_lexicon_passes_its_own_check(run: Run) -> None:
    result = run("check")
    assert result.exit_code == 0
    assert result.stdout == f"Nothing is wrong with {lexicon_view().version}.\n"
    assert json.loads(run("check", "--json").stdout) == {"findings": []}


def test_faults_are_listed_and_the_exit_code_tells(run: Run, tmp_path: Path) -> None:
    text = (PACKAGED / "us-araf.ttl").read_text(encoding="utf-8")
    path = tmp_path / "mine.ttl"
    path.write_text(text.replace('skos:notation "1.2" ;', 'skos:notation "1.3" ;'), encoding="utf-8")
    result = run("check", str(path))
    assert result.exit_code == 1
    assert "[notation]" in result.stdout
    assert f"{path}, line " in result.stdout
    assert result.stderr == "2 findings.\n"
    found = json.loads(run("check", str(path), "--json").stdout)["findings"]
    assert {one["rule"] for one in found} == {"notation"}
    path.write_text(text.replace("us:1.2 a", "us:1.2 a a"), encoding="utf-8")
    result = run("check", str(path))
    assert result.exit_code == 1
    assert "[turtle]" in result.stdout


@pytest.mark.parametrize(("form", "read"), [("turtle", "turtle"), ("json-ld", "json-ld")])
def test_an_export_goes_to_a_file_or_to_standard_output(run: Run, tmp_path: Path, form: str, read: str) -> None:
    out = tmp_path / "out"
    result = run("export", "us-araf", "--form", form, "--out", str(out))
    assert result.exit_code == 0
    assert result.stdout == f"Wrote {out}.\n"
    written = out.read_bytes()
    assert run("export", "us-araf", "--form", form).stdout_bytes == written
    source = Graph().parse(PACKAGED / "us-araf.ttl", format="turtle")
    assert isomorphic(Graph().parse(data=written, format=read), source)


def test_a_file_that_cannot_be_written_is_said(run: Run, tmp_path: Path) -> None:
    result = run("export", "us-araf", "--out", str(tmp_path / "no" / "such" / "file"))
    assert result.exit_code == 1
    assert "--out" in result.stderr
