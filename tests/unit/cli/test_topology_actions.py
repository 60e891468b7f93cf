"""What lies behind the commands, where the commands' own tests do not reach."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from topowave.cli import topology_actions


def test_what_a_stream_cannot_show_is_escaped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="latin-1")
    monkeypatch.setattr(sys, "stderr", stream)
    assert topology_actions.check_files([tmp_path / "東\udcff.json"], as_json=False) == 2
    stream.seek(0)
    assert stream.read() == f"{tmp_path}/\\u6771\\udcff.json: there is no such file\n"
