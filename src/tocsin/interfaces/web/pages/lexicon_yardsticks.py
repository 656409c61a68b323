"""Yardsticks side by side; a chance as each reader would be told it; a word carried from one yardstick to another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from tocsin.core.belief import typed_probability
from tocsin.core.errors import ForecastError, LexiconError, StatementError
from tocsin.desk import yardsticks as desk
from tocsin.desk.lexicon import vocabulary_version
from tocsin.desk.reading import facts, read
from tocsin.desk.visit import Visit
from tocsin.desk.yardsticks import Reader, Spread, Told, Translation, Yardstick
from tocsin.interfaces.web.charts.bands import bands_chart
from tocsin.interfaces.web.labels import Labels
from tocsin.interfaces.web.page import Page, Params, Table, table
from tocsin.interfaces.web.pages.lexicon_words import direction

_Found = TypeVar("_Found")

ASKED = ("probability", "low", "high", "base_rate", "language", "word", "to")
"""What the two forms of the page ask with."""


@dataclass(frozen=True)
class Answers:
    """What the address asks for: a chance told to each reader, words carried to another yardstick; either may be none.

    probability, base_rate: what was asked about, to be drawn.
    """

    told: tuple[Told, ...] = ()
    probability: float | None = None
    base_rate: float | None = None
    carried: tuple[Translation, ...] = ()
    loss: float | None = None


def yardsticks_page(visit: Visit, params: Params) -> Page:
    """``/yardsticks?probability=&low=&high=&base_rate=&language=`` and ``?word=icd203:unlikely&to=``.

    Errors: StatementError names the field that cannot be answered.
    """
    return built(visit, params, answered(params))


def answered(params: Params) -> Answers:
    """What the address asks for. Errors: StatementError names the field."""
    told, chance, base = _told(params)
    carried, loss = _carried(params)
    return Answers(told, chance, base, carried, loss)


def built(visit: Visit, params: Params, answers: Answers, problem: StatementError | None = None) -> Page:
    """The page with these answers."""
    scales, labels = tuple(desk.yardsticks().values()), Labels.read(params)
    typed = {name: params.get(name, "").strip() for name in ASKED}
    # What stands in the release is about real states, of which an exercise does not speak.
    spreads = [desk.spread(visit.settings, one.key) for one in scales] if visit.store.world != "exercise" else []
    return Page(
        stem="/yardsticks",
        title="Yardsticks",
        facts=facts(read(visit.settings)),
        content={
            "labels": labels,
            "scales": scales,
            "by_key": desk.yardsticks(),
            "chart": bands_chart("bands", scales, answers.probability, answers.base_rate),
            "answers": answers,
            "typed": typed,
            "problem": problem,
            "spoken": desk.languages(),
            "direction": direction,
            "version": vocabulary_version(),
            "spreads": spreads,
        },
        twin={"vocabulary": vocabulary_version(), "asked": {name: text or None for name, text in typed.items()}},
        tables=_tables(scales, answers) | {"states": _states(spreads)},
        query={name: text for name, text in typed.items() if text} if problem is None else {},
    )


def _told(params: Params) -> tuple[tuple[Told, ...], float | None, float | None]:
    numbers = {name: _number(params, name) for name in ("probability", "low", "high", "base_rate")}
    chance, base = numbers["probability"], numbers["base_rate"]
    if chance is None:
        if any(number is not None for number in numbers.values()):
            raise StatementError(
                "there is no chance to tell", field="probability", remedy="Write it as 5 %, 0.05 or 1 in 20"
            )
        return (), None, None
    language = params.get("language", "").strip() or "en"
    told = _or_refused(
        lambda: tuple(
            desk.tell(chance, Reader(key, language), low=numbers["low"], high=numbers["high"], base_rate=base)
            for key in desk.yardsticks()
        ),
        "language" if language not in desk.languages() else "low",
    )
    return told, chance, base


def _number(params: Params, field: str) -> float | None:
    text = params.get(field, "").strip()
    if not text:
        return None
    try:
        return typed_probability(text)
    except ForecastError as error:
        raise StatementError(error.what, field=field, remedy=error.remedy) from None


def _carried(params: Params) -> tuple[tuple[Translation, ...], float | None]:
    """A word, or with ``word=icd203:`` all of them; with the mean loss over all."""
    said, to = params.get("word", "").strip(), params.get("to", "").strip()
    if not said:
        return (), None
    if not to:
        raise StatementError("it is not said to which yardstick", field="to", remedy="Choose one")
    _or_refused(lambda: desk.yardstick(to), "to")
    key, _, word = said.partition(":")
    if not word:
        whole = _or_refused(lambda: desk.table(key, to), "word")
        return whole.rows, whole.loss
    return (_or_refused(lambda: desk.translate(word, key, to), "word"),), None


def _or_refused(find: Callable[[], _Found], field: str) -> _Found:
    try:
        return find()
    except LexiconError as error:
        raise StatementError(error.what, field=field, remedy=error.remedy) from None


def _tables(scales: tuple[Yardstick, ...], answers: Answers) -> dict[str, Table]:
    words = [
        {"yardstick": one.key, "title": one.title, "owner": one.owner, "lang": one.lang}
        | vars(band)
        | {"also": "; ".join(band.also) or None, "gloss": band.gloss or None}
        | {"source": one.source, "paragraph": one.paragraph}
        for one in scales
        for band in one.bands
    ]
    return {
        "bands": table("Every word of every yardstick with its band", _BANDS, words),
        "told": table("The chance as each reader is told it", _TOLD, [_plain(vars(one)) for one in answers.told]),
        "carried": table(
            "Words of one yardstick on another",
            _CARRIED,
            [
                _plain(vars(one))
                | {"shares": "; ".join(f"{share.term} {share.share:.4f}" for share in one.shares if share.share)}
                for one in answers.carried
            ],
        ),
    }


def _states(spreads: list[Spread]) -> Table:
    rows = [vars(one) | {"word": word, "states": states} for one in spreads for word, states in one.words]
    return table("How many states of the forecast get each word", _STATES, rows)


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row in which what is empty is not known."""
    return {name: None if value == "" else value for name, value in row.items()}


_BANDS = (
    *("yardstick", "title", "owner", "lang", "term", "also", "gloss"),
    *("low", "high", "open_low", "open_high", "source", "paragraph"),
)
_TOLD = (
    *("yardstick", "language", "probability", "low", "high", "base_rate", "ratio", "percent", "frequency", "times"),
    *("word", "word_lang", "gloss", "span", "erased", "warning", "sentence"),
)
_STATES = ("yardstick", "word", "states", "of", "highest", "base_rate", "apart", "hidden")
_CARRIED = ("source", "target", "term", "low", "high", "nearest", "shift", "loss", "uncovered", "shares", "sentence")
