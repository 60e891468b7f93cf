"""config.json: how a lab behaves. Every field has a default, a unit and a range; all stand in `LabConfig`."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from typing import Annotated, Literal, TypeAlias, cast

from annotated_types import Ge, Gt, Le
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

from topowave.topology.alert_settings import ALERT_RULES, AlertRule, AlertSettings
from topowave.topology.files import read_text
from topowave.topology.json_lines import parse_json
from topowave.topology.limits import (
    MAX_ALLOW_ORIGINS,
    MAX_ANSWER_TO,
    MAX_LINK_DELAY_MS,
    MAX_PATH,
    MAX_PORT,
    MAX_REPLICAS,
    MAX_SCALE_WINDOW,
    MAX_SCRIPT_DIRS,
    MAX_TARGET_LOAD,
    MAX_URL,
    MIN_PORT,
)
from topowave.topology.problems import TOP, JsonPath, ProblemList, did_you_mean, shown
from topowave.topology.setting_checks import (
    checked_database,
    checked_folder,
    checked_host,
    checked_network,
    checked_origin,
)
from topowave.topology.setting_units import Megabytes, Milliseconds, Percent, Seconds
from topowave.topology.validation import is_object
from topowave.translation import text as sentence

SCRIPT_DIRS = "script_dirs of config.json"
"""The setting that says which scripts may be run, as people who are refused one are told."""


MaxCpu = Annotated[
    Percent,
    Field(
        ge=1,
        le=100,
        description="load, in percent of cpu, from which a node is overloaded and gives; "
        "below 100 also tasks that run",
    ),
]
TaskTime = Annotated[Seconds, Field(gt=0, le=86_400, description="how long one task holds its core")]
RebalanceInterval = Annotated[
    Seconds,
    Field(ge=0, le=3_600, description="time between two rebalancing waves; 0 for only on request"),
]
LinkDelay = Annotated[
    Milliseconds,
    Field(ge=0, le=MAX_LINK_DELAY_MS, description="extra delay of a link whose node gives none"),
]
WaveTimeout = Annotated[
    Seconds,
    Field(
        gt=0,
        le=600,
        description="after this, and what delays of links add to it, a wave ends as incomplete",
    ),
]
AutoscaleMode: TypeAlias = Literal["off", "measured", "forecast"]
"""What decides how many nodes there are: people, the load as it is, or as it is predicted."""
Autoscale = Annotated[
    AutoscaleMode,
    Field(
        description="whether the load decides how many nodes there are, as it is measured or as the forecast "
        "has it",
        json_schema_extra={"takes": "off, measured or forecast"},
    ),
]
MinReplicas = Annotated[int, Field(ge=1, le=MAX_REPLICAS, description="least nodes that autoscaling leaves")]
MaxReplicas = Annotated[int, Field(ge=1, le=MAX_REPLICAS, description="most nodes that autoscaling makes")]
TargetLoad = Annotated[
    Percent,
    Field(ge=1, le=MAX_TARGET_LOAD, description="load, in percent of all cores, that autoscaling aims at"),
]
ScaleTolerance = Annotated[
    Percent,
    Field(
        ge=0, le=90, description="within so much of `target_load`, to either side, autoscaling does nothing"
    ),
]
ScaleCooldown = Annotated[
    Seconds,
    Field(ge=0, le=MAX_SCALE_WINDOW, description="time between two steps of autoscaling, at least"),
]
ScaleUpWindow = Annotated[
    Seconds,
    Field(
        ge=0,
        le=MAX_SCALE_WINDOW,
        description="autoscaling makes only as many nodes as the load needed all this time",
    ),
]
ScaleDownWindow = Annotated[
    Seconds,
    Field(
        ge=0,
        le=MAX_SCALE_WINDOW,
        description="autoscaling leaves as many nodes as the load needed at any moment of this time",
    ),
]
Port = Annotated[int, Field(ge=MIN_PORT, le=MAX_PORT)]
Host = Annotated[
    str, AfterValidator(checked_host), Field(json_schema_extra={"takes": "a host name or an IP address"})
]
Network = Annotated[str, AfterValidator(checked_network)]
Origin = Annotated[str, AfterValidator(checked_origin)]
PolicyName = Annotated[
    str, Field(max_length=MAX_PATH, json_schema_extra={"takes": "the name of a policy, or FILE.py:CLASS"})
]
PlacementName = Annotated[str, Field(max_length=100, json_schema_extra={"takes": "the name of a placement"})]
DisciplineName = Annotated[
    str, Field(max_length=100, json_schema_extra={"takes": "the name of a queue discipline"})
]
ForecastName = Annotated[
    str, Field(max_length=100, json_schema_extra={"takes": "the name of a forecast, or none"})
]
DatabaseUrl = Annotated[
    str,
    AfterValidator(checked_database),
    Field(
        max_length=MAX_URL,
        repr=False,  # there may be a password in it
        json_schema_extra={"takes": "a URL like postgresql://user@host:5432/database", "secret": True},
    ),
]
Folder = Annotated[
    str, AfterValidator(checked_folder), Field(json_schema_extra={"takes": "the path of a folder"})
]


NO_FORECAST = "none"
"""What `forecast` names where nobody predicts."""


class LabConfig(BaseModel):
    """The settings of a lab. Immutable; `LabConfig()` holds the defaults."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    max_cpu: MaxCpu = 75.0
    policy: PolicyName = Field(
        default="max-load-heap",
        description="which policy balances the load",
    )
    placement: PlacementName = Field(
        default="least-loaded", description="which placement chooses the node of a task that names none"
    )
    discipline: DisciplineName = Field(
        default="priority", description="which queue discipline orders the tasks that wait"
    )
    forecast: ForecastName = Field(
        default=NO_FORECAST,
        description="which forecast predicts each node's load in the next round; none for none",
    )
    task_time: TaskTime = 10.0
    rebalance_interval: RebalanceInterval = 5.0
    link_delay: LinkDelay = 0.0
    autoscale: Autoscale = "off"
    min_replicas: MinReplicas = 1
    max_replicas: MaxReplicas = 10
    target_load: TargetLoad = 60.0
    scale_tolerance: ScaleTolerance = 10.0
    scale_cooldown: ScaleCooldown = 10.0
    scale_up_window: ScaleUpWindow = 0.0
    scale_down_window: ScaleDownWindow = 60.0
    balancer_port: Port = Field(default=7999, description="port of the balancer")
    page_port: Port = Field(default=3000, description="port of the page")
    wave_timeout: WaveTimeout = 10.0
    probe_after: Seconds = Field(
        default=0.5, gt=0, le=600, description="a wave that waits longer probes those it waits for"
    )
    probe_timeout: Seconds = Field(
        default=1.0, gt=0, le=600, description="a probed neighbour that does not answer in this time is down"
    )
    hold_timeout: Seconds = Field(
        default=300.0, ge=1, le=3_600, description="after this a held wave goes on by itself"
    )
    heartbeat_interval: Seconds = Field(
        default=10.0,
        ge=0.1,
        le=3_600,
        description="time between two heartbeats of a node; one that is not heard for three is inactive",
    )
    host: Host = Field(
        default="127.0.0.1",
        description="address that every server listens on; any but 127.0.0.1 and ::1 asks for a token",
    )
    answer_to: list[Network] = Field(
        default=[],
        max_length=MAX_ANSWER_TO,
        description="further hosts, for nodes of others and for receivers of a wave's answer",
    )
    allow_origins: list[Origin] = Field(
        default=[],
        max_length=MAX_ALLOW_ORIGINS,
        description="pages of your own that may talk to this lab, by HTTP and WebSocket",
    )
    page: bool = Field(
        default=True, description="whether the lab's own page is served; without it `page_port` stays free"
    )
    data_dir: Folder = Field(
        default=".topowave", description="folder of the journal of tasks, beside the topology file"
    )
    tasks_kept: int = Field(
        default=100_000,
        ge=0,
        le=10_000_000,
        description="how many finished tasks are kept with their history; older ones are only counted",
    )
    tasks_kept_for: Seconds = Field(
        default=604_800.0, gt=0, le=315_360_000, description="how long a finished task is kept"
    )
    results_kept_for: Seconds = Field(
        default=604_800.0,
        gt=0,
        le=315_360_000,
        description="how long what a script returned and printed is kept, and what it was called with",
    )
    database_url: DatabaseUrl = Field(
        default="",
        description="a database in PostgreSQL that has the journal, instead of a file in `data_dir`",
    )
    script_dirs: list[Folder] = Field(
        default=["@examples"],
        max_length=MAX_SCRIPT_DIRS,
        description="folders whose scripts tasks may run; `@examples` stands for the shipped ones",
    )
    experiments: Folder = Field(
        default="results",
        description="folder of the reports of experiments that the page shows",
    )
    script_timeout: Seconds = Field(
        default=300.0,
        gt=0,
        le=86_400,
        description="how long a script may run at most",
    )
    script_memory: Megabytes = Field(
        default=2_000,
        ge=0,
        le=1_000_000,
        description="memory of a script's process; 0 for no limit",
    )
    alerts: AlertSettings = Field(
        default=AlertSettings(),
        json_schema_extra={"takes": "an object with settings of alerts"},
        description="of what people are alerted, after how long, and who else is told",
    )

    @property
    def allowed_script_dirs(self) -> list[str]:
        """`script_dirs`; where other machines reach the lab none, unless they were set.

        Some of the shipped examples read files and ask servers, which is not for everybody.
        """
        is_private = self.host in {"127.0.0.1", "::1"}
        return self.script_dirs if is_private or "script_dirs" in self.model_fields_set else []

    @property
    def pages_of_ours(self) -> tuple[int, ...]:
        """The port of the lab's own page, if it has one: whatever else is there is no page of ours."""
        return (self.page_port,) if self.page else ()

    @property
    def docs_files_port(self) -> int:
        """The port of the server that has the files of the servers' `/docs`."""
        return self.page_port if self.page else self.balancer_port


RUNNING_NUMBERS = (
    "max_cpu",
    "task_time",
    "rebalance_interval",
    "link_delay",
    "wave_timeout",
    "min_replicas",
    "max_replicas",
    "target_load",
    "scale_tolerance",
    "scale_cooldown",
    "scale_up_window",
    "scale_down_window",
)
"""Settings that may be changed while a lab runs, and are numbers."""
RUNNING_NAMES = ("policy", "placement", "discipline", "forecast", "autoscale")
"""Settings that may be changed while a lab runs, and are words: each names one thing of several."""
RUNNING_SETTINGS = (*RUNNING_NUMBERS, *RUNNING_NAMES)
"""Settings that may be changed while a lab runs."""
SettingValue: TypeAlias = int | float | str
"""Of a setting that may be changed while a lab runs."""


def running_settings(config: LabConfig) -> dict[str, SettingValue]:
    """Return the settings that may be changed while a lab runs, as they are."""
    return {name: getattr(config, name) for name in RUNNING_SETTINGS}


def reconfigured(config: LabConfig, changes: Mapping[str, SettingValue]) -> LabConfig:
    """Return the settings of a lab with some of `RUNNING_SETTINGS` changed.

    Raises:
        Problems: with every one that does not fit, or cannot be changed while the lab runs.
    """
    problems = ProblemList("config", lambda _: None)
    for name in changes:
        if name not in RUNNING_SETTINGS:
            problems.add(JsonPath(TOP, name), unchangeable(name))
    problems.raise_if_any()
    # Only what was set: where nobody has said which scripts may run, that follows from the host (see above).
    return checked_config(config.model_dump(exclude_unset=True) | dict(changes), problems)


def unchangeable(name: str) -> str:
    """Say why a setting cannot be changed while the lab runs."""
    if name in LabConfig.model_fields:
        return sentence(
            "only a new start changes it; while the lab runs, {running_settings} can be changed",
            running_settings=", ".join(RUNNING_SETTINGS),
        )
    return sentence("unknown key{did_you_mean}", did_you_mean=did_you_mean(name, list(RUNNING_SETTINGS)))


def none_called(kind: str, name: str, known: Collection[str]) -> str:
    """Say that nothing of a kind has that name, what may be meant, and what there is."""
    return sentence(
        "there is no {kind} {name}{did_you_mean}; there are {known}",
        kind=kind,
        name=shown(name),
        did_you_mean=did_you_mean(name, list(known)),
        known=", ".join(known),
    )


def names_a_file(policy: str) -> bool:
    """Return whether a policy is one in a user's file, as `./mine.py:Mine` or `./mine.py`."""
    return policy.endswith(".py") or ".py:" in policy


_EXPECTED: tuple[tuple[object, str], ...] = (
    (bool, "true or false"),
    (list[Origin], f"a list of at most {MAX_ALLOW_ORIGINS} origins like http://localhost:3000"),
    (
        list[Network],
        f"a list of at most {MAX_ANSWER_TO} host names, IP addresses or networks like 10.0.0.0/24",
    ),
    (list[Folder], f"a list of at most {MAX_SCRIPT_DIRS} paths of folders"),
    (list[AlertRule], f"a list of rules: {', '.join(ALERT_RULES)}"),
)
"""What settings of a type take, in words."""


def expected(field: FieldInfo) -> str:
    """What a field takes, in words: "a number from 1 to 100 (percent)"."""
    for kind, text in _EXPECTED:
        if field.annotation == kind:
            return text
    extra = field.json_schema_extra
    if isinstance(extra, dict) and "takes" in extra:
        return f"{extra['takes']}"
    kind = "an integer" if field.annotation is int else "a number"
    low = high = ""
    for rule in field.metadata:
        if isinstance(rule, Ge):
            low = f" from {rule.ge}"
        elif isinstance(rule, Gt):
            low = f" above {rule.gt}"
        elif isinstance(rule, Le):
            high = f"{float(cast('float', rule.le)):.10g}"
    until = " to " if low.startswith(" from") else ", at most "
    return f"{kind}{low}{until}{high}{unit_suffix(field)}"


def unit_suffix(field: FieldInfo) -> str:
    """The unit of a field in brackets, with a space before it, or nothing."""
    unit = _unit(field)
    return f" ({unit})" if unit else ""


def in_words(name: str, value: SettingValue) -> str:
    """A value of a setting with its unit: `300 ms`."""
    text = value if isinstance(value, str) else f"{value:g}"
    return f"{text} {_unit(LabConfig.model_fields[name])}".rstrip()


def _unit(field: FieldInfo) -> str:
    extra = field.json_schema_extra
    return f"{extra['unit']}" if isinstance(extra, dict) and "unit" in extra else ""


def read_config(
    path: str | os.PathLike[str], choices: Mapping[str, Collection[str]] | None = None
) -> LabConfig:
    """Read a config.json; what it leaves out has its default. Its folders begin at its own.

    Args:
        path: the file.
        choices: the names that settings may have, as the program that balances knows them; None for any.

    Raises:
        Problems: with every problem, each with the file, the key and the line.
    """
    source = os.fspath(path)
    document = parse_json(read_text(path), source)
    config = checked_config(document.data, ProblemList(source, document.line), choices)
    here = os.path.dirname(os.path.abspath(source))  # noqa: PTH100, PTH120 - links stay as they are
    if names_a_file(config.policy):
        config = config.model_copy(update={"policy": os.path.join(here, config.policy)})  # noqa: PTH118
    if "experiments" in config.model_fields_set:
        config = config.model_copy(update={"experiments": os.path.join(here, config.experiments)})  # noqa: PTH118
    if "script_dirs" not in config.model_fields_set:
        return config
    folders = [name if name.startswith("@") else os.path.join(here, name) for name in config.script_dirs]  # noqa: PTH118
    return config.model_copy(update={"script_dirs": folders})


def checked_config(
    data: object, problems: ProblemList, choices: Mapping[str, Collection[str]] | None = None
) -> LabConfig:
    """Build a config from plain data, or raise all that is wrong with it as `Problems`."""
    if not is_object(data):
        problems.add(TOP, sentence("expected an object with settings, found {data}", data=shown(data)))
    settings = data if is_object(data) else {}
    config = LabConfig()
    try:
        config = LabConfig.model_validate(settings)
    except ValidationError as error:
        reported: set[JsonPath] = set()
        for fault in error.errors(include_url=False, include_context=False, include_input=False):
            path, text = _told(fault["loc"], settings)
            if path not in reported:  # each bad entry of a list is a fault of its own
                reported.add(path)
                problems.add(path, text)
    else:
        if config.page and config.balancer_port == config.page_port:
            path = JsonPath(TOP, "page_port" if "page_port" in settings else "balancer_port")
            problems.add(
                path,
                sentence(
                    "{page_port} is the port of the balancer and of the page", page_port=config.page_port
                ),
            )
        _check_autoscaling(config, problems, settings)
        _check_choices(config, problems, choices or {})
    problems.raise_if_any()
    return config


def _told(place: tuple[int | str, ...], settings: Mapping[str, object]) -> tuple[JsonPath, str]:
    """Return which setting does not fit, and why."""
    fields, said, path = LabConfig.model_fields, settings, TOP
    key, *inner = place
    alerts = settings.get("alerts")
    if key == "alerts" and inner and is_object(alerts):
        fields, said, path = AlertSettings.model_fields, alerts, path.at("alerts")
        key, *inner = inner
    key = str(key)
    path = path.at(key)
    if key not in fields:
        return path, sentence("unknown key{did_you_mean}", did_you_mean=did_you_mean(key, list(fields)))
    whole = said[key]
    # Of a list, one of its entries.
    found = cast("list[object]", whole)[int(inner[0])] if inner and isinstance(whole, list) else whole
    extra = fields[key].json_schema_extra
    what = "what is there" if isinstance(extra, dict) and "secret" in extra else shown(found)
    wanted = expected(fields[key])
    return path, sentence("{said} does not fit; expected {expected}", said=what, expected=wanted)


def _check_autoscaling(config: LabConfig, problems: ProblemList, said: Mapping[str, object]) -> None:
    least, most = config.min_replicas, config.max_replicas
    if least > most:
        key = "min_replicas" if "min_replicas" in said else "max_replicas"
        problems.add(
            JsonPath(TOP, key),
            sentence("min_replicas is {least}, above max_replicas, which is {most}", least=least, most=most),
        )
    if config.autoscale == "forecast" and config.forecast == NO_FORECAST:
        key = "autoscale" if "autoscale" in said else "forecast"
        text = sentence("autoscale is forecast, and forecast is none: name one, or let autoscale be measured")
        problems.add(JsonPath(TOP, key), text)


def _check_choices(config: LabConfig, problems: ProblemList, choices: Mapping[str, Collection[str]]) -> None:
    for setting, known in choices.items():
        name = getattr(config, setting)
        is_file = setting == "policy" and names_a_file(name)
        if not is_file and name not in known:
            problems.add(JsonPath(TOP, setting), none_called(setting, name, known))
