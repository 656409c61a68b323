"""The Traffic Light Protocol 2.0 labels, their exact wording and colours.

Source: FIRST, Traffic Light Protocol (TLP) version 2.0, August 2022, sections 2-4 (labels, colour coding). The
background is black for every label.
"""

from __future__ import annotations

from enum import Enum
from typing import Any


class TLP(Enum):
    """A TLP 2.0 label; the order of members is from the most open to the strictest."""

    CLEAR = ("TLP:CLEAR", "#FFFFFF")
    GREEN = ("TLP:GREEN", "#33FF00")
    AMBER = ("TLP:AMBER", "#FFC000")
    AMBER_STRICT = ("TLP:AMBER+STRICT", "#FFC000")
    RED = ("TLP:RED", "#FF2B2B")

    @property
    def label(self) -> str:
        """The exact wording, for example ``TLP:AMBER+STRICT``."""
        return self.value[0]

    @property
    def colour(self) -> str:
        """The colour of the lettering, as a CSS hexadecimal triplet; the ground is ``#000000``."""
        return self.value[1]

    @property
    def rank(self) -> int:
        """0 for CLEAR to 4 for RED."""
        return _RANKS[self]

    @classmethod
    def read(cls, text: Any) -> TLP:
        """The label written as ``TLP:AMBER``, ``AMBER`` or ``amber+strict``.

        Errors: ValueError names the five labels.
        """
        if isinstance(text, TLP):
            return text
        written = str(text).strip().upper().removeprefix("TLP:")
        for label in cls:
            if written in (label.label.removeprefix("TLP:"), label.name):
                return label
        raise ValueError(f"{str(text)[:40]!r} is no TLP 2.0 label; write one of " + ", ".join(one.label for one in cls))


_RANKS = {label: rank for rank, label in enumerate(TLP)}


_RANKS = {label: rank for rank, label in enumerate(TLP)}
