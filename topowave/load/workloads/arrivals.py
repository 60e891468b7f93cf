"""When tasks come: processes of arrivals, each drawn from one stream of random numbers.

All begin at time 0, and the first tasks of a longer workload are the whole of a shorter one.
"""

from __future__ import annotations

from topowave.load.workloads.durations import TINY
from topowave.load.workloads.portable_math import log, sine_of_turn
from topowave.topology.portable_random import PortableRandom


def constant(count: int, rate: float) -> list[float]:
    """Return arrivals that are 1/rate seconds apart, the first one at 0."""
    return [number / rate for number in range(count)]


def poisson(random: PortableRandom, count: int, rate: float) -> list[float]:
    """Return the arrivals of a Poisson process of so many a second."""
    draw, scale, time = random.random, -1.0 / rate, 0.0
    times: list[float] = []
    for _ in range(count):
        time += scale * log(draw() or TINY)
        times.append(time)
    return times


def mmpp_rates(rate: float, burst: float, on: float, off: float) -> tuple[float, float]:
    """Return the rates within a burst and outside (1/s) with which the mean rate is `rate`."""
    calm = rate * (on + off) / (burst * on + off)
    return burst * calm, calm


def mmpp(random: PortableRandom, count: int, rate: float, burst: float, on: float, off: float) -> list[float]:
    """Return arrivals that come in bursts: a Markov-modulated Poisson process of two states.

    After W. Fischer and K. Meier-Hellstern, The Markov-modulated Poisson process (MMPP) cookbook,
    Performance Evaluation 18, 1993. It begins in either state with the state's share of time.

    Args:
        random: what is drawn from.
        count: how many.
        rate: mean rate (1/s).
        burst: how many times as high the rate is within a burst as outside.
        on: mean length of a burst (s).
        off: mean time between two bursts (s).
    """
    draw = random.random
    rates, stays = mmpp_rates(rate, burst, on, off), (on, off)
    state = 0 if draw() * (on + off) < on else 1
    time, times = 0.0, list[float]()
    change = -stays[state] * log(draw() or TINY)
    while len(times) < count:
        arrival = time - log(draw() or TINY) / rates[state]
        if arrival < change:
            time = arrival
            times.append(time)
        else:  # a process without memory may be drawn anew from any moment on
            time = change
            state = 1 - state
            change = time - stays[state] * log(draw() or TINY)
    return times


def diurnal(random: PortableRandom, count: int, rate: float, amplitude: float, period: float) -> list[float]:
    """Return arrivals whose rate goes up and down with the time of the day.

    The rate at time t is rate * (1 + amplitude * sin(2 pi t / period)). By thinning: P. A. W. Lewis and
    G. S. Shedler, Simulation of nonhomogeneous Poisson processes by thinning, 1979.

    Args:
        random: what is drawn from.
        count: how many.
        rate: mean rate (1/s).
        amplitude: how far the rate goes up and down, as a share of the mean; from 0 to 1.
        period: length of a day (s).
    """
    draw, time = random.random, 0.0
    most = 1.0 + amplitude
    scale = -1.0 / (rate * most)
    times: list[float] = []
    while len(times) < count:
        time += scale * log(draw() or TINY)
        if draw() * most < 1.0 + amplitude * sine_of_turn(time / period % 1.0):
            times.append(time)
    return times
