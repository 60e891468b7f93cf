import asyncio
from typing import Any

import pytest
from fastapi import FastAPI, Response

from tests.support.waiting import eventually
from tests.unit.balancer.lab import Bench, bench
from tests.unit.balancer.reported_waves import payload, tree
from topowave.balancer import limits
from topowave.balancer import rebalancer as module
from topowave.balancer.policies.base import LoadView, Move
from topowave.balancer.policies.max_load_heap import MaxLoadHeap
from topowave.balancer.policy_rounds import PolicyRounds
from topowave.balancer.waves.trees import reports_in
from topowave.web.problem_details import Problem
from topowave.wire.frames import EchoBack

pytestmark = pytest.mark.anyio
LONG: dict[str, Any] = {"task_time": 1000.0}


def loads(lab: Bench) -> dict[str, int]:
    return {name: status.load for name, status in lab.balancer.lab.status.items()}


async def pile(lab: Bench, node: str, count: int) -> None:
    await lab.post("/tasks", {"node": node, "count": count})
    await eventually(lambda: loads(lab)[node] == count)


async def test_a_pile_on_one_node_is_spread_until_all_are_level() -> None:
    async with bench(tree(2), **LONG) as lab:
        await pile(lab, "root1", 12)
        told = await lab.post("/rebalance")
        assert (told["status"], told["moved"], told["failed"], told["nothing_left"]) == ("ok", 8, 0, 0)
        moves = {(m["giver"], m["receiver"], m["count"], m["outcome"]) for m in told["moves"]}
        assert moves == {("root1", "root", 4, "moved"), ("root1", "root0", 4, "moved")}
        await eventually(lambda: loads(lab) == {"root": 4, "root0": 4, "root1": 4})


async def test_the_last_round_is_told_with_the_policy_that_planned_it_and_why_there_was_none() -> None:
    async with bench(tree(2), **LONG) as lab:
        assert (await lab.get("/rebalancing"))["last"] is None
        await pile(lab, "root1", 12)
        first = await lab.post("/rebalance")
        assert first["policy"] == "max-load-heap"
        told = await lab.get("/rebalancing")
        assert (told["last"], told["problem"], told["rounds"]) == (first, None, 1)
        rebalancer = lab.balancer.rebalancer
        rebalancer.rounds = rebalancer.rounds.configured(
            lab.balancer.lab.config.model_copy(update={"policy": "tree-exact"})
        )
        again = await lab.get("/rebalancing")
        assert (again["policy"], again["last"]["policy"]) == ("tree-exact", "max-load-heap")
        second = await lab.post("/rebalance")
        assert (second["policy"], second["time"] >= first["time"]) == ("tree-exact", True)

        class Fails(MaxLoadHeap):
            def plan(self, view: LoadView) -> list[Move]:
                raise ZeroDivisionError("no node")

        rebalancer.rounds = PolicyRounds(lab.balancer.lab.config, {MaxLoadHeap.name: Fails})
        with pytest.raises(Problem):
            await rebalancer.round()
        told = await lab.get("/rebalancing")
        assert (told["last"], "no node" in told["problem"]) == (second, True)


async def test_rounds_are_kept_with_what_their_policy_saw_and_when_what_happened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with bench(tree(2), **LONG) as lab:
        assert await lab.get("/rebalancing/rounds") == {"rounds": [], "forgotten": 0}
        await pile(lab, "root1", 12)
        told = [await lab.post("/rebalance"), await lab.post("/rebalance")]
        rounds = (await lab.get("/rebalancing/rounds"))["rounds"]
        assert [{name: each[name] for name in told[0]} for each in rounds] == told
        assert [(each["number"], each["round"], each["loads"]) for each in rounds] == [
            (1, 0, [0, 0, 12]),
            (2, 1, [4, 4, 4]),
        ]
        first = rounds[0]
        times = [first["began"], first["planned"], first["moves"][0]["asked"], first["moves"][0]["ended"]]
        assert sorted([*times, first["time"]]) == [*times, first["time"]]
        assert (first["not_giving"], first["not_taking"], first["room"]) == ([], [], {})
        assert (await lab.get("/rebalancing/rounds?after=1"))["rounds"] == rounds[1:]
        monkeypatch.setattr(limits, "ROUNDS_PAGE", 1)
        assert (await lab.get("/rebalancing/rounds"))["rounds"] == rounds[:1]
        assert (await lab.get("/topology"))["topology"]["name"] == "root"


async def test_a_level_lab_is_left_alone() -> None:
    async with bench(tree(2), **LONG) as lab:
        await pile(lab, "root", 12)
        await lab.post("/rebalance")
        again = await lab.post("/rebalance")
        assert (again["moved"], again["moves"]) == (0, [])


async def test_a_task_that_runs_leaves_a_node_at_max_cpu_once_and_no_round_moves_it_back() -> None:
    async with bench(tree(2), **LONG) as lab:
        await pile(lab, "root1", 2)
        told = await lab.post("/rebalance")
        assert [(m["giver"], m["count"], m["moved"], m["outcome"]) for m in told["moves"]] == [
            ("root1", 1, 1, "moved")
        ]
        await eventually(lambda: sorted(loads(lab).values()) == [0, 1, 1])
        for _ in range(3):
            assert (await lab.post("/rebalance"))["moves"] == []
        await eventually(lambda: sum(s.running for s in lab.balancer.lab.status.values()) == 2)


async def test_with_a_max_cpu_of_all_cores_nothing_that_runs_is_moved() -> None:
    async with bench(tree(2), max_cpu=100.0, **LONG) as lab:
        await pile(lab, "root1", 2)
        assert (await lab.post("/rebalance"))["moves"] == []


async def test_a_giver_is_told_how_many_tasks_it_keeps_and_a_foreign_one_is_not() -> None:
    async with bench(FOREIGN_LEAF, run_nodes=False) as lab:
        ours, theirs = Giver({"status": "ok", "moved": 3}), Giver({"status": "ok"})
        assert (await round_with(lab, ours))["moved"] == 3
        assert (await round_with(lab, theirs, at="theirs"))["moved"] == 3
        assert (ours.kept, theirs.kept) == ([3], [None] * 3)


async def test_rounds_run_by_themselves_and_are_counted() -> None:
    async with bench(tree(2), rebalance_interval=0.05, **LONG) as lab:
        await lab.post("/tasks", {"node": "root", "count": 12})
        await eventually(lambda: loads(lab) == {"root": 4, "root0": 4, "root1": 4})
        await eventually(lambda: lab.balancer.rebalancer.counts.moved > 0)
        counts = (await lab.get("/status"))["rebalancing"]
        assert (counts["moved"], counts["failed"]) == (8, 0)
        waves = (await lab.get("/waves"))["waves"]
        assert {wave["purpose"] for wave in waves} == {"rebalance"}


async def test_a_policy_that_fails_is_told_and_asked_again_in_the_next_round() -> None:
    failures = 2

    class FailsAtFirst(MaxLoadHeap):
        """Fails in its first two rounds."""

        def plan(self, view: LoadView) -> list[Move]:
            nonlocal failures
            failures -= 1
            if failures >= 0:
                raise ZeroDivisionError("no node")
            return super().plan(view)

    async with bench(tree(1), rebalance_interval=0.05, **LONG) as lab:
        policies = {MaxLoadHeap.name: FailsAtFirst}
        lab.balancer.rebalancer.rounds = PolicyRounds(lab.balancer.lab.config, policies)
        await lab.post("/tasks", {"node": "root", "count": 8})
        await eventually(lambda: lab.balancer.rebalancer.counts.moved > 0)
        told = [event.text for event in lab.balancer.feed.between(0, lab.balancer.feed.last)]
        said = "the policy max-load-heap failed: ZeroDivisionError: no node"
        assert told.count(f"No rebalancing this time: {said}") == 2


async def test_every_move_is_told_in_the_feed() -> None:
    async with bench(tree(1), **LONG) as lab:
        await pile(lab, "root", 5)
        await lab.post("/rebalance")
        moves = [e for e in lab.balancer.feed.between(0, lab.balancer.feed.last) if e.kind == "move"]
        assert [(e.text, e.node, e.receiver, e.tasks) for e in moves] == [
            ("root gives 2 tasks to root0", "root", "root0", 2)
        ]


class Giver:
    """Stands in for a node that answers every move in one way."""

    def __init__(self, answer: Any, status: int = 200) -> None:
        self.asked: list[tuple[int, int]] = []
        self.kept: list[int | None] = []
        self.app = FastAPI()

        @self.app.post("/rebalance")
        async def rebalance(target: int, count: int, response: Response, keep: int | None = None) -> Any:
            self.asked.append((target, count))
            self.kept.append(keep)
            response.status_code = status
            return answer


async def round_with(lab: Bench, giver: Giver | None, load: int = 6, at: str = "root") -> dict[str, Any]:
    """Run a round in which the wave says that one node has all the tasks."""
    if giver is not None and at not in lab.nodes:
        await lab.play(at, giver.app)
    before = len(lab.balancer.waves.last(0, 50))
    running = asyncio.ensure_future(lab.balancer.rebalancer.round())
    await eventually(lambda: len(lab.balancer.waves.last(0, 50)) > before)
    brought: Any = payload(lab.topology)
    next(report for report in reports_in(brought) if report["name"] == at)["load"] = load
    record = lab.balancer.waves.last(0, 1)[0]
    lab.balancer.on_answer(EchoBack(payload=brought, wave=record.id, purpose="rebalance"))
    return (await running).model_dump()


async def test_nothing_left_is_counted_and_is_no_fault() -> None:
    why = "there is no task here that may move"
    for answer in (
        {"status": "error", "code": "nothing_left", "message": why, "moved": 0},
        {"status": "error"},
    ):
        async with bench(tree(1), run_nodes=False) as lab:
            told = await round_with(lab, Giver(answer))
            assert (told["moved"], told["nothing_left"], told["failed"]) == (0, 1, 0)


async def test_a_node_that_moves_fewer_than_asked_had_nothing_left() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        giver = Giver({"status": "ok", "moved": 2})
        told = await round_with(lab, giver, load=9)
        assert (told["moved"], told["nothing_left"]) == (2, 1)
        assert giver.asked == [(lab.topology.node("root0").port, 4)]


@pytest.mark.parametrize("answer", [{"status": "ok"}, {"status": "ok", "moved": None, "load": 3}])
async def test_a_program_that_only_says_ok_has_moved_one_and_is_asked_again(answer: Any) -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        giver = Giver(answer)
        told = await round_with(lab, giver)
        assert (told["moved"], told["nothing_left"]) == (3, 0)
        assert [count for _, count in giver.asked] == [3, 1, 1]


FOREIGN_LEAF: dict[str, Any] = {"name": "root", "children": [{"name": "theirs", "launch": False}]}


async def test_a_foreign_giver_is_asked_for_one_at_a_time_and_not_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with bench(FOREIGN_LEAF, run_nodes=False) as lab:
        giver = Giver({"status": "ok"})
        told = await round_with(lab, giver, at="theirs")
        assert (told["moved"], [count for _, count in giver.asked]) == (3, [1, 1, 1])
        monkeypatch.setattr(module, "MOVES_ONE_BY_ONE", 0.0)
        told = await round_with(lab, giver, at="theirs")
        assert (told["moved"], told["failed"]) == (0, 0)


async def test_a_receiver_that_refused_is_left_out_for_a_while_and_what_moved_before_has_moved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    giver = Giver({"status": "ok", "code": "refused", "moved": 2})
    async with bench(FOREIGN_LEAF, run_nodes=False) as lab:
        told = await round_with(lab, giver)
        assert (told["moved"], told["failed"], told["moves"][0]["outcome"]) == (2, 1, "refused")
        assert (await round_with(lab, giver))["moves"] == []
    monkeypatch.setattr(module, "LEFT_OUT", 0.0)
    async with bench(FOREIGN_LEAF, run_nodes=False) as lab:
        for _ in range(2):
            assert (await round_with(lab, giver))["moved"] == 2


async def test_a_foreign_giver_that_cannot_give_is_left_out_for_a_while() -> None:
    async with bench(FOREIGN_LEAF, run_nodes=False) as lab:
        giver = Giver({"detail": "Not Found"}, 404)
        assert (await round_with(lab, giver, at="theirs"))["failed"] == 1
        assert (await round_with(lab, giver, at="theirs"))["moves"] == []
        texts = [event.text for event in lab.balancer.feed.between(0, lab.balancer.feed.last)]
        assert [text for text in texts if "could not give" in text] == [
            "theirs could not give 3 to root: no answer; not asked again for 30 s"
        ]


async def test_reports_of_nodes_that_are_none_or_of_one_twice_are_passed_over() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        brought: Any = payload(lab.topology)
        stranger: dict[str, Any] = {"name": "x", "port": 9, "cpu": 1, "load": 99, "children": []}
        brought["children"] += [stranger, brought["children"][0] | {"load": 99}]
        loads = lab.balancer.rebalancer.loads(brought)
        assert [(each.port, each.load) for each in loads] == [(node.port, 0) for node in lab.topology.nodes]


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ({"status": "error", "code": "refused"}, 200),
        ({"status": "error", "code": "pending"}, 200),
        ({"title": "no such thing"}, 404),
        ({"status": "error"}, 500),
        ("nonsense", 200),
    ],
)
async def test_a_move_that_does_not_come_off_is_counted_as_failed(answer: Any, status: int) -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        told = await round_with(lab, Giver(answer, status))
        assert (told["moved"], told["nothing_left"], told["failed"]) == (0, 0, 1)


async def test_a_giver_that_is_not_reachable_is_counted_as_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOVE_TIMEOUT", 0.05)
    async with bench(tree(1), run_nodes=False) as lab:
        told = await round_with(lab, None)
        assert (told["moved"], told["failed"], told["moves"][0]["outcome"]) == (0, 1, "failed")


async def test_a_long_move_goes_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOVE_TASKS", 2)
    async with bench(tree(1), run_nodes=False) as lab:
        giver = Giver({"status": "ok", "moved": 2})
        told = await round_with(lab, giver, load=9)
        assert (told["moved"], [count for _, count in giver.asked]) == (4, [2, 2])


async def test_of_heavy_tasks_as_many_go_as_hold_the_cores_that_were_planned(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MOVE_TASKS", 2)
    async with bench(tree(1), run_nodes=False) as lab:
        giver = Giver({"status": "ok", "moved": 1, "cores": 2})
        told = await round_with(lab, giver, load=9)
        assert (told["moved"], told["nothing_left"]) == (2, 0)
        assert [count for _, count in giver.asked] == [2, 2]


async def test_a_wave_that_does_not_come_back_moves_nothing() -> None:
    async with bench(tree(1), run_nodes=False, wave_timeout=0.05) as lab:
        told = await lab.post("/rebalance")
        assert (told["status"], told["moves"]) == ("incomplete", [])


async def test_rounds_do_not_overlap() -> None:
    async with bench(tree(2), **LONG) as lab:
        await pile(lab, "root", 12)
        told = await asyncio.gather(*(lab.post("/rebalance") for _ in range(5)))
        assert sum(each["moved"] for each in told) == 8
        assert sum(each["moved"] > 0 for each in told) == 1
