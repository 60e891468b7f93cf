"""What comes in on the balancer's `/observe`: the reports of nodes."""

from __future__ import annotations

import time

import msgspec

from topowave.balancer.balancer import Balancer
from topowave.balancer.limits import BAD_FRAMES
from topowave.balancer.node_connections import NodeConnection
from topowave.web.uvicorn_adapter.websocket import HangUp
from topowave.wire.observations import decode_report


class ReportInbox:
    """One connection's reports on their way to the parts of the balancer."""

    def __init__(self, balancer: Balancer, connection: NodeConnection) -> None:
        self._balancer = balancer
        self._connection = connection
        self._bad = 0

    def take(self, text: str | bytes) -> None:
        """Pass a report on. Raises HangUp after BAD_FRAMES that were not understood."""
        try:
            report = decode_report(text)
            self._connection.heard_s = time.monotonic()
            if report.heartbeat is not None:
                self._balancer.node_connections.heartbeat(self._connection, report.heartbeat)
            if report.settings is not None:
                self._balancer.node_connections.confirmed(self._connection, report.settings)
            if report.opening is not None:
                self._balancer.link_openings.note(self._connection, report.opening)
            for load in report.loads:
                self._connection.nodes.add(load.node)
                self._balancer.on_load(load)
            for events in report.events:
                ours = self._balancer.node_connections.on_our_clock(self._connection, events)
                self._balancer.on_events(ours)
            for held in report.held:
                self._balancer.launcher.held.take(held)
            self._balancer.silent_nodes.reported()
        except (msgspec.MsgspecError, RecursionError):
            self._bad += 1
            if self._bad >= BAD_FRAMES:
                raise HangUp("too many reports that were not understood") from None
