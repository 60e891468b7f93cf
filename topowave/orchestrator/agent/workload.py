"""A command that an agent runs for each replica, in the place of our own node."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import socket
from collections.abc import Mapping
from typing import NoReturn

from topowave.orchestrator.limits import PROBE_TIMEOUT_S
from topowave.topology import Problems

FIELDS = ("port", "name", "host", "cpu", "controller")
"""What may stand in braces in a command."""
_FIELD = re.compile(r"\{(" + "|".join(FIELDS) + r")\}")


def parsed_command(text: str) -> list[str]:
    """Return the words of a command, as a shell would take them apart.

    Raises:
        Problems: it is none, has no place for the port, or its program is not there.
    """
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise Problems([f"--workload: {text!r} is no command: {str(error).lower()}"]) from None
    if not words:
        raise Problems(["--workload: expected a command, such as 'python3 -m http.server {port}'"])
    if not any("{port}" in word for word in words):
        raise Problems(["--workload: expected {port} in the command: it says where the program is to listen"])
    if _FIELD.search(words[0]) is None and shutil.which(words[0]) is None:
        raise Problems([f"--workload: there is no program {words[0]!r} here"])
    return words


def filled(words: list[str], values: Mapping[str, object]) -> list[str]:
    """Return the words with the values of `FIELDS` in the place of their names in braces; the rest stays."""
    return [_FIELD.sub(lambda found: str(values[found[1]]), word) for word in words]


def become(words: list[str], variables: Mapping[str, str]) -> NoReturn:
    """Become the command: the calling process goes on as that. Raises OSError where that cannot be."""
    for number in (signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores them, and that would be passed on
        signal.signal(number, signal.SIG_DFL)
    os.execvpe(words[0], words, {**os.environ, **variables})  # noqa: S606 - no shell is wanted


def serves(host: str, port: int) -> bool:
    """Return whether somebody takes connections there."""
    try:
        socket.create_connection((host, port), timeout=PROBE_TIMEOUT_S).close()
    except OSError:
        return False
    return True
