"""The balancer, put together: which part tells which."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from functools import cached_property

from msgspec import structs

from topowave.balancer import sentences
from topowave.balancer.agents.channel import AgentChannel
from topowave.balancer.agents.host_view import HostView
from topowave.balancer.agents.lab_start import registry_of, terms_of, welcome_of
from topowave.balancer.alerts.alerts import LabAlerts, webhook_of
from topowave.balancer.alerts.gathering import FactsGatherer
from topowave.balancer.control import Control
from topowave.balancer.dispatcher import Dispatcher
from topowave.balancer.figures.figures import LabFigures, Sources
from topowave.balancer.limits import CONFIG_TIMEOUT, SIGNAL_TIMEOUT
from topowave.balancer.node_client import node_client
from topowave.balancer.node_connections import NodeConnections, network_of
from topowave.balancer.placement import LabPlacement
from topowave.balancer.rebalancer import Rebalancer
from topowave.balancer.scaling.autoscale_loop import AutoscaleLoop
from topowave.balancer.scaling.deployed import Deploy, deploy_of
from topowave.balancer.scaling.draining import Draining
from topowave.balancer.scaling.network_changes import NetworkChanges
from topowave.balancer.scaling.reconciler import Reconciler
from topowave.balancer.silent_nodes import SilentNodes
from topowave.balancer.start import FIRST_VERSION, BalancerStart
from topowave.balancer.state.change_log import ChangeLog
from topowave.balancer.state.feed import Feed
from topowave.balancer.state.history import History
from topowave.balancer.state.journal_monitor import JournalMonitor
from topowave.balancer.state.lab import Lab
from topowave.balancer.state.task_ends import TaskEnds
from topowave.balancer.stream.listeners import Listeners
from topowave.balancer.stream.stream import StreamHub
from topowave.balancer.stream.view import LabView
from topowave.balancer.wave_news import WaveNews
from topowave.balancer.waves.algorithm_catalog import AlgorithmCatalog
from topowave.balancer.waves.held import HeldWaves
from topowave.balancer.waves.launcher import WaveLauncher
from topowave.balancer.waves.link_openings import LinkOpenings
from topowave.balancer.waves.receivers import Receivers
from topowave.balancer.waves.record import WaveRecord
from topowave.balancer.waves.registry import WaveRegistry
from topowave.balancer.waves.trace import TraceWriter
from topowave.balancer.waves.trees import reports_in
from topowave.balancer.waves.wave_counts import WaveCounts
from topowave.logs import fields
from topowave.sessions.server import Sessions
from topowave.tasks.retention import Retention
from topowave.topology import Problems
from topowave.topology.config import SettingValue, in_words, reconfigured, running_settings
from topowave.topology.executor import PLAIN, executor_in_words
from topowave.topology.flat_form import from_rows
from topowave.topology.validation import changed_executor
from topowave.translation import counted, text
from topowave.web.owned_tasks import OwnedTasks
from topowave.web.problem_details import Problem
from topowave.wire.addresses import LOOPBACK, Address
from topowave.wire.allowed_targets import AllowedTargets
from topowave.wire.control import ConfigNow, ExecutorsNow, NodeNow, Ran, TopologyNow
from topowave.wire.foreign_tasks import ForeignTasks
from topowave.wire.frames import EchoBack
from topowave.wire.observations import Event, Events, Load, Settings

LOG = logging.getLogger("topowave.balancer")


class Balancer:
    """All parts of one balancer; made inside a running event loop."""

    def __init__(self, start: BalancerStart) -> None:
        config = start.config
        port = start.listener.getsockname()[1]
        self.token = start.token
        self.url = Address(config.host, port).websocket(token=start.token)
        self.hosts: Collection[str] = {*LOOPBACK, config.host}
        self.allowed_targets = AllowedTargets(config.host, config.answer_to, [port])
        self.began_s = time.monotonic()
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Fails where the balancer cannot go on."""
        self.next_title: str | None = None
        self.changes = ChangeLog()
        self.lab = Lab(start.topology, start.version, config, start.network_title, self.changes)
        self._network = None if start.version == FIRST_VERSION else network_of(start.topology, start.version)
        """What nodes are told that may know an earlier network."""
        self.catalog = AlgorithmCatalog(start.topology, start.algorithms)
        self.policies = start.policies
        self.feed = Feed(self.changes.touch)
        self.wave_news = WaveNews(self.feed)
        self.background = self.own_tasks()
        self.history = History(self.lab, self.changes.touch)
        self.wave_counts = WaveCounts()
        self.trace = (
            None
            if start.trace is None
            else TraceWriter(
                start.trace,
                start.topology,
                time.monotonic_ns() // 1000,
                start.algorithms,
                self._tell_of_trace,
            )
        )
        self.waves = WaveRegistry(
            config,
            lambda: self.catalog,
            lambda: self.lab.version,
            statuses=self.lab.status_log,
            changes=self.changes,
            on_end=self._on_end,
            on_trouble=self.wave_news.trouble,
            waits=self._waits,
            keep_messages=self.trace is not None,
        )
        self.journal = JournalMonitor(
            start.journal,
            self.changes.touch,
            lambda text: self.feed.notify("task", text),
            self.own_nodes,
            Retention(config.tasks_kept, config.tasks_kept_for, config.results_kept_for),
            lambda counts: self.dispatcher.on_counts(counts.pending),
            self.lab.set_put_back,
        )
        self.task_ends = TaskEnds(self.journal.unfinished, self.background)
        self.placement = LabPlacement(self.lab)
        self.listeners = Listeners(self.on_answer)
        self.sessions = Sessions()
        self.control = Control(
            start.control,
            self._on_topology,
            self._on_config,
            self._on_executors,
            self._on_node,
            self.own_tasks(),
            lambda goal: self.scaling.kept(goal),  # noqa: PLW0108 - it is made later
            lambda message: self.agent_channel.take(message),  # noqa: PLW0108 - likewise
        )
        self.link_openings = LinkOpenings(self._tell_of_links)
        self.node_connections = NodeConnections(
            self._settings, self.lab.is_up, self.background, self.link_openings.forget
        )
        self.client = node_client(start.token)
        self.dispatcher = Dispatcher(
            self.lab,
            self.placement,
            self.journal,
            self.client,
            start.incarnation,
            lambda text: self.feed.notify("task", text),
        )
        self.silent_nodes = SilentNodes(
            self.lab,
            self.node_connections,
            self.feed,
            self.dispatcher.node_changed,
            lambda: self.scaling.goal.joined,
        )
        self.foreign_tasks = ForeignTasks()
        self.receivers = Receivers(self.feed, self.own_tasks())
        self.receiver_of: dict[str, str] = {}
        self._ran: dict[str, Ran | None] = {}
        self.launcher = WaveLauncher(
            self.lab,
            self.waves,
            self.feed,
            self.own_tasks(),
            lambda: self.catalog,
            self.link_openings,
            self.url,
            start.incarnation,
            start.token,
            HeldWaves(self.waves, lambda: self.catalog, self.changes, self.node_connections.deliver),
        )
        self.rebalancer = Rebalancer(
            self.lab,
            self.launcher,
            self.waves,
            self.feed,
            self.client,
            self.history.changed,
            self.placement.room,
            start.policies,
        )
        self.network_changes = NetworkChanges(
            self.lab, self.control, self.launcher, self.waves, self.node_connections, self.journal
        )
        self.agents = registry_of(start)
        self.agent_channel: AgentChannel = AgentChannel(
            self.agents,
            terms_of(start),
            welcome_of(start),
            self.control,
            self.feed,
            lambda: self.scaling.changed(),  # noqa: PLW0108 - it is made later
        )
        self.draining = Draining(self.lab, self.rebalancer.give, self.placement.room, self.journal)
        self.scaling = Reconciler(
            self.lab,
            self.control,
            self.network_changes,
            self.draining,
            self.set_executor,
            self.feed,
            HostView(self.agents, self.lab, start).hosts,
        )
        self.autoscaling = AutoscaleLoop(self.lab, self.scaling, self.rebalancer.forecasts)
        self.alerts = LabAlerts(
            FactsGatherer(self.lab, self.changes, self.journal, self.agents, lambda: self.figures.deadlines),
            start.incarnation,
            self.changes.touch,
            webhook_of(start, self.lab, self.allowed_targets, self.feed),
        )
        self.view = LabView(
            self.changes,
            self.lab,
            self.waves,
            self.feed,
            self.history,
            self.journal,
            self.deployed,
            self.alerts,
        )
        self.hub = StreamHub(self.view)
        self.changes.listen(self.hub.touch)

    @cached_property
    def figures(self) -> LabFigures:
        """What a dashboard reads; its history begins when it is first asked for."""
        return LabFigures(
            Sources(
                self.lab,
                self.journal,
                self.rebalancer,
                self.waves,
                self.wave_counts,
                self.hub,
                self.listeners,
            )
        )

    def _tell_of_trace(self, text: str) -> None:
        self.feed.notify("lab", text)
        LOG.warning("%s", text)

    def _tell_of_links(self, text: str) -> None:
        self.feed.notify("lab", text)
        self.background.start("Telling of links", self._tell_orchestrator(text))

    async def _tell_orchestrator(self, text: str) -> None:
        with suppress(Problem):  # it has gone, and so will we
            await self.control.tell(text)

    def _waits(self, wave: str) -> bool:
        return self.launcher.held.waits(wave)

    def own_tasks(self) -> OwnedTasks:
        """Return an owner of background tasks, whose failures are in the log and in the feed."""
        return OwnedTasks(LOG, lambda text: self.feed.notify("lab", text))

    # What comes in.

    def on_load(self, load: Load) -> None:
        """Take a node's report of its tasks."""
        self.lab.set_load(load)
        self.dispatcher.on_load(load.node)
        self.journal.changed()
        self.history.changed()

    def on_events(self, events: Events) -> None:
        """Take a node's report of what it did in a wave."""
        self.waves.report(events)

    def on_answer(self, frame: EchoBack) -> None:
        """Take the tree of an echo wave, and pass it on to those who want it."""
        # The tree may be the last that its wave waits for, which ends with it and forgets its receiver.
        receiver = self.receiver_of.get(frame.wave or "")
        if not self.waves.answer(frame):
            return
        self.receiver_of.pop(frame.wave or "", None)
        self._note_foreign(frame)
        if self.token is not None:  # a receiver need not know it
            frame = structs.replace(frame, sender=frame.sender.partition("?")[0])
        if receiver is not None:
            self.receivers.hand(receiver, frame)
        if frame.purpose != "rebalance":
            self.listeners.notify(frame)

    def _note_foreign(self, frame: EchoBack) -> None:
        """Take from a tree what foreign nodes say of themselves; one that began further down has fewer."""
        record = self.waves.get(frame.wave or "")
        root = self.lab.topology.root.name
        if record is not None and record.version == self.lab.version and frame.payload["name"] == root:
            reports = {report["name"]: report["load"] for report in reports_in(frame.payload)}
            self.lab.set_foreign_loads(reports)
            self.history.changed()

    def _on_topology(self, message: TopologyNow) -> None:
        try:
            topology = from_rows(message.topology)
        except Problems as problems:
            self.feed.notify("topology", sentences.bad_topology(problems))
            return
        if message.version == self.lab.version and topology == self.lab.topology:
            return
        self.waves.end_all()
        if message.keeps and not self.next_title:
            was, now = len(self.lab.topology.nodes), len(topology.nodes)
            self.next_title = sentences.retitled(self.lab.title, was, now)
        self.lab.title, self.next_title = self.next_title or self.lab.title, None
        self._network = network_of(topology, message.version) if message.keeps else None
        self.catalog = AlgorithmCatalog(topology, self.catalog.algorithms)
        before = self.lab.topology
        self.lab.replace(topology, message.version)
        LOG.info("network changed", extra=fields(version=message.version, nodes=len(topology.nodes)))
        self.launcher.replaced()
        if message.keeps:
            self.rebalancer.forecasts.followed(before)
        else:
            self.rebalancer.forecasts.refresh()
        self.launcher.admission.replaced()
        if self.trace is not None:
            self.trace.replaced(topology, time.monotonic_ns() // 1000)
        self.node_connections.configured()
        self.dispatcher.wake()
        if message.keeps:
            return  # who has asked for it tells of it
        self.scaling.replaced()
        self.autoscaling.begin_anew()
        self.feed.notify("topology", text("Another topology runs: {title}", title=self.lab.title))
        self.background.start("Handing over the tasks of nodes that have left", self.journal.forget_nodes())

    def _on_config(self, message: ConfigNow) -> None:
        """Take other settings, and tell them the nodes and everybody who follows the lab."""
        before = self.lab.config
        try:
            config = reconfigured(before, message.settings)
        except Problems as problems:
            self.feed.notify("lab", sentences.bad_settings(problems))
            return
        if config == before:
            return
        self.lab.configure(config)
        self.waves.configure(config)
        self.rebalancer.configured()
        self.autoscaling.configured()
        self.node_connections.configured()
        was, now = running_settings(before), running_settings(config)
        for name, value in now.items():
            if value != was[name]:
                LOG.info("setting changed", extra=fields(setting=name, before=was[name], now=value))
                said = text("{setting} is {value} from now on", setting=name, value=in_words(name, value))
                self.feed.notify("lab", said)

    def _on_executors(self, message: ExecutorsNow) -> None:
        """Take what tasks the nodes take from now on, and tell it them and everybody who follows the lab."""
        before = self.lab.topology
        try:
            said = {name: changed_executor(PLAIN, taken) for name, taken in message.executors.items()}
        except Problems as problems:
            self.feed.notify("lab", sentences.bad_executors(problems))
            return
        now = before.with_executors(said)
        if now == before:
            return
        self.lab.set_executors(now)
        self.node_connections.configured()
        for was, node in zip(before.nodes, now.nodes, strict=True):
            if node.executor != was.executor:
                self.dispatcher.node_changed(node.name)
                changed = executor_in_words(node.name, was.executor, node.executor)
                self.feed.notify("node", changed, node=node.name)

    def _settings(self, number: int) -> Settings:
        """Return what the nodes' processes are told of the lab as it is now."""
        taken = {name: settings.to_json() for name, settings in self.lab.topology.executors.items()}
        silent = [name for name, each in self.lab.status.items() if each.silent and each.said == "foreign"]
        return Settings(number, running_settings(self.lab.config), taken, self._network, silent)

    async def set_executor(self, name: str, changes: Mapping[str, object]) -> list[str]:
        """Change what tasks a node takes, as long as this network runs.

        Returns:
            The nodes that do not know it yet, as `configure` does.

        Raises:
            Problem: as `Control.signal` does.
        """
        await self.control.set_executor(name, changes, SIGNAL_TIMEOUT)
        return await self.node_connections.taken(CONFIG_TIMEOUT)

    async def configure(self, changes: Mapping[str, SettingValue]) -> list[str]:
        """Change settings for all that runs and will.

        Returns:
            The nodes that have not taken them yet: they are stopped, or did not answer within CONFIG_TIMEOUT.

        Raises:
            Problem: as `Control.signal` does.
        """
        await self.control.configure(changes, SIGNAL_TIMEOUT)
        return await self.node_connections.taken(CONFIG_TIMEOUT)

    def own_nodes(self) -> list[str]:
        """Return the names of the nodes that run here, and so have tasks in the journal."""
        return [node.name for node in self.lab.topology.nodes if node.launch]

    def deployed(self) -> Deploy:
        """Return how many nodes are wanted and there, and how far it is."""
        return deploy_of(self.lab, self.scaling, self.draining, self.autoscaling)

    def _on_node(self, message: NodeNow) -> None:
        before = self.lab.status.get(message.name)
        was = before.said if before is not None else None
        process = (message.name, *message.others)
        new = False
        self.lab.set_numbers(dict(zip(process, message.numbers, strict=False)))
        for name in process:
            new |= self.lab.set_state(
                name,
                message.state,
                message.pid,
                message.restarts,
                message.reason,
                process,
                message.started_at,
            )
            if new and message.state == "up":
                self.dispatcher.node_changed(name)
        if message.ran != self._ran.get(message.name):
            self._ran[message.name] = message.ran
            self._take_mistake(message.ran)
        if was not in {None, "starting"} and was != message.state:
            title = sentences.with_others(message.name, message.others)
            died = sentences.died_in_wave(title, message.reason)
            if message.state != "up":
                self.launcher.held.gone(process)
            self.waves.disturb(
                process,
                died if message.state == "dead" else None,
                known=message.ran.wave if message.ran is not None else None,
            )
        sentence = sentences.NODE_TEXTS.get(message.state)
        if new:
            LOG.info(
                "node state",
                extra=fields(
                    node=message.name, state=message.state, restarts=message.restarts, reason=message.reason
                ),
            )
            self.scaling.changed()
        if not new or sentence is None:
            return
        if message.state == "up" and was == "starting" and not message.restarts:
            states = self.lab.states()
            if not states.get("starting"):
                self.feed.notify("lab", counted("{count} node is up", "{count} nodes are up", states["up"]))
            return
        said = sentences.because(sentence(sentences.with_others(message.name, message.others)), message)
        self.feed.notify("node", said, node=message.name)

    def _take_mistake(self, ran: Ran | None) -> None:
        """Take what a process can no longer report: which handler of a user's class it ran when it ended."""
        if ran is not None and not ran.to_blame:
            self.waves.break_off(ran.wave, ran.node, ran.text)
        elif ran is not None:
            mistake = Event(time.monotonic_ns() // 1000, "mistake", message=ran.text)
            self.waves.report(Events(ran.node, ran.wave, ran.algorithm, [mistake]))

    def note_failure(self, work: asyncio.Task[None]) -> None:
        """Note that work failed which should go on for ever: the process must not live on without it."""
        if not work.cancelled() and work.exception() is not None and not self.failed.done():
            self.failed.set_exception(work.exception() or RuntimeError())

    def stop_waiting(self) -> None:
        """End what requests wait for, so that the servers can stop at once."""
        self.link_openings.close()
        self.launcher.admission.close()
        self.waves.end_all()
        self.task_ends.close()
        self.control.give_up()

    # What goes out.

    def _on_end(self, record: WaveRecord) -> None:
        self.receiver_of.pop(record.id, None)
        self.launcher.held.ended(record.id)
        self.wave_counts.add(record)
        self.alerts.wave_ended(record)
        self.launcher.admission.ended(record)
        if self.trace is not None:
            self.trace.add(record)
        self.wave_news.ended(record)
