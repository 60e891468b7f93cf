"""Compares two checkouts, in turn and in one run: waves, start, memory, tasks and the simulator.

Run as `python -m benchmarks.against PATH [--nodes 31] [--rounds 200] [--tasks 20000] [--repeats 3]`. PATH is
another checkout of this project, set up (`scripts/set_up.py run` there). Both take turns, wave by wave and
round by round, so whatever else the machine does meets both alike; medians are compared.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.__main__ import REST_S, WARM_UP, mean_pss
from benchmarks.contestants import Ours
from benchmarks.probes import cpu_s
from benchmarks.tasks import TASK_TIME_S, Lab
from topowave.topology import generate, write_topology

BASE_PORT = 26_000
PORTS_APART = 1_000
"""Between the two labs, which run at the same time."""
BATCH = 500
"""Tasks that are submitted at once."""
SIMULATED_NODES = 100_000
TASK_FIGURES = ("tasks a second", "CPU of the nodes for a task, ms", "CPU of the balancer for a task, ms")
KERNEL_FIGURES = ("simulated messages a CPU second, thousands",)
ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Checkout:
    """One of the two: its folder, and the first of its ports."""

    folder: Path
    base_port: int

    @property
    def python(self) -> str:
        """The interpreter of its environment."""
        return str(self.folder / ".venv" / "bin" / "python")


@dataclass(frozen=True)
class Figure:
    """What is compared: a value a round of each side, in the order of the checkouts."""

    what: str
    values: tuple[list[float], list[float]]


def main() -> None:
    """Measure both and print the table."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.against", description=__doc__)
    options.add_argument("path", type=Path, help="the other checkout")
    options.add_argument("--nodes", type=int, default=31, help="size of the binary tree (default: 31)")
    options.add_argument("--processes", type=int, help="processes of the nodes (default: one a node)")
    options.add_argument("--rounds", type=int, default=200, help="waves of each side (default: 200)")
    options.add_argument("--tasks", type=int, default=20_000, help="tasks a repeat (default: 20000)")
    options.add_argument(
        "--repeats", type=int, default=3, help="labs and simulations of each side (default: 3)"
    )
    chosen = options.parse_args()
    sides = Checkout(ROOT, BASE_PORT), Checkout(chosen.path.resolve(), BASE_PORT + PORTS_APART)
    for side in sides:
        if not Path(side.python).exists():
            options.error(f"{side.python} is missing: set that checkout up first")
    console = Console()
    with console.status("waves"):
        figures = waves(sides, chosen.nodes, chosen.processes or chosen.nodes, chosen.rounds, chosen.repeats)
    with console.status("tasks"):
        figures += in_turn(TASK_FIGURES, sides, chosen.repeats, tasks(chosen.nodes, chosen.tasks))
    with console.status("the simulator"):
        figures += in_turn(KERNEL_FIGURES, sides, chosen.repeats, simulated)
    console.print(table(figures, sides))


def waves(
    sides: tuple[Checkout, Checkout], nodes: int, processes: int, rounds: int, repeats: int
) -> list[Figure]:
    """Run a lab of each at the same time, and let them run waves in turn."""
    starts = Figure("start, s", ([], []))
    firsts = Figure("start to first wave, s", ([], []))
    times = Figure("echo wave, ms", ([], []))
    work = Figure("CPU of all nodes for a wave, ms", ([], []))
    passed_on = Figure("CPU of the balancer for a wave, with asking after it, ms", ([], []))
    memory = Figure("memory a process of nodes, MB PSS", ([], []))
    for repeat in range(repeats):
        with tempfile.TemporaryDirectory() as name:
            labs: dict[int, Ours] = {}
            try:
                # Who starts second finds the interpreter and its libraries in the page cache.
                for number in (0, 1) if repeat % 2 else (1, 0):
                    side = sides[number]
                    lab = Ours(prepare(Path(name, str(number)), side, nodes), processes, checkout=side.folder)
                    labs[number] = lab
                    starts.values[number].append(lab.start_s)
                    firsts.values[number].append(lab.first_wave_s)
                for turn in range(WARM_UP + rounds // repeats):
                    # Each goes first as often as second.
                    for number in (0, 1) if turn % 2 else (1, 0):
                        before_s = nodes_and_balancer_s(labs[number])
                        took_ms = labs[number].wave_ms()
                        after_s = nodes_and_balancer_s(labs[number])
                        if turn >= WARM_UP:
                            times.values[number].append(took_ms)
                            work.values[number].append((after_s[0] - before_s[0]) * 1000)
                            passed_on.values[number].append((after_s[1] - before_s[1]) * 1000)
                        time.sleep(REST_S)
                for number, lab in labs.items():
                    memory.values[number].append(mean_pss(lab.nodes()))
            finally:
                for lab in labs.values():
                    lab.stop()
    return [times, work, passed_on, starts, firsts, memory]


def in_turn(
    whats: Sequence[str],
    sides: tuple[Checkout, Checkout],
    repeats: int,
    measure: Callable[[Checkout], Sequence[float]],
) -> list[Figure]:
    """Measure both, one after the other, again and again; `measure` returns a value of each figure."""
    found = [Figure(what, ([], [])) for what in whats]
    for turn in range(repeats):
        for number in (0, 1) if turn % 2 else (1, 0):
            for figure, value in zip(found, measure(sides[number]), strict=True):
                figure.values[number].append(value)
    return found


def nodes_and_balancer_s(lab: Ours) -> tuple[float, float]:
    """Return the CPU time that the nodes of a lab have had so far, and its balancer (s)."""
    nodes = lab.nodes()
    others = set(lab.everything()) - {*nodes, lab.process.pid}
    return sum(map(cpu_s, nodes)), sum(map(cpu_s, others))


def tasks(nodes: int, count: int) -> Callable[[Checkout], Sequence[float]]:
    """Return what measures TASK_FIGURES of a lab of a checkout, with its journal."""

    def measure(side: Checkout) -> Sequence[float]:
        with tempfile.TemporaryDirectory() as name:
            lab = Lab(prepare(Path(name, "lab"), side, nodes), nodes, "topowave", checkout=side.folder)
            try:
                before_s = nodes_and_balancer_s(lab)
                tasks_s = lab.run_tasks(count, BATCH)[0]
                spent_s = (
                    after - before for after, before in zip(nodes_and_balancer_s(lab), before_s, strict=True)
                )
                return tasks_s, *(1000 * each / count for each in spent_s)
            finally:
                lab.stop()

    return measure


def simulated(side: Checkout) -> Sequence[float]:
    """Run an echo in virtual time in a process of its own; return thousands of messages a CPU second."""
    command = [side.python, "-m", "benchmarks.simulator_contestants", "topowave", str(SIMULATED_NODES)]
    done = subprocess.run(command, cwd=side.folder, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)
    return (float(found["messages"]) / float(found["seconds"]) / 1000,)


def prepare(folder: Path, side: Checkout, nodes: int) -> Path:
    """Write the files of a lab on the ports of a checkout."""
    folder.mkdir()
    network = generate("binary", nodes=nodes, seed=1, base_port=side.base_port)
    write_topology(network, folder / "topology.json")
    ports = {"balancer_port": side.base_port + 900, "page_port": side.base_port + 901}
    settings = {"rebalance_interval": 0, "task_time": TASK_TIME_S, **ports}
    (folder / "config.json").write_text(json.dumps(settings))
    return folder


def table(figures: list[Figure], sides: tuple[Checkout, Checkout]) -> Table:
    """Write the medians side by side, and their ratio."""
    out = Table("medians", *(str(side.folder) for side in sides), "ratio", "spread of each (quartiles)")
    for figure in figures:
        here, there = map(statistics.median, figure.values)
        spreads = ", ".join(map(_quartiles, figure.values))
        out.add_row(figure.what, f"{here:.2f}", f"{there:.2f}", f"{here / there:.2f}", spreads)
    return out


def _quartiles(values: list[float]) -> str:
    if len(values) < 2:
        return "-"
    low, _, high = statistics.quantiles(values, n=4)
    return f"{low:.2f}-{high:.2f}"


if __name__ == "__main__":
    main()
