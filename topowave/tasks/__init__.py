"""What a task is: the model, a node's queue with what happens to its tasks, and a lab's journal."""

from topowave.tasks.errors import JournalBusyError, JournalError, JournalFullError, JournalLostError
from topowave.tasks.model import LabTask, Recovered, TaskCounts
from topowave.tasks.queue import QueueCounts, QueueFull, TaskQueue
from topowave.tasks.script import Kind, Outcome, Priority, Script, ScriptType
from topowave.tasks.states import InvalidTransition
from topowave.tasks.store.base import JournalPlace, JournalReader, JournalRun, Store
from topowave.tasks.store.connect import begin_run, journal_at, reader_at, warm_up
from topowave.tasks.store.journal import Journal
from topowave.tasks.store.journal_file import JournalFile

__all__ = [
    "InvalidTransition",
    "Journal",
    "JournalBusyError",
    "JournalError",
    "JournalFile",
    "JournalFullError",
    "JournalLostError",
    "JournalPlace",
    "JournalReader",
    "JournalRun",
    "Kind",
    "LabTask",
    "Outcome",
    "Priority",
    "QueueCounts",
    "QueueFull",
    "Recovered",
    "Script",
    "ScriptType",
    "Store",
    "TaskCounts",
    "TaskQueue",
    "begin_run",
    "journal_at",
    "reader_at",
    "warm_up",
]
