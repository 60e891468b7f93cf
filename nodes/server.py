"""A node as a process: its parts, its app and its socket, until it is told to stop."""

from __future__ import annotations

import gc
import sys
from contextlib import suppress

import uvloop

from nodes.app import make_app
from nodes.node import NodeStart, running
from nodes.shared import sharing
from tasks import JournalError
from tasks.connection import warm_up
from wire import serve
from wire.heap import fill_holes
from wire.limits import RECURSION
from wire.serve import serving, until_stopped

__all__ = ["NodeStart", "preload", "run_node"]


def preload() -> None:
    """Do before the fork what every node would do when it starts, so that all share the memory of it."""
    serve.preload()
    warm_up()
    gc.collect()
    fill_holes()


def run_node(start: NodeStart) -> None:
    """Run a node until SIGTERM or SIGINT."""
    sys.setrecursionlimit(RECURSION)
    uvloop.run(_run(start))


async def _run(start: NodeStart) -> None:
    async with (
        sharing(start.topology, start.config, start.token) as shared,
        running(start, shared) as node,
        serving(make_app(node), start.listener),
    ):
        with suppress(JournalError):  # it takes part in waves all the same, and finds its tasks later
            await node.work.ready()
        start.ready()
        await until_stopped()
