"""Every HTTP operation keeps to its description: the short form; TOPOWAVE_FUZZ_REQUESTS asks for more."""

from __future__ import annotations

import os

import pytest

from tests.fuzz.operations import fuzz_operations

EXAMPLES = int(os.environ.get("TOPOWAVE_FUZZ_REQUESTS", "10"))
SEED = int(os.environ.get("TOPOWAVE_FUZZ_SEED", "1"))


@pytest.mark.timeout(400 + 4 * EXAMPLES)
def test_every_operation_answers_as_it_says_and_never_with_5xx() -> None:
    found = fuzz_operations(EXAMPLES, SEED)
    assert found.operations > 25
    assert found.requests > found.operations
    assert found.alive
