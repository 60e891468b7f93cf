from collections.abc import Sequence
from typing import Any, cast

import pytest

from tests.support.load_views import node_loads, view_of
from topowave.balancer.policies.base import (
    LoadView,
    Move,
    NodeLoad,
    Policy,
    PolicySettings,
    WrongPlanError,
    plan_checked,
)

LAB: Sequence[NodeLoad] = [
    *node_loads([(2, 5), (4, 0)]),
    NodeLoad(8002, 1, 9, gives=False, room=2),
    NodeLoad(8003, 1, 1, takes=False),
]


class Fixed(Policy):
    """Plans what it was told."""

    name = "fixed"
    title = "Fixed"
    summary = "plans what it was told"

    def __init__(self, moves: Any) -> None:
        super().__init__(PolicySettings())
        self._moves = moves

    def plan(self, view: LoadView) -> list[Move]:
        return cast("list[Move]", self._moves)


def test_loads_moves_and_settings_never_change() -> None:
    for thing, field in [
        (NodeLoad(1, 1, 1), "load"),
        (Move(1, 2, 1), "count"),
        (PolicySettings(), "max_cpu"),
        (view_of(LAB), "round"),
    ]:
        with pytest.raises(AttributeError):
            setattr(thing, field, 9)


def test_a_plan_that_keeps_the_rules_is_passed_on_as_it_is() -> None:
    plan = [Move(8000, 8001, 3), Move(8000, 8002, 2), Move(8003, 8001, 1)]
    assert plan_checked(Fixed(plan), view_of(LAB)) is plan
    assert Fixed(plan).control_messages(view_of(LAB)) == 0


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (None, "expected a list of moves, found None"),
        ((Move(8000, 8001, 1),), "expected a list of moves, found a value of type tuple"),
        ([(8000, 8001, 1)], "move 0: expected a Move, found a value of type tuple"),
        ([Move(8000, 8001, 0)], "move 0, 0 from 8000 to 8001: the count is no whole number above 0"),
        ([Move(8000, 8001, cast("int", 1.0))], "move 0, 1.0 from 8000 to 8001: the count is no whole"),
        ([Move(8000, 8001, True)], "the count is no whole number above 0"),
        ([Move(8000, 1, 1)], "move 0, 1 from 8000 to 1: no node of the view has the port 1"),
        ([Move(cast("int", "a"), 8001, 1)], "no node of the view has the port 'a'"),
        ([Move(8000, 8001, 1), Move(8000, 8000, 1)], "move 1, 1 from 8000 to 8000: a node cannot give to"),
        ([Move(8002, 8001, 1)], "move 0, 1 from 8002 to 8001: 8002 gives nothing in this round"),
        ([Move(8000, 8003, 1)], "move 0, 1 from 8000 to 8003: 8003 takes nothing in this round"),
        ([Move(8000, 8001, 3), Move(8000, 8002, 3)], "8000 is to give 6, and has 5"),
        ([Move(8000, 8002, 2), Move(8003, 8002, 1)], "8002 is to take 3, and has room for 2"),
    ],
)
def test_a_plan_that_breaks_a_rule_is_refused_with_the_move_and_the_reason(plan: Any, said: str) -> None:
    with pytest.raises(WrongPlanError) as refused:
        plan_checked(Fixed(plan), view_of(LAB))
    assert said in str(refused.value)
