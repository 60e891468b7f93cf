"""`topowave up`: read the files, run the lab, show how it comes up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from topowave.cli.networks import read_lab_network
from topowave.cli.options import LogFormatOption
from topowave.cli.output import FAILED, complain, refuse, shown
from topowave.cli.ray_option import RayCommand as Command
from topowave.translation import sentence_of
from topowave.translation import text as sentence

__all__ = ["Command", "up"]

if TYPE_CHECKING:
    from collections.abc import Callable

    from topowave.algorithms.registry import AlgorithmRegistry
    from topowave.cli.ray_option import RayPlan
    from topowave.orchestrator import Packing
    from topowave.orchestrator.lab import FleetStart
    from topowave.tasks import JournalPlace, JournalRun
    from topowave.topology import LabConfig, Topology

DEFAULT_CONFIG = Path("config.json")
PAGE = Path(__file__).parents[1] / "page"
"""The built page: in a checkout a link to `frontend/dist`, in an installed package the files themselves."""
PROCESSES_HELP = (
    "How many processes run the nodes; each node keeps its own port. auto: one a node for up to 32 nodes "
    "a core whose processes, at 15 MB each, fit into half of the free memory; else one a core."
)


def up(  # noqa: PLR0913, PLR0917 - each is an option of the command
    topology: Annotated[
        Path,
        typer.Option(
            "--topology", "-t", metavar="FILE", help="The network to run, in any format that convert reads."
        ),
    ] = Path("topology.json"),
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            "-c",
            metavar="FILE",
            help="The lab's settings. Without it ./config.json if there is one, else the defaults.",
            show_default=False,
        ),
    ] = None,
    trace: Annotated[
        Path | None,
        typer.Option("--trace", metavar="FILE", help="Write what the waves do to FILE, one event a line."),
    ] = None,
    algorithm: Annotated[
        list[str] | None,
        typer.Option(
            "--algorithm",
            "-a",
            metavar="FILE.py:CLASS",
            help="An algorithm of your own, to run beside the library's; may be given more than once.",
        ),
    ] = None,
    policy: Annotated[
        str | None,
        typer.Option(
            "--policy",
            metavar="NAME|FILE.py:CLASS",
            help="What balances the load instead of the config's policy, which may be of your own, too.",
            show_default=False,
        ),
    ] = None,
    placement: Annotated[
        str | None,
        typer.Option(
            "--placement",
            metavar="NAME",
            help="What chooses the node of a task that names none, instead of the config's placement.",
            show_default=False,
        ),
    ] = None,
    discipline: Annotated[
        str | None,
        typer.Option(
            "--discipline",
            metavar="NAME",
            help="Which task that waits starts first, instead of the config's discipline.",
            show_default=False,
        ),
    ] = None,
    forecast: Annotated[
        str | None,
        typer.Option(
            "--forecast",
            metavar="NAME|none",
            help="What predicts each node's load in the next round, instead of the config's forecast.",
            show_default=False,
        ),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            metavar="DIR",
            help="Keep the journal of tasks in DIR instead of the config's data_dir.",
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the last run: its unfinished tasks, and its results.")
    ] = False,
    processes: Annotated[
        str,
        typer.Option(
            "--processes",
            "-p",
            metavar="per-node|N|auto",
            help=PROCESSES_HELP,
        ),
    ] = "auto",
    ray: Annotated[
        str | None,
        typer.Option(
            "--ray",
            metavar="[ADDRESS]",
            help="Run the nodes in Ray: in one of this machine's own (local), or in the cluster at auto or "
            "HOST:PORT. There --processes says how many actors share them; auto: one a CPU.",
            show_default=False,
        ),
    ] = None,
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"] | None,
        typer.Option(
            "--log-level",
            help="Log on standard error, from this level on, a line of key=value pairs for each wave, move, "
            "start and end of a process. Without it warnings only, in words.",
            show_default=False,
        ),
    ] = None,
    log_format: LogFormatOption = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Once all is up, print the addresses as one line of JSON.")
    ] = False,
) -> None:
    """Start a lab: a server for every node, the balancer and the page. Ctrl-C stops everything.

    For example:

        topowave up

        topowave up --topology ring.json --trace ring.jsonl

        topowave up --algorithm ./my_echo.py:MyEcho

        topowave up --policy ./mine.py:Mine

        topowave up --policy predictive --forecast moving-average

        topowave up --topology thousand.json --processes 2

        topowave up --ray auto

        topowave up --resume

        topowave up --log-level info 2> lab.log

        topowave up --log-format json 2> lab.jsonl

    Exit code: 0 after a normal stop, 1 if a port is taken, or the balancer or Ray fails, 2 if a file,
    the data directory or the Ray cluster is refused.
    """
    from topowave.balancer.policy_files import with_policy
    from topowave.cli.lab_display import LabDisplay
    from topowave.cli.ray_option import ray_plan
    from topowave.orchestrator import LabSpec, PortTaken, run_lab
    from topowave.topology import Problems
    from topowave.wire.addresses import is_loopback
    from topowave.wire.token import Token

    runs: list[JournalRun] = []
    try:
        network = read_lab_network(topology)
        settings = _with_names(
            _read_config(config), placement=placement, discipline=discipline, forecast=forecast
        )
        settings, policies = with_policy(settings, policy)
        packing = _packing(processes)
        _check_trace(trace)
        algorithms = _algorithms(algorithm or [])
        if settings.page and not (PAGE / "index.html").is_file():
            complain(sentence("the page is not built, so the lab runs without it; `make run` builds it"))
        token = None if is_loopback(settings.host) else Token.new()
        folder = data or topology.absolute().parent / settings.data_dir
        names = [node.name for node in network.nodes if node.launch]
        plan = None if ray is None else ray_plan(ray, packing, len(names), settings)
        lab = LabSpec(
            network,
            settings,
            PAGE,
            shown(topology),
            trace,
            token,
            begin=lambda: _begin_run(runs, folder, names, settings.database_url or None, resume=resume),
            packing=packing,
            log_level=log_level or (log_format and "info"),
            log_format=log_format or "logfmt",
            algorithms=algorithms,
            policies=policies,
            places="here" if plan is None else "agents",
            fleet=None if plan is None else _fleet(plan, network, settings),
            agents=0 if plan is None else plan.agents,
        )
        elsewhere = None if plan is None else str(plan)
        code = run_lab(lab, LabDisplay(network, settings, token, as_json=as_json, elsewhere=elsewhere))
    except Problems as refusal:
        raise refuse(refusal.problems) from None
    except PortTaken as taken:
        for problem in (*taken.problems, sentence("nothing was started")):
            complain(problem)
        raise typer.Exit(FAILED) from None
    finally:
        for run in runs:
            run.end()
    raise typer.Exit(code)


def _begin_run(
    runs: list[JournalRun], folder: Path, names: Sequence[str], database: str | None, *, resume: bool
) -> JournalPlace:
    """Begin the journal, once nothing else can refuse the lab; `runs` then has it."""
    from topowave.tasks import JournalError, begin_run
    from topowave.topology import Problems

    try:
        run = begin_run(folder, names, resume=resume, database=database)
    except JournalError as error:
        raise Problems([sentence_of(error)]) from error
    runs.append(run)
    for note in run.notes:
        complain(note)
    return run.place


def _fleet(plan: RayPlan, network: Topology, settings: LabConfig) -> Callable[[FleetStart], None]:
    """Return the program that has Ray run the agents of a lab."""
    from topowave.ray_cluster.fleet import RayFleetStart, run_fleet
    from topowave.wire.limits import HEARTBEAT_MOST

    first_port = min((node.port for node in network.nodes), default=8000)

    def fleet(start: FleetStart) -> None:
        run_fleet(
            RayFleetStart(
                address=plan.address,
                agents=start.agents,
                host=settings.host,
                balancer_port=settings.balancer_port,
                first_port=first_port,
                heartbeat=min(settings.heartbeat_interval, HEARTBEAT_MOST),
                token=start.token,
                ready=start.ready,
            )
        )

    return fleet


def _read_config(file: Path | None) -> LabConfig:
    """Read the settings; a policy in a file is named from the folder of the settings on."""
    from topowave.balancer.choices import CHOICES
    from topowave.topology import LabConfig, read_config

    if file is None:
        return read_config(DEFAULT_CONFIG, CHOICES) if DEFAULT_CONFIG.exists() else LabConfig()
    return read_config(file, CHOICES)


def _with_names(settings: LabConfig, **given: str | None) -> LabConfig:
    """Return the settings with the names that options give instead of theirs.

    Raises:
        Problems: one is of nothing that there is, or of a forecast that is not installed.
    """
    from topowave.balancer.choices import CHOICES, not_installed
    from topowave.topology import Problems
    from topowave.topology.config import none_called

    said = {setting: name for setting, name in given.items() if name is not None}
    wrong = {setting: name for setting, name in said.items() if name not in CHOICES[setting]}
    if wrong:
        raise Problems(
            [
                sentence(
                    "--{setting}: {problem}",
                    setting=setting,
                    problem=none_called(setting, name, CHOICES[setting]),
                )
                for setting, name in wrong.items()
            ]
        )
    settings = settings.model_copy(update=said)
    missing = not_installed(settings.forecast)
    if missing is not None:
        which = f"{'--' if 'forecast' in said else ''}forecast"
        raise Problems([sentence("{which}: {problem}", which=which, problem=missing)])
    return settings


def _packing(text: str) -> Packing:
    """Understand what `--processes` says."""
    from topowave.topology import Problems

    if text == "auto":
        return "auto"
    if text == "per-node":
        return "per-node"
    if text.isascii() and text.isdigit() and len(text) < 6 and int(text):
        return int(text)
    raise Problems(
        [sentence("--processes {given}: expected per-node, auto or a number from 1 to 99999", given=text)]
    )


def _algorithms(texts: Sequence[str]) -> AlgorithmRegistry:
    """Return the library with users' own classes; all programs of the lab get it through the fork."""
    from topowave.algorithms.registry import LIBRARY
    from topowave.runtime.loading import load_algorithm
    from topowave.topology import Problems
    from topowave.traces.header import algorithm_text

    found = LIBRARY
    for text in texts:
        try:
            algorithm = load_algorithm(text)
            found = found.with_class(algorithm, algorithm_text(algorithm))
        except ValueError as error:
            raise Problems(
                [sentence("{given}: {problem}", given=text, problem=sentence_of(error))]
            ) from error
    return found


def _check_trace(trace: Path | None) -> None:
    """Refuse a trace that cannot be written, before anything starts."""
    from topowave.topology import Problems

    if trace is None:
        return
    try:
        trace.open("a").close()
    except OSError as error:
        raise Problems(
            [sentence("{trace}: cannot be written: {strerror}", trace=trace, strerror=error.strerror)]
        ) from error
