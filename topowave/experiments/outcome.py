"""What came of one run of a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Verdict = Literal["ok", "violated", "unfinished", "failed", "unsuitable"]
"""All that applies holds; something does not; a limit ended it first; it could not be done; its network is
none that the algorithm is for, so there was nothing to do."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one run.

    Attributes:
        verdict: what became of it.
        nodes, links: of its network.
        measures: figures by name; None where one is not known, or there is none.
        reason: why it is not ok, in a sentence.
    """

    verdict: Verdict
    nodes: int = 0
    links: int = 0
    measures: Mapping[str, float | int | None] = field(default_factory=dict[str, float | int | None])
    reason: str = ""
