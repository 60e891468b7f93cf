"""Nodes as a process: their parts, their apps and their sockets, until a signal ends it."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Sequence
from contextlib import suppress

import uvloop

from topowave.nodes.app import make_app
from topowave.nodes.node import NodeStart, running
from topowave.nodes.process_context import ProcessContext, process_context
from topowave.tasks import JournalError, warm_up
from topowave.web.uvicorn_adapter import server
from topowave.web.uvicorn_adapter.server import serving, until_stopped
from topowave.wire.limits import CONNECT_TIMEOUT, RECURSION

__all__ = ["NodeStart", "preload", "run_nodes"]


def preload() -> None:
    """Do before the fork what every node would do when it starts, so that all share the memory of it."""
    server.preload()
    warm_up()
    gc.collect()


def run_nodes(starts: Sequence[NodeStart]) -> None:
    """Run nodes of one lab until SIGTERM or SIGINT."""
    sys.setrecursionlimit(RECURSION)
    uvloop.run(_run(starts))


async def _run(starts: Sequence[NodeStart]) -> None:
    over = asyncio.Event()
    first = starts[0]
    cores = sum(start.topology.node(start.name).cpu for start in starts)
    async with (
        process_context(first.topology, first.config, first.token, first.algorithms, cores) as context,
        asyncio.TaskGroup() as nodes,  # where one fails, all end: the process is started again
    ):
        for start in starts:
            nodes.create_task(_run_one(start, context, over))
        # By then the links to all neighbours stand; they are no garbage, and a collection that walks through
        # those of 500 nodes holds up a wave for a tenth of a second and more.
        asyncio.get_running_loop().call_later(CONNECT_TIMEOUT, gc.freeze)
        await until_stopped()
        over.set()


async def _run_one(start: NodeStart, context: ProcessContext, over: asyncio.Event) -> None:
    if over.is_set():
        return
    async with running(start, context) as node, serving(make_app(node), start.listener):
        with suppress(JournalError):  # it takes part in waves all the same, and finds its tasks later
            await node.tasks.ready()
        start.ready()
        await over.wait()
