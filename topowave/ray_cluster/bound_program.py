"""Runs `topowave` as part of another process: `python -m topowave.ray_cluster.bound_program PARENT WORDS...`.

The kernel ends it when that process ends, however that may be. It asks for that itself, since a process with
threads, as those of Ray have, may run no Python between fork and exec.
"""

from __future__ import annotations

import os
import runpy
import sys

from topowave.runtime.parent_death_signal import ask_the_kernel


def main(parent: int, words: list[str]) -> None:
    """Run the command.

    Args:
        parent: the process with which it ends.
        words: what stands after `topowave`.
    """
    ask_the_kernel()
    if os.getppid() != parent:
        sys.exit(1)
    sys.argv = ["topowave", *words]
    runpy.run_module("topowave", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
