"""`make reliability`: every fault at full length, and what came of it as a table in docs/reliability.md.

Each row runs the test that does the fault, or the fuzz, or `topowave chaos`; all figures come from the run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from xml.etree import ElementTree

from tests.support.live_lab import ROOT, live_lab

PAGE = ROOT / "docs" / "reliability.md"
LIMIT_S = 1200.0
"""How long one row may take (s)."""
TOO_LONG = f"FAILED: not over after {LIMIT_S:g} s"
SEED = 1
PROMISE_WAVES = (
    "waves end complete or name who is missing, and are complete afterwards; every task is completed"
)


@dataclass(frozen=True)
class Row:
    """A fault: what it is, its test, how many rounds in the long form, and what was promised."""

    fault: str
    test: str
    promise: str
    rounds: int = 0


PROCESSES = "tests/faults/test_processes.py::test_"
AGENTS = "tests/faults/test_agents.py::test_"
DEPLOYS = "tests/faults/test_deploys.py::test_"
STARTS = "tests/faults/test_starts.py::test_"
LINKS = "tests/faults/test_links.py::test_a_node_"
ROWS = (
    Row("kill -9 of every node in turn, under load", PROCESSES + "every_node_is_killed_in_turn_under_load",
        PROMISE_WAVES, 48),
    Row("kill -9 of half the tree at once", PROCESSES + "half_the_tree_is_killed_at_once", PROMISE_WAVES, 48),
    Row("kill -9 of the balancer", PROCESSES + "a_balancer_that_is_killed_under_load_finds_its_nodes_again",
        "it finds its nodes again, no node is restarted, a wave after it is complete", 48),
    Row("kill -9 of the orchestrator at a random moment, mid-start too", "tests/faults/test_orchestrator.py",
        "no process, no port and no temporary file is left; the next start works", 100),
    Row("kill -9 of the balancer at a random moment of growing or shrinking",
        DEPLOYS + "a_balancer_that_is_killed_amid_a_deploy_goes_on_to_its_goal",
        "the lab comes to its goal, nobody is left over, every task is completed", 48),
    Row("kill -9 of nodes that join",
        DEPLOYS + "nodes_that_are_killed_while_they_join_join_all_the_same", "they join all the same", 48),
    Row("kill -9 of nodes that leave, while they hand over their tasks",
        DEPLOYS + "nodes_that_are_killed_while_they_hand_over_their_tasks_leave_without_losing_any",
        "they leave, and every task is completed", 48),
    Row("SIGSTOP, then SIGCONT, of a node that is to leave",
        DEPLOYS + "a_node_that_is_stopped_while_it_is_to_leave_says_so_and_leaves_when_it_goes_on",
        "it is said why it does not leave; it leaves when it goes on", 48),
    Row("ports are taken while the lab grows",
        DEPLOYS + "ports_that_others_take_while_the_lab_grows_do_not_keep_it_from_its_goal",
        "the reason is told, and nodes join on other ports", 48),
    Row("kill -9 of the orchestrator at a random moment of growing or shrinking",
        DEPLOYS + "nothing_is_left_when_the_orchestrator_is_killed_amid_a_deploy",
        "no process, no port and no temporary file is left", 120),
    Row("kill -9 of an agent, under load",
        AGENTS + "the_nodes_of_an_agent_that_is_killed_come_back_on_the_others_with_their_tasks",
        "its nodes come back on the others with their tasks, and no node ever runs twice", 48),
    Row("SIGSTOP of an agent for longer than its lease, then SIGCONT",
        AGENTS + "an_agent_that_stands_still_has_ended_its_nodes_before_others_run_them",
        "what it ran has ended before others run it", 48),
    Row("kill -9 of an agent's link",
        AGENTS + "an_agent_whose_link_is_killed_goes_on_and_no_node_runs_twice",
        "its nodes are up, and none ever runs twice", 48),
    Row("kill -9 of an agent and of the balancer",
        AGENTS + "a_balancer_that_dies_while_an_agent_is_silent_moves_its_nodes_all_the_same",
        "its nodes come back on another one; those of others run on", 48),
    Row("kill -9 of an agent at a random moment of growing",
        AGENTS + "a_deploy_comes_to_its_goal_although_an_agent_dies_amid_it",
        "the goal is reached, and no node ever runs twice", 48),
    Row("kill -9 of givers and receivers in the middle of moves", "tests/faults/test_tasks.py",
        "no task is lost or doubled; what was begun again says so", 40),
    Row("kill -9 of the whole lab while scripts run, then `topowave up --resume`",
        "tests/live/test_script_tasks_resumed.py",
        "each is done once, and says so if it was begun again; results and reasons of before are kept"),
    Row("SIGSTOP, then SIGCONT, of a node",
        PROCESSES + "a_node_that_is_stopped_is_named_and_takes_part_when_it_goes_on",
        "a wave names it; complete after it", 60),
    Row("a link that swallows everything",
        LINKS + "behind_a_bad_link_is_named_and_takes_part_when_it_is_good_again[swallows]",
        PROMISE_WAVES, 40),
    Row("a link that is cut", LINKS + "behind_a_bad_link_is_named_and_takes_part_when_it_is_good_again[cuts]",
        PROMISE_WAVES, 40),
    Row("a node that is cut off from all neighbours",
        LINKS + "that_is_cut_off_is_named_with_those_behind_it_and_its_links_mend", PROMISE_WAVES, 36),
    Row("a full disk, a read-only data directory", "tests/faults/test_disk.py",
        "new tasks are refused with 507 and the reason, all else goes on; no start on such a disk, nothing "
        "half-written"),
    Row("a node that crashes at every start",
        STARTS + "a_node_that_crashes_at_every_start_is_given_up_and_the_others_go_on",
        "it is given up, waves name it, the others go on"),
    Row("somebody wants the port of a node that is being started again",
        STARTS + "the_port_of_a_node_cannot_be_taken_while_it_is_being_started_again", "it cannot be taken"),
    Row("a port is taken between two `topowave up`",
        STARTS + "a_port_that_was_taken_between_two_starts_is_named_and_nothing_is_started",
        "it is named, exit code 1, nothing is started"),
    Row("the wall clock jumps by up to 10 years", "tests/faults/test_clock.py",
        "nothing but shown times follows it: every wave complete"),
    Row("50 clients of every kind that never read or never end", "tests/live/test_slow_clients.py",
        "dropped within 5 s; waves stay exact"),
)  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """One line of the table."""

    fault: str
    times: str
    promise: str
    seen: str
    held: bool


def main() -> int:
    """Run everything and write the page; 0 if all held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="short forms: to try it")
    parser.add_argument("--minutes", type=float, default=2.0, help="of chaos")
    parser.add_argument("--output", type=Path, default=PAGE)
    wanted = parser.parse_args()
    began_s = time.monotonic()
    lines = [_show(_by_test(row, quick=wanted.quick)) for row in ROWS]
    lines += map(_show, _by_fuzz(quick=wanted.quick))
    for level, processes in (("medium", "per-node"), ("high", "2")):
        lines.append(_show(_by_chaos(0.1 if wanted.quick else wanted.minutes / 2, level, processes)))
    wanted.output.write_text(_page(lines, time.monotonic() - began_s, quick=wanted.quick), "utf-8")
    print(f"{wanted.output}: {sum(line.held for line in lines)} of {len(lines)} held")
    return 0 if all(line.held for line in lines) else 1


def _show(line: Seen) -> Seen:
    print(f"{'held' if line.held else 'FAILED':6}  {line.fault}: {line.times}; {line.seen}", flush=True)
    return line


def _by_test(row: Row, *, quick: bool) -> Seen:
    environment = dict(os.environ)
    environment.pop("TOPOWAVE_FAULT_ROUNDS", None)
    if row.rounds and not quick:
        environment["TOPOWAVE_FAULT_ROUNDS"] = str(row.rounds)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [
            sys.executable,
            "-m",
            "pytest",
            row.test,
            f"--junitxml={report}",
            "-o",
            "junit_family=xunit1",
        ]
        try:
            done = subprocess.run(
                command,
                cwd=ROOT,
                env=environment,
                capture_output=True,
                text=True,
                timeout=LIMIT_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Seen(row.fault, "-", row.promise, TOO_LONG, held=False)
        if done.returncode:
            return Seen(row.fault, "-", row.promise, f"FAILED: {_last_line(done.stdout)}", held=False)
        cases = list(ElementTree.parse(report).getroot().iter("testcase"))
    if all(case.find("skipped") is not None for case in cases):
        return Seen(row.fault, "0", row.promise, "not possible for this user on this machine", held=True)
    noted = {p.get("name"): str(p.get("value")) for case in cases for p in case.iter("property")}
    times = noted.get("times", str(len(cases)))
    return Seen(row.fault, times, row.promise, noted.get("seen", "as promised"), held=True)


def _last_line(text: str) -> str:
    failed = [line for line in text.splitlines() if line.startswith(("E  ", "FAILED"))]
    return (failed or text.splitlines() or ["no output"])[0][:300]


def _by_fuzz(*, quick: bool) -> Iterable[Seen]:
    sizes = ["2000", "5", "10"] if quick else ["100000", "100", "100"]
    options = [
        text for pair in zip(("--frames", "--requests", "--files"), sizes, strict=True) for text in pair
    ]
    promises = {
        "frames": ("bad WebSocket frames at a real node", "refused in words, node alive, state unchanged"),
        "operations": (
            "requests to every HTTP operation (schemathesis)",
            "no 5xx, no breach of the description",
        ),
        "files": (
            "topology and config files (Hypothesis)",
            "exit code 2, a line for each problem, under 2 s",
        ),
    }
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tests.fuzz", "--seed", str(SEED), *options],
            cwd=ROOT, capture_output=True, text=True, timeout=LIMIT_S, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return [Seen("fuzz", "-", "nothing is taken that should not be", TOO_LONG, held=False)]
    if done.returncode:
        wrong = (done.stderr.splitlines() or ["no output"])[-1][:300]
        return [Seen("fuzz", "-", "nothing is taken that should not be", f"FAILED: {wrong}", held=False)]
    figures = json.loads(done.stdout)
    counts = {"frames": "frames", "operations": "requests", "files": "files"}
    return [
        Seen(fault, f"{figures[part][counts[part]]:,}", promise, _told(figures[part]), held=True)
        for part, (fault, promise) in promises.items()
    ]


def _told(figures: dict[str, object]) -> str:
    shown = {True: "yes", False: "no"}
    return ", ".join(
        f"{name.replace('_', ' ')} {shown.get(value, value) if isinstance(value, bool) else value}"
        for name, value in figures.items()
    )


def _by_chaos(minutes: float, level: str, processes: str) -> Seen:
    fault = f"`topowave chaos --faults all --intensity {level}`, 10 nodes, `--processes {processes}`"
    promise = "all of the above at once; the lab mends"
    with tempfile.TemporaryDirectory() as folder:
        topology = ROOT / "topology.json"
        options = ("--processes", processes)
        with live_lab(Path(folder), topology, *options, room=60, task_time=0.5, rebalance_interval=1) as lab:
            command = [sys.executable, "-m", "topowave", "chaos", "--balancer", lab.balancer, "--json"]
            done = subprocess.run(
                [*command, "--seed", str(SEED), "--minutes", str(minutes), "--intensity", level,
                 "--faults", "all"],
                cwd=ROOT, capture_output=True, text=True, timeout=LIMIT_S, check=False,
            )  # fmt: skip
    if not done.stdout:
        return Seen(fault, "-", promise, f"FAILED: {done.stderr[-300:]}", held=False)
    told = json.loads(done.stdout)
    faults = ", ".join(f"{count} {kind}" for kind, count in told["faults"].items())
    seen = (
        f"{told['waves_complete']} waves complete, {told['waves_incomplete']} incomplete, 0 wrong, on "
        f"{told['networks']} networks of {told['nodes_least']} to {told['nodes_most']} nodes; "
        f"{told['tasks_submitted']} tasks, {told['tasks_completed']} completed once, "
        f"{told['tasks_again']} of them begun again and say so; "
        f"{told['scripts_submitted']} script tasks of {len(told['scripts'])} kinds, each completed once or "
        f"failed with its reason, {told['scripts_again']} of them begun again and say so; "
        f"the law held in {told['law_readings']} readings; mended after {told['mended_s']} s"
    )
    if not told["held"]:
        seen = f"FAILED: {'; '.join(told['wrong'][:3])}"
    return Seen(fault, f"{told['seconds']:.0f} s: {faults}", promise, seen, held=told["held"])


def _page(lines: list[Seen], seconds: float, *, quick: bool) -> str:
    now = datetime.now(timezone.utc)  # noqa: UP017 - what Python 3.11's neighbours read too
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    form = "the short forms" if quick else "the long forms"
    head = (
        "# Reliability\n\n"
        "What was done to real processes, what was promised, and what was seen. Written by `make\n"
        "reliability`; every figure is from one run.\n\n"
        f"{now:%Y-%m-%d %H:%M} UTC, {cores} cores, {platform.system()}, Python {platform.python_version()}, "
        f"{form}, {seconds / 60:.0f} minutes,\nseed {SEED} for the fuzz and for chaos. "
        "The tests of each fault have fixed seeds of their own.\n\n"
        "| fault | how often | promised | seen |\n|---|---|---|---|\n"
    )
    body = "".join(
        f"| {line.fault} | {line.times} | {line.promise} | {_cell(line.seen)} |\n" for line in lines
    )
    tail = (
        "\nA wave is wrong if it is complete without every node once in its tree and 2\\|E\\| messages, or\n"
        "if it is incomplete and does not name a node that is not in its tree, or names one that is in it\n"
        "and that nothing was done to.\n\n"
        "[`topowave chaos`](how-to/break-a-lab.md) does such things to your own lab.\n"
    )
    return head + body + tail


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    sys.exit(main())
