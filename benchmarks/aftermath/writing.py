"""The results as a TOML file: definitions, sources and one table a comparison."""

from __future__ import annotations

from typing import Any

from tocsin.horizon.aftermath_results import Study
from tocsin.sources.catalogue import catalogue

EVENTS = {
    "election": (
        "Elections held",
        "A direct election of the executive or the legislature that was held, regular or not; no referendums; of two "
        "rounds the first; one a country and month.",
        "",
    ),
    "coup": (
        "Coup attempts",
        "An attempt to seize power by a coup, successful or not; one a country and month.",
        "A coup can answer violence as well as begin it.",
    ),
    "coup_success": (
        "Successful coups",
        "A coup that took power; one a country and month.",
        "A coup can answer violence as well as begin it.",
    ),
    "jump": (
        "Jumps in killing",
        "State-based deaths of the last twelve months reach 25 and more than treble those of the twelve before; the "
        "first such month after twelve without.",
        "A jump is made of the deaths whose escalation it is held against, and a mass killing is often part of the "
        "same violence: it says that killing comes in spells.",
    ),
}
_SEEN = "Deaths in conflicts between armed groups without a state, and of one-sided killing, are not in these numbers."

OUTCOMES = {
    "onset_same_or_next": (
        "Mass killing begins, same or next year",
        "A mass killing (Early Warning Project) began in the calendar year of the event or the next one. Only the year "
        "is known: in the same year it may have come first.",
        "",
    ),
    "onset_next": (
        "Mass killing begins, next year",
        "A mass killing (Early Warning Project) began in the calendar year after that of the event.",
        "",
    ),
    "escalation_6": (
        "Deaths escalate, 6 months",
        "State-based deaths (UCDP GED best estimate) of the six months after the month of the event are at least 25, "
        "and a month at least double the twelve months before it.",
        _SEEN,
    ),
    "escalation_12": (
        "Deaths escalate, 12 months",
        "State-based deaths (UCDP GED best estimate) of the twelve months after the month of the event are at least "
        "25, and a month at least double the twelve months before it.",
        _SEEN,
    ),
}
SOURCES = ("ewp-2025-panel", "reign-elections", "powell-thyne-coups", "views-ged-months")


def toml(rows: list[dict[str, Any]], settings: dict[str, Any]) -> str:
    """The file's text: settings of the run, definitions, sources, and the rows as ``table`` gives their numbers."""
    lines = [
        "# What followed elections, coups and jumps in killing: our counts and rates; no third party's rows.",
        "# Made by benchmarks/aftermath/study.py from the sources below. Plan and meaning:",
        "# docs/methods/does-it-matter.md. Verdicts are made from the numbers by rule when this is read.",
        *(_pair(k, v) for k, v in settings.items()),
    ]
    for name, defined in (("events", EVENTS), ("outcomes", OUTCOMES)):
        for key, (title, definition, caution) in defined.items():
            lines += ["", f"[{name}.{key}]", f'title = "{title}"', f'definition = "{definition}"']
            lines += [f'caution = "{caution}"'] if caution else []
    for id in SOURCES:
        source = catalogue()[id]
        lines += ["", "[[sources]]", f'id = "{id}"']
        lines += [
            f'{field} = "{getattr(source, field)}"' for field in ("title", "vintage", "licence", "terms", "citation")
        ]
    for row in rows:
        lines += ["", "[[comparisons]]", *(_pair(k, v) for k, v in row.items() if not isinstance(v, dict))]
        for part, values in row.items():
            if isinstance(values, dict):
                lines += [f"[comparisons.{part}]", *(_pair(k, v) for k, v in values.items())]
    return "\n".join(lines) + "\n"


def _pair(key: str, value: object) -> str:
    return f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {value}"


def markdown(study: Study) -> str:
    """The results as the table of the methods page; rates in percent, differences in percentage points."""
    lines = [
        "| event, outcome | followed | base rate | same country | matched | difference, points | ratio | placebo p "
        "| verdict |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for comparison in study.comparisons:
        a = comparison.numbers
        low, high = (100 * end for end in a.rate_interval)
        away, far = (100 * end for end in a.difference_interval)
        lines.append(
            f"| {comparison.event.key}, {comparison.outcome.key} "
            f"| {a.followed} of {a.events}: {100 * a.rate:.1f} % [{low:.1f}, {high:.1f}] "
            f"| {100 * a.base_rate:.1f} % | {100 * a.same_country.expected:.1f} % "
            f"| {100 * a.matched.rate:.1f} against {100 * a.matched.expected:.1f} % "
            f"| {100 * a.matched.difference:+.1f} [{away:+.1f}, {far:+.1f}] "
            f"| {a.matched.ratio:.2f} [{a.ratio_interval[0]:.2f}, {a.ratio_interval[1]:.2f}] "
            f"| {a.placebo.p:.3f} | {a.verdict.strength} |"
        )
    return "\n".join(lines)
