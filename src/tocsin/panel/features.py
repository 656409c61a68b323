"""What each predictor of the onset models means: label, theme, unit, description and source, from a data file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files

from tocsin.core.errors import PanelError


@dataclass(frozen=True)
class Feature:
    """A predictor, described for people.

    id: the column's name in the source. theme: the heading under which its contributions are added up.
    """

    id: str
    label: str
    theme: str
    unit: str
    description: str
    source: str


@cache
def onset_features() -> tuple[Feature, ...]:
    """The 39 predictors of the onset models, in the order of the published coefficients.

    >>> len(onset_features()), onset_features()[17].id, onset_features()[17].label
    (39, 'popsize.log2', 'Population')
    """
    sheet = files("tocsin") / "data" / "onset_features.toml"
    entries = tomllib.loads(sheet.read_text(encoding="utf-8"))["feature"]
    names = {field.name for field in fields(Feature)}
    for entry in entries:
        if set(entry) != names:
            raise PanelError(
                f"{entry.get('id', 'an entry')} has not exactly the fields {', '.join(sorted(names))}",
                where=sheet.name,
                remedy="Correct the data file",
            )
    return tuple(Feature(**entry) for entry in entries)
