"""A folder of reports as `topowave experiment run` writes them, small and by hand."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

SUMMARY = """topology,algorithm,nodes,measure,runs,not_ok,mean,low,high,median,least,most
ring:8,echo,8.0,messages,3,0,16.0,16.0,16.0,16.0,16.0,16.0
ring:8,echo,8.0,time,3,0,11.5,10.0,13.0,11.0,10.5,13.0
ring:8,finn,8.0,messages,2,1,130.0,120.5,140.0,131.0,120.0,141.0
"""
COMPARED = """topology,algorithm,measure,pairs,difference,low,high,percent,effect,lower
ring:8,finn,messages,2,114.0,104.5,124.0,712.5,11.8,0.0
"""
SCENARIO: dict[str, Any] = {
    "name": "rings",
    "title": "Echo and Finn",
    "kind": "waves",
    "topology": ["ring:8"],
    "algorithm": ["echo", "finn"],
    "seeds": 3,
    "measures": ["time", "messages"],
}


def make_report(folder: Path, name: str, *, complete: bool = True, done: int = 6, **scenario: object) -> Path:
    """Write a report; returns its folder."""
    path = folder / name
    (path / "pictures").mkdir(parents=True)
    identity = {"scenario": SCENARIO | scenario, "topowave": "0.1.0", "python": "3.12", "packages": {}}
    (path / "scenario.json").write_text(json.dumps(identity), encoding="utf-8")
    (path / "runs.jsonl").write_text('{"run":1}\n' * done, encoding="utf-8")
    os.utime(path / "runs.jsonl", (1_000, 1_000))
    if complete:
        (path / "summary.csv").write_text(SUMMARY, encoding="utf-8")
        (path / "compared.csv").write_text(COMPARED, encoding="utf-8")
        (path / "report.html").write_text("<!doctype html><script>1</script>", encoding="utf-8")
        (path / "pictures" / "messages.svg").write_text("<svg/>", encoding="utf-8")
        os.utime(path / "summary.csv", (2_000, 2_000))
    return path
