"""The actor of Ray in which an agent of a lab runs, on whatever machine Ray has put it.

Theory of operation. `run` starts the agent as a process of its own, since an agent forks and Ray's processes
have threads, and returns when that has ended, with how and its last lines; whether there is to be another one
is the fleet's to say. Where the actor's process or its whole machine ends, Ray starts the actor elsewhere and
calls `run` there again. The agent never outlives the actor: the kernel ends it (`bound_program`). Nor does
either outlive its raylet, which is the actor's parent: Ray, which has started another actor then, leaves one
that is in a call alone, and its agent would keep the other's out for as long as it renews its lease.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import signal
import sys
from collections import deque
from collections.abc import AsyncIterator, Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from topowave.ray_cluster.limits import LAST_LINES
from topowave.wire.machine import boot_id


@dataclass(frozen=True, slots=True)
class AgentSpec:
    """What an agent is started with.

    Attributes:
        name: unique in the lab.
        words: the words of `topowave agent` besides its name and its address.
        secret: the lab's token; None for none. It is in no argument of a process.
        lab_boot: the boot of the machine on which the lab's balancer runs.
        lab_host: where a lab is that only its own machine reaches; None where others do.
    """

    name: str
    words: Sequence[str]
    secret: str | None
    lab_boot: str
    lab_host: str | None


@dataclass(frozen=True, slots=True)
class AgentEnd:
    """How an agent ended: the code, or minus the signal's number, and its last lines."""

    code: int
    last: str


class AgentActor:
    """Runs one agent; to be made an actor of Ray."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._told_to_end = asyncio.Event()
        self._raylet_is_gone = False

    async def run(self, spec: AgentSpec) -> AgentEnd:
        """Run the agent until it has ended."""
        if self._told_to_end.is_set():
            return AgentEnd(0, "")
        last: deque[str] = deque(maxlen=LAST_LINES)
        self._process = process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "topowave.ray_cluster.bound_program", str(os.getpid())),
            *("agent", "--name", spec.name, "--node-ip", self.host(spec), *spec.words),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=_environment(spec.secret),
        )
        assert process.stdout is not None
        if self._told_to_end.is_set():  # while it was being started
            process.send_signal(signal.SIGTERM)
        with _on_end_of(os.getppid(), self._raylet_ended):
            async for line in _lines(process.stdout):
                last.append(line)
                print(line, flush=True)  # noqa: T201 - Ray keeps it, as it keeps all that its processes print
            end = AgentEnd(await process.wait(), "\n".join(last))
        if self._raylet_is_gone:
            os._exit(1)  # nobody is left to whom this could be told
        return end

    async def end(self) -> None:
        """End the agent, and wait until it has ended."""
        self._told_to_end.set()
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGTERM)
            await self._process.wait()

    def _raylet_ended(self) -> None:
        """Let the agent leave in order, so that its nodes go elsewhere at once; then this process ends."""
        self._raylet_is_gone = True
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGTERM)

    async def place(self) -> str:
        """Return the address of the machine on which this is."""
        return _own_ip()

    def host(self, spec: AgentSpec) -> str:
        """Return where this machine's nodes are reached: as Ray reaches it, or as a lab within it does."""
        within = spec.lab_host is not None and boot_id() == spec.lab_boot
        own = _own_ip()
        return spec.lab_host if within and spec.lab_host and not own.startswith("127.") else own


@contextmanager
def _on_end_of(pid: int, act: Callable[[], None]) -> Generator[None]:
    """Call `act` when a process ends, while the context is open; at once where it has ended already."""
    loop = asyncio.get_running_loop()
    try:
        watched = os.pidfd_open(pid)
    except AttributeError:  # not Linux: there the end of the machine is noticed by the lease alone
        yield
        return
    except ProcessLookupError:
        act()
        yield
        return

    def ended() -> None:
        loop.remove_reader(watched)
        act()

    loop.add_reader(watched, ended)
    try:
        yield
    finally:
        loop.remove_reader(watched)
        os.close(watched)


def _own_ip() -> str:
    util: Any = importlib.import_module("ray.util")
    return str(util.get_node_ip_address())


async def _lines(stream: asyncio.StreamReader) -> AsyncIterator[str]:
    """Yield what is printed, line by line; of one that is too long, its parts."""
    while True:
        try:
            line = await stream.readline()
        except ValueError:
            continue
        if not line:
            return
        yield line.decode("utf-8", "backslashreplace").rstrip("\n")


def _environment(secret: str | None) -> Mapping[str, str]:
    """Return the environment of an agent: it finds the very package of which this file is a part."""
    home = str(Path(__file__).parents[2])
    path = os.pathsep.join([home, *filter(None, [os.environ.get("PYTHONPATH")])])
    token = {} if secret is None else {"TOPOWAVE_TOKEN": secret}
    return {**os.environ, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1", **token}
