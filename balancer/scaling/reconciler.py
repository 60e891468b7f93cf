"""Leads the lab to what is wanted: one loop that looks, does the next thing, and looks again.

Theory of operation. What is wanted (`Goal`) is set by people; what is there is read from the lab anew each
time. `states.need_of` compares the two and names one need; its action below does that, and the loop looks
again. While nothing is needed it sleeps until the goal or the lab changes. An action that fails is told in
the feed with its reason, and tried again after a pause that doubles, from RETRY_PAUSE to RETRY_PAUSE_MOST; a
new goal ends the pause.

The goal is kept by the orchestrator, as the settings are, so a balancer that dies goes on with it. Every
decision is an event of the feed, with its reason.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from topowave.balancer.control import Control
from topowave.balancer.limits import (
    DRAIN_INTERVAL,
    GROW_AT_ONCE,
    RETRY_PAUSE,
    RETRY_PAUSE_MOST,
    SCALE_INTERVAL,
    SIGNAL_TIMEOUT,
)
from topowave.balancer.scaling.decisions import STEPS, left_text, moving_text
from topowave.balancer.scaling.draining import Draining
from topowave.balancer.scaling.free_ports import free_ports
from topowave.balancer.scaling.hosts import Hosts
from topowave.balancer.scaling.network_changes import NetworkChanges
from topowave.balancer.scaling.places import new_names, parents_for, usual_cpu
from topowave.balancer.scaling.states import PHASES, Goal, Need, NewNodes, Phase, View, need_of
from topowave.balancer.sentences import named, nodes_text
from topowave.balancer.state.feed import Feed
from topowave.balancer.state.lab import Lab
from topowave.balancer.threads import in_a_thread
from topowave.topology.growth import Leaf
from topowave.topology.node import Place
from topowave.translation import Sentences, Several, Text, counted, text
from topowave.web.problem_details import Problem
from topowave.wire.control import GoalNow

PAUSES: dict[Need, float] = {
    Need.DRAIN: DRAIN_INTERVAL,
    Need.RESTART: RETRY_PAUSE,
    Need.WAIT: RETRY_PAUSE,
    Need.STAY: SCALE_INTERVAL,
    Need.NOTHING: SCALE_INTERVAL,
}
"""Seconds until the next look after what takes a while to show; after all else that is at once."""
SetExecutor = Callable[[str, Mapping[str, object]], Awaitable[list[str]]]


class Reconciler:
    """The one loop.

    Args:
        lab: what runs.
        control: to the orchestrator, which keeps the goal.
        changes: carries out changes of the network.
        draining: empties nodes.
        set_executor: changes what tasks a node takes.
        feed: where people read of decisions.
        hosts: returns where nodes may run, and counts those that are to leave nowhere.

    Attributes:
        goal: what is wanted.
        phase: how far it is.
        problem: why the last action failed, or why nothing can be done; None where neither is so.
    """

    def __init__(
        self,
        lab: Lab,
        control: Control,
        changes: NetworkChanges,
        draining: Draining,
        set_executor: SetExecutor,
        feed: Feed,
        hosts: Callable[[Collection[str]], Hosts] = lambda _: Hosts(),
    ) -> None:
        self._lab = lab
        self._control = control
        self._changes = changes
        self._draining = draining
        self._set_executor = set_executor
        self._feed = feed
        self._hosts = hosts
        self._wake = asyncio.Event()
        self._looked = asyncio.Condition()
        self._one_step = asyncio.Lock()
        self._one_change = asyncio.Lock()
        self._failures = 0
        self.goal = Goal()
        self.phase = Phase.SETTLED
        self.problem: str | None = None
        self._actions: dict[Need, Callable[[list[str], int], Awaitable[None]]] = {
            Need.MOVE: self._move,
            Need.REMOVE: self._remove,
            Need.GIVE_UP: self._give_up,
            Need.RESTART: self._restart,
            Need.KEEP: self._keep,
            Need.ADD: self._add,
            Need.CHOOSE: self._choose,
            Need.DRAIN: self._drain,
        }

    async def run(self) -> None:
        """Lead the lab to its goal, for ever."""
        while True:
            async with self._one_step:
                pause_s = await self._step()
            async with self._looked:
                self._looked.notify_all()
            with suppress(TimeoutError):
                async with asyncio.timeout(pause_s):
                    await self._wake.wait()
            self._wake.clear()

    async def _step(self) -> float:
        """Do the next thing; return after how many seconds to look again at the latest."""
        view = self._view()
        need, names, count = need_of(view, self.goal)
        self.phase = PHASES[need]
        if need not in self._actions:
            why = self._why_nothing(view, need, names)
            if why not in (None, self.problem):
                self._tell(text("Deploy: {what}", what=why))
            self._failures, self.problem = 0, why
            return PAUSES[need]
        try:
            await self._actions[need](names, count)
        except Problem as problem:
            pause_s: float = min(RETRY_PAUSE_MOST, RETRY_PAUSE * 2**self._failures)
            self._failures += 1
            self.phase, self.problem = Phase.WAITING, problem.detail
            self._tell(
                text(
                    "Deploy: {step} failed: {why}; tried again in {seconds:g} s",
                    step=STEPS[need],
                    why=problem.detail,
                    seconds=pause_s,
                )
            )
            return pause_s
        self._failures, self.problem = 0, None
        return PAUSES.get(need, 0.0)

    def _why_nothing(self, view: View, need: Need, names: list[str]) -> Text | None:
        """Return why the lab stays as it is, although it is not as it is wanted; None of other needs."""
        if need is Need.WAIT:
            nodes = [view.topology.node(name) for name in names]
            return counted(
                "{count} node cannot run: {why}",
                "{count} nodes cannot run: {why}",
                len(nodes),
                why=view.hosts.why_not(nodes),
            )
        if need is Need.STAY:
            return counted(
                "{there} nodes stay and {count} is wanted: programs of others hang from {parents}",
                "{there} nodes stay and {count} are wanted: programs of others hang from {parents}",
                self.goal.replicas or 0,
                there=view.replicas(self.goal),
                parents=named(names),
            )
        return None

    # What people want.

    async def deploy(
        self, replicas: int, who: str = "Deploy", why: str = "", new: NewNodes | None = None
    ) -> None:
        """Want so many nodes from now on; the feed says who wants them, and why.

        Args:
            replicas: how many.
            who: who wants them.
            why: the reason, if there is one to tell.
            new: what is said of those that join; None for what was said of them last.

        Raises:
            Problem: the orchestrator does not keep the goal.
        """
        new = self.goal.new if new is None else new
        if (replicas, new) != (self.goal.replicas, self.goal.new):
            before = self._view().replicas(self.goal)
            await self._change_goal(lambda goal: replace(goal, replicas=replicas, new=new))
            wanted = counted(
                "{who}: {count} node is wanted, {there} are there",
                "{who}: {count} nodes are wanted, {there} are there",
                replicas,
                who=who,
                there=before,
            )
            if why:
                wanted = text("{what}: {why}", what=wanted, why=why)
            if new.in_words is not None:
                wanted = text("{what}; {why}", what=wanted, why=new.in_words)
            self._tell(wanted)
        self._failures, self.problem = 0, None
        self._wake.set()

    async def delete(self, name: str) -> None:
        """Want a node to leave, and so one fewer. Raises Problem as `deploy` does."""
        if name in self.goal.deleted:
            return
        await self._change_goal(lambda goal: goal.without(name))
        leaves = text(
            "{node} is to leave, as somebody asked: it takes nothing new, and hands over its tasks", node=name
        )
        self._tell(leaves, name)

    async def add(self, leaf: Leaf) -> None:
        """Let a leaf join now, beside those that are wanted already. Raises Problem where it cannot."""
        async with self._one_step:  # else the loop would see one node too many in between
            await self._changes.add([leaf])
            if self.goal.replicas is not None:
                await self._change_goal(Goal.with_one_more)
        joined = text(
            "{node} has joined, below {parent}, as somebody asked", node=leaf.name, parent=leaf.parent
        )
        self._tell(joined, leaf.name)

    async def join(self, leaf: Leaf) -> None:
        """Let somebody else's program join as a leaf, which it does once. Raises Problem where it cannot."""
        async with self._one_step:
            joins = leaf.name not in self._lab.status
            if joins:
                await self._changes.join(leaf)
            await self.expect(leaf.name)
        if joins:
            joined = text(
                "{node} has joined, below {parent}: somebody else's program",
                node=leaf.name,
                parent=leaf.parent,
            )
            self._tell(joined, leaf.name)

    async def expect(self, name: str) -> None:
        """Expect heartbeats of somebody else's program from now on. Raises Problem as `deploy` does."""
        if name not in self.goal.joined:
            await self._change_goal(lambda goal: replace(goal, joined=goal.joined | {name}))

    async def part_with(self, name: str) -> None:
        """Let somebody else's program leave at once. Raises Problem where it cannot."""
        async with self._one_step:
            await self._changes.remove([name])
            await self._change_goal(lambda goal: replace(goal, joined=goal.joined - {name}))
        self._tell(text("{node} has left: somebody else's program", node=name))

    async def until(self, over: Callable[[], bool], most_s: float) -> bool:
        """Wait until something holds after a look at the lab; False where it does not within `most_s`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(most_s), self._looked:
                await self._looked.wait_for(over)
        return over()

    def kept(self, message: GoalNow) -> None:
        """Take up the goal that the orchestrator has kept; the last balancer may have died at any moment."""
        there = frozenset(self._lab.status)
        self.goal = Goal(
            message.replicas,
            there & set(message.leaving),
            there & set(message.deleted),
            there & set(message.joined),
            NewNodes(message.parent, message.cpu, message.role),
        )
        self._wake.set()

    def replaced(self) -> None:
        """Want nothing more of a network that was replaced as a whole."""
        self._draining.forget(self.goal.all_leaving)
        self.goal = Goal()
        self._wake.set()

    def changed(self) -> None:
        """Look soon: a node has died for good, or came back."""
        self._wake.set()

    async def new_leaves(self, count: int, agent: str | None = None) -> list[Leaf]:
        """Return leaves that nobody has described: where they go, and what they are called.

        Args:
            count: how many.
            agent: who is to run them; None for whoever has the fewest nodes.

        Raises:
            Problem: (409) there is no place for them.
        """
        topology, view = self._lab.topology, self._view()
        hosts = view.hosts if agent is None else view.hosts.only(agent)
        without = self.goal.all_leaving | view.failed
        below_new = all(host.launch for host in hosts.alive)  # nothing can hang from a workload
        above = parents_for(topology, count, view.loads, without, below_new=below_new)
        names = new_names(topology, count)
        places = await self._places(hosts, [None] * count)
        cpu = usual_cpu(topology)
        return [
            Leaf(
                name,
                place.port,
                cpu,
                parent if isinstance(parent, str) else names[parent],
                agent=place.agent,
                host=place.host,
                launch=place.launch,
            )
            for name, place, parent in zip(names, places, above, strict=True)
        ]

    async def _places(
        self, hosts: Hosts, kinds: Sequence[bool | None], own: Sequence[int] = ()
    ) -> list[Place]:
        """Return where nodes go: to agents, and to this machine only where none takes them.

        Raises:
            Problem: (409) there is no place for them.
        """
        config, ports = self._lab.config, self._lab.topology.ports
        found = hosts.places(kinds, {*ports, config.balancer_port, config.page_port}, own)
        left = [number for number, place in enumerate(found) if place is None]
        if not left:
            return [place for place in found if place is not None]
        if not hosts.here or any(kinds[number] is False for number in left):
            raise Problem(409, text("No agent"), hosts.why_not([]))
        given = [place.port for place in found if place is not None]
        here = await self.free_ports(len(left), given, [own[number] for number in left] if own else [])
        for number, port in zip(left, here, strict=True):
            found[number] = Place(None, None, port)
        return [place for place in found if place is not None]

    async def free_ports(self, count: int, given: Collection[int], own: Sequence[int]) -> list[int]:
        """Return ports of this machine for nodes, none that is `given`, their own where these are free.

        Raises:
            Problem: (409) there are not so many.
        """
        config, ports = self._lab.config, self._lab.topology.ports
        taken = {*ports, *given, config.balancer_port, config.page_port}
        return await in_a_thread(free_ports, config.host, count, max(ports), taken, own)

    # What is done.

    async def _move(self, names: list[str], _: int) -> None:
        topology, hosts = self._lab.topology, self._view().hosts
        nodes = [topology.node(name) for name in names]
        own = [node.port for node in nodes]
        places = await self._places(hosts, [node.launch for node in nodes], own)
        began_s = time.monotonic()
        for agent in dict.fromkeys(node.agent for node in nodes):
            here = [place for node, place in zip(nodes, places, strict=True) if node.agent == agent]
            self._tell(moving_text(agent, hosts.gone, here))
        await self._changes.move(dict(zip(names, places, strict=True)))
        took_s = time.monotonic() - began_s
        self._tell(text("{nodes} moved in {seconds:.1f} s", nodes=nodes_text(len(names)), seconds=took_s))

    async def _add(self, _: list[str], missing: int) -> None:
        new = self.goal.new
        if new.parent is not None and new.parent not in self._lab.status.keys() - self.goal.all_leaving:
            why = text("{node}, from which new nodes are to hang, is not there", node=new.parent)
            raise Problem(409, text("No parent"), why)
        leaves = [new.on(leaf) for leaf in await self.new_leaves(min(missing, GROW_AT_ONCE))]
        wanted, there = self.goal.replicas, self._view().replicas(self.goal)
        started = text(
            "Deploy: {nodes} of {missing} missing are started; {there} of {wanted} are there",
            nodes=nodes_text(len(leaves)),
            missing=missing,
            there=there,
            wanted=wanted,
        )
        self._tell(started)
        await self._changes.add(leaves)
        places = Sentences(
            text("{node} below {parent}", node=leaf.name, parent=leaf.parent) for leaf in leaves
        )
        self._tell(
            text("Deploy: joined: {places}", places=places)
            if new.parent
            else text("Deploy: joined where the tree is shallowest and least loaded: {places}", places=places)
        )

    async def _choose(self, names: list[str], _: int) -> None:
        await self._change_goal(lambda goal: replace(goal, leaving=goal.leaving | set(names)))
        chosen = text(
            "Deploy: {nodes} more than wanted; the deepest and least loaded leave: {names}",
            nodes=nodes_text(len(names)),
            names=Several(names),
        )
        self._tell(chosen)

    async def _keep(self, names: list[str], _: int) -> None:
        for name in names:
            if self._lab.topology.node(name).launch:
                await self._set_executor(name, {"active": True})
        await self._change_goal(lambda goal: replace(goal, leaving=goal.leaving - set(names)))
        self._draining.forget(names)
        self._tell(text("Deploy: {nodes} stay after all, since more are wanted now", nodes=Several(names)))

    async def _give_up(self, names: list[str], _: int) -> None:
        await self._change_goal(lambda goal: replace(goal, leaving=goal.leaving | set(names)))
        self._tell(
            text("Deploy: {nodes} died for good and leave; others come for them", nodes=Several(names))
        )

    async def _restart(self, names: list[str], _: int) -> None:
        for name in names:
            await self._control.signal(name, "start", SIGNAL_TIMEOUT)
            again = text(
                "Deploy: {node} died for good, and others hang from it: it is started again", node=name
            )
            self._tell(again, name)

    async def _drain(self, names: list[str], _: int) -> None:
        active = [name for name in names if self._lab.topology.node(name).executor.active]
        await self._deactivate(active)
        before = dict(self._draining.reasons)
        await self._draining.step(names)
        for name, why in self._draining.reasons.items():
            if name not in before:
                self._tell(text("{node} cannot leave yet: {why}", node=name, why=why), name)

    async def _remove(self, names: list[str], _: int) -> None:
        await self._changes.remove(names)
        self._draining.forget(names)
        await self._change_goal(lambda goal: goal)  # which is without them
        self._tell(left_text(names))

    # Small things.

    async def _deactivate(self, names: Sequence[str]) -> None:
        """Let nodes take nothing new; one that is given up takes nothing anyway, nor does a workload."""
        ours = [name for name in names if self._lab.topology.node(name).launch]
        await asyncio.gather(*(self._set_executor(name, {"active": False}) for name in ours))

    async def _change_goal(self, change: Callable[[Goal], Goal]) -> None:
        """Want something else; of nodes that have left nothing more, since others may come by their names.

        People and the loop change it at the same time, and each change is made to the last one's outcome.
        """
        async with self._one_change:
            goal, there = change(self.goal), frozenset(self._lab.status)
            goal = replace(
                goal,
                leaving=goal.leaving & there,
                deleted=goal.deleted & there,
                joined=goal.joined & there,
            )
            kept = GoalNow(
                replicas=goal.replicas,
                leaving=sorted(goal.leaving),
                deleted=sorted(goal.deleted),
                joined=sorted(goal.joined),
                parent=goal.new.parent,
                cpu=goal.new.cpu,
                role=goal.new.role,
            )
            await self._control.keep_goal(kept, SIGNAL_TIMEOUT)
            self.goal = goal
        self._wake.set()

    def _view(self) -> View:
        status, topology = self._lab.status, self._lab.topology
        failed = frozenset(name for name, each in status.items() if each.state == "failed")
        loads = {node.name: status[node.name].load / node.cpu for node in topology.nodes}
        hosts = self._hosts(self.goal.all_leaving)
        return View(topology, failed, frozenset(self._draining.empty), loads, hosts)

    def _tell(self, text: str, node: str | None = None) -> None:
        self._feed.notify("topology", text, node=node)
