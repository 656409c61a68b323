import re
import subprocess
import sys
import tomllib
from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from tocsin.core import body
from tocsin.core.errors import LexiconError
from tocsin.lexicon import reading
from tocsin.lexicon.concepts import in_order
from tocsin.lexicon.scheme import concept, scheme, schemes, version
from tocsin.panel.features import onset_features

EVERY = [one for key in schemes() for one in scheme(key).concepts]
ARABIC = re.compile("[\u0600-\u06ff]")

INDICATORS = {1: 11, 2: 8, 3: 10, 4: 9, 5: 8, 6: 11, 7: 14, 8: 12, 9: 6, 10: 8, 11: 6, 12: 10, 13: 13, 14: 8}
"""Indicators of each UN risk factor; of 11 and 13 the last are left out until the text has been compared."""


def test_the_schemes_have_titles_versions_and_sources() -> None:
    for key, one in schemes().items():
        assert one.key == key
        assert set(one.titles) == {"en", "fr", "ar"}
        assert re.fullmatch(r"\d{4}\.\d+", one.version)
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", one.issued)
        assert one.source
        assert one.concepts


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.id)
def test_every_concept_is_labelled_defined_and_sourced(one: object) -> None:
    assert set(one.labels) == {"en", "fr", "ar"}
    assert ARABIC.search(one.labels["ar"])
    assert not ARABIC.search(one.labels["en"] + one.labels["fr"])
    assert one.definition.endswith((".", "?", ")"))
    assert one.source
    assert one.paragraph
    assert one.url == "" or one.url.startswith("https://")
    assert "  " not in " ".join((one.definition, *one.notes, *one.labels.values()))


def test_ids_are_what_statements_accept_and_end_in_the_notation() -> None:
    accepted = TypeAdapter(body.Concept)
    assert len({one.id for one in EVERY}) == len(EVERY)
    for one in EVERY:
        assert accepted.validate_python(one.id) == f"{one.scheme}:{one.notation}"
    for key in schemes():
        assert TypeAdapter(body.Key).validate_python(key) == key
    assert TypeAdapter(body.Line).validate_python(version()) == version()


def test_no_two_concepts_of_a_scheme_share_a_label() -> None:
    for one in schemes().values():
        for language in ("en", "fr", "ar"):
            counted = Counter(concept.label(language).casefold() for concept in one.concepts)
            assert not [label for label, times in counted.items() if times > 1]


def test_the_un_framework_has_fourteen_factors_with_their_indicators() -> None:
    frame = scheme("un-framework-2014")
    assert [one.notation for one in frame.tops] == [str(number) for number in range(1, 15)]
    for number, count in INDICATORS.items():
        factor = frame.get(str(number))
        assert factor is not None
        assert factor.narrower == tuple(f"un-framework-2014:{number}.{n}" for n in range(1, count + 1))
        assert f"Risk factor {number}" in factor.paragraph


@pytest.mark.parametrize(
    ("factors", "crimes"),
    [
        (range(1, 9), {"genocide", "crimes-against-humanity", "war-crimes"}),
        ((9, 10), {"genocide"}),
        ((11, 12), {"crimes-against-humanity"}),
        ((13, 14), {"war-crimes"}),
    ],
)
def test_each_factor_and_its_indicators_are_about_their_crimes(factors: range, crimes: set[str]) -> None:
    for number in factors:
        factor = concept(f"un-framework-2014:{number}")
        for id in (factor.id, *factor.narrower):
            assert set(concept(id).crimes) == crimes


def test_factor_six_is_about_what_is_missing_and_no_other_is() -> None:
    for one in scheme("un-framework-2014").concepts:
        missing = one.notation == "6" or one.notation.startswith("6.")
        assert one.sign == ("absence" if missing else "raises")


def test_frames_say_of_every_question_what_its_presence_means() -> None:
    for key in ("us-araf", "eu-checklist"):
        signs = {one.notation: one.sign for one in scheme(key).concepts}
        assert set(signs.values()) == {"raises", "lowers", "unsigned"}
    assert concept("us-araf:3.9").sign == concept("eu-checklist:7.1").sign == "lowers"


def test_the_eu_style_checklist_does_not_pass_for_the_union_s() -> None:
    checklist = scheme("eu-checklist")
    assert checklist.title().startswith("EU-style")
    assert "Tocsin" in checklist.owner["en"]
    assert not any(one.compared for one in checklist.concepts)


def test_every_sense_has_an_owner_and_stays_its_owner_s() -> None:
    terms = scheme("terms")
    for one in terms.concepts:
        assert one.sense in ("legal", "policy", "statistical")
        assert set(one.owner) == {"en", "fr", "ar"}
        assert one.terms
        # Nothing of one owner is broader than anything of another: that would be a merged meaning.
        assert all(concept(above).owner == one.owner for above in one.broader)
    assert {member for term in terms.terms for member in term.members} == {one.id for one in terms.concepts}


def test_every_term_has_several_senses_side_by_side_and_no_definition() -> None:
    for term in scheme("terms").terms:
        assert len(term.members) >= 2
        assert term.note
        assert not hasattr(term, "definition")
        kinds = [concept(member).sense for member in term.members]
        assert kinds == sorted(kinds, key=("legal", "policy", "statistical").index)


def test_the_asked_for_terms_are_there() -> None:
    assert {term.key for term in scheme("terms").terms} == {
        *("genocide", "crimes-against-humanity", "war-crimes", "ethnic-cleansing", "atrocity-crime", "mass-atrocity"),
        *("mass-killing", "one-sided-violence", "responsibility-to-protect", "prevention", "early-warning"),
        *("trigger", "resilience"),
    }


@pytest.mark.parametrize(
    ("id", "thresholds"),
    [
        ("terms:mass-killing.ewp", {"minimumDeaths": 1000, "windowYears": 1}),
        ("terms:mass-killing.ulfelder-valentino", {"minimumDeaths": 1000}),
        ("terms:mass-killing.valentino-2004", {"minimumDeaths": 50_000, "windowYears": 5}),
        ("terms:mass-killing.tocsin-onset", {"minimumDeaths": 1000, "windowYears": 1, "horizonYears": 2}),
        ("terms:one-sided-violence.ucdp", {"minimumDeaths": 25, "windowYears": 1}),
        ("terms:one-sided-violence.acled", {"minimumDeathsPerEvent": 0}),
        ("terms:genocide.convention", {}),
    ],
)
def test_thresholds_are_numbers(id: str, thresholds: dict[str, int]) -> None:
    assert concept(id).thresholds == thresholds


def test_the_model_variables_are_those_of_the_models() -> None:
    described = {feature.id: feature for feature in onset_features()}
    variables = {one.notation: one for one in scheme("model-variables").concepts}
    assert set(variables) == set(described)
    for id, feature in described.items():
        assert variables[id].labels["en"] == feature.label
        assert variables[id].definition == feature.description
        assert variables[id].paragraph == feature.source
        assert variables[id].notes == (f"Unit: {feature.unit}",)


def test_the_signs_of_the_model_variables_are_those_of_the_method() -> None:
    text = (files("tocsin") / "data" / "methods" / "onset.toml").read_text(encoding="utf-8")
    directions = tomllib.loads(text)["directions"]
    for one in scheme("model-variables").concepts:
        up, down = one.notation in directions["up"], one.notation in directions["down"]
        assert one.sign == ("raises" if up else "lowers" if down else "unsigned")


def test_a_label_that_is_missing_in_a_language_is_given_in_english() -> None:
    one = concept("un-framework-2014:1.1")
    assert one.label("ar") == "نزاع مسلح"
    assert one.label("sw") == one.label("en") == "Armed conflict"


def test_unknown_names_are_answered_with_known_ones() -> None:
    with pytest.raises(LexiconError, match="eu-checklist, model-variables, terms, un-framework-2014, us-araf"):
        scheme("un")
    with pytest.raises(LexiconError, match=r"Did you mean .*un-framework-2014:6\.2"):
        concept("un-framework-2014:6.22")
    with pytest.raises(LexiconError, match="SCHEME:NOTATION"):
        concept("6.2")
    with pytest.raises(LexiconError, match="no scheme is called 'icd203'"):
        concept("icd203:1")


def test_the_version_pins_every_file(monkeypatch: pytest.MonkeyPatch) -> None:
    files_now = reading.packaged()
    before = version()
    assert re.fullmatch(r"lexicon-2026\.1-[0-9a-f]{12}", before)
    for name, content in files_now.items():
        changed = files_now | {name: content + b"# one more remark\n"}
        monkeypatch.setattr("tocsin.lexicon.scheme.packaged", lambda changed=changed: changed)
        version.cache_clear()
        assert version() != before
    monkeypatch.undo()
    version.cache_clear()
    assert version() == before


def test_schemes_are_read_once_and_the_version_without_reading_any() -> None:
    assert schemes() is schemes()
    ask = "import sys; from tocsin.lexicon.scheme import version; version(); print('rdflib' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert told.stdout == "False\n"


def test_notations_sort_as_people_count() -> None:
    assert sorted(["1.10", "10", "1.9", "2", "1"], key=in_order) == ["1", "1.9", "1.10", "2", "10"]


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        (b"@prefix a: <b:> .\n\na:x a:y ; ; z 1 .\n", 3, "near"),
        (b"@prefix a: <b:> .\na:x a:y zz:q .\n", 2, "zz:"),
        (b'@prefix a: <b:> .\n\n\na:x a:y "never closed .\n', 4, "newline"),
        (b"@prefix a: <b:> .\na:x a:y <unfinished\n", 2, ""),
        (b"@prefix a: <b:> .\na:x a:y a:z", 2, ""),
        (b"a:x a:y \xff .\n", 1, "UTF-8"),
        (b"# one\n# two\n\xe9\n", 3, "UTF-8"),
    ],
)
def test_what_is_not_turtle_is_refused_with_file_and_line(tmp_path: Path, text: bytes, line: int, why: str) -> None:
    path = tmp_path / "mine.ttl"
    path.write_bytes(text)
    with pytest.raises(LexiconError) as caught:
        reading.read(path)
    assert caught.value.where == f"{path}, line {line}"
    assert why in caught.value.what
    assert caught.value.remedy


def test_what_cannot_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LexiconError, match="cannot be read"):
        reading.read(tmp_path / "nothing.ttl")
    with pytest.raises(LexiconError, match="nested too deeply"):
        reading.parse(b"@prefix a: <b:> .\na:x a:y " + b"(" * 20_000, "deep.ttl")
    monkeypatch.setattr(reading, "MAX_BYTES", 3)
    (tmp_path / "long.ttl").write_text("# four")
    with pytest.raises(LexiconError, match="too large"):
        reading.read(tmp_path / "long.ttl")


def test_a_text_cut_anywhere_is_read_or_refused_and_never_breaks() -> None:
    content = reading.packaged()["us-araf.ttl"][:5000]
    places: list[str] = []
    for end in range(0, len(content), 37):
        try:
            reading.parse(content[:end], "cut.ttl")
        except LexiconError as error:
            places.append(error.where)
    assert len(places) > 50
    assert all(place.startswith("cut.ttl, line ") for place in places)


def test_a_subject_is_found_by_its_line() -> None:
    file = reading.packaged_file("us-araf.ttl")
    line = file.line("https://tocsin.invalid/scheme/us-araf/3.9")
    assert line is not None
    assert file.text.splitlines()[line - 1] == "us:3.9 a skos:Concept ;"
    assert file.where("https://tocsin.invalid/scheme/us-araf/99") == "us-araf.ttl"


PAGE = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "lexicon.md").read_text(encoding="utf-8")


def test_the_page_tells_every_scheme_with_its_counts() -> None:
    told = re.findall(r"^\| `([a-z0-9-]+)` \| (\d+) \| (\d+) \|", PAGE, flags=re.MULTILINE)
    assert {key: (int(all), int(some)) for key, all, some in told} == {
        key: (len(one.concepts), sum(concept.compared for concept in one.concepts)) for key, one in schemes().items()
    }
    assert f"{sum(INDICATORS.values())} indicators" in PAGE


def test_the_page_tells_every_term_rule_and_property() -> None:
    from tocsin.lexicon.integrity import RULES

    for term in scheme("terms").terms:
        assert f"`{term.key}`" in PAGE
    for rule, asked in RULES.items():
        assert f"| `{rule}` | {asked} |" in PAGE
    used = {
        name.removeprefix("https://tocsin.invalid/vocabulary/")
        for file in reading.packaged()
        for said in reading.packaged_file(file).subjects.values()
        for name in said
        if name.startswith("https://tocsin.invalid/vocabulary/")
    }
    assert used == set(re.findall(r"`tocsin:(?!noMatch)(\w+)`", PAGE))


def test_the_page_tells_the_thresholds() -> None:
    for id, deaths, years in re.findall(r"^\| `(terms:\S+)` \| ([\d,]+) \| (\d+|not set) \|", PAGE, flags=re.MULTILINE):
        found = concept(id).thresholds
        assert found["minimumDeaths"] == int(deaths.replace(",", ""))
        assert str(found.get("windowYears", "not set")) == years
