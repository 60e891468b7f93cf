"""How long messages and moving tasks take over links in virtual time, by the simulator's models of delay.

Times are in seconds here, where the simulator has units. What is random follows from the seed of the run:
each round has a wave of its own, and each move draws for each link of its way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from topowave.load.limits import MOST_ROUNDS
from topowave.runtime.virtual_time import TICKS
from topowave.simulator.delays import Delay, parse_delay
from topowave.topology import Problems, Topology

NO_DELAY = "none"
"""The name that stands for waves over links with `link_delay`, and moves that take no time for their way."""
MILLISECONDS = 1000
"""In a second. `links` is in milliseconds in the simulator, as `link_delay` is in a topology."""


def check_delay(text: str) -> None:
    """Refuse what describes no delay. Raises Problems."""
    if text != NO_DELAY:
        try:
            parse_delay(text)
        except Problems as refusal:
            problems = [each.removeprefix("--delay: ") for each in refusal.problems]
            raise Problems([f"delay: {each} (s)" for each in problems]) from None


@dataclass(frozen=True, slots=True)
class WaveDelay:
    """The delay of waves, as the simulator takes it: `text`, in units of which a second has `per_second`."""

    text: str
    per_second: int


class LinkDelays:
    """The delays of one run.

    Args:
        topology: whose links.
        text: a model: `constant:T`, `uniform:LEAST,MOST`, `exponential:MEAN` or `links[:T]`; or NO_DELAY.
        link_delay: of a link that has none of its own (s), where the model does not say.
        seed: of what is drawn.
    """

    def __init__(self, topology: Topology, text: str, link_delay: float, seed: int) -> None:
        self._topology = topology
        self._seed = seed
        self._random = Random(f"{seed} moves")  # noqa: S311 - no secret
        self._model: Delay | None = None if text == NO_DELAY else parse_delay(text)
        model = self._model
        if model is not None and model.kind != "links":
            self.wave = WaveDelay(text, 1)
        else:
            if model is not None and text != "links":
                link_delay = model.least / TICKS
            self.wave = WaveDelay(f"links:{link_delay * MILLISECONDS!r}", MILLISECONDS)
        self._link_delay = link_delay

    @property
    def is_random(self) -> bool:
        """Whether two waves may take different times."""
        return self._model is not None and (self._model.mean > 0 or self._model.span > 1)

    @property
    def counts_for_moves(self) -> bool:
        """Whether tasks that move take time for their way."""
        return self._model is not None

    def wave_seed(self, number: int) -> int:
        """Return the seed of the wave of a round; those of another seed have others."""
        return self._seed * (MOST_ROUNDS + 1) + number

    def of_way(self, way: Sequence[str]) -> float:
        """Return how long something takes along a way, a list of names (s); random ones are drawn."""
        model = self._model
        if model is None:
            return 0.0
        if model.kind != "links":
            ticks = sum(model.ticks(0, self._random.getrandbits(64)) for _ in way[1:])
            return ticks / TICKS
        given = (self._topology.link_delay(one, other) for one, other in pairwise(way))
        return sum(self._link_delay if each is None else each / MILLISECONDS for each in given)
