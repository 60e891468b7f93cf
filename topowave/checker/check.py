"""`check`: one call from an algorithm and a network to what holds in every run."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from topowave.algorithms import Algorithm, Network
from topowave.checker import limits
from topowave.checker.counterexample import Counterexample
from topowave.checker.explain import explain, explain_mistake
from topowave.checker.instances import Instance, all_instances, inputs_of, numbers_of_nodes, one_instance
from topowave.checker.local_transitions import LocalTransitions
from topowave.checker.no_chance import ChanceError
from topowave.checker.properties import Rules
from topowave.checker.result import Checked, CheckResult
from topowave.checker.search import Found, Search
from topowave.checker.state_space import Budget, StateSpace
from topowave.runtime.graph import AnyNetwork, Graph
from topowave.runtime.handler_runner import HANDLER_DEADLINE_S
from topowave.runtime.identities import IN_ORDER, Identities
from topowave.runtime.loading import algorithm_of
from topowave.simulator.config import Inputs
from topowave.topology import Problems
from topowave.topology.problems import cannot_write
from topowave.translation import text

Progress = Callable[[str, int, int, int], None]
"""Called as a network begins and from time to time: its title, its states so far, the networks done, all."""


def check(  # noqa: PLR0913 - each is an option of the command
    algorithm: type[Algorithm] | str,
    network: AnyNetwork | None = None,
    *,
    all_connected: int | str | None = None,
    initiators: Sequence[str] | None = None,
    inputs: Inputs = None,
    fifo: bool = False,
    ids: Identities = IN_ORDER,
    loss: int = 0,
    duplicate: int = 0,
    crash: int = 0,
    max_states: int = limits.MAX_STATES,
    time_s: float | None = limits.TIME_S,
    trace: str | Path | None = None,
    progress: Progress | None = None,
    deadline_s: float = HANDLER_DEADLINE_S,
) -> CheckResult:
    """Go through every order in which messages can arrive, and see whether what is promised always holds.

    Args:
        algorithm: a class, the name of one in the library, or `FILE.py:CLASS`.
        network: a topology, a file, SHAPE:N[:SEED], a bare network, or a graph of networkx.
        all_connected: instead of one network take all connected ones of up to so many nodes, or of "2..4"
            nodes, with every
            choice of initiators.
        initiators: names; by default the root if it may start alone, else all that must. Each may start at
            any moment, also after it has received something.
        inputs: what the nodes contribute: by name, in the order of the nodes, or a function of the number.
        fifo: whether messages on a link arrive in the order in which they were sent.
        ids: which node has which number: "in-order" (around a ring), "reversed", "random[:SEED]" (0 by
            default), a file, or the numbers in the order of the nodes or by name.
        loss: up to so many messages are lost.
        duplicate: up to so many messages arrive twice.
        crash: up to so many nodes crash, for good.
        max_states: after so many states of one network its search ends.
        time_s: after so many seconds all searches end; None for no limit.
        trace: a file to write a violating run to, if there is one.
        progress: called about twice a second.
        deadline_s: how long one handler may take (s).

    Raises:
        Problems: something was not understood, the network does not meet the algorithm's requirements, or
            the algorithm asks for chance.
    """
    chosen = algorithm_of(algorithm)
    faults = Budget(_count("loss", loss), _count("duplicate", duplicate), _count("crash", crash))
    if max_states < 1:
        raise Problems([text("--max-states: {max_states}; expected at least 1", max_states=max_states)])
    if time_s is not None and not time_s >= 0:
        raise Problems([text("--time: {time_s:g}; expected a number of seconds from 0", time_s=time_s)])
    if (network is None) == (all_connected is None):
        raise Problems([text("expected one network (--topology), or --all-connected N")])
    sizes: range | None = None
    if network is not None:
        given = network if isinstance(network, Network) else Graph.of(network)
        instances = [one_instance(chosen, given, initiators, fifo=fifo, ids=ids)]
    else:
        if initiators is not None:
            raise Problems([text("--all-connected takes every choice of initiators, so none can be named")])
        if ids != IN_ORDER:
            raise Problems([text("--all-connected numbers its networks itself; --ids is for one network")])
        sizes = numbers_of_nodes(all_connected or 0)
        instances = all_instances(chosen, sizes, fifo=fifo)
    checker = _Checker(chosen, inputs, faults, max_states, progress, deadline_s)
    try:
        result = checker.run(instances, time_s, sizes=sizes)
    except ChanceError as error:
        raise Problems([f"{chosen.title}: {error}"]) from None
    if trace is not None and result.violation is not None:
        _write(trace, result.violation)
    return result


class _Checker:
    """Goes through instances, the small first, until one breaks a property."""

    def __init__(
        self,
        algorithm: type[Algorithm],
        inputs: Inputs,
        faults: Budget,
        max_states: int,
        progress: Progress | None,
        deadline_s: float,
    ) -> None:
        self._algorithm = algorithm
        self._inputs = inputs
        self._faults = faults
        self._max_states = max_states
        self._progress = progress
        self._deadline_s = deadline_s
        self._reducible = True
        self._done = 0
        self._instances = 1

    def run(self, instances: Sequence[Instance], time_s: float | None, *, sizes: range | None) -> CheckResult:
        """Check the instances; each gets its share of the time that is left."""
        self._instances = len(instances)
        end_s = None if time_s is None else time.monotonic() + time_s
        checked: list[Checked] = []
        for number, instance in enumerate(instances):
            self._done = number
            until_s = None
            if end_s is not None:
                now_s = time.monotonic()
                until_s = now_s + (end_s - now_s) / (len(instances) - number)
            checked.append(self._check(instance, until_s))
            if checked[-1].violation is not None or checked[-1].stopped in ("memory", "interrupted"):
                break
            if end_s is not None and time.monotonic() > end_s + limits.LATE_S:
                break
        after = self._after(instances[len(checked) :], end_s) if checked[-1].violation is not None else ()
        return CheckResult(self._algorithm, tuple(checked), len(instances), sizes, self._faults, after)

    def _after(self, instances: Sequence[Instance], end_s: float | None) -> tuple[Checked, ...]:
        """Check for a little while which of the instances behind the first failing one fail too."""
        until_s = time.monotonic() + limits.AFTER_S
        until_s = until_s if end_s is None else min(until_s, end_s)
        checked: list[Checked] = []
        for number, instance in enumerate(instances):
            now_s = time.monotonic()
            if now_s >= until_s:
                break
            self._done += 1
            checked.append(self._check(instance, now_s + (until_s - now_s) / (len(instances) - number)))
            if checked[-1].stopped in ("memory", "interrupted"):
                break
        return tuple(checked)

    def _check(self, instance: Instance, until_s: float | None) -> Checked:
        if self._progress is not None:
            self._progress(instance.title, 0, self._done, self._instances)
        faulty = any(self._faults)
        rules = Rules(self._algorithm, instance.network, instance.names, faulty=faulty)
        inputs = inputs_of(self._inputs, instance.names, instance.ids)
        nodes = LocalTransitions(self._algorithm, instance.network, instance.names, inputs, self._deadline_s)
        if nodes.mistake is not None:
            found = explain_mistake(nodes, instance, self._algorithm, nodes.mistake)
            return Checked(instance, rules.applied, 0, 0, 0, None, reduced=False, violation=found)
        search, broken, space = self._searched(instance, nodes, rules, until_s)
        violation: Counterexample | None = None
        if broken is not None:
            exact = not search.reduced or not (broken.problem.at_end or instance.network.fifo)
            shortest = exact and broken.back is None
            violation = explain(broken, space, instance, self._algorithm, shortest=shortest)
        return Checked(
            instance,
            rules.applied,
            len(search.states),
            search.graph.steps,
            search.depth,
            search.stopped,
            reduced=search.reduced,
            violation=violation,
        )

    def _searched(
        self, instance: Instance, nodes: LocalTransitions, rules: Rules, until_s: float | None
    ) -> tuple[Search, Found | None, StateSpace]:
        """Search the plain way first; if there is more to see, leave out what can be left out."""
        simple = min(self._max_states, limits.SIMPLE_STATES)
        first, broken, space = self._search(instance, nodes, rules, simple, until_s, reduce=False)
        if first.stopped != "states" or simple == self._max_states:
            return first, broken, space
        reduce = self._reducible and not any(self._faults)
        longer, broken, space = self._search(instance, nodes, rules, self._max_states, until_s, reduce=reduce)
        self._reducible = self._reducible and (longer.reduced or not reduce)
        if broken is None and longer.stopped is not None and len(longer.states) < len(first.states):
            first.stopped = longer.stopped
            return first, None, space
        return longer, broken, space

    def _search(
        self,
        instance: Instance,
        nodes: LocalTransitions,
        rules: Rules,
        max_states: int,
        until_s: float | None,
        *,
        reduce: bool,
    ) -> tuple[Search, Found | None, StateSpace]:
        space = StateSpace(nodes, rules, instance.initiators, self._faults)

        def look() -> None:
            if self._progress is not None:
                self._progress(instance.title, len(search.states), self._done, self._instances)

        search = Search(
            space,
            rules,
            initiators=instance.initiators if reduce else None,
            max_states=max_states,
            until_s=until_s,
            look=look,
            handler_deadline_s=self._deadline_s,
        )
        return search, search.run(), space


def _count(name: str, value: int) -> int:
    if not 0 <= value <= limits.MOST_FAULTS:
        raise Problems(
            [
                text(
                    "--{name}: {value}; expected a whole number from 0 to {most_faults}",
                    name=name,
                    value=value,
                    most_faults=limits.MOST_FAULTS,
                )
            ]
        )
    return value


def _write(path: str | Path, violation: Counterexample) -> None:
    try:
        Path(path).write_text("\n".join(violation.trace) + "\n", encoding="utf-8", newline="\n")
    except OSError as error:
        raise cannot_write(path, error) from None
