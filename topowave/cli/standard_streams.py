"""Standard input, output and error are there, even where whoever started us had closed them.

`topowave up >&- 2>&-`, and services that close all three, mean that nobody reads. Python then has no
`sys.stdout`, and the next file or socket that is opened would get its number, so that what a class prints
would go into the journal or to a neighbour.
"""

from __future__ import annotations

import os
import sys

_STREAMS = ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w"))


def open_closed_streams() -> None:
    """Open what was closed, so that it is empty and swallows what is written; to be called first of all."""
    for number, name, mode in _STREAMS:
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # gets the lowest free number: this one
            stream = open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115 - for good
            setattr(sys, name, stream)
