"""What a task is: the model, a node's queue with what happens to its tasks, and a lab's journal."""

from topowave.tasks.errors import JournalError, JournalFullError
from topowave.tasks.model import Task
from topowave.tasks.queue import Counts, QueueFull, TaskQueue
from topowave.tasks.store.journal import Journal, journal_at
from topowave.tasks.store.journal_reader import JournalReader, Law
from topowave.tasks.store.runs import Run, begin_run

__all__ = [
    "Counts",
    "Journal",
    "JournalError",
    "JournalFullError",
    "JournalReader",
    "Law",
    "QueueFull",
    "Run",
    "Task",
    "TaskQueue",
    "begin_run",
    "journal_at",
]
