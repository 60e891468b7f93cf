"""A task: a piece of work that holds one core for a while."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Task:
    """One task.

    Attributes:
        id: unique in the lab and over all incarnations of its nodes: `<node>.<incarnation>.<number>`.
    """

    id: str
