"""The rounds of a recorded live run, repeated in virtual time: when they were is given, what they do is not.

A round plans when the live one had planned, on the loads that its wave saw: how old those were is part of
what a live run is. The policy is asked anew, and what it plans is compared with the plan that was recorded.
Moves end when those of the same giver and receiver did; which tasks they take, and how many, follows from the
queues of virtual time, as do all beginnings and ends. When a giver took its tasks out is known to lie between
when it was asked (and had the last of those that it took) and when it had answered. Where tasks end or begin
in that time the number that it takes depends on the instant; it is the first one at which it takes as many as
it did, else the last. A move of nothing writes nothing, so what left the giver nothing to give may be written
after it had answered.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from topowave.balancer.policies.base import LoadView, Move, Policy
from topowave.forecasts import Forecaster
from topowave.load.config import LoadConfig
from topowave.load.limits import WRITTEN_LATE
from topowave.load.network import LoadNetwork
from topowave.load.node_queues import split_last
from topowave.load.rebalancing import MOVE_MESSAGES, Hand, Parcel, Rebalancing
from topowave.load.recordings.recording import RecordedMove, RecordedRound
from topowave.load.result import Repeated
from topowave.load.virtual_lab import VirtualLab


class RecordedRebalancing(Rebalancing):
    """The rounds of one run; see `Rebalancing`.

    Args:
        given: the rounds that were recorded.
    """

    def __init__(
        self,
        lab: VirtualLab,
        network: LoadNetwork,
        policy: Policy,
        config: LoadConfig,
        seed: int,
        forecaster: Forecaster | None,
        given: Sequence[RecordedRound],
    ) -> None:
        self._given = given
        self._now: RecordedRound | None = None
        self._before: dict[int, int] = {}
        self._counts = dict.fromkeys(("plans", "loads", "as_seen", "moves", "as_moved"), 0)
        super().__init__(lab, network, policy, config, seed, forecaster)
        lab.on("give", self._give)

    @property
    def repeated(self) -> Repeated:
        """How far it went as recorded."""
        return Repeated(rounds=self.rounds, **self._counts)

    def _begin_rounds(self) -> None:
        for each in self._given:
            self._lab.schedule(each.began, "round")

    def _begin(self, _: object) -> None:
        lab = self._lab
        given = self._given[self.rounds]
        self._now = given
        self.rounds += 1
        self._before = {node: lab.load[node] for node in range(len(lab.load))}
        down = frozenset(node for node, up in enumerate(lab.up) if not up)
        if lab.up[0]:
            self.messages += self._network.wave(down).messages
        nodes = tuple(node for node, load in enumerate(given.loads) if load is not None)
        lab.schedule(given.planned, "plan", nodes)

    def _view(self, nodes: tuple[int, ...]) -> LoadView:
        given, number = self._recorded(), self._network.number
        self._seen = {node: load for node, load in enumerate(given.loads) if load is not None}
        load = self._lab.load
        self._counts["loads"] += len(self._seen)
        self._counts["as_seen"] += sum(
            seen in {self._before[node], load[node]} for node, seen in self._seen.items()
        )
        view = super()._view(nodes)
        not_giving, not_taking = (
            {number[n] for n in names} for names in (given.not_giving, given.not_taking)
        )
        room = {number[name]: room for name, room in given.room.items()}
        return replace(
            view,
            nodes=tuple(
                replace(
                    each,
                    gives=node not in not_giving,
                    takes=node not in not_taking,
                    room=room.get(node),
                )
                for node, each in zip(nodes, view.nodes, strict=True)
            ),
            forecast=None if given.forecast is None else [given.forecast[node] or 0.0 for node in nodes],
            round=given.round,
            time=given.since,
            random=Random(f"{self._policy.name} {given.round}"),  # noqa: S311 - as the lab's
        )

    def _recorded(self) -> RecordedRound:
        assert self._now is not None
        return self._now

    def _carry_out(self, plan: Sequence[Move]) -> None:
        given, number = self._recorded(), self._network.number
        name = {port: self._network.names[node] for port, node in self._network.by_port.items()}
        ours = [(name[move.giver], name[move.receiver], move.count) for move in plan]
        self._counts["plans"] += sorted(ours) == sorted((m.giver, m.receiver, m.count) for m in given.moves)
        self._counts["moves"] += len(plan)
        recorded: dict[tuple[str, str], deque[RecordedMove]] = {}
        for move in given.moves:
            recorded.setdefault((move.giver, move.receiver), deque()).append(move)
        keep = dict(self._seen)
        for giver, _, count in ours:
            keep[number[giver]] -= count
        for giver, receiver, count in ours:
            same = recorded.get((giver, receiver))
            found = same.popleft() if same else None
            hand = Hand(number[giver], keep[number[giver]], deque())
            asked = self._lab.now if found is None else found.asked
            self._lab.schedule(asked, "give", (hand, number[receiver], count, found))

    def _give(self, data: tuple[Hand, int, int, RecordedMove | None]) -> None:
        hand, receiver, count, found = data
        lab, keep = self._lab, max(0, hand.keep)
        if not lab.up[hand.giver]:
            return
        if found is not None and self._would_take(hand.giver, count, keep) != found.moved:
            later = math.nextafter(lab.next_time(), math.inf)
            if later < found.ended + (0.0 if found.moved else WRITTEN_LATE):
                lab.schedule(later, "give", data)
                return
        waited, ran = lab.take(hand.giver, count, keep)
        self._counts["as_moved"] += found is not None and len(waited) + len(ran) == found.moved
        if not (waited or ran):
            self.messages += MOVE_MESSAGES // 2
            return
        self.messages += MOVE_MESSAGES
        takes = self._config.move_time if found is None else found.ended - lab.now
        lab.schedule(lab.now + takes, "arrive", Parcel(hand, receiver, count, waited, ran), ahead=True)

    def _would_take(self, giver: int, count: int, keep: int) -> int:
        """Return how many tasks a giver would take out now: see `VirtualLab.take`."""
        lab = self._lab
        waited, _, _ = split_last([*lab.waiting[giver]], count, lab.weights, lab.over)
        weight = sum(lab.weights[task] for task in waited)
        return len(waited) + len(lab.began_last(giver, min(count - weight, lab.load[giver] - weight - keep)))

    def _arrived(self, parcel: Parcel) -> None:
        self._receive(parcel)
