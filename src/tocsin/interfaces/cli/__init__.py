"""The command line: ``tocsin``. Commands are thin; each imports the desk function it calls only when it runs."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from tocsin.core.errors import TocsinError
from tocsin.interfaces.cli import country, data, model, workbench
from tocsin.interfaces.cli.console import remark


class _Doors(TyperGroup):
    """Every command ends the same way: 0 done, 1 an error with its remedy, 2 wrong usage, 130 interrupted."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command and turn what it raises into a sentence and an exit code."""
        try:
            return super().invoke(ctx)
        except TocsinError as error:
            remark(f"tocsin: {error}")
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
release = typer.Typer(help="Build what the workbench shows.", no_args_is_help=True, rich_markup_mode=None)

app.command()(workbench.up)
app.command()(data.pull)
app.command()(data.sources)
app.add_typer(forecast, name="forecast")
forecast.callback()(lambda: None)
forecast.command("onset")(model.forecast_onset)
app.add_typer(backtest, name="backtest")
backtest.callback()(lambda: None)
backtest.command("onset")(model.backtest_onset)
app.command()(model.score)
app.command()(country.explain)
app.command()(country.brief)
app.add_typer(release, name="release")
release.callback()(lambda: None)
release.command("build")(model.build_release)
app.command()(data.doctor)


def main() -> None:
    """The entry point of the ``tocsin`` command."""
    app()
