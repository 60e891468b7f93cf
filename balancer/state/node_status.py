"""What one node is doing, as far as the balancer knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from topowave.wire.control import NodeState

ShownState: TypeAlias = NodeState | Literal["inactive"]
"""What a node is doing, as people are shown it: as the orchestrator says, or not heard though it is up."""


@dataclass(slots=True)
class NodeStatus:
    """One node's state, as the orchestrator has `said` it, and its tasks.

    `cut` while its links to its neighbours are cut.
    `process` names all nodes of its process, itself too; empty as long as nobody has said so. `heard` says of
    a foreign node whether it was in the tree of the last wave; `reports` counts what one of ours told.
    `put_back`: how many tasks that had failed here were put back, as the journal has it; when the node began
    `put_back_before` of them were, which it has not counted among the `given_up`. `bottleneck` while it is
    predicted to be overloaded in the next round, and is not yet. `started_at`: when its process was started
    (seconds since 1970); `number` is its own as a replica, None of a foreign one. `silent` while it has not
    been heard for a while.
    """

    said: NodeState
    cut: bool = False
    pid: int | None = None
    started_at: float | None = None
    number: int | None = None
    restarts: int = 0
    reason: str | None = None
    assigned: int = 0
    running: int = 0
    moving: int = 0
    completed: int = 0
    given_up: int = 0
    put_back: int = 0
    put_back_before: int = 0
    cancelled: int = 0
    submitted: int = 0
    heavier: int = 0
    reports: int = 0
    process: tuple[str, ...] = ()
    heard: bool = False
    bottleneck: bool = False
    silent: bool = False

    @property
    def state(self) -> ShownState:
        """What it is doing: `inactive` where it is said to be up, and is not heard."""
        return "inactive" if self.silent and self.said == "up" else self.said

    @property
    def replica_state(self) -> ShownState:
        """The same of one of so many, of which it is enough to know that it is not heard."""
        return "inactive" if self.silent and self.said == "stopped" else self.state

    @property
    def failed(self) -> int:
        """How many tasks have failed here, and were not put back."""
        return max(0, self.given_up - max(0, self.put_back - self.put_back_before))

    @property
    def load(self) -> int:
        """The weight of its tasks that wait or run: as many as they are, if each holds one core."""
        return self.assigned + self.running + self.heavier
