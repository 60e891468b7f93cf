"""Fuzzes a real lab at full length and prints the figures as JSON: `python -m tests.fuzz`."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from tests.fuzz.files import fuzz_files
from tests.fuzz.frames import fuzz_frames
from tests.fuzz.operations import fuzz_operations


def main() -> None:
    """Run all three; an AssertionError, with the smallest input that shows it, ends the program."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--frames", type=int, default=100_000, help="WebSocket frames")
    parser.add_argument("--requests", type=int, default=200, help="requests to each operation in each mode")
    parser.add_argument("--files", type=int, default=200, help="files of each kind")
    wanted = parser.parse_args()
    print(json.dumps(fuzz(wanted.seed, wanted.frames, wanted.requests, wanted.files)))


def fuzz(seed: int, frames: int, requests: int, files: int) -> dict[str, dict[str, object]]:
    """Return what came of each: `frames`, `operations` and `files`."""
    return {
        "frames": asdict(fuzz_frames(frames, seed)),
        "operations": asdict(fuzz_operations(requests, seed)),
        "files": asdict(fuzz_files(files, seed)),
    }


if __name__ == "__main__":
    main()
