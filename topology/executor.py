"""A node as an executor of tasks: what may run there, how much is its share, whether it takes any.

The file of a network says it of each node, and it may be changed while the lab runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from topowave.translation import Sentences, Several, Text, counted, text


@dataclass(frozen=True, slots=True)
class ExecutorSettings:
    """What a node takes.

    Attributes:
        roles: beside its `role`; a task that asks for roles runs on a node that has one of them.
        weight: its share of new tasks where nodes are equal; above 0.
        limit: most unfinished tasks that it is given, 1 or more; None for no limit of its own.
        active: False if it gets nothing new and only finishes what it has.
    """

    roles: tuple[str, ...] = ()
    weight: float = 1.0
    limit: int | None = None
    active: bool = True

    def to_json(self) -> dict[str, Any]:
        """Return the keys of topology.json that say it; what equals the default is left out."""
        said: dict[str, Any] = {}
        if self.roles:
            said["roles"] = list(self.roles)
        if self.weight != 1:
            said["weight"] = self.weight
        if self.limit is not None:
            said["limit"] = self.limit
        if not self.active:
            said["active"] = False
        return said

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> ExecutorSettings:
        """Return what checked keys say; other keys are passed over."""
        return cls(
            roles=tuple(said.get("roles", ())),
            weight=said.get("weight", 1.0),
            limit=said.get("limit"),
            active=said.get("active", True),
        )


EXECUTOR_KEYS = ("roles", "weight", "limit", "active")
"""The keys of a node that say it, in topology.json and over HTTP."""
PLAIN = ExecutorSettings()
"""A node of which nothing is said: it runs whatever names no role."""


def executor_in_words(node: str, before: ExecutorSettings, now: ExecutorSettings) -> Text:
    """Return a sentence about what changed of the tasks that a node takes."""
    said: list[str] = []
    if before.active != now.active:
        said.append(
            text("is active again")
            if now.active
            else text("is inactive: it gets nothing new, and finishes what it has")
        )
    if before.roles != now.roles:
        said.append(
            text("has the roles {roles}", roles=Several(now.roles))
            if now.roles
            else text("has no roles of its own")
        )
    if before.weight != now.weight:
        said.append(text("has the weight {weight:g}", weight=now.weight))
    if before.limit != now.limit:
        said.append(
            text("has no limit")
            if now.limit is None
            else counted("is given at most {count} task", "is given at most {count} tasks", now.limit)
        )
    return text("{node} {changes} from now on", node=node, changes=Sentences(said))
