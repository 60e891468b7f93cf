"""The wall clock jumps by years, forth and back, in every process of a lab: only shown times follow it."""

from __future__ import annotations

import operator
import random
import struct
import sys
import time
from functools import partial
from pathlib import Path

from tests.faults.test_processes import PATIENT_PROBES, QUICK, all_done, all_up
from tests.faults.watching import Record, wait_complete, watching
from tests.support.live_lab import ROOT, live_lab

YEARS_S = 10 * 365 * 86_400.0
JUMPS = 20
WAVES_EACH = 2
LOAD = 100


def test_waves_tasks_and_restarts_do_not_notice_that_the_clock_jumps(
    tmp_path: Path, record_property: Record
) -> None:
    chance = random.Random(5)
    file = tmp_path / "offset"
    file.write_bytes(struct.pack("d", 0.0))
    inside = [sys.executable, "-m", "tests.faults.inside", f"clock:{file}", "--"]
    with live_lab(tmp_path, ROOT / "topology.json", inside=inside, **(QUICK | PATIENT_PROBES)) as lab:
        leaf = lab.topology.nodes[-1].name
        lab.post("/tasks", {"node": leaf, "count": LOAD})
        with watching(lab) as seen:
            for number in range(JUMPS):
                offset = chance.uniform(-YEARS_S, YEARS_S)
                with file.open("r+b", buffering=0) as opened:
                    opened.write(struct.pack("d", offset))
                lab.until(lambda: seen.waves, partial(operator.le, seen.waves + WAVES_EACH))
                shown = lab.get("/waves?limit=1")["waves"][0]["started"]
                if number == 0:
                    assert abs(shown - time.time() - offset) < 60  # it is the lab's clock that jumps
        assert (seen.incomplete, seen.unanswered, seen.missing) == (0, 0, set())
        record_property("times", JUMPS)
        record_property("seen", f"{seen}; a killed node back, all {LOAD} tasks done")
        lab.post(f"/nodes/{leaf}/kill")
        lab.until(lambda: lab.get("/status")["nodes"][-1]["restarts"], (1).__eq__)
        all_up(lab, restarts=1)
        wait_complete(lab)
        all_done(lab, LOAD)
        assert lab.get("/status")["uptime"] < 600
