"""The engine: runs scripts on this machine, in pools of processes, with priorities, retries and deadlines.

It needs no lab, and knows of none. A name is imported when it is first used: worker processes need only a
few of the modules.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from topowave.engine.config import EngineConfig
    from topowave.engine.engine import Engine
    from topowave.engine.output_queue import OutputQueueFullError, ResultGoneError
    from topowave.engine.status import ComponentHealth, ComponentStatus, EngineHealth
    from topowave.engine.task import Priority, Task, TaskType
    from topowave.engine.task_result import TaskResult

__all__ = [
    "ComponentHealth",
    "ComponentStatus",
    "Engine",
    "EngineConfig",
    "EngineHealth",
    "OutputQueueFullError",
    "Priority",
    "ResultGoneError",
    "Task",
    "TaskResult",
    "TaskType",
]
_HOMES = {
    "ComponentHealth": "status",
    "ComponentStatus": "status",
    "Engine": "engine",
    "EngineConfig": "config",
    "EngineHealth": "status",
    "OutputQueueFullError": "output_queue",
    "Priority": "task",
    "ResultGoneError": "output_queue",
    "Task": "task",
    "TaskResult": "task_result",
    "TaskType": "task",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
