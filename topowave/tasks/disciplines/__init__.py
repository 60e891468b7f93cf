"""Queue disciplines: in which order the tasks of one queue start."""
