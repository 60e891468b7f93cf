"""What an agent is told when it is started."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from topowave.logs import LogFormat, LogLevel
from topowave.wire.addresses import Address
from topowave.wire.agents import HEARTBEAT
from topowave.wire.token import Token


def _nothing(_: str) -> None:
    """Do nothing."""


def _unknown() -> str | None:
    """Return that nobody knows why."""
    return None


@dataclass(frozen=True, slots=True)
class AgentSpec:
    """An agent.

    controller: where the balancer of its lab is, as seen from here.
    name: unique in the lab.
    host: the address of this machine on which its processes listen, and by which others reach them.
    port: the first port that they are given.
    heartbeat_s: seconds between two of its heartbeats.
    token: what the lab asks for; None where it asks for nothing.
    workload: the command that it runs for each replica; None for our own node.
    note: is told in a sentence what happens, for whoever watches.
    why_refused: asked when the controller takes no WebSocket of ours; returns a sentence, or None.
    log_level: what all its programs log, as lines for a program to read; None for warnings in words.
    log_format: of these lines.
    """

    controller: Address
    name: str
    host: str
    port: int
    heartbeat_s: float = HEARTBEAT
    token: Token | None = None
    workload: str | None = None
    note: Callable[[str], None] = _nothing
    why_refused: Callable[[], str | None] = _unknown
    log_level: LogLevel | None = None
    log_format: LogFormat = "logfmt"
