"""The `topowave` command: a table of its commands, each of which is a module beside this one.

A module imports what its command works with when it is called, so that `topowave --help` is quick.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Annotated

import typer

from topowave.cli.output import FAILED, exit_code, output_failed

COMMANDS = (
    "up",
    "down",
    "status",
    "start",
    "config",
    "chaos",
    "simulate",
    "check",
    "replay",
    "draw",
    "algorithms",
    "topology",
)
"""In the order of `--help`. `topowave.cli.NAME` has a function of that name, or a group of commands."""

app = typer.Typer(
    name="topowave",
    help="""Run a network of real servers, send waves through it and watch its load spread.

    A network is described in topology.json. Try:

        topowave topology generate --shape binary --nodes 15

        topowave up

    then open http://localhost:3000, or start a wave from a second terminal:

        curl localhost:7999/echo_ws
    """,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(version("topowave"))
        raise typer.Exit


@app.callback()
def topowave(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Take the options that stand before any command."""


for name in COMMANDS:
    found: object = vars(import_module(f"topowave.cli.{name}"))[name]
    if isinstance(found, typer.Typer):
        app.add_typer(found, name=name)
    elif callable(found):
        app.command()(found)


def main() -> None:
    """Run the command line; exits with its code."""
    try:
        app()
    except SystemExit as end:
        sys.exit(exit_code(end.code) if isinstance(end.code, int) else end.code)
    except OSError as error:
        # What a library prints for us, such as help; all that is ours is told by `say`.
        from topowave.topology.problems import FAILED_WRITES

        if error.errno not in FAILED_WRITES:
            raise
        output_failed(error)
        sys.exit(FAILED)
