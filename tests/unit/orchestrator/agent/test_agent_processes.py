"""What an agent is to run and what it runs: what follows from the difference."""

from __future__ import annotations

from itertools import product
from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from topowave.orchestrator.agent.agent_processes import (
    STEPS,
    TRANSITIONS,
    AgentProcesses,
    HeldEvent,
    HeldProcess,
    HeldState,
    Step,
)
from topowave.orchestrator.limits import ENDED_KEPT
from topowave.wire.agents import RunningProcess, WantedProcess


def one(incarnation: int, *ports: int) -> WantedProcess:
    return WantedProcess(incarnation, [f"n{port}" for port in ports], list(ports))


def start(processes: AgentProcesses) -> list[HeldProcess]:
    """Start all that is to be started, with the incarnation as process id."""
    started = [held for step, held in processes.steps(may_start=True) if step is Step.START]
    for held in started:
        processes.started(held, held.wanted.incarnation)
    return started


def told(processes: AgentProcesses) -> list[tuple[int, str]]:
    return [(each.incarnation, each.state) for each in processes.told()]


def test_there_is_a_step_for_everything_that_may_be() -> None:
    assert set(STEPS) == set(product((True, False), HeldState))


def test_nothing_leads_out_of_ended_and_everything_leads_there() -> None:
    assert not any(state is HeldState.ENDED for state, _ in TRANSITIONS)
    assert {state for state, event in TRANSITIONS if event is HeldEvent.ENDED} == {*HeldState} - {
        HeldState.ENDED
    }


def test_what_is_wanted_is_started_once_and_told_as_it_goes() -> None:
    processes = AgentProcesses()
    processes.want([one(7, 9000, 9001)])
    (held,) = start(processes)
    assert start(processes) == []
    processes.are_ready(held, 1)
    assert processes.told() == [RunningProcess(7, "starting", 1, 7)]
    processes.are_ready(held, 1)
    assert processes.told() == [RunningProcess(7, "up", 2, 7)]
    processes.happens(held, HeldEvent.ENDED, reason="killed by SIGKILL")
    assert processes.told() == [RunningProcess(7, "ended", reason="killed by SIGKILL")]


def test_nothing_is_started_without_a_lease() -> None:
    processes = AgentProcesses()
    processes.want([one(1, 9000)])
    assert processes.steps(may_start=False) == []
    assert [step for step, _ in processes.steps(may_start=True)] == [Step.START]


def test_what_is_not_wanted_any_more_is_ended_once_and_told_until_it_has() -> None:
    processes = AgentProcesses()
    processes.want([one(1, 9000)])
    (held,) = start(processes)
    processes.want([])
    assert processes.steps(may_start=True) == [(Step.END, held)]
    assert processes.steps(may_start=True) == []
    assert told(processes) == [(1, "starting")]
    processes.happens(held, HeldEvent.ENDED, reason="ended with code 0")
    processes.steps(may_start=True)
    assert told(processes) == []


def test_what_has_ended_is_told_as_long_as_it_is_wanted_and_never_started_again() -> None:
    processes = AgentProcesses()
    processes.want([one(1, 9000)])
    (held,) = start(processes)
    processes.happens(held, HeldEvent.ENDED, reason="killed by SIGKILL")
    processes.want([one(1, 9000), one(2, 9000)])
    assert [each.wanted.incarnation for each in start(processes)] == [2]
    assert told(processes) == [(1, "ended"), (2, "starting")]
    processes.want([one(2, 9000)])
    processes.steps(may_start=True)
    processes.want([one(1, 9001), one(2, 9000)])  # an old word, said again
    assert start(processes) == []
    assert told(processes) == [(2, "starting"), (1, "ended")]


def test_a_process_waits_for_its_port_until_the_one_that_has_it_is_gone() -> None:
    processes = AgentProcesses()
    processes.want([one(1, 9000)])
    (first,) = start(processes)
    processes.want([one(2, 9000)])
    assert start(processes) == []
    processes.happens(first, HeldEvent.ENDED, reason="ended with code 0")
    assert [each.wanted.incarnation for each in start(processes)] == [2]


def test_a_process_that_was_stopped_while_it_started_goes_on_starting() -> None:
    processes = AgentProcesses()
    processes.want([one(1, 9000, 9001)])
    (held,) = start(processes)
    processes.happens(held, HeldEvent.STOPPED)
    processes.are_ready(held, 1)
    assert told(processes) == [(1, "stopped")]
    processes.happens(held, HeldEvent.CONTINUED)
    assert told(processes) == [(1, "starting")]
    processes.are_ready(held, 1)
    processes.happens(held, HeldEvent.STOPPED)
    processes.happens(held, HeldEvent.CONTINUED)
    assert told(processes) == [(1, "up")]


def test_a_process_of_which_nodes_have_left_is_up_when_the_others_are() -> None:
    processes = AgentProcesses()
    processes.want([one(1, 9000, 9001)])
    (held,) = start(processes)
    processes.are_ready(held, 1)
    processes.want([one(1, 9001)])
    assert told(processes) == [(1, "up")]
    assert processes.steps(may_start=True) == []


def test_with_the_lease_all_is_forgotten_and_nothing_of_it_is_started_again() -> None:
    processes = AgentProcesses()
    processes.want([one(1, 9000), one(2, 9001)])
    start(processes)
    processes.drop_all()
    assert told(processes) == []
    processes.want([one(1, 9000), one(3, 9002)])
    assert [each.wanted.incarnation for each in start(processes)] == [3]
    assert told(processes) == [(1, "ended"), (3, "starting")]


def test_what_has_ended_is_still_told_where_nothing_is_to_be_forgotten() -> None:
    processes = AgentProcesses()
    processes.want([one(1, 9000), one(2, 9000)])
    (held,) = start(processes)
    processes.want([])
    processes.happens(held, HeldEvent.ENDED, reason="ended with code 0")
    assert processes.steps(may_start=False, may_forget=False) == []
    assert told(processes) == [(1, "ended")]  # the other one never was


def test_only_so_many_that_have_ended_are_remembered() -> None:
    processes = AgentProcesses()
    processes.want(one(number, 9000) for number in range(ENDED_KEPT + 1))
    processes.drop_all()
    processes.want([one(0, 9000), one(1, 9001)])
    assert [each.wanted.incarnation for each in start(processes)] == [0]


PORTS = st.lists(st.integers(1, 4), min_size=1, max_size=2, unique=True)
WANTED = st.tuples(st.just("want"), st.dictionaries(st.integers(0, 9), PORTS, max_size=4))
ENDS = st.tuples(st.just("end"), st.integers(0, 9))
OTHERS = st.tuples(st.sampled_from(["start", "drop"]), st.none())


@given(st.lists(st.one_of(WANTED, ENDS, OTHERS), max_size=40))
def test_no_incarnation_is_started_twice_and_no_port_is_had_by_two(
    steps: list[tuple[str, object]],
) -> None:
    processes, started = AgentProcesses(), list[int]()
    for what, said in steps:
        if what == "want":
            wanted = cast("dict[int, list[int]]", said)
            processes.want(one(number, *ports) for number, ports in wanted.items())
        elif what == "start":
            started += [held.wanted.incarnation for held in start(processes)]
        elif what == "drop":
            processes.drop_all()
        else:
            assert isinstance(said, int)
            held = processes.find(said)
            if held is not None:
                processes.happens(held, HeldEvent.ENDED, reason="ended with code 0")
    assert len(started) == len(set(started))
