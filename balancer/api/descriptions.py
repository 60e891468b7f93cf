"""The routes by which a lab describes itself: its algorithms, shapes, policies and the like, scripts, limits.

The page has no copy of a formula, a list or a number of these: it asks.
"""

from __future__ import annotations

from fastapi import FastAPI

from topowave.balancer.balancer import Balancer
from topowave.balancer.json_form import JsonForm
from topowave.balancer.limits import GENERATED_NODES, WAVES_RUNNING
from topowave.balancer.placements.registry import PLACEMENTS
from topowave.balancer.threads import in_a_thread
from topowave.balancer.waves.algorithm_catalog import AlgorithmCatalog, BoundKind, bound_kind
from topowave.engine.script_folders import EXAMPLES
from topowave.examples import examples, parameters, summary
from topowave.tasks.disciplines.registry import DISCIPLINES
from topowave.tasks.limits import PAGE_TASKS
from topowave.topology import SHAPES
from topowave.topology.generators.shape import Shape
from topowave.topology.limits import MAX_REPLICAS
from topowave.wire.limits import ADD_TASKS, CUT_LEAST, CUT_MOST, CUT_USUAL


class Algorithm(JsonForm):
    """What an algorithm asks of the network that runs now, and promises on it.

    `initiators` usually start it; `refused` says why it cannot run from those, and is empty if it can.
    """

    name: str
    title: str
    summary: str
    view: str
    requires: list[str]
    bound: int | float | None
    bound_kind: BoundKind | None
    bound_text: str | None
    initiators: list[str]
    refused: list[str]


class Algorithms(JsonForm):
    """The algorithms that there are."""

    algorithms: list[Algorithm]


class ShapeParameter(JsonForm):
    """A number that a generated network is made from; `default` is null where chance decides unless told."""

    name: str
    minimum: int
    maximum: int
    default: int | None
    power_of_two: bool


class NetworkShape(JsonForm):
    """A kind of network that can be generated; `seeded` says whether a seed decides more than its names."""

    name: str
    summary: str
    seeded: bool
    parameters: list[ShapeParameter]


class BalancingPolicy(JsonForm):
    """A policy that `policy` in config.json may name, and which settings of config.json it reads.

    What it `knows`, its `messages` beside the wave's, its `bound` and when it `wins` are sentences.
    """

    name: str
    title: str
    summary: str
    source: str
    settings: list[str]
    knows: str
    messages: str
    bound: str
    wins: str


class TaskPlacement(JsonForm):
    """A placement that `placement` in config.json may name.

    What it knows, what is proven of it (`bound`, empty where nothing is), when it `wins`, and when it chooses
    as another one does (`same`), are sentences.
    """

    name: str
    title: str
    summary: str
    source: str
    knows: str
    bound: str
    wins: str
    same: str


class QueueDiscipline(JsonForm):
    """A queue discipline that `discipline` in config.json may name, and which settings of it its keys read.

    What it knows, what is proven of it (`bound`) and when it `wins` are sentences.
    """

    name: str
    title: str
    summary: str
    source: str
    settings: list[str]
    knows: str
    bound: str
    wins: str


class ExampleScript(JsonForm):
    """A shipped script that tasks of this lab may run by its name; `params` says in words what it takes."""

    name: str
    summary: str
    params: str


class Limits(JsonForm):
    """What a request may ask for at most, and what it gets where it does not say."""

    tasks_per_request: int
    tasks_per_page: int
    generated_nodes: int
    deploy_nodes: int
    waves_at_once: int
    cut_least_seconds: float
    cut_default_seconds: float
    cut_most_seconds: float


def add_description_routes(app: FastAPI, balancer: Balancer) -> None:
    """Add the routes by which a lab describes itself."""

    @app.get("/algorithms")
    async def algorithms() -> Algorithms:
        """Return the algorithms there are, what they ask of a network, and what they promise on this one."""
        return Algorithms(algorithms=described(balancer.catalog))

    @app.get("/shapes")
    async def shapes() -> list[NetworkShape]:
        """Return the shapes of networks that can be generated, and which sizes they can have."""
        return [_form(shape) for shape in SHAPES.values()]

    @app.get("/policies")
    async def policies() -> list[BalancingPolicy]:
        """Return the policies that can balance the load; `policy` of `GET /status` is the one that does."""
        return [
            BalancingPolicy(
                name=policy.name,
                title=policy.title,
                summary=policy.summary,
                source=policy.source,
                settings=list(policy.reads),
                knows=policy.knows,
                messages=policy.messages,
                bound=policy.bound,
                wins=policy.wins,
            )
            for policy in balancer.policies.values()
        ]

    @app.get("/placements")
    async def placements() -> list[TaskPlacement]:
        """Return the placements that can choose nodes; `placement` of `GET /status` is the one that does."""
        return [
            TaskPlacement(
                name=placement.name,
                title=placement.title,
                summary=placement.summary,
                source=placement.source,
                knows=placement.knows,
                bound=placement.bound,
                wins=placement.wins,
                same=placement.same,
            )
            for placement in PLACEMENTS.values()
        ]

    @app.get("/disciplines")
    async def disciplines() -> list[QueueDiscipline]:
        """Return the disciplines that can order queues; `discipline` of `GET /status` is the one in use."""
        return [
            QueueDiscipline(
                name=discipline.name,
                title=discipline.title,
                summary=discipline.summary,
                source=discipline.source,
                settings=list(discipline.reads),
                knows=discipline.knows,
                bound=discipline.bound,
                wins=discipline.wins,
            )
            for discipline in DISCIPLINES.values()
        ]

    @app.get("/scripts")
    async def scripts() -> list[ExampleScript]:
        """Return the shipped scripts that tasks may run: none where `script_dirs` does not allow them.

        Those in other folders that it allows are not listed.
        """
        allowed = EXAMPLES in balancer.lab.config.allowed_script_dirs
        return await in_a_thread(_examples) if allowed else []

    @app.get("/limits")
    async def limits() -> Limits:
        """Return what a request may ask for at most; all limits are in the reference."""
        return Limits(
            tasks_per_request=ADD_TASKS,
            tasks_per_page=PAGE_TASKS,
            generated_nodes=GENERATED_NODES,
            deploy_nodes=MAX_REPLICAS,
            waves_at_once=WAVES_RUNNING,
            cut_least_seconds=CUT_LEAST,
            cut_default_seconds=CUT_USUAL,
            cut_most_seconds=CUT_MOST,
        )


def _examples() -> list[ExampleScript]:
    return [
        ExampleScript(name=name, summary=summary(file), params=parameters(file))
        for name, file in examples().items()
    ]


def described(catalog: AlgorithmCatalog) -> list[Algorithm]:
    """Return all algorithms: what they require and promise, who starts, and why they cannot run."""
    found: list[Algorithm] = []
    for algorithm in catalog.algorithms.values():
        initiators = catalog.usual_initiators(algorithm)
        found.append(
            Algorithm(
                name=algorithm.name,
                title=algorithm.title,
                summary=(algorithm.__doc__ or "").strip().partition("\n")[0],
                view=algorithm.view,
                requires=[requirement.name for requirement in algorithm.requires],
                bound=catalog.bound(algorithm),
                bound_kind=bound_kind(algorithm),
                bound_text=algorithm.bounds.messages_text or None,
                initiators=initiators,
                refused=catalog.refusals(algorithm, initiators),
            )
        )
    return found


def _form(shape: Shape) -> NetworkShape:
    parameters = [
        ShapeParameter(
            name=parameter.name,
            minimum=parameter.minimum,
            maximum=min(parameter.maximum, GENERATED_NODES)
            if parameter is shape.nodes
            else parameter.maximum,
            default=parameter.default,
            power_of_two=parameter.power_of_two,
        )
        for parameter in shape.parameters
    ]
    return NetworkShape(name=shape.name, summary=shape.summary, seeded=shape.seeded, parameters=parameters)
