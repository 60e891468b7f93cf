"""The routes of the settings that may be changed while the lab runs."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Body, FastAPI
from pydantic import ConfigDict, model_validator

from topowave.balancer.api.responses import Configured
from topowave.balancer.balancer import Balancer
from topowave.balancer.choices import CHOICES, not_installed
from topowave.balancer.json_form import Order
from topowave.balancer.stream.frames import RunningSettings
from topowave.topology import Problems
from topowave.topology.config import (
    RUNNING_SETTINGS,
    Autoscale,
    DisciplineName,
    ForecastName,
    LinkDelay,
    MaxCpu,
    MaxReplicas,
    MinReplicas,
    PlacementName,
    PolicyName,
    RebalanceInterval,
    ScaleCooldown,
    ScaleDownWindow,
    ScaleTolerance,
    ScaleUpWindow,
    SettingValue,
    TargetLoad,
    TaskTime,
    WaveTimeout,
    none_called,
    reconfigured,
    running_settings,
    unchangeable,
)
from topowave.topology.problems import shown
from topowave.translation import Sentences, Text, text
from topowave.web.problem_details import Problem


class ConfigOrder(Order):
    """The settings to change; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    max_cpu: MaxCpu | None = None
    task_time: TaskTime | None = None
    rebalance_interval: RebalanceInterval | None = None
    link_delay: LinkDelay | None = None
    wave_timeout: WaveTimeout | None = None
    policy: PolicyName | None = None
    placement: PlacementName | None = None
    discipline: DisciplineName | None = None
    forecast: ForecastName | None = None
    autoscale: Autoscale | None = None
    min_replicas: MinReplicas | None = None
    max_replicas: MaxReplicas | None = None
    target_load: TargetLoad | None = None
    scale_tolerance: ScaleTolerance | None = None
    scale_cooldown: ScaleCooldown | None = None
    scale_up_window: ScaleUpWindow | None = None
    scale_down_window: ScaleDownWindow | None = None

    @model_validator(mode="before")
    @classmethod
    def _only_what_can_change(cls, said: object) -> object:
        if isinstance(said, dict):
            said = cast("dict[object, object]", said)
            names = list(map(str, said))
            # JSON can name half a character, which no answer could repeat
            wrong = [
                f"{name if name.isidentifier() else shown(name)}: {unchangeable(name)}"
                for name in names
                if name not in RUNNING_SETTINGS
            ]
            if wrong:
                raise ValueError("; ".join(wrong))
        return said

    @model_validator(mode="after")
    def _something(self) -> ConfigOrder:
        if not self.changes():
            raise ValueError(f"expected at least one of {', '.join(RUNNING_SETTINGS)}")
        return self

    def changes(self) -> dict[str, SettingValue]:
        """Return what is to change."""
        return self.model_dump(exclude_none=True)


def add_config_routes(app: FastAPI, balancer: Balancer) -> None:
    """Add the routes of the settings."""

    @app.get("/config")
    async def config() -> RunningSettings:
        """Return the settings that may be changed while the lab runs, as they are now."""
        return _form(balancer)

    @app.patch("/config")
    async def configure(order: Annotated[ConfigOrder, Body()]) -> Configured:
        """Change settings while the lab runs: at all nodes, and for those that are started later.

        When this answers, the nodes have taken them, except those in `not_yet`: they are stopped, or busy,
        and take them when they go on. What is under way (a frame on a link, a task, the deadline of a wave)
        keeps its time, and a round of balancing its policy. What waits is sorted anew for another discipline;
        what runs is not interrupted. The file config.json stays as it is.
        """
        changes = order.changes()
        for setting, known in {**CHOICES, "policy": balancer.policies}.items():
            name = changes.get(setting)
            if isinstance(name, str) and name not in known:
                why = none_called(setting, name, known)
                raise Problem(
                    422,
                    text("Invalid request"),
                    text("{place}: {problem}", place=f"body: {setting}", problem=why),
                )
        missing = not_installed(order.forecast or "")
        if missing is not None:
            raise Problem(
                422,
                text("Invalid request"),
                text("{place}: {problem}", place="body: forecast", problem=missing),
            )
        try:
            reconfigured(balancer.lab.config, changes)  # settings may not fit each other
        except Problems as problems:
            found = [*map(_in_body, problems.problems)]
            raise Problem(
                422,
                text("Invalid request"),
                text("{problems}", problems=Sentences(found)),
            ) from None
        not_yet = await balancer.configure(changes)
        return Configured(settings=_form(balancer), not_yet=not_yet)


def _form(balancer: Balancer) -> RunningSettings:
    return RunningSettings.model_validate(running_settings(balancer.lab.config))


def _in_body(problem: str) -> Text:
    """Return what is wrong with settings with its place in the body, instead of in a file."""
    where, what = "", problem.removeprefix("config: ")
    if isinstance(problem, Text) and {"place", "problem"} <= problem.parameters.keys():
        where = str(problem.parameters["place"]).removeprefix("config")
        found = problem.parameters["problem"]
        what = found if isinstance(found, Text) else str(found)
    return text("{place}: {problem}", place=f"body{where}", problem=what)
