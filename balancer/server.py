"""The balancer as a process: its parts, its two servers, until it is told to stop."""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack

import uvloop

from topowave.balancer.app import make_app
from topowave.balancer.page import add_docs_files, make_page
from topowave.balancer.running import running
from topowave.balancer.start import BalancerStart
from topowave.web.uvicorn_adapter.server import serving, until_stopped
from topowave.wire.limits import RECURSION

__all__ = ["BalancerStart", "run_balancer"]


def run_balancer(start: BalancerStart) -> None:
    """Run the balancer and the page until SIGTERM or SIGINT."""
    sys.setrecursionlimit(RECURSION)
    ended = False

    async def run() -> None:
        nonlocal ended
        await _run(start)
        ended = True

    try:
        uvloop.run(run())
    except RuntimeError:
        if not ended:  # else the loop wants a thread to end its threads with, and there is none
            raise


async def _run(start: BalancerStart) -> None:
    port = start.listener.getsockname()[1]
    page_port = start.config.page_port
    async with AsyncExitStack() as stack:
        balancer = await stack.enter_async_context(running(start))
        app = make_app(balancer, page_port)
        if start.page_listener is None:
            add_docs_files(app, start.page)
        else:
            page_port = start.page_listener.getsockname()[1]
            page = make_page(start.page, port, start.config.host, page_port, start.token)
            await stack.enter_async_context(serving(page, start.page_listener))
        await stack.enter_async_context(serving(app, start.listener))
        stack.callback(balancer.stop_waiting)
        start.ready()
        stopped = asyncio.get_running_loop().create_task(until_stopped())
        await asyncio.wait([stopped, balancer.failed], return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if balancer.failed.done():
            balancer.failed.result()
