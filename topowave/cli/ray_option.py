"""The option --ray of commands that let Ray do something, and what a lab needs of a cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from typer.core import TyperCommand

from topowave.cli.language import spoken
from topowave.cli.progress import ProgressLine
from topowave.translation import counted, text

if TYPE_CHECKING:
    from topowave.orchestrator import Packing
    from topowave.ray_cluster.survey import Survey
    from topowave.topology import LabConfig


class RayCommand(TyperCommand):
    """A command whose option --ray may have an address, or none.

    Attributes:
        other_endings: what follows `--ray` and ends like this is an argument, no address.
    """

    other_endings: ClassVar[tuple[str, ...]] = ()

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Give --ray a value where it has none: before another option, an argument, or at the end."""
        told: list[str] = []
        for place, word in enumerate(args):
            following = args[place + 1 : place + 2]
            bare = not following or following[0].startswith("-") or following[0].endswith(self.other_endings)
            told.append("--ray=local" if word == "--ray" and bare else word)
        return super().parse_args(ctx, told)


@dataclass(frozen=True, slots=True)
class RayPlan:
    """How a lab is run on Ray: the cluster's address, and how many agents."""

    address: str
    agents: int

    def __str__(self) -> str:
        """What people read."""
        if self.address == "local":
            where = text("a Ray of this lab's own")
        else:
            where = text("the Ray cluster at {address}", address=self.address)
        return spoken(
            counted("on {count} agent in {where}", "on {count} agents in {where}", self.agents, where=where)
        )


def ray_plan(address: str, packing: Packing, nodes: int, settings: LabConfig) -> RayPlan:
    """Look at a cluster and say how a lab runs there, before anything is started.

    Args:
        address: `local`, `auto` or HOST:PORT.
        packing: how many agents are wanted; `auto` for one each CPU.
        nodes: how many nodes are to run there.
        settings: the lab's.

    Raises:
        Problems: Ray is not installed, there is no such cluster, or this lab cannot run there.
    """
    from topowave.orchestrator.packing import cores
    from topowave.ray_cluster.connection import LOCAL, check_address, check_installed
    from topowave.ray_cluster.survey import survey

    check_installed("ray")
    if address == LOCAL:
        return RayPlan(address, agents_for(nodes, packing, cores()))
    _check_part_of_it(address)
    check_address(address)
    line = ProgressLine()
    line.show(text("looking at the Ray cluster {address} ...", address=address))
    try:
        found = survey(address)
    finally:
        line.end()
    check_cluster(found, settings)
    cpus = sum(machine.cpus for machine in found.machines)
    return RayPlan(address, agents_for(nodes, packing, max(1, int(cpus))))


def agents_for(nodes: int, packing: Packing, cpus: int) -> int:
    """Return how many agents run a lab, at least 1. Raises Problems where those are too many."""
    from topowave.ray_cluster.limits import MOST_AGENTS
    from topowave.topology import Problems

    wanted = min(cpus, MOST_AGENTS) if packing == "auto" else nodes if packing == "per-node" else packing
    agents = max(1, min(nodes, wanted))
    if agents > MOST_AGENTS:
        raise Problems(
            [
                text(
                    "--processes {packing}: with --ray each of {agents} processes is an actor of "
                    "Ray's, and a lab may have {most_agents}; several nodes share one",
                    packing=packing,
                    agents=agents,
                    most_agents=MOST_AGENTS,
                )
            ]
        )
    return agents


def check_cluster(found: Survey, settings: LabConfig) -> None:
    """Raise Problems where a lab with these settings cannot run on the machines of a cluster."""
    from topowave.topology import Problems
    from topowave.wire.addresses import is_loopback

    if not found.elsewhere:
        return
    there = ", ".join(sorted({machine.ip for machine in found.elsewhere})[:3])
    problems: list[str] = []
    if is_loopback(settings.host):
        problems.append(
            text(
                "--ray: the cluster has other machines ({there}), which do not reach a lab on "
                '{host}: set "host" in the config file to the address of this machine, or to '
                "0.0.0.0; the lab then has a token",
                there=there,
                host=settings.host,
            )
        )
    if not settings.database_url:
        problems.append(
            text(
                "--ray: the cluster has other machines ({there}), and a journal in a file is "
                'for one machine only: set "database_url" in the config file to a PostgreSQL '
                "database that all of them reach",
                there=there,
            )
        )
    if problems:
        raise Problems(problems)


def _check_part_of_it(address: str) -> None:
    from topowave.topology import Problems

    if address.startswith("ray://"):
        raise Problems(
            [
                text(
                    "--ray {address}: nodes and balancer talk to each other, so this machine has "
                    "to be part of the cluster: `ray start --address=HOST:PORT` here, then --ray "
                    "auto",
                    address=address,
                )
            ]
        )
