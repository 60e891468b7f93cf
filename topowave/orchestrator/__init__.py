"""Keeps processes alive: launch, supervise, deploy, stop.

Theory of operation. One parent binds every listening socket, imports everything once and forks: processes
that run one or many nodes each (`packing`), and one for the balancer. It is a plain synchronous loop over a
selector (signals, the ready pipe, the control channel, timers), has no threads and no event loop of its own,
and so may fork at any time.

Two rules hold from the first fork to the last exit:

1. A child never outlives its parent. It asks the kernel for that, watches a pipe whose other end only the
   parent holds, and does both before anything else (`hosts.parent_death`).
2. A listening socket belongs to the parent. A node that dies and is started again inherits the same socket,
   so connections wait for it instead of being refused, and nobody else can take its port in between.
"""

from topowave.orchestrator.lab import LabSpec, run_lab
from topowave.orchestrator.packing import Packing
from topowave.orchestrator.ports import PortTaken
from topowave.orchestrator.progress_listener import ProgressListener

__all__ = ["LabSpec", "Packing", "PortTaken", "ProgressListener", "run_lab"]
