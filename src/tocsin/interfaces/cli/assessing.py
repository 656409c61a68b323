"""Commands about assessments: made from a file, shown, signed off, read in another frame, compared."""

from __future__ import annotations

import json as standard
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tocsin.core.belief import percent, significant
from tocsin.core.errors import StatementError
from tocsin.interfaces.cli import showing
from tocsin.interfaces.cli.console import Json, remark, say, table, write_json
from tocsin.interfaces.cli.noting import agreed
from tocsin.interfaces.cli.statements import Identity, Place, one, subject_of
from tocsin.interfaces.cli.visiting import Exercise, visiting

if TYPE_CHECKING:
    from tocsin.desk.assessing.rendering import Rendering
    from tocsin.desk.differing import Differing
    from tocsin.desk.visit import Visit

Frame = Annotated[str, typer.Option("--frame", metavar="KEY", help="A frame, for example us-araf.")]


def register(group: typer.Typer) -> None:
    """Hang the commands below ``tocsin assess``."""
    group.callback()(lambda: None)
    for name, command in (
        ("make", make),
        ("show", show),
        ("sign-off", sign),
        ("render", render),
        ("changes", changes),
        ("differ", differ),
        ("agreement", agree),
    ):
        group.command(name)(command)


def make(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An assessment as JSON or TOML, as the API takes it.")],
    preview: Annotated[bool, typer.Option("--preview", help="Only check it and tell who would see it.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Store it without asking.")] = False,
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Make an assessment of a place from a file.

    You are told who will see it, and asked, before it is stored.
    """
    from tocsin.desk import making, people

    given = _read(file)
    with visiting(exercise=exercise) as visit:
        given = _for_here(visit, given)
        told = making.check(visit, given)
        if preview and json:
            write_json(told)
            return
        for line in showing.foreseen(told, people.directory(visit).organisations):
            (say if preview else remark)(line)
        if preview:
            return
        if not yes:
            agreed()
        one(making.make(visit, given), json)


def _read(file: Path) -> dict[str, Any]:
    """What a file gives; a file ending in .toml is TOML, any other JSON.

    Errors: StatementError if it cannot be read, is not what its ending says, or holds no assessment.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        why = error.strerror or str(error)
        raise StatementError(
            f"{file} cannot be read ({why})", field="FILE", remedy="Name a file that is there"
        ) from None
    except UnicodeDecodeError:
        raise StatementError(f"{file} is not UTF-8", field="FILE", remedy="Save it as UTF-8") from None
    try:
        given = tomllib.loads(text) if file.suffix.lower() == ".toml" else standard.loads(text)
    except (tomllib.TOMLDecodeError, standard.JSONDecodeError) as error:
        kind = "TOML" if file.suffix.lower() == ".toml" else "JSON"
        raise StatementError(
            f"{file} is not {kind}: {error}", field="FILE", remedy="Correct what stands there"
        ) from None
    body = given.get("body") if isinstance(given, dict) else None
    if not isinstance(body, dict) or body.get("kind") != "assessment":
        raise StatementError(
            f"{file} holds no assessment",
            field="body.kind",
            remedy='Give body, subject, marking and evidence, with kind = "assessment" in the body',
        )
    return given


def _for_here(visit: Visit, given: dict[str, Any]) -> dict[str, Any]:
    """In an exercise the marking carries its caveat, whether or not the file says so."""
    marking = given.get("marking")
    if visit.store.world != "exercise" or not isinstance(marking, dict):
        return given
    caveats = list(marking.get("caveats") or [])
    return {**given, "marking": {**marking, "caveats": [*caveats, *({"EXERCISE"} - set(caveats))]}}


def show(id: Identity, exercise: Exercise = False, json: Json = False) -> None:
    """Show an assessment, with the model's number beside it."""
    from tocsin.desk.assessing import model, rendering

    with visiting(exercise=exercise) as visit:
        view, _ = rendering.assessment(visit, id)
        found = model.beside(visit, view.head.subject.partition(":")[2])
        if json:
            shown = showing.as_dict(view)
            write_json({"marking": view.head.marking.label, "statement": shown, "model": found.belief})
            return
        with showing.under(view.head.marking.label):
            showing.whole(view)
            say("")
            if found.belief is None:
                say(found.absence)
                return
            told, facts = found.belief, found.facts
            say(
                f"The model, not merged with it: {percent(told.probability)}, {round(100 * told.coverage)} % interval "
                f"{percent(told.low)} to {percent(told.high)}; {facts.outcome.title}, {facts.horizon}, "
                f"vintage {facts.vintage}."
            )


def sign(
    id: Identity,
    standing: Annotated[
        str | None, typer.Option(metavar="STANDING", help="analyst, desk or institution; the next one if not given.")
    ] = None,
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Sign an assessment off: it is taken over as it is, with a higher standing."""
    from tocsin.desk.assessing.signing import sign_off

    with visiting(exercise=exercise) as visit:
        one(sign_off(visit, id, standing), json)


def render(id: Identity, frame: Frame, exercise: Exercise = False, json: Json = False) -> None:
    """Read an assessment in another frame, with what is left over on both sides."""
    from tocsin.desk.assessing import rendering

    with visiting(exercise=exercise) as visit:
        found = rendering.rendered(visit, id, frame)
        if json:
            write_json(
                {
                    "marking": found.view.head.marking.label,
                    "made_in": found.made_in.key,
                    "shown_in": found.shown_in.key,
                    "rows": found.rows,
                    "unmapped": found.here,
                    "unreached": found.there,
                }
            )
            return
        with showing.under(found.view.head.marking.label):
            _rendered(found)


def _rendered(found: Rendering) -> None:
    say(f"{showing.plain(found.body.title)}\nmade in {found.made_in.title()}, read in {found.shown_in.title()}\n")
    rows = [
        (
            f"{row.target.notation} {row.target.label()}",
            f"{lead.source.notation} {lead.source.label()}",
            f"{lead.rating.status}{f', {lead.rating.level}' if lead.rating.level else ''}"
            + (", turned round here" if lead.inverted else ""),
            lead.relation + (f" by way of {lead.via.notation}" if lead.via else ""),
        )
        for row in found.rows
        for lead in row.leads
    ]
    table(("Factor there", "Rated here", "Found", "Fit"), rows)
    say("\nRated here, without a counterpart there:")
    for one_ in found.here:
        say(f"  {one_.factor.notation} {one_.factor.label()}. {one_.note or 'Nobody has said whether something is.'}")
    if not found.here:
        say("  none")
    say("\nAsked there, without a rating that leads to it:")
    for one_ in found.there:
        say(f"  {one_.factor.notation} {one_.factor.label()}. {one_.note}".rstrip(". ") + ".")
    if not found.there:
        say("  none")


def changes(id: Identity, exercise: Exercise = False, json: Json = False) -> None:
    """Show what each edit of an assessment changed, field by field, newest first."""
    from itertools import pairwise

    from tocsin.desk import views
    from tocsin.desk.assessing import rendering
    from tocsin.desk.assessing.changes import NOTHING, differences

    with visiting(exercise=exercise) as visit:
        rendering.assessment(visit, id)
        chain = views.chain_of(visit, id)
        edits = [(new, differences(old.shown, new.shown)) for old, new in pairwise(chain)][::-1]
        label = showing.highest(visit, chain)
        if json:
            told = [
                {
                    "statement": view.id,
                    "changes": [
                        {
                            "path": c.path,
                            **{n: v for n, v in (("before", c.before), ("after", c.after)) if v is not NOTHING},
                        }
                        for c in made
                    ],
                }
                for view, made in edits
            ]
            write_json({"marking": label, "edits": told})
            return
        with showing.under(label):
            for view, made in edits:
                say(f"{showing.minute(view.head.recorded_at)}  {view.id}")
                for c in made:
                    before, after = (
                        "(not there)" if value is NOTHING else standard.dumps(value, ensure_ascii=False)
                        for value in (c.before, c.after)
                    )
                    say(f"  {c.path}: {showing.plain(before)} -> {showing.plain(after)}")
            if not edits:
                say("It has not been edited, or not so that you may see it.")


def differ(
    a: Annotated[
        str, typer.Argument(metavar="A", help="The 64 digits of an assessment, in whose frame both are read.")
    ],
    b: Annotated[str, typer.Argument(metavar="B", help="Those of another one of the same place.")],
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Say what the difference of two assessments rests on: definition, evidence, weight or judgement."""
    from tocsin.desk.differing import differing

    with visiting(exercise=exercise) as visit:
        found = differing(visit, a, b)
        if json:
            told = found.found
            write_json(
                {
                    "marking": found.marking.label,
                    "a": {"id": found.a.id, "name": told.a, "probability": told.probability_a},
                    "b": {"id": found.b.id, "name": told.b, "probability": told.probability_b},
                    "frame": found.frame,
                    "gap": told.gap,
                    "shares": told.shares,
                    "reasons": told.reasons,
                    "exchange": told.exchange,
                    "untold": told.untold or None,
                    "unseen": found.unseen,
                    "kappa": found.kappa,
                }
            )
            return
        with showing.under(found.marking.label):
            _differing(found)


def _differing(found: Differing) -> None:
    told = found.found
    say(f"{told.a} {percent(told.probability_a)}, {told.b} {percent(told.probability_b)}; read in {found.frame}.")
    if found.unseen:
        say("Some of the evidence is not for you; it counts here as seen by one side only.")
    if told.untold:
        say(showing.plain(told.untold))
    say("")
    rows = [(cause, f"{share:+.2f}", _times(share)) for cause, share in told.shares.items()]
    table(("Cause", "Log-odds", "Odds"), [*rows, ("the gap", f"{told.gap:+.2f}", _times(told.gap))], numeric=(1, 2))
    say("")
    for reason in told.reasons:
        say(f"{reason.cause} {_times(reason.share)}: {showing.plain(reason.words)}")
    if told.exchange:
        say(f"\n{showing.plain(told.exchange.words)}")
    if found.kappa is not None:
        n = "1 factor" if found.kappa.n == 1 else f"{found.kappa.n} factors"
        value = f"not defined, {found.kappa.reason}" if found.kappa.value is None else f"{found.kappa.value:.2f}"
        say(f"\nKappa of their findings, quadratic weights: {value} ({n} that both found; so few tell little).")


def agree(
    place: Place,
    frame: Annotated[
        str, typer.Option("--frame", metavar="KEY", help="The frame; the one of most assessments if not given.")
    ] = "",
    level: Annotated[
        str, typer.Option("--level", metavar="LEVEL", help="Of measurement, for alpha: nominal, ordinal or interval.")
    ] = "ordinal",
    exercise: Exercise = False,
    json: Json = False,
) -> None:
    """Say how far the assessments of a place that stand agree, factor by factor."""
    from tocsin.desk.assessing.agreement import STEPS, agreement

    with visiting(exercise=exercise) as visit:
        found = agreement(visit, subject_of(visit, place).partition(":")[2], frame, level)
        label = showing.highest(visit, found.views)
        if json:
            write_json(
                {
                    "marking": label,
                    "place": found.place,
                    "frame": found.frame,
                    "level": found.level,
                    "assessments": [view.id for view in found.views],
                    "alpha": found.alpha,
                    "interval": found.interval,
                    "reason": found.reason or None,
                    "kappa": found.kappa,
                    "caution": found.caution or None,
                    "factors": found.factors,
                    "others": found.others,
                }
            )
            return
        with showing.under(label):
            say(f"{len(found.views)} assessments in {found.frame}; {found.others} in other frames are not counted in.")
            if found.alpha is None or found.alpha.value is None:
                say(f"No agreement can be told: {found.reason}.")
            else:
                ends = found.interval
                told = ""
                if ends and ends.low is not None and ends.high is not None:
                    told = f" ({round(100 * ends.coverage)} % interval over factors {ends.low:.2f} to {ends.high:.2f})"
                say(f"Krippendorff's alpha, {found.level}: {found.alpha.value:.2f}{told}.")
            if found.kappa is not None and found.kappa.value is not None:
                left = f"; {found.kappa.undefined} left out, not defined" if found.kappa.undefined else ""
                pairs = "1 pair" if found.kappa.pairs == 1 else f"{found.kappa.pairs} pairs"
                say(f"Mean pairwise kappa, quadratic weights: {found.kappa.value:.2f} ({pairs}{left}).")
            if found.caution:
                say(found.caution)
            rows = [
                (f"{f.factor.notation} {f.factor.label()}", *map(str, f.findings), str(f.spread.missing))
                for f in found.factors
            ]
            if rows:
                say("")
                table(("Factor", *STEPS, "missing"), rows, numeric=(1, 2, 3, 4, 5))


def _times(log_odds: float) -> str:
    import math

    return f"x {significant(math.exp(log_odds))}"
