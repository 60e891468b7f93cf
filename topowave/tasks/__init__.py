"""What a task is: the model, a node's queue with what happens to its tasks, and a lab's journal."""

from topowave.tasks.attributes import Attributes, NewTask, PendingTask
from topowave.tasks.errors import (
    JournalBusyError,
    JournalDoubtError,
    JournalError,
    JournalFullError,
    JournalLostError,
)
from topowave.tasks.model import LabTask, Recovered, TaskCounts
from topowave.tasks.queue import QueueCounts, QueueFull, TaskQueue
from topowave.tasks.script import Kind, Outcome, Priority, Script, ScriptRun, ScriptType
from topowave.tasks.states import InvalidTransition
from topowave.tasks.store.base import JournalPlace, JournalReader, JournalRun, Store
from topowave.tasks.store.connect import begin_run, journal_at, reader_at, warm_up
from topowave.tasks.store.journal import Journal
from topowave.tasks.store.journal_file import JournalFile
from topowave.tasks.store.place_form import place_from_json, place_problem, place_to_json
from topowave.tasks.store.postgres_connection import PostgresDatabase

__all__ = [
    "Attributes",
    "InvalidTransition",
    "Journal",
    "JournalBusyError",
    "JournalDoubtError",
    "JournalError",
    "JournalFile",
    "JournalFullError",
    "JournalLostError",
    "JournalPlace",
    "JournalReader",
    "JournalRun",
    "Kind",
    "LabTask",
    "NewTask",
    "Outcome",
    "PendingTask",
    "PostgresDatabase",
    "Priority",
    "QueueCounts",
    "QueueFull",
    "Recovered",
    "Script",
    "ScriptRun",
    "ScriptType",
    "Store",
    "TaskCounts",
    "TaskQueue",
    "begin_run",
    "journal_at",
    "place_from_json",
    "place_problem",
    "place_to_json",
    "reader_at",
    "warm_up",
]
