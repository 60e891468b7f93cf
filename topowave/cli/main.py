"""The `topowave` command: what there is to type. Each command imports what it needs when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from topowave.cli.check import mount as mount_check
from topowave.cli.simulate import mount
from topowave.cli.topology import app as topology_app

BALANCER = "http://127.0.0.1:7999"

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
app.add_typer(topology_app, name="topology")
mount(app)
mount_check(app)

PROCESSES_HELP = (
    "How many processes run the nodes; each node keeps its own port. auto: one a node for up to 32 nodes "
    "a core whose processes, at 15 MB each, fit into half of the free memory; else one a core."
)
BalancerOption = Annotated[
    str, typer.Option("--balancer", metavar="URL", help="Address of the lab's balancer.", show_default=True)
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for a program to read.")]


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415 - only for this

        typer.echo(version("topowave"))
        raise typer.Exit


@app.callback()
def topowave(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Take the options that stand before any command."""


@app.command()
def up(
    topology: Annotated[
        Path, typer.Option("--topology", "-t", metavar="FILE", help="The network to run.")
    ] = Path("topology.json"),
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            "-c",
            metavar="FILE",
            help="The lab's settings. Without it ./config.json if there is one, else the defaults.",
            show_default=False,
        ),
    ] = None,
    trace: Annotated[
        Path | None,
        typer.Option("--trace", metavar="FILE", help="Write what the waves do to FILE, one event a line."),
    ] = None,
    algorithm: Annotated[
        list[str] | None,
        typer.Option(
            "--algorithm",
            "-a",
            metavar="FILE.py:CLASS",
            help="An algorithm of your own, to run beside the library's; may be given more than once.",
        ),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            metavar="DIR",
            help="Keep the journal of tasks in DIR instead of the config's data_dir.",
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Take up the unfinished tasks of the last run.")
    ] = False,
    processes: Annotated[
        str,
        typer.Option(
            "--processes",
            "-p",
            metavar="per-node|N|auto",
            help=PROCESSES_HELP,
        ),
    ] = "auto",
    json: Annotated[
        bool, typer.Option("--json", help="Once all is up, print the addresses as one line of JSON.")
    ] = False,
) -> None:
    """Start a lab: a server for every node, the balancer and the page. Ctrl-C stops everything.

    For example:

        topowave up

        topowave up --topology ring.json --trace ring.jsonl

        topowave up --algorithm ./my_echo.py:MyEcho

        topowave up --topology thousand.json --processes 2

        topowave up --resume

    Exit code: 0 after a normal stop, 1 if a port is taken or the balancer fails, 2 if a file
    or the data directory is refused.
    """
    from topowave.cli.up import bring_up  # noqa: PLC0415 - imports the model and the servers

    raise typer.Exit(
        bring_up(topology, config, trace, algorithm or [], processes, data=data, resume=resume, as_json=json)
    )


@app.command()
def down(balancer: BalancerOption = BALANCER) -> None:
    """Stop the lab that runs, and wait until it is gone.

    For example:

        topowave down

    Exit code: 0 when it is gone, 1 if none answers or it does not end.
    """
    from topowave.client import bring_down  # noqa: PLC0415 - imports an HTTP client

    raise typer.Exit(bring_down(balancer))


@app.command()
def status(balancer: BalancerOption = BALANCER, json: JsonOption = False) -> None:
    """Show the lab that runs: its nodes with their states and load.

    For example:

        topowave status

        topowave status --json

    Exit code: 0, or 1 if no lab answers.
    """
    from topowave.client import show_status  # noqa: PLC0415 - imports an HTTP client

    raise typer.Exit(show_status(balancer, as_json=json))


@app.command()
def chaos(
    balancer: BalancerOption = BALANCER,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", help="The same seed gives the same faults.")
    ] = 1,
    minutes: Annotated[
        float, typer.Option("--minutes", metavar="M", min=0.05, max=1440, help="How long.")
    ] = 1.0,
    intensity: Annotated[
        Literal["low", "medium", "high"],
        typer.Option("--intensity", help="How often, and how many nodes at once."),
    ] = "medium",
    json: JsonOption = False,
) -> None:
    """Break the lab that runs, at random, and tell what held: kill, stop and cut nodes, kill the balancer.

    Tasks are submitted and echo waves started all the while. In the end everything continues and
    the lab mends. Ctrl-C ends it early, with the report so far.

    For example:

        topowave chaos

        topowave chaos --seed 7 --minutes 5 --intensity high

    Exit code: 0 if all held, 1 if something did not, 2 if no lab answers or an option is wrong.
    """
    from topowave.cli.chaos import bring_chaos  # noqa: PLC0415 - imports an HTTP client

    raise typer.Exit(bring_chaos(balancer, seed, minutes, intensity, as_json=json))


def main() -> None:
    """Run the command line."""
    app()
