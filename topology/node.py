"""One node of a network: what it is called, where it listens, how much it can do."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from topowave.topology.executor import PLAIN, ExecutorSettings
from topowave.topology.limits import MAX_NAME
from topowave.translation import text

HOST = re.compile(r"(?![^:]*:[^:]*$)[A-Za-z0-9_.:%-]{1,253}")
"""A host name or an IP address; one colon alone stands before a port, which belongs to neither."""
FORBIDDEN_IN_NAMES = "/\\?#%"
"""Characters that would change the meaning of a URL with the name in it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node that this lab manages runs.

    Attributes:
        agent: the name of the agent that runs it; None for the lab's own machine.
        host: where it is reached; None with `agent` None.
        port: unique TCP port in the network, 1 to 65535.
        launch: False where a workload of the agent's is run in the place of our own program.
    """

    agent: str | None
    host: str | None
    port: int
    launch: bool = True


@dataclass(frozen=True, slots=True)
class Node:
    """One node, with its place in the tree.

    Attributes:
        name: unique; 1 to 64 printable characters (see `fault_in_name`).
        port: unique TCP port, 1 to 65535.
        cpu: cores, so how many tasks run at once; at least 1.
        role: free text; "root", "inner" or "leaf" by its place in the tree unless the file says otherwise.
        launch: False if this is not our own program: somebody else's, or a workload of an agent's.
        host: where it is reached, if it is not where the lab itself listens. A file says it only of one with
            launch False; the lab says it of what it has put on agents.
        link_delay: extra delay of the link to its parent in milliseconds; None for the lab's own setting.
        parent: name of its parent; None for the root.
        children: names of its children, in the order of the file.
        executor: what tasks it takes; of one that is somebody else's, nothing special.
        agent: the name of the agent that runs it; None for one that runs here, or that is somebody else's.
    """

    name: str
    port: int
    cpu: int
    role: str
    launch: bool = True
    link_delay: float | None = None
    parent: str | None = None
    children: tuple[str, ...] = ()
    host: str | None = None
    executor: ExecutorSettings = PLAIN
    agent: str | None = None

    @property
    def managed(self) -> bool:
        """Whether this lab sees to its process, here or on an agent."""
        return self.launch or self.agent is not None

    @property
    def place(self) -> Place:
        """Where it runs."""
        return Place(self.agent, self.host, self.port, self.launch)

    def at(self, place: Place) -> Node:
        """Return the node as it runs there; what is not our own program has no executor of its own."""
        executor = self.executor if place.launch else PLAIN
        return replace(
            self,
            agent=place.agent,
            host=place.host,
            port=place.port,
            launch=place.launch,
            executor=executor,
        )

    @property
    def roles(self) -> frozenset[str]:
        """Every role that it has: its `role`, and the `roles` of its executor."""
        return frozenset((self.role, *self.executor.roles))

    def has_one_of(self, roles: Collection[str]) -> bool:
        """Return whether a task may run here that asks for one of these roles; without any it may."""
        return not roles or not self.roles.isdisjoint(roles)


def default_role(parent: str | None, children: tuple[str, ...]) -> str:
    """The role of a node whose file names none: "root", "inner" or "leaf"."""
    if parent is None:
        return "root"
    return "inner" if children else "leaf"


def fault_in_name(name: str) -> str | None:
    r"""What makes a text unfit as a node's name, or None.

    Names go into the ids of waves and into URLs: 1 to 64 printable characters without `/ \ ? # %`, no space
    at either end, not `.` or `..`.
    """
    if not name:
        return text("is empty")
    if len(name) > MAX_NAME:
        return text(
            "has {number} characters; at most {max_name} are allowed", number=len(name), max_name=MAX_NAME
        )
    if not name.isprintable():
        return text("holds a character that cannot be printed")
    if name != name.strip():
        return text("begins or ends with a space")
    if name in {".", ".."}:
        return text("means a folder in a URL")
    for character in FORBIDDEN_IN_NAMES:
        if character in name:
            return text("holds {character}, which has a meaning in URLs", character=repr(character))
    return None
