"""Yardsticks: words for chances by owner, a chance told to each reader, a word carried to another yardstick."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from tocsin.desk import yardsticks as words
from tocsin.interfaces.api.answers import answer, openly
from tocsin.interfaces.api.description import problems
from tocsin.interfaces.api.lexicon import Part, of_field
from tocsin.interfaces.api.served import Served
from tocsin.interfaces.web.doors import visitor

router = APIRouter(tags=["lexicon"])

Probability = Annotated[float | None, Query(ge=0, le=1)]


class ServedBand(Part):
    """A word and its band of probability. open_low, open_high: that end does not belong to it."""

    term: str
    low: float
    high: float
    also: list[str]
    gloss: str
    open_low: bool
    open_high: bool


class ServedYardstick(Part):
    """An owner's words for chances, lowest first, with the paragraph they come from."""

    key: str
    title: str
    lang: str
    owner: str
    source: str
    paragraph: str
    url: str
    note: str
    bands: list[ServedBand]


class ServedYardsticks(Served):
    """Every yardstick."""

    items: list[ServedYardstick]


class ServedTold(Part):
    """A chance as one reader is told it. erased: the word alone would hide how far it is from the base rate."""

    probability: float
    low: float | None
    high: float | None
    base_rate: float | None
    ratio: float | None
    yardstick: str
    language: str
    percent: str
    frequency: str
    times: str
    word: str
    word_lang: str
    gloss: str
    span: str
    erased: bool
    warning: str
    sentence: str


class ServedSaid(Served):
    """The chance as the reader of each yardstick is told it."""

    items: list[ServedTold]


class ServedShare(Part):
    """Which share of a word's band the other yardstick calls by `term`."""

    term: str
    share: float


class ServedTranslation(Part):
    """A word on another yardstick. nearest: null if nothing corresponds. shift: in probability. loss: from 0 to 1."""

    source: str
    target: str
    term: str
    low: float
    high: float
    shares: list[ServedShare]
    uncovered: float
    nearest: str | None
    shift: float | None
    loss: float
    sentence: str


class ServedTranslations(Served):
    """Words of one yardstick on another. loss: the mean over them."""

    items: list[ServedTranslation]
    loss: float


@router.get("/yardsticks", response_model=ServedYardsticks, responses=problems())
def every_yardstick(request: Request) -> Response:
    """Every yardstick with its words and their bands."""
    visit = visitor(request)
    return answer(request, {"items": [asdict(one) for one in words.yardsticks().values()]}, openly(visit))


@router.get("/yardsticks/say", response_model=ServedSaid, responses=problems())
def say(
    request: Request,
    probability: Annotated[float, Query(ge=0, le=1, description="The chance; 10 % is written 0.1.")],
    base_rate: Probability = None,
    low: Probability = None,
    high: Probability = None,
    yardstick: Annotated[str | None, Query(description="Only for readers of this one.")] = None,
    language: Annotated[str, Query(description="`en` or `fr`.")] = "en",
) -> Response:
    """A chance as each reader would be told it, with a warning where the word alone would erase the signal."""
    visit = visitor(request)
    scales = list(words.yardsticks().values())
    if yardstick is not None:
        scales = [of_field("yardstick", words.yardstick, yardstick)]
    readers = [of_field("language", words.Reader, one.key, language) for one in scales]
    numbers = {"low": low, "high": high, "base_rate": base_rate}
    items = [of_field("low", words.tell, probability, one, **numbers) for one in readers]
    return answer(request, {"items": [asdict(one) for one in items]}, openly(visit))


@router.get("/yardsticks/translate", response_model=ServedTranslations, responses=problems())
def translate(
    request: Request,
    source: Annotated[str, Query(alias="from", description="The yardstick of the word.")],
    target: Annotated[str, Query(alias="to", description="The yardstick of the reader.")],
    word: Annotated[str | None, Query(description="All of its words if none is given.")] = None,
) -> Response:
    """What a word of one yardstick becomes for readers of another, and how much of it is lost."""
    visit = visitor(request)
    for field, key in (("from", source), ("to", target)):
        of_field(field, words.yardstick, key)
    if word is None:
        whole = words.table(source, target)
        rows, loss = whole.rows, whole.loss
    else:
        rows = (of_field("word", words.translate, word, source, target),)
        loss = rows[0].loss
    return answer(request, {"items": [asdict(one) for one in rows], "loss": loss}, openly(visit))
