"""The whole orchestrator with stand-ins for the servers: life, death and the end."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress

import pytest

from tests.support.waiting import PATIENCE_S, until, wait_gone
from tests.unit.orchestrator.support import StandIns, assert_free, kill

Start = Callable[..., StandIns]


def test_progress_counts_every_process_up_to_the_last(standins: Start) -> None:
    printed = standins(nodes=3).read_until("running")
    assert printed[0] == "progress 0/4"
    assert printed[-2:] == ["progress 4/4", "running in 3"]


def test_a_node_that_is_killed_is_started_again_on_the_same_port_with_a_new_number(lab: StandIns) -> None:
    control = lab.control()
    before = lab.node(lab.ports[1])
    kill(before["pid"])
    dead = control.wait(name="n1", state="dead")
    assert dead["reason"] == "killed by SIGKILL"
    up = control.wait(name="n1", state="up")
    after = lab.node(lab.ports[1])
    assert (up["restarts"], up["pid"]) == (1, after["pid"])
    assert after["incarnation"] > before["incarnation"]


def test_a_node_that_keeps_dying_is_given_up_and_the_others_go_on(standins: Start) -> None:
    lab = standins(behaviour="crash:n1")
    lab.read_until("running")
    failed = lab.control().wait(name="n1", state="failed")
    assert (failed["restarts"], failed["reason"], failed["pid"]) == (5, "ended with code 7", None)
    assert_free(lab.ports[1])
    assert [lab.node(lab.ports[i])["name"] for i in (0, 2)] == ["root", "n2"]


def test_a_fork_that_fails_is_a_start_that_failed(standins: Start) -> None:
    lab = standins(behaviour="forkless:2-3")
    printed = lab.read_until("running")
    failed = "could not be started: Resource temporarily unavailable; tried again in 0.05 s"
    assert [line for line in printed if line.startswith("note")] == [f"note n1 {failed}", f"note n2 {failed}"]
    control = lab.control()
    control.wait_each(*({"name": name, "state": "up", "restarts": 0} for name in ("root", "n1", "n2")))
    kill(lab.node(lab.ports[1])["pid"])
    control.wait(name="n1", state="up", restarts=1)


def test_a_balancer_that_could_not_be_forked_comes_later_and_is_told_everything(standins: Start) -> None:
    lab = standins(behaviour="forkless:0-1")
    lab.read_until("running")
    control = lab.control()
    control.wait_each(*({"name": name, "state": "up"} for name in ("root", "n1", "n2")))


@pytest.mark.slow
def test_a_lab_whose_balancer_cannot_be_forked_at_all_says_so_and_ends(standins: Start) -> None:
    lab = standins(behaviour="forkless:0-99")
    assert lab.process.wait(PATIENCE_S) == 1
    errors = lab.errors()
    assert "balancer could not be started: Resource temporarily unavailable too often; given up" in errors
    assert "Traceback" not in errors
    assert_free(lab.balancer_port, lab.page_port, *lab.ports)


def test_a_stopped_node_shows_as_stopped_and_as_up_when_it_goes_on(lab: StandIns) -> None:
    control = lab.control()
    pid = lab.node(lab.ports[2])["pid"]
    control.wait(name="n2", state="up")
    os.kill(pid, signal.SIGSTOP)
    control.wait(name="n2", state="stopped", pid=pid)
    os.kill(pid, signal.SIGCONT)
    control.wait(name="n2", state="up", pid=pid)


def test_a_balancer_that_is_killed_comes_back_and_is_told_everything(lab: StandIns) -> None:
    control = lab.control()
    kill(lab.node(lab.ports[1])["pid"])
    control.wait(name="n1", state="up", restarts=1)
    kill(control.wait(kind="hello")["pid"] if not control.seen else control.seen[0]["pid"])
    again = lab.control()
    hello = again.wait(kind="hello")
    assert hello["incarnation"] > 4
    assert hello["version"] == 1
    assert again.wait(name="n1", state="up")["restarts"] == 1
    assert again.wait(name="n2", state="up")["restarts"] == 0


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything_in_time_and_frees_every_port(lab: StandIns, number: signal.Signals) -> None:
    pids = lab.pids()
    lab.process.send_signal(number)
    assert lab.process.wait(PATIENCE_S) == 0
    wait_gone(pids, 0)
    assert_free(lab.balancer_port, lab.page_port, *lab.ports)


def test_signals_that_are_ignored_when_it_starts_end_nothing(standins: Start) -> None:
    lab = standins(ignored="HUP INT")
    lab.read_until("running")
    before = [lab.node(port)["pid"] for port in lab.ports]
    for pid in (lab.process.pid, *lab.pids()):
        os.kill(pid, signal.SIGHUP)
        os.kill(pid, signal.SIGINT)
    assert [lab.node(port)["pid"] for port in lab.ports] == before
    lab.process.send_signal(signal.SIGTERM)
    assert lab.process.wait(PATIENCE_S) == 0
    assert lab.errors() == ""


def pid_at(lab: StandIns, port: int) -> int | None:
    """Return the process behind a port; None where nobody listens yet, or it died with the connection."""
    try:
        pid: int = lab.node(port)["pid"]
    except (ConnectionError, ValueError):
        return None
    return pid


@pytest.mark.slow
def test_a_lab_whose_output_nobody_reads_goes_on_and_ends(standins: Start) -> None:
    reads, writes = os.pipe()
    try:
        os.set_blocking(writes, False)
        with suppress(BlockingIOError):
            while True:
                os.write(writes, b"\n" * 4096)
        os.set_blocking(writes, True)
        lab = standins(output=writes)
        before = until(lambda: pid_at(lab, lab.ports[1]))
        assert before is not None
        kill(before)
        until(lambda: pid_at(lab, lab.ports[1]), lambda pid: pid not in {None, before})
        lab.process.send_signal(signal.SIGTERM)
        assert lab.process.wait(PATIENCE_S) == 0
        assert_free(*lab.ports)
    finally:
        os.close(reads)
        os.close(writes)


def test_a_stopped_node_ends_with_the_others(lab: StandIns) -> None:
    control = lab.control()
    os.kill(lab.node(lab.ports[1])["pid"], signal.SIGSTOP)
    control.wait(name="n1", state="stopped")
    pids = lab.pids()
    lab.process.send_signal(signal.SIGINT)
    assert lab.process.wait(PATIENCE_S) == 0
    wait_gone(pids, 0)


@pytest.mark.slow
def test_nodes_that_ignore_the_end_are_killed_in_time(standins: Start) -> None:
    lab = standins(behaviour="stubborn")
    lab.read_until("running")
    pids = lab.pids()
    lab.process.send_signal(signal.SIGINT)
    assert lab.process.wait(PATIENCE_S) == 0
    wait_gone(pids, 0)


@pytest.mark.slow
def test_a_second_signal_kills_at_once(standins: Start) -> None:
    lab = standins(behaviour="patient")
    lab.read_until("running")
    lab.process.send_signal(signal.SIGINT)
    lab.read_until("stopping")
    lab.process.send_signal(signal.SIGINT)
    assert lab.process.wait(PATIENCE_S) == 0


def test_nothing_is_left_when_the_orchestrator_is_killed(lab: StandIns) -> None:
    pids = lab.pids()
    assert len(pids) == 4
    lab.process.kill()
    wait_gone(pids)
    assert_free(lab.balancer_port, lab.page_port, *lab.ports)


def test_nothing_is_left_when_the_orchestrator_is_killed_while_nodes_are_stopped(lab: StandIns) -> None:
    pids = lab.pids()
    os.kill(pids[1], signal.SIGSTOP)
    lab.process.kill()
    wait_gone(pids)


@pytest.mark.slow
def test_nothing_is_left_when_the_orchestrator_is_killed_while_it_starts(standins: Start) -> None:
    lab = standins(nodes=20)
    lab.read_until("progress 0/21")
    pids = lab.pids()
    lab.process.kill()
    wait_gone(pids)
    assert_free(*lab.ports)


def test_a_lab_whose_output_nobody_reads_any_more_goes_on(lab: StandIns) -> None:
    assert lab.process.stdout is not None
    lab.process.stdout.close()
    control = lab.control()
    kill(lab.node(lab.ports[1])["pid"])
    control.wait(name="n1", state="up", restarts=1)
    lab.process.send_signal(signal.SIGINT)
    assert lab.process.wait(PATIENCE_S) == 0


def test_nodes_that_share_a_process_live_and_die_together(standins: Start) -> None:
    lab = standins(nodes=5, processes="2")
    assert lab.read_until("running")[-2] == "progress 6/6"
    assert len(lab.pids()) == 3
    control = lab.control()
    before = [lab.node(port) for port in lab.ports]
    assert [each["name"] for each in before] == ["root", "n1", "n2", "n3", "n4"]
    assert [each["pid"] == before[0]["pid"] for each in before] == [True, True, False, False, False]
    control.ask("signal", id=1, name="n3", action="kill")
    dead = control.wait(name="n2", state="dead")
    assert dead["others"] == ["n3", "n4"]
    up = control.wait(name="n2", state="up")
    after = [lab.node(port) for port in lab.ports]
    assert [each["pid"] for each in after] == [*[before[0]["pid"]] * 2, *[up["pid"]] * 3]


def test_a_process_of_many_nodes_that_keeps_dying_is_given_up_with_all_of_them(standins: Start) -> None:
    lab = standins(nodes=4, processes="2", behaviour="crash:n2")
    assert lab.read_until("running")[-2] == "progress 5/5"
    failed = lab.control().wait(name="n2", state="failed")
    assert (failed["others"], failed["restarts"]) == (["n3"], 5)
    assert_free(*lab.ports[2:])
    assert lab.node(lab.ports[1])["name"] == "n1"


def test_a_process_is_up_only_when_all_its_nodes_are(standins: Start) -> None:
    lab = standins(nodes=4, processes="2", behaviour="mute:n3")
    lab.read_until("progress 4/5")
    control = lab.control()
    control.wait(name="root", state="up")
    assert all((told.get("name"), told.get("state")) != ("n2", "up") for told in control.seen)


def test_a_fleet_is_started_after_the_balancer_and_kept_alive_as_it_is(standins: Start) -> None:
    lab = standins(behaviour="fleet")
    printed = lab.read_until("running")
    assert printed[-2:] == ["progress 5/5", "running in 3"]
    balancer, fleet, *nodes = lab.pids()
    kill(fleet)
    until(lab.pids, lambda found: len(found) == 5 and fleet not in found)
    assert {balancer, *nodes} < set(lab.pids())
    lab.process.send_signal(signal.SIGTERM)
    assert lab.process.wait(PATIENCE_S) == 0
    wait_gone([balancer, *nodes], 0)


@pytest.mark.slow
def test_a_lab_whose_fleet_keeps_dying_says_so_and_ends(standins: Start) -> None:
    lab = standins(behaviour="crash:fleet")
    assert lab.process.wait(PATIENCE_S) == 1
    assert "fleet ended with code 7 too often; given up" in lab.errors()
