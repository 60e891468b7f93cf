"""What there is to be had of a host of processes, wherever it is: this machine, or the agents on others.

Starting is not part of it: a process here is forked with its sockets and its program, one on an agent is
wanted there by its names and ports. Whatever happens to either is a `ProcessEvent` of a `ManagedProcess`.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, Protocol

from topowave.orchestrator.managed_process import ManagedProcess

SignalAction = Literal["kill", "stop", "continue"]
"""What may be done to a process that runs."""


class ProcessHost(Protocol):
    """Where processes live."""

    @property
    def any_left(self) -> bool:
        """Whether any process has still to end."""
        ...

    @property
    def retired_left(self) -> bool:
        """Whether a process that was retired has still to end."""
        ...

    def signal(self, process: ManagedProcess, action: SignalAction) -> None:
        """Kill, stop or continue a process that runs."""
        ...

    def retire(self, processes: Collection[ManagedProcess]) -> None:
        """Ask these processes to end, and have nothing more to do with them."""
        ...

    def end_all(self, spared: Collection[ManagedProcess] = ()) -> None:
        """Ask every process to end, but those that are spared."""
        ...

    @property
    def kill_at_s(self) -> float | None:
        """When something that was retired is to be killed (monotonic, s); None where nothing is left."""
        ...

    def kill_late(self, now_s: float) -> None:
        """Kill what was retired STOP_GRACE_S ago and is left; again each time that so long has passed."""
        ...

    def kill_all(self, spared: Collection[ManagedProcess] = ()) -> None:
        """Kill every process, but those that are spared."""
        ...
