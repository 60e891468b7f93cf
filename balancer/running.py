"""The balancer at work: its parts are made, do what goes on for ever, and are stopped together."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from topowave.balancer.balancer import Balancer
from topowave.balancer.start import BalancerStart
from topowave.logs import fields

log = logging.getLogger(__name__)


@asynccontextmanager
async def running(start: BalancerStart) -> AsyncGenerator[Balancer]:
    """Make the parts, let them work, and stop them all at the end."""
    balancer = Balancer(start)
    await balancer.control.open()
    if balancer.trace is not None:
        balancer.trace.open(balancer.own_tasks())
    for what, work in {
        "Rebalancing": balancer.rebalancer.run(),
        "Following the journal of tasks": balancer.journal.run(),
        "Taking the figures of the lab": balancer.figures.run(),
        "Placing pending tasks": balancer.dispatcher.run(),
        "Scaling": balancer.scaling.run(),
        "Autoscaling": balancer.autoscaling.run(),
        "Watching the leases of agents": balancer.agent_channel.run(),
        "Listening for heartbeats": balancer.silent_nodes.run(),
        "Looking for what is wrong": balancer.alerts.run(),
    }.items():
        balancer.background.start(what, work).add_done_callback(balancer.note_failure)
    told = fields(
        incarnation=start.incarnation,
        nodes=len(start.topology.nodes),
        port=start.config.balancer_port,
        title=start.title,
    )
    log.info("balancer started", extra=told)
    try:
        yield balancer
    finally:
        await balancer.background.close()
        await balancer.sessions.close()
        await balancer.journal.close()
        balancer.stop_waiting()
        balancer.hub.close()
        balancer.history.close()
        await asyncio.gather(balancer.control.close(), balancer.receivers.close(), balancer.launcher.close())
        await balancer.client.aclose()
        if balancer.trace is not None:
            await balancer.trace.close()
