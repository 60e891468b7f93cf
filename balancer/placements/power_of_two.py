"""Power of two choices: of two nodes drawn by chance the less loaded."""

from __future__ import annotations

from topowave.balancer.placements.base import Executors, TaskNeeds
from topowave.balancer.placements.drawing_placement import DrawingPlacement


class PowerOfTwo(DrawingPlacement):
    """Two nodes are drawn, each that fits as likely, and the one that the task would load less gets it."""

    name = "power-of-two"
    title = "Power of two choices"
    summary = (
        "Of two nodes drawn by chance the one that the task would load less gets it; of equal ones the first."
    )
    source = "Mitzenmacher 1996 and 2001; Azar, Broder, Karlin and Upfal 1994"
    knows = "The loads, cores and weights of two nodes for each task."
    bound = (
        "Of n tasks on n equal nodes the fullest node gets ln ln n / ln 2 and a constant (Azar, Broder, "
        "Karlin and Upfal 1994), where `random` gives it ln n / ln ln n."
    )
    wins = (
        "It is nearly as even as looking at all nodes, for two loads a task. With stale loads it is better "
        "than `least-loaded`, which then sends everything to the same few nodes (Mitzenmacher 2000)."
    )
    same = "With a single node that fits, it chooses as every other does."

    def __init__(self, executors: Executors) -> None:
        super().__init__(executors)
        self._capacity = [node.cpu * node.weight for node in self.nodes]

    def _find(self, task: TaskNeeds, origin: int | None) -> int | None:  # noqa: ARG002 - all are as near
        one, other = self.draw(task), self.draw(task)
        if one is None or other is None or one == other:
            return one
        load, capacity = self.load, self._capacity
        is_less = (load[other] + task.weight) / capacity[other] < (load[one] + task.weight) / capacity[one]
        return other if is_less else one
