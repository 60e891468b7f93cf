"""Beginning the session that a page asks for: its network, its class and the conditions of its run.

A page names no files of the machine that serves it, whatever it writes: a network is a generated one or comes
with its text, a class is one of the library or comes with its text. What comes is written into a folder of
the session's own, in which its process works, so that sentences and traces name files as the user does.
"""

from __future__ import annotations

from pathlib import Path

from topowave.sessions.counterexample_order import session_in_order
from topowave.sessions.protocol import VERSION, File, Open
from topowave.sessions.session import Session
from topowave.simulator.config import SimulationConfig
from topowave.topology import SHAPES, Problems
from topowave.translation import text


def open_session(ask: Open, handler_s: float) -> Session:
    """Return the session that is asked for; files are written into the working directory.

    Args:
        ask: what is asked for.
        handler_s: how long one handler may take (s).

    Raises:
        Problems: something was not understood, or does not fit.
    """
    check_version(ask.version)
    if ask.order:
        if ask.network:
            raise Problems([text("network: the order of a counterexample has its own; leave it out")])
        lines = ask.order.splitlines()
        return session_in_order(lines, _algorithm(ask), inputs=ask.inputs, deadline_s=handler_s)
    config = SimulationConfig(
        initiators=ask.initiators,
        seed=ask.seed,
        delay=ask.delay,
        fifo=ask.fifo,
        loss=ask.loss,
        duplicate=ask.duplicate,
        faults=ask.faults,
        inputs=ask.inputs,
        ids=_order(ask.ids),
        max_events=ask.max_events,
        deadline_s=handler_s,
    )
    return Session(_algorithm(ask), network_named(ask.network), config)


def check_version(version: int) -> None:
    """Raise Problems if a page speaks another version of the protocol."""
    if version != VERSION:
        raise Problems(
            [
                text(
                    "version {version} of the protocol; this server speaks version {spoken}",
                    version=version,
                    spoken=VERSION,
                )
            ]
        )


def _algorithm(ask: Open) -> str:
    if ask.file is not None:
        name = _write(ask.file, "file")
        if not name.endswith(".py"):
            raise Problems([text("file: {name} is no Python file; expected a name with .py", name=name)])
        return f"{name}:{ask.algorithm}" if ask.algorithm else name
    if not ask.algorithm or ":" in ask.algorithm or ask.algorithm.endswith(".py"):
        raise Problems(
            [
                text(
                    "algorithm: {given} is none of the library's; a class of your own comes in `file`",
                    given=repr(ask.algorithm),
                )
            ]
        )
    return ask.algorithm


def network_named(network: str | File) -> str:
    """Return what a network is called here; a file is written into the working directory. Raises Problems."""
    if isinstance(network, File):
        return f"./{_write(network, 'network')}"
    if network.partition(":")[0] not in SHAPES or ":" not in network:
        raise Problems(
            [
                text(
                    "network: {given} is not SHAPE:N[:SEED]; the shapes are {shapes}",
                    given=repr(network),
                    shapes=", ".join(SHAPES),
                )
            ]
        )
    return network


def _order(ids: str) -> str:
    if ids.partition(":")[0] not in {"in-order", "reversed", "random"}:
        raise Problems([text("ids: {given}; expected in-order, reversed or random[:SEED]", given=repr(ids))])
    return ids


def _write(file: File, what: str) -> str:
    """Write a file into the working directory, and return its name."""
    name = file.name
    if name in {".", ".."} or not name.isprintable() or any(mark in name for mark in "/\\:"):
        raise Problems(
            [text("{what}: {name} is no name of a file; it has no folder", what=what, name=repr(name))]
        )
    try:
        Path(name).write_text(file.text, "utf-8")
    except (OSError, UnicodeError) as error:
        raise Problems(
            [text("{what}: {name} cannot be written: {error}", what=what, name=name, error=str(error))]
        ) from error
    return name
