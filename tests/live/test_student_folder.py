"""A folder with files named like our rooms: `topowave up --algorithm` runs the classes in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.live_lab import PATIENT, ROOT, live_lab
from tests.unit.runtime.test_user_imports import folder


def test_classes_of_two_folders_with_files_named_like_our_rooms_run_on_servers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options: list[str] = []
    for word in ("one", "other"):
        folder(tmp_path / word, word)
        file = tmp_path / word / "my_echo.py"
        file.write_text(file.read_text("utf-8").replace("class MyEcho", f"class {word.title()}Echo"), "utf-8")
        options += ["--algorithm", f"{file}:{word.title()}Echo"]
    monkeypatch.chdir(tmp_path / "one")
    with live_lab(tmp_path, ROOT / "topology.json", *options, rebalance_interval=0, **PATIENT) as lab:
        for name in ("one-echo", "other-echo"):
            wave = lab.wave(lab.post("/waves", {"algorithm": name})["wave"])
            assert (wave["state"], wave["mistakes"]) == ("complete", [])
            assert wave["nodes"] == len(lab.get("/status")["nodes"])
