"""``tocsin round``: a joint round from its registration to its result, and its numbers computed again."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tocsin.core.errors import ForecastError, StatementError
from tocsin.interfaces.cli import rounds_telling as telling
from tocsin.interfaces.cli import showing
from tocsin.interfaces.cli.console import Json, remark, say, write_json
from tocsin.interfaces.cli.readout import readout
from tocsin.interfaces.cli.statements import one
from tocsin.interfaces.cli.visiting import Exercise, visiting

if TYPE_CHECKING:
    from tocsin.core.convening import Question
    from tocsin.desk.visit import Visit

Identity = Annotated[str, typer.Argument(metavar="ID", help="The identity of a round.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; whoever sees the round reads it.")]
Asked = Annotated[str, typer.Option("--question", metavar="KEY", help="The key of the question.")]

_OPENS = {
    "open": "Nothing sealed is opened; those invited can seal first estimates from now on.",
    "share": "All first estimates are opened with their reasons to everybody who sees the round.",
    "pool": "All second estimates and recommendations are opened to everybody who sees the round, and pooled.",
    "finish": "All dissents are opened to everybody who sees the round, and the result is stated with them.",
    "cancel": "What is sealed stays sealed for good; what was opened stays open.",
}
"""What each step opens."""


def listed(exercise: Exercise = False, json: Json = False) -> None:
    """List rounds, those that await your answer first."""
    from tocsin.desk.rounds.showing import listed as found_by

    with visiting(exercise=exercise) as visit:
        found = found_by(visit)
        label = showing.highest(visit, [each.view for each in found])
        if json:
            rounds = [
                {
                    **showing.as_dict(each.view),
                    "stage": each.stage.value,
                    "invited": each.invited,
                    "convenes": each.convenes,
                    "open": each.open,
                    "waiting": [question.key for question in each.waiting],
                }
                for each in found
            ]
            write_json({"marking": label, "rounds": rounds})
            return
        with showing.under(label):
            for each in found:
                showing.item(each.view)
                until = f" until {showing.minute(each.until)} UTC" if each.until is not None else ""
                keys = ", ".join(question.key for question in each.waiting)
                waits = f"; awaits you: {keys or 'dissents and support'}" if each.open else ""
                say(f"  {each.stage.value}{until}{waits}")
            if not found:
                say("There is nothing, or nothing for you.")


def show(id: Identity, exercise: Exercise = False, json: Json = False) -> None:
    """Show a round: what is asked, what you have sealed, what was opened, what came out with every dissent."""
    from tocsin.desk.rounds.readout_model import beside, figures
    from tocsin.desk.rounds.showing import told

    with visiting(exercise=exercise) as visit:
        found = told(visit, id)
        if json:
            told_ = telling.as_dict(found) | {"model": figures(beside(visit, found))}
            write_json({"marking": found.marking.label, "round": told_})
            return
        with showing.under(found.marking.label):
            telling.whole(found)
            telling.modelled(beside(visit, found))


def register(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The round as TOML: subject, marking, body, evidence.")],
    preview: Annotated[bool, typer.Option("--preview", help="Only check it and tell who would see it.")] = False,
    yes: Yes = False,
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Register a round from a file.

    You are told who will see it, and asked, before it is registered.
    """
    from tocsin.desk import making, people
    from tocsin.desk.rounds import registering

    given = _read(file)
    with visiting(exercise=exercise) as visit:
        marking = given.get("marking")
        if exercise and isinstance(marking, dict) and "EXERCISE" not in marking.get("caveats", ()):
            given["marking"] = marking | {"caveats": [*marking.get("caveats", ()), "EXERCISE"]}
        registering.check(visit, given)
        told = making.preview(visit, given["marking"])
        if preview and json:
            write_json(told)
            return
        for line in showing.foreseen(told, people.directory(visit).organisations):
            (say if preview else remark)(line)
        if preview:
            return
        _agreed(yes, "Register it?")
        one(registering.register(visit, given), json)


def open_(id: Identity, yes: Yes = False, exercise: Exercise = False, json: Json = False) -> None:
    """Open a round for first estimates."""
    _step(id, "open", "", yes, exercise, json)


def share(id: Identity, yes: Yes = False, exercise: Exercise = False, json: Json = False) -> None:
    """End the first stage: its estimates and reasons are opened and shared."""
    _step(id, "share", "", yes, exercise, json)


def pool(id: Identity, yes: Yes = False, exercise: Exercise = False, json: Json = False) -> None:
    """End the second stage: its estimates are opened and pooled; dissents are taken from now on."""
    _step(id, "pool", "", yes, exercise, json)


def finish(id: Identity, yes: Yes = False, exercise: Exercise = False, json: Json = False) -> None:
    """Finish a round: dissents are opened, support is counted, the result is stated."""
    _step(id, "finish", "", yes, exercise, json)


def cancel(id: Identity, reason: Reason, yes: Yes = False, exercise: Exercise = False, json: Json = False) -> None:
    """Cancel a round, with the reason; what is sealed stays sealed."""
    _step(id, "cancel", reason, yes, exercise, json)


def recommend(
    id: Identity,
    text: Annotated[str, typer.Option(metavar="TEXT", help="What the convenor recommends.")],
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Put a recommendation of the convenor's own beside those of the participants."""
    from tocsin.desk.rounds import registering

    with visiting(exercise=exercise) as visit:
        one(registering.recommend(visit, id, text), json)


def declare(
    id: Identity,
    none: Annotated[bool, typer.Option("--none", help="You have no interest in the outcome.")] = False,
    interest: Annotated[
        str | None, typer.Option(metavar="TEXT", help="The interest that you have; convenors alone read it.")
    ] = None,
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Say whether you have an interest in the outcome of a round."""
    from tocsin.desk.rounds import answering

    if none == (interest is not None):
        raise StatementError(
            "an interest is declared, or that there is none",
            field="--interest",
            remedy="Give --none or --interest TEXT",
        )
    with visiting(exercise=exercise) as visit:
        one(answering.declare(visit, id, interest is not None, interest or ""), json)


def estimate(
    id: Identity,
    question: Asked,
    lowest: Annotated[str, typer.Option(metavar="VALUE", help="The lowest that is plausible.")],
    highest: Annotated[str, typer.Option(metavar="VALUE", help="The highest that is plausible.")],
    best: Annotated[str, typer.Option(metavar="VALUE", help="Your best guess.")],
    confidence: Annotated[
        str, typer.Option(metavar="P", help="How sure you are that the truth lies between, from 50 % to 100 %.")
    ],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; it is opened with the numbers.")],
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Seal an estimate of one question: a probability as 5 %, 0.05 or 1 in 20, a number, or a word of the scale."""
    from tocsin.desk.rounds import answering
    from tocsin.desk.rounds.showing import told

    with visiting(exercise=exercise) as visit:
        asked = next((put.question for put in told(visit, id).put if put.question.key == question), None)
        typed = {"lowest": lowest, "highest": highest, "best": best}
        given: dict[str, Any] = {"reason": reason, "confidence": _probability(confidence, "--confidence")}
        if asked is not None:
            given |= {name: _value(asked, text, f"--{name}") for name, text in typed.items()}
        one(answering.estimate(visit, id, question, given), json)


def wish(
    id: Identity,
    text: Annotated[
        list[str] | None, typer.Option(metavar="TEXT", help="A recommendation; repeatable; none counts too.")
    ] = None,
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Seal the recommendations that you propose, in the second stage."""
    from tocsin.desk.rounds import answering

    with visiting(exercise=exercise) as visit:
        one(answering.wish(visit, id, {"recommendations": text or []}), json)


def close(
    id: Identity,
    dissent: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY=TEXT", help="A dissent from the result of a question; repeatable."),
    ] = None,
    support: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="A recommendation that you support; repeatable.")
    ] = None,
    oppose: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="A recommendation that you do not support; repeatable.")
    ] = None,
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Seal your dissents and what you say of the recommendations; it stands in place of what you sealed before."""
    from tocsin.desk.rounds import answering

    parted = [each.partition("=") for each in dissent or []]
    if wrong := next((each for each in parted if not each[1]), None):
        raise StatementError(f"{wrong[0][:40]!r} names no question", field="--dissent", remedy="Write KEY=TEXT")
    votes = dict.fromkeys(support or [], "support") | dict.fromkeys(oppose or [], "oppose")
    given = {"dissents": {key: text for key, _, text in parted}, "support": votes}
    with visiting(exercise=exercise) as visit:
        one(answering.close(visit, id, given), json)


def take_back(
    id: Identity,
    question: Annotated[
        str | None,
        typer.Option(metavar="KEY", help="The question; recommendations, or dissents and support, if not given."),
    ] = None,
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Take back what you sealed in this stage."""
    from tocsin.desk.rounds import answering

    with visiting(exercise=exercise) as visit:
        one(answering.take_back(visit, id, question), json)


def aggregate(
    id: Identity,
    method: Annotated[
        str | None, typer.Option(metavar="METHOD", help="How probabilities are pooled; the round's way if not given.")
    ] = None,
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Compute the results of a finished round again from its estimates, and hold them against the stored ones."""
    from tocsin.desk.rounds.recomputing import recomputed

    with visiting(exercise=exercise) as visit:
        found, again = recomputed(visit, id, method)
        if json:
            results = [telling.recomputed(each) for each in again]
            write_json({"marking": found.marking.label, "round": found.view.id, "results": results})
        else:
            with showing.under(found.marking.label):
                for each in again:
                    telling.compared(each)
    if not all(each.agrees or (each.again.value is None and each.complete) for each in again):
        remark("Some numbers are not those that were stored.")
        raise typer.Exit(1)


def commands(group: typer.Typer) -> None:
    """The commands of ``tocsin round``."""
    for name, command in (
        ("list", listed),
        ("show", show),
        ("register", register),
        ("open", open_),
        ("share", share),
        ("pool", pool),
        ("finish", finish),
        ("cancel", cancel),
        ("recommend", recommend),
        ("declare", declare),
        ("estimate", estimate),
        ("wish", wish),
        ("close", close),
        ("take-back", take_back),
        ("aggregate", aggregate),
        ("readout", readout),
    ):
        group.command(name)(command)


def _step(id: str, name: str, reason: str, yes: bool, exercise: bool, json: bool) -> None:
    from tocsin.desk.rounds import registering

    with visiting(exercise=exercise) as visit:
        remark(f"{_OPENS[name]} It cannot be undone.")
        _counted(visit, id)
        _agreed(yes, "Do it?")
        one(registering.step(visit, id, name, reason), json)


def _counted(visit: Visit, id: str) -> None:
    from tocsin.desk.rounds.showing import told

    found = told(visit, id)
    if found.until is not None and found.convenes:
        remark(f"In this stage {found.turnout}.")


def _agreed(yes: bool, question: str) -> None:
    import sys

    if yes:
        return
    if sys.stdin is None or not sys.stdin.isatty():
        raise StatementError(
            "nobody can be asked here whether that is right, so nothing was done",
            field="--yes",
            remedy="Look at what it opens and to whom, then run the same command with --yes",
        )
    typer.confirm(question, abort=True, err=True)


def _read(file: Path) -> dict[str, Any]:
    """A round from its file; a moment that TOML knows becomes text again.

    Errors: StatementError says what cannot be read.
    """
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise StatementError(
            f"this is no TOML ({error})",
            field="FILE",
            remedy="Correct it; the reference of this command has an example",
        ) from None
    return {name: _plain(value) for name, value in found.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, datetime) else value


def _value(question: Question, text: str, option: str) -> float:
    """A value as it was typed, of an ordinal question also as a word of its scale.

    Errors: StatementError names the option and how to write it.
    """
    from tocsin.core.belief import typed_number
    from tocsin.core.convening import Answer

    if question.answer is Answer.PROBABILITY:
        return _probability(text, option)
    words = {word.casefold(): float(place) for place, word in enumerate(question.scale, 1)}
    if text.strip().casefold() in words:
        return words[text.strip().casefold()]
    try:
        return typed_number(text)
    except ForecastError as error:
        remedy = f"Write one of: {', '.join(question.scale)}" if question.scale else error.remedy
        raise StatementError(error.what, field=option, remedy=remedy) from None


def _probability(text: str, option: str) -> float:
    from tocsin.core.belief import typed_probability

    try:
        return typed_probability(text)
    except ForecastError as error:
        raise StatementError(error.what, field=option, remedy=error.remedy) from None
