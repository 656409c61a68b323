import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.made_up_release import made_up_home
from typer.testing import CliRunner, Result

from tocsin.core.settings import Settings
from tocsin.desk.yardsticks import spread, table, yardsticks
from tocsin.interfaces.cli import app

Run = Callable[..., Result]
PAGE = Path(__file__).resolve().parents[2] / "docs" / "methods" / "yardsticks.md"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return made_up_home(tmp_path)


@pytest.fixture
def run(settings: Settings) -> Run:
    environment = {"TOCSIN_HOME": str(settings.home), "TOCSIN_OFFLINE": "1", "TOCSIN_MIRROR": ""}

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(app, ["yardstick", *words], env=environment)

    return invoke


def test_the_yardsticks_are_listed_with_owner_and_language(run: Run) -> None:
    told = run("show").stdout
    for scale in yardsticks().values():
        (line,) = re.findall(rf"^{scale.key} .*$", told, re.MULTILINE)
        assert scale.owner in line
        assert f" {scale.lang} " in line
    assert [one["key"] for one in json.loads(run("show", "--json").stdout)] == list(yardsticks())


def test_one_yardstick_is_shown_with_source_bands_and_states(run: Run) -> None:
    told = run("show", "scrc").stdout
    for needed in ("PS64-106/2007", "20 to 40 %", "probably not", "une chance sur deux", "3 states have a forecast"):
        assert needed in told
    data = json.loads(run("show", "icd203", "--json").stdout)
    assert data["yardstick"]["bands"][1]["term"] == "very unlikely"
    assert sum(count for _, count in data["release"]["words"]) == data["release"]["of"] == 3


def test_states_without_a_word_are_counted_with_the_others(settings: Settings, run: Run) -> None:
    without = {
        words: count
        for words, count in spread(settings, "scrc").words
        if words.startswith(("between", "below", "above"))
    }
    assert sum(without.values()) == 2  # one below the scale, one in a gap; the third has a word
    told = run("show", "scrc").stdout
    assert all(re.search(rf"^{re.escape(words)} +{count}$", told, re.MULTILINE) for words, count in without.items())


def test_a_probability_is_told_on_every_yardstick_or_on_one(run: Run) -> None:
    lines = run("say", "0.18", "--base", "0.06", "--low", "0.1", "--high", "0.3").stdout.splitlines()
    assert len(lines) == len(yardsticks())
    assert all(line.startswith("18 % (1 in 6, between 10 % and 30 %), 3.0 times the base rate") for line in lines)
    assert ["Do not give the word alone" in line for line in lines] == [True, False, False, False]
    (told,) = json.loads(run("say", "0.18", "--base", "0.06", "--yardstick", "icd203", "--json").stdout)
    assert (told["word"], told["erased"], told["low"]) == ("very unlikely", True, None)


def test_a_probability_is_told_in_french(run: Run) -> None:
    told = run("say", "0.05", "--yardstick", "scrc", "--language", "fr").stdout
    assert told.startswith("5,0 % (1 sur 20, intervalle non donné), taux de base non donné. SCRC : « presque aucune")


def test_a_word_is_translated_with_what_is_lost(run: Run) -> None:
    told = run("translate", "unlikely", "--from", "icd203", "--to", "phia").stdout
    for needed in ("20 to 45 %", "25 to 35 %", "'unlikely' for 40 %", "no word for 40 %", "loss 0.60", "Assumed"):
        assert needed in told
    found = json.loads(run("translate", "Improbable", "--from", "scrc", "--to", "icd203", "--json").stdout)
    assert found["term"] == "presque aucune chance"
    assert found["uncovered"] + sum(one["share"] for one in found["shares"]) == pytest.approx(1)


def test_a_whole_yardstick_is_translated_word_by_word(run: Run) -> None:
    told = run("translate", "--from", "ipcc", "--to", "icd203").stdout
    whole = table("ipcc", "icd203")
    assert all(row.term in told for row in whole.rows)
    assert "(no word)" in told
    assert f"Mean loss {whole.loss:.2f}" in told
    assert json.loads(run("translate", "--from", "ipcc", "--to", "icd203", "--json").stdout)["loss"] == whole.loss


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("show", "kent"), "icd203, phia, scrc, ipcc"),
        (("say", "10"), "10.0 is not a probability"),
        (("say", "0.1", "--yardstick", "kent"), "icd203, phia, scrc, ipcc"),
        (("say", "0.1", "--language", "tlh"), "en, fr"),
        (("say", "0.1", "--low", "0.05"), "one end only"),
        (("translate", "maybe", "--from", "icd203", "--to", "phia"), "almost no chance, remote"),
        (("translate", "--from", "icd203", "--to", "kent"), "icd203, phia, scrc, ipcc"),
    ],
)
def test_what_cannot_be_is_one_sentence_with_the_choices(run: Run, words: tuple[str, ...], told: str) -> None:
    result = run(*words)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("tocsin: ")
    assert told in result.stderr


@pytest.mark.parametrize("words", [("say", "much"), ("translate", "unlikely", "--from", "icd203"), ("measure",)])
def test_wrong_usage_is_exit_code_two(run: Run, words: tuple[str, ...]) -> None:
    assert run(*words).exit_code == 2


def test_the_counts_in_the_documentation_are_those_of_the_embedded_release(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, offline=True)
    page = PAGE.read_text(encoding="utf-8")
    for key, scale in yardsticks().items():
        found = spread(settings, key)
        counts = dict(found.words)
        words = sorted((band.term for band in scale.bands if band.term in counts), key=list(counts).index)
        worded = ", ".join(f"{word} {counts[word]}" for word in words)
        without = found.of - sum(counts[word] for word in words)
        assert f"| {scale.title} | {worded} | {without} | {found.hidden} of {found.apart} |" in page


def test_the_losses_in_the_documentation_are_those_of_the_code() -> None:
    page = PAGE.read_text(encoding="utf-8")
    titles = [scale.title for scale in yardsticks().values()]
    assert f"| said on \\ read on | {' | '.join(titles)} |" in page
    for key, scale in yardsticks().items():
        losses = " | ".join(f"{table(key, other).loss:.2f}" for other in yardsticks())
        assert f"| {scale.title} | {losses} |" in page
