"""What is written in a class, run on one node: its handlers, its messages' own code, what shows its state.

All of it may be a student's, and runs as a handler does: with a deadline, noted, and its errors are told.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from topowave.algorithms import Algorithm
from topowave.nodes.waves.codec import Codec
from topowave.nodes.waves.handlers import Handlers
from topowave.nodes.waves.instances import RunHandler, handle, shown_state
from topowave.nodes.waves.wave import RefusedError, Wave
from topowave.runtime.effects import CheckedEffects
from topowave.runtime.handler_runner import is_of_library
from topowave.wire import frames


class UserCode:
    """Runs the code of classes on one node.

    Args:
        node: its name.
        handlers: those of its process.
        codec: translates messages.
    """

    def __init__(self, node: str, handlers: Handlers, codec: Codec) -> None:
        self._node = node
        self._run = handlers.run
        self._codec = codec

    def runner(self, wave: str, algorithm: type[Algorithm]) -> RunHandler:
        """Return what runs code of `algorithm` in a wave."""

        def run(what: RunHandler, *, of: str) -> BaseException | None:
            return self._run(wave, self._node, algorithm, what, of=of)

        return run

    def call(self, wave: Wave, name: str, *args: object) -> BaseException | None:
        """Call a handler of the wave's instance; return what it raised, if it did."""
        effects = wave.effects
        what: Callable[..., object]
        if isinstance(effects, CheckedEffects):
            what = partial(handle, wave.instance, effects, name)
        else:
            what = getattr(wave.instance, name)
        return self._run(wave.id, self._node, wave.algorithm, what, *args, of=name)

    def decoded(
        self, frame: frames.WaveFrame, algorithm: type[Algorithm]
    ) -> tuple[object, BaseException | None]:
        """Return the message in a frame, or what went wrong where it is of a user's class.

        Raises:
            RefusedError: it is no message of a class of the library's.
        """
        found: list[object] = []

        def decode() -> None:  # a dataclass of a student's has a `__post_init__`
            found.append(self._codec.decode(frame, algorithm))

        if not is_of_library(algorithm):
            error = self._run(frame.wave or "", self._node, algorithm, decode, of="message")
            return (found[0], None) if error is None else (None, error)
        try:
            decode()
        except Exception as error:  # noqa: BLE001 - what somebody has sent may be anything
            raise RefusedError("bad_message", f"{algorithm.name}: {error}") from None
        return found[0], None

    def state(self, wave: Wave) -> tuple[object, BaseException | None]:
        """Return the state of a user's instance, to be shown, or what went wrong there."""
        found: list[object] = []

        def show() -> None:
            found.append(shown_state(wave.instance))

        error = self._run(wave.id, self._node, wave.algorithm, show, of="state")
        return (found[0], None) if error is None else (None, error)
