"""Commands about words for probabilities: ``yardstick show``, ``yardstick say``, ``yardstick translate``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.core.belief import percent, significant
from tocsin.core.settings import Settings
from tocsin.interfaces.cli.console import Json, say, table, write_json

if TYPE_CHECKING:
    from tocsin.desk.yardsticks import Spread, Table, Translation, Yardstick

Key = Annotated[str, typer.Argument(metavar="KEY", help="The key of a yardstick, for example icd203; all if none.")]
Word = Annotated[str, typer.Argument(metavar="TERM", help="A word of the first yardstick; all of them if none.")]
Number = Annotated[float, typer.Argument(metavar="P", help="The probability, from 0 to 1; 10 % is written 0.1.")]


def register(group: typer.Typer) -> None:
    """Hang the commands below ``tocsin yardstick``."""
    group.callback()(lambda: None)
    group.command("show")(show)
    group.command("say")(tell)
    group.command("translate")(translate)


def show(key: Key = "", json: Json = False) -> None:
    """Show which word stands for which probabilities, by owner.

    With a key: that yardstick with its source, and how many states of the release get each word.
    """
    from tocsin.desk.yardsticks import spread, yardstick, yardsticks

    if key:
        scale, states = yardstick(key), spread(Settings.read(), key)
        if json:
            write_json({"yardstick": scale, "release": states})
        else:
            _one(scale, states)
        return
    if json:
        write_json(list(yardsticks().values()))
        return
    rows = [(scale.key, scale.title, scale.lang, str(len(scale.bands)), scale.owner) for scale in yardsticks().values()]
    table(("Key", "Title", "Language", "Bands", "Owner"), rows, numeric=(3,))
    say("\n`tocsin yardstick show KEY` shows one with its source.")


def _one(scale: Yardstick, states: Spread) -> None:
    say(f"{scale.title} ({scale.key}), {scale.owner}")
    say(f"{scale.source}; {scale.paragraph}. {scale.url}")
    say(f"{scale.note}\n")
    counts = dict(states.words)
    rows = [(band.term, band.span, band.gloss, str(counts.pop(band.term, 0))) for band in scale.bands]
    # What has no word is in the count too: a list of words that leaves states out would say that they are not there.
    rows += [(words, "", "", str(count)) for words, count in counts.items()]
    table(("Word", "Stands for", "In English", f"States {states.horizon}"), rows, numeric=(1, 3))
    say("")
    for band in scale.bands:
        if band.also:
            say(f"{band.term}: also {', '.join(band.also)}.")
    say(
        f"\n{states.of} states have a forecast in this release; the highest is {percent(states.highest)}. "
        f"{states.apart} are at least twice the base rate of {percent(states.base_rate)}; {states.hidden} of them get "
        "the base rate's word."
    )


def tell(
    probability: Number,
    base: Annotated[
        float | None, typer.Option("--base", metavar="B", help="The base rate to hold it against, from 0 to 1.")
    ] = None,
    low: Annotated[float | None, typer.Option("--low", metavar="P", help="The lower end of its interval.")] = None,
    high: Annotated[float | None, typer.Option("--high", metavar="P", help="The upper end of its interval.")] = None,
    key: Annotated[
        str, typer.Option("--yardstick", metavar="KEY", help="The reader's yardstick; every one in turn if none.")
    ] = "",
    language: Annotated[str, typer.Option("--language", help="The reader's language, for example fr.")] = "en",
    json: Json = False,
) -> None:
    """Tell a probability as a reader would be told it.

    Number, frequency, ratio to the base rate and the word; a word that would hide the difference is flagged.
    """
    from tocsin.desk import yardsticks as desk

    readers = [desk.Reader(one, language) for one in ([key] if key else desk.yardsticks())]
    told = [desk.tell(probability, reader, low=low, high=high, base_rate=base) for reader in readers]
    if json:
        write_json(told)
        return
    for one in told:
        say(one.sentence)


def translate(
    source: Annotated[str, typer.Option("--from", metavar="KEY", help="The yardstick that the word was said on.")],
    target: Annotated[str, typer.Option("--to", metavar="KEY", help="The yardstick of who reads it.")],
    word: Word = "",
    json: Json = False,
) -> None:
    """Say what a word of one yardstick becomes on another, and how much of it is lost."""
    from tocsin.desk import yardsticks as desk

    if word:
        found = desk.translate(word, source, target)
        if json:
            write_json(found)
        else:
            say(found.sentence)
            say(_ASSUMED)
        return
    whole = desk.table(source, target)
    if json:
        write_json(whole)
    else:
        _whole(whole, desk.yardstick(source), desk.yardstick(target))


_ASSUMED = (
    "Assumed: the word may stand for every number of its band alike. Loss 0 is the same band, 1 nothing in common; the "
    "shift is how far the number moves on average, in points of per cent."
)


def _whole(whole: Table, source: Yardstick, target: Yardstick) -> None:
    say(f"{source.title} read on {target.title}\n")
    rows = [
        (row.term, band.span, row.nearest or "(no word)", _parts(row), _points(row.shift), f"{row.loss:.2f}")
        for row, band in zip(whole.rows, source.bands, strict=True)
    ]
    table(("Said", "Stands for", "Nearest word", "Numbers in it are called", "Shift", "Loss"), rows, numeric=(1, 4, 5))
    say(f"\nMean loss {whole.loss:.2f}. {_ASSUMED}")
    if whole.unused:
        say(f"Nearest to none: {', '.join(whole.unused)}.")


def _parts(row: Translation) -> str:
    parts = [(one.term, one.share) for one in row.shares] + [("no word", row.uncovered)]
    return ", ".join(f"{term} {_percent(share)}" for term, share in parts if share > 0)


def _points(shift: float | None) -> str:
    return "" if shift is None else significant(100 * shift)


def _percent(share: float) -> str:
    return "under 1 %" if share < 0.01 else f"{round(100 * share)} %"
