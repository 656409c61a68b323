"""``tocsin derive``: propose, approve and release a less restricted text; ``tocsin export``: a statement as a file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tocsin.core.errors import StatementError
from tocsin.interfaces.briefs import RecordFormat, file_name, render_record
from tocsin.interfaces.cli import showing
from tocsin.interfaces.cli.console import Json, remark, say, write_file, write_json
from tocsin.interfaces.cli.statements import Caveats, Identity, Label, To, marking_of, subject_of
from tocsin.interfaces.cli.visiting import Exercise, visiting

if TYPE_CHECKING:
    from tocsin.desk.proposals import Proposed, Redaction
    from tocsin.desk.views import View

Proposal = Annotated[str, typer.Argument(metavar="ID", help="The identity of a proposal.")]
Reason = Annotated[str, typer.Option(metavar="TEXT", help="Why; whoever may see the sources reads it.")]


def propose(
    sources: Annotated[list[str], typer.Argument(metavar="SOURCE...", help="Identities of what it is drafted from.")],
    title: Annotated[str, typer.Option(metavar="TEXT", help="One line.")],
    text: Annotated[str, typer.Option(metavar="TEXT", help="What is to be released.")],
    tlp: Label,
    reason: Reason,
    to: To = None,
    caveat: Caveats = None,
    place: Annotated[
        str | None, typer.Option(metavar="PLACE", help="What it is about; as the first source if not given.")
    ] = None,
    unattributed: Annotated[bool, typer.Option("--unattributed", help="Name nobody as its author.")] = False,
    preview: Annotated[bool, typer.Option("--preview", help="Only check it and show what is left out.")] = False,
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Draft a less restricted note and put it before the originators of what it is drafted from."""
    from tocsin.desk import proposing, views
    from tocsin.desk.proposals import proposed

    with visiting(exercise=exercise) as visit:
        given = {
            "title": title,
            "text": text,
            "subject": subject_of(visit, place) if place else views.statement(visit, sources[0]).head.subject,
            "marking": marking_of(visit, tlp, to, caveat),
            "attribution": "non-attributed" if unattributed else "organisation",
            "reason": reason,
        }
        if not preview:
            _proposal(proposed(visit, proposing.propose(visit, sources, given).id), json)
            return
        body, left_out = proposing.outline(visit, sources, given)
        label = showing.highest(visit, [views.statement(visit, id) for id in sources])
        if json:
            write_json({"marking": label, "proposal": body.model_dump(mode="json"), "difference": _lines(left_out)})
            return
        with showing.under(label):
            _difference(left_out)


def proposals(
    waiting: Annotated[bool, typer.Option("--waiting", help="Only those that wait for your approval.")] = False,
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """List proposed releases, newest first."""
    from tocsin.desk.proposals import proposals as listed

    with visiting(exercise=exercise) as visit:
        found = listed(visit, waiting=waiting)
        label = showing.highest(visit, [one.view for one in found])
        if json:
            write_json({"marking": label, "proposals": [_as_dict(one) for one in found]})
            return
        with showing.under(label):
            for one in found:
                showing.item(one.view)
                say(f"  {_standing(one)}")
            if not found:
                say("There is nothing, or nothing for you.")


def proposal(id: Proposal, exercise: Exercise = False, json: Json = False) -> None:
    """Show how a proposed release stands: the text, what was left out, who has agreed."""
    from tocsin.desk.proposals import proposed

    with visiting(exercise=exercise) as visit:
        _proposal(proposed(visit, id), json)


def approve(
    id: Proposal,
    reason: Reason,
    source: Annotated[
        str | None, typer.Option(metavar="ID", help="For which source; the one that waits for you if not given.")
    ] = None,
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Agree, for the originator of a source, that exactly this text goes out under its marking."""
    from tocsin.desk.proposals import proposed
    from tocsin.desk.releasing import approve as agree

    with visiting(exercise=exercise) as visit:
        yours = [one.view.id for one in proposed(visit, id).sources if one.yours]
        if source is None and len(yours) != 1:
            raise StatementError(
                f"{len(yours)} sources of it wait for you" if yours else "no source of it waits for you",
                field="--source",
                remedy=f"Choose one of {', '.join(yours)}" if yours else "`tocsin derive show` tells whom it waits for",
            )
        _one(agree(visit, id, source or yours[0], reason), json)


def release(id: Proposal, exercise: Exercise = False, json: Json = False) -> None:
    """Let a proposed text out, once everybody has agreed who must."""
    from tocsin.desk.releasing import release as let_out

    with visiting(exercise=exercise) as visit:
        _one(let_out(visit, id), json)


def lineage(id: Identity, exercise: Exercise = False, json: Json = False) -> None:
    """Show where a statement comes from and what became of it, as far as you may see."""
    from tocsin.desk.lineage import lineage as traced

    parts = ("sources", "approvals", "recalls", "used_in", "released", "proposals")
    with visiting(exercise=exercise) as visit:
        found = traced(visit, id)
        groups: dict[str, tuple[View, ...]] = {name: getattr(found, name) for name in parts}
        label = showing.highest(visit, [found.statement, *(view for group in groups.values() for view in group)])
        if json:
            views = {name: [showing.as_dict(view) for view in group] for name, group in groups.items()}
            told = {"marking": label, "source_recalled": found.source_recalled, **views}
            write_json(told | {"difference": _lines(found.redactions)})
            return
        with showing.under(label):
            showing.item(found.statement)
            if found.source_recalled:
                say("\nA source has been recalled since; the statement stands until its originator recalls it.")
            for name, group in groups.items():
                if group:
                    say(f"\n{name.replace('_', ' ')}:")
                for view in group:
                    showing.item(view)
            if not any(groups.values()):
                say("\nNothing is known of where it comes from, or nothing for you.")
            _difference(found.redactions)


def export(
    id: Identity,
    form: Annotated[RecordFormat, typer.Option("--format", help="The form of the file.")] = RecordFormat.PDF,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write it; a plain name in this folder if not given.")
    ] = None,
    exercise: Exercise = False,
) -> None:
    """Write a statement to a file, with its marking on every page. That you took it goes on record."""
    from tocsin.desk.exporting import export as taken

    with visiting(exercise=exercise) as visit:
        record = taken(visit, id, form.value)
    path = out or Path(file_name(record, form))
    write_file(path, render_record(record, form), "--out")
    say(str(path))


def register(group: typer.Typer) -> None:
    """The commands of ``tocsin derive``."""
    for name, command in (
        ("propose", propose),
        ("list", proposals),
        ("show", proposal),
        ("approve", approve),
        ("release", release),
        ("lineage", lineage),
    ):
        group.command(name)(command)


def _one(view: View, json: bool) -> None:
    if json:
        write_json({"marking": view.head.marking.label, "statement": showing.as_dict(view)})
        return
    with showing.under(view.head.marking.label):
        showing.whole(view)


def _proposal(found: Proposed, json: bool) -> None:
    if json:
        write_json({"marking": found.view.head.marking.label, "proposal": _as_dict(found)})
        return
    with showing.under(found.view.head.marking.label):
        showing.item(found.view)
        say(f"\n{showing.plain(found.body.note.title)}\n\n{showing.plain(found.body.note.text)}\n")
        say(f"about {found.body.about}, by {found.body.by or 'nobody named'}")
        say(f"reason: {showing.plain(found.body.reason)}")
        for line in showing.foreseen(found.audience, {}):
            say(line)
        say("")
        for source in found.sources:
            state = "needs no approval" if not source.needs else "approved" if source.approval else "not approved"
            say(f"source {source.view.id}: {state}{'; you may approve it' if source.yours else ''}")
        _difference(found.redactions)
        say(f"\n{_standing(found)}")
    if found.ready:
        remark(f"`tocsin derive release {found.view.id}` lets it out, asked by a desk officer of its author.")


def _standing(found: Proposed) -> str:
    if found.released:
        return "It has been released."
    missing = sum(one.needs and one.approval is None for one in found.sources)
    if missing:
        return f"{missing} of {len(found.sources)} sources wait for their originator's approval."
    return "It can be released." if found.ready else "It cannot be released as it stands; propose another text."


def _as_dict(found: Proposed) -> dict[str, Any]:
    return {
        **showing.as_dict(found.view),
        "sources": [
            {"id": one.view.id, "needs_approval": one.needs, "approval": one.approval, "yours": one.yours}
            for one in found.sources
        ],
        "difference": _lines(found.redactions),
        "audience": found.audience,
        "ready": found.ready,
        "released": found.released,
    }


def _lines(redactions: Iterable[Redaction]) -> list[dict[str, Any]]:
    return [{"source": one.source, "lines": [f"{mark} {line}" for mark, line in one.lines]} for one in redactions]


def _difference(redactions: Iterable[Redaction]) -> None:
    for one in redactions:
        if one.lines:
            say(f"\n{f'left out of {one.source}' if one.source else 'added'}:")
        for mark, line in one.lines:
            say(f"  {mark} {showing.plain(line)}")
