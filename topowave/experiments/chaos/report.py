"""What `topowave chaos` has seen, for people and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from topowave.translation import Several, counted, text

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
        kinds = self.script_rows()
        width = max((len(kind) for kind, _ in kinds), default=0)
        scripts = (f"    {kind:{width}}  {ends}" for kind, ends in kinds)
        rows: list[str] = []
        for name, said in self.rows():
            rows += [f"  {name:10}  {said}", *(scripts if name == "scripts" else ())]
        wrong = (f"  {said}" for said in self.wrong_lines())
        return "\n".join([self.title(), *rows, self.verdict(), *wrong])

    def title(self) -> str:
        """Say which run it is."""
        return text(
            "chaos: {seconds:.0f} s, seed {seed}, intensity {intensity}, {nodes} nodes",
            seconds=self.seconds,
            seed=self.seed,
            intensity=self.intensity,
            nodes=self.nodes,
        )

    def rows(self) -> Iterator[tuple[str, str]]:
        """Yield what was done and what became of it, each with its name."""
        yield "faults", _counted(self.faults)
        if self.networks != 1:
            told = counted("{count} wave says", "{count} waves say", self.waves_changed)
            yield (
                "networks",
                text(
                    "{networks}, of {least} to {most} nodes; {told} that it changed meanwhile",
                    networks=self.networks,
                    least=self.nodes_least,
                    most=self.nodes_most,
                    told=told,
                ),
            )
        yield "the law", text("{readings} readings", readings=self.law_readings)
        yield (
            "echo waves",
            text(
                "{complete} complete, {incomplete} incomplete ({unnamed} of them with no node missing)",
                complete=self.waves_complete,
                incomplete=self.waves_incomplete,
                unnamed=self.waves_unnamed,
            ),
        )
        yield (
            "tasks",
            text(
                "{submitted} submitted, {completed} completed once, {again} of them begun again and say so",
                submitted=self.tasks_submitted,
                completed=self.tasks_completed,
                again=self.tasks_again,
            ),
        )
        if self.scripts_refused is not None and not self.scripts_submitted:
            yield "scripts", text("none, since the lab refuses them: {why}", why=self.scripts_refused)
        else:
            ended = sum(sum(ends.values()) for ends in self.scripts.values())
            yield (
                "scripts",
                text(
                    "{submitted} submitted, {ended} ended as they must, "
                    "{again} of them begun again and say so",
                    submitted=self.scripts_submitted,
                    ended=ended,
                    again=self.scripts_again,
                ),
            )
        yield "unanswered", _counted(self.unanswered)
        if self.mended_s is None:
            yield "mended", text("NOT MENDED")
        else:
            yield "mended", text("after {seconds:.1f} s", seconds=self.mended_s)

    def script_rows(self) -> list[tuple[str, str]]:
        """Return how scripts of each kind ended."""
        ordered = ((kind, dict(ends.most_common())) for kind, ends in sorted(self.scripts.items()))
        return [(kind, _counted(Counter(ends))) for kind, ends in ordered]

    def verdict(self) -> str:
        """Say whether everything held."""
        return text("everything held") if self.held else text("did NOT hold:")

    def wrong_lines(self) -> list[str]:
        """Return what did not hold, and how many more there were."""
        more = [text("... and {number} more", number=self.wrong_more)] if self.wrong_more else []
        return [*self.wrong, *more]


def _counted(found: Counter[str]) -> str:
    """Return how often there was what, in the order in which it came."""
    if not found:
        return text("none")
    return text(
        "{found}",
        found=Several(text("{times} {reason}", times=times, reason=what) for what, times in found.items()),
    )
