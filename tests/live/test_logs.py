"""What a lab logs: nothing by default, and with `--log-level info` a line for each thing that happens."""

from __future__ import annotations

import json
import re
import signal
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from tests.support.live_lab import PATIENT, ROOT, LiveLab, live_lab
from tests.support.waiting import PATIENCE_S

QUIET: dict[str, Any] = PATIENT | {"rebalance_interval": 0}
STUDENTS = ROOT / "tests" / "live" / "students.py"
PAIR = re.compile(r'(\w+)=("(?:\\.|[^"\\])*"|\S*)')


def into(log: Path) -> tuple[str, ...]:
    """A command that becomes another one whose standard error goes to a file."""
    return ("sh", "-c", f'exec "$@" 2>"{log}"', "sh")


def whole_lines(log: Path) -> list[str]:
    """What was logged so far, without the line that is being written."""
    lines: list[str] = re.findall(r".+(?=\n)", log.read_text("utf-8"))
    return [line for line in lines if "the page is not built" not in line]


def read(log: Path) -> list[dict[str, str]]:
    """Every line as its keys and values; one that is no row of pairs fails."""
    found: list[dict[str, str]] = []
    for line in whole_lines(log):
        assert PAIR.sub("", line).strip() == "", line
        pairs = ((key, json.loads(value) if value[:1] == '"' else value) for key, value in PAIR.findall(line))
        found.append(dict(pairs))
    return found


def with_all(**values: str) -> Callable[[list[dict[str, str]]], bool]:
    """Say whether any line has all these values."""
    return lambda lines: any(values.items() <= line.items() for line in lines)


def any_has(wanted: dict[str, Any], lines: list[dict[str, Any]]) -> bool:
    """Say whether any line has all these values, in their types."""
    return any(all(key in line and line[key] == value for key, value in wanted.items()) for line in lines)


def happenings(lab: LiveLab) -> tuple[str, str, int]:
    """A wave, a round of rebalancing that moves tasks, and a kill; returns wave, killed node, its pid."""
    leaf = lab.topology.nodes[-1].name
    wave: str = lab.post("/waves", {"algorithm": "echo"})["wave"]
    assert lab.wave(wave)["state"] == "complete"
    lab.post("/tasks", {"node": lab.topology.nodes[0].name, "count": 40})
    assert lab.post("/rebalance")["moved"] > 0
    pid = pid_of(lab, leaf)
    lab.post(f"/nodes/{leaf}/kill")
    lab.until(lambda: node(lab, leaf), lambda now: now["state"] == "up" and now["restarts"] == 1)
    return wave, leaf, pid


def node(lab: LiveLab, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in lab.get("/status")["nodes"] if each["name"] == name)
    return found


def pid_of(lab: LiveLab, name: str) -> int:
    return int(node(lab, name)["pid"])


def test_a_wave_a_move_and_a_kill_are_lines_of_their_own(tmp_path: Path) -> None:
    log = tmp_path / "log"
    options = ("--log-level", "info", "--processes", "per-node")
    with live_lab(tmp_path, ROOT / "topology.json", *options, inside=into(log), **QUIET) as lab:
        wave, leaf, pid = happenings(lab)
        new_pid = pid_of(lab, leaf)
        root = lab.topology.nodes[0].name

        def logged(**values: str) -> None:
            lab.until(lambda: read(log), with_all(**values))

        logged(source="balancer", event="wave ended", wave=wave, algorithm="echo", state="complete")
        logged(source="balancer", event="tasks moved", giver=root, outcome="moved")
        logged(source="topowave", event="process started", process=leaf, pid=str(pid))
        logged(event="process ended", process=leaf, pid=str(pid), reason="killed by SIGKILL")
        logged(level="warning", event=f"{leaf} killed by SIGKILL; started again")
        logged(event="process started", process=leaf, pid=str(new_pid))
    lines = read(log)
    ended = [line["process"] for line in lines if line["event"] == "process ended"]
    assert sorted(ended) == sorted([*(each.name for each in lab.topology.nodes), "balancer", leaf])
    assert {line["level"] for line in lines} == {"info", "warning"}
    # One a wave, an echo and the one of the rebalancing; nothing for their messages.
    assert sum(line["event"] == "wave ended" for line in lines) == 2


def test_without_the_option_a_lab_shows_warnings_in_words_and_nothing_else(tmp_path: Path) -> None:
    log = tmp_path / "log"
    options = ("--processes", "per-node", "-a", f"{STUDENTS}:Talker")
    with live_lab(tmp_path, ROOT / "topology.json", *options, inside=into(log), **QUIET) as lab:
        _, leaf, _ = happenings(lab)
        root = lab.topology.nodes[0].name
        for _ in range(2):  # the class closes standard output, and the second wave prints all the same
            assert lab.wave(lab.post("/waves", {"algorithm": "talker"})["wave"])["state"] == "complete"
        lab.until(lambda: log.read_text("utf-8"), lambda text: text.count("by a child") == 2)
        lab.until(lambda: log.read_text("utf-8"), lambda text: text.count("ZeroDivisionError") == 2)
    lines = whole_lines(log)
    assert lines[0] == f"topowave: WARNING: {leaf} killed by SIGKILL; started again"
    assert all(line.startswith(f"{root}: ") for line in lines[1:])
    said = [line.removeprefix(f"{root}: ") for line in lines[1:]]
    assert [said.count(text) for text in ("\\x1b[31mprinted", "\\x1b[2Jwritten", "by a child")] == [2, 2, 2]
    assert any(f"{STUDENTS}:" in text and "UserWarning: careful" in text for text in said)
    thread = "WARNING: the thread mine that a class has started: ZeroDivisionError: "
    assert sum(text.startswith(thread) for text in said) == 2


def test_with_log_format_json_what_happens_is_an_object_a_line_with_the_ids_of_waves_and_tasks(
    tmp_path: Path,
) -> None:
    log = tmp_path / "log"
    options = ("--log-format", "json", "--processes", "2")
    with live_lab(tmp_path, ROOT / "topology.json", *options, inside=into(log), **QUIET) as lab:
        wave: str = lab.post("/waves", {"algorithm": "echo"})["wave"]
        assert lab.wave(wave)["state"] == "complete"
        (task,) = lab.post("/tasks", {"node": lab.topology.nodes[0].name, "count": 1})["tasks"]
        lab.http.patch(f"{lab.balancer}/config", json={"link_delay": 1.5}).raise_for_status()

        def lines() -> list[dict[str, Any]]:
            return [json.loads(line) for line in whole_lines(log)]

        wanted: list[dict[str, Any]] = [
            {"source": "balancer", "event": "balancer started", "nodes": len(lab.topology.nodes)},
            {"source": "balancer", "event": "wave started", "wave": wave, "algorithm": "echo"},
            {"source": "balancer", "event": "wave ended", "wave": wave, "state": "complete"},
            {"event": "tasks submitted", "count": 1, "tasks": [task]},
            {"event": "setting changed", "setting": "link_delay", "before": 0.0, "now": 1.5},
            {"event": "node state", "state": "up", "restarts": 0},
        ]
        for each in wanted:
            lab.until(lines, partial(any_has, each))


@pytest.mark.slow
def test_a_stop_in_the_middle_of_work_says_one_line(tmp_path: Path) -> None:
    with live_lab(tmp_path, ROOT / "topology.json", rebalance_interval=0.1, task_time=0.05) as lab:
        over = threading.Event()
        root = f"http://127.0.0.1:{lab.topology.nodes[0].port}"
        asked = [f"{lab.balancer}/{path}" for path in ("echo", "echo_ws", "finn_ws", "status")]
        threads = [
            threading.Thread(target=work, args=(over,))
            for url in (*asked, f"{root}/echo", f"{root}/add_task?count=3")
            for work in (partial(ask, url), partial(ask, url))
        ]
        threads += [
            threading.Thread(target=partial(listen, lab, path), args=(over,)) for path in ("stream", "ws")
        ]
        for thread in threads:
            thread.start()
        try:
            lab.until(lambda: len(lab.get("/waves")["waves"]), lambda waves: waves >= 50)
            lab.process.send_signal(signal.SIGINT)
            printed, _ = lab.process.communicate(timeout=PATIENCE_S)
        finally:
            over.set()
            for thread in threads:
                thread.join(PATIENCE_S)
    assert lab.process.returncode == 0
    assert printed.partition("Ctrl-C stops everything.\n")[2].split("\n") == ["", "stopping ...", ""]


def ask(url: str, over: threading.Event) -> None:
    """Ask again and again, whatever comes of it."""
    with httpx.Client(trust_env=False, timeout=PATIENCE_S) as http:
        while not over.is_set():
            try:
                http.get(url)
            except httpx.HTTPError:
                over.wait(0.01)


def listen(lab: LiveLab, path: str, over: threading.Event) -> None:
    """Read all that a WebSocket of the balancer says, and come again."""
    while not over.is_set():
        try:
            with connect(f"ws://127.0.0.1:{lab.balancer_port}/{path}", proxy=None) as connection:
                for _ in connection:
                    if over.is_set():
                        return
        except (OSError, WebSocketException):
            over.wait(0.01)
