"""The page's types are generated from what the balancer says of itself: the file in between is not stale."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.slow
def test_the_description_in_the_checkout_is_what_the_routes_say(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, ROOT / "scripts" / "openapi.py", tmp_path / "openapi.json"], check=True, cwd=ROOT
    )
    said = (tmp_path / "openapi.json").read_text("utf-8")
    kept = (ROOT / "frontend" / "openapi.json").read_text("utf-8")
    assert kept == said, "write it anew: scripts/openapi.py, then `npm run generate-api` in frontend/"
