"""Makes a recording of a play: the lab is asked for its rounds meanwhile, and for its tasks in the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

import msgspec

from topowave.load.limits import ROUNDS_LOOK
from topowave.load.play import Clock, Lab
from topowave.load.play_results import tasks_of
from topowave.load.recordings.recording import (
    Attempt,
    RecordedMove,
    RecordedRound,
    RecordedTask,
    Recording,
    Settings,
)
from topowave.load.workloads.workload import Workload
from topowave.topology import Problems, Topology

Progress = Callable[[int, int], None]
RUNNING, ASSIGNED = "running", "assigned"
"""How the entries of a task's history begin that matter here."""


class Recorder:
    """Follows a lab from now on.

    Args:
        lab: which.
        clock: the time.
        now: returns seconds since 1970.

    Raises:
        LabError: no lab answers, or it refuses.
        Problems: a node of the lab is somebody else's program, of which virtual time knows nothing.
    """

    def __init__(self, lab: Lab, clock: Clock, now: Callable[[], float]) -> None:
        self._lab = lab
        self._clock = clock
        self._known = 0
        self._rounds: list[dict[str, Any]] = []
        self._notes: list[str] = []
        self._network = lab.ask("GET", "/topology")
        foreign = [node for node in Topology.from_json(self._network["topology"]).nodes if not node.launch]
        if foreign:
            text = "is somebody else's program, of which virtual time knows nothing; it cannot be recorded"
            raise Problems([f"{foreign[0].name}: {text}"])
        self._settings = self._settings_now()
        counts: dict[str, int] = lab.ask("GET", "/status")["tasks"] or {}
        others = sum(counts.get(name, 0) for name in ("pending", "assigned", "moving", "running"))
        if others:
            self._notes.append(f"the lab had {others:,} other tasks when it began, which are not recorded")
        self._fetch()
        self._rounds.clear()
        self._looked = clock.now()
        self.began = now()

    def _settings_now(self) -> Settings:
        config = self._lab.ask("GET", "/config")
        return msgspec.convert({name: config[name] for name in Settings.__struct_fields__}, type=Settings)

    def look(self) -> None:
        """Ask for rounds, if that was some time ago. Raises LabError."""
        if self._clock.now() - self._looked >= ROUNDS_LOOK:
            self._looked = self._clock.now()
            self._fetch()

    def _fetch(self) -> None:
        while True:
            page = self._lab.ask("GET", f"/rebalancing/rounds?after={self._known}")
            if page["forgotten"] and self._known:
                self._notes.append(f"{page['forgotten']:,} rounds were forgotten before they were recorded")
            if not page["rounds"]:
                return
            self._rounds += page["rounds"]
            self._known = page["rounds"][-1]["number"]

    def recording(
        self, workload: Workload, request: str, speedup: float, progress: Progress | None = None
    ) -> Recording:
        """Return what was recorded, once all tasks are over.

        Args:
            workload: what was played.
            request: what its tasks are called together.
            speedup: of the play.
            progress: is told how many tasks were read, and how many there are.

        Raises:
            LabError: no lab answers, or it refuses.
            Problems: no task is left that can be repeated.
        """
        self._fetch()
        tasks: list[RecordedTask] = []
        left_out: dict[str, int] = {}
        for number, told in enumerate(tasks_of(self._lab, request), start=1):
            if progress is not None and not number % 100:
                progress(number, len(workload))
            why = "" if told["status"] == "completed" else str(told["reason"] or told["status"])
            if why in {"", "deadline"}:
                tasks.append(self._task(told))
            else:
                left_out[why] = left_out.get(why, 0) + 1
        for why, count in left_out.items():
            self._notes.append(f"{count:,} tasks are left out: {why}")
        if not tasks:
            raise Problems([f"nothing was recorded: none of the tasks of {request} was carried out"])
        if self._settings_now() != self._settings:
            self._notes.append("the settings of the lab were changed meanwhile; those at the beginning count")
        network = self._lab.ask("GET", "/topology")
        if network != self._network:
            self._notes.append("the network was changed meanwhile; the one at the beginning counts")
        tasks.sort(key=lambda task: task.submitted)
        begin = tasks[0].submitted
        during = self.began + begin, self.began + max(task.ended for task in tasks)
        return Recording(
            workload=workload.source or workload.name,
            seed=workload.seed,
            speedup=speedup,
            request=request,
            began=self.began + begin,
            network=self._network["topology"],
            settings=self._settings,
            tasks=tuple(_earlier(task, begin) for task in tasks),
            rounds=tuple(
                _round(each, self.began + begin)
                for each in self._rounds
                if during[0] <= each["planned"] < during[1] and each["version"] == self._network["version"]
            ),
            notes=tuple(self._notes),
        )

    def _task(self, told: Mapping[str, Any]) -> RecordedTask:
        """Return a task; its history is asked for where what a list tells leaves anything open."""

        def time(name: str) -> float:
            return float(told[name]) - self.began

        plain = told["attempts"] == 1 and told["assigned_at"] == told["submitted_at"]
        if plain and told["status"] == "completed":
            first = told["node"]
            attempts = [Attempt(first, time("submitted_at"), time("started_at"), time("finished_at"))]
        else:
            history = self._lab.ask("GET", f"/tasks/{quote(told['id'], safe='')}")["history"]
            first, attempts = self._attempts(history, told)
        duration = told["duration"]
        deadline = told["deadline"]
        return RecordedTask(
            id=told["id"],
            node=first,
            submitted=time("submitted_at"),
            duration=attempts[-1].ended - attempts[-1].began if duration is None else duration,
            attempts=tuple(attempts),
            ended=time("finished_at"),
            completed=told["status"] == "completed",
            weight=told["weight"],
            priority=told["priority"],
            deadline=None if deadline is None else deadline - told["submitted_at"],
        )

    def _attempts(self, history: list[dict[str, Any]], told: Mapping[str, Any]) -> tuple[str, list[Attempt]]:
        """Return the first node of a task, and the times that it ran."""
        nodes = [each["node"] for each in history if each["node"]]
        attempts: list[Attempt] = []
        running: tuple[str, float, float] | None = None
        arrived: float | None = None
        for each in history:
            at = each["time"] - self.began
            if each["what"].startswith(ASSIGNED):
                arrived = at if arrived is not None else told["submitted_at"] - self.began
            if each["what"] == RUNNING:
                running = each["node"], at if arrived is None else arrived, at
            elif running is not None:
                attempts.append(Attempt(*running, at))
                running = None
        return (nodes[0] if nodes else told["node"]), attempts


def _earlier(task: RecordedTask, by: float) -> RecordedTask:
    """Return a task on a clock that began later."""
    return msgspec.structs.replace(
        task,
        submitted=_micro(task.submitted - by),
        ended=_micro(task.ended - by),
        attempts=tuple(
            Attempt(one.node, *(_micro(at - by) for at in (one.arrived, one.began, one.ended)))
            for one in task.attempts
        ),
    )


def _round(told: Mapping[str, Any], began: float) -> RecordedRound:
    return RecordedRound(
        number=told["number"],
        policy=told["policy"],
        round=told["round"],
        since=told["since"],
        began=max(0.0, _micro(told["began"] - began)),
        planned=_micro(told["planned"] - began),
        loads=tuple(told["loads"]),
        moves=tuple(
            RecordedMove(
                giver=move["giver"],
                receiver=move["receiver"],
                count=move["count"],
                moved=move["moved"],
                outcome=move["outcome"],
                asked=_micro(move["asked"] - began),
                ended=_micro(move["ended"] - began),
            )
            for move in told["moves"]
        ),
        not_giving=tuple(told["not_giving"]),
        not_taking=tuple(told["not_taking"]),
        room=told["room"],
        forecast=None if told["forecast"] is None else tuple(told["forecast"]),
    )


def _micro(seconds: float) -> float:
    return round(seconds, 6)
