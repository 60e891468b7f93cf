from collections import Counter

import pytest

from topowave.experiments.chaos.plan import (
    GROWS_BY,
    INTENSITIES,
    KINDS,
    STOPPED_S,
    USUAL,
    ChaosFault,
    FaultName,
    Kind,
    Level,
    plan,
)
from topowave.orchestrator.limits import RESTARTS, RESTARTS_WINDOW_S

ALONE = [[f"n{number}"] for number in range(10)]
PACKED = [["a", "b", "c"], ["d", "e"]]
HOUR_S = 3600.0


def kinds_of(*names: FaultName) -> list[Kind]:
    return [kind for name in names for kind in KINDS[name]]


@pytest.mark.parametrize("level", INTENSITIES)
@pytest.mark.parametrize("processes", [ALONE, PACKED, [["root"]]])
def test_no_process_is_killed_so_often_that_it_is_given_up(processes: list[list[str]], level: Level) -> None:
    kills: dict[str, list[float]] = {}
    for fault in plan(processes, 1, HOUR_S, level):
        if fault.kind in {"kill", "kill balancer"}:
            for name in fault.nodes:
                kills.setdefault(name, []).append(fault.at_s)
    assert "balancer" in kills
    for times in kills.values():
        for first, too_many in zip(times, times[RESTARTS:], strict=False):
            assert too_many - first > RESTARTS_WINDOW_S


def test_a_seed_gives_the_same_faults_again_and_another_one_gives_others() -> None:
    assert plan(ALONE, 7, 60, "high") == plan(ALONE, 7, 60, "high")
    assert plan(ALONE, 7, 60, "high") != plan(ALONE, 8, 60, "high")


def test_every_kind_of_fault_comes_in_order_and_within_the_time() -> None:
    faults = plan(ALONE, 3, HOUR_S, "medium")
    assert set(Counter(fault.kind for fault in faults)) == {*kinds_of(*USUAL)}
    others = plan(ALONE, 3, HOUR_S, "medium", ["deploys", "cut"])
    assert set(Counter(fault.kind for fault in others)) == {*kinds_of("deploys", "cut")}
    assert [fault.at_s for fault in faults] == sorted(fault.at_s for fault in faults)
    assert 0 < faults[0].at_s < faults[-1].at_s < HOUR_S
    for fault in faults:
        assert fault.kind != "stop" or STOPPED_S[0] <= fault.lasts_s <= STOPPED_S[1]


@pytest.mark.parametrize(("level", "most"), [("low", 1), ("medium", 2), ("high", 5)])
def test_the_intensity_says_how_many_are_hit_at_once_and_how_often(level: Level, most: int) -> None:
    faults = plan(ALONE, 5, HOUR_S, level)
    assert max(len(fault.nodes) for fault in faults) == most
    assert len(plan(ALONE, 5, HOUR_S, "low")) < len(plan(ALONE, 5, HOUR_S, "high"))


def test_processes_are_killed_and_stopped_by_their_first_node_and_any_node_is_cut() -> None:
    faults = plan(PACKED, 2, HOUR_S, "high")
    heads = {name for fault in faults if fault.kind in {"kill", "stop"} for name in fault.nodes}
    assert heads == {"a", "d"}
    assert {name for fault in faults if fault.kind == "cut" for name in fault.nodes} == set("abcde")


@pytest.mark.parametrize("nodes", [1, 10, 100, 1000])
def test_a_network_is_to_have_between_as_many_nodes_as_it_had_and_twice_as_many(nodes: int) -> None:
    alone = [[f"n{number}"] for number in range(nodes)]
    wanted = most = nodes
    for fault in plan(alone, 4, HOUR_S, "high", ["deploys"]):
        if fault.kind == "deploy":
            assert nodes <= min(fault.replicas) <= max(fault.replicas)
            assert max(fault.replicas) <= min(2 * nodes, nodes + GROWS_BY, 1000)
            wanted = fault.replicas[-1]
        elif fault.kind == "add":
            assert len(fault.nodes) == 1
            wanted += 1
        elif fault.kind == "remove":
            assert len(fault.picks) == 1
            wanted = max(nodes, wanted - 1)
        most = max(most, wanted)
        assert nodes <= wanted <= min(2 * nodes, nodes + GROWS_BY, 1000)
    assert most > nodes or nodes == 1000


def test_deploys_leave_the_draws_of_all_else_as_they_are() -> None:
    assert plan(ALONE, 7, 60, "high", USUAL) == plan(ALONE, 7, 60, "high")


def test_a_fault_is_told_in_words() -> None:
    told = {str(fault).split()[0] for fault in plan(ALONE, 3, HOUR_S, "medium", list(KINDS))}
    assert told == {"kill", "stop", "cut", "deploy", "add", "let"}
    assert ChaosFault(0, "deploy", replicas=(9, 5), lasts_s=0.42).on([]) == "deploy 9, after 0.4 s 5"
    assert ChaosFault(0, "kill newcomers", picks=(0.5,)).on(["a", "b"]) == "kill -9 of a, b"
