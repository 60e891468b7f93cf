"""What tests of links and of connections share."""

from __future__ import annotations

import pytest

from tests.support.waiting import PATIENCE_S
from topowave.wire import limits


@pytest.fixture
def time_to_connect(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the machine has other things to do, an attempt must not end by itself: breaks are counted."""
    monkeypatch.setattr(limits, "CONNECT_TIMEOUT", PATIENCE_S)
