import os
import signal

import pytest

from topowave.algorithms import Algorithm
from topowave.orchestrator.managed_process import ManagedProcess, ending, send_signal
from topowave.orchestrator.states import ProcessEvent, State
from topowave.runtime.handler_note import HandlerRun
from topowave.wire.control import Ran


class MyEcho(Algorithm):
    def on_start(self) -> None:
        """Does nothing."""


def test_a_death_is_a_change_even_for_a_member_that_was_dead_already() -> None:
    process = ManagedProcess("a", [])
    process.started(1, 0, 1.0)
    assert process.happens(ProcessEvent.EXITED, reason="ended with code 1")
    assert process.happens(ProcessEvent.EXITED, reason="ended with code 2")
    assert (process.state, process.pid, process.reason) == (State.DEAD, None, "ended with code 2")


def test_a_member_that_is_ready_has_no_deadline() -> None:
    process = ManagedProcess("a", [])
    process.started(1, 0, 1.0)
    assert process.deadline_s == 1.0
    process.happens(ProcessEvent.READY)
    assert process.deadline_s is None


def test_a_new_process_is_not_ready_though_the_last_one_was() -> None:
    process = ManagedProcess("a", [])
    process.started(1, 0, 1.0)
    process.happens(ProcessEvent.READY)
    process.happens(ProcessEvent.EXITED)
    process.started(2, 1, 2.0)
    assert process.waiting == 1
    assert process.settled


def test_endings_are_told_in_words() -> None:
    assert ending(signal.SIGKILL) == "killed by SIGKILL"
    assert ending(3 << 8) == "ended with code 3"
    assert ending(signal.SIGPROF).startswith("killed, since a handler did not return within 3 s")
    assert ending(signal.SIGRTMIN + 1) == f"killed by signal {signal.SIGRTMIN + 1}"


def test_a_signal_to_a_process_that_is_gone_is_no_error() -> None:
    pid = os.posix_spawn("/bin/true", ["true"], {})
    os.waitpid(pid, 0)
    send_signal(pid, signal.SIGTERM)


def test_a_member_of_many_nodes_is_ready_with_the_last_of_them() -> None:
    process = ManagedProcess("a", [], ("b", "c"))
    assert process.title == "a and 2 more nodes"
    process.started(1, 0, 1.0)
    assert [process.are_ready(2), process.servers_settled] == [False, 2]
    assert [process.are_ready(1), process.are_ready(1)] == [True, False]
    process.happens(ProcessEvent.READY)
    process.happens(ProcessEvent.EXITED)
    assert process.servers_settled == 3


def test_a_handler_that_ran_when_a_process_ended_is_told_once_with_its_wave() -> None:
    process = ManagedProcess("a", [])
    process.started(1, 0, 1.0)
    process.note.begin("a-1", "b", MyEcho, "on_start")
    handler = HandlerRun(
        "a-1", "b", "my-echo", "MyEcho", "", __file__, MyEcho.on_start.__code__.co_firstlineno
    )
    text = f"MyEcho.on_start{handler.text}"
    assert process.ended("killed by SIGSEGV") == f"killed by SIGSEGV while it ran {text}"
    said = f"MyEcho: its process was killed by SIGSEGV while it ran {text}"
    assert process.ran == Ran("a-1", "b", "my-echo", said)
    process.started(2, 1, 1.0)
    assert process.ended("ended with code 1") == "ended with code 1"
    assert process.ran is None


@pytest.mark.parametrize("number", ["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP", "signal 34"])
def test_who_has_sent_a_signal_that_anybody_can_send_is_not_known(number: str) -> None:
    process = ManagedProcess("a", [])
    process.started(1, 0, 1.0)
    process.note.begin("a-1", "b", MyEcho, "on_start")
    how = f"killed by {number}, by its class or from outside, while it ran MyEcho.on_start ("
    assert process.ended(f"killed by {number}").startswith(how)
    assert process.ran is not None
    assert not process.ran.to_blame
    assert process.ran.text.startswith(f"MyEcho: its process was {how}")


def test_a_handler_that_ran_when_we_ended_its_process_has_not_ended_it() -> None:
    process = ManagedProcess("a", [])
    process.started(1, 0, 1.0)
    process.ended_by_us = True
    process.note.begin("a-1", "a", MyEcho, "on_start")
    assert process.ended("killed by SIGKILL").startswith("killed by SIGKILL while it ran MyEcho.on_start (")
    assert process.ran is None
    process.started(2, 1, 1.0)
    assert not process.ended_by_us
