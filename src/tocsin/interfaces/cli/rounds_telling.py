"""A round as the command line writes it: every result with its dissents, every estimate as it is attributed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.core.belief import one_in, percent, times
from tocsin.interfaces.cli import showing
from tocsin.interfaces.cli.console import say

if TYPE_CHECKING:
    from tocsin.desk.rounds.readout_model import Modelled
    from tocsin.desk.rounds.recomputing import Recomputed
    from tocsin.desk.rounds.showing import Put, Told


def as_dict(found: Told) -> dict[str, Any]:
    """A round for machines."""
    return {
        **showing.as_dict(found.view),
        "stage": found.stage.value,
        "invited": found.invited,
        "convenes": found.convenes,
        "declared": found.declared is not None,
        "answered": found.answered,
        "asked": found.asked,
        "questions": [
            {
                "key": put.question.key,
                "sealed": put.mine is not None,
                "first": [showing.as_dict(opinion.view) for opinion in put.first],
                "second": [showing.as_dict(opinion.view) for opinion in put.second],
                "flags": {stage: flags.model_dump(mode="json") for stage, flags in put.flags.items()},
                "result": showing.as_dict(put.result) if put.result else None,
            }
            for put in found.put
        ],
        "recommendations": [
            {
                **showing.as_dict(advice.view),
                "support": advice.support.model_dump(mode="json") if advice.support else None,
            }
            for advice in found.advice
        ],
        "steps": [showing.as_dict(view) for view, _ in found.steps],
        "pack": [showing.as_dict(view) for view in found.pack],
        "sources": found.view.shown["evidence"],
    }


def whole(found: Told) -> None:
    """Everything of a round that its reader may see."""
    from tocsin.desk import wording

    body = found.round
    say(f"{showing.plain(body.title)}\nround about {found.view.head.subject}, by {showing.author(found.view)}")
    until = f" until {showing.minute(found.until)} UTC" if found.until is not None else ""
    say(f"{found.stage.value}{until}; what is said will be {body.attributed}; pooled by their {body.method}")
    if found.answered is not None:
        say(f"in this stage {found.turnout}")
    if found.invited:
        say("you are invited; " + ("you have declared" if found.declared else "you have not declared yet"))
    say(f"\n{showing.plain(body.purpose)}")
    _pack(found)
    for put in found.put:
        say(f"\n[{put.question.key}] {showing.plain(put.question.text)}")
        _question(found, put)
    for advice in found.advice:
        told = advice.support
        count = (
            "" if told is None else " (too few to tell)" if told.support is None else f" ({told.support} support it)"
        )
        if told is not None and told.support is None and told.at_least_three:
            count = " (at least three support it)"
        say(f"\nrecommendation {advice.view.id}{count}:\n  {showing.plain(advice.text)}")
    for view, step in found.steps:
        say(f"\n{showing.minute(view.head.recorded_at)}  {wording.STEPS[step.step]}")
    say(f"\nid: {found.view.id}")


def modelled(found: Modelled | None) -> None:
    """The model's forecast beside a finished round, with all that must stand beside its number."""
    if found is None:
        return
    told, header = found.belief, found.facts
    ratio = f", {times(told.ratio)} the base rate of {percent(told.base_rate)}" if told.ratio and told.base_rate else ""
    say(
        f"\nBeside it, not merged with it, the model: {percent(told.probability)} ({one_in(told.probability)}), "
        f"{round(100 * told.coverage)} % interval {percent(told.low)} to {percent(told.high)}{ratio}; "
        f"{header.outcome.title}, {header.horizon}, vintage {header.vintage}; {header.licence}"
    )


def _pack(found: Told) -> None:
    """The background pack: statements that the reader may see, and sources."""
    sources = list(showing.evidence(found.view))
    if not found.pack and not sources:
        return
    say("\nbackground pack:")
    for view in found.pack:
        say(f"  {view.head.marking.label}  {view.head.kind}  {showing.headline(view)}\n    {view.id}")
    for line in sources:
        say(f"  {line}")


def _question(found: Told, put: Put) -> None:
    from tocsin.core.convening import Result, Stage
    from tocsin.desk import wording

    if found.invited and found.stage in (Stage.FIRST, Stage.SECOND):
        say("  you have sealed an answer" if put.mine else "  not answered by you yet")
    if put.result and isinstance(put.result.body, Result):
        for line in wording.text(put.result.body).splitlines():
            say(f"  {showing.plain(line)}")
        _dissents([each.words for each in put.result.dissents])
    elif put.preliminary and put.preliminary.value is not None:
        say(f"  preliminary: {showing.plain(wording.value(put.question, put.preliminary.value))}")
        say("  dissents are still being taken, so this is not yet the round's result")
    for stage, opinions in (("first", put.first), ("second", put.second)):
        for opinion in opinions:
            by = f" ({', '.join(opinion.by)})" if opinion.by else ""
            say(f"  {stage}: {showing.plain(wording.answered(opinion.given, put.question))}{by}")
            say(f"    {' '.join(showing.plain(opinion.given.reason).split())}")


def _dissents(words: list[str]) -> None:
    if not words:
        say("  no dissent was given")
    for number, text in enumerate(words, 1):
        say(f"  dissent {number} of {len(words)}: {showing.plain(text)}")


def recomputed(each: Recomputed) -> dict[str, Any]:
    """A question computed again, for machines, with the dissents from its result."""
    return {
        "question": each.question.key,
        "method": each.method,
        "value": each.value,
        "stored": each.stored,
        "agrees": each.agrees,
        "complete": each.complete,
        "largest_distance": each.apart,
        "recomputed": each.again.model_dump(mode="json", exclude={"kind", "question", "dissents"}),
        "dissents": [{"id": one.id, "text": one.text, "withdrawn": one.withdrawn} for one in each.dissents],
    }


def compared(each: Recomputed) -> None:
    """A question computed again beside what was stored."""
    from tocsin.desk import wording

    say(f"[{each.question.key}] {showing.plain(each.question.text)}")
    if not each.complete:
        say("  an estimate was withdrawn since, so the stored result cannot be computed again")
    elif each.value is None or each.stored is None:
        say("  nothing was told, because too few answered")
    else:
        say(f"  {each.method}: {showing.plain(wording.value(each.question, each.value))}, exactly {each.value!r}")
        verdict = "the same" if each.agrees else "NOT the same"
        say(f"  stored: {each.stored!r}; {verdict} to 1e-12 (largest distance of any number {each.apart:g})")
    _dissents([one.words for one in each.dissents])
