"""Nodes as a process: each has its parts, its app and its socket; one event loop runs all of them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

import uvloop

from nodes.app import make_app
from nodes.node import NodeStart, running
from wire.limits import RECURSION
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
        await until_stopped()
        over.set()


async def _run_one(start: NodeStart, over: asyncio.Event) -> None:
    if over.is_set():
        return
    async with running(start) as node, serving(make_app(node), start.listener):
        start.ready()
        await over.wait()
