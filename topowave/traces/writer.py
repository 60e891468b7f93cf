"""Writing a trace: a header line, then one JSON line an event. `docs/reference/trace.md` describes it."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Sequence
from types import TracebackType
from typing import IO

from topowave.runtime.virtual_time import to_units

KEPT_EVENTS = 20_000
"""Events of a run that are kept in memory, and up to which a run that writes no trace has a digest of it."""
BATCH = 1 << 16
"""Characters that are hashed and written at once."""

_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Trace:
    """A trace in the making: hashed, its beginning kept in memory, and written to a file if there is one.

    Args:
        header: what the first line says; see `docs/reference/trace.md`.
        names: of the nodes, by number.
        file: where it goes; without one the trace gives up after `KEPT_EVENTS` events.
    """

    def __init__(self, header: dict[str, object], names: Sequence[str], file: IO[str] | None = None) -> None:
        self.kept: list[str] = []
        self.complete = True
        self._file = file
        self._names = names
        self._quoted: dict[int, str] = {}
        self._events = 0
        self._batch: list[str] = []
        self._pending = 0
        self._digest = hashlib.sha256()
        self._put(_dumps(header))

    @property
    def given_up(self) -> bool:
        """Whether there are more events than are kept, and no file to write them to."""
        return self._file is None and not self.complete

    @property
    def sha256(self) -> str | None:
        """The digest of all lines; None if the trace gave up."""
        if self.given_up:
            return None
        self._flush()
        return self._digest.hexdigest()

    def event(
        self,
        t: int,
        node: int | None,
        event: str,
        *,
        wave: str | None = None,
        peer: int | None = None,
        message: str | None = None,
        message_id: str | None = None,
        kind: str | None = None,
    ) -> None:
        """Write one event.

        Args:
            t: when, in ticks.
            node: where; None for what happens to a link.
            event: what.
            wave: the id of the wave.
            peer: the other node.
            message: what was sent, decided or contributed, as JSON.
            message_id: `<sender>:<running number in the wave>`.
            kind: a timer's name, or why a message was dropped.
        """
        if self.given_up:
            return
        self._events += 1
        parts = [f'{{"seq":{self._events},"t":{to_units(t)!r}']
        if node is not None:
            parts.append(f',"node":{self._name(node)}')
        parts.append(f',"event":"{event}"')
        if wave is not None:
            parts.append(f',"wave":{_dumps(wave)}')
        if peer is not None:
            parts.append(f',"peer":{self._name(peer)}')
        if message is not None:
            parts.append(f',"message":{message}')
        if message_id is not None:
            parts.append(f',"message_id":{_dumps(message_id)}')
        if kind is not None:
            parts.append(f',"kind":{_dumps(kind)}')
        parts.append("}")
        self._put("".join(parts))

    def close(self) -> None:
        """Write what is left."""
        self._flush()
        if self._file is not None:
            self._file.flush()

    def __deepcopy__(self, _: dict[int, object]) -> Trace:
        """Return a trace that goes on from here in memory; the file, if there is one, stays with this one."""
        made = copy.copy(self)
        made.kept = [*self.kept]
        made._quoted = dict(self._quoted)
        made._batch = [*self._batch]
        made._digest = self._digest.copy()
        made._file = None
        return made

    def __enter__(self) -> Trace:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _name(self, node: int) -> str:
        quoted = self._quoted.get(node)
        if quoted is None:
            quoted = self._quoted[node] = _dumps(self._names[node])
        return quoted

    def _put(self, line: str) -> None:
        if len(self.kept) <= KEPT_EVENTS:
            self.kept.append(line)
        else:
            self.complete = False
            if self._file is None:
                return
        self._batch.append(line)
        self._pending += len(line)
        if self._pending > BATCH:
            self._flush()

    def _flush(self) -> None:
        if not self._batch:
            return
        text = "\n".join(self._batch) + "\n"
        self._batch.clear()
        self._pending = 0
        self._digest.update(text.encode())
        if self._file is not None:
            self._file.write(text)
