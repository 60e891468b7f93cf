"""What a Ray cluster is: its machines, and what is installed there. `python -m topowave.ray_cluster.survey`.

It is a program of its own, since whoever has been connected to Ray has threads and may not fork any more.
It prints one line of JSON: `{"here": boot, "machines": [...]}`, or `{"problems": [...]}`.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from importlib.metadata import version

from topowave.ray_cluster.connection import check_installed, connect, load_ray
from topowave.ray_cluster.limits import CONNECT_S, STARTS, SURVEY_S
from topowave.topology.problems import Problems


@dataclass(frozen=True, slots=True)
class RayMachine:
    """A node of a Ray cluster.

    Attributes:
        ip: where the others reach it.
        cpus: the CPUs that Ray may give away there.
        boot: names the machine's present boot, so that two nodes on one machine are known.
        topowave: the version of Topowave that Ray's Python finds there; "" for none.
    """

    ip: str
    cpus: float
    boot: str
    topowave: str


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found.

    Attributes:
        here: the boot of this machine.
        machines: all nodes of the cluster that are alive.
    """

    here: str
    machines: tuple[RayMachine, ...]

    @property
    def elsewhere(self) -> tuple[RayMachine, ...]:
        """Those that are other machines than this one."""
        return tuple(machine for machine in self.machines if machine.boot != self.here)


def survey(address: str) -> Survey:
    """Ask each machine of a cluster what it is, in a process of its own.

    Args:
        address: AUTO, HOST:PORT or ray://HOST:PORT.

    Raises:
        Problems: there is no such cluster, or a machine of it cannot run agents.
    """
    command = [sys.executable, "-m", "topowave.ray_cluster.survey", address]
    patience_s = 2 * SURVEY_S + STARTS * CONNECT_S
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=patience_s, check=False
        )
    except subprocess.TimeoutExpired:
        raise Problems([f"--ray {address}: the cluster does not answer within {patience_s:g} s"]) from None
    try:
        said = json.loads(done.stdout.splitlines()[-1])
    except (ValueError, IndexError):
        last = " ".join(done.stderr.split()[-40:]) or f"ended with code {done.returncode}"
        raise Problems([f"--ray {address}: Ray could not be asked: {last}"]) from None
    if "problems" in said:
        raise Problems(said["problems"])
    found = Survey(said["here"], tuple(RayMachine(**each) for each in said["machines"]))
    check_machines(address, found)
    return found


def check_machines(address: str, found: Survey) -> None:
    """Raise Problems where the machines are none, or lack the Topowave that is here."""
    own = version("topowave")
    if not found.machines:
        raise Problems([f"--ray {address}: the cluster has no machine that is alive"])
    wrong = [
        f"--ray {address}: {machine.ip}: Ray's Python there has "
        f"{f'Topowave {machine.topowave}' if machine.topowave else 'no Topowave'}, and this is {own}: "
        "install the same into the environment from which `ray start` was called"
        for machine in found.machines
        if machine.topowave != own
    ]
    if wrong:
        raise Problems(wrong)


def _look() -> tuple[str, str]:
    """Return this machine's boot and the version of Topowave here; sent to each machine as it is."""
    from importlib import metadata  # noqa: PLC0415 - where it is sent, nothing of this file is imported
    from pathlib import Path  # noqa: PLC0415

    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("utf-8").strip()
    except OSError:
        boot = ""
    try:
        return boot, metadata.version("topowave")
    except metadata.PackageNotFoundError:
        return boot, ""


def _ask(address: str) -> Survey:
    """Join the cluster, and ask each of its machines."""
    check_installed("ray")
    ray = load_ray()
    connect(ray, address)
    affinity = importlib.import_module("ray.util.scheduling_strategies").NodeAffinitySchedulingStrategy
    nodes = [node for node in ray.nodes() if node["Alive"]]
    look = ray.remote(num_cpus=0, max_retries=0)(_look)
    asked = [
        look.options(scheduling_strategy=affinity(node["NodeID"], soft=False)).remote() for node in nodes
    ]
    done, _ = ray.wait(asked, num_returns=len(asked), timeout=SURVEY_S)
    machines: list[RayMachine] = []
    problems: list[str] = []
    for node, answer in zip(nodes, asked, strict=True):
        ip = node["NodeManagerAddress"]
        if answer not in done:
            problems.append(f"--ray {address}: {ip} does not answer within {SURVEY_S:g} s")
            continue
        try:
            boot, found = ray.get(answer)
        except ray.exceptions.RayError as error:
            problems.append(f"--ray {address}: {ip}: {str(error).strip().splitlines()[-1]}")
            continue
        machines.append(RayMachine(ip, node["Resources"].get("CPU", 0.0), boot, found))
    if problems:
        raise Problems(problems)
    here, _ = _look()
    return Survey(here, tuple(machines))


def main(address: str) -> None:
    """Print what is found."""
    out = os.dup(1)
    os.dup2(2, 1)  # what Ray prints is not the answer
    try:
        answer: dict[str, object] = asdict(_ask(address))
    except Problems as refusal:
        answer = {"problems": refusal.problems}
    with contextlib.suppress(OSError), os.fdopen(out, "w", encoding="utf-8") as answers:
        answers.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
