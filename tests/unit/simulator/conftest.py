"""Runs are slow on a busy machine; what counts in these tests is what they find."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("simulator", deadline=None)
settings.load_profile("simulator")
