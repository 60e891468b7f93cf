"""What a check gives back: how much was seen, what holds, and a run that breaks it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

from topowave.algorithms import Algorithm
from topowave.checker import limits
from topowave.checker.counterexample import Counterexample
from topowave.checker.instances import Instance, in_words
from topowave.checker.properties import CHECKED_PROPERTIES, CheckedProperty
from topowave.checker.search import Stop
from topowave.checker.state_space import Budget
from topowave.checker.suggestions import lacking
from topowave.translation import text as sentence

REASONS: dict[Stop, str] = {
    "states": "the most states that it may see",
    "time": "the time that it may take",
    "memory": "the memory that it may take",
    "interrupted": "Ctrl-C",
}


@dataclass(frozen=True)
class Checked:
    """What was seen of one network.

    Attributes:
        instance: the network and its initiators.
        applied: the properties that were looked at.
        states: how many different states were seen.
        steps: how many steps lead from one to another.
        depth: the most events of a shortest run to a state.
        stopped: why the search ended before it had seen all; None if it has.
        reduced: whether messages were left out that can change nothing any more.
        violation: a run that breaks a property.
    """

    instance: Instance = field(repr=False)
    applied: tuple[CheckedProperty, ...]
    states: int
    steps: int
    depth: int
    stopped: Stop | None
    reduced: bool
    violation: Counterexample | None = None

    @property
    def complete(self) -> bool:
        """Whether every state was seen."""
        return self.stopped is None and self.violation is None

    def to_json(self) -> dict[str, object]:
        """Return this network's part of what `topowave check --json` prints."""
        return {
            "network": self.instance.title,
            "nodes": self.instance.network.nodes,
            "links": self.instance.links,
            "initiators": list(self.instance.starters),
            "states": self.states,
            "steps": self.steps,
            "depth": self.depth,
            "complete": self.complete,
            "stopped": self.stopped,
            "reduced": self.reduced,
        }


@dataclass(frozen=True)
class CheckResult:
    """What came out of a check.

    Attributes:
        algorithm_class: what was checked.
        checked: one entry for each network with its initiators, in the order of the search.
        instances: how many there were to be checked.
        sizes: the numbers of nodes, if all connected networks were asked for.
        faults: how many losses, duplicates and crashes there could be.
        after: of all connected networks those that were looked at after the first violation.
    """

    algorithm_class: type[Algorithm] = field(repr=False)
    checked: tuple[Checked, ...]
    instances: int
    sizes: range | None
    faults: Budget
    after: tuple[Checked, ...] = ()

    @property
    def algorithm(self) -> str:
        """Its name."""
        return self.algorithm_class.name

    @property
    def all_connected(self) -> int | None:
        """The most nodes, if all connected networks were asked for."""
        return None if self.sizes is None else self.sizes[-1]

    @property
    def failing(self) -> tuple[Checked, ...]:
        """The networks with their initiators on which some run breaks a property, as far as was looked."""
        return tuple(each for each in (*self.checked, *self.after) if each.violation is not None)

    @property
    def lacking(self) -> tuple[tuple[str, ...], int]:
        """Requirements with which none of the failing networks would be left, and how many others would."""
        right = [each.instance for each in (*self.checked, *self.after) if each.complete]
        return lacking(self.algorithm_class, right, [each.instance for each in self.failing])

    @property
    def states(self) -> int:
        """Number of states that were seen, of all networks."""
        return sum(each.states for each in self.checked)

    @property
    def steps(self) -> int:
        """Number of steps between them."""
        return sum(each.steps for each in self.checked)

    @property
    def violation(self) -> Counterexample | None:
        """A run that breaks a property; None if none was found."""
        return self.checked[-1].violation if self.checked else None

    @property
    def ok(self) -> bool:
        """Whether nothing was found to be violated."""
        return self.violation is None

    @property
    def complete(self) -> bool:
        """Whether every state of every network was seen."""
        return len(self.checked) == self.instances and all(each.complete for each in self.checked)

    @property
    def reduced(self) -> bool:
        """Whether in some network messages were left out that can change nothing any more."""
        return any(each.reduced for each in self.checked)

    @property
    def applied(self) -> tuple[CheckedProperty, ...]:
        """The properties that were looked at."""
        return self.checked[0].applied if self.checked else ()

    @property
    def holds(self) -> dict[CheckedProperty, bool | None]:
        """For each property whether it holds in every run; None where it does not apply or is not known."""
        found: dict[CheckedProperty, bool | None] = {}
        for property_name in CHECKED_PROPERTIES:
            found[property_name] = True if self.complete and property_name in self.applied else None
            if self.violation is not None and self.violation.property_name == property_name:
                found[property_name] = False
        if any(self.faults) and found["decision"]:
            found["decision"] = None  # only that nobody decides who must not
        return found

    def to_json(self) -> dict[str, object]:
        """Return what `topowave check --json` prints."""
        violation = self.violation
        return {
            "algorithm": self.algorithm,
            "states": self.states,
            "steps": self.steps,
            "complete": self.complete,
            "reduced": self.reduced,
            "faults": self.faults._asdict(),
            "holds": self.holds,
            "violation": None if violation is None else violation.to_json(),
            "failing": [
                {"network": each.instance.title, "initiators": list(each.instance.starters)}
                for each in self.failing
            ],
            "cases": self.instances,
            "checked": [each.to_json() for each in self.checked],
        }

    # For people.

    def rows(self) -> list[tuple[str, str]]:
        """Return the result as pairs of a name and a text."""
        seen = sentence("{states:,}, with {steps:,} steps between them", states=self.states, steps=self.steps)
        if self.reduced:
            seen = sentence("{states}; messages that can change nothing any more are left out", states=seen)
        found = [("network", self._networks()), ("states", seen)]
        if any(self.faults):
            found.append(("faults", f"up to {', '.join(_said(self.faults))}"))
        if self.violation is not None:
            found.append((self.violation.property_name, "VIOLATED"))
            found += self._failing()
        else:
            found += [(property_name, self._verdict(property_name)) for property_name in CHECKED_PROPERTIES]
        found += self._unfinished()
        return found

    def __str__(self) -> str:
        rows = self.rows()
        width = max(len(name) for name, _ in rows)
        lines = [self.algorithm, *(f"  {name:{width}}  {text}" for name, text in rows)]
        if self.violation is not None:
            lines += ["", str(self.violation)]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        cells = "".join(
            f"<tr><th style='text-align:left'>{escape(name)}</th>"
            f"<td style='text-align:left'>{escape(text)}</td></tr>"
            for name, text in self.rows()
        )
        table = f"<table><caption>{escape(self.algorithm)}</caption>{cells}</table>"
        return table if self.violation is None else f"{table}<pre>{escape(str(self.violation))}</pre>"

    def _networks(self) -> str:
        if self.sizes is None:
            instance = self.checked[0].instance
            names = ", ".join(instance.starters)
            if len(instance.starters) == 1:
                return sentence("{network}, {nodes} starts", network=instance.title, nodes=names)
            return sentence("{network}, {nodes} start", network=instance.title, nodes=names)
        done = "" if len(self.checked) == self.instances else f"{len(self.checked):,} of "
        return (
            f"{done}{self.instances:,} cases: all connected networks of {in_words(self.sizes)} nodes "
            "that will do, with every choice of initiators"
        )

    def _failing(self) -> Iterator[tuple[str, str]]:
        """Yield on which networks something is violated, and what they have in common."""
        if self.sizes is None:
            return
        failing, seen = self.failing, len(self.checked) + len(self.after)
        shown = [
            f"{each.instance.title} from {' and '.join(each.instance.starters)}"
            for each in failing[: limits.LISTED_NETWORKS]
        ]
        more = len(failing) - len(shown)
        listed = "; ".join(shown) + (f"; and {more:,} more" if more else "")
        yield "fails", f"on {len(failing):,} of the {seen:,} cases looked at: {listed}"
        names, left = self.lacking
        if names:
            wanted = f"requires = ({', '.join(names)}{',' if len(names) == 1 else ''})"
            yield (
                "hint",
                f"with `{wanted}` none of them is left, and {left:,} cases on which nothing fails are",
            )

    def _verdict(self, property_name: CheckedProperty) -> str:
        if property_name not in self.applied:
            return "not promised with faults" if any(self.faults) else "not promised"
        if not self.complete:
            return "holds as far as was seen"
        if property_name == "decision" and any(self.faults):
            return "nobody decides who must not, in any run"
        return "holds in every run"

    def _unfinished(self) -> Iterator[tuple[str, str]]:
        """Yield what was not seen to the end, with the reason."""
        stopped = [each for each in self.checked if each.stopped is not None]
        for each in stopped[: limits.LISTED_NETWORKS]:
            assert each.stopped is not None
            where = ""
            if self.all_connected is not None:
                where = f"{each.instance.title} from {', '.join(each.instance.starters)}: "
            yield (
                "NOT ALL SEEN",
                f"{where}{each.states:,} states, all runs of up to {each.depth} events; "
                f"it ended by {REASONS[each.stopped]}",
            )
        if len(stopped) > limits.LISTED_NETWORKS:
            yield "NOT ALL SEEN", f"and of {len(stopped) - limits.LISTED_NETWORKS} more networks"


def _said(faults: Budget) -> Iterator[str]:
    """Yield the faults that may come, in words: "1 message lost"."""
    for count, thing, fate in (
        (faults.loss, "message", "lost"),
        (faults.duplicate, "message", "doubled"),
        (faults.crash, "node", "crashed"),
    ):
        if count:
            yield f"{count} {thing}{'' if count == 1 else 's'} {fate}"
