from __future__ import annotations

import pytest

from tests.unit.algorithms.gossip import Gossip
from topowave.algorithms import Algorithm
from topowave.checker import check
from topowave.topology import Problems


class InSetup(Algorithm):
    def setup(self) -> None:
        try:
            self.turn = self.random.randrange(2)
        except Exception:  # noqa: BLE001 - a student's: it must not hide the refusal
            self.turn = 0


@pytest.mark.parametrize(
    ("algorithm", "line"),
    [
        (Gossip, "self.send(self.random.choice(self.neighbors)"),
        (InSetup, "self.turn = self.random"),
    ],
)
def test_a_class_that_draws_is_refused_with_its_line(algorithm: type[Algorithm], line: str) -> None:
    with pytest.raises(Problems) as refused:
        check(algorithm, "path:2")
    (sentence,) = refused.value.problems
    assert sentence.startswith(f"{algorithm.__name__}: uses self.random (")
    assert line in sentence
    assert "not through every draw" in sentence


def test_a_class_that_would_draw_only_where_it_never_comes_is_checked() -> None:
    class Cautious(Gossip):
        wave = False

        def on_message(self, sender: int, message: int) -> None:
            if not self.heard:
                self.heard = True
                self.decide(message)

    assert check(Cautious, "path:2").complete
