"""`simulate`: one call from an algorithm and a network to a `Run`."""

from __future__ import annotations

import functools
import inspect
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any, Concatenate, ParamSpec, TypeVar, cast

from topowave.algorithms import Algorithm
from topowave.runtime.graph import AnyNetwork
from topowave.runtime.handler_runner import HANDLER_DEADLINE_S, Watchdog
from topowave.runtime.memory_limit import memory_limited
from topowave.runtime.virtual_time import to_units
from topowave.simulator.config import SimulationConfig, options
from topowave.simulator.preparation import Wave, prepare
from topowave.simulator.run import Run
from topowave.topology.problems import cannot_write

_First = TypeVar("_First")
_Result = TypeVar("_Result")
_Options = ParamSpec("_Options")


def run_waves(
    waves: Iterable[Wave],
    network: AnyNetwork,
    config: SimulationConfig,
    begun: Callable[[Callable[[], Run]], None] | None = None,
) -> list[Run]:
    """Run several waves at once; as `simulate_waves`, but the options come as one object.

    Args:
        waves: what runs.
        network: where.
        config: the options.
        begun: called before the first event with a function that returns what is known of the first wave.
    """
    until_s = None if config.time_s is None else time.monotonic() + config.time_s
    prepared = prepare(waves, network, config)
    with ExitStack() as stack:
        file = stack.enter_context(_writing(config.trace)) if config.trace is not None else None
        kernel = prepared.fitting_kernel(file)

        def look() -> None:
            if config.progress is not None:
                config.progress(kernel.beats, to_units(kernel.now))

        deadline_s = HANDLER_DEADLINE_S if config.deadline_s is None else config.deadline_s
        if begun is not None:
            begun(lambda: prepared.so_far(kernel))
        with (
            memory_limited(config.memory_mb),
            Watchdog(kernel, look, deadline_s, until_s=until_s),
        ):
            outcome = kernel.run()
    return prepared.reports(outcome, kernel.trace)


def takes_options(
    config: Callable[_Options, SimulationConfig],
) -> Callable[
    [Callable[[_First, AnyNetwork, SimulationConfig], _Result]],
    Callable[Concatenate[_First, AnyNetwork, _Options], _Result],
]:
    """Give a function that takes a configuration the fields of it as keywords, with types and in its help."""

    def with_keywords(
        function: Callable[[_First, AnyNetwork, SimulationConfig], _Result],
    ) -> Callable[Concatenate[_First, AnyNetwork, _Options], _Result]:
        own = [*inspect.signature(function).parameters.values()][:2]
        signature = inspect.Signature([*own, *inspect.signature(config).parameters.values()])

        @functools.wraps(function)
        def called(*args: Any, **keywords: Any) -> _Result:
            given = signature.bind(*args, **keywords).arguments
            first, network = (given.pop(parameter.name) for parameter in own)
            return function(first, network, cast("Any", config)(**given))

        shown = cast("Any", called)
        shown.__signature__ = signature
        shown.__doc__ = f"{inspect.getdoc(function)}\n\nOptions:\n{options_text()}"
        return called

    return with_keywords


def options_text() -> str:
    """Return a line for each option, for the help of functions."""
    lines: list[str] = []
    for option in options():
        about = f" ({option.about})" if option.about else ""
        lines.append(f"    {option.name}: {option.help}{about}")
    return "\n".join(lines)


@takes_options(SimulationConfig)
def simulate(algorithm: type[Algorithm] | str, network: AnyNetwork, config: SimulationConfig) -> Run:
    """Run one wave in virtual time. The same arguments give the same run on every machine.

    Args:
        algorithm: a class, the name of one in the library, or `FILE.py:CLASS`.
        network: a topology, a file, SHAPE:N[:SEED], a bare network, or a graph of networkx.
        config: its options, each given as a keyword.

    Raises:
        Problems: something was not understood, or the network does not meet the algorithm's requirements.
    """
    return run_waves([Wave(algorithm)], network, config)[0]


@takes_options(SimulationConfig)
def simulate_waves(waves: Iterable[Wave], network: AnyNetwork, config: SimulationConfig) -> list[Run]:
    """Run several waves at once on one network; see `simulate`. Returns a `Run` for each, in their order.

    Args:
        waves: what runs. `initiators` and `inputs` below are for those that have none of their own.
        network: as for `simulate`.
        config: as for `simulate`.
    """
    return run_waves(waves, network, config)


@contextmanager
def _writing(path: str | Path) -> Generator[IO[str]]:
    """Open the file of a trace. Whatever becomes of it while the run goes on is told in a sentence."""
    try:
        with Path(path).open("w", encoding="utf-8", newline="\n") as file:
            yield file
    except OSError as error:
        raise cannot_write(path, error) from None
