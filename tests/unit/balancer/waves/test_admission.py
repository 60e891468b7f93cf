from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from tests.support.waiting import eventually
from tests.unit.balancer.lab import bench
from tests.unit.balancer.reported_waves import topology, tree
from topowave.balancer import limits
from topowave.balancer.waves.admission import Admission
from topowave.balancer.waves.algorithm_catalog import AlgorithmCatalog
from topowave.web.problem_details import Problem

pytestmark = pytest.mark.anyio


class Waves:
    """Waves that run, as the test says."""

    running = 0
    ahead = 0.0
    messages_per_s = 100_000.0

    def messages_ahead(self) -> float:
        return self.ahead


def waits(admission: Admission, cost: float, who: str = "") -> asyncio.Task[None]:
    return asyncio.get_running_loop().create_task(admission.turn(cost, who))


async def test_a_wave_begins_at_once_where_there_is_room_and_one_may_always_run() -> None:
    waves = Waves()
    admission = Admission(waves)
    await admission.turn(limits.MESSAGES_AT_ONCE, "a")
    waves.ahead = limits.MESSAGES_AT_ONCE - 10
    await admission.turn(10, "a")
    waiting = waits(admission, 11)
    await eventually(lambda: admission.waiting == 1)
    waves.ahead = 0
    await waiting
    assert admission.waiting == 0


async def test_a_slow_lab_has_fewer_waves_at_a_time() -> None:
    waves = Waves()
    admission = Admission(waves)
    waves.ahead, waves.messages_per_s = 150, 200.0
    await admission.turn(50, "a")
    waiting = waits(admission, 51)
    await eventually(lambda: admission.waiting == 1)
    waves.messages_per_s = 201.0
    await waiting


async def test_who_asks_often_waits_behind_who_asks_seldom() -> None:
    waves = Waves()
    waves.ahead = limits.MESSAGES_AT_ONCE
    admission = Admission(waves)
    order: list[str] = []

    async def turn(who: str) -> None:
        await admission.turn(1, who)
        waves.ahead += 1
        order.append(who)

    asked = [asyncio.get_running_loop().create_task(turn(who)) for who in "aaaaabb"]
    await eventually(lambda: admission.waiting == 7)
    for begun in range(1, 8):
        waves.ahead = limits.MESSAGES_AT_ONCE - 1
        admission.look()
        await eventually(lambda: len(order) >= begun)  # noqa: B023
    await asyncio.gather(*asked)
    assert "".join(order[:4]) == "abab"
    assert Counter(order) == {"a": 5, "b": 2}


@pytest.mark.parametrize("more", [0, 1])
async def test_a_wave_that_would_wait_too_long_is_refused_with_the_time_to_ask_again(more: int) -> None:
    waves = Waves()
    waves.ahead = limits.WAVE_WAIT * waves.messages_per_s + more
    waves.running = 7
    admission = Admission(waves)
    if more:
        with pytest.raises(Problem, match="7 run and 0 wait already; try again in 1 s") as refused:
            await admission.turn(1, "a")
        assert (refused.value.status, refused.value.headers) == (429, {"Retry-After": "1"})
    else:
        waiting = waits(admission, 1)
        await eventually(lambda: admission.waiting == 1)
        waves.ahead = 0
        await waiting


async def test_a_wave_that_did_wait_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WAVE_WAIT", 0.02)
    waves = Waves()
    waves.running = limits.WAVES_RUNNING
    admission = Admission(waves)
    with pytest.raises(Problem, match="try again in 1 s"):
        await admission.turn(1, "a")
    assert admission.waiting == 0


async def test_who_has_left_is_not_admitted_and_who_waits_at_the_end_is_refused() -> None:
    waves = Waves()
    waves.ahead = limits.MESSAGES_AT_ONCE
    admission = Admission(waves)
    gone, stays = waits(admission, 1), waits(admission, 1)
    await eventually(lambda: admission.waiting == 2)
    gone.cancel()
    await eventually(lambda: admission.waiting == 1)
    admission.close()
    with pytest.raises(Problem) as refused:
        await stays
    assert refused.value.status == 503
    assert admission.waiting == 0


async def test_what_a_wave_costs_is_what_is_proven_until_one_of_its_kind_has_been_seen() -> None:
    admission = Admission(Waves())
    catalog = AlgorithmCatalog(topology(tree(2, 2)))
    assert admission.cost(catalog, "echo") == 12
    assert admission.cost(catalog, "push-sum") >= 1
    async with bench(tree(1)) as lab:
        await lab.get("/echo")
        await eventually(lambda: lab.balancer.waves.running == 0)
        assert lab.balancer.launcher.admission.cost(lab.balancer.catalog, "echo") == 2


async def test_forty_who_ask_at_once_all_get_their_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MESSAGES_AT_ONCE", 25)  # two waves of the seven nodes at a time
    most = 0
    async with bench(tree(2, 2), wave_timeout=100.0) as lab:

        async def ask() -> int:
            nonlocal most
            answer = await lab.http.get("/echo")
            most = max(most, lab.balancer.waves.running)
            return answer.status_code

        assert await asyncio.gather(*(ask() for _ in range(40))) == [200] * 40
        assert most <= 3
        assert (await lab.get("/status"))["waves_waiting"] == 0


async def test_a_refusal_over_http_says_when_to_ask_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WAVES_RUNNING", 1)
    monkeypatch.setattr(limits, "WAVE_WAIT", 0.05)
    async with bench(tree(1), run_nodes=False) as lab:
        await lab.post("/waves", {"algorithm": "echo"})
        answer = await lab.http.post("/waves", json={"algorithm": "echo"})
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
        assert "1 run and 1 wait already" in answer.json()["detail"]
