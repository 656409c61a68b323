"""Commands about vocabularies and crosswalks: ``lexicon show``, ``lexicon check``, ``lexicon export``."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.interfaces.cli.console import Json, remark, say, table, write_file, write_json

if TYPE_CHECKING:
    from tocsin.desk.lexicon import Concept, Gap, Scheme, TermView


class Form(StrEnum):
    """How a scheme is written."""

    TURTLE = "turtle"
    JSON_LD = "json-ld"


class Language(StrEnum):
    """Languages of labels."""

    EN = "en"
    FR = "fr"
    AR = "ar"


What = Annotated[
    str,
    typer.Argument(metavar="WHAT", help="A scheme, a term, or a concept as SCHEME:NOTATION; the list of them if none."),
]
Shown = Annotated[Language, typer.Option("--language", help="The language of labels; definitions are in English.")]


def register(group: typer.Typer) -> None:
    """Hang the commands below ``tocsin lexicon``."""
    group.callback()(lambda: None)
    group.command("show")(show)
    group.command("check")(check)
    group.command("export")(export)


def show(
    what: What = "",
    to: Annotated[
        str, typer.Option("--to", metavar="SCHEME", help="What it leads to in this scheme, and what is left over.")
    ] = "",
    language: Shown = Language.EN,
    json: Json = False,
) -> None:
    """Show what words mean and to whom, and how one frame reads in another.

    A term is shown with each owner's sense, a concept with its source and mappings.
    """
    from tocsin.desk import lexicon as desk

    if not what:
        _everything(language, json)
    elif ":" in what:
        _concept(what, to, language, json)
    elif to:
        _crosswalk(what, to, language, json)
    elif what in {one.term.key for one in desk.terms_view()}:
        found = desk.term_view(what)
        write_json(found) if json else _term(found, language)
    else:
        whole = desk.scheme_view(what)
        write_json(whole) if json else _scheme(whole, language)


def check(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE...", help="Turtle files to check in their places; the lexicon itself if none."),
    ] = None,
    json: Json = False,
) -> None:
    """Check that vocabularies and crosswalks hold together; exit code 1 if anything is wrong.

    A file that describes a scheme of the lexicon stands in for it.
    """
    from tocsin.desk.lexicon import check_lexicon, lexicon_view

    found = check_lexicon(files or ())
    if json:
        write_json({"findings": found})
    else:
        for finding in found:
            say(f"{finding.where}\n  {finding.what} [{finding.rule}]. {finding.remedy}.")
    if found:
        remark(f"{len(found)} findings." if len(found) > 1 else "1 finding.")
        raise typer.Exit(1)
    if not json:
        say(f"Nothing is wrong with {', '.join(map(str, files)) if files else lexicon_view().version}.")


def export(
    scheme: Annotated[str, typer.Argument(metavar="SCHEME", help="A scheme, or crosswalks.")],
    form: Annotated[Form, typer.Option("--form", help="How it is written.")] = Form.TURTLE,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where to write it; standard output if not given.")
    ] = None,
) -> None:
    """Write a scheme or the crosswalks for other tools, as SKOS in UTF-8."""
    from tocsin.desk.lexicon import export_scheme

    content = export_scheme(scheme, form.value).encode()
    if out is not None:
        write_file(out, content, "--out")
        say(f"Wrote {out}.")
        return
    # Bytes, so that no letter is lost on a terminal or a pipe of another encoding.
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def _everything(language: Language, json: bool) -> None:
    from tocsin.desk.lexicon import lexicon_view, terms_view

    view, terms = lexicon_view(), terms_view()
    if json:
        write_json({"version": view.version, "schemes": view.schemes, "terms": [one.term for one in terms]})
        return
    say(f"{view.version}\n")
    rows = [
        (one.key, one.titles.get(language, one.titles["en"]), one.version, str(one.concepts), str(one.compared))
        for one in view.schemes
    ]
    table(("Scheme", "Title", "Version", "Concepts", "Compared"), rows, numeric=(3, 4))
    say("\nCompared: definitions that have been read against their source's own words.\n")
    table(("Term", "Word", "Senses"), [(one.term.key, one.term.label(language), str(len(one.senses))) for one in terms])
    say("\n`tocsin lexicon show WHAT` shows a scheme, a term, or a concept as SCHEME:NOTATION.")


def _scheme(scheme: Scheme, language: Language) -> None:
    say(f"{scheme.title(language)} ({scheme.key}), version {scheme.version} of {scheme.issued}")
    say(f"{scheme.description} Source: {scheme.source}. {scheme.url}".strip())
    for note in scheme.notes:
        say(note)
    say("")
    for one in scheme.concepts:
        say(f"{'  ' if one.broader else ''}{one.notation}  {one.label(language)}")


def _term(view: TermView, language: Language) -> None:
    say(f"{view.term.label(language)} ({view.term.key}). {view.term.note}\n")
    for sense in view.senses:
        say(f"{sense.owned_by(language)}, {sense.sense} sense ({sense.id})")
        _meaning(sense)
        say("")


def _meaning(concept: Concept) -> None:
    from tocsin.desk.lexicon import THRESHOLDS

    say(f"  {concept.definition}")
    for name, number in concept.thresholds.items():
        say(f"  {THRESHOLDS[name].capitalize()}: {number:,}")
    for note in concept.notes:
        say(f"  Note: {note}")
    say(f"  Source: {concept.source}; {concept.paragraph}. {concept.url}".rstrip())
    if not concept.compared:
        say("  This wording is ours and has not been compared with the source's; quote from the source.")


def _concept(id: str, to: str, language: Language, json: bool) -> None:
    from tocsin.desk.lexicon import concept_view, rendered_in

    view = concept_view(id)
    rendering = rendered_in([id], to) if to else None
    if json:
        write_json({**vars(view), "rendering": rendering})
        return
    one = view.concept
    say(f"{one.label(language)} ({one.id}), {view.scheme.get(language, view.scheme['en'])}")
    for name, label in one.labels.items():
        if name != language:
            say(f"  {name}: {label}")
    if one.owner:
        say(f"  Owner: {one.owned_by(language)}{f' ({one.sense} sense)' if one.sense else ''}")
    if one.sign and one.sign != "unsigned":
        say(f"  Present means: {_SIGNS[one.sign]}")
    _meaning(one)
    for title, ids in (("Below", one.broader), ("Holds", one.narrower), ("Other senses", view.siblings)):
        for id in ids:
            say(f"  {title}: {id}  {view.concepts[id].label(language)}")
    if rendering is None:
        for mapping in view.mappings:
            end = f"{mapping.target}  {view.concepts[mapping.target].label(language)}" if mapping.target else ""
            say(f"\n{mapping.relation}{_turned(mapping.inverted)}: {end or f'nothing in {mapping.target_scheme}'}")
            say(f"  {mapping.note} ({mapping.author}, {mapping.date})")
        return
    for found in rendering.found:
        say(f"\n{found.relation}{_turned(found.inverted)}: {found.target}")
        say(f"  {found.note} ({found.author}{f', said of {found.via}' if found.via != one.id else ''})")
    for gap in rendering.unmapped:
        say(f"\nNothing in {to}: {gap.note or _SILENT}")


def _crosswalk(source: str, target: str, language: Language, json: bool) -> None:
    from tocsin.desk.lexicon import crosswalk_view

    view = crosswalk_view(source, target)
    if json:
        write_json(view)
        return
    titles = {key: labels.get(language, labels["en"]) for key, labels in view.titles.items()}
    say(f"{titles[source]} read in: {titles[target]}\n")
    rows = [
        (
            one.source.partition(":")[2],
            view.concepts[one.source].label(language),
            one.relation + _turned(one.inverted),
            one.target.partition(":")[2] if one.target else "",
            view.concepts[one.target].label(language) if one.target else f"(nothing: {one.note})",
        )
        for one in view.mappings
    ]
    table(("From", "", "Relation", "To", ""), rows)
    _gaps(f"Left over in {source}", view.unmapped, view.concepts, language)
    _gaps(f"Left over in {target}", view.unreached, view.concepts, language)
    say("\nbroad: the target is broader than the source. `--json` has authors, dates and reasons.")


def _gaps(title: str, gaps: Sequence[Gap], concepts: Mapping[str, Concept], language: Language) -> None:
    if not gaps:
        return
    say(f"\n{title}:")
    for gap in gaps:
        label = concepts[gap.concept].label(language)
        say(f"  {gap.concept.partition(':')[2]}  {label}: {gap.note if gap.stated else _SILENT}")


def _turned(inverted: bool) -> str:
    return ", turned round" if inverted else ""


_SILENT = "nobody has said whether anything corresponds."

_SIGNS = {
    "raises": "more risk",
    "lowers": "less risk",
    "absence": "more risk, because something protective is missing",
}
