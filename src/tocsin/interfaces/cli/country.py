"""Commands about one country: ``explain`` and ``brief``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.core.belief import one_in, percent, significant, times
from tocsin.core.settings import Settings
from tocsin.desk.document import Audience
from tocsin.interfaces.briefs import Format, file_name, render
from tocsin.interfaces.cli.console import Json, remark, say, table, write_file, write_json

if TYPE_CHECKING:
    from tocsin.desk.country import CountryView
    from tocsin.desk.reading import Change, CountryForecast

State = Annotated[str, typer.Argument(metavar="COUNTRY", help="A name or a code, for example Sudan or SDN.")]


def explain(country: State, json: Json = False) -> None:
    """Say why a country stands where it stands.

    Exact contributions that sum to the forecast, what moved, and what looked like it before.
    """
    from tocsin.desk.country import country_view

    view = country_view(Settings.read(), country)
    if view.facts.notice:
        remark(view.facts.notice)
    if json:
        write_json(view)
        return
    facts = view.facts
    say(f"{view.place.names['en']} ({view.place.id}): {facts.outcome.title}, {facts.horizon}")
    say(f"{facts.outcome.definition} Method {facts.method_version}, vintage {facts.vintage}.\n")
    if view.absent:
        say(f"No forecast. {view.absent.reason}")
    if view.forecast:
        _number(view)
        _contributions(view, view.forecast)
        _moved(view.forecast.change)
        _looked_like(view.forecast)


def _number(view: CountryView) -> None:
    belief, forecast = view.belief, view.forecast
    if belief is None or forecast is None:
        return
    interval = f"{round(100 * belief.coverage)} % interval {percent(belief.low)} to {percent(belief.high)}"
    ratio = f", {times(belief.ratio)} the base rate" if belief.ratio else ""
    say(f"{percent(belief.probability)} ({one_in(belief.probability)}), {interval}{ratio}.")
    say(
        f"Rank {forecast.rank} of {view.facts.covered}, not apart at least from ranks {forecast.tied_low} to "
        f"{forecast.tied_high}."
    )
    if forecast.ongoing_episodes:
        facts = view.facts
        say(
            f"Under way there in {facts.data_year}, by the {facts.outcome.owner}'s list: {forecast.ongoing_episodes}. "
            "The number is about another."
        )
    if view.kept:
        say(view.kept)
    say(f"{view.facts.window()}; nothing after {view.facts.data_year} is in the number.")
    for wording in view.wordings:
        say(f"{wording.title}: {wording.words} ({wording.shared} of {wording.of} states get these words).")


def _contributions(view: CountryView, forecast: CountryForecast) -> None:
    say(f"\nContributions to the log-odds ({view.facts.explanation_kind}), against the typical state:\n")
    rows = [("Typical state, the mean of all", f"{forecast.baseline_log_odds:+.4f}")]
    for theme in view.themes:
        rows.append((theme.name, f"{theme.log_odds:+.4f}"))
        rows += [(f"    {part.label}", f"{part.log_odds:+.4f}    ") for part in theme.contributions]
    rows.append((f"{view.place.names['en']}, the sum of all", f"{forecast.log_odds:+.4f}"))
    table(("Theme and predictor", "Log-odds"), rows, numeric=(1,))


def _moved(change: Change | None) -> None:
    if change is None:
        say("\nWhat moved: there is no earlier forecast to compare with.")
        return
    verdict = "beyond the model's noise" if change.meaningful else "inside the model's noise: no meaningful change"
    revision = "not known" if change.revision is None else f"{change.revision:+.4f}"
    say(
        f"\nWhat moved: from {percent(change.previous_probability)}, rank {change.previous_rank}; log-odds "
        f"{change.total:+.4f}, {verdict} "
        f"({change.drift - change.noise:+.4f} to {change.drift + change.noise:+.4f}).\n"
        f"  data {change.data:+.4f}, model {change.model:+.4f}, revision {revision}"
    )
    for part in change.drivers:
        say(f"  {part.label}: {part.log_odds:+.4f}")


def _looked_like(forecast: CountryForecast) -> None:
    if not forecast.analogues:
        return
    say("\nWhat looked like this before, to the model:\n")
    rows = []
    for one in forecast.analogues:
        chance = "" if one.probability is None else percent(one.probability)
        followed = f"onset in {one.onset_year}" if one.followed == "onset" and one.onset_year else one.followed
        rows.append((one.name, str(one.year), chance, str(one.ongoing_episodes), followed, significant(one.distance)))
    table(("State", "Year", "Chance then", "Under way then", "Then", "Distance"), rows, numeric=(1, 2, 3, 5))


def brief(
    country: State,
    audience: Annotated[Audience, typer.Option(help="Whom the page is for.")] = Audience.MINISTER,
    form: Annotated[Format, typer.Option("--format", help="The form of the file.")] = Format.PDF,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write it; a plain name in this folder if not given.")
    ] = None,
    json: Json = False,
) -> None:
    """Print one page about a country."""
    from tocsin.desk.briefing import brief_content
    from tocsin.desk.reading import read

    settings = Settings.read()
    if notice := read(settings).notice:
        remark(notice)
    content = brief_content(settings, country, audience)
    path = out or Path(file_name(content, form))
    if not json or out:
        write_file(path, render(content, form), "--out")
    if json:
        write_json(content.as_dict() | {"file": path if out else None})
    else:
        say(str(path))
