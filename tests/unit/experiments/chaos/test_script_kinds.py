from typing import Any

import pytest

from topowave.examples import examples
from topowave.examples.faulty import WAYS
from topowave.experiments.chaos.script_kinds import (
    KINDS,
    SCRIPT,
    OrderedScript,
    ScriptKind,
    wrong_with_script,
)

QUICK, KILLS = ScriptKind("quick", "cpu"), ScriptKind("kills", "cpu", "killed")
TWICE, CHANCE = (
    ScriptKind("twice", "cpu", "raised", tries=2),
    ScriptKind("chance", "cpu", "exited", tries=2, chance=0.5),
)
DIED = "assigned again: its node ended while it ran"
AGAIN = "pending: raised; to be tried again after 0.2 s"
MOVED = "moving to b: interrupted while it ran"


def task(status: str, attempts: int, *history: str, **more: object) -> dict[str, Any]:
    told = [{"time": 0, "node": "a", "what": what} for what in history]
    found = {"id": "a.1-1.1", "status": status, "attempts": attempts, "history": told}
    return {**found, "result": None, "reason": None, "error": None, **more}


def failed(reason: str, attempts: int, *history: str) -> dict[str, Any]:
    return task("failed", attempts, *history, reason=reason, error="why")


def wrong(kind: ScriptKind, found: dict[str, Any]) -> list[str]:
    return wrong_with_script(OrderedScript("a.1-1.1", kind, 7), found)


def test_every_kind_runs_the_shipped_script_and_fails_in_a_way_that_this_knows() -> None:
    assert SCRIPT in examples()
    assert {kind.reason for kind in KINDS} - {None} <= set(WAYS)
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    assert all(kind.chance == 1 or kind.tries > 1 for kind in KINDS)
    assert all((kind.reason == "timeout") == (kind.timeout is not None) for kind in KINDS)
    order = KINDS[-1].order(3, 2)
    assert (order["script"], order["count"], order["params"]["value"]) == (SCRIPT, 2, 3)


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        (QUICK, task("completed", 1, "assigned", "running", "completed", result=7)),
        (QUICK, task("completed", 2, "assigned", "running", DIED, "running", "completed", result=7)),
        (QUICK, task("completed", 2, "running", MOVED, "assigned", "running", "completed", result=7)),
        (
            QUICK,
            failed("node_ended", 3, "running", DIED, "running", DIED, "running", "failed: its node ended"),
        ),
        (QUICK, task("cancelled", 0, "assigned", "cancelled")),
        (KILLS, failed("killed", 1, "assigned", "running", "failed: killed")),
        (KILLS, failed("killed", 2, "assigned", "running", DIED, "running", "failed: killed")),
        (TWICE, failed("raised", 2, "running", AGAIN, "assigned", "running", "failed: raised")),
        (TWICE, failed("raised", 3, "running", AGAIN, "running", DIED, "running", "failed: raised")),
        (CHANCE, task("completed", 2, "running", AGAIN, "assigned", "running", "completed", result=7)),
        (CHANCE, task("completed", 1, "running", "completed", result=7)),
        (CHANCE, failed("exited", 2, "running", AGAIN, "running", "failed: exited")),
    ],
)
def test_how_a_script_task_may_end(kind: ScriptKind, found: dict[str, Any]) -> None:
    assert wrong(kind, found) == []


@pytest.mark.parametrize(
    ("kind", "found", "said"),
    [
        (QUICK, task("running", 1, "assigned", "running"), "is running"),
        (QUICK, task("completed", 1, "running", "completed", result=8), "returned 8 instead of 7"),
        (
            QUICK,
            task("completed", 2, "running", "completed", "running", "completed", result=7),
            "ended 2 times",
        ),
        (
            QUICK,
            task("completed", 2, "running", "running", "completed", result=7),
            "was begun 2 times, 0 nodes died",
        ),
        (QUICK, task("completed", 1, "running", DIED, "running", "completed", result=7), "attempts 1"),
        (QUICK, failed("killed", 1, "running", "failed: killed"), "failed with the reason killed (why)"),
        (KILLS, task("completed", 1, "running", "completed", result=7), "was to fail with the reason killed"),
        (KILLS, failed("killed", 1, "running", "failed: killed") | {"error": ""}, "and no sentence"),
        (
            KILLS,
            failed("killed", 2, "running", "failed: killed", DIED, "running", "failed: killed"),
            "2 times",
        ),
        (TWICE, failed("raised", 1, "running", "failed: raised"), "failed after 1 tries instead of 2"),
        (
            TWICE,
            failed("raised", 2, "running", "running", "failed: raised"),
            "0 times it was to be tried again",
        ),
        (CHANCE, task("completed", 2, "running", AGAIN, "running", "completed", result=8), "returned 8"),
    ],
)
def test_how_a_script_task_may_not_end(kind: ScriptKind, found: dict[str, Any], said: str) -> None:
    sentences = wrong(kind, found)
    assert any(said in sentence for sentence in sentences), sentences
    assert all(f"script task a.1-1.1 ({kind.name})" in sentence for sentence in sentences)


def test_a_node_that_died_too_often_under_a_script_is_no_excuse_for_another_reason() -> None:
    assert wrong(KILLS, failed("raised", 1, "running", "failed: raised")) != []
