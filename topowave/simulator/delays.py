"""How long a message takes: the delay models and how they are written, as in `uniform:1,10`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from topowave.runtime.virtual_time import LONGEST, to_ticks
from topowave.topology import Problems
from topowave.translation import text as sentence

Kind = Literal["constant", "uniform", "exponential", "links"]

FORMS: dict[Kind, str] = {
    "constant": "constant:TIME",
    "uniform": "uniform:LEAST,MOST",
    "exponential": "exponential:MEAN",
    "links": "links[:TIME]",
}
"""How each model is written. `links` takes each link's own `link_delay`, TIME (1) where it has none."""


@dataclass(frozen=True)
class Delay:
    """A delay model.

    Attributes:
        kind: which model.
        text: as the user wrote it.
        least: the shortest delay, in ticks; for `links` that of a link with no delay of its own.
        span: how many different delays there are from `least` upwards, at least 1; for `exponential` 1.
        mean: the mean of the exponential part, in ticks; 0 unless the model is exponential.
        per_arc: for `links`, the delay of every arc in ticks, once the network is known.
    """

    kind: Kind
    text: str
    least: int
    span: int = 1
    mean: int = 0
    per_arc: Sequence[int] | None = None

    @property
    def most(self) -> int | None:
        """The longest delay, in ticks; None if there is none."""
        if self.kind == "exponential":
            return None
        return (
            max(self.per_arc, default=self.least) if self.per_arc is not None else self.least + self.span - 1
        )

    @property
    def typical(self) -> int:
        """A delay in the middle, in ticks."""
        return self.mean or self.least + self.span // 2

    def ticks(self, arc: int, draw: int) -> int:
        """Return the delay in ticks of a message on `arc`, whose random draw is `draw`, a 64-bit number."""
        if self.per_arc is not None:
            return self.per_arc[arc]
        if self.mean:
            return round(-self.mean * natural_logarithm(((draw >> 11) + 1) * 2.0**-53))
        return self.least + (self.span * (draw >> 32) >> 32)


def parse_delay(text: str) -> Delay:
    """Return the model that `text` describes. Raises Problems where it describes none."""
    kind, _, rest = text.partition(":")
    try:
        numbers = [to_ticks(float(part)) for part in rest.split(",")] if rest else []
    except ValueError:
        numbers = [-1]
    if -1 not in numbers:
        if kind == "constant" and len(numbers) == 1:
            return Delay("constant", text, numbers[0])
        if kind == "uniform" and len(numbers) == 2 and numbers[0] <= numbers[1]:
            return Delay("uniform", text, numbers[0], numbers[1] - numbers[0] + 1)
        if kind == "exponential" and len(numbers) == 1 and numbers[0] > 0:
            return Delay("exponential", text, 0, mean=numbers[0])
        if kind == "links" and len(numbers) <= 1:
            return Delay("links", text, numbers[0] if numbers else to_ticks(1))
    forms = ", ".join(FORMS.values())
    raise Problems(
        [
            sentence(
                "--delay: {given} is no delay; expected {forms}, with times from 0 to {longest:.0f}",
                given=repr(text),
                forms=forms,
                longest=LONGEST,
            )
        ]
    )


def natural_logarithm(value: float) -> float:
    """Return ln(value) for 0 < value <= 1, from basic arithmetic only.

    Unlike `math.log`, whose last bit depends on the machine's C library, this gives the same bits wherever
    floating-point numbers follow IEEE 754. The error is below 1e-15 of the result or of 1, the larger one.
    """
    mantissa, exponent = math.frexp(value)
    if mantissa < 0.7071067811865476:
        mantissa *= 2
        exponent -= 1
    ratio = (mantissa - 1) / (mantissa + 1)
    square = ratio * ratio
    series = 0.0
    for power in range(21, 0, -2):  # the inverse hyperbolic tangent; |ratio| < 0.172
        series = series * square + 1 / power
    return 2 * ratio * series + exponent * 0.6931471805599453
