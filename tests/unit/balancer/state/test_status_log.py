import pytest

from tests.unit.balancer.reported_waves import topology
from tests.unit.balancer.state.test_lab import load, make
from topowave.balancer.state.node_status import NodeStatus
from topowave.balancer.state.status_log import NodeRecording, StatusLog


def test_a_recording_has_what_nodes_were_when_it_began_and_what_changed_until_it_ended() -> None:
    lab = make()
    lab.set_state("root", "up", 1, 0, None)
    lab.set_load(load("root1", 2, 1))
    recording = NodeRecording(lab.status_log)
    lab.set_state("root", "dead", None, 0, "killed")
    lab.set_load(load("root1", 5, 1))
    recording.end()
    lab.set_state("root", "up", 2, 1, None)
    assert recording.began.states == ["up", "starting", "starting"]
    assert list(recording.began.loads) == [0, 0, 3]
    assert [(change.node, change.state, change.load) for change in recording.changes] == [
        (0, "dead", 0),
        (2, "starting", 6),
    ]
    assert recording.changes[0].t_us <= recording.changes[1].t_us


def test_a_report_without_news_is_no_change() -> None:
    lab = make()
    lab.set_load(load("root", 1))
    mark = lab.status_log.last
    lab.set_load(load("root", 0, 1))  # the same load, running now
    lab.set_state("root", "starting", None, 0, None)
    assert lab.status_log.after(mark) == []


def test_of_too_many_changes_the_last_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("topowave.balancer.state.status_log.STATUS_CHANGES", 2)
    log = StatusLog([NodeStatus("up")])
    for assigned in (1, 2, 3):
        log.note(0, NodeStatus("up", assigned=assigned))
    assert [change.load for change in log.after(0)] == [2, 3]
    assert [change.load for change in log.after(2)] == [3]


def test_another_network_has_other_nodes() -> None:
    lab = make()
    lab.replace(topology({"name": "other"}), 2)
    lab.set_state("other", "up", 1, 0, None)
    assert lab.status_log.now().states == ["up"]
