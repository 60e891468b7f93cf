"""A disk that is full or read-only: a clear refusal at the start, and while a lab runs only new tasks suffer.

The disk is a small one in memory, in a mount namespace of the lab's own; where the kernel gives none to this
user, there is nothing to test it with.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.live_lab import PATIENT, ROOT, LiveLab, live_lab
from tests.support.waiting import PATIENCE_S

TOPOLOGY = ROOT / "topology.json"
MOUNT = "mount -t tmpfs -o size={size} none {folder}"
CAN_MOUNT = (
    subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode == 0
    if sys.platform == "linux"
    else False
)
pytestmark = pytest.mark.skipif(not CAN_MOUNT, reason="no mount namespaces for this user")


def on_disk(folder: Path, size: str, more: str = "true") -> list[str]:
    """The command that becomes another one, with a disk of that size at the folder."""
    folder.mkdir()
    script = f'{MOUNT.format(size=size, folder=folder)} && {more} && exec "$@"'
    return ["unshare", "-rm", "sh", "-c", script, "sh"]


def fill(folder: Path) -> Path:
    """Leave no room on the disk; returns the file that takes it."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (65536, 4096):
            try:
                while file.write(bytes(size)):
                    pass
            except OSError:
                continue
    return ballast


def of_the_journal(lab: LiveLab, among: str) -> list[dict[str, Any]]:
    """The alerts about the journal that there are now, or were."""
    return [each for each in lab.get("/alerts")[among] if each["rule"] == "journal"]


def test_without_room_new_tasks_are_refused_and_all_else_goes_on_until_there_is_room(tmp_path: Path) -> None:
    data = tmp_path / "data"
    inside = on_disk(data, "6m")
    with live_lab(
        tmp_path,
        TOPOLOGY,
        "--data",
        str(data),
        inside=inside,
        task_time=0.05,
        rebalance_interval=0,
        **PATIENT,
        alerts={"quiet_for": 1},
    ) as lab:
        root = lab.topology.root.name
        lab.post("/tasks", {"node": root, "count": 30})
        ballast = fill(Path(f"/proc/{lab.process.pid}/root{data}"))
        added = 30

        def refusal() -> str:
            nonlocal added
            answer = lab.http.post(f"{lab.balancer}/tasks", json={"node": root, "count": 500})
            if answer.is_success:
                added += 500
                return ""
            assert answer.status_code == 507, answer.text
            assert answer.headers["content-type"] == "application/problem+json"
            return str(answer.json()["detail"])

        full = "there is no room left on its disk"
        assert full in lab.until(refusal, bool)
        (alert,) = lab.until(
            lambda: of_the_journal(lab, "alerts"), lambda found: bool(found and found[0]["fired"])
        )
        assert alert["severity"] == "critical"
        assert alert["text"].startswith("no change of a task can be kept: ")
        assert alert["text"].endswith(full)
        wave = lab.wave(lab.get("/echo_ws")["wave"])
        assert (wave["state"], wave["missing"]) == ("complete", [])
        status = lab.get("/status")
        assert {node["state"] for node in status["nodes"]} == {"up"}
        assert status["tasks"] is None or status["tasks"]["lawful"]
        ballast.unlink()
        lab.until(refusal, lambda reason: reason == "")
        lab.until(
            lambda: lab.get("/status")["tasks"], lambda law: law is not None and law["completed"] == added
        )
        assert lab.get("/status")["tasks"]["lawful"]
        (over,) = lab.until(lambda: of_the_journal(lab, "history"), bool)
        assert (over["id"], over["state"]) == (alert["id"], "resolved")
        assert of_the_journal(lab, "alerts") == []
        assert not any(node["restarts"] for node in lab.get("/status")["nodes"])


@pytest.mark.parametrize(
    ("size", "more", "reason"),
    [
        ("256k", "true", "No space left on device"),
        ("4m", "mount -o remount,ro {folder}", "Read-only file system"),
    ],
)
def test_a_lab_does_not_start_on_such_a_disk_and_leaves_nothing_there(
    tmp_path: Path, free_ports: Callable[[int], list[int]], size: str, more: str, reason: str
) -> None:
    root, balancer, page = free_ports(3)
    (tmp_path / "topology.json").write_text(f'{{"name": "root", "port": {root}, "cpu": 2, "children": []}}')
    (tmp_path / "config.json").write_text(f'{{"balancer_port": {balancer}, "page_port": {page}}}')
    data = tmp_path / "data"
    inside = on_disk(data, size, more.format(folder=data))
    look = f'"$@"; echo "code $?"; ls -A {data}'
    command = [*inside, "sh", "-c", look, "sh", sys.executable, "-m", "topowave", "up", "--data", str(data)]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    assert done.stdout == "code 2\n"
    lines = [line for line in done.stderr.splitlines() if "the page is not built" not in line]
    assert lines == [f"{data.name}: no journal can be written there: {reason}"]
