"""`topowave load`: workloads, and what they do to a network, in virtual time or in a lab."""

from __future__ import annotations

import typer

from topowave.cli.load_play import play
from topowave.cli.load_repeat import repeat
from topowave.cli.load_run import run
from topowave.cli.load_workloads import workloads

load = typer.Typer(no_args_is_help=True)
load.command("run")(run)
load.command("play")(play)
load.command("repeat")(repeat)
load.command("workloads")(workloads)


@load.callback()
def _group() -> None:
    """Workloads: look at them, run them in virtual time, and play them into the lab that runs.

    For example:

        topowave load workloads

        topowave load workloads 'poisson:rate=100,duration=exp(0.5)'

        topowave load run binary:15 -w 'poisson:utilisation=0.9,duration=exp(1),tasks=20000'

        topowave load play 'swf:@nasa-ipsc?tasks=500,utilisation=0.8' --speedup 1000 --wait

    Exit code: 0; 1 if no lab answers or it refuses; 2 for wrong use; 3 if it was ended early.
    """
