"""What is judged from a trace is what the simulator itself says of the run."""

from __future__ import annotations

import json

import pytest

from topowave.algorithms import Algorithm, Connected, Undirected
from topowave.algorithms.waves.echo import Echo
from topowave.runtime.judgement import WaveJudge, bound_faults, decision_faults
from topowave.simulator import simulate
from topowave.traces.reader import parse_trace
from topowave.traces.replay import replay


class Own(Algorithm):
    requires = (Undirected, Connected)
    wave = True

    def setup(self) -> None:
        self.heard = 0

    def flood(self) -> None:
        self.heard += 1
        if self.heard == 1:
            self.send_all(self.neighbors, "go")

    def on_start(self) -> None:
        self.flood()

    def on_message(self, sender: int, message: object) -> None:
        self.flood()


class Early(Own):
    """Decides before anybody else has heard of it."""

    def on_start(self) -> None:
        self.flood()
        self.decide(1)


class Twice(Own):
    """Decides with every message."""

    def on_message(self, sender: int, message: object) -> None:
        self.flood()
        if self.id == 0:
            self.decide(self.heard)


class Nobody(Own):
    """Forgets to decide."""


class One(Own):
    """Promises that one node decides, and all do."""

    deciders = "one"

    def on_message(self, sender: int, message: object) -> None:
        self.flood()
        if self.heard == 1:
            self.decide()


class Most(Own):
    """Promises that all decide, and the root does not."""

    deciders = "all"

    def on_message(self, sender: int, message: object) -> None:
        self.flood()
        if self.heard == 1 and self.id:
            self.decide()


@pytest.mark.parametrize("network", ["ring:5", "path:3", "random:8:2", "star:4"])
@pytest.mark.parametrize("algorithm", [Early, Twice, Nobody, One, Most, Echo])
def test_a_replayed_trace_is_judged_as_the_run_was(algorithm: type[Algorithm], network: str) -> None:
    for seed in range(3):
        run = simulate(algorithm, network, seed=seed, delay="uniform:1,9")
        lines = [json.loads(line) for line in run.events]
        found = replay(parse_trace([json.dumps(line) for line in lines], "t"), algorithm)
        wrong = [sentence.partition(": ")[2] for sentence in found.wrong]
        named = [witness for witness in run.witnesses if not witness.startswith("...")]
        assert set(named) <= set(wrong)
        assert bool(wrong) == bool(run.witnesses) == (algorithm is not Echo)
        assert found.reproduced
        assert found.ok == (algorithm is Echo)


def test_what_is_sent_to_a_node_of_which_nothing_is_known_counts_as_passed_on() -> None:
    judge = WaveJudge(Echo, ["a", "guest", "b"], range(3), unseen=[1])
    judge.happened(0)
    judge.sent(0, 1, "a:1")
    judge.received(2, 1, None)
    judge.decided(2)
    assert judge.faults(over=True) == []


def test_that_something_is_missing_is_said_only_of_a_wave_that_is_over() -> None:
    assert decision_faults([], "some", ["a"], [0], over=False) == []
    assert decision_faults([], "some", ["a"], [0], over=True) == ["no node decided"]
    assert decision_faults([0], "all", ["a", "b"], [0, 1], over=True) == ["node b did not decide"]


def test_more_messages_than_are_proven_are_wrong() -> None:
    assert bound_faults(Echo, 4, 4) == bound_faults(Echo, 4, None) == []
    assert bound_faults(Echo, 3, 4) == ["3 messages were sent, exactly 4 are proven"]
