import json
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from rdflib import Graph, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import SKOS

from tocsin.core.errors import LexiconError
from tocsin.lexicon import names, reading
from tocsin.lexicon.crosswalk import stated
from tocsin.lexicon.export import FORMS, export, export_graph
from tocsin.lexicon.integrity import RULES, Finding, check
from tocsin.lexicon.scheme import schemes

SOUND = """\
@prefix dct: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix tocsin: <https://tocsin.invalid/vocabulary/> .
@prefix scheme: <https://tocsin.invalid/scheme/> .
@prefix source: <https://tocsin.invalid/source/> .
@prefix my: <https://tocsin.invalid/scheme/mine/> .

scheme:mine a skos:ConceptScheme ;
    dct:title "Mine"@en , "Le mien"@fr , "خاصتي"@ar ;
    owl:versionInfo "1" ;
    dct:issued "2026-11-25"^^xsd:date ;
    dct:source source:mine .

source:mine dct:bibliographicCitation "A book" .

my:a a skos:Concept ;
    skos:inScheme scheme:mine ;
    skos:topConceptOf scheme:mine ;
    skos:notation "a" ;
    skos:prefLabel "first"@en , "premier"@fr , "أول"@ar ;
    skos:definition "The first."@en ;
    tocsin:owner "Me"@en , "Moi"@fr , "أنا"@ar ;
    tocsin:sense "policy" ;
    tocsin:minimumDeaths 1000 ;
    tocsin:locator "p. 1" .

my:b a skos:Concept ;
    skos:inScheme scheme:mine ;
    skos:broader my:a ;
    skos:notation "b" ;
    skos:prefLabel "second"@en , "deuxième"@fr , "ثان"@ar ;
    skos:definition "The second."@en ;
    tocsin:sign "raises" ;
    tocsin:locator "p. 2" .

my:c a skos:Concept ;
    skos:inScheme scheme:mine ;
    skos:broader my:b ;
    skos:notation "c" ;
    skos:prefLabel "third"@en , "troisième"@fr , "ثالث"@ar ;
    skos:definition "The third."@en ;
    tocsin:locator "p. 3" .

my:word a skos:Collection ;
    skos:prefLabel "word"@en , "mot"@fr , "كلمة"@ar ;
    skos:member my:a .

my:m1 a tocsin:Mapping ;
    tocsin:from my:a ;
    tocsin:to my:c ;
    tocsin:relation skos:narrowMatch ;
    skos:note "Because."@en ;
    dct:creator "Me" ;
    dct:issued "2026-11-25"^^xsd:date .

my:m2 a tocsin:Mapping ;
    tocsin:from my:b ;
    tocsin:toScheme scheme:us-araf ;
    tocsin:relation tocsin:noMatch ;
    skos:note "Nothing there."@en ;
    dct:creator "Me" ;
    dct:issued "2026-11-25"^^xsd:date .
"""

M3 = """
my:m3 a tocsin:Mapping ;
    tocsin:from my:b ;
    tocsin:to {to} ;
    tocsin:relation {relation} ;
    skos:note "Because."@en ;
    dct:creator "Me" ;
    dct:issued "2026-11-25"^^xsd:date .
"""

Check = Callable[[str], tuple[Finding, ...]]


@pytest.fixture
def checked(tmp_path: Path) -> Check:
    def of(text: str) -> tuple[Finding, ...]:
        path = tmp_path / "mine.ttl"
        path.write_text(text, encoding="utf-8")
        return check([path])

    return of


def changed(old: str, new: str) -> str:
    assert old in SOUND, old
    return SOUND.replace(old, new, 1)


def test_the_lexicon_holds_together() -> None:
    assert check() == ()


def test_a_sound_file_has_no_findings(checked: Check) -> None:
    assert checked(SOUND) == ()


FAULTS = {
    "no Turtle": (changed("my:a a", "my:a a a"), "turtle", "line 1"),
    "no scheme": ("@prefix my: <https://example.org/> .\nmy:a my:b my:c .\n", "empty", "mine.ttl"),
    "no type": (changed("my:c a skos:Concept ;\n    skos:inScheme", "my:c skos:inScheme"), "untyped", "mine:c"),
    "misspelt property": (
        changed('skos:prefLabel "third"@en ,', 'skos:prefLable "third"@en ; skos:prefLabel'),
        "property",
        "mine:c",
    ),
    "unknown property of ours": (changed('tocsin:sign "raises"', 'tocsin:risk "high"'), "property", "mine:b"),
    "no title in Arabic": (changed(' , "خاصتي"@ar', ""), "scheme", "mine"),
    "no version": (changed('    owl:versionInfo "1" ;\n', ""), "scheme", "mine"),
    "no date": (changed('dct:issued "2026-11-25"^^xsd:date ;\n    dct:source', "dct:source"), "scheme", "mine"),
    "unknown scheme": (
        changed(
            "skos:inScheme scheme:mine ;\n    skos:topConceptOf scheme:mine",
            "skos:inScheme scheme:yours ;\n    skos:topConceptOf scheme:mine",
        ),
        "in-scheme",
        "mine:a",
    ),
    "two schemes": (
        changed(
            "skos:inScheme scheme:mine ;\n    skos:broader my:b",
            "skos:inScheme scheme:mine , scheme:terms ;\n    skos:broader my:b",
        ),
        "in-scheme",
        "mine:c",
    ),
    "orphan": (changed("    skos:broader my:a ;\n", ""), "orphan", "mine:b"),
    "ring of one": (changed("skos:broader my:b", "skos:broader my:b , my:c"), "cycle", "mine:c"),
    "ring of two": (changed("skos:broader my:a", "skos:broader my:c"), "cycle", "mine:b"),
    "broader than nothing": (changed("skos:broader my:b", "skos:broader my:z"), "broader", "mine:c"),
    "broader of another scheme": (
        changed("skos:broader my:b", "skos:broader <https://tocsin.invalid/scheme/us-araf/1>"),
        "broader",
        "mine:c",
    ),
    "narrower alone": (changed("skos:topConceptOf", "skos:narrower my:c ; skos:topConceptOf"), "inverse", "mine:a"),
    "another top concept": (
        changed("dct:source source:mine .", "dct:source source:mine ; skos:hasTopConcept my:b ."),
        "inverse",
        "mine:a",
    ),
    "no French": (changed(' , "troisième"@fr', ""), "language", "mine:c"),
    "two in English": (changed('"third"@en', '"third"@en , "3rd"@en'), "language", "mine:c"),
    "an empty label": (changed('"third"@en', '" "@en'), "language", "mine:c"),
    "a word without Arabic": (changed(' , "كلمة"@ar', ""), "language", "word"),
    "the same label": (changed('"third"@en', '"SECOND"@en'), "label", "mine:c"),
    "the same notation": (changed('skos:notation "c"', 'skos:notation "b"'), "notation", "mine:c"),
    "no notation": (changed('    skos:notation "c" ;\n', ""), "notation", "mine:c"),
    "no definition": (changed('    skos:definition "The third."@en ;\n', ""), "definition", "mine:c"),
    "a definition in French only": (changed('"The third."@en', '"Le troisième."@fr'), "definition", "mine:c"),
    "no source": (changed(" ;\n    dct:source source:mine", ""), "source", "mine:a"),
    "source not described": (changed('source:mine dct:bibliographicCitation "A book" .', ""), "source", "mine:a"),
    "no paragraph": (changed(' ;\n    tocsin:locator "p. 3"', ""), "source", "mine:c"),
    "no owner": (changed('    tocsin:owner "Me"@en , "Moi"@fr , "أنا"@ar ;\n', ""), "owner", "word"),
    "no kind of sense": (changed('    tocsin:sense "policy" ;\n', ""), "owner", "word"),
    "an unknown sense": (changed('sense "policy"', 'sense "moral"'), "value", "mine:a"),
    "an unknown sign": (changed('sign "raises"', 'sign "up"'), "value", "mine:b"),
    "an unknown crime": (changed('sign "raises"', 'sign "raises" ; tocsin:crime "theft"'), "value", "mine:b"),
    "a number in quotes": (changed("minimumDeaths 1000", 'minimumDeaths "1000"'), "value", "mine:a"),
    "a number below zero": (changed("minimumDeaths 1000", "minimumDeaths -1"), "value", "mine:a"),
    "a missing member": (changed("skos:member my:a", "skos:member my:a , my:z"), "member", "word"),
    "a mapping from nowhere": (changed("tocsin:from my:b", "tocsin:from my:z"), "end", "m2"),
    "a mapping to nowhere": (changed("tocsin:to my:c", "tocsin:to my:z"), "end", "m1"),
    "a mapping to no scheme": (changed("scheme:us-araf", "scheme:nato"), "end", "m2"),
    "a mapping without an end": (changed("    tocsin:to my:c ;\n", ""), "end", "m1"),
    "a mapping with two ends": (changed("tocsin:to my:c", "tocsin:to my:c , my:b"), "end", "m1"),
    "close to a whole scheme": (changed("tocsin:noMatch", "skos:closeMatch"), "end", "m2"),
    "a mapping to itself": (changed("tocsin:to my:c", "tocsin:to my:a"), "end", "m1"),
    "no relation": (changed("    tocsin:relation skos:narrowMatch ;\n", ""), "relation", "m1"),
    "an unknown relation": (changed("skos:narrowMatch", "skos:relatedMatch"), "relation", "m1"),
    "no author": (changed('    dct:creator "Me" ;\n', ""), "signed", "m1"),
    "no day": (
        changed(
            '"Because."@en ;\n    dct:creator "Me" ;\n    dct:issued "2026-11-25"^^xsd:date',
            '"Because."@en ;\n    dct:creator "Me" ;\n    dct:issued "soon"',
        ),
        "signed",
        "m1",
    ),
    "no reason": (changed('    skos:note "Because."@en ;\n', ""), "signed", "m1"),
    "exact and none": (
        SOUND
        + M3.format(to="my:a", relation="skos:exactMatch")
        + M3.format(to="my:a", relation="tocsin:noMatch").replace("m3", "m4"),
        "contradiction",
        "m4",
    ),
    "said twice": (
        SOUND
        + M3.format(to="my:a", relation="skos:broadMatch")
        + M3.format(to="my:a", relation="skos:broadMatch").replace("m3", "m4"),
        "contradiction",
        "m4",
    ),
    "an inverse that is none": (
        SOUND + M3.format(to="my:a", relation="skos:narrowMatch").replace("my:b", "my:c"),
        "contradiction",
        "m3",
    ),
    "nothing and something": (
        SOUND + M3.format(to="<https://tocsin.invalid/scheme/us-araf/1>", relation="skos:closeMatch"),
        "contradiction",
        "m2",
    ),
}


@pytest.mark.parametrize(("text", "rule", "where"), FAULTS.values(), ids=FAULTS)
def test_each_fault_is_found_with_place_and_remedy(checked: Check, text: str, rule: str, where: str) -> None:
    found = checked(text)
    hits = [finding for finding in found if finding.rule == rule and where in finding.where]
    assert hits, found
    assert "mine.ttl" in hits[0].where
    assert hits[0].what
    assert hits[0].remedy
    if rule not in ("turtle", "empty"):
        assert ", line " in hits[0].where


def test_a_second_description_of_a_subject_is_found(tmp_path: Path) -> None:
    for name in ("one.ttl", "two.ttl"):
        (tmp_path / name).write_text(SOUND, encoding="utf-8")
    found = check([tmp_path / "one.ttl", tmp_path / "two.ttl"])
    assert {finding.rule for finding in found} == {"twice"}
    assert all("two.ttl" in finding.where for finding in found)


def test_every_rule_is_tried_here() -> None:
    assert {rule for _, rule, _ in FAULTS.values()} | {"twice"} == set(RULES)


def test_an_inverse_that_agrees_is_no_second_mapping_but_a_repetition(checked: Check) -> None:
    """c is broader-matched to a: the same statement as a narrow to c, which m1 has made."""
    text = SOUND + M3.format(to="my:a", relation="skos:broadMatch").replace("from my:b", "from my:c")
    (finding,) = checked(text)
    assert finding.rule == "contradiction"
    assert "says the same" in finding.what


def test_all_faults_are_told_at_once(checked: Check) -> None:
    text = changed(' , "troisième"@fr', "").replace("tocsin:to my:c", "tocsin:to my:z").replace('"p. 2"', '""')
    assert {finding.rule for finding in checked(text)} == {"language", "end", "source"}


def test_a_ring_is_told_once_and_what_hangs_on_it_is_no_orphan(checked: Check) -> None:
    found = checked(changed("skos:broader my:a", "skos:broader my:c"))
    assert [finding.rule for finding in found] == ["cycle"]
    assert "mine:b below mine:c below mine:b" in found[0].what


def ring_of(number: int, more: str = "") -> str:
    """A file with so many concepts, each below the next and the last below the first."""
    head, _ = SOUND.split("my:a a skos:Concept", 1)
    return head + "".join(
        f"my:r{place} a skos:Concept ; skos:inScheme scheme:mine ; skos:broader my:r{(place + 1) % number}{more} .\n"
        for place in range(number)
    )


def test_a_long_ring_is_told_once_and_in_few_words(checked: Check) -> None:
    # By ways that were copied and sets that were kept for each, this took minutes.
    (found,) = [finding for finding in checked(ring_of(3000)) if finding.rule == "cycle"]
    assert "mine:r0 below mine:r1 below" in found.what
    assert found.what.endswith("2989 others ... below mine:r0")
    assert len(found.what) < 400


def test_of_many_rings_that_hang_together_the_first_are_told_and_the_rest_counted(checked: Check) -> None:
    text = ring_of(300) + "".join(f"my:r{place + 1} skos:broader my:r{place} .\n" for place in range(0, 298, 2))
    cycles = [finding.what for finding in checked(text) if finding.rule == "cycle"]
    assert len(cycles) == 20
    assert cycles[0].endswith("mine:r0 below mine:r1 below mine:r0")
    assert "more that are tangled up" in cycles[-1]


NO_NAMES = {
    "blank": ("<https://example.org/a b> a skos:Concept .", "a blank"),
    "line end": ("<https://example.org/a\nb\nc> a skos:Concept .", "a line end"),
    "bracket": ("my:z skos:broader <https://example.org/{x}> .", "'{'"),
    "escaped": ("<https://example.org/\\u0020> a skos:Concept .", "a blank"),
    "prefix": ("@prefix its: <https://example.org/ x> .\nits:a a skos:Concept .", "a blank"),
}


@pytest.mark.parametrize(("added", "held"), NO_NAMES.values(), ids=NO_NAMES)
def test_a_name_that_is_none_is_told_on_its_first_line_and_nowhere_else(
    checked: Check, capfd: pytest.CaptureFixture[str], added: str, held: str
) -> None:
    (found,) = checked(f"{SOUND}\n{added}\n")
    line = len(SOUND.splitlines()) + 2
    assert found.rule == "turtle"
    assert f"line {line}" in found.where
    assert f"a name holds {held}" in found.what
    assert capfd.readouterr().err == ""


def test_a_literal_that_its_type_does_not_allow_floods_nobody(checked: Check, caplog: pytest.LogCaptureFixture) -> None:
    found = checked(changed('"2026-11-25"^^xsd:date ;\n    dct:source', '"soon"^^xsd:date ;\n    dct:source'))
    assert [finding.rule for finding in found] == ["scheme"]
    assert not caplog.records


def test_whoever_uses_rdflib_beside_us_keeps_its_warnings(checked: Check, caplog: pytest.LogCaptureFixture) -> None:
    checked(SOUND)
    Graph().parse(data='<https://example.org/a b> <https://example.org/c> "d" .', format="turtle")
    assert "does not look like a valid URI" in caplog.text


def test_nothing_that_a_file_names_is_looked_up(checked: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    monkeypatch.setattr("urllib.request.urlopen", refused)
    named = """
<https://example.org/all> a owl:Ontology ; owl:imports <https://example.org/more> ;
    <https://www.w3.org/ns/json-ld#context> <https://example.org/context.jsonld> ;
    skos:note "<!DOCTYPE a SYSTEM 'https://example.org/a.dtd'><a/>"^^
        <http://www.w3.org/1999/02/22-rdf-syntax-ns#XMLLiteral> ,
        "<img src='https://example.org/a.png'>"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#HTML> .
"""
    assert checked(SOUND + named) == ()
    # A JSON-LD file is no Turtle, and its context stays where it is.
    (found,) = checked('{"@context": "https://example.org/context.jsonld", "@id": "https://example.org/a"}')
    assert found.rule == "turtle"


def test_two_rings_that_share_a_concept_are_both_told(checked: Check) -> None:
    text = changed("skos:broader my:a", "skos:broader my:a , my:c").replace(
        "skos:topConceptOf", "skos:broader my:b ; skos:topConceptOf"
    )
    assert [finding.rule for finding in checked(text)] == ["cycle", "cycle"]


def test_a_file_stands_in_for_the_scheme_it_describes(tmp_path: Path) -> None:
    text = reading.packaged()["us-araf.ttl"].decode()
    path = tmp_path / "next.ttl"
    path.write_text(text, encoding="utf-8")
    assert check([path]) == ()
    start = text.index("us:3.9 a skos:Concept")
    path.write_text(text[:start] + text[text.index("us:3.10 a skos:Concept") :], encoding="utf-8")
    found = check([path])
    assert found
    assert {finding.rule for finding in found} == {"end"}
    assert all(finding.where.startswith("crosswalks.ttl, line ") for finding in found)
    assert all("us-araf:3.9" in finding.what for finding in found)


def test_a_path_that_leads_nowhere_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="no such file"):
        check([tmp_path / "none.ttl"])
    with pytest.raises(LexiconError, match="no such file"):
        check([tmp_path])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("key", [*schemes(), "crosswalks"])
def test_an_export_read_back_says_the_same(key: str, form: str) -> None:
    back = Graph().parse(data=export(key, form), format=form)
    assert isomorphic(back, export_graph(key))
    for triple in reading.packaged_file(f"{key}.ttl").graph:
        assert triple in back


def test_an_exported_scheme_passes_the_checks(tmp_path: Path) -> None:
    path = tmp_path / "exported.ttl"
    for key in (*schemes(), "crosswalks"):
        path.write_text(export(key), encoding="utf-8")
        assert check([path]) == ()


def test_exported_crosswalks_carry_plain_skos_both_ways() -> None:
    graph = export_graph("crosswalks")
    ends = (URIRef(names.concept_iri(id)) for id in ("un-framework-2014:5.6", "us-araf:1.6"))
    narrow, broad = next(ends), next(ends)
    assert (narrow, SKOS.broadMatch, broad) in graph
    assert (broad, SKOS.narrowMatch, narrow) in graph
    plain = [one for one in stated() if one.target and one.relation != "none"]
    properties = (SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch)
    assert sum(len(list(graph.subject_objects(one))) for one in properties) == 2 * len(plain)


def test_json_ld_needs_no_context_from_elsewhere() -> None:
    written = json.loads(export("us-araf", "json-ld"))
    assert all(isinstance(value, str) for value in written["@context"].values())
    assert "القيادة والتنظيم" in export("us-araf", "json-ld")


def test_an_export_is_the_same_in_every_process() -> None:
    ask = "from tocsin.lexicon.export import export; import hashlib; print(hashlib.sha256((export('us-araf')"
    ask += " + export('us-araf', 'json-ld')).encode()).hexdigest())"
    told = {
        subprocess.run(
            [sys.executable, "-c", ask], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1


def test_what_cannot_be_exported_is_refused() -> None:
    with pytest.raises(LexiconError, match="crosswalks"):
        export("nato")
    with pytest.raises(LexiconError, match="turtle, json-ld"):
        export("terms", "xml")
