"""Every error Tocsin raises on purpose: what is wrong, where, and what to do next.

TocsinError
├── SettingsError            an environment variable or option cannot be used
├── PlaceError
│   ├── UnknownPlace         no state has this code or name at this date (suggestions attached)
│   ├── AmbiguousPlace       several states fit (candidates attached)
│   └── UnresolvedPlaces     rows of a table that lead to no single state (one error a row attached)
├── PeriodError              a year, horizon or range is malformed or out of range
├── SourceError
│   ├── UnknownSource        no fact sheet has this name
│   ├── FetchError           the bytes could not be had (network, offline, status, size, disk)
│   │   └── NotAdmitted      the server wants an account or a token, or refuses ours (401, 403)
│   ├── ContentError         bytes came but are not the file asked for (truncated, HTML, wrong digest)
│   └── ContractError        the table breaks its contract so badly that it cannot be used
├── PanelError               a panel cannot be built from the tables at hand
├── ForecastError
│   ├── FitError             a model cannot be fitted to these data
│   └── ReleaseError         a release is missing, malformed or does not rebuild
├── StatementError           a statement breaks a rule (the field and the rule attached)
│   └── ShapeError           fields of a statement are not of the shape that its kind takes (each attached)
├── RegisterError            a change of organisations, persons or groups breaks a rule (the field attached)
├── NotFound                 there is no such thing, or not for the one who asks: the two read alike
├── AccessError              who asks may not do this
│   ├── SignInNeeded         nobody is signed in, or no longer
│   └── TooManyAttempts      somebody has tried too often and must wait (the seconds attached)
├── ProviderError            the identity provider does not answer, or not as it should
├── StoreError               the store cannot be opened, is another world's, or is damaged
├── ScoreError               forecasts and outcomes cannot be scored together
├── SignalError              a monthly series, or what was forecast for it, cannot be examined for signals
├── LexiconError             a scheme, term, factor or mapping cannot be read or does not exist
├── AssessmentError          judgements cannot be read, pooled or compared
├── SealError                a sealed text cannot be opened: another node's key, or changed since it was sealed
└── BriefError               a document cannot be made
"""

from __future__ import annotations

from collections.abc import Sequence


class TocsinError(Exception):
    """An error that a person can act on.

    Parameters
    ----------
    what: one sentence that says what is wrong.
    where: the file, row, setting or option concerned; empty if there is none.
    remedy: one sentence that says what to do next.
    """

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what, self.where, self.remedy = what, where, remedy
        super().__init__(what)

    def __str__(self) -> str:
        parts = [f"{self.where}: {self.what}" if self.where else self.what]
        if self.remedy:
            parts.append(self.remedy)
        return " ".join(part if part.endswith((".", "?", "!")) else part + "." for part in parts)

    def as_dict(self) -> dict[str, str]:
        """The error as the machine twins give it: kind, what, where, remedy."""
        return {"error": type(self).__name__, "what": self.what, "where": self.where, "remedy": self.remedy}


class SettingsError(TocsinError):
    """An environment variable or option cannot be used."""


class PlaceError(TocsinError):
    """A code or name does not lead to exactly one state."""


class UnknownPlace(PlaceError):
    """No state has this code or name at this date."""


class AmbiguousPlace(PlaceError):
    """Several states fit this code or name."""


class UnresolvedPlaces(PlaceError):
    """Some rows of a table lead to no single state.

    failures: the error of each such row, by its position from 0, so that a caller can set those rows aside.
    """

    def __init__(self, what: str, *, failures: dict[int, PlaceError], where: str = "", remedy: str = "") -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.failures = failures


class PeriodError(TocsinError):
    """A year, horizon or range is malformed or out of range."""


class SourceError(TocsinError):
    """Something is wrong with a source of data."""


class UnknownSource(SourceError):
    """No fact sheet has this name."""


class FetchError(SourceError):
    """The bytes could not be had: network, offline, status, size or disk."""


class NotAdmitted(FetchError):
    """The server wants an account or a token, or refuses the one it was shown."""


class ContentError(SourceError):
    """Bytes came but are not the file asked for: truncated, HTML, wrong digest."""


class ContractError(SourceError):
    """A table breaks its contract so badly that it cannot be used."""


class PanelError(TocsinError):
    """A panel cannot be built from the tables at hand."""


class ForecastError(TocsinError):
    """A forecast cannot be made."""


class FitError(ForecastError):
    """A model cannot be fitted to these data."""


class ReleaseError(ForecastError):
    """A release is missing, malformed or does not rebuild."""


class StatementError(TocsinError):
    """A statement breaks a rule.

    field: the field concerned, as ``marking.tlp``.
    """

    def __init__(self, what: str, *, field: str, remedy: str = "") -> None:
        super().__init__(what, where=field, remedy=remedy)
        self.field = field


class ShapeError(StatementError):
    """Fields of a statement are not of the shape that its kind takes.

    faults: every such field, at least one, with what is wrong there.
    """

    NAMED = 5
    """Faults that the sentence names beside the first; the others are counted."""

    def __init__(self, faults: Sequence[tuple[str, str]], *, remedy: str = "") -> None:
        (field, what), *others = faults
        named = [f"{where} ({why})" for where, why in others[: self.NAMED]]
        if left := len(others) - len(named):
            named.append(f"{left} more {'field' if left == 1 else 'fields'}")
        more = " and ".join([", ".join(named[:-1]), named[-1]] if named[1:] else named)
        super().__init__(f"{what}; also wrong: {more}" if more else what, field=field, remedy=remedy)
        self.faults = tuple(faults)


class RegisterError(TocsinError):
    """A change of organisations, persons or groups breaks a rule.

    field: the field concerned, as ``organisation``.
    """

    def __init__(self, what: str, *, field: str, remedy: str = "") -> None:
        super().__init__(what, where=field, remedy=remedy)
        self.field = field


class NotFound(TocsinError):
    """There is no such thing, or not for the one who asks: the two read alike."""


class AccessError(TocsinError):
    """Who asks may not do this."""


class SignInNeeded(AccessError):
    """Nobody is signed in, or no longer."""


class TooManyAttempts(AccessError):
    """Somebody has tried too often and must wait.

    seconds: how long.
    """

    def __init__(self, what: str, *, seconds: int, remedy: str = "") -> None:
        super().__init__(what, remedy=remedy)
        self.seconds = seconds


class ProviderError(TocsinError):
    """The identity provider does not answer, or not as it should."""


class StoreError(TocsinError):
    """The store cannot be opened, is another world's, or is damaged."""


class ScoreError(TocsinError):
    """Forecasts and outcomes cannot be scored together."""


class SignalError(TocsinError):
    """A monthly series, or what was forecast for it, cannot be examined for signals."""


class BriefError(TocsinError):
    """A document cannot be made."""


class LexiconError(TocsinError):
    """A scheme, term, factor or mapping cannot be read or does not exist."""


class AssessmentError(TocsinError):
    """Judgements cannot be read, pooled or compared."""


class SealError(TocsinError):
    """A sealed text cannot be opened: it was sealed with another node's key, or has been changed since.

    where: the file of the key, a path of the node's machine. The command line, the doctor and the logs tell it to the
    operator; pages and the API do not tell it to anybody.
    """

    def as_dict(self) -> dict[str, str]:
        """As every error's, without the path."""
        return super().as_dict() | {"where": ""}
