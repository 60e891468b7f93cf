"""What must hold of a lab whatever is done to it: of a wave, of a task, of the law. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import Any

from topowave.tasks.states import STATES
from topowave.wire.observations import NETWORK_CHANGED

Json = Mapping[str, Any]
LEFT = "pending: its node has left"
"""What the history says of a task whose node has died for good, or was taken away with it."""
AGAIN = "to be tried again"
"""What the history says of a script that gave no result and has tries left."""


def names_in(tree: Json) -> list[str]:
    """Return the names in a tree that an echo wave brought, each as often as it is there."""
    found: list[str] = []
    waiting: list[Json] = [tree]
    while waiting:
        node = waiting.pop()
        found.append(str(node["name"]))
        waiting.extend(node["children"])
    return found


def says_network_changed(wave: Json) -> bool:
    """Whether a wave says that nodes joined or left while it ran, and that it was ended for that."""
    return any(str(mistake).startswith(NETWORK_CHANGED) for mistake in wave["mistakes"])


def wrong_with_wave(wave: Json, tree: Json | None, nodes: Collection[str]) -> list[str]:
    """Say what an echo wave told that is not so.

    Args:
        wave: how the balancer tells of it, once it is over.
        tree: what it brought, or None.
        nodes: all nodes of the network in which it began.
    """
    name, missing = wave["id"], wave["missing"]
    found = [] if tree is None else names_in(tree)
    wrong = [
        f"{name}: {node} is in the tree {times} times" for node, times in Counter(found).items() if times > 1
    ]
    wrong += [f"{name}: {node} is in the tree and in no lab" for node in set(found) - set(nodes)]
    wrong += [f"{name}: {node} is missing and in no lab" for node in set(missing) - set(nodes)]
    changed = says_network_changed(wave)
    wrong += [f"{name}: {mistake}" for mistake in wave["mistakes"] if not changed]
    if wave["state"] == "complete":
        if missing:
            wrong.append(f"{name}: complete, and {', '.join(missing)} missing")
        if tree is None or set(found) != set(nodes) or wave["nodes"] != len(nodes):
            wrong.append(f"{name}: complete, with {len(set(found))} of {len(nodes)} nodes in its tree")
        if wave["messages"] is not None and wave["messages"] != wave["bound"]:
            wrong.append(f"{name}: complete, with {wave['messages']} messages instead of {wave['bound']:g}")
    elif tree is not None:
        unnamed = set(nodes) - set(found) - set(missing)
        wrong += [f"{name}: {node} is not in the tree, and not named as missing" for node in sorted(unnamed)]
        named = set(missing) & set(found)
        wrong += [f"{name}: {node} is in the tree, and named as missing" for node in sorted(named)]
    return wrong


def wrong_with_task(task: Json) -> list[str]:
    """Say what is wrong with a task that nobody cancelled and that must have been completed by now."""
    told = [event["what"] for event in task["history"]]
    if task["status"] == "cancelled":
        return []
    if task["status"] != "completed":
        return [f"task {task['id']} is {task['status']}"]
    wrong: list[str] = []
    if told.count("completed") != 1:
        wrong.append(f"task {task['id']} was completed {told.count('completed')} times")
    return wrong + wrong_with_attempts(f"task {task['id']}", told, task["attempts"])


def wrong_with_attempts(name: str, told: Sequence[str], attempts: int) -> list[str]:
    """Say what is wrong with how often a task was begun: once, and for each death, interruption and retry.

    Args:
        name: of the task, for the sentence.
        told: what its history says.
        attempts: what the task itself says.
    """
    wrong: list[str] = []
    begun = told.count("running")
    died = sum(what.startswith("assigned again: its node") and what.endswith("while it ran") for what in told)
    # Of a node that nobody started again it does not say so.
    died += sum(was == "running" and what == LEFT for was, what in pairwise(told))
    interrupted = sum(what.endswith("interrupted while it ran") for what in told)
    retried = sum(AGAIN in what for what in told)
    if interrupted > 1:
        wrong.append(f"{name} was interrupted {interrupted} times to move")
    if not begun == attempts == died + interrupted + retried + 1:
        wrong.append(
            f"{name} was begun {begun} times, {died} nodes died under it, {interrupted} moves "
            f"interrupted it, {retried} times it was to be tried again, attempts {attempts}"
        )
    return wrong


def wrong_with_law(law: Json, before: Json | None) -> list[str]:
    """Say what is wrong with a reading of the law, after the one before it."""
    wrong: list[str] = []
    parts = sum(law[state] for state in STATES)
    if not law["lawful"] or law["submitted"] != parts:
        wrong.append(f"the law is broken: {law['submitted']} submitted, {parts} found")
    ever = ("submitted", "completed", "cancelled")  # what has failed may be put back
    back = [what for what in ever if before is not None and law[what] < before[what]]
    return wrong + [f"the law went back: {law[what]} {what}, after more" for what in back]
