"""Nodes as a process: their parts, their apps and their sockets, until a signal ends it."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress

import uvloop

from topowave.nodes.app import make_app
from topowave.nodes.node import Node, NodeStart, running
from topowave.nodes.process_context import ProcessContext, process_context
from topowave.nodes.waves.handlers import watch_user_code
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
    watch_user_code()
    uvloop.run(_run(starts))


async def _run(starts: Sequence[NodeStart]) -> None:
    over = asyncio.Event()
    first, names = starts[0], [start.name for start in starts]
    lab = first.topology, first.config, first.token, first.algorithms
    async with (
        process_context(*lab, first.note, names, first.version) as context,
        asyncio.TaskGroup() as nodes,  # where one fails, all end: the process is started again
    ):
        stopped = nodes.create_task(until_stopped())
        await asyncio.sleep(0)  # by then the loop hears of SIGTERM, whatever Python's own handler does
        signal.signal(signal.SIGTERM, context.handlers.note_sigterm)
        serving_nodes = _ServingNodes(len(starts))
        for start in starts:
            # Between two of a thousand nodes reports find their way to the balancer, and clients are heard.
            await asyncio.sleep(0)
            if not stopped.done():
                nodes.create_task(_run_one(start, context, serving_nodes, over))
        await stopped
        over.set()


class _ServingNodes:
    """The nodes of a process that serve; once all do, their links are opened.

    Sooner, many a handshake would run out of time: whoever it is with is still being made.
    """

    def __init__(self, number: int) -> None:
        self._number = number
        self._nodes: list[Node] = []

    def add(self, node: Node) -> None:
        """Add a node that serves."""
        self._nodes.append(node)
        if len(self._nodes) == self._number:
            for each in self._nodes:
                each.open()
            # Next to nothing of what is made meanwhile is garbage; to look for it takes a sixth of the time.
            gc.disable()
            node.openings.when_over(_keep_links)


def _keep_links() -> None:
    """Look for garbage again, but never among the links that are open now.

    A collection that walks through those of 500 nodes holds up a wave for a tenth of a second and more.
    """
    gc.freeze()
    gc.enable()
    # By then also those stand that others open to the nodes of this process.
    asyncio.get_running_loop().call_later(CONNECT_TIMEOUT, gc.freeze)


async def _run_one(
    start: NodeStart, context: ProcessContext, nodes: _ServingNodes, over: asyncio.Event
) -> None:
    if over.is_set():
        return
    async with running(start, context) as node, serving(make_app(node), start.listener):
        nodes.add(node)
        with suppress(JournalError):  # it takes part in waves all the same, and finds its tasks later
            await node.tasks.ready()
        start.ready()
        await first_of(over, node.left)


async def first_of(*events: asyncio.Event) -> None:
    """Wait until one of these has been set."""
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waiting:
            each.cancel()
