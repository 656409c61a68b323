from datetime import date, datetime
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tocsin.core.assessing import Status
from tocsin.core.body import Digest, Key, Line, Probability
from tocsin.desk.shape import in_words


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid")

    line: Line = "a"
    several: Annotated[tuple[str, ...], Field(min_length=1, max_length=2)] = ("a",)
    key: Key = "a"
    digest: Digest = "0" * 64
    chance: Probability = 0.5
    confidence: Annotated[float, Field(ge=0.5, le=1)] = 0.8
    months: int = 12
    one: Literal["low", "high"] = "low"
    status: Status = Status.ABSENT
    day: date = date(2026, 1, 1)
    moment: datetime = datetime(2026, 1, 1)


def told(**given):
    with pytest.raises(ValidationError) as refused:
        Form.model_validate(given)
    return in_words(refused.value)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"line": " "}, "it is empty"),
        ({"several": []}, "give at least one"),
        ({"several": ["a", "b", "c"]}, "give at most 2"),
        ({"key": "Big Key"}, "a key has small letters a to z, digits and hyphens, at most 40, and no blank"),
        ({"digest": "xyz"}, "an identity is 64 digits from 0 to 9 and a to f"),
        ({"chance": 1.5}, "it is at most 1"),
        ({"chance": -1}, "it is at least 0"),
        ({"confidence": 0.3}, "the confidence is from 50 % to 100 %"),
        ({"confidence": 2}, "the confidence is from 50 % to 100 %"),
        ({"months": "many"}, "it takes a whole number"),
        ({"chance": "much"}, "it takes a number"),
        ({"one": "middle"}, "choose one of: low or high"),
        ({"status": "gone"}, "choose one of: present, absent, no information or not applicable"),
        ({"day": "soon"}, "a day is written as 2026-01-31"),
        ({"moment": "soon"}, "a moment is written as 2026-01-31T12:00:00Z"),
        ({"nothing": 1}, "there is no such field"),
        ({"line": 3}, "it takes a text"),
        ({"several": 3}, "it takes a list"),
        ({"line": "x" * 301}, "it has 301 letters; there is room for 300"),
    ],
)
def test_what_a_field_takes_is_said_without_a_schema(given, words):
    error = told(**given)
    assert error.faults == ((next(iter(given)), words),)
    assert (error.what, error.field, error.remedy) == (words, next(iter(given)), "Correct the field")


def test_every_wrong_field_is_named_and_what_is_left_is_counted():
    error = told(line="", several=[], key="", one="x", months="x", chance=9, confidence=0, day="x", moment="x")
    assert len(error.faults) == 9
    assert error.what.startswith("it is empty; also wrong: several (give at least one), key (")
    assert error.what.endswith(" and 3 more fields")
    two = told(line="", several=[])
    assert two.what == "it is empty; also wrong: several (give at least one)"
    assert two.remedy == "Correct these fields"
