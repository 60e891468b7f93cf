"""The parent's loop: it starts the processes, starts again what dies, and in the end stops everything.

Theory of operation. Everything happens in one thread, one event after the other, and no handler blocks:

    a signal              SIGCHLD: reap, and move each process in its table of states (`states`)
                          any other: stop; a second one kills
    the ready pipe        servers of a process serve; when all do, it is `up`
    a pipe a process      it, or a user's class in it, has printed something: show it (`printed_lines`)
    the control channel   the balancer takes what has changed, asks for something (`requests`), or says
                          which agents are there and what they run (`hosts.agents`)
    a deadline            not ready in time: kill; not ended in time: kill; could not be forked: once more

A process is forked by `hosts.here`, which knows pids, or wanted of an agent by `hosts.agents`; what is kept
alive is a `ManagedProcess`, which has one incarnation (one fork) after the other, here on the same listening
sockets. The lab itself goes

    starting -> running -> stopping -> ended          `_running`, `_stopping` (`stopping`), no process left

and a replacement of the network leads from one `Deployment` to the next within `running`; where a network
follows another one while what both have runs on, the `Deployment` stays, and changes.

What must hold:
- A process that exits is started again at once, as long as its restart budget lasts and the lab is not
  stopping; after that it is `failed`, its ports are closed, and a lab whose balancer or fleet failed ends
  with code 1.
  A fork that fails is a start that failed: it counts as one, and the next one follows after a pause.
  A failed node is started again only when somebody asks for it.
- The balancer is never waited for. What it ought to know is a set of what has changed (`control`), and each
  incarnation of it is notified of everything anew.
- A node's process of the old network and one of the new network never serve the same port at once.
- No two processes ever run one node. One whose agent is gone is `lost`: it is not started elsewhere unless
  a network that follows says so, and there again only when the agent is back and no such network comes.
- The balancer's port closes last: who finds it closed knows that all is gone.

What may fail: a child at any point (its exit is an event like any other), the balancer's end of the channel
(the rest is dropped), and this process itself: children then end by themselves (`hosts.parent_death`).
"""

from __future__ import annotations

import logging
import os
import selectors
import signal
import socket
import time
from collections.abc import Collection
from contextlib import suppress

from topowave.logs import fields
from topowave.orchestrator.balancer_channel import BalancerChannel
from topowave.orchestrator.deployment import Deployment
from topowave.orchestrator.hosts.agents import AgentProcesses
from topowave.orchestrator.hosts.hosts import Hosts
from topowave.orchestrator.hosts.processes import ProcessTable
from topowave.orchestrator.limits import HELD_BACK_S, KILL_AGAIN_S, OUTPUT_RETRY_S, START_PAUSE_S
from topowave.orchestrator.line_socket import LineTooLongError
from topowave.orchestrator.managed_process import ManagedProcess, ending
from topowave.orchestrator.programs import Programs
from topowave.orchestrator.progress_listener import ProgressListener
from topowave.orchestrator.requests import Requests
from topowave.orchestrator.signals import SignalPipe
from topowave.orchestrator.starting import Starter
from topowave.orchestrator.states import ProcessEvent, State
from topowave.orchestrator.stopping import Stopping
from topowave.topology import LabConfig, Problems, Topology
from topowave.translation import counted, text
from topowave.unwaiting_output import pending_outputs
from topowave.wire.agents import Hello
from topowave.wire.control import AgentRuns, line_of

BALANCER = "balancer"
FLEET = "fleet"
log = logging.getLogger(__name__)


class Supervisor:
    """Runs a lab once, from `run` to its return.

    Args:
        deployment: what runs to begin with; its sockets are closed at the end.
        sockets: the listening sockets of the balancer and of the page; closed at the end.
        programs: what the children run.
        progress_listener: is notified of how it goes.
        agents: how many agents its nodes wait for.
    """

    def __init__(
        self,
        deployment: Deployment,
        sockets: list[socket.socket],
        programs: Programs,
        progress_listener: ProgressListener,
        agents: int = 0,
    ) -> None:
        self._balancer = ManagedProcess(BALANCER, sockets)
        self._fleet = ManagedProcess(FLEET, []) if programs.fleet is not None else None
        self.deployment = deployment
        self._selector = selectors.DefaultSelector()
        self._channel = BalancerChannel(
            self._selector, self._on_control, lambda: self.deployment, lambda: self.hosts.agents
        )
        here = ProcessTable(self._drop, self._selector)
        self.hosts = Hosts(
            here, AgentProcesses(here.numbers, self._channel.agent_changed, self._channel.send)
        )
        self._starter = Starter(programs, self.hosts)
        self._requests = Requests(self, progress_listener)
        self._progress_listener = progress_listener
        self._agents_expected = agents
        self._signals = SignalPipe()
        self._running = False
        self._stopping: Stopping | None = None
        self._exit_code = 0

    # The loop

    def run(self) -> int:
        """Run the lab until it has ended; return the exit code."""
        self._selector.register(self._signals.reader, selectors.EVENT_READ, self._on_signals)
        self._selector.register(self.hosts.here.pipes.ready_read, selectors.EVENT_READ, self._on_ready)
        try:
            self._start(self._balancer)
            if self._fleet is not None:
                self._start(self._fleet)
            self._start_nodes()
            while self._stopping is None or self.hosts.here.any_left:
                self._channel.watch()
                for key, _ in self._selector.select(self._patience_s()):
                    key.data()
                self._on_time()
            return self._exit_code
        finally:
            self.hosts.here.kill_all()
            self.hosts.here.wait_all()
            self._close()

    def _on_signals(self) -> None:
        numbers = set(self._signals.read())
        if numbers - {signal.SIGCHLD}:
            self.stop()
        if signal.SIGCHLD in numbers:
            self._reap()

    def _reap(self) -> None:
        for process, status in self.hosts.here.reap():
            if process is None:
                continue
            if os.WIFSTOPPED(status):
                self._happens(process, ProcessEvent.STOPPED)
            elif os.WIFCONTINUED(status):
                self._happens(process, ProcessEvent.CONTINUED)
            else:
                self._exited(process, process.ended(ending(status)))
        self._requests.carry_on()

    def _on_ready(self) -> None:
        for process, servers in self.hosts.here.ready_servers():
            if process.are_ready(servers):
                log.debug("process ready", extra=fields(process=process.title, pid=process.pid))
                self._happens(process, ProcessEvent.READY)
        self._notify_progress()

    def _on_control(self) -> None:
        try:
            lines = self._channel.read()
        except LineTooLongError as error:
            log.warning("balancer: %s; it is started again", error)
            self._kill(self._balancer)
            return
        for line in lines:
            self._requests.handle(line)

    def _on_time(self) -> None:
        now_s = time.monotonic()
        for out in pending_outputs():
            with suppress(OSError):  # whoever writes next hears of it
                out.flush()
        if self._stopping is not None:
            self._stopping.on_time(now_s)
        self.hosts.kill_late(now_s)
        for process in self._all_processes():
            if process.deadline_s is not None and now_s >= process.deadline_s:
                log.warning("%s: not ready in time, and killed", process.title)
                process.deadline_s = None if process.agent is None else now_s + KILL_AGAIN_S
                self._kill(process)
            if process.start_at_s is not None and now_s >= process.start_at_s and not self.stopping:
                process.start_at_s = None
                self._start(process)

    def _patience_s(self) -> float | None:
        """How long the loop may sleep: until the next deadline, or for ever."""
        deadlines = [self.hosts.kill_at_s]
        if self._stopping is not None:
            deadlines.append(self._stopping.deadline_s)
        for process in self._all_processes():
            deadlines += [process.deadline_s, None if self.stopping else process.start_at_s]
        if pending_outputs():
            deadlines.append(time.monotonic() + OUTPUT_RETRY_S)
        due_s = min((each for each in deadlines if each is not None), default=None)
        return None if due_s is None else max(0.0, due_s - time.monotonic())

    def _all_processes(self) -> list[ManagedProcess]:
        return [*self._servants, *self.deployment.all_processes]

    @property
    def _servants(self) -> list[ManagedProcess]:
        """The processes that run no node, without which there is no lab."""
        return [self._balancer] if self._fleet is None else [self._balancer, self._fleet]

    # What happens to a process

    def _happens(self, process: ManagedProcess, event: ProcessEvent, *, reason: str = "") -> None:
        changed = process.happens(event, reason=reason)
        if changed and process not in self._servants:
            self._notify(process)
            self._requests.happened(process)

    def _exited(self, process: ManagedProcess, reason: str) -> None:
        if self._may_start_again(process, reason):
            process.restarts += 1
            self._note(text("{process} {reason}; started again", process=process.title, reason=reason))
            self._start(process)

    def _not_started(self, process: ManagedProcess, error: OSError) -> None:
        reason = f"could not be started: {os.strerror(error.errno or 0)}"
        if self._may_start_again(process, reason):
            self._note(
                text(
                    "{process} {reason}; tried again in {seconds:g} s",
                    process=process.title,
                    reason=reason,
                    seconds=START_PAUSE_S,
                )
            )
            process.start_at_s = time.monotonic() + START_PAUSE_S

    def _may_start_again(self, process: ManagedProcess, reason: str) -> bool:
        """Note that an incarnation ended, or never began; give the process up where that was too often."""
        self._happens(process, ProcessEvent.EXITED, reason=reason)
        if process is self._balancer and self._channel.is_open:
            self._channel.close()
            self._requests.balancer_left()
        if self._stopping is not None:
            return False
        if process.budget.spend(time.monotonic()):
            return True
        self._give_up(process, reason)
        return False

    def _give_up(self, process: ManagedProcess, reason: str) -> None:
        self._note(text("{process} {reason} too often; given up", process=process.title, reason=reason))
        self._happens(process, ProcessEvent.GIVEN_UP)
        if process in self._servants:
            self._exit_code = 1
            self.stop()
        else:
            process.release()
            self._notify_progress()

    def start_again(self, process: ManagedProcess) -> None:
        """Start a process again that was given up.

        Raises:
            PortTaken: somebody has its ports now.
            Problems: its agent is gone.
        """
        if process.agent is not None and process.agent not in self.hosts.agents.here:
            raise Problems([f"agent {process.agent} is gone"])
        process.start_again(self.deployment.reopen(process))
        self._note(text("{process} is started again, as somebody asked", process=process.title))
        self._start(process)

    def _note(self, text: str) -> None:
        log.warning("%s", text)
        self._progress_listener.note(text)

    def _kill(self, process: ManagedProcess) -> None:
        """Kill a process, if it runs; it is then started again."""
        if process.runs:
            process.ended_by_us = True
            self.hosts.signal(process, "kill")

    # What agents say

    def agents_here(self, agents: Collection[Hello]) -> None:
        """Take note of all agents that are alive; what ran on others has ended."""
        change = self.hosts.agents.are_here(agents)
        for name in change.went:
            down = sum(len(process.nodes) for process in change.lost if process.agent == name)
            nodes = counted("{count} node", "{count} nodes", down)
            self._note(
                text("agent {agent} has begun anew; {nodes} of this lab ran there", agent=name, nodes=nodes)
                if name in change.came
                else text("agent {agent} is gone; {nodes} of this lab ran there", agent=name, nodes=nodes)
            )
        for name in change.came:
            log.info("agent is here", extra=fields(agent=name))
        for process in change.lost:
            self._lose(process)
        self.start_lost()
        self._requests.carry_on()
        if self.deployment.waits_for_agents and not self.stopping:
            self._progress_listener.agents(len(self.hosts.agents.here), self._agents_expected)

    def agent_runs(self, said: AgentRuns) -> None:
        """Take what an agent says that it runs."""
        for happened in self.hosts.agents.run(said):
            process = happened.process
            if happened.event is None:
                self._notify(process)
            elif happened.event is not ProcessEvent.EXITED:
                self._happens(process, happened.event)
            elif process in self._all_processes():  # else what has just happened to another one ended it
                self._exited(process, happened.reason)
        self._notify_progress()
        self._requests.carry_on()

    def _lose(self, process: ManagedProcess) -> None:
        """Note that a process has ended with its agent."""
        process.lost = True
        self._happens(process, ProcessEvent.EXITED, reason=f"agent {process.agent} is gone")

    def start_lost(self) -> None:
        """Start again what ended with its agent, where that is back and none of it comes elsewhere."""
        here = self.hosts.agents.here
        for process in self.deployment.processes:
            is_back = process.lost and process.agent in here
            if is_back and not self.deployment.is_coming(process) and not self.stopping:
                self._start(process)

    # Starting

    def switch_to(self, deployment: Deployment) -> None:
        """Go on with another network; no process of the former one is left."""
        self.deployment = deployment
        self._channel.topology_changed()
        self._start_nodes()

    def start_coming(self) -> None:
        """Start the processes of nodes that are to join."""
        for process in self.deployment.coming:
            self._start(process)

    def followed(self) -> None:
        """Notify the balancer of a network that has followed while what stays in it runs on."""
        self._channel.topology_changed()
        self._channel.all_nodes_changed()
        self._progress_listener.network(self.deployment.topology)
        self._notify_progress()

    def configure(self, config: LabConfig) -> None:
        """Go on with other settings: what is started from now on has them; the balancer tells the others."""
        self.deployment.config = config
        self._channel.config_changed()

    def set_executors(self, topology: Topology) -> None:
        """Go on with nodes that take other tasks; the balancer tells those that run."""
        self.deployment.topology = topology
        self._channel.executors_changed()

    def _start_nodes(self) -> None:
        """Start every process of the network, and notify the balancer of all of them."""
        for process in self.deployment.processes:
            if process.state is not State.FOREIGN and process.placed and not self.stopping:
                self._start(process)
        self._channel.all_nodes_changed()
        self._notify_progress()

    def _start(self, process: ManagedProcess) -> None:
        try:
            if process is self._balancer:
                self._start_balancer()
            elif process is self._fleet:
                self._starter.start_fleet(process, self.deployment)
            elif self._may_start(process):
                self._starter.start_nodes(process, self.deployment)
                self._notify(process)
        except OSError as error:
            self._not_started(process, error)

    def _may_start(self, process: ManagedProcess) -> bool:
        """Whether a process can start where it belongs now; else it will be told, or comes later."""
        if process.agent is None:
            return True
        if process.agent not in self.hosts.agents.here:
            self._lose(process)
            return False
        if self.deployment.comes_to(process.agent) and process not in self.deployment.coming:
            # It would begin with a network that may never come.
            process.start_at_s = time.monotonic() + HELD_BACK_S
            return False
        return True

    def _start_balancer(self) -> None:
        ours, its = socket.socketpair()
        with its:
            self._channel.open(ours)
            self._channel.answer(line_of(self.deployment.goal))
            self._starter.start_balancer(self._balancer, self.deployment, its)

    def _notify_progress(self) -> None:
        if self._running or self._stopping is not None:
            return
        processes = [each for each in self.deployment.all_processes if each.state is not State.FOREIGN]
        nodes = {name for process in processes for name in process.nodes}  # one may be about to move
        servers = len(self._servants) + len(nodes)
        settled = sum(process.servers_settled for process in (*self._servants, *processes))
        self._progress_listener.progress(settled, servers)
        if settled == servers and not self.deployment.waits_for_agents:
            self._running = True
            self._progress_listener.running(sum(process.placed for process in processes))

    # Stopping

    def stop(self) -> None:
        """Ask every process to end; a second call kills them."""
        if self._stopping is not None:
            self.hosts.kill_all()
            return
        for process in self._all_processes():
            process.ended_by_us = True
        self._progress_listener.stopping()
        self._stopping = Stopping(self.hosts, self._servants, time.monotonic())

    @property
    def stopping(self) -> bool:
        """Whether the lab has begun to stop."""
        return self._stopping is not None

    def _close(self) -> None:
        self._channel.close()
        self._requests.close()
        self.deployment.release()
        self._selector.close()
        self._signals.close()
        self.hosts.here.pipes.close()
        self._balancer.release()  # last: who finds this port closed knows that all is gone

    def _drop(self, keep: Collection[socket.socket]) -> None:
        """In a child: close what the parent has open, except what the child goes on using."""
        self._selector.close()
        self._signals.drop()
        self._channel.drop()
        for process in self._all_processes():
            for each in process.sockets:
                if each not in keep:
                    each.close()

    # The balancer hears of it

    def answer(self, line: bytes) -> None:
        """Answer a request of the balancer; if it is gone, nobody waits for the answer."""
        self._channel.answer(line)

    def _notify(self, process: ManagedProcess) -> None:
        self._channel.nodes_changed([process.name])
