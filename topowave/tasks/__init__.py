"""What a task is: the model, a node's queue with what happens to its tasks, and a lab's journal."""

from topowave.tasks.errors import JournalError, JournalFullError
from topowave.tasks.model import Task
from topowave.tasks.queue import QueueCounts, QueueFull, TaskQueue
from topowave.tasks.store.journal import Journal, journal_at
from topowave.tasks.store.journal_reader import JournalReader, TaskCounts
from topowave.tasks.store.runs import Run, begin_run

__all__ = [
    "Journal",
    "JournalError",
    "JournalFullError",
    "JournalReader",
    "QueueCounts",
    "QueueFull",
    "Run",
    "Task",
    "TaskCounts",
    "TaskQueue",
    "begin_run",
    "journal_at",
]
