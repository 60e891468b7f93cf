"""Random: any node."""

from __future__ import annotations

from topowave.balancer.placements.base import TaskNeeds
from topowave.balancer.placements.drawing_placement import DrawingPlacement


class RandomNode(DrawingPlacement):
    """Each task goes to a node by chance, each that fits as likely."""

    name = "random"
    title = "Random"
    summary = "Each task goes to a node by chance, each that fits as likely."
    source = "Gonnet 1981, as balls thrown into bins"
    knows = "Nothing but which nodes fit; neither loads nor cores nor weights."
    bound = "Of n tasks on n nodes the fullest node gets about ln n / ln ln n (Gonnet 1981)."
    wins = (
        "It needs neither news nor memory, so any number of balancers may do it beside each other. It is "
        "what others are measured against: `power-of-two` looks at one load more, and is far more even."
    )
    same = ""

    def _find(self, task: TaskNeeds, origin: int | None) -> int | None:  # noqa: ARG002 - all are as near
        return self.draw(task)
