"""A lab of stand-ins in a process of its own, and ways to wait for what it does."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.support.waiting import PATIENCE_S, until

ROOT = Path(__file__).parents[3]
Message = dict[str, Any]


def tree(ports: list[int], **more: object) -> dict[str, Any]:
    """A root and its children, one node for every port; their names are root, n1, n2, ..."""
    leaves: list[Message] = [
        Message(name=f"n{number}", port=port, cpu=2, children=[]) for number, port in enumerate(ports)
    ]
    return {"name": "root", "port": ports[0], "cpu": 2, "children": leaves[1:], **more}


def rows(topology: Any) -> list[Message]:
    """A root and its children as the control channel has them, whatever may be wrong with them."""
    root = {key: value for key, value in topology.items() if key != "children"}
    leaves = [{**leaf, "parent": root["name"]} for leaf in topology["children"]]
    return [root, *({key: value for key, value in leaf.items() if key != "children"} for leaf in leaves)]


class Control:
    """A connection to the stand-in balancer: all control messages, and a way to send some."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
        self._rest = b""
        self.seen: list[Message] = []

    def wait(self, **fields: object) -> Message:
        """Read on until a message has these fields."""
        for message in self._messages():
            if fields.items() <= message.items():
                return message
        raise AssertionError(f"the balancer ended before {fields}; seen: {self.seen}")

    def wait_each(self, *wanted: Message) -> None:
        """Read on until each of `wanted` has been seen, in whatever order they come."""
        missing = list(wanted)
        while missing:
            message = next(self._messages())
            missing = [fields for fields in missing if not fields.items() <= message.items()]

    def ask(self, kind: str, **fields: object) -> None:
        """Send a request to the orchestrator."""
        if "topology" in fields:
            fields["topology"] = rows(fields["topology"])
        self.write(json.dumps({"kind": kind, **fields}).encode() + b"\n")

    def write(self, line: bytes) -> None:
        """Send bytes to the orchestrator, whatever they mean."""
        self._socket.sendall(line)

    def _messages(self) -> Iterator[Message]:
        while True:
            while b"\n" in self._rest:
                line, self._rest = self._rest.split(b"\n", 1)
                self.seen.append(json.loads(line))
                yield self.seen[-1]
            data = self._socket.recv(65536)
            if not data:
                return
            self._rest += data

    def close(self) -> None:
        self._socket.close()


class StandIns:
    """One running lab of stand-ins."""

    def __init__(
        self,
        folder: Path,
        ports: list[int],
        behaviour: str,
        topology: Message | None,
        processes: str,
        ignored: str = "",
        output: int = subprocess.PIPE,
    ) -> None:
        self.balancer_port, self.page_port, *self.ports = ports
        self.topology = topology or tree(self.ports)
        files = folder / "topology.json", folder / "config.json"
        files[0].write_text(json.dumps(self.topology))
        files[1].write_text(json.dumps({"balancer_port": ports[0], "page_port": ports[1]}))
        command = [sys.executable, "-m", "tests.unit.orchestrator.standin", *map(str, files), processes]
        if ignored:
            command = ["sh", "-c", f"trap '' {ignored}; exec \"$@\"", "sh", *command]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {"STANDIN": behaviour},
            stdout=output,
            stderr=output,
            text=True,
        )
        self._controls: list[Control] = []

    def read_until(self, line: str) -> list[str]:
        """Read what the lab prints, up to a line that begins so."""
        assert self.process.stdout is not None
        lines: list[str] = []
        for read in self.process.stdout:
            lines.append(read.strip())
            if read.startswith(line):
                return lines
        raise AssertionError(f"ended before {line!r}: {lines}, {self.errors()}")

    def control(self) -> Control:
        """Connect to the balancer that runs now."""
        self._controls.append(Control(self.balancer_port))
        return self._controls[-1]

    def node(self, port: int) -> Message:
        """Ask a node who it is."""
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as client:
            answer: Message = json.loads(client.makefile().readline())
            return answer

    def pids(self) -> list[int]:
        """The processes of the lab, without the orchestrator."""
        listing = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in listing.read_text().split()]

    def errors(self) -> str:
        """What the lab wrote on standard error, once it has ended."""
        assert self.process.stderr is not None
        return self.process.stderr.read()

    def end(self) -> None:
        for control in self._controls:
            control.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate(timeout=PATIENCE_S)


def assert_free(*ports: int) -> None:
    """Make sure that nobody listens on these ports, by listening there."""
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            probe.listen()


def wait_free(port: int) -> None:
    """Wait until nobody listens on a port.

    What a workload has started itself is killed with it, and is nobody's child here: that it has ended cannot
    be heard, and its port is open until the kernel is through with it.
    """

    def refusal() -> OSError | None:
        try:
            assert_free(port)
        except OSError as error:
            return error
        return None

    until(refusal, lambda refused: refused is None)


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
