"""Stepping, choosing, going back and branching."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.simulator import students
from tests.unit.simulator.message_owners import Big
from topowave.algorithms import Algorithm
from topowave.runtime.graph import Graph
from topowave.sessions import Session, limits
from topowave.sessions.pending import Pending
from topowave.simulator import Run, SimulationConfig, simulate
from topowave.topology import Problems

CONFIGS: list[tuple[type[Algorithm] | str, str, dict[str, Any]]] = [
    ("echo", "random:9:2", {}),
    ("finn", "random:6:2", {"delay": "uniform:1,10", "fifo": True}),
    ("echo", "ring:6", {"delay": "exponential:3", "loss": 0.2, "duplicate": 0.4}),
    (students.Clock, "ring:5", {"delay": "uniform:0,2"}),
    (Big, "star:6", {"delay": "uniform:1,2"}),
]


class Remembers(Algorithm):
    """Decides on the order in which its neighbours' messages came."""

    wave = False
    deciders = "one"

    def setup(self) -> None:
        self.order: list[int] = []

    def on_start(self) -> None:
        self.send_all(self.neighbors, "say something")

    def on_message(self, sender: int, message: object) -> None:
        if self.id:
            self.send(sender, "something")
            return
        self.order.append(sender)
        if len(self.order) == len(self.neighbors):
            self.decide(tuple(self.order))


def shape_of(run: Run) -> tuple[object, ...]:
    return run.trace_sha256, run.events, run.messages, run.time, run.decisions, run.holds, run.ending


@pytest.mark.parametrize(("algorithm", "network", "options"), CONFIGS)
@pytest.mark.parametrize("seed", [0, 7])
def test_stepping_to_the_end_is_what_simulate_does(
    algorithm: type[Algorithm] | str, network: str, options: dict[str, Any], seed: int
) -> None:
    session = Session(algorithm, network, SimulationConfig(seed=seed, **options))
    events: list[dict[str, Any]] = []
    while session.ending is None:
        events += session.step()
    run = simulate(algorithm, network, seed=seed, **options)
    assert run.trace_sha256 is not None
    assert shape_of(session.run()) == shape_of(run)
    assert len(events) == len(run.events) - 1
    assert session.step() == []


def test_faults_and_what_they_make_known_are_stepped_through_too() -> None:
    names = Graph.of("star:4").names
    faults: dict[str, Any] = {
        "detect_after": 2,
        "faults": [
            {"at": 0.5, "crash": names[1]},
            {"at": 0.6, "cut": [names[0], names[2]]},
            {"at": 9, "restart": names[1], "state": "lost"},
        ],
    }
    session = Session(students.Waiter, "star:4", SimulationConfig(faults=faults))
    kinds: list[str] = []
    while session.pending():
        kinds.append(session.pending()[0].kind)
        session.step()
    assert {"start", "receive", "fault", "detect"} <= {*kinds}
    assert shape_of(session.run()) == shape_of(simulate(students.Waiter, "star:4", faults=faults))


def test_another_order_gives_another_run() -> None:
    session = Session(Remembers, "star:4", SimulationConfig())
    session.step()
    for _ in range(3):
        session.step()
    branch = session.branch()
    last = branch.choices()[-1]
    assert (last.kind, last.node) == ("receive", "root")
    branch.step(last)
    usual, other = session.run(), branch.run()
    assert usual.decisions == {"root": (1, 2, 3)}
    assert other.decisions == {"root": (3, 1, 2)}
    assert usual.trace_sha256 != other.trace_sha256
    assert shape_of(usual) == shape_of(simulate(Remembers, "star:4"))


def test_what_is_chosen_arrives_at_once_and_time_does_not_go_back() -> None:
    session = Session(Remembers, "star:5", SimulationConfig(delay="uniform:1,10", seed=4))
    session.step()
    first, *_, last = session.pending()
    assert last.at > first.at
    (_, receive, _) = session.step(last)
    assert (receive["event"], receive["t"], receive["node"]) == ("receive", first.at, last.node)
    times = [session.time]
    while session.ending is None:
        session.step()
        times.append(session.time)
    assert times == sorted(times)


def test_restoring_and_stepping_again_gives_the_same() -> None:
    session = Session("finn", "random:7:1", SimulationConfig(delay="uniform:1,10", seed=2))
    session.step_to(5)
    snapshot = session.snapshot()
    states, once = session.states, [session.step() for _ in range(8)]
    assert session.states != states
    session.restore(snapshot)
    assert (session.position, session.time, session.states) == (5, snapshot.time, states)
    assert [session.step() for _ in range(8)] == once


@settings(max_examples=25)
@given(st.lists(st.integers(0, 50), max_size=12), st.integers(0, 40), st.integers(0, 40))
def test_going_back_and_forward_leads_to_the_same_place(choices: list[int], back: int, on: int) -> None:
    session = Session(students.UsersEcho, "random:6:3", SimulationConfig(delay="uniform:1,10"))
    seen = [session.states]
    for choice in choices:
        possible = session.choices()
        session.step(possible[choice % len(possible)] if possible else None)
        seen.append(session.states)
    end = session.position
    session.step_to(min(back, end))
    assert session.states == seen[min(back, end)]
    session.step_to(min(on, end))
    assert session.states == seen[min(on, end)]
    session.step_to(end)
    assert session.states == seen[end]


def all_runs(session: Session) -> Iterator[Run]:
    if not session.choices():
        yield session.run()
    for choice in session.choices():
        branch = session.branch()
        branch.step(choice)
        yield from all_runs(branch)


def test_every_order_can_be_had_by_branching() -> None:
    orders = {run.decisions["root"] for run in all_runs(Session(Remembers, "star:4"))}
    assert len(orders) == 6


def test_on_fifo_links_only_the_first_message_may_come() -> None:
    class Counts(Algorithm):
        wave = False

        def on_start(self) -> None:
            for number in range(3):
                self.send_all(self.neighbors, number)

    for fifo, expected in ((False, 3), (True, 1)):
        session = Session(Counts, "path:2:1", SimulationConfig(fifo=fifo))
        session.step()
        assert [choice.message for choice in session.choices()] == list(range(expected))


def test_who_looks_at_a_message_on_its_way_cannot_change_it() -> None:
    session = Session(Big, "star:3")
    session.step()
    for choice in session.choices():
        cast("list[int]", choice.message).append(99)
    assert session.run().decisions == {"root": 2}


def test_what_was_chosen_is_a_branch_and_main_stays_as_it_was() -> None:
    session = Session(Remembers, "star:4")
    session.step_to(4)
    session.step(session.choices()[-1])
    session.step_to(4)
    session.step()
    assert session.run().decisions == {"root": (3, 1, 2)}
    session.switch("main", 4)
    assert session.run().decisions == {"root": (1, 2, 3)}
    assert [(each.name, each.parent, each.fork) for each in session.branches] == [
        ("main", None, 0),
        ("branch 1", 0, 4),
    ]


def test_a_handler_that_fails_ends_the_session_as_it_ends_a_run() -> None:
    session = Session(students.Failing, "path:3:1")
    run = session.run()
    assert session.ending == run.ending == "mistake"
    assert str(run.mistake) == str(simulate(students.Failing, "path:3:1").mistake)
    session.step_to(0)
    assert session.ending is None


def test_a_handler_that_hangs_does_too() -> None:
    session = Session(students.Hanging, "path:2:1", SimulationConfig(deadline_s=0.1))
    assert "did not return within 0.1 s" in str(session.run().mistake)


def test_a_run_that_goes_on_for_ever_is_stopped_at_the_limit() -> None:
    session = Session(students.Endless, "path:2:1", SimulationConfig(max_events=20))
    session.step_to(30)
    assert (session.position, session.ending) == (20, "limit")


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(Problems, match="too many to step through"):
        Session("echo", f"ring:{limits.SESSION_NODES + 1}")
    with pytest.raises(Problems, match="writes no file"):
        Session("echo", "ring:3", SimulationConfig(trace="t.jsonl"))
    session = Session("echo", "ring:3")
    with pytest.raises(Problems, match="expected a number of events from 0"):
        session.step_to(-1)
    with pytest.raises(Problems, match="nothing is pending under the number 99"):
        session.step(Pending(99, "receive", 0.0))


def test_a_state_that_cannot_be_copied_is_played_again_from_further_back() -> None:
    class Generates(Algorithm):
        wave = False

        def setup(self) -> None:
            self.more = (number for number in range(99))

        def on_start(self) -> None:
            self.send_all(self.neighbors, next(self.more))

        def on_message(self, sender: int, message: int) -> None:
            self.send(sender, message + 1)

    session = Session(Generates, "path:2:1", SimulationConfig(max_events=1000))
    session.step_to(2 * limits.CHECKPOINT_EVENTS)
    session.back()
    (message,) = session.pending()
    assert (session.position, message.message) == (
        2 * limits.CHECKPOINT_EVENTS - 1,
        2 * limits.CHECKPOINT_EVENTS - 2,
    )


def test_a_session_says_where_it_is() -> None:
    session = Session("echo", "path:2:1")
    assert repr(session) == "<Session of echo on path:2:1, event 0, time 0>"
    session.run()
    assert repr(session) == "<Session of echo on path:2:1, event 3, time 2, ended (quiet)>"
    assert session.decisions == {"root": None}
