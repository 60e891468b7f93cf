"""Where a lab's tasks are kept: one row a task, so that they outlive every process."""
