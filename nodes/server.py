"""Nodes as a process: each has its parts, its app and its socket; one event loop runs all of them."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Sequence

import uvloop

from nodes.app import make_app
from nodes.node import NodeStart, running
from wire.limits import CONNECT_TIMEOUT, RECURSION
from wire.serve import preload, serving, until_stopped

__all__ = ["NodeStart", "preload", "run_nodes"]


def run_nodes(starts: Sequence[NodeStart]) -> None:
    """Run nodes of one lab until SIGTERM or SIGINT."""
    sys.setrecursionlimit(RECURSION)
    uvloop.run(_run(starts))


async def _run(starts: Sequence[NodeStart]) -> None:
    over = asyncio.Event()
    async with asyncio.TaskGroup() as nodes:  # where one fails, all end: the process is started again
        for start in starts:
            nodes.create_task(_run_one(start, over))
        # By then the links to all neighbours stand; they are no garbage, and a collection that walks through
        # those of 500 nodes holds up a wave for a tenth of a second and more.
        asyncio.get_running_loop().call_later(CONNECT_TIMEOUT, gc.freeze)
        await until_stopped()
        over.set()


async def _run_one(start: NodeStart, over: asyncio.Event) -> None:
    if over.is_set():
        return
    async with running(start) as node, serving(make_app(node), start.listener):
        start.ready()
        await over.wait()
