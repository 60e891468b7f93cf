"""Who wants to know how a lab comes up: the command line, or a test."""

from __future__ import annotations

from topowave.topology import Topology


class ProgressListener:
    """Called by the supervisor in its own loop, so the methods must return at once. This one does nothing."""

    def progress(self, up: int, total: int) -> None:
        """`up` of `total` servers have said that they are ready (or were given up)."""

    def running(self, processes: int) -> None:
        """Every server is there for the first time; `processes` run the nodes."""

    def note(self, text: str) -> None:
        """Something happened that a user should know: a node died, was given up, the network was replaced."""

    def agents(self, here: int, expected: int) -> None:
        """`here` agents have come, and nodes wait for `expected`."""

    def network(self, topology: Topology) -> None:
        """Another network has followed the last one, as where nodes have got agents to run on."""

    def links(self, text: str) -> None:
        """The balancer says in a sentence how far the connections between the nodes are."""

    def stopping(self) -> None:
        """The lab has begun to stop."""
