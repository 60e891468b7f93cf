"""What a program says of its machine."""

from __future__ import annotations

import platform
from collections.abc import Generator
from pathlib import Path

import pytest

from topowave.wire import machine


@pytest.fixture(autouse=True)
def _asked_anew() -> Generator[None]:
    machine.boot_id.cache_clear()
    yield
    machine.boot_id.cache_clear()


def test_a_boot_has_one_name_which_another_one_has_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = machine.boot_id()
    assert here == machine.boot_id()
    other = tmp_path / "boot_id"
    other.write_text("another\n")
    monkeypatch.setattr(machine, "_BOOT", other)
    machine.boot_id.cache_clear()
    assert machine.boot_id() == "another" != here


def test_a_system_without_such_a_name_is_told_by_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "_BOOT", tmp_path / "none")
    assert machine.boot_id() == machine.boot_id()
    assert platform.node() in machine.boot_id()


def test_the_version_is_that_of_what_is_installed() -> None:
    assert machine.program_version()[0].isdigit()
