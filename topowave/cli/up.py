"""`topowave up`: read the files, run the lab, show how it comes up."""

from __future__ import annotations

import json
import socket
from collections.abc import Sequence
from pathlib import Path

from topowave.algorithms.registry import add_algorithm
from topowave.cli.output import complain, say
from topowave.cli.progress import ProgressBar
from topowave.orchestrator import Division, Lab, PortTaken, Watcher, run_lab
from topowave.runtime.loading import load_algorithm
from topowave.tasks import JournalError, Run, begin_run
from topowave.tasks.store.runs import NAME as JOURNAL
from topowave.topology import LabConfig, Problems, Topology, read_config, read_topology, text_tree
from topowave.traces.header import algorithm_text
from topowave.wire.addresses import http_url, is_loopback
from topowave.wire.token import Token

REFUSED = 2
FAILED = 1
DEFAULT_CONFIG = Path("config.json")
NODES_DRAWN = 100
"""Nodes of the tree that a starting lab draws at most; of a larger one it draws the first levels."""
PAGE = Path(__file__).parents[1] / "page"
"""The built page: in a checkout a link to `frontend/dist`, in an installed package the files themselves."""


def bring_up(
    topology_file: Path,
    config_file: Path | None,
    trace: Path | None,
    algorithms: Sequence[str] = (),
    processes: str = "auto",
    *,
    data: Path | None = None,
    resume: bool = False,
    as_json: bool,
) -> int:
    """Run a lab until it is stopped; return the exit code."""
    runs: list[Run] = []

    def begin() -> None:
        names = [node.name for node in topology.nodes if node.launch]
        try:
            run = begin_run(folder, names, resume=resume)
        except JournalError as error:
            raise Problems([str(error)]) from error
        runs.append(run)
        for note in run.notes:
            complain(note)

    try:
        topology = read_topology(topology_file)
        config = _read_config(config_file)
        division = _division(processes)
        _check_trace(trace)
        _add_algorithms(algorithms)
        if not (PAGE / "index.html").is_file():
            complain("the page is not built, so the lab runs without it; `make run` builds it")
        token = None if is_loopback(config.host) else Token.new()
        folder = data or topology_file.absolute().parent / config.data_dir
        lab = Lab(
            topology,
            config,
            PAGE,
            topology_file.name,
            trace,
            token,
            journal=folder / JOURNAL,
            prepare=begin,
            division=division,
        )
        return run_lab(lab, _Shown(topology, config, token, as_json=as_json))
    except Problems as refusal:
        _complain_all(refusal.problems)
        return REFUSED
    except PortTaken as taken:
        _complain_all(taken.problems)
        complain("nothing was started")
        return FAILED
    finally:
        for run in runs:
            run.end()


def _read_config(file: Path | None) -> LabConfig:
    if file is None:
        return read_config(DEFAULT_CONFIG) if DEFAULT_CONFIG.exists() else LabConfig()
    return read_config(file)


def _division(text: str) -> Division:
    """Understand what `--processes` says."""
    if text == "auto":
        return "auto"
    if text == "per-node":
        return "per-node"
    if text.isascii() and text.isdigit() and len(text) < 6 and int(text):
        return int(text)
    raise Problems([f"--processes {text}: expected per-node, auto or a number from 1 to 99999"])


def _add_algorithms(texts: Sequence[str]) -> None:
    """Make users' own classes known before the servers are forked, so that all of them have them."""
    for text in texts:
        try:
            algorithm = load_algorithm(text)
            add_algorithm(algorithm, algorithm_text(algorithm))
        except ValueError as error:
            raise Problems([f"{text}: {error}"]) from error


def _check_trace(trace: Path | None) -> None:
    """Refuse a trace that cannot be written, before anything starts."""
    if trace is None:
        return
    try:
        trace.open("a").close()
    except OSError as error:
        raise Problems([f"{trace}: cannot be written: {error.strerror}"]) from error


def _complain_all(problems: tuple[str, ...]) -> None:
    for problem in problems:
        complain(problem)


def addresses(config: LabConfig) -> dict[str, str]:
    """Where to reach a lab, by name."""
    host = config.host
    if host in ("127.0.0.1", "::1"):
        host = "localhost"
    elif host in ("0.0.0.0", "::"):  # noqa: S104 - named, not bound
        host = _own_address(host)
    return {"page": http_url(host, config.page_port), "balancer": http_url(host, config.balancer_port)}


def _own_address(host: str) -> str:
    """Return the address at which other machines most likely reach this one."""
    family, far = (socket.AF_INET6, "2001:db8::1") if ":" in host else (socket.AF_INET, "192.0.2.1")
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((far, 9))  # asks the routing table only; nothing is sent
            return str(probe.getsockname()[0])
    except OSError:
        return "localhost"


class _Shown(Watcher):
    """Shows a lab on the terminal: a bar while it starts, then its tree and its addresses."""

    def __init__(self, topology: Topology, config: LabConfig, token: Token | None, *, as_json: bool) -> None:
        self._topology = topology
        self._config = config
        self._token = token
        self._as_json = as_json
        self._bar = ProgressBar("starting")

    def progress(self, up: int, total: int) -> None:
        self._bar.show(up, total)

    def running(self, processes: int) -> None:
        self._bar.end()
        at = addresses(self._config)
        if self._as_json:
            secret = {} if self._token is None else {"token": self._token.reveal()}
            about = {"nodes": len(self._topology.nodes), "processes": processes}
            say(json.dumps({**at, **secret, **about}))
            return
        say(text_tree(self._topology, most=NODES_DRAWN))
        say("")
        launched = sum(node.launch for node in self._topology.nodes)
        if processes < launched:
            say(f"processes {processes} for {launched} nodes (see --processes)")
        page = at["page"] if self._token is None else self._token.on(f"{at['page']}/")
        say(f"page      {page}")
        say(f"balancer  {at['balancer']}    its HTTP: {at['balancer']}/docs")
        if self._token is not None:
            say("Other machines can reach this lab. Who has the link to the page can do everything in it;")
            say("it is shown only now, and ends with the lab.")
        say("Ctrl-C stops everything.")

    def stopping(self) -> None:
        self._bar.end()
        if not self._as_json:
            say("\nstopping ...")
