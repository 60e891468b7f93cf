"""A script task as requests describe it, to the balancer and from there to a node."""

from __future__ import annotations

import json
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue

from topowave.tasks import Attributes, Priority, Script, ScriptType
from topowave.tasks.limits import PARAMS_BYTES, SCRIPT_CHARS, TITLE_CHARS


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


Words = Annotated[str, Field(max_length=TITLE_CHARS), AfterValidator(_text)]


class ScriptForm(BaseModel):
    """A script task: the name of an example, or a file in one of the folders that `script_dirs` allows.

    `params` is what its `run` is called with; `timeout` (s) how long one attempt may take, at most the lab's
    `script_timeout`.
    """

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    script: Annotated[str, Field(min_length=1, max_length=SCRIPT_CHARS), AfterValidator(_text)]
    params: Annotated[JsonValue, AfterValidator(_params)] = {}
    type: ScriptType = "cpu"
    timeout: Annotated[float, Field(gt=0, strict=True)] | None = None
    title: Words = ""
    category: Words = ""
    priority: Priority = "medium"

    def to_script(self, path: str) -> Script:
        """Return it as the journal keeps it.

        Args:
            path: of the file, absolute.
        """
        return Script(path, json.dumps(self.params), self.type, self.timeout)

    def attributes(self) -> Attributes:
        """Return what is said of the task besides what it does."""
        return Attributes(self.title, self.category, self.priority)
