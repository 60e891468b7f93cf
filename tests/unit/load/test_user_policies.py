"""A user's policy in virtual time: it balances, and what it does wrong is told with file and line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.unit.load.labs import poisson, star
from topowave import LoadConfig, simulate_load
from topowave.balancer import policy_calls
from topowave.topology import Problems


def written(folder: Path, body: str, more: str = "") -> str:
    text = (
        "from topowave import Move, Policy\n\n"
        f"class Mine(Policy):\n    def plan(self, view):\n        {body}\n{more}"
    )
    (folder / "mine.py").write_text(text, encoding="utf-8")
    return f"{folder / 'mine.py'}:Mine"


def run(policy: str) -> int:
    """Let a policy balance a run of which all tasks come to one node; returns how many it moved."""
    workload = poisson(3.0, 200, nodes=["n2"] * 200)
    config = LoadConfig(policy=policy, rebalance_interval=1)
    return simulate_load(star(2, 2, 2), workload, config, seed=1).measures.moved


def test_a_class_in_a_file_balances(tmp_path: Path) -> None:
    body = "return [Move(view.nodes[-1].port, view.nodes[0].port, 1)] if view.nodes[-1].load else []"
    assert run(written(tmp_path, body)) > 0


@pytest.mark.parametrize(
    ("body", "more", "said"),
    [
        ("return 1 / 0", "", "failed: {file}: line 5: ZeroDivisionError"),
        ("exit()", "", "failed: {file}: line 5: SystemExit"),
        ("while True: pass", "", "failed: it did not return within 0.5 s ({file}, line 5)"),
        ("return [3]", "", "failed: {file}: line 4: move 0: expected a Move"),
        (
            "return []",
            "    def __init__(self, settings):\n        raise ValueError('no')\n",
            "cannot be made: {file}: line 7: ValueError: no",
        ),
    ],
)
def test_a_mistake_ends_the_run_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, more: str, said: str
) -> None:
    if "while" in body:
        monkeypatch.setattr(policy_calls, "POLICY_DEADLINE", 0.5)
    policy = written(tmp_path, body, more)
    with pytest.raises(Problems) as refused:
        run(policy)
    told = re.sub(r"in round 0, at 1[.\d]* s", "", str(refused.value)).replace("failed :", "failed:")
    assert f"the policy mine {said.format(file=tmp_path / 'mine.py')}" in told
