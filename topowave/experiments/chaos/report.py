"""What `topowave chaos` has seen, for people and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

WRONG_SHOWN = 20
"""Most sentences of a report about what did not hold; the rest is counted."""


@dataclass
class ChaosReport:
    """One run.

    Attributes:
        seed, intensity: what drew the faults.
        nodes: size of the lab.
        seconds: how long faults were done.
        faults: what was done, how often (nodes hit); `not carried out` counts what was refused or unanswered.
        networks: how many networks ran, one after the other.
        nodes_least, nodes_most: how many nodes of its own the lab had meanwhile.
        law_readings: readings of the law, each of which was checked.
        waves_complete, waves_incomplete: echo waves that ended so.
        waves_unnamed: of the incomplete ones, that name no node: all answered, while a link broke.
        waves_changed: of all, those under which the network changed, as they say.
        tasks_submitted: tasks whose ids the lab gave.
        tasks_completed: of these, completed exactly once.
        tasks_again: of these, begun more than once, which their `attempts` say.
        scripts_submitted: script tasks whose ids the lab gave.
        scripts: how those of each kind ended as they must, how often: `completed`, or why they failed.
        scripts_again: of these, begun more than once, which their `attempts` say.
        scripts_refused: why there were none, in the lab's words; None where it took them.
        unanswered: requests that got no answer or a refusal while things were broken, by what they wanted.
        mended_s: how long the lab took until all nodes were up, as many as there were, and a wave complete;
            None if it did not.
        wrong: what did not hold.
        wrong_more: how many further things did not hold.
    """

    seed: int
    intensity: str
    nodes: int = 0
    seconds: float = 0.0
    faults: Counter[str] = field(default_factory=Counter[str])
    networks: int = 1
    nodes_least: int = 0
    nodes_most: int = 0
    law_readings: int = 0
    waves_complete: int = 0
    waves_incomplete: int = 0
    waves_unnamed: int = 0
    waves_changed: int = 0
    tasks_submitted: int = 0
    tasks_completed: int = 0
    tasks_again: int = 0
    scripts_submitted: int = 0
    scripts: dict[str, Counter[str]] = field(default_factory=dict[str, Counter[str]])
    scripts_again: int = 0
    scripts_refused: str | None = None
    unanswered: Counter[str] = field(default_factory=Counter[str])
    mended_s: float | None = None
    wrong: list[str] = field(default_factory=list[str])
    wrong_more: int = 0

    def complain(self, wrong: Iterable[str]) -> None:
        """Note what did not hold."""
        for sentence in wrong:
            if len(self.wrong) < WRONG_SHOWN:
                self.wrong.append(sentence)
            else:
                self.wrong_more += 1

    @property
    def held(self) -> bool:
        """Whether everything held."""
        return not self.wrong

    def as_json(self) -> dict[str, object]:
        """Return the report for a program."""
        return {
            **vars(self),
            "faults": dict(self.faults),
            "scripts": {kind: dict(ends) for kind, ends in sorted(self.scripts.items())},
            "unanswered": dict(self.unanswered),
            "held": self.held,
        }

    def text(self) -> str:
        """Return the report for people."""
        done = ", ".join(f"{count} {kind}" for kind, count in self.faults.items()) or "none"
        mended = "NOT MENDED" if self.mended_s is None else f"after {self.mended_s:.1f} s"
        unanswered = ", ".join(f"{count} {what}" for what, count in self.unanswered.items()) or "none"
        lines = [
            f"chaos: {self.seconds:.0f} s, seed {self.seed}, intensity {self.intensity}, {self.nodes} nodes",
            f"  faults      {done}",
            *self._network_lines(),
            f"  the law     {self.law_readings} readings",
            f"  echo waves  {self.waves_complete} complete, {self.waves_incomplete} incomplete "
            f"({self.waves_unnamed} of them with no node missing)",
            f"  tasks       {self.tasks_submitted} submitted, {self.tasks_completed} completed once, "
            f"{self.tasks_again} of them begun again and say so",
            *self._script_lines(),
            f"  unanswered  {unanswered}",
            f"  mended      {mended}",
        ]
        if self.held:
            return "\n".join([*lines, "everything held"])
        more = [f"  ... and {self.wrong_more} more"] if self.wrong_more else []
        return "\n".join([*lines, "did NOT hold:", *(f"  {sentence}" for sentence in self.wrong), *more])

    def _network_lines(self) -> list[str]:
        if self.networks == 1:
            return []
        told = "1 wave says" if self.waves_changed == 1 else f"{self.waves_changed} waves say"
        sizes = f"{self.nodes_least} to {self.nodes_most} nodes"
        return [f"  networks    {self.networks}, of {sizes}; {told} that it changed meanwhile"]

    def _script_lines(self) -> list[str]:
        refused = self.scripts_refused
        if refused is not None and not self.scripts_submitted:
            return [f"  scripts     none, since the lab refuses them: {refused}"]
        ended = sum(sum(ends.values()) for ends in self.scripts.values())
        head = (
            f"  scripts     {self.scripts_submitted} submitted, {ended} ended as they must, "
            f"{self.scripts_again} of them begun again and say so"
        )
        width = max(map(len, self.scripts), default=0)
        return [head] + [
            f"    {kind:{width}}  {', '.join(f'{count} {end}' for end, count in ends.most_common())}"
            for kind, ends in sorted(self.scripts.items())
        ]
