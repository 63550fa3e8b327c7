"""The command `twoarm`: one verb a job.

Nothing heavy is imported before a command needs it.
"""

from __future__ import annotations

import sys
import traceback
from importlib import metadata
from typing import Annotated

import typer

from twoarm.cli.check import check
from twoarm.cli.compare import compare
from twoarm.cli.design import design
from twoarm.cli.export import export
from twoarm.cli.init import init
from twoarm.cli.merge import merge
from twoarm.cli.predict import predict
from twoarm.cli.report import report
from twoarm.cli.run import run
from twoarm.cli.serve import serve
from twoarm.cli.synth import synth
from twoarm.cli.validate import validate
from twoarm.errors import TwoarmError

__all__ = ["app", "main"]

app = typer.Typer(
    name="twoarm",
    help="Who benefits from this treatment, and can I believe it?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(run)
app.command()(merge)
app.command()(report)
app.command()(design)
app.command()(compare)
app.command()(export)
app.command()(check)
app.command()(init)
app.command()(synth)
app.command()(predict)
app.command()(serve)
app.command()(validate)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"twoarm {metadata.version('twoarm')}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Say which.")
    ] = False,
) -> None:
    """Who benefits from this treatment, and can I believe it?"""


def main() -> None:
    """Run the command; 0 done, 1 a defect of twoarm, 2 the user's mistake, 130 Ctrl-C."""
    try:
        app()
    except TwoarmError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(2)
    except BrokenPipeError:  # the reader of our output has gone, as `twoarm ... | head` does
        sys.stderr.close()
        sys.exit(0)
    except Exception:  # noqa: BLE001  the last line of defence: tell it apart from user's mistakes
        traceback.print_exc()
        typer.echo(
            "\nThis is a defect of twoarm, not of your input. Please report it with the lines "
            "above and the command you typed.",
            err=True,
        )
        sys.exit(1)
