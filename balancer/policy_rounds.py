"""The policy that balances a live lab: what each round tells it, and what it plans."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from topowave.balancer.policies.base import (
    LoadView,
    Move,
    NodeLoad,
    Policy,
    PolicySettings,
    plan_checked,
)
from topowave.balancer.policies.registry import POLICIES
from topowave.balancer.policy_calls import PolicyCalls
from topowave.balancer.policy_files import failure, is_users
from topowave.balancer.threads import in_a_thread
from topowave.logs import fields
from topowave.runtime.algorithm_error import HandlerHangError
from topowave.topology import LabConfig, Topology
from topowave.translation import text
from topowave.web.problem_details import Problem

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a policy was told of itself: which of its rounds it is, and when it was chosen (s ago)."""

    round: int
    since_s: float


class PolicyRounds:
    """One policy, with its rounds: each policy that is chosen gets an object of its own, and begins anew.

    Args:
        config: names the policy, and has the settings that it reads.
        policies: those that the lab knows, by name.

    Attributes:
        asked: what it was told when it was asked last.
    """

    def __init__(self, config: LabConfig, policies: Mapping[str, type[Policy]] = POLICIES) -> None:
        self.name = config.policy
        self._policies = policies
        self._kind = policies[config.policy]
        self._settings = settings_of(config)
        self._policy: Policy | None = None
        self._calls = PolicyCalls()
        self._round = 0
        self.asked = Asked(0, 0.0)
        self._chosen_s = asyncio.get_running_loop().time()

    def configured(self, config: LabConfig) -> PolicyRounds:
        """Return what balances with these settings: this policy, or another one from its first round on."""
        if config.policy != self.name:
            return PolicyRounds(config, self._policies)
        self._settings = settings_of(config)
        return self

    async def plan(
        self, topology: Topology, loads: Sequence[NodeLoad], forecast: Sequence[float] | None = None
    ) -> list[Move]:
        """Ask the policy. Raises Problem where it fails: the next round asks it again, with other loads.

        Args:
            topology: has the nodes.
            loads: of those that answered.
            forecast: the load that each of them is predicted to have (cores); None where nobody predicts.
        """
        number, self._round = self._round, self._round + 1
        time_s = asyncio.get_running_loop().time() - self._chosen_s
        self.asked = Asked(number, time_s)
        random = Random(f"{self.name} {number}")  # noqa: S311 - no secret
        view = load_view(topology, loads, number, time_s, random, forecast)
        try:
            if is_users(self._kind):
                return await self._calls(lambda: self._plan(view))
            return await in_a_thread(self._plan, view)
        except (Exception, SystemExit, KeyboardInterrupt, GeneratorExit, HandlerHangError) as error:
            why = failure(self._kind, error)
            own = is_users(self._kind)  # who wrote it is told by file and line, and needs no stack of ours
            about = fields(policy=self.name, nodes=len(loads), why=why)
            log.warning("policy failed", exc_info=None if own else error, extra=about)
            raise Problem(
                500, text("Policy failed"), text("the policy {name} failed: {why}", name=self.name, why=why)
            ) from None

    def _plan(self, view: LoadView) -> list[Move]:
        """Ask the policy, which is made at its first round: a user's may fail in that, too."""
        if self._policy is None:
            self._policy = self._kind(self._settings)
        self._policy.settings = self._settings
        return plan_checked(self._policy, view)


def settings_of(config: LabConfig) -> PolicySettings:
    """Return what policies may read of a lab's settings."""
    return PolicySettings(max_cpu=config.max_cpu)


def load_view(
    topology: Topology,
    loads: Sequence[NodeLoad],
    number: int,
    time_s: float,
    random: Random,
    forecast: Sequence[float] | None = None,
) -> LoadView:
    """Return what a policy sees of nodes of a topology, which have answered.

    Args:
        topology: has all of them by their ports.
        loads: of those that answered, in any order.
        number: of the round, from 0.
        time_s: since the policy was chosen (s).
        random: for this round alone.
        forecast: the load that each of them is predicted to have (cores), if somebody predicts.
    """
    names = [topology.by_port(node.port).name for node in loads]
    index = {name: at for at, name in enumerate(names)}

    def parent_of(name: str) -> int | None:
        above = topology.node(name).parent
        while above is not None and above not in index:
            above = topology.node(above).parent
        return None if above is None else index[above]

    return LoadView(
        nodes=tuple(loads),
        neighbors=tuple(
            tuple(index[near] for near in topology.neighbors(name) if near in index) for name in names
        ),
        parents=tuple(parent_of(name) for name in names),
        round=number,
        time=time_s,
        random=random,
        forecast=forecast,
    )
