"""The kernel's parent-death signal: a process that asks for it is killed when its parent ends.

It works even where Python is stuck in C, but exists on Linux only.
"""

from __future__ import annotations

import ctypes
import signal
import sys

if sys.platform == "linux":
    PR_SET_PDEATHSIG = 1
    """The number of the option in Linux's prctl(2)."""
    _prctl = ctypes.CDLL(None).prctl  # looked up in the parent, so that a child has only to call it

    def ask_the_kernel() -> bool:
        """Have the calling process killed when its parent ends; returns whether that is so from now on."""
        return bool(_prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) == 0)

else:

    def ask_the_kernel() -> bool:
        """Do nothing: no other system has such a signal."""
        return False
