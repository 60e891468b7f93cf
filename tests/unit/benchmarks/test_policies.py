import sys

import pytest

from benchmarks import policies
from topowave.balancer.policies.registry import POLICIES


def test_every_policy_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["policies", "--nodes", "200"])
    policies.main()
    printed = capsys.readouterr().out
    assert all(name in printed for name in POLICIES)
    assert "n log n grows by" in printed
