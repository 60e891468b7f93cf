"""Runs the real command with something wrong inside: `python -m tests.faults.inside FAULT ... -- COMMAND`.

COMMAND is `python -m topowave up ...`; all processes of the lab are forked from this one. A fault is one of

    crash:NAME       the node NAME ends whenever it has begun to start
    proxy:NAME:VIA   neighbours that dial the node NAME get to the port VIA, where somebody stands between
    clock:FILE       the wall clock is wrong by as many seconds as FILE says (a double, native byte order)
"""

from __future__ import annotations

import mmap
import re
import runpy
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path

import topowave.nodes.node
from topowave.nodes.links.openings import Openings
from topowave.nodes.links.peers import OwnPeer
from topowave.nodes.node import Node


def crash(name: str) -> None:
    begin = Node.open

    def begin_or_die(node: Node) -> None:
        if node.spec.name == name:
            raise RuntimeError("crashes at every start, as the test wants it")
        begin(node)

    setattr(Node, "open", begin_or_die)  # noqa: B010 - to a type checker a method is no variable


def proxy(target: str, via: str) -> None:
    class Diverted(OwnPeer):
        def __init__(
            self,
            index: int,
            name: str,
            url: str,
            delay: float,
            on_down: Callable[[int], None],
            openings: Openings,
        ) -> None:
            there = re.sub(r":\d+/", f":{via}/", url) if name == target else url
            super().__init__(index, name, there, delay, on_down, openings)

    setattr(topowave.nodes.node, "OwnPeer", Diverted)  # noqa: B010 - a name that it only imports


def clock(file: str) -> None:
    real, real_ns = time.time, time.time_ns
    with Path(file).open("rb") as opened:
        offset = mmap.mmap(opened.fileno(), 8, access=mmap.ACCESS_READ)

    def wrong_by() -> float:
        return float(struct.unpack("d", offset[:])[0])

    time.time = lambda: real() + wrong_by()
    time.time_ns = lambda: real_ns() + int(1e9 * wrong_by())


FAULTS: dict[str, Callable[..., None]] = {"crash": crash, "proxy": proxy, "clock": clock}


def main() -> None:
    end = sys.argv.index("--")
    for fault in sys.argv[1:end]:
        kind, *rest = fault.split(":")
        FAULTS[kind](*rest)
    python, dash_m, module, *sys.argv[1:] = sys.argv[end + 1 :]
    assert (python, dash_m) == (sys.executable, "-m")
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
