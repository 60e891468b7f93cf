from typing import Any

import pytest

from topowave.experiments.chaos.verdict import (
    LEFT,
    says_network_changed,
    wrong_with_law,
    wrong_with_task,
    wrong_with_wave,
)

NODES = ["root", "a", "b"]
CHANGED = "the network changed while it ran: 1 node left"
TREE: dict[str, Any] = {
    "name": "root",
    "children": [{"name": "a", "children": []}, {"name": "b", "children": []}],
}
HALF: dict[str, Any] = {"name": "root", "children": [{"name": "a", "children": []}]}
TWICE: dict[str, Any] = {"name": "root", "children": [*TREE["children"], {"name": "a", "children": []}]}


def wave(**more: object) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "id": "w",
        "state": "complete",
        "missing": [],
        "nodes": 3,
        "messages": 4,
        "bound": 4,
        "mistakes": [],
    }
    return usual | more


def incomplete(*missing: str) -> dict[str, Any]:
    return wave(state="incomplete", missing=list(missing), messages=None)


@pytest.mark.parametrize(
    ("told", "tree"),
    [
        (wave(), TREE),
        (wave(messages=None), TREE),  # a node had to drop events, so nobody knows
        (incomplete("b"), HALF),
        (incomplete(*NODES), None),
        (incomplete(), TREE),
        (incomplete() | {"mistakes": [CHANGED]}, TREE),
        (incomplete(*NODES) | {"mistakes": [CHANGED]}, None),
    ],
)
def test_what_a_wave_may_say(told: dict[str, Any], tree: dict[str, Any] | None) -> None:
    assert wrong_with_wave(told, tree, NODES) == []


@pytest.mark.parametrize(
    ("told", "tree", "wrong"),
    [
        (wave(), HALF, "complete, with 2 of 3 nodes in its tree"),
        (wave(), None, "complete, with 0 of 3 nodes in its tree"),
        (wave(nodes=2), TREE, "complete, with 3 of 3 nodes in its tree"),
        (wave(), TWICE, "a is in the tree 2 times"),
        (wave(messages=5), TREE, "5 messages instead of 4"),
        (wave(missing=["b"]), TREE, "complete, and b missing"),
        (incomplete(), HALF, "b is not in the tree, and not named as missing"),
        (incomplete("a", "b"), HALF, "a is in the tree, and named as missing"),
        (incomplete("a"), TREE, "a is in the tree, and named as missing"),
        (incomplete("b", "stranger"), HALF, "stranger is missing and in no lab"),
        (incomplete("a", "b"), {"name": "stranger", "children": []}, "stranger is in the tree and in no lab"),
        (wave(mistakes=["a: KeyError"]), TREE, "a: KeyError"),
        (incomplete("stranger") | {"mistakes": [CHANGED]}, None, "stranger is missing and in no lab"),
        (incomplete("a") | {"mistakes": [CHANGED]}, TREE, "a is in the tree, and named as missing"),
        (incomplete("a", "b") | {"mistakes": [CHANGED]}, HALF, "a is in the tree, and named as missing"),
    ],
)
def test_what_a_wave_may_not_say(told: dict[str, Any], tree: dict[str, Any] | None, wrong: str) -> None:
    assert any(wrong in sentence for sentence in wrong_with_wave(told, tree, NODES))


def test_a_wave_says_that_its_network_changed() -> None:
    assert says_network_changed(incomplete() | {"mistakes": ["a: no answer", CHANGED]})
    assert not says_network_changed(wave(mistakes=["a: KeyError"]))


DIED = "assigned again: its node ended while it ran"
MOVED = "moving to b: interrupted while it ran"


def task(status: str, attempts: int, *history: str) -> dict[str, Any]:
    told = [{"time": 0, "node": "a", "what": what} for what in history]
    return {"id": "a.1-1.1", "status": status, "attempts": attempts, "history": told}


@pytest.mark.parametrize(
    "found",
    [
        task("completed", 1, "submitted", "running", "completed"),
        task("completed", 2, "submitted", "running", DIED, "running", "completed"),
        task("completed", 2, "submitted", "running", MOVED, "assigned", "running", "completed"),
        task(
            "completed", 3, "submitted", "running", MOVED, "assigned", "running", DIED, "running", "completed"
        ),
        task("completed", 2, "submitted", "running", LEFT, "assigned", "running", "completed"),
        task("completed", 1, "submitted", "assigned", LEFT, "assigned", "running", "completed"),
        task("cancelled", 0, "submitted", "cancelled"),
    ],
)
def test_what_may_become_of_a_task(found: dict[str, Any]) -> None:
    assert wrong_with_task(found) == []


@pytest.mark.parametrize(
    "found",
    [
        task("assigned", 0, "submitted"),
        task("failed", 10, "submitted"),
        task("completed", 2, "submitted", "running", "running", "completed"),
        task("completed", 1, "submitted", "running", DIED, "running", "completed"),
        task("completed", 2, "submitted", "assigned", LEFT, "running", "running", "completed"),
        task("completed", 2, "submitted", "running", "completed", DIED, "running", "completed"),
        task(
            "completed",
            2,
            "submitted",
            "running",
            MOVED,
            "assigned",
            "running",
            MOVED,
            "assigned",
            "running",
            "completed",
        ),
        task(
            "completed",
            3,
            *[
                "submitted",
                "running",
                MOVED,
                "assigned",
                "running",
                MOVED,
                "assigned",
                "running",
                "completed",
            ],
        ),
    ],
)
def test_what_may_not_become_of_a_task(found: dict[str, Any]) -> None:
    assert wrong_with_task(found) != []


def law(**more: object) -> dict[str, Any]:
    states = dict.fromkeys(("assigned", "moving", "running", "failed", "cancelled"), 1) | {"pending": 0}
    return {"submitted": 10, "completed": 5, "lawful": True} | states | more


def test_the_law_is_added_up_anew_and_never_goes_back() -> None:
    assert wrong_with_law(law(), None) == []
    assert wrong_with_law(law(), law()) == []
    assert wrong_with_law(law(assigned=2), None) == ["the law is broken: 10 submitted, 11 found"]
    assert wrong_with_law(law(lawful=False), None) != []
    assert wrong_with_law(law(), law(completed=6, assigned=0)) == [
        "the law went back: 5 completed, after more"
    ]
