"""What comes out of a task."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from topowave.engine.json_text import from_json

FailureReason = Literal[
    "no_script",
    "bad_script",
    "raised",
    "exited",
    "not_json",
    "too_large",
    "timeout",
    "memory",
    "killed",
    "forked",
    "queue_full",
    "no_worker",
    "cancelled",
]
"""Why there is no result:

no_script: the file is not there or cannot be read. bad_script: it has no `module()`, or what that returns
has no `run`.
raised: it raised an exception. exited: it called `sys.exit` or `os._exit`. not_json, too_large: what it
returned is no JSON, or too much. timeout: it did not return in time. memory: it took more than it may.
killed: its process was killed. forked: it left processes behind. queue_full: there was no room for it.
no_worker: no process can be started. cancelled: it was cancelled, or the engine was shut down.
"""
FINAL: frozenset[FailureReason] = frozenset(
    ["no_script", "bad_script", "too_large", "queue_full", "no_worker", "cancelled"]
)
"""What would be no other at a second attempt."""


@dataclass(frozen=True, slots=True)
class TaskResult:
    """What became of a task.

    Attributes:
        id: of the task.
        reason: why it failed, as one word for programs; None if it did not.
        error: the same as a sentence for people, with the line of the script if that is known.
        duration: how long the last attempt took (s).
        attempts: how often it was begun.
        output: what the last attempt printed, its beginning if that is long.
        worker: the name of the worker process that ran it last.
    """

    id: str
    reason: FailureReason | None = None
    error: str | None = None
    duration: float = 0.0
    attempts: int = 0
    output: str = ""
    worker: str | None = None
    _json: str = field(default="null", repr=False)

    @property
    def is_success(self) -> bool:
        """Whether `run` returned a value."""
        return self.reason is None

    @property
    def data(self) -> Any:
        """What `run` returned; None where the task failed."""
        return from_json(self._json)

    @property
    def status(self) -> Literal["completed", "failed", "cancelled"]:
        """How it ended."""
        if self.reason is None:
            return "completed"
        return "cancelled" if self.reason == "cancelled" else "failed"

    def to_json(self) -> dict[str, object]:
        """Return all of it as plain data."""
        return {
            "id": self.id,
            "status": self.status,
            "data": self.data,
            "reason": self.reason,
            "error": self.error,
            "duration": self.duration,
            "attempts": self.attempts,
            "output": self.output,
            "worker": self.worker,
        }
