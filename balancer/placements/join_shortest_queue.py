"""Join the shortest queue: to the node with the fewest tasks, of equal ones by chance."""

from __future__ import annotations

from topowave.balancer.placements.heap_placement import HeapPlacement


class JoinShortestQueue(HeapPlacement):
    """The node with the fewest tasks, waiting or running, gets the task; of equal ones any, by chance."""

    name = "join-shortest-queue"
    title = "Join the shortest queue"
    summary = (
        "The node with the fewest tasks, waiting or running, gets the task; of equal ones any, by chance."
    )
    source = "Haight 1958; Winston 1977"
    knows = "How many tasks every node has; neither its cores nor its weight nor how heavy its tasks are."
    bound = (
        "With equal nodes of one core, tasks that come at random (Poisson) and exponential durations no "
        "other placement that knows these numbers ends more tasks in any time (Winston 1977)."
    )
    wins = (
        "It is the textbook's reference for equal nodes with fresh news. It ignores that nodes differ: one "
        "with 8 cores gets as many tasks as one with a single core."
    )
    same = (
        "Where all weights are equal, it differs from `least-connections` only in which of equal nodes it "
        "takes; where each node has one core and each task weighs 1 as well, also from `least-loaded`."
    )

    def _key(self, node: int, weight: int) -> float:  # noqa: ARG002 - a task counts as one
        return self.count[node] + self.random.random()
