"""What a program says of the machine that it runs on, and of itself."""

from __future__ import annotations

import platform
import uuid
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")


@cache
def boot_id() -> str:
    """Return what names this machine's present boot: programs that say the same share clock and files.

    A system that has no such name is told by its own name and a network card, which outlive a boot.
    """
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return f"{platform.node()}-{uuid.getnode():x}"


@cache
def program_version() -> str:
    """Return Topowave's version; "unknown" where it was not installed."""
    try:
        return version("topowave")
    except PackageNotFoundError:
        return "unknown"
