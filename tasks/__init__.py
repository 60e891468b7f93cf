"""What a task is: the model, a node's queue with what happens to its tasks, and a lab's journal."""

from tasks.errors import JournalError, JournalFullError
from tasks.journal import Journal, journal_at
from tasks.model import Task
from tasks.queue import Counts, QueueFull, TaskQueue
from tasks.reading import JournalReader, Law
from tasks.runs import Run, begin_run

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
