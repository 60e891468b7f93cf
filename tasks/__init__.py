"""What a task is: the model, and a node's queue with what happens to the tasks in it."""

from tasks.model import Task
from tasks.queue import Counts, Handover, QueueFull, TaskQueue

__all__ = ["Counts", "Handover", "QueueFull", "Task", "TaskQueue"]
