"""A heap with holes has none any more, and goes on working."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

PROGRAM = """
from topowave.wire.heap import fill_holes
blocks = [bytes(700) for _ in range(4000)]
del blocks[::2]
first = fill_holes()
again = fill_holes()
more = [bytes(700) for _ in range(4000)]
print(first, again, len(more))
"""


@pytest.mark.skipif(
    sys.platform != "linux" or os.confstr("CS_GNU_LIBC_VERSION") is None, reason="another library's heap"
)
def test_holes_are_filled_once() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    first, again, more = map(int, done.stdout.split())
    assert first > 2000 * 700 * 0.9
    assert again < first / 20
    assert more == 4000
