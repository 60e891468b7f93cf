"""The command refuses every bad file in words: the short form; TOPOWAVE_FUZZ_FILES asks for more."""

from __future__ import annotations

import os

import pytest

from tests.fuzz.files import fuzz_files

FILES = int(os.environ.get("TOPOWAVE_FUZZ_FILES", "10"))
SEED = int(os.environ.get("TOPOWAVE_FUZZ_SEED", "1"))


@pytest.mark.timeout(400 + 4 * FILES)
def test_bad_files_are_refused_with_code_2_and_one_line_a_problem() -> None:
    found = fuzz_files(FILES, SEED)
    assert found.files >= 2 * FILES
    assert found.problems >= found.files
