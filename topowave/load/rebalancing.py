"""Rounds of rebalancing in virtual time, as the live balancer carries them out.

A round: an echo wave starts at the root and reads each node's load as the node joins; when the root knows,
the policy plans on what was read, which is old by then; several givers at a time hand over, each one move
after the other. A giver is to keep what the plan leaves it, and interrupts nothing where it has no more by
now. The next round begins `rebalance_interval` after the last task of this one has arrived.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from topowave.balancer.limits import LEFT_OUT, MOVES_AT_ONCE
from topowave.balancer.policies.base import (
    LoadView,
    Move,
    NodeLoad,
    Policy,
)
from topowave.balancer.policy_calls import plan_in_time
from topowave.balancer.policy_files import failure
from topowave.forecasts import Forecaster, Reading
from topowave.load.config import LoadConfig
from topowave.load.limits import MOST_ROUNDS
from topowave.load.network import LoadNetwork
from topowave.load.virtual_lab import VirtualLab
from topowave.runtime.algorithm_error import HandlerHangError
from topowave.tasks.limits import MOVE_TASKS
from topowave.topology import Problems

MOVE_MESSAGES = 4
"""What a move is made of: the request to the giver, its offer to the receiver, and an answer to each."""


@dataclass
class Hand:
    """A giver that hands over: what it is to keep, its moves to come, and what is left of the first."""

    giver: int
    keep: int
    moves: deque[tuple[int, int]]


@dataclass(frozen=True)
class Parcel:
    """Tasks on their way to `receiver`: those that waited and those that ran; `asked` cores of them."""

    hand: Hand
    receiver: int
    asked: int
    waited: list[int]
    ran: list[int]


class Rebalancing:
    """The rounds of one run.

    Args:
        lab: whose tasks move.
        network: over which waves go.
        policy: who gives to whom.
        config: how long all takes.
        seed: of the random numbers that the policy may draw.
        forecaster: learns what the waves read, and tells the policy what comes; None: nothing does.

    Attributes:
        rounds: how many began; `idle_rounds` of them found the root down, and asked nobody.
        moved: how many tasks reached another node, each counted as often as it moved.
        load_hops: their cores, times the links between giver and receiver.
        messages: of waves, of the policy itself, and of moves.
    """

    def __init__(
        self,
        lab: VirtualLab,
        network: LoadNetwork,
        policy: Policy,
        config: LoadConfig,
        seed: int,
        forecaster: Forecaster | None = None,
    ) -> None:
        self.rounds: int = 0
        self.idle_rounds = self.moved = self.load_hops = self.messages = 0
        self._lab = lab
        self._network = network
        self._policy = policy
        self._config = config
        self._seed = seed
        self._forecaster = forecaster
        self._seen: dict[int, int] = {}
        self._left_out: dict[int, float] = {}
        self._links: dict[tuple[int, ...], tuple[Sequence[Sequence[int]], Sequence[int | None]]] = {}
        self._waiting: deque[Hand] = deque()
        self._handing = 0
        self._nodes = network.topology.nodes
        actions: tuple[tuple[str, Callable[..., None]], ...] = (
            ("round", self._begin),
            ("read", self._read),
            ("plan", self._plan),
            ("arrive", self._arrived),
        )
        for kind, action in actions:
            lab.on(kind, action)
        self._begin_rounds()

    def _begin_rounds(self) -> None:
        self._lab.schedule(self._lab.workload.times[0] + self._config.rebalance_interval, "round")

    def _begin(self, _: object) -> None:
        lab = self._lab
        if not lab.is_alive:
            return
        if self.rounds == MOST_ROUNDS:
            text = f"more than {MOST_ROUNDS:,} rounds of rebalancing; expected a longer rebalance_interval"
            raise Problems([text])
        self.rounds += 1
        if not lab.up[0]:
            self.idle_rounds += 1
            self._end()
            return
        down = frozenset(node for node, up in enumerate(lab.up) if not up)
        wave = self._network.wave(down, self.rounds - 1)
        self._seen.clear()
        for after, nodes in wave.reads:
            if after:
                lab.schedule(lab.now + after, "read", nodes)
            else:
                self._read(nodes)
        self.messages += wave.messages
        if wave.done:
            lab.schedule(lab.now + wave.done, "plan", wave.nodes)
        else:
            self._plan(wave.nodes)

    def _read(self, nodes: Sequence[int]) -> None:
        load = self._lab.load
        for node in nodes:
            self._seen[node] = load[node]

    def _plan(self, nodes: tuple[int, ...]) -> None:
        view = self._view(nodes)
        policy = self._policy
        try:
            plan = plan_in_time(policy, view)
            self.messages += policy.control_messages(view)
        except (Exception, SystemExit, HandlerHangError) as error:
            why = failure(type(policy), error)
            place = f"round {view.round}, at {self._lab.now:g} s"
            raise Problems([f"the policy {policy.name} failed in {place}: {why}"]) from error
        self._carry_out(plan)

    def _view(self, nodes: tuple[int, ...]) -> LoadView:
        lab, now = self._lab, self._lab.now
        for node in [node for node, until in self._left_out.items() if until <= now]:
            del self._left_out[node]
        loads = tuple(
            NodeLoad(
                port=self._nodes[node].port,
                cpu=lab.cpus[node],
                load=self._seen[node],
                takes=self._nodes[node].executor.active and node not in self._left_out,
                room=self._room(node),
            )
            for node in nodes
        )
        neighbors, parents = self._links_of(nodes)
        number = self.rounds - 1
        random = Random(f"{self._seed} {self._policy.name} {number}")  # noqa: S311 - no secret
        time, forecast = now - lab.workload.times[0], self._forecast(loads)
        return LoadView(loads, neighbors, parents, number, time, random, forecast)

    def _forecast(self, loads: Sequence[NodeLoad]) -> Sequence[float] | None:
        if self._forecaster is None:
            return None
        return self._forecaster.observe([Reading(each.port, each.cpu, each.load) for each in loads]).loads

    def _room(self, node: int) -> int | None:
        limit = self._nodes[node].executor.limit
        if limit is None:
            return None
        return max(0, limit - len(self._lab.waiting[node]) - len(self._lab.running[node]))

    def _links_of(self, nodes: tuple[int, ...]) -> tuple[Sequence[Sequence[int]], Sequence[int | None]]:
        """Return the links among nodes that answered, and their parents, by their index there."""
        found = self._links.get(nodes)
        if found is None:
            index = {node: at for at, node in enumerate(nodes)}
            near = self._network.neighbors
            neighbors = tuple(tuple(index[other] for other in near[node] if other in index) for node in nodes)
            found = self._links[nodes] = neighbors, tuple(self._parent(node, index) for node in nodes)
        return found

    def _parent(self, node: int, index: dict[int, int]) -> int | None:
        above = self._network.parents[node]
        while above is not None and above not in index:
            above = self._network.parents[above]
        return None if above is None else index[above]

    # Moves.

    def _carry_out(self, plan: Sequence[Move]) -> None:
        by_port = self._network.by_port
        hands: dict[int, Hand] = {}
        for move in plan:
            giver = by_port[move.giver]
            hand = hands.setdefault(giver, Hand(giver, self._seen[giver], deque()))
            hand.keep -= move.count
            hand.moves.append((by_port[move.receiver], move.count))
        self._waiting.extend(hands.values())
        self._next_hands()

    def _next_hands(self) -> None:
        """Let givers begin while there is room for one more at a time; end the round after the last."""
        while self._waiting and self._handing < MOVES_AT_ONCE:
            self._handing += 1
            self._hand_over(self._waiting.popleft())
        if not (self._waiting or self._handing):
            self._end()

    def _end(self) -> None:
        self._lab.schedule(self._lab.now + self._config.rebalance_interval, "round")

    def _hand_over(self, hand: Hand) -> None:
        """Let a giver go on until it waits for tasks to arrive, or is through."""
        while hand.moves:
            receiver, left = hand.moves.popleft()
            asked = min(left, MOVE_TASKS)
            if asked < left:
                hand.moves.appendleft((receiver, left - asked))
            if not self._lab.up[hand.giver]:
                continue
            waited, ran = self._lab.take(hand.giver, asked, max(0, hand.keep))
            parcel = Parcel(hand, receiver, asked, waited, ran)
            if not (waited or ran):
                self.messages += MOVE_MESSAGES // 2
                self._drop_rest(parcel)
                continue
            self.messages += MOVE_MESSAGES
            takes = self._config.move_time + self._config.hop_time * self._network.hops(hand.giver, receiver)
            takes += self._network.way_time(hand.giver, receiver)
            if takes:
                self._lab.schedule(self._lab.now + takes, "arrive", parcel, ahead=True)
                return
            self._receive(parcel)
        self._handing -= 1

    def _arrived(self, parcel: Parcel) -> None:
        self._receive(parcel)
        self._hand_over(parcel.hand)
        self._next_hands()

    def _receive(self, parcel: Parcel) -> None:
        """Let tasks arrive; a receiver that is down or full refuses them, and they are the giver's again."""
        lab, receiver, giver = self._lab, parcel.receiver, parcel.hand.giver
        tasks = [*parcel.waited, *parcel.ran]
        room = self._room(receiver)
        if not lab.up[receiver] or (room is not None and room < len(tasks)):
            self._left_out[receiver] = lab.now + LEFT_OUT
            self._drop_rest(parcel)
            lab.receive(giver, parcel.waited, first=parcel.ran)
            return
        cores = sum(lab.weights[task] for task in tasks)
        if cores < parcel.asked:
            self._drop_rest(parcel)
        self.moved += len(tasks)
        self.load_hops += cores * self._network.hops(giver, receiver)
        if self._forecaster is not None:
            self._forecaster.moved(self._nodes[giver].port, self._nodes[receiver].port, cores)
        lab.receive(receiver, tasks)

    def _drop_rest(self, parcel: Parcel) -> None:
        """Forget what is left of a move of which not all went."""
        moves = parcel.hand.moves
        while moves and moves[0][0] == parcel.receiver:
            moves.popleft()
