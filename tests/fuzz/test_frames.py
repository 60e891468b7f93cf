"""A node survives frames that nobody should send: the short form; TOPOWAVE_FUZZ_FRAMES asks for more."""

from __future__ import annotations

import os

import pytest

from tests.fuzz.frames import fuzz_frames

FRAMES = int(os.environ.get("TOPOWAVE_FUZZ_FRAMES", "3000"))
SEED = int(os.environ.get("TOPOWAVE_FUZZ_SEED", "1"))


@pytest.mark.timeout(400 + FRAMES // 100)
def test_frames_that_nobody_should_send_are_refused_and_change_nothing() -> None:
    found = fuzz_frames(FRAMES, SEED)
    assert found.frames >= FRAMES
    assert found.refused > FRAMES // 3
    assert (found.server_errors, found.alive, found.unchanged) == (0, True, True)
