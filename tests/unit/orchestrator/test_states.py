from itertools import product

import pytest

from topowave.orchestrator.states import TRANSITIONS, ProcessEvent, State, after


def test_a_node_that_is_killed_once_ends_up_again() -> None:
    state = State.STARTING
    for event in (ProcessEvent.READY, ProcessEvent.EXITED):
        state = after(state, event, ready=True)
    assert state is State.DEAD
    assert after(state, ProcessEvent.READY, ready=True) is State.UP


def test_a_node_that_was_stopped_before_it_was_ready_goes_back_to_starting() -> None:
    assert after(State.STOPPED, ProcessEvent.CONTINUED, ready=False) is State.STARTING
    assert after(State.STOPPED, ProcessEvent.CONTINUED, ready=True) is State.UP


def test_nothing_changes_a_node_that_is_not_ours() -> None:
    assert {after(State.FOREIGN, event, ready=True) for event in ProcessEvent} == {State.FOREIGN}


def test_a_node_that_is_given_up_begins_again_only_where_somebody_asks_for_it() -> None:
    again = ProcessEvent.STARTED_AGAIN
    assert after(State.FAILED, again, ready=True) is State.STARTING
    others = set(ProcessEvent) - {again}
    assert {after(State.FAILED, event, ready=True) for event in others} == {State.FAILED}


@pytest.mark.parametrize(("state", "event"), product(State, ProcessEvent))
def test_only_what_the_table_names_changes_a_state(state: State, event: ProcessEvent) -> None:
    if (state, event) not in TRANSITIONS:
        assert after(state, event, ready=True) is state


@pytest.mark.parametrize("state", [State.STARTING, State.UP, State.STOPPED])
def test_whatever_runs_can_die(state: State) -> None:
    assert after(state, ProcessEvent.EXITED, ready=True) is State.DEAD
