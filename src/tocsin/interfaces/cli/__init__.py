"""The command line: ``tocsin``. Commands are thin; each imports the desk function it calls only when it runs."""

from __future__ import annotations

import errno
import os
import signal
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from tocsin.core.errors import TocsinError
from tocsin.interfaces.cli import (
    accounts,
    assessing,
    attaching,
    audit,
    calendar,
    calendar_files,
    country,
    data,
    exercising,
    fielding,
    horizon,
    keeping,
    key,
    lexicon,
    model,
    monthly,
    noting,
    people,
    releasing,
    rounds,
    scenario,
    signals,
    statements,
    trigger,
    workbench,
    yardstick,
)
from tocsin.interfaces.cli.console import remark


class _Doors(TyperGroup):
    """Every command ends the same way: 0 done, 1 an error with its remedy, 2 wrong usage, 130 interrupted."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command and turn what it raises into a sentence and an exit code."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except TocsinError as error:
            remark(f"tocsin: {error}")
            raise typer.Exit(1) from None
        except OSError as error:
            if error.errno == errno.EPIPE:  # the reader has seen enough; Typer ends quietly
                raise
            where = error.filename or "the output"
            remark(f"tocsin: {where}: {error.strerror or error}. Free space or give the right to it, then try again.")
            raise typer.Exit(1) from None
        except KeyboardInterrupt:
            remark("\nInterrupted. Nothing was changed; run the same command again.")
            raise typer.Exit(130) from None


app = typer.Typer(
    cls=_Doors,
    help="Early warning of atrocity crimes: who is at risk of new mass killing, why, how sure, and how we know.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
forecast = typer.Typer(help="Show forecasts.", no_args_is_help=True, rich_markup_mode=None)
backtest = typer.Typer(help="Forecast the past and score it.", no_args_is_help=True, rich_markup_mode=None)
assess = typer.Typer(help="Assess places; compare assessments.", no_args_is_help=True, rich_markup_mode=None)
audits = typer.Typer(help="Ask the audit log.", no_args_is_help=True, rich_markup_mode=None)
account = typer.Typer(help="Let people in; look after API tokens.", no_args_is_help=True, rich_markup_mode=None)
derive = typer.Typer(help="Release less restricted texts.", no_args_is_help=True, rich_markup_mode=None)
field = typer.Typer(help="What comes from the field.", no_args_is_help=True, rich_markup_mode=None)
calendars = typer.Typer(help="Moments at which risk may turn.", no_args_is_help=True, rich_markup_mode=None)
feeds = typer.Typer(help="Secret addresses for calendar programs.", no_args_is_help=True, rich_markup_mode=None)
everybody = typer.Typer(help="Organisations, persons and groups.", no_args_is_help=True, rich_markup_mode=None)
lexicons = typer.Typer(help="Words by owner, and frames side by side.", no_args_is_help=True, rich_markup_mode=None)
yardsticks = typer.Typer(help="Words for probabilities.", no_args_is_help=True, rich_markup_mode=None)
exercise = typer.Typer(help="Practise with fictional data.", no_args_is_help=True, rich_markup_mode=None)
keys = typer.Typer(help="The key with which the node seals.", no_args_is_help=True, rich_markup_mode=None)
triggers = typer.Typer(help="Triggers agreed in advance.", no_args_is_help=True, rich_markup_mode=None)
scenarios = typer.Typer(help="What may come about in a place.", no_args_is_help=True, rich_markup_mode=None)
rounds_ = typer.Typer(help="Joint rounds of several organisations.", no_args_is_help=True, rich_markup_mode=None)
release = typer.Typer(help="Build what the workbench shows.", no_args_is_help=True, rich_markup_mode=None)

app.command()(workbench.up)
app.add_typer(exercise, name="exercise")
exercise.callback()(lambda: None)
exercise.command("start")(exercising.start)
app.command()(data.pull)
app.command()(data.sources)
app.add_typer(forecast, name="forecast")
forecast.callback()(lambda: None)
forecast.command("onset")(model.forecast_onset)
forecast.command("fatalities")(monthly.forecast_fatalities)
app.add_typer(backtest, name="backtest")
backtest.callback()(lambda: None)
backtest.command("onset")(model.backtest_onset)
backtest.command("fatalities")(monthly.backtest_fatalities)
app.command()(model.score)
app.command()(country.explain)
app.command()(country.brief)
app.add_typer(release, name="release")
release.callback()(lambda: None)
release.command("build")(model.build_release)
release.command("months")(monthly.build_months)
app.command()(data.doctor)
app.command()(keeping.backup)
app.command()(keeping.restore)
app.add_typer(keys, name="key")
keys.callback()(lambda: None)
keys.command("renew")(key.renew)
app.command()(noting.note)
app.command()(attaching.attach)
app.command()(attaching.attachment)
app.command()(statements.statements)
app.command()(statements.show)
app.command()(statements.history)
app.command()(statements.recall)
app.command()(statements.preview)
app.command()(statements.kinds)
app.command()(releasing.export)
app.add_typer(derive, name="derive")
releasing.register(derive)
app.add_typer(field, name="field")
fielding.register(field)
app.command()(horizon.horizon)
app.command()(signals.signals)
app.add_typer(calendars, name="calendar")
calendars.command("add")(calendar.add)
calendars.command("move")(calendar.move)
calendars.command("list")(calendar.listing)
calendars.command("instrument")(calendar.instrument)
calendars.command("import")(calendar_files.import_)
calendars.command("export")(calendar_files.export)
calendars.add_typer(feeds, name="feed")
feeds.command("new")(calendar_files.new)
feeds.command("list")(calendar_files.feeds_)
feeds.command("revoke")(calendar_files.revoke)
app.add_typer(rounds_, name="round")
rounds.commands(rounds_)
app.add_typer(triggers, name="trigger")
trigger.register(triggers)
app.add_typer(scenarios, name="scenario")
scenario.register(scenarios)
app.add_typer(everybody, name="people")
people.register(everybody)
app.add_typer(account, name="account")
account.command("invite")(accounts.invite)
account.command("reset")(accounts.reset)
account.command("tokens")(accounts.tokens)
account.command("revoke")(accounts.revoke)
app.add_typer(audits, name="audit")
audits.command("verify")(audit.verify)
audits.command("who-saw")(audit.who_saw)
audits.command("by")(audit.by)
app.add_typer(lexicons, name="lexicon")
lexicon.register(lexicons)
app.add_typer(assess, name="assess")
assessing.register(assess)
app.add_typer(yardsticks, name="yardstick")
yardstick.register(yardsticks)


def main() -> None:
    """The entry point of the ``tocsin`` command."""
    # A service may start us with its outputs closed. Letters that a terminal cannot show are no reason to fail.
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - for the life of the process
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    signal.signal(signal.SIGTERM, _stop)
    app()


def _stop(*_: object) -> None:
    """Being asked to end by a service manager is like Ctrl-C: what is finished is kept, and workers end too."""
    raise KeyboardInterrupt
