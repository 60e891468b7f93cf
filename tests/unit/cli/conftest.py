"""A balancer that a test plays to the commands that ask one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.cli.played_balancer import PlayedBalancer
from topowave.cli.language import speak
from topowave.client import LabClient
from topowave.translation.languages import ENGLISH


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    """Speak English after a test in which a command has spoken another language in this process."""
    yield
    speak(ENGLISH)


@pytest.fixture
def balancer(monkeypatch: pytest.MonkeyPatch) -> PlayedBalancer:
    found = PlayedBalancer()

    def ask(_: LabClient, method: str, path: str, body: object = None, wait_s: float = 0) -> dict[str, Any]:
        assert wait_s >= 0
        return found.answer(method, path, body)

    monkeypatch.setattr(LabClient, "ask", ask)
    return found
