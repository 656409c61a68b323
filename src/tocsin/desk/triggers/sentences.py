"""What a back-test came to, in sentences that a duty officer reads before a trigger is put in force."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from tocsin.core.belief import percent, significant
from tocsin.core.triggering import Backtest, Rule, SeriesCondition
from tocsin.desk.triggers.worded import asked_in, rate


def verdict(
    found: Backtest, revised: Sequence[str], raised: int = 0, before: bool = False, rule: Rule | None = None
) -> tuple[str, ...]:
    """The sentences, the most important first.

    revised: names of sources whose past values have been revised since. raised: months in which the rule was met.
    before: whether it was met already in the first month that it could tell of. rule: what was tried.
    """
    if not found.months:
        return (
            "Nothing of this rule can be tried on the past, so nobody knows how often it will alarm, or what follows.",
            "Put it in force only if an alarm too many costs little, and look at it again after a year.",
        )
    return tuple(
        line
        for line in (
            _alarms(found),
            _met(found, raised, before),
            _followed(found),
            _against_base(found),
            _persistence(found, rule),
            _begun(found),
            _leads(found),
            _unknown(found),
            _untested(found),
            _vintages(revised),
        )
        if line
    )


def _alarms(found: Backtest) -> str:
    many = f"would have alarmed {_times(len(found.alarms))}" if found.alarms else "would not have alarmed once"
    told = f"{asked_in(found)} it {many}"
    if found.per_year is None:
        return f"{told}; in no month could it tell."
    if not found.alarms:
        return (
            f"{told}. Expect at most {significant(found.per_year.high)} alarms a year (upper end of a 90 % interval)."
        )
    one = found.per_year
    every = f", one in {significant(1 / one.value)} years" if one.value < 1 else ""
    interval = f"90 % interval {significant(one.low)} to {significant(one.high)}, over {significant(one.of)} years"
    return f"{told}. Expect {significant(one.value)} alarms a year{every} ({interval})."


def _met(found: Backtest, raised: int, before: bool) -> str:
    """For how long it was met: a rule that is met all the time never begins to be, and would seem a quiet one."""
    if not raised:
        return ""
    told = f"It was met in {raised} of {found.months - found.unknown} months of which it could tell"
    if raised == found.months - found.unknown:
        return f"{told}: it is always met, will alarm as soon as it is in force, and warns of nothing."
    return f"{told}; it was so already when the test began, which counts as no alarm." if before else f"{told}."


def _followed(found: Backtest) -> str:
    known = [one for one in found.alarms if one.followed is not None]
    if not known or found.followed is None:
        return ""
    hits = sum(bool(one.followed) for one in known)
    if len(known) == 1:
        return f"What is looked for {'followed' if hits else 'did not follow'} the one alarm of which that is known."
    return f"What is looked for followed {hits} of {len(known)} alarms of which that is known: {rate(found.followed)}."


def _against_base(found: Backtest) -> str:
    """Whether an alarm tells more than a month taken at random; said to be open where the interval takes it in."""
    if found.base is None:
        return "How often it came anyhow is not known."
    told = f"Without any rule it followed {percent(found.base.value)} of all months"
    if found.base_quiet is not None:
        told += f", and {percent(found.base_quiet.value)} of those in which the rule was quiet"
    if found.followed is None:
        return f"{told}."
    low, high, base = found.followed.low, found.followed.high, found.base.value
    if low > base:
        return f"{told}: an alarm tells more than the base rate does."
    if high < base:
        return f"{told}: after an alarm it came less often than otherwise. The rule points the wrong way."
    return f"{told}: with so few alarms it is not shown that one tells more than the base rate does."


def _persistence(found: Backtest, rule: Rule | None) -> str:
    """Whether the rule watches for what it is tested on: that it goes on is then no forecast."""
    own = [
        one.enter
        for one in (rule.conditions if rule else ())
        if isinstance(one, SeriesCondition) and one.series == found.sought.name and one.side == "over"
    ]
    if not own or found.sought.at_least is None:
        return ""
    same = "at the rule's own threshold" if found.sought.at_least in own else "in a series that the rule watches"
    return (
        f"What is looked for is {same}: an alarm says that there is killing, and killing goes on where it is "
        "(persistence). That an alarm was followed says less than whether beginnings were met."
    )


def _begun(found: Backtest) -> str:
    total = found.met + found.missed + found.not_told
    if not total:
        return "It did not begin anew within the test, so nothing is known of beginnings that the rule would miss."
    told = f"It began anew {_times(total)}: {found.met} with an alarm before, {found.missed} without one (missed)"
    told += f", {found.not_told} where the rule could not tell." if found.not_told else "."
    # What goes on is followed by itself; that is no warning of a beginning.
    return told + (" Most beginnings came without a warning." if found.missed > found.met else "")


def _leads(found: Backtest) -> str:
    if not found.leads:
        return ""
    least, most = min(found.leads), max(found.leads)
    if least == most:
        return f"The alarm came {_months(least)} before."
    return f"The alarm came {least} to {_months(most)} before, half of the times {_months(round(median(found.leads)))}."


def _unknown(found: Backtest) -> str:
    if not found.unknown:
        return ""
    why = "because numbers, or what was before them, are not known"
    return f"In {found.unknown} of {found.months} months the rule could not tell, {why}."


def _untested(found: Backtest) -> str:
    if not found.untested:
        return ""
    many = "One condition was" if len(found.untested) == 1 else f"{len(found.untested)} conditions were"
    return (
        f"{many} not tried, because ratings and the calendar have no past here. Where all must hold they were taken as "
        "met, so the rule alarms less often than this; otherwise as not met, so it alarms more often."
    )


def _vintages(revised: Sequence[str]) -> str:
    if not revised:
        return ""
    return (
        f"Only one vintage is on this node of: {'; '.join(revised)}. Every month was judged with its numbers as they "
        "have been revised since, not as they were known then, so on the day it could have done better or worse."
    )


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def _months(number: int) -> str:
    return "1 month" if number == 1 else f"{number} months"
