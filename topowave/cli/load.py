"""`topowave load`: workloads, and what they do to a lab."""

from __future__ import annotations

import typer

from topowave.cli.load_workloads import workloads

load = typer.Typer(no_args_is_help=True)
load.command("workloads")(workloads)


@load.callback()
def _group() -> None:
    """Workloads: look at them, and play them into the lab that runs.

    For example:

        topowave load workloads

        topowave load workloads 'poisson:rate=100,duration=exp(0.5)'

    Exit code: 0; 1 if no lab answers or it refuses; 2 for wrong use; 3 if it was ended early.
    """
