"""The tree of a session's histories: each branch is a run, told by what somebody did to it and when.

A branch begins where its parent was changed. It needs no states of its own: the run follows from the seed
and the interventions. The first branch, "main", is the run as its delays bring it, and is never changed: to
change it, or any branch behind its end, makes a new one. At its end a branch goes on with what is done there.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from topowave.sessions.interventions import Intervention
from topowave.sessions.limits import LONGEST_NAME, MOST_BRANCHES, MOST_INTERVENTIONS
from topowave.topology import Problems
from topowave.translation import text

MAIN = 0
"""The id of the first branch."""


class Act(NamedTuple):
    """An intervention, and after how many events it was."""

    position: int
    intervention: Intervention


@dataclass(frozen=True)
class Branch:
    """One history.

    Attributes:
        id: identifies it in its session, from 0.
        name: for people.
        parent: the id of the branch that it left; None for the first.
        fork: after how many events it left.
        acts: all that was done in it, with what its ancestors had before, in order.
    """

    id: int
    name: str
    parent: int | None = None
    fork: int = 0
    acts: tuple[Act, ...] = ()

    def until(self, position: int) -> tuple[Act, ...]:
        """Return what was done up to a position, at it too."""
        return self.acts[: bisect_right(self.acts, position, key=lambda act: act.position)]

    def next_act(self, position: int) -> int | None:
        """Return the first position behind this one at which something was done."""
        place = bisect_right(self.acts, position, key=lambda act: act.position)
        return self.acts[place].position if place < len(self.acts) else None

    def at(self, position: int) -> Sequence[Intervention]:
        """Return what was done at a position, in order."""
        return [act.intervention for act in self.until(position) if act.position == position]


class History:
    """All branches of a session."""

    def __init__(self) -> None:
        self.branches: dict[int, Branch] = {MAIN: Branch(MAIN, "main")}

    def fork(self, parent: int, position: int, intervention: Intervention, name: str | None = None) -> Branch:
        """Return a new branch that leaves `parent` after `position` events. Raises Problems."""
        if len(self.branches) >= MOST_BRANCHES:
            raise Problems(
                [text("a session has at most {most_branches} branches", most_branches=MOST_BRANCHES)]
            )
        acts = (*self.branches[parent].until(position), Act(position, intervention))
        self._check(acts)
        number = max(self.branches) + 1
        made = Branch(number, self._free_name(name, f"branch {number}"), parent, position, acts)
        self.branches[number] = made
        return made

    def adopt(self, acts: tuple[Act, ...]) -> Branch:
        """Return a new branch of "main" in which all this was done. Raises Problems."""
        made = self.fork(MAIN, acts[0].position, acts[0].intervention)
        self.branches[made.id] = replace(made, acts=acts)
        return self.branches[made.id]

    def extend(self, branch: int, position: int, intervention: Intervention) -> Branch:
        """Go on with a branch at its end. Raises Problems."""
        acts = (*self.branches[branch].acts, Act(position, intervention))
        self._check(acts)
        made = self.branches[branch] = replace(self.branches[branch], acts=acts)
        return made

    def take_back(self, branch: int) -> Branch:
        """Forget what was done last in a branch."""
        made = self.branches[branch] = replace(self.branches[branch], acts=self.branches[branch].acts[:-1])
        return made

    def remove(self, branch: int) -> None:
        """Forget a branch that no other has left."""
        del self.branches[branch]

    def rename(self, branch: int, name: str) -> Branch:
        """Give a branch another name. Raises Problems if it is too long, or another one's."""
        made = self.branches[branch] = replace(self.branches[branch], name=self._free_name(name, ""))
        return made

    def find(self, branch: int | str) -> Branch:
        """Return a branch by its id or its name. Raises Problems if there is none."""
        for each in self.branches.values():
            if branch in (each.id, each.name):
                return each
        raise Problems([text("there is no branch {branch}", branch=repr(branch))])

    def lineage(self, branch: int) -> list[tuple[int, int | None]]:
        """Return a branch and its ancestors, each with the last position that it shares with the branch."""
        found: list[tuple[int, int | None]] = []
        shared: int | None = None
        each: Branch | None = self.branches[branch]
        while each is not None:
            found.append((each.id, shared))
            shared = each.fork if shared is None else min(shared, each.fork)
            each = None if each.parent is None else self.branches[each.parent]
        return found

    def shared(self, one: int, other: int) -> int | None:
        """Return the last position that two branches share; None if they are the same one."""
        until = dict(self.lineage(one))
        branch, last = next(each for each in self.lineage(other) if each[0] in until)
        return min((each for each in (last, until[branch]) if each is not None), default=None)

    def copy(self) -> History:
        """Return a history that goes on by itself."""
        made = History()
        made.branches = dict(self.branches)
        return made

    def _free_name(self, name: str | None, usual: str) -> str:
        if name is None:
            while any(usual == each.name for each in self.branches.values()):
                usual += "'"
            return usual
        if not 0 < len(name) <= LONGEST_NAME:
            raise Problems(
                [
                    text(
                        "a branch's name has 1 to {longest_name} characters, not {number}",
                        longest_name=LONGEST_NAME,
                        number=len(name),
                    )
                ]
            )
        if any(name == each.name for each in self.branches.values()):
            raise Problems([text("there is a branch {name} already", name=repr(name))])
        return name

    def _check(self, acts: Sequence[Act]) -> None:
        if len(acts) > MOST_INTERVENTIONS:
            raise Problems(
                [
                    text(
                        "a branch remembers at most {most_interventions} interventions",
                        most_interventions=MOST_INTERVENTIONS,
                    )
                ]
            )
