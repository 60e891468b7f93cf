"""The processes of this machine, of which what was retired is killed in time."""

from __future__ import annotations

import os
import selectors
import signal
from collections.abc import Callable

import pytest

from topowave.orchestrator.hosts.processes import ProcessTable
from topowave.orchestrator.managed_process import ManagedProcess


def _stubborn(_incarnation: int, ready: Callable[[], None]) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    ready()
    while True:
        signal.pause()


@pytest.mark.slow
def test_what_was_retired_is_killed_in_time_whatever_is_retired_after_it() -> None:
    with selectors.DefaultSelector() as selector:
        table = ProcessTable(lambda _: None, selector)
        try:
            first, second = ManagedProcess("amber", []), ManagedProcess("basil", [])
            for process in (first, second):
                table.start(process, _stubborn, keep=())
                os.set_blocking(table.pipes.ready_read, True)
                assert [each for each, _ in table.ready_servers()] == [process]
            first_pid = first.pid
            table.retire([first])
            at_s = table.kill_at_s
            assert at_s is not None
            table.retire([second])
            assert table.kill_at_s == at_s
            table.kill_late(at_s)
            assert first_pid is not None
            assert os.WTERMSIG(os.waitpid(first_pid, 0)[1]) == signal.SIGKILL
        finally:
            table.kill_all()
            table.wait_all()
            table.pipes.close()
