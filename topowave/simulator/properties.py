"""The theorem meter: what a theorem promises of a wave, held against what the wave did."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from topowave.runtime.declarations import proven_limit
from topowave.runtime.graph import Graph
from topowave.runtime.judgement import decision_faults, dependence_faults
from topowave.runtime.virtual_time import to_units
from topowave.runtime.wave import WaveResult
from topowave.simulator.delays import Delay
from topowave.simulator.kernel import Ending
from topowave.simulator.limits import WITNESSES
from topowave.translation import text

Property = Literal["termination", "decision", "dependence", "bounds"]
PROPERTIES: tuple[Property, ...] = ("termination", "decision", "dependence", "bounds")


@dataclass
class Verdict:
    """What holds.

    Attributes:
        holds: for each property whether it held; None where it does not apply or is not known.
        bounds: the proven limits that applied, by name: `messages`, and `time` in units.
        witnesses: one sentence for each thing that shows a violation.
    """

    holds: dict[Property, bool | None] = field(
        default_factory=lambda: dict[Property, bool | None].fromkeys(PROPERTIES)
    )
    bounds: dict[str, float] = field(default_factory=dict[str, float])
    witnesses: list[str] = field(default_factory=list[str])

    @property
    def ok(self) -> bool:
        """Whether nothing is violated."""
        return False not in self.holds.values()


def judge(
    wave: WaveResult, graph: Graph, delay: Delay, ending: Ending, *, reliable: bool, timed: bool = True
) -> Verdict:
    """Return what holds of a wave.

    Args:
        wave: what it did.
        graph: the network.
        delay: the delay model; a limit on time applies where it has a longest delay, and in its measure.
        ending: how the run ended; only a run that ended quietly shows that something is missing.
        reliable: whether links and nodes were: what is proven of messages and time supposes so.
        timed: whether messages were as fast as the delay model says, which a limit on time supposes.
    """
    verdict = Verdict()
    over = ending == "quiet"
    if over or ending == "limit":
        verdict.holds["termination"] = over
        if not over:
            verdict.witnesses.append(
                text(
                    "after {messages:,} messages the run was still going on, and was stopped",
                    messages=wave.messages,
                )
            )
    _judge_decision(wave, graph, verdict, over=over)
    if wave.plan.algorithm.wave:
        _judge_dependence(wave, graph, verdict)
    if reliable and ending != "mistake":
        verdict.bounds = limits(wave, delay)
        if not timed:
            verdict.bounds.pop("time", None)
        _judge_bounds(wave, verdict, over=over)
    return verdict


def limits(wave: WaveResult, delay: Delay) -> dict[str, float]:
    """Return the limits that apply to a wave; that on time is in units, for messages as slow as can be."""
    found: dict[str, float] = {}
    messages = proven_limit(wave.plan.algorithm, "messages", wave.plan.network)
    if messages is not None:
        found["messages"] = messages
    if delay.most is not None:
        time = proven_limit(wave.plan.algorithm, "time", wave.plan.network)
        if time is not None:
            found["time"] = time * to_units(delay.most)
    return found


def _judge_decision(wave: WaveResult, graph: Graph, verdict: Verdict, *, over: bool) -> None:
    """Check that as many nodes decided as the class says, and none twice."""
    deciders = [node for node, _ in wave.decisions]
    scope = range(graph.nodes)
    wrong = decision_faults(deciders, wave.plan.algorithm.deciders, graph.names, scope, over=over)
    if wrong or over:
        verdict.holds["decision"] = not wrong
    _add(verdict, wrong)


def _judge_dependence(wave: WaveResult, graph: Graph, verdict: Verdict) -> None:
    """Check that every node has an event before every decide (Tel 2000, definition 6.1)."""
    if wave.past is None or not wave.decisions:
        return
    decisions = ((node, missing) for (node, _), missing in zip(wave.decisions, wave.unheard, strict=True))
    wrong = dependence_faults(decisions, graph.names)
    verdict.holds["dependence"] = not wrong
    _add(verdict, wrong)


def _judge_bounds(wave: WaveResult, verdict: Verdict, *, over: bool) -> None:
    wrong: list[str] = []
    most = verdict.bounds.get("messages")
    if most is not None:
        exact = wave.plan.algorithm.bounds.exact and over
        if wave.messages > most or (exact and wave.messages != most):
            word = "exactly" if wave.plan.algorithm.bounds.exact else "at most"
            wrong.append(
                text(
                    "{messages} messages were sent, {word} {most:g} are proven",
                    messages=wave.messages,
                    word=word,
                    most=most,
                )
            )
    longest = verdict.bounds.get("time")
    if longest is not None and wave.decided is not None:
        took = to_units(wave.decided - wave.first)
        if took > longest * (1 + 1e-9):
            wrong.append(
                text(
                    "the last decision came after {took:g}, at most {longest:g} is proven",
                    took=took,
                    longest=longest,
                )
            )
    if wrong or (over and verdict.bounds):
        verdict.holds["bounds"] = not wrong
    _add(verdict, wrong)


def _add(verdict: Verdict, wrong: list[str]) -> None:
    verdict.witnesses += wrong[:WITNESSES]
    if len(wrong) > WITNESSES:
        verdict.witnesses.append(text("... and {number} more", number=len(wrong) - WITNESSES))
