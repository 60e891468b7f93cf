"""What predicts the loads of a live lab: for policies, and for people who are warned."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable
from typing import ClassVar

import pytest

from tests.support.waiting import PATIENCE_S, eventually
from topowave.balancer.limits import ALERTS_TOLD, PROBLEM_CHARS
from topowave.balancer.load_forecasts import LoadForecasts
from topowave.balancer.policies.base import NodeLoad
from topowave.balancer.state.change_log import ChangeLog
from topowave.balancer.state.feed import Feed
from topowave.balancer.state.lab import Lab
from topowave.forecasts import FORECASTS, Forecast, Reading
from topowave.forecasts.base import Prediction
from topowave.forecasts.exponential_smoothing import ExponentialSmoothing
from topowave.forecasts.limits import COLD_INTERVALS
from topowave.topology import LabConfig, Topology, generate
from topowave.topology.growth import Leaf, moved, with_leaves, without_leaves
from topowave.topology.node import Place

pytestmark = pytest.mark.anyio


CPU = 20
OVERLOADED = 15
"""The load from which a node is overloaded: 75 percent of CPU."""


def star(nodes: int) -> Topology:
    """Return a root with leaves that have CPU cores each, as it has."""
    leaves = [{"name": f"leaf{number}", "port": 8000 + number, "cpu": CPU} for number in range(1, nodes)]
    return Topology.from_json({"name": "root", "port": 8000, "cpu": CPU, "children": leaves})


class Fails(ExponentialSmoothing):
    """Raises as long as it is told to."""

    name = "fails"
    raises: ClassVar[bool] = True
    says: ClassVar[str] = "no change"

    def learn_change(self, change: float) -> None:
        if type(self).raises:
            raise ZeroDivisionError(self.says)
        super().learn_change(change)


class Waits(ExponentialSmoothing):
    """Learns when it may, in the thread of its round."""

    name = "waits"
    learns: ClassVar[threading.Event] = threading.Event()
    goes_on: ClassVar[threading.Event] = threading.Event()

    def learn_change(self, change: float) -> None:
        self.learns.set()
        assert self.goes_on.wait(PATIENCE_S)
        super().learn_change(change)


class Predicted:
    """A lab whose forecast is told loads."""

    def __init__(
        self, forecast: str, *, nodes: int = 3, kinds: dict[str, type[Forecast]] | None = None
    ) -> None:
        config = LabConfig(forecast=forecast)
        self.changes = ChangeLog()
        self.lab = Lab(star(nodes), 1, config, "a test", self.changes)
        self.feed = Feed(self.changes.touch)
        self.forecasts = LoadForecasts(self.lab, self.feed, kinds or FORECASTS)

    async def round(self, loads: Iterable[int]) -> list[float] | None:
        """Let a round read these loads, of the nodes in their order; returns what is predicted."""
        nodes = self.lab.topology.nodes
        read = [NodeLoad(node.port, node.cpu, load) for node, load in zip(nodes, loads, strict=False)]
        predicted = await self.forecasts.predict(read)
        return None if predicted is None else list(predicted)

    def follow(self, topology: Topology) -> None:
        """Let a network follow the one that runs."""
        before = self.lab.topology
        self.lab.replace(topology, self.lab.version + 1)
        self.forecasts.followed(before)

    def said(self) -> list[tuple[Reading, Prediction]]:
        outlook = self.forecasts.report.outlook
        assert outlook is not None
        return list(zip(outlook.readings, outlook.predictions, strict=True))

    def ports(self) -> list[int]:
        return [reading.node for reading, _ in self.said()]

    def told(self) -> list[str]:
        return [event.text for event in self.feed.between(0, self.feed.last) if event.kind == "forecast"]

    def bottlenecks(self) -> list[str]:
        return [name for name, status in self.lab.status.items() if status.bottleneck]

    def choose(self, forecast: str) -> None:
        self.lab.configure(self.lab.config.model_copy(update={"forecast": forecast}))
        self.forecasts.refresh()


async def rising(shown: Predicted, nodes: int) -> None:
    """Let the load of the first nodes rise by 1 a round until the next step overloads them."""
    for load in range(OVERLOADED):
        await shown.round([load] * nodes)


async def test_without_a_forecast_nothing_is_learnt_or_predicted() -> None:
    shown = Predicted("none")
    assert await shown.round([1, 2, 3]) is None
    shown.forecasts.moved(1, 2, 3)
    report = shown.forecasts.report
    assert (report.name, report.rounds, report.outlook, dict(report.scores)) == ("none", 0, None, {})


async def test_each_round_teaches_and_predicts_in_the_order_of_the_loads() -> None:
    shown = Predicted("last-value")
    assert await shown.round([3, 0, 7]) == [3, 0, 7]
    assert await shown.round([4, 1]) == [4, 1]  # the last one did not answer
    assert shown.forecasts.report.rounds == 2
    assert set(shown.forecasts.report.scores) >= {"last-value", "moving-average"}


async def test_what_was_moved_is_not_taken_for_what_comes_by_itself() -> None:
    shown = Predicted("moving-average")
    predicted = None
    root, child = (node.port for node in shown.lab.topology.nodes[:2])
    for _ in range(2 * COLD_INTERVALS):  # two tasks come to the root in each round, and are moved away
        predicted = await shown.round([2, 0])
        shown.forecasts.moved(root, child, 2)
        shown.forecasts.moved(child, root, 0)
    assert predicted is not None
    assert predicted[0] == 4  # of equal changes, whose mean has no error


async def test_another_forecast_or_another_network_begins_anew() -> None:
    shown = Predicted("last-value")
    await shown.round([3, 0, 7])
    shown.forecasts.refresh()
    assert shown.forecasts.report.rounds == 1
    shown.choose("moving-average")
    assert (shown.forecasts.report.name, shown.forecasts.report.rounds) == ("moving-average", 0)
    await shown.round([3, 0, 7])
    shown.lab.replace(generate("ring", nodes=5, seed=1), 2)
    shown.forecasts.refresh()
    assert shown.forecasts.report.rounds == 0
    assert await shown.round([1] * 5) == [1] * 5
    shown.choose("none")
    assert await shown.round([1] * 5) is None


async def test_in_a_network_that_follows_nodes_that_stay_keep_what_was_learnt_of_them() -> None:
    shown = Predicted("moving-average")
    for load in range(2 * COLD_INTERVALS):
        await shown.round([load, 0, 0])
    rounds = shown.forecasts.report.rounds
    shown.follow(with_leaves(shown.lab.topology, [Leaf("leaf3", 8003, CPU, "leaf2")]))
    shown.forecasts.refresh()  # as for any change of settings
    assert (shown.forecasts.report.rounds, shown.ports()) == (rounds, [8000, 8001, 8002])
    assert await shown.round([20, 0, 0, 5]) == [21, 0, 0, 5]  # it rises by 1 a round, as before
    cold = {reading.node: said.cold for reading, said in shown.said()}
    assert cold == {8000: False, 8001: False, 8002: False, 8003: True}
    shown.follow(moved(shown.lab.topology, {"leaf1": Place("east", "10.0.0.7", 9000)}))
    assert shown.ports() == [8000, 9000, 8002, 8003]
    await shown.round([21, 0, 0, 5])
    assert [said.cold for _, said in shown.said()] == [False, False, False, True]


async def test_a_node_that_has_left_is_no_bottleneck_and_another_one_on_its_port_begins_anew() -> None:
    shown = Predicted("moving-average")
    await rising(shown, 2)
    assert shown.bottlenecks() == ["root", "leaf1"]
    told = shown.told()
    shown.follow(without_leaves(shown.lab.topology, ["leaf1"]))
    assert (shown.bottlenecks(), shown.forecasts.report.told) == (["root"], frozenset({8000}))
    shown.follow(with_leaves(shown.lab.topology, [Leaf("other", 8001, CPU, "root")]))
    await shown.round([OVERLOADED, 0, OVERLOADED - 1])
    assert [said.cold for reading, said in shown.said() if reading.node == 8001] == [True]
    assert (shown.told(), shown.bottlenecks()) == (told, [])


async def test_a_network_that_follows_while_a_round_learns_is_that_of_what_it_has_learnt() -> None:
    shown = Predicted("waits", kinds={"waits": Waits})
    Waits.goes_on.set()
    for load in range(OVERLOADED - 1):
        await shown.round([0, load, load])
    Waits.goes_on.clear()
    Waits.learns.clear()
    learning = asyncio.ensure_future(shown.round([0, OVERLOADED - 1, OVERLOADED - 1]))
    await eventually(Waits.learns.is_set)
    shown.follow(without_leaves(shown.lab.topology, ["leaf1"]))
    shown.follow(moved(shown.lab.topology, {"leaf2": Place("east", "10.0.0.7", 9000)}))
    Waits.goes_on.set()
    assert len(await learning or []) == 3  # of the network of its wave
    assert (shown.ports(), shown.bottlenecks()) == ([8000, 9000], ["leaf2"])
    assert shown.forecasts.report.told == {9000}
    assert [text.partition(":")[0] for text in shown.told()] == ["leaf2 is a predicted bottleneck"]
    await shown.round([0, OVERLOADED])
    assert [said.cold for _, said in shown.said()] == [False, False]


async def test_a_predicted_bottleneck_is_told_once_with_its_reason_and_once_when_it_is_over() -> None:
    shown = Predicted("moving-average")
    name = shown.lab.topology.nodes[0].name
    seen = shown.changes.last
    await rising(shown, 1)
    assert [text.partition(":")[0] for text in shown.told()] == [f"{name} is a predicted bottleneck"]
    assert "is predicted for the next round" in shown.told()[0]
    assert shown.bottlenecks() == [name]
    changes = shown.changes.since(seen)
    assert changes is not None
    assert name in changes.nodes
    for load in range(OVERLOADED, OVERLOADED + 3):  # it came true, and nobody is told again
        await shown.round([load])
    assert (len(shown.told()), shown.bottlenecks()) == (1, [])
    assert shown.forecasts.report.alerts == shown.forecasts.report.hits == 1
    for _ in range(3 * COLD_INTERVALS):
        await shown.round([0])
    assert shown.told()[1:] == [
        f"{name} is no predicted bottleneck any more: its load is 0, and 0.0 cores are predicted"
    ]
    assert shown.bottlenecks() == []


async def test_a_bottleneck_that_does_not_answer_for_long_is_none_any_more() -> None:
    shown = Predicted("moving-average")
    await rising(shown, 1)
    await shown.round([])
    assert (len(shown.told()), shown.bottlenecks()) == (1, [])
    for _ in range(3 * COLD_INTERVALS):
        await shown.round([])
    assert shown.told()[-1].endswith("any more: it has not answered for long")
    assert shown.bottlenecks() == []


async def test_many_bottlenecks_at_once_are_counted_and_do_not_fill_the_feed() -> None:
    more = 5
    shown = Predicted("moving-average", nodes=ALERTS_TOLD + more)
    await rising(shown, ALERTS_TOLD + more)
    assert len(shown.told()) == ALERTS_TOLD + 1
    assert shown.told()[-1].startswith(f"{more} more nodes have become predicted bottlenecks")
    assert len(shown.bottlenecks()) == ALERTS_TOLD + more
    shown.choose("none")
    assert shown.bottlenecks() == []


async def test_a_forecast_that_fails_predicts_nothing_is_told_once_and_begins_anew() -> None:
    shown = Predicted("fails", kinds={"fails": Fails})
    Fails.raises = True
    assert await shown.round([1]) == [1]
    problem = None
    for _ in range(3):
        assert await shown.round([2]) is None
        problem = shown.forecasts.report.problem
        assert await shown.round([1]) == [1]
        assert problem == "the forecast fails failed: ZeroDivisionError: no change"
    assert shown.told() == [f"Nothing is predicted: {problem}"]
    Fails.raises = False
    assert await shown.round([2]) == [2]
    assert (shown.forecasts.report.problem, shown.forecasts.report.rounds) == (None, 2)


async def test_a_long_error_of_a_forecast_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Fails, "raises", True)
    monkeypatch.setattr(Fails, "says", "x" * PROBLEM_CHARS)
    shown = Predicted("fails", kinds={"fails": Fails})
    await shown.round([1])
    await shown.round([2])
    assert len(shown.forecasts.report.problem or "") == PROBLEM_CHARS
