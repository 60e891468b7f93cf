"""A task as requests describe it, to the balancer and from there to a node."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Mapping
from typing import Annotated, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    JsonValue,
    Tag,
    model_validator,
)

from topowave.tasks import Attributes, NewTask, Priority, Script, ScriptType
from topowave.tasks.limits import (
    BACKOFF_MOST,
    BACKOFF_USUAL,
    DEADLINE_MOST,
    DURATION_MOST,
    PARAMS_BYTES,
    REQUEST_CHARS,
    SCRIPT_CHARS,
    TITLE_CHARS,
    TRIES_MOST,
    WEIGHT_MOST,
)
from topowave.topology.limits import MAX_NAME, MAX_ROLES
from topowave.topology.problems import did_you_mean, shown
from topowave.web.problem_details import form


def _text(text: str) -> str:
    """JSON can name half a character, and characters that steer a terminal."""
    if not text.isprintable():
        raise ValueError("expected printable characters")
    return text


def _params(value: JsonValue) -> JsonValue:
    size = len(json.dumps(value))
    if size > PARAMS_BYTES:
        raise ValueError(f"{size:,} bytes of JSON, expected at most {PARAMS_BYTES:,}")
    return value


SYNONYMS = {"script_path": "script", "path": "script", "task_type": "type", "retries": "max_attempts"}
"""What the engine, or a list of tasks, calls members of an order."""
EMULATED, SCRIPT = form("emulated"), form("script")
"""The tags of the two forms of a task."""
Words = Annotated[str, Field(max_length=TITLE_CHARS), AfterValidator(_text)]
Role = Annotated[str, Field(min_length=1, max_length=MAX_NAME), AfterValidator(_text)]
Request = Annotated[str, Field(max_length=REQUEST_CHARS), AfterValidator(_text)]


def _unknown(name: str, known: Collection[str]) -> str:
    """Return the sentence about a member that a form does not have."""
    if name == "kind":
        return "kind: is not given; a task with a `script` is a script task, and any other is emulated"
    if name in ScriptForm.model_fields:
        return f"{name}: is for a task with a `script`, and this one has none"
    meant = SYNONYMS.get(name)
    return f"{name}: unknown{f'; did you mean {shown(meant)}?' if meant else did_you_mean(name, known)}"


class EmulatedForm(BaseModel):
    """A task that only holds its cores for a while, and what may be said of any task.

    `weight` is how many cores it holds; it runs on a node that has one of the `roles` (any node without);
    `deadline` is after how many seconds it fails if it is not over by then; `request` names the request to
    which it belongs. `duration` (s) is how long it lasts, of a script an estimate, by which a queue may be
    ordered. A script that gives no result is tried `max_attempts` times, after a pause of `backoff`
    seconds, which doubles.
    """

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    title: Words = ""
    category: Words = ""
    priority: Priority = "medium"
    weight: Annotated[int, Field(ge=1, le=WEIGHT_MOST, strict=True)] = 1
    roles: Annotated[list[Role], Field(max_length=MAX_ROLES)] = []
    deadline: Annotated[float, Field(gt=0, le=DEADLINE_MOST, strict=True)] | None = None
    request: Request = ""
    duration: Annotated[float, Field(gt=0, le=DURATION_MOST, strict=True)] | None = None
    max_attempts: Annotated[int, Field(ge=1, le=TRIES_MOST, strict=True)] = 1
    backoff: Annotated[float, Field(gt=0, le=BACKOFF_MOST, strict=True)] = BACKOFF_USUAL

    @model_validator(mode="before")
    @classmethod
    def _known(cls, said: object) -> object:
        """Say what is meant instead of a member that an order does not have."""
        if isinstance(said, Mapping):
            said = cast("Mapping[object, object]", said)
            names = map(str, said)
            wrong = [_unknown(name, cls.model_fields) for name in names if name not in cls.model_fields]
            if wrong:
                raise ValueError("; ".join(wrong))
        return said

    def attributes(self) -> Attributes:
        """Return what is said of the task besides what it does; its deadline counts from now."""
        return Attributes(
            title=self.title,
            category=self.category,
            priority=self.priority,
            weight=self.weight,
            deadline=None if self.deadline is None else time.time() + self.deadline,
            roles=tuple(dict.fromkeys(self.roles)),
            request=self.request,
            max_attempts=self.max_attempts,
            backoff=self.backoff,
            duration=self.duration,
        )

    def to_task(self) -> NewTask:
        """Return it as the journal keeps it."""
        return NewTask(self.attributes())


class ScriptForm(EmulatedForm):
    """A script task: the name of an example, or a file in one of the folders that `script_dirs` allows.

    `params` is what its `run` is called with; `timeout` (s) how long one attempt may take, at most the lab's
    `script_timeout`. The rest is as of any task.
    """

    script: Annotated[str, Field(min_length=1, max_length=SCRIPT_CHARS), AfterValidator(_text)]
    params: Annotated[JsonValue, AfterValidator(_params)] = {}
    type: ScriptType = "cpu"
    timeout: Annotated[float, Field(gt=0, strict=True)] | None = None

    def to_task(self) -> NewTask:
        """Return it as the journal keeps it, with its file, which `script` names as a whole."""
        script = Script(self.script, json.dumps(self.params), self.type, self.timeout)
        return NewTask(self.attributes(), script)


def kind_of(said: object) -> str:
    """Return the tag of the form that an object has: that of a script task where it names a script."""
    if isinstance(said, Mapping):
        script = cast("Mapping[object, object]", said).get("script")
    else:
        script = getattr(said, "script", None)
    return EMULATED if script is None or script == "" else SCRIPT


TaskForm = Annotated[
    Annotated[EmulatedForm, Tag(EMULATED)] | Annotated[ScriptForm, Tag(SCRIPT)], Discriminator(kind_of)
]
