"""`simulate_load`: one call from a network and a workload to a `LoadResult`."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from topowave.balancer.placements.least_loaded import LeastLoaded
from topowave.balancer.placements.registry import find_placement
from topowave.balancer.policies.base import Policy, PolicySettings
from topowave.balancer.policies.registry import find_policy
from topowave.balancer.policy_files import failure, load_policy
from topowave.forecasts import Forecaster, find_forecast
from topowave.forecasts.last_value import LastValue
from topowave.load.balance import BalanceSamples
from topowave.load.config import LoadConfig
from topowave.load.lab_state import COMPLETED, NOWHERE
from topowave.load.limits import MOST_ROUNDS, SAMPLES
from topowave.load.measures import Measures, jain_index, mean, percentile
from topowave.load.network import LoadNetwork
from topowave.load.placing import Placer, placing_of
from topowave.load.quick_placing import QuickLeastLoaded
from topowave.load.rebalancing import Rebalancing
from topowave.load.recorded_rounds import RecordedRebalancing
from topowave.load.recordings.recording import RecordedRound
from topowave.load.result import LoadResult, NodeResult
from topowave.load.virtual_lab import VirtualLab
from topowave.load.workloads.workload import USUAL_PRIORITY, Workload
from topowave.runtime.graph import AnyNetwork, Graph
from topowave.tasks.disciplines.base import TaskFacts
from topowave.tasks.disciplines.registry import find_discipline
from topowave.topology import Problems, Topology, read_network
from topowave.topology.config import NO_FORECAST, names_a_file
from topowave.topology.limits import MAX_NODES

Progress = Callable[[int, int, float], None]
"""Called with how many tasks are over, how many there are, and the virtual time (s)."""
LOOKS = 100
"""How often `Progress` is called while tasks come, and in each time as long after that."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a recorded live run gives to its repetition beside the tasks.

    Attributes:
        rounds: of rebalancing; they happen instead of those of the configuration.
        estimates: what the lab was told of each task's duration (s), for disciplines that look at it.
    """

    rounds: Sequence[RecordedRound]
    estimates: Sequence[float]


def simulate_load(
    network: AnyNetwork,
    workload: Workload,
    config: LoadConfig | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    *,
    recorded: Recorded | None = None,
) -> LoadResult:
    """Let a workload come to a network in virtual time. The same arguments give the same result everywhere.

    Args:
        network: a topology, a file, SHAPE:N[:SEED], or a graph of networkx; of at most MAX_NODES nodes.
        workload: the tasks that come.
        config: policy, placement, discipline, delays and faults; None for the usual ones.
        seed: of what placement and policy draw, an integer from 0.
        progress: called from time to time.
        recorded: of a live run, whose rounds of rebalancing are repeated.

    Raises:
        Problems: something was not understood, does not fit the network, or is beyond a limit; or the policy
            planned what nobody can carry out.
    """
    prepared = _Prepared(network, workload, config or LoadConfig(), seed, recorded)
    prepared.run(progress)
    return prepared.result()


def topology_of(network: AnyNetwork) -> tuple[Topology, str]:
    """Return the topology of a network and what people call it. Raises Problems where it has none."""
    graph = Graph.of(network)
    if graph.topology is None and graph.nodes > MAX_NODES:
        raise Problems([f"{graph.title}: {graph.nodes:,} nodes; expected at most {MAX_NODES:,}"])
    if graph.topology is None:
        if not hasattr(network, "nodes"):
            raise Problems([f"{graph.title}: has no cores; expected a topology, a file or SHAPE:N"])
        return read_network(network), graph.title  # type: ignore[arg-type]
    return graph.topology, graph.title


class _Prepared:
    """A run: made ready, run, and reported."""

    def __init__(
        self,
        network: AnyNetwork,
        workload: Workload,
        config: LoadConfig,
        seed: int,
        recorded: Recorded | None,
    ) -> None:
        if seed < 0:
            raise Problems([f"seed: {seed}; expected an integer from 0"])
        self.topology, self.title = topology_of(network)
        self.workload, self.config, self.seed = workload, config, seed
        names = {node.name for node in self.topology.nodes}
        workload.check(names)
        if not len(workload):
            raise Problems([f"{workload.source or 'the workload'}: has no tasks; expected one at least"])
        self._refuse(names)
        self.network = LoadNetwork(self.topology, config.link_delay, config.delay, seed)
        told = workload if recorded is None else replace(workload, durations=recorded.estimates)
        keys = _keys(told, config.discipline)
        fixed = (
            None if workload.nodes is None else [self.network.number.get(n, NOWHERE) for n in workload.nodes]
        )
        rebalances = config.rebalances if recorded is None else bool(recorded.rounds)
        still = not rebalances and not config.faults
        placer = self._placer()
        self.lab = VirtualLab(self.network.cpus, workload, placer, keys, fixed, still=still)
        interval = config.sample_interval or (workload.span or max(workload.durations)) / SAMPLES
        self.samples = BalanceSamples(self.lab, interval)
        self.rebalancing: Rebalancing | None = None
        self.forecaster: Forecaster | None = None
        if config.forecast != NO_FORECAST:
            self.forecaster = Forecaster(_named(find_forecast, config.forecast), config.max_cpu, [LastValue])
        if rebalances:
            kind = load_policy(config.policy) if names_a_file(config.policy) else None
            kind = kind or _named(find_policy, config.policy)
            policy = _made(kind, PolicySettings(max_cpu=config.max_cpu))
            given = self.lab, self.network, policy, config, seed, self.forecaster
            self.rebalancing = (
                Rebalancing(*given) if recorded is None else RecordedRebalancing(*given, recorded.rounds)
            )
        self.lab.on("down", self.lab.go_down)
        self.lab.on("up", self.lab.come_up)
        for fault in config.faults:
            self.lab.schedule(fault.at, fault.kind, self.network.number[fault.node], ahead=True)

    def _refuse(self, names: set[str]) -> None:
        """Refuse what does not fit the network."""
        problems = [
            f"faults[{index}]: there is no node {fault.node!r}"
            for index, fault in enumerate(self.config.faults)
            if fault.node not in names
        ]
        foreign = [node.name for node in self.topology.nodes if not node.launch]
        if foreign:
            problems.append(f"{foreign[0]}: is somebody else's program, of which virtual time knows nothing")
        heaviest = max(self.workload.weights or (1,))
        most = max(node.cpu for node in self.topology.nodes)
        if heaviest > most:
            text = f"a task holds {heaviest} cores, and no node has more than {most}; it would never start"
            problems.append(text)
        if self.config.rebalances and self.workload.span > MOST_ROUNDS * self.config.rebalance_interval:
            text = f"tasks come for {self.workload.span:g} s, which is more than {MOST_ROUNDS:,} rounds"
            problems.append(f"rebalance_interval: {self.config.rebalance_interval:g} s; {text}")
        if problems:
            raise Problems(problems)

    def _placer(self) -> Placer:
        config, nodes = self.config, self.topology.nodes
        kind = _named(find_placement, config.placement)
        even = all(node.executor.weight == 1 and node.executor.limit is None for node in nodes)
        if kind is LeastLoaded and even and not config.report_delay and self.workload.weights is None:
            return QuickLeastLoaded(self.network.cpus, [node.executor.active for node in nodes])
        return placing_of(kind, self.topology, self.network.parents, config.report_delay, self.seed)

    def run(self, progress: Progress | None) -> None:
        """Let everything happen."""
        lab, total = self.lab, len(self.workload)
        if progress is None:
            lab.advance()
            return
        step = (self.workload.span or max(self.workload.durations)) / LOOKS
        until = self.workload.times[0] + step
        while lab.left and lab.next_time() < math.inf:
            lab.advance(max(until, math.nextafter(lab.next_time(), math.inf)))
            progress(lab.completed + lab.given_up, total, min(until, lab.next_time()))
            until += step

    def result(self) -> LoadResult:
        """Return what became of it."""
        lab, workload, rebalancing = self.lab, self.workload, self.rebalancing
        completed = bytes(over == COMPLETED for over in lab.over)
        nodes = self._nodes()
        return LoadResult(
            network=self.title,
            workload=workload,
            config=self.config,
            seed=self.seed,
            measures=self._measures(nodes),
            nodes=nodes,
            node=lab.node_of,
            start=lab.starts,
            end=lab.ends,
            completed=completed,
            sample_times=self.samples.times,
            discrepancies=self.samples.discrepancies,
            backlog=self.samples.unfinished,
            repeated=rebalancing.repeated if isinstance(rebalancing, RecordedRebalancing) else None,
        )

    def _nodes(self) -> tuple[NodeResult, ...]:
        counts = [0] * len(self.network)
        work: list[list[float]] = [[] for _ in counts]
        durations, weights = self.workload.durations, self.lab.weights
        for task, (node, over) in enumerate(zip(self.lab.node_of, self.lab.over, strict=True)):
            if over == COMPLETED:
                counts[node] += 1
                work[node].append(durations[task] * weights[task])
        return tuple(
            NodeResult(node.name, node.cpu, count, math.fsum(own))
            for node, count, own in zip(self.topology.nodes, counts, work, strict=True)
        )

    def _measures(self, nodes: Sequence[NodeResult]) -> Measures:
        lab, workload, moves = self.lab, self.workload, self.rebalancing
        times, ends = workload.times, lab.ends
        done = [task for task, over in enumerate(lab.over) if over == COMPLETED]
        responses = sorted(ends[task] - times[task] for task in done)
        makespan = max(ends[task] for task in done) - times[0] if done else None
        work = math.fsum(node.work for node in nodes)
        looks = [
            d for at, d in zip(self.samples.times, self.samples.discrepancies, strict=True) if at <= times[-1]
        ]
        return Measures(
            tasks=len(workload),
            completed=lab.completed,
            deadline_misses=lab.given_up,
            unfinished=lab.left,
            makespan=makespan,
            mean_response=mean(responses),
            p50_response=percentile(responses, 50),
            p99_response=percentile(responses, 99),
            max_response=percentile(responses, 100),
            mean_wait=mean([lab.starts[task] - times[task] for task in done]),
            throughput=len(done) / makespan if makespan else None,
            utilisation=work / (self.network.cores * makespan) if makespan else None,
            mean_discrepancy=mean(looks),
            last_discrepancy=looks[-1] if looks else None,
            jain=jain_index([node.work / node.cpu for node in nodes]),
            moved=moves.moved if moves else 0,
            load_hops=moves.load_hops if moves else 0,
            rounds=moves.rounds if moves else 0,
            control_messages=moves.messages if moves else 0,
            lost_work=lab.lost,
            **self._forecast_measures(),
        )

    def _forecast_measures(self) -> dict[str, Any]:
        """Return what is measured of forecasts, where there were any."""
        forecaster = self.forecaster
        if forecaster is None or not forecaster.whole_score().values:
            return {}
        score, found = forecaster.whole_score(), forecaster.bottlenecks
        return {
            "forecast_error": score.error,
            "last_value_error": forecaster.whole_score(LastValue).error,
            "forecast_coverage": score.coverage,
            "alerts": found.alerts,
            "alert_hits": found.hits,
        }


def _named(find: Callable[[str], Any], name: str) -> Any:
    """Return what a registry has of a name. Raises Problems with the names that there are."""
    try:
        return find(name)
    except KeyError as error:
        raise Problems([str(error.args[0])]) from None


def _made(kind: type[Policy], settings: PolicySettings) -> Policy:
    """Return a policy that balances. Raises Problems where a user's class cannot be made."""
    try:
        return kind(settings)
    except (Exception, SystemExit) as error:
        raise Problems([f"the policy {kind.name} cannot be made: {failure(kind, error)}"]) from error


def _keys(workload: Workload, name: str) -> Sequence[float] | None:
    """Return the discipline's key of each task; None where all are equal, or rise, as arrivals do."""
    discipline = _named(find_discipline, name)(0.0)
    if workload.priorities is None and workload.deadlines is None and name != "sjf":
        probe = {discipline.key(TaskFacts(duration=duration)) for duration in workload.durations[:2]}
        if len(probe) == 1:
            return None
    priorities, deadlines = workload.priorities, workload.deadlines
    key = discipline.key
    keys = [
        key(
            TaskFacts(
                "emulated",
                USUAL_PRIORITY if priorities is None else priorities[task],
                None if deadlines is None else workload.times[task] + deadlines[task],
                duration,
            )
        )
        for task, duration in enumerate(workload.durations)
    ]
    return None if len(set(keys)) <= 1 else keys
