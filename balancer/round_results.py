"""What a round of rebalancing did, as people get it, and the last rounds with all that their policies saw."""

from __future__ import annotations

from collections import deque
from typing import Literal

from topowave.balancer.json_form import JsonForm
from topowave.balancer.limits import ROUND_LOADS, ROUNDS_KEPT

MoveOutcome = Literal["moved", "nothing_left", "refused", "pending", "failed"]


class MoveResult(JsonForm):
    """What became of one move: names, why not all that was planned went, and how much did.

    `count` is how many cores were planned, `moved` how many tasks went; `asked` is when the giver was first
    asked, `ended` when it had answered (seconds since 1970).
    """

    giver: str
    receiver: str
    count: int
    moved: int
    outcome: MoveOutcome
    asked: float
    ended: float


class Rebalanced(JsonForm):
    """What a round of rebalancing did; it is `incomplete` where its wave did not come back.

    `policy` made the plan; `began` is when the wave began, and `time` when the plan was carried out (seconds
    since 1970).
    """

    policy: str
    began: float
    time: float
    wave: str
    status: Literal["ok", "incomplete"]
    moved: int
    nothing_left: int
    failed: int
    moves: list[MoveResult]


class Round(Rebalanced):
    """A round with what its policy was told, so that it can be asked again.

    `number` counts the rounds of this balancer from 1, `version` is that of the topology. `round` and `since`
    are what the policy was told of itself: 0, 1, ... and how long ago it was chosen (s). `planned` is when it
    had planned (seconds since 1970). `loads` are in the order of the topology, null where a node did not
    answer; `forecast` as well, what each was predicted to have (cores), null where nobody predicts;
    `not_giving`, `not_taking` name those that took no part, `room` says how many more tasks those
    take that have a limit.
    """

    number: int
    version: int
    round: int
    since: float
    planned: float
    loads: list[int | None]
    forecast: list[float | None] | None
    not_giving: list[str]
    not_taking: list[str]
    room: dict[str, int]


class Rounds(JsonForm):
    """Rounds, the oldest first; `forgotten` counts those that were asked for and are not kept any more."""

    rounds: list[Round]
    forgotten: int


class KeptRounds:
    """The last rounds: ROUNDS_KEPT of them, and ROUND_LOADS loads in all."""

    def __init__(self) -> None:
        self._kept: deque[Round] = deque()
        self._loads = 0
        self.last = 0

    def append(self, done: Round) -> None:
        """Keep a round, whose number is one above that of the last one."""
        self.last = done.number
        self._kept.append(done)
        self._loads += len(done.loads)
        while len(self._kept) > ROUNDS_KEPT or (self._loads > ROUND_LOADS and len(self._kept) > 1):
            self._loads -= len(self._kept.popleft().loads)

    def after(self, number: int, most: int) -> Rounds:
        """Return the rounds after one, at most so many."""
        found = [each for each in self._kept if each.number > number]
        first = found[0].number if found else self.last + 1
        return Rounds(rounds=found[:most], forgotten=max(0, first - 1 - max(0, number)))
