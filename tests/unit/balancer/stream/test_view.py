from typing import Any

import pytest
from msgspec import structs

from tests.unit.balancer.reported_waves import reports_of, topology, tree
from tests.unit.balancer.state.test_lab import load
from topowave.algorithms.waves.finn_lab import FinnLab
from topowave.balancer import limits
from topowave.balancer.agents.registry import AgentRegistry
from topowave.balancer.alerts.alerts import LabAlerts
from topowave.balancer.alerts.gathering import FactsGatherer
from topowave.balancer.scaling.deployed import Autoscaling, Deploy
from topowave.balancer.scaling.states import Phase
from topowave.balancer.state.change_log import ChangeLog
from topowave.balancer.state.feed import Feed
from topowave.balancer.state.history import History
from topowave.balancer.state.journal_monitor import JournalMonitor
from topowave.balancer.state.lab import Lab
from topowave.balancer.stream.view import LabView
from topowave.balancer.waves.algorithm_catalog import AlgorithmCatalog
from topowave.balancer.waves.record import Purpose
from topowave.balancer.waves.registry import WaveRegistry
from topowave.tasks import TaskCounts
from topowave.topology import LabConfig
from topowave.topology.config import RUNNING_SETTINGS

pytestmark = pytest.mark.anyio
NETWORK = topology(tree(2) | {"links": [["root0", "root1"]]})


class Shown:
    """The parts a view is made of."""

    def __init__(self) -> None:
        config = LabConfig()
        catalog = AlgorithmCatalog(NETWORK)
        self.changes = ChangeLog()
        self.lab = Lab(NETWORK, 1, config, "a test", self.changes)
        self.feed = Feed(_nothing)
        self.history = History(self.lab, _nothing)
        self.journal = JournalMonitor(None, _nothing, _nothing, list)
        self.waves = WaveRegistry(
            config,
            lambda: catalog,
            lambda: 1,
            statuses=self.lab.status_log,
            changes=self.changes,
            on_end=_nothing,
            keep_messages=False,
        )
        self.deploy = Deploy(
            desired_replicas=None,
            actual_replicas=3,
            up=0,
            phase=Phase.SETTLED,
            problem=None,
            leaving={},
            autoscaling=Autoscaling(
                mode="off",
                min_replicas=1,
                max_replicas=10,
                target_load=60.0,
                load=None,
                reason=None,
                last_step=None,
            ),
        )
        gatherer = FactsGatherer(self.lab, self.changes, self.journal, AgentRegistry())
        self.alerts = LabAlerts(gatherer, 1, _nothing)
        self.view = LabView(
            self.changes,
            self.lab,
            self.waves,
            self.feed,
            self.history,
            self.journal,
            lambda: self.deploy,
            self.alerts,
        )

        self.cursor = self.view.now()

    def delta(self) -> Any:
        since, self.cursor = self.cursor, self.view.now()
        delta = self.view.delta(2, since, self.cursor)
        return None if delta is None else delta.model_dump(mode="json")

    def snapshot(self) -> Any:
        return self.view.snapshot(1, self.cursor).model_dump(mode="json")

    def wave(self, number: int, purpose: Purpose | None = None) -> None:
        assert self.waves.open(f"root-{number}", FinnLab, ["root"], purpose) is not None


def _nothing(*_: object) -> None:
    """Do nothing."""


async def test_a_snapshot_has_everything_the_page_reads() -> None:
    shown = Shown()
    snapshot = shown.snapshot()
    assert (snapshot["type"], snapshot["seq"], snapshot["version"]) == ("snapshot", 1, 1)
    assert set(snapshot["lab"]) == {"title", *RUNNING_SETTINGS}
    assert snapshot["links"] == [["root", "root0"], ["root", "root1"], ["root0", "root1"]]
    assert snapshot["nodes"][1] == {
        "name": "root0",
        "port": 8001,
        "cpu": 2,
        "role": "leaf",
        "agent": None,
        "parent": "root",
        "state": "starting",
        "cut": False,
        "load": 0,
        "assigned": 0,
        "running": 0,
        "moving": 0,
        "completed": 0,
        "failed": 0,
        "cancelled": 0,
        "restarts": 0,
        "bottleneck": False,
    }
    assert snapshot["history"] == {"time": [], "load": [], "imbalance": [], "moves": []}


async def test_a_delta_has_what_changed_since_the_last_one() -> None:
    shown = Shown()
    shown.lab.set_load(load("root1", 3, 2))
    shown.lab.set_state("root", "up", 1, 2, None)
    shown.feed.notify("lab", "hello")
    shown.wave(1)
    shown.history.changed()
    delta = shown.delta()
    assert delta["nodes"] == {
        "index": [0, 2],
        "state": ["up", "starting"],
        "cut": [False, False],
        "load": [0, 5],
        "assigned": [0, 3],
        "running": [0, 2],
        "moving": [0, 0],
        "completed": [0, 0],
        "failed": [0, 0],
        "cancelled": [0, 0],
        "restarts": [2, 0],
        "bottleneck": [False, False],
    }
    assert [event["text"] for event in delta["events"]] == ["hello"]
    assert [wave["id"] for wave in delta["waves"]] == ["root-1"]
    assert delta["history"]["load"] == [0]
    nothing = shown.delta()
    assert (nothing["nodes"]["index"], nothing["waves"], nothing["events"]) == ([], [], [])
    assert nothing["history"]["time"] == []
    shown.history.close()
    shown.waves.end_all()


async def test_a_snapshot_repeats_no_event_that_the_next_delta_brings() -> None:
    shown = Shown()
    shown.feed.notify("lab", "seen")
    shown.history.changed()
    shown.delta()
    shown.feed.notify("lab", "new")
    assert [event["text"] for event in shown.snapshot()["events"]] == ["seen"]
    assert len(shown.snapshot()["history"]["time"]) == 1
    assert [event["text"] for event in shown.delta()["events"]] == ["new"]
    assert [event["text"] for event in shown.snapshot()["events"]] == ["seen", "new"]
    shown.history.close()


async def test_too_many_events_for_a_delta_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "STREAM_EVENTS", 3)
    shown = Shown()
    for number in range(limits.FEED_EVENTS + 10):
        shown.feed.notify("lab", str(number))
    delta = shown.delta()
    assert [event["text"] for event in delta["events"]] == ["207", "208", "209"]
    assert delta["dropped"] == 207


async def test_waves_of_the_rebalancer_leave_room_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SNAPSHOT_REBALANCES", 1)
    shown = Shown()
    purposes: list[Purpose | None] = [None, "rebalance", "rebalance"]
    for number, purpose in enumerate(purposes, 1):
        shown.wave(number, purpose)
        for report in reports_of(NETWORK, FinnLab, wave=f"root-{number}"):
            shown.waves.report(report)
    assert [wave["id"] for wave in shown.snapshot()["waves"]] == ["root-1", "root-3"]


async def test_after_a_replacement_only_nodes_that_are_there_are_told() -> None:
    shown = Shown()
    shown.lab.set_load(load("root1", 3))
    shown.lab.replace(topology({"name": "root"}), 2)
    assert shown.delta() is None
    assert [node["name"] for node in shown.snapshot()["nodes"]] == ["root"]
    assert shown.delta()["nodes"]["index"] == []


async def test_two_who_follow_the_lab_take_nothing_from_each_other() -> None:
    shown = Shown()
    often = seldom = shown.view.now()
    for assigned in (1, 2):
        shown.lab.set_load(load("root0", assigned))
        shown.feed.notify("lab", str(assigned))
        until = shown.view.now()
        delta = shown.view.delta(1, often, until)
        assert delta is not None
        assert delta.nodes.assigned == [assigned]
        assert [event.text for event in delta.events] == [str(assigned)]
        often = until
    late = shown.view.delta(1, seldom, shown.view.now())
    assert late is not None
    assert late.nodes.assigned == [2]
    assert [event.text for event in late.events] == ["1", "2"]


async def test_the_law_is_shown_as_it_was_read_last() -> None:
    shown = Shown()
    assert shown.snapshot()["tasks"] is None
    law = TaskCounts(
        submitted=7, pending=1, assigned=1, moving=1, running=1, completed=1, failed=1, cancelled=1
    )
    shown.journal.last = law
    assert shown.snapshot()["tasks"] == shown.delta()["tasks"] == vars(law) | {"lawful": True}
    shown.journal.last = TaskCounts(
        submitted=8, pending=1, assigned=1, moving=1, running=1, completed=1, failed=1, cancelled=1
    )
    assert shown.snapshot()["tasks"]["lawful"] is False


async def test_a_cut_is_shown_until_its_node_says_otherwise_or_comes_back() -> None:
    shown = Shown()
    shown.lab.set_load(structs.replace(load("root1", 3), cut=True))
    assert shown.delta()["nodes"]["cut"] == [True]
    shown.lab.set_load(load("root1", 3))
    assert shown.delta()["nodes"]["cut"] == [False]
    shown.lab.set_load(structs.replace(load("root1", 3), cut=True))
    shown.lab.set_state("root1", "dead", None, 1, None)
    assert shown.delta()["nodes"]["cut"] == [False]


async def test_how_far_a_deploy_is_comes_with_the_frame_after_it_changed_and_not_again() -> None:
    shown = Shown()
    assert shown.snapshot()["deploy"] == shown.deploy.model_dump(mode="json")
    assert shown.delta()["deploy"] is None
    shown.deploy = shown.deploy.model_copy(update={"desired_replicas": 5, "phase": Phase.GROWING})
    delta = shown.delta()
    assert (delta["deploy"]["desired_replicas"], delta["deploy"]["phase"]) == (5, "growing")
    assert shown.delta()["deploy"] is None
    assert shown.snapshot()["deploy"]["desired_replicas"] == 5
