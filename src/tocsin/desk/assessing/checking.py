"""What must hold of an assessment beside its form: its words are the lexicon's, and its evidence can be followed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tocsin.core.assessing import Assessment
from tocsin.core.errors import LexiconError, StatementError
from tocsin.core.marking import TLP
from tocsin.core.statement import Statement
from tocsin.desk.assessing import frames


def pinned(given: dict[str, Any]) -> dict[str, Any]:
    """What an author gives, with the version of the lexicon that this node reads if they named none."""
    body = given.get("body")
    kind = body.get("kind") if isinstance(body, dict) else getattr(body, "kind", None)
    return given if kind != "assessment" or given.get("vocabulary") else {**given, "vocabulary": frames.version()}


def check(statement: Statement) -> None:
    """Whether a statement may be stored, if it is an assessment.

    Errors: StatementError names the field, the rule and the remedy.
    """
    body = statement.body
    if not isinstance(body, Assessment):
        return
    if statement.subject.type != "place":
        raise StatementError("an assessment is of a place", field="subject.type", remedy="Give place and its code")
    _evidence(statement)
    _cited(body, {item.key for item in statement.evidence if item.key})
    _words(statement, body)


def _evidence(statement: Statement) -> None:
    met: set[str] = set()
    for number, item in enumerate(statement.evidence):
        for name, value in (
            ("key", item.key),
            ("provenance", item.provenance),
            ("consent", item.consent),
            ("tlp", item.tlp),
        ):
            if value is None:
                raise StatementError(
                    f"an assessment's evidence says its {name}",
                    field=f"evidence.{number}.{name}",
                    remedy="Give each item a key, its provenance, the consent to its use and its own label",
                )
        assert item.key is not None
        assert item.tlp is not None
        if item.key in met:
            raise StatementError(
                f"two items of evidence have the key {item.key}",
                field=f"evidence.{number}.key",
                remedy="Give each item a key of its own",
            )
        met.add(item.key)
        label = TLP.read(item.tlp)
        if statement.marking.tlp.rank < label.rank:
            raise StatementError(
                f"the assessment is {statement.marking.tlp.label}, but the item {item.key} is {label.label}",
                field="marking.tlp",
                remedy=f"Mark the assessment at least {label.label}, or leave the item out",
            )


def _cited(body: Assessment, keys: set[str]) -> None:
    for field, key in _citations(body):
        if key not in keys:
            known = ", ".join(sorted(keys)) or "none so far"
            raise StatementError(
                f"no item of evidence has the key {key}", field=field, remedy=f"Cite one of the items: {known}"
            )


def _citations(body: Assessment) -> Iterator[tuple[str, str]]:
    """Every key that something in the body cites, with the field where it does."""
    for name in ("ratings", "resilience"):
        for number, rated in enumerate(getattr(body, name)):
            for cited in rated.evidence:
                yield f"body.{name}.{number}.evidence", cited.item
    for name in ("protectors", "perpetrators", "targets"):
        for number, group in enumerate(getattr(body, name)):
            for key in group.evidence:
                yield f"body.{name}.{number}.evidence", key


def _words(statement: Statement, body: Assessment) -> None:
    """The frame, its factors and the outcome are in the lexicon, and it is the lexicon's words that are pinned."""
    field = "body.frame"
    try:
        frame = frames.frame(body.frame)
        for number, rating in enumerate(body.ratings):
            field = f"body.ratings.{number}.factor"
            frames.factor(frame, rating.factor)
        field = "body.overall.outcome"
        frames.outcome(body.overall.outcome)
    except LexiconError as error:
        raise StatementError(error.what, field=field, remedy=error.remedy) from None
    if statement.vocabulary != frames.version():
        raise StatementError(
            f"it was made with the vocabulary {statement.vocabulary or '(none)'}; this node has {frames.version()}",
            field="vocabulary",
            remedy="Leave it out, after a look at whether its factors still say what you mean",
        )
