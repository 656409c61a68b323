"""What every kind of body is made of: the base class and the few kinds of field."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    StringConstraints,
    model_serializer,
)


def no_longer_than(longest: int) -> BeforeValidator:
    """Refuses a text that is longer, blanks at its ends included: otherwise they would be cut off before it is
    measured, and a longer text would pass than its schema says.
    """

    def measured(value: Any) -> Any:
        if isinstance(value, str) and len(value) > longest:
            raise ValueError(f"it has {len(value)} letters; there is room for {longest}")
        return value

    return BeforeValidator(measured)


Line = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True), no_longer_than(300)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=20_000, strip_whitespace=True), no_longer_than(20_000)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 in lower-case hexadecimal: the identity of a statement, an attachment or a table."""

Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
"""A short name inside one statement: of a question, or of an item of evidence."""

Concept = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9:._-]{0,119}$")]
"""A concept of the lexicon: of a frame by its notation (``1.3``), of any scheme as ``SCHEME:NOTATION``."""

Probability = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Number = Annotated[float, Field(ge=-1e15, le=1e15, allow_inf_nan=False)]
"""A number that somebody can mean."""


class Part(BaseModel):
    """A part of a body."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Body(Part):
    """What is claimed."""

    searched: ClassVar[tuple[str, ...]] = ()
    """The fields whose words can be searched."""

    tells_of_inputs: ClassVar[bool] = False
    """Whether it tells what it was made from; then it is open to nobody to whom one of those is shut."""


class Derivable(Body):
    """What can rest on a round's result, and then carries its dissents along.

    dissents: identities of the dissents from every result that it rests on; the node fills them in, and leaves out what
    is sent here. Their words are fetched when it is shown, so that a dissent that was withdrawn is withdrawn here too.
    """

    dissents: Annotated[tuple[Digest, ...], Field(max_length=3000)] = ()

    @model_serializer(mode="wrap")
    def _without_none(self, dump: SerializerFunctionWrapHandler):  # type: ignore[no-untyped-def]
        """Most rest on no result; nothing is said of dissents then, so that older statements keep their words.

        No return type, because the schema of what is served would then be any object.
        """
        whole: dict[str, Any] = dump(self)
        return {name: value for name, value in whole.items() if name != "dissents" or value}
