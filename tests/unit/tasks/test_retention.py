"""What is kept unless the settings say otherwise is what they say by default."""

from __future__ import annotations

from topowave.tasks.retention import Retention
from topowave.topology import LabConfig


def test_the_usual_is_what_the_settings_say_by_default() -> None:
    config = LabConfig()
    assert Retention() == Retention(config.tasks_kept, config.tasks_kept_for, config.results_kept_for)
