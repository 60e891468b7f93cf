"""A link joins and leaves a network that runs: a tree becomes a ring, and a tree again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.live_lab import LiveLab, live_lab

CHAIN = {
    "name": "root",
    "port": 1,
    "cpu": 1,
    "children": [
        {"name": "amber", "port": 2, "cpu": 1, "children": [{"name": "basil", "port": 3, "cpu": 1}]}
    ],
}


def election(lab: LiveLab) -> httpx.Response:
    return lab.http.post(f"{lab.balancer}/waves", json={"algorithm": "chang-roberts"})


def over(lab: LiveLab, asked: httpx.Response) -> dict[str, Any]:
    wave: dict[str, Any] = lab.wave(asked.raise_for_status().json()["wave"])
    return wave


@pytest.mark.slow
def test_a_tree_becomes_a_ring_on_which_an_election_runs_and_a_tree_again(tmp_path: Path) -> None:
    (tmp_path / "tree.json").write_text(json.dumps(CHAIN), "utf-8")
    with live_lab(tmp_path, tmp_path / "tree.json", wave_timeout=60, probe_after=30, probe_timeout=30) as lab:
        pids = [lab.pid(name) for name in ("root", "amber", "basil")]
        assert election(lab).status_code == 409  # a chain is no ring
        joined = lab.post("/links", {"a": "root", "b": "basil"})
        assert (joined["version"], joined["is_tree"]) == (2, False)
        wave = over(lab, election(lab))
        assert (wave["state"], wave["nodes"], wave["version"]) == ("complete", 3, 2), wave
        assert [lab.pid(name) for name in ("root", "amber", "basil")] == pids  # nobody was started again
        lab.post("/nodes/basil/kill")
        lab.until_back("basil", pids[2])  # and has the link still
        wave = over(lab, election(lab))
        assert wave["state"] == "complete", wave
        gone = lab.http.delete(f"{lab.balancer}/links?a=basil&b=root").raise_for_status().json()
        assert (gone["version"], gone["is_tree"]) == (3, True)
        assert election(lab).status_code == 409
        wave = over(lab, lab.http.post(f"{lab.balancer}/waves", json={"algorithm": "finn-lab"}))
        assert (wave["state"], wave["nodes"]) == ("complete", 3), wave
