"""``tocsin field``: pass on what comes from the field, put requests on record, and see what became of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tocsin.core.errors import StatementError
from tocsin.interfaces.cli import noting, showing
from tocsin.interfaces.cli.console import Json, remark, say, write_json
from tocsin.interfaces.cli.statements import Caveats, Identity, Label, Place, To, marking_of, one, subject_of
from tocsin.interfaces.cli.visiting import Exercise, visiting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.core.register import Preview
    from tocsin.desk.field_fates import Became
    from tocsin.desk.views import View
    from tocsin.desk.visit import Visit

Attributed = Annotated[str | None, typer.Option(metavar="MODE", help="named, organisation or non-attributed.")]
Look = Annotated[bool, typer.Option("--preview", help="Only check it and tell who would see it.")]
Yes = Annotated[bool, typer.Option("--yes", help="Store it without asking.")]


def contribute(
    place: Place,
    title: Annotated[str, typer.Option(metavar="TEXT", help="One line.")],
    provenance: Annotated[
        str,
        typer.Option(metavar="KIND", help="first hand, witness, community, official, media, research, data or other."),
    ],
    consent: Annotated[
        str, typer.Option(metavar="KIND", help='given, "given for this use only", "not needed" or "not asked".')
    ],
    grade: Annotated[str, typer.Option(metavar="GRADE", help="Source A to F and information 1 to 6, as B3.")],
    tlp: Label,
    text: Annotated[
        str | None, typer.Option(metavar="TEXT", help="What was seen or heard; standard input if not given.")
    ] = None,
    consent_note: Annotated[str, typer.Option(metavar="TEXT", help="To what they agreed.")] = "",
    observed: Annotated[str | None, typer.Option(metavar="DATE", help="The day, or the first day, of it.")] = None,
    precision: Annotated[
        str, typer.Option(metavar="KIND", help="country, region, district, settlement or site.")
    ] = "country",
    within: Annotated[str, typer.Option(metavar="TEXT", help="Where in the country, that precisely.")] = "",
    community: Annotated[str, typer.Option(metavar="TEXT", help="From whom, as a group.")] = "",
    answers: Annotated[str, typer.Option(metavar="ID", help="The request that it answers.")] = "",
    to: To = None,
    caveat: Caveats = None,
    attribution: Attributed = None,
    preview: Look = False,
    yes: Yes = False,
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Pass on what was seen or heard.

    You are told who will see it, and asked, before it is stored.
    """
    from tocsin.desk import fielding

    source, information = _graded(grade)
    said = noting.typed() if text is None else text
    with noting.kept(said), visiting(exercise=exercise) as visit:
        given = {
            "body": {
                "title": title,
                "text": said,
                "observed": observed,
                "provenance": provenance,
                "consent": consent,
                "consent_note": consent_note,
                "reliability": source,
                "credibility": information,
                "precision": precision,
                "within": within,
                "community": community,
            },
            **_about(visit, place, tlp, to, caveat, attribution),
        }
        told = fielding.check_contribution(visit, given, answers)
        if _looked(visit, told, preview, yes, json):
            return
        one(fielding.contribute(visit, given, answers), json)


def request(
    place: Place,
    community: Annotated[str, typer.Option(metavar="TEXT", help="Whom, as a group.")],
    asks: Annotated[str, typer.Option(metavar="TEXT", help="What they are asked.")],
    purpose: Annotated[str, typer.Option(metavar="TEXT", help="What it is for.")],
    until: Annotated[str, typer.Option(metavar="DATE", help="The last day on which they are asked.")],
    tlp: Label,
    instead: Annotated[
        str, typer.Option(metavar="TEXT", help="Why you ask although others ask the same community.")
    ] = "",
    to: To = None,
    caveat: Caveats = None,
    attribution: Attributed = None,
    preview: Look = False,
    yes: Yes = False,
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Put on record that a community is being asked something, so that others need not ask them again.

    Requests to the same community that you may see are shown first.
    """
    from tocsin.desk import fielding

    with visiting(exercise=exercise) as visit:
        body = {"community": community, "asks": asks, "purpose": purpose, "until": until, "instead": instead}
        given = {"body": body, **_about(visit, place, tlp, to, caveat, attribution)}
        found = fielding.check_request(visit, given)
        if found.alike and not (preview and json):
            remark("The same community is being asked already:")
            for view in found.alike:
                remark(f"  {showing.headline(view)}: {' '.join(showing.plain(view.shown['body']['asks']).split())}")
                remark(f"  until {view.shown['body']['until']}, by {showing.author(view)}  {view.id}")
        if preview and json:
            label = showing.highest(visit, found.alike)
            alike = [showing.as_dict(view) for view in found.alike]
            write_json({"marking": label, "preview": found.preview, "alike": alike})
            return
        if not (found.alike and not instead.strip()) and _looked(visit, found.preview, preview, yes, json):
            return
        if not preview:
            one(fielding.request(visit, given), json)


def requests(
    place: Annotated[
        str | None, typer.Argument(metavar="[PLACE]", help="A name or a code; all places if none.")
    ] = None,
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """List who is being asked what at present, those asked more than once marked."""
    from tocsin.desk import fielding

    with visiting(exercise=exercise) as visit:
        found = fielding.register(visit, subject_of(visit, place) if place else None)
        label = showing.highest(visit, [row.view for row in found])
        if json:
            rows = [{**showing.as_dict(row.view), "alike": row.alike, "answers": row.answers} for row in found]
            write_json({"marking": label, "requests": rows})
            return
        with showing.under(label):
            for row in found:
                showing.item(row.view, "! " if row.alike else "")
                say(f"  asks until {row.body.until}: {' '.join(showing.plain(row.body.asks).split())}")
                say(f"  {row.answers} answers{_again(row.alike)}")
            if not found:
                say("There is nothing, or nothing for you.")


def reply(
    id: Identity,
    fate: Annotated[str, typer.Option(metavar="FATE", help="received, used, passed-on or not-used.")],
    text: Annotated[str, typer.Option(metavar="TEXT", help="What you tell its contributor.")],
    attribution: Attributed = None,
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Tell the contributor what became of a contribution, under its own marking."""
    from tocsin.desk import fielding

    with visiting(exercise=exercise) as visit:
        one(fielding.reply(visit, id, fielding.fate(fate), text, attribution=attribution), json)


def became(id: Identity, exercise: Exercise = False, json: Json = False) -> None:
    """Show what became of a contribution."""
    from tocsin.desk import field_fates

    with visiting(exercise=exercise) as visit:
        found = field_fates.became(visit, id)
        label = showing.highest(visit, found.views)
        if json:
            write_json({"marking": label, **_as_dict(found)})
            return
        with showing.under(label):
            showing.item(found.contribution)
            if found.nothing_yet:
                say(f"Nothing yet that you may see, {_days(found.days)} after it came.")
            for title, views in _groups(found):
                if views:
                    say(f"\n{title}:")
                for view in views:
                    showing.item(view)
                    if view.head.kind == "reply":
                        say(f"  {' '.join(showing.plain(view.shown['body']['text']).split())}")


def register(group: typer.Typer) -> None:
    """Add the commands to their group."""
    group.command("contribute")(contribute)
    group.command("request")(request)
    group.command("requests")(requests)
    group.command("reply")(reply)
    group.command("became")(became)


def _about(
    visit: Visit, place: str, tlp: str, to: list[str] | None, caveat: list[str] | None, attribution: str | None
) -> dict[str, Any]:
    subject, _, id = subject_of(visit, place).partition(":")
    marking = marking_of(visit, tlp, to, caveat)
    return {"subject": {"type": subject, "id": id}, "marking": marking, "attribution": attribution}


def _looked(visit: Visit, told: Preview, preview: bool, yes: bool, json: bool) -> bool:
    """Tell who would see it, and ask whether to go on; True if that was all that was wanted."""
    from tocsin.desk import people

    if preview and json:
        write_json(told)
        return True
    for line in showing.foreseen(told, people.directory(visit).organisations):
        (say if preview else remark)(line)
    if not (preview or yes):
        noting.agreed()
    return preview


def _graded(grade: str) -> tuple[str, str]:
    """Source and information of a grade.

    Errors: StatementError says how to write it.
    """
    found = re.fullmatch(r"([A-F])([1-6])", grade.strip().upper())
    if not found:
        raise StatementError(
            f"{grade[:20]!r} is no grade",
            field="--grade",
            remedy="Write the source from A to F and the information from 1 to 6, as B3; F6 if neither can be judged",
        )
    return found[1], found[2]


def _groups(found: Became) -> list[tuple[str, Sequence[View]]]:
    return [
        ("It answers", found.answers),
        ("Replies", found.replies),
        ("Used in", found.uses),
        ("Released from it", found.released),
    ]


def _as_dict(found: Became) -> dict[str, Any]:
    names = ("replies", "uses", "released", "answers")
    return {
        "contribution": showing.as_dict(found.contribution),
        **{name: [showing.as_dict(view) for view in getattr(found, name)] for name in names},
        "days": found.days,
        "nothing_yet": found.nothing_yet,
    }


def _again(alike: Sequence[str]) -> str:
    return f"; the same community is asked by {', '.join(id[:12] for id in alike)} too" if alike else ""


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"
