"""The program of our own nodes, as this machine's orchestrator runs it, and an agent on another one."""

from __future__ import annotations

from collections.abc import Callable, Collection

from topowave.algorithms.registry import AlgorithmRegistry
from topowave.orchestrator.programs import NodesProcessContext
from topowave.tasks import JournalPlace
from topowave.web.uvicorn_adapter.library_check import check_libraries
from topowave.wire.token import Token


def nodes_program(
    journal: JournalPlace | None,
    token: Token | None,
    algorithms: AlgorithmRegistry,
    *,
    trace: bool,
    lab_hosts: Collection[str] = (),
) -> Callable[[NodesProcessContext], None]:
    """Import the servers, so that every child has them already, and say how nodes are run.

    Args:
        journal: where the journal of their tasks is; None for one in the memory of each node.
        token: what those must know who talk to them; None where only this machine reaches them.
        algorithms: those that they know.
        trace: whether what they report carries the messages of waves.
        lab_hosts: what else the lab's own machine is called, besides the host in the settings.

    Raises:
        Problems: the installed libraries lack what servers need.
    """
    check_libraries()
    from topowave.nodes.server import NodeStart, preload, run_nodes  # noqa: PLC0415 - a moment's import

    preload()

    def nodes(context: NodesProcessContext) -> None:
        starts = [
            NodeStart(
                topology=context.topology,
                name=name,
                config=context.config,
                listener=listener,
                incarnation=context.incarnation,
                trace=trace,
                ready=context.ready,
                token=token,
                journal=journal,
                algorithms=algorithms,
                note=context.note,
                version=context.version,
                lab_hosts=lab_hosts,
            )
            for name, listener in zip(context.names, context.listeners, strict=True)
        ]
        run_nodes(starts)

    return nodes
