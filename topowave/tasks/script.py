"""A task that runs a script: what it is to do, and what came of it, as the journal has both."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal, get_args

from topowave.tasks.limits import ATTEMPTS

Kind = Literal["emulated", "script"]
"""What a task does: it holds a core for a while, or it runs a script."""
ScriptType = Literal["cpu", "io"]
Priority = Literal["critical", "high", "medium", "low"]
NOT_KEPT = "its result and output were too old to be kept"
"""What is said of a task instead of those."""
PRIORITIES: tuple[Priority, ...] = get_args(Priority)


@dataclass(frozen=True, slots=True)
class Script:
    """What a script task is to do.

    Attributes:
        path: the file, absolute, without links.
        params: what its `run` is called with, as JSON.
        type: whether it mostly computes or mostly waits.
        timeout: how long one attempt may take (s); None for as long as the lab allows.
    """

    path: str
    params: str = "{}"
    type: ScriptType = "cpu"
    timeout: float | None = None


@dataclass(frozen=True, slots=True)
class ScriptRun:
    """An attempt at a script that begins.

    Attributes:
        script: what is to be done.
        pause: seconds after which it is tried again if it gives no result; None: then it is failed.
    """

    script: Script
    pause: float | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a script.

    Attributes:
        result: what `run` returned, as JSON; None where the task failed.
        reason, error: why it failed, as a word for programs and a sentence for people.
        took: how long the last attempt took (s); in the text it is its `duration`.
        output: what the last attempt printed, its beginning if that is long.
    """

    result: str | None = None
    reason: str | None = None
    error: str | None = None
    took: float = 0.0
    output: str = ""

    def to_text(self) -> str:
        """Return it as JSON, all of it ASCII: what a script says may be no Unicode."""
        why: dict[str, object] = {"reason": self.reason, "error": self.error}
        about = why | {"duration": self.took, "output": self.output}
        return f'{{"result": {self.result or "null"}, {json.dumps(about)[1:]}'

    @staticmethod
    def without_result(text: str) -> str:
        """Return what is kept of an outcome's JSON that is too old to be kept whole; it is small."""
        found = Outcome.read(text)
        reason = found["reason"] or "not_kept"
        return Outcome(reason=reason, error=NOT_KEPT, took=found["took"]).to_text()

    @staticmethod
    def read(text: str | None) -> dict[str, Any]:
        """Return an outcome's JSON as plain data; that of a task which is not over has only nulls."""
        if text is None:
            return {"result": None, "reason": None, "error": None, "took": None, "output": None}
        found: dict[str, Any] = json.loads(text)
        found["took"] = found.pop("duration")
        return found


DEADLINE = Outcome(reason="deadline", error="its deadline passed before it was over")
"""What came of a task that was too late."""
EMULATED_FAILED = {
    "deadline": str(DEADLINE.error),
    "node_ended": f"its node ended {ATTEMPTS} times while it ran",
}
"""Why emulated tasks fail, in a sentence for each reason."""
