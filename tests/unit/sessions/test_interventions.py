"""What somebody does to a run between two events."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from topowave.algorithms import Algorithm
from topowave.sessions import Crash, Cut, Delay, Deliver, Drop, Duplicate, Mend, Restart, Session
from topowave.sessions.interventions import Intervention, from_json, to_json
from topowave.simulator import SimulationConfig, simulate
from topowave.topology import Problems


class Numbers(Algorithm):
    """Sends three numbers to each neighbour, who keeps them in the order in which they come."""

    wave = False

    def setup(self) -> None:
        self.got: list[int] = []

    def on_start(self) -> None:
        for number in range(3):
            self.send_all(self.neighbors, number)

    def on_message(self, sender: int, message: int) -> None:
        self.got.append(message)


class Lists(Numbers):
    """The same with messages that could be changed."""

    def on_start(self) -> None:
        for number in range(3):
            self.send_all(self.neighbors, [number])

    def on_message(self, sender: int, message: Any) -> None:
        self.got += message


def started(fifo: bool = False, algorithm: type[Algorithm] = Numbers) -> Session:
    session = Session(algorithm, "path:2:1", SimulationConfig(fifo=fifo))
    session.step()
    return session


def got(session: Session) -> object:
    session.run()
    return session.states[next(name for name in session.states if name != "root")]["got"]


@pytest.mark.parametrize("algorithm", [Numbers, Lists])
def test_a_message_can_come_first_later_twice_or_never(algorithm: type[Algorithm]) -> None:
    results: list[object] = []
    acts: tuple[Callable[[int], Intervention], ...] = (
        Deliver,
        partial(Delay, units=5),
        Duplicate,
        Drop,
    )
    for act, place in zip(acts, (2, 0, 1, 1), strict=True):
        session = started(algorithm=algorithm)
        session.intervene(act(session.pending()[place].number))
        results.append(got(session))
        session.step_to(0)
        session.run()
        assert got(session) == results[-1]
    assert results == [[2, 0, 1], [1, 2, 0], [0, 1, 2, 1], [0, 2]]


def test_on_fifo_links_it_says_which_message_has_to_come_first() -> None:
    session = started(fifo=True)
    first, second, _ = session.pending()
    other = second.node
    with pytest.raises(
        Problems, match=f"FIFO, and message {first.number} from root to {other} comes before message"
    ):
        session.deliver(second)
    assert [each.name for each in session.branches] == ["main"]
    assert got(session) == [0, 1, 2]


def test_on_fifo_links_those_behind_a_message_that_is_delayed_wait_too() -> None:
    session = started(fifo=True)
    session.delay(session.pending()[0], 5)
    assert [(each.at, each.message) for each in session.pending()] == [(6, 0), (6, 1), (6, 2)]
    assert got(session) == [0, 1, 2]


def test_a_crash_by_hand_is_one_of_the_fault_plan() -> None:
    graph_names = [*Session("echo", "star:4").run().states]
    victim = graph_names[1]
    session = Session("echo", "star:4")
    session.step()
    session.crash(victim)
    (planned, by_hand) = (
        simulate("echo", "star:4", faults={"faults": [{"at": 0, "crash": victim}]}),
        session.run(),
    )
    assert by_hand.decisions == planned.decisions == {}
    assert "drop" in [row["event"] for rows in session.rows() for row in rows]
    session.undo()
    session.restart(victim)
    assert session.run().decisions == {"root": None}


def test_a_cut_link_loses_messages_until_it_is_mended() -> None:
    session = Session("echo", "path:3:1")
    a, b = (str(name) for name in (session.run().initiators[0], session.moment(2).nodes[0]))
    session.step_to(0)
    session.cut(a, b)
    assert session.run().decisions == {}
    session.switch("branch 1", 0)
    session.mend(b, a)
    assert session.branch_now.parent == 1
    assert session.run().decisions == {"root": None}


def test_what_is_proven_of_reliable_links_is_not_asked_of_others() -> None:
    session = Session("echo", "ring:5")
    session.step()
    session.drop(session.pending()[0])
    assert session.run().bounds == {}
    session.switch("main", 1)
    session.delay(session.pending()[0], 50)
    run = session.run()
    assert (set(run.bounds), run.holds["bounds"]) == ({"messages"}, True)


@pytest.mark.parametrize(
    ("intervention", "problem"),
    [
        (Deliver(99), "nothing is pending under the number 99"),
        (Delay(2, 0), "units: 0; expected a number above 0"),
        (Drop(99), "nothing is pending under the number 99"),
        (Duplicate(99), "nothing is pending under the number 99"),
        (Crash("nobody"), "there is no node 'nobody'"),
        (Restart("root"), "node root is not down"),
        (Cut("root", "root"), "there is no link between root and root"),
    ],
)
def test_what_cannot_be_done_is_refused_and_nothing_has_changed(
    intervention: Intervention, problem: str
) -> None:
    session = started()
    before = session.pending()
    with pytest.raises(Problems, match=problem):
        session.intervene(intervention)
    assert (session.pending(), len(session.branches)) == (before, 1)


def test_twice_the_same_is_refused_and_so_is_anything_after_the_end() -> None:
    session = started()
    session.crash("root")
    with pytest.raises(Problems, match="node root is down already"):
        session.crash("root")
    other = str(session.pending()[0].node)
    session.cut("root", other)
    with pytest.raises(Problems, match=f"the link between root and {other} is cut already"):
        session.cut("root", other)
    session.mend("root", other)
    with pytest.raises(Problems, match="is not cut"):
        session.mend("root", other)
    session.run()
    with pytest.raises(Problems, match="the run is over; go back before you change something"):
        session.crash(other)


def test_only_messages_can_be_dropped() -> None:
    session = Session("echo", "path:2:1")
    with pytest.raises(Problems, match="is no message"):
        session.drop(session.pending()[0])


@pytest.mark.parametrize(
    "intervention",
    [
        Deliver(3),
        Delay(3, 1.5),
        Drop(3),
        Duplicate(3),
        Crash("a"),
        Restart("a", keep=False),
        Cut("a", "b"),
        Mend("a", "b"),
    ],
)
def test_an_intervention_goes_through_json(intervention: Intervention) -> None:
    assert from_json(to_json(intervention)) == intervention


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({"do": "explode"}, "do: expected one of deliver, delay"),
        ([], "do: expected one of"),
        ({"do": "crash"}, "node: missing from crash"),
        ({"do": "crash", "node": 3}, "node: expected text, found 3"),
        ({"do": "drop", "event": True}, "event: expected a whole number, found true"),
        ({"do": "delay", "event": 1, "units": "2"}, "units: expected a number"),
        ({"do": "restart", "node": "a", "keep": 1}, "keep: expected true or false"),
        ({"do": "drop", "event": 1, "why": 2}, "why: unknown key of drop"),
    ],
)
def test_json_that_is_none_is_told_with_its_field(data: object, problem: str) -> None:
    with pytest.raises(Problems, match=problem):
        from_json(data)
    assert from_json({"do": "restart", "node": "a"}) == Restart("a")
